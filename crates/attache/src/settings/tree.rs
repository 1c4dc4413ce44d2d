//! The declared settings as a list of leaves.

use confique::meta::{Expr, FieldKind, LeafKind, Meta};
use serde_json::Value;

/// One setting.
#[derive(Debug)]
pub struct Leaf {
    /// The tables it stands in, and its name.
    parts: Vec<&'static str>,
    /// Its documentation, line by line.
    doc: &'static [&'static str],
    /// The environment variable that gives it.
    pub env: Option<&'static str>,
    /// Its default.
    pub default: Option<Expr>,
}

impl Leaf {
    /// All settings below `meta`, in the order of their declaration.
    pub fn all(meta: &'static Meta) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        collect(meta, &[], &mut leaves);
        leaves
    }

    /// Its full name: `limits.file`.
    pub fn path(&self) -> String {
        self.parts.join(".")
    }

    /// Its flag, without the dashes: `limits-file`.
    pub fn flag(&self) -> String {
        self.parts.join("-").replace('_', "-")
    }

    /// Whether it is a list of values.
    pub fn is_list(&self) -> bool {
        matches!(self.default, Some(Expr::Array(_)))
    }

    /// Its documentation in one paragraph.
    pub fn help(&self) -> String {
        self.doc
            .iter()
            .map(|line| line.trim())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A settings document in which only this one is set. Texts of a list may each hold several values, separated by commas; of
    /// anything else the last text counts.
    pub fn nest(&self, texts: &[String]) -> Value {
        let value = if self.is_list() {
            let values = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
            Value::Array(
                values
                    .filter(|value| !value.is_empty())
                    .map(Value::from)
                    .collect(),
            )
        } else {
            texts.last().map(String::as_str).into()
        };
        self.parts.iter().rev().fold(value, |inner, part| {
            let mut table = serde_json::Map::new();
            table.insert((*part).to_owned(), inner);
            Value::Object(table)
        })
    }
}

fn collect(meta: &'static Meta, above: &[&'static str], leaves: &mut Vec<Leaf>) {
    for field in meta.fields {
        let parts = [above, &[field.name]].concat();
        match field.kind {
            FieldKind::Nested { meta } => collect(meta, &parts, leaves),
            FieldKind::Leaf { env, kind } => {
                let default = match kind {
                    LeafKind::Required { default } => default,
                    LeafKind::Optional => None,
                };
                leaves.push(Leaf {
                    parts,
                    doc: field.doc,
                    env,
                    default,
                });
            }
        }
    }
}
