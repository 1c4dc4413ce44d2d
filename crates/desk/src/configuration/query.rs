//! What a client asks of configuration objects: which properties, of which objects, in which order, and how many.
//!
//! ICWS: `icws/(sessionId)/configuration/users/index.htm`.

use serde_json::Value;

use crate::people::fold;
use crate::refusal::Refusal;

/// How many objects are told at the most when properties are asked for.
const MOST_OBJECTS: usize = 200;

/// The query of a configuration resource, as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// `select`: paths of properties.
    pub select: Vec<String>,
    /// `where`: conditions such as `configurationId.id sw St`.
    pub conditions: Vec<String>,
    /// `orderBy`: a path, and `desc` behind it or not.
    pub order_by: Option<String>,
    /// `rightsFilter`.
    pub rights_filter: Option<String>,
    /// The first and the last object of the header `Range`, counted from 0.
    pub range: Option<(usize, usize)>,
    /// `actualValues`, `inheritedValues`, `singlePropertyInheritedFrom`.
    pub detail: Detail,
}

/// What is told of a value that may be inherited, beside what holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detail {
    /// One's own.
    pub actual: bool,
    /// What is inherited.
    pub inherited: bool,
    /// Where from.
    pub origin: bool,
}

impl Detail {
    /// Everything there is to tell.
    pub const ALL: Detail = Detail {
        actual: true,
        inherited: true,
        origin: true,
    };
}

/// By which right objects are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Those that the caller may administer, and himself.
    Default,
    /// Those that he may administer.
    Admin,
    /// Those that he may see.
    View,
    /// Himself, and what is his.
    LoggedInUser,
}

impl Filter {
    /// Reads a `rightsFilter`.
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text.map(fold).as_deref() {
            None | Some("") => Some(Filter::Default),
            Some("admin") => Some(Filter::Admin),
            Some("view") => Some(Filter::View),
            Some("loggedinuser") => Some(Filter::LoggedInUser),
            Some(_) => None,
        }
    }
}

/// Properties that are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    all: bool,
    /// Paths without regard to case, split at the dots.
    paths: Vec<Vec<String>>,
}

impl Selection {
    /// Reads paths.
    ///
    /// # Errors
    /// The first that begins with no property of the contract.
    pub fn parse<'a>(
        paths: impl IntoIterator<Item = &'a str>,
        properties: &[&str],
    ) -> Result<Self, String> {
        let mut selection = Self::default();
        for path in paths {
            if path == "*" {
                selection.all = true;
                continue;
            }
            let split: Vec<String> = path.split('.').map(fold).collect();
            if !properties.iter().any(|known| fold(known) == split[0]) {
                return Err(path.to_owned());
            }
            selection.paths.push(split);
        }
        Ok(selection)
    }

    /// Whether nothing but the id is asked for.
    pub fn is_empty(&self) -> bool {
        !self.all && self.paths.is_empty()
    }

    /// Whether anything of a property is asked for.
    pub fn has(&self, property: &str) -> bool {
        let property = fold(property);
        self.all || self.paths.iter().any(|path| path[0] == property)
    }

    /// Whether a part of a property is asked for, alone or with the whole.
    pub fn has_part(&self, property: &str, part: &str) -> bool {
        let (property, part) = (fold(property), fold(part));
        let asks = |path: &Vec<String>| {
            path[0] == property
                && path
                    .get(1)
                    .is_none_or(|known| *known == part || known == "*")
        };
        self.all || self.paths.iter().any(asks)
    }
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    StartsWith,
    Contains,
}

/// A condition that objects must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    path: String,
    operator: Operator,
    value: String,
}

impl Condition {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.trim().splitn(3, char::is_whitespace);
        let (path, operator) = (words.next()?, words.next()?);
        let operator = match fold(operator).as_str() {
            "eq" => Operator::Equals,
            "sw" => Operator::StartsWith,
            "ct" => Operator::Contains,
            _ => return None,
        };
        Some(Self {
            path: path.to_owned(),
            operator,
            value: fold(words.next().unwrap_or_default()),
        })
    }

    fn holds(&self, object: &Value) -> bool {
        texts_at(object, &self.path)
            .iter()
            .any(|text| match self.operator {
                Operator::Equals => *text == self.value,
                Operator::StartsWith => text.starts_with(&self.value),
                Operator::Contains => text.contains(&self.value),
            })
    }
}

/// What is at a path, as it is compared: every element where the path leads through lists.
fn texts_at(object: &Value, path: &str) -> Vec<String> {
    let mut found = vec![object];
    for step in path.split('.') {
        let mut next = Vec::new();
        for value in found {
            let within: Vec<&Value> = match value {
                Value::Array(elements) => elements.iter().collect(),
                other => vec![other],
            };
            for object in within.iter().filter_map(|value| value.as_object()) {
                let member = object
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(step));
                next.extend(member.map(|(_, value)| value));
            }
        }
        found = next;
    }
    let text = |value: &Value| match value {
        Value::String(text) => vec![fold(text)],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(held) => vec![held.to_string()],
        // A list of objects is known by their ids.
        Value::Array(elements) => elements
            .iter()
            .filter_map(|element| element.get("id")?.as_str())
            .map(fold)
            .collect(),
        _ => Vec::new(),
    };
    found.into_iter().flat_map(text).collect()
}

/// Properties that come from elsewhere, or may: conditions and orders do not look at them.
const INHERITED: [&str; 3] = ["accessrights", "administrativerights", "securityrights"];

/// A query that was understood.
#[derive(Debug, Clone)]
pub struct Query {
    /// What is told of each object.
    pub select: Selection,
    /// What conditions and order look at.
    pub looked_at: Selection,
    conditions: Vec<Condition>,
    order: Option<(String, bool)>,
    /// By which right objects are chosen.
    pub filter: Filter,
    /// What is told of inheritable values.
    pub detail: Detail,
    range: Option<(usize, usize)>,
}

impl Query {
    /// Understands what is asked of objects with these properties, of one or of a list of them.
    ///
    /// # Errors
    /// [`Refusal::ConfigurationQuery`].
    pub fn understand(asked: &Asked, properties: &[&str], list: bool) -> Result<Self, Refusal> {
        let refused = || Refusal::ConfigurationQuery {
            list,
            asked: Box::new(asked.clone()),
        };
        let filter = Filter::parse(asked.rights_filter.as_deref()).ok_or_else(refused)?;
        let select = Selection::parse(asked.select.iter().map(String::as_str), properties)
            .map_err(|_| refused())?;
        let conditions: Option<Vec<Condition>> = asked
            .conditions
            .iter()
            .map(|text| Condition::parse(text))
            .collect();
        let conditions = conditions.ok_or_else(refused)?;
        let order = match asked.order_by.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(order(text).ok_or_else(refused)?),
        };
        let looked_at = conditions
            .iter()
            .map(|condition| condition.path.as_str())
            .chain(order.iter().map(|(path, _)| path.as_str()));
        let looked_at = Selection::parse(looked_at, properties).map_err(|_| refused())?;
        if looked_at.all || INHERITED.iter().any(|property| looked_at.has(property)) {
            return Err(refused());
        }
        Ok(Self {
            select,
            looked_at,
            conditions,
            order,
            filter,
            detail: asked.detail,
            range: asked.range,
        })
    }

    /// Whether all conditions hold.
    pub fn admits(&self, object: &Value) -> bool {
        self.conditions
            .iter()
            .all(|condition| condition.holds(object))
    }

    /// By what an object stands in its place, before its id.
    pub fn place(&self, object: &Value) -> Option<String> {
        let (path, _) = self.order.as_ref()?;
        texts_at(object, path).into_iter().next()
    }

    /// Whether the order is turned round.
    pub fn is_descending(&self) -> bool {
        self.order
            .as_ref()
            .is_some_and(|(_, descending)| *descending)
    }

    /// Which of so many objects are told: from where, and how many.
    pub fn window(&self, total: usize) -> (usize, usize) {
        let (first, last) = self.range.unwrap_or((0, usize::MAX));
        let most = if self.select.is_empty() {
            usize::MAX
        } else {
            MOST_OBJECTS
        };
        let first = first.min(total);
        let count = last.saturating_sub(first).saturating_add(1);
        (first, count.min(most).min(total - first))
    }
}

fn order(text: &str) -> Option<(String, bool)> {
    let mut words = text.split_whitespace();
    let path = words.next()?.to_owned();
    let descending = match words.next().map(fold).as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some((path, descending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PROPERTIES: &[&str] = &["configurationId", "notes", "members", "securityRights"];

    fn asked(select: &[&str], conditions: &[&str], order: Option<&str>) -> Asked {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Asked {
            select: owned(select),
            conditions: owned(conditions),
            order_by: order.map(str::to_owned),
            ..Asked::default()
        }
    }

    fn understood(asked: &Asked) -> Option<Query> {
        Query::understand(asked, PROPERTIES, true).ok()
    }

    #[test]
    fn what_is_no_property_or_no_condition_is_refused() {
        assert!(understood(&asked(&["NOTES", "members.id", "*"], &[], None)).is_some());
        assert!(understood(&asked(&["nonsense"], &[], None)).is_none());
        for condition in [
            "notes",
            "notes eq",
            "notes like x",
            "nonsense eq x",
            "",
            "* eq x",
            "securityRights.x eq 1",
        ] {
            let good = condition == "notes eq";
            assert_eq!(
                understood(&asked(&[], &[condition], None)).is_some(),
                good,
                "{condition}"
            );
        }
        for (order, good) in [
            ("notes", true),
            ("notes desc", true),
            ("notes DESC", true),
            ("notes asc", true),
            ("notes up", false),
            ("notes desc x", false),
            ("nonsense", false),
            ("", true),
        ] {
            let found = understood(&asked(&[], &[], Some(order)));
            assert_eq!(found.is_some(), good, "{order}");
        }
    }

    #[test]
    fn conditions_compare_without_case_and_through_lists() {
        let object = json!({
            "configurationId": {"id": "Support Team"},
            "notes": "Ask Müller",
            "members": [{"id": "Anna"}, {"id": "ben"}],
        });
        for (condition, holds) in [
            ("configurationId.id sw support", true),
            ("configurationId.id eq support team", true),
            ("configurationId.id eq support", false),
            ("notes ct MÜLL", true),
            ("members eq ANNA", true),
            ("members.id ct be", true),
            ("members eq carl", false),
        ] {
            let query = understood(&asked(&[], &[condition], None)).expect("a condition");
            assert_eq!(query.admits(&object), holds, "{condition}");
        }
        let both = asked(&[], &["notes ct ask", "members eq carl"], None);
        assert!(!understood(&both).expect("conditions").admits(&object));
    }

    #[test]
    fn a_window_lies_within_what_there_is() {
        let window = |select: &[&str], range, total| {
            let asked = Asked {
                range,
                ..asked(select, &[], None)
            };
            understood(&asked).expect("a query").window(total)
        };
        assert_eq!(window(&[], None, 1_000), (0, 1_000));
        assert_eq!(window(&["notes"], None, 1_000), (0, 200));
        assert_eq!(window(&["notes"], Some((10, 19)), 1_000), (10, 10));
        assert_eq!(window(&[], Some((990, 2_000)), 1_000), (990, 10));
        assert_eq!(window(&[], Some((0, usize::MAX)), 3), (0, 3));
        assert_eq!(window(&[], Some((7, 9)), 3), (3, 0));
        assert_eq!(window(&[], None, 0), (0, 0));
    }
}
