//! Reading requests, leniently where clients need it and strictly elsewhere.
//!
//! - A Boolean is `true`, `false`, or one of the strings `true`, `false`, `1`, `0` in any case; never a number.
//! - An integer, a number or an enumeration is a JSON number or its decimal string.
//! - A string is a JSON string.
//! - `null` is absence. Unknown members are ignored; an object that has a member twice is refused, wherever it stands.
//! - No body, an empty one and `null` are the empty object.
//!
//! ICWS: `ConceptualContent/Concepts_RepresentationFormat.htm`, which is stricter.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::once::Once;
use super::{Date, Guid, Representation, TYPE_TAG};

/// Why a request's body cannot be read. All three are answered with 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No JSON, nested too deeply, with a member twice, or not an object. The text says what is wrong and where, and repeats nothing of the body.
    #[error("the body is not a JSON object: {0}")]
    Malformed(String),
    /// A required property is absent or null: its path, such as `emailContent.sender.displayName`.
    #[error("the property {0} is missing")]
    MissingProperty(String),
    /// A property has the wrong type or an impossible value: its path, such as `emailContent.bodies[0].bodyType`.
    #[error("the property {0} is invalid")]
    InvalidProperty(String),
}

/// Where a value stands in the body; made into a text only when something is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Element(usize),
}

impl<'a> Path<'a> {
    /// The body itself.
    pub const ROOT: Self = Self {
        parent: None,
        step: Step::Root,
    };

    /// A member of the object at this path.
    #[must_use]
    pub const fn member(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Member(name),
        }
    }

    /// An element of the list at this path.
    #[must_use]
    pub const fn element(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Element(index),
        }
    }

    /// The refusal of the value at this path.
    pub fn invalid(&self) -> ReadError {
        ReadError::InvalidProperty(self.to_string())
    }

    /// The complaint that there is no value at this path.
    pub fn missing(&self) -> ReadError {
        ReadError::MissingProperty(self.to_string())
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        let first = self
            .parent
            .is_none_or(|parent| matches!(parent.step, Step::Root));
        match self.step {
            Step::Root => Ok(()),
            Step::Member(name) if first => formatter.write_str(name),
            Step::Member(name) => write!(formatter, ".{name}"),
            Step::Element(index) => write!(formatter, "[{index}]"),
        }
    }
}

/// A value that can be read from a request. `null` has been dealt with before.
pub trait FromWire: Sized {
    /// Reads the value at `path`.
    ///
    /// # Errors
    /// [`ReadError::InvalidProperty`] if it is of another type, or cannot be.
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError>;
}

/// A representation that clients send.
pub trait Request: Representation + Sized {
    /// Reads the members of the object, the required ones first, in the order of the contract.
    ///
    /// # Errors
    /// [`ReadError::MissingProperty`] or [`ReadError::InvalidProperty`], of the first that is wrong.
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError>;

    /// Reads a whole body, whatever its content type says.
    ///
    /// # Errors
    /// [`ReadError::Malformed`], and those of [`Self::read_fields`].
    fn read(body: &[u8]) -> Result<Self, ReadError> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let value = if body.trim_ascii().is_empty() {
            Value::Null
        } else {
            let Once(value) = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
            value
        };
        let members = match value {
            Value::Null => Map::new(),
            Value::Object(members) => members,
            _ => {
                return Err(ReadError::Malformed(
                    "it is of another JSON type".to_owned(),
                ));
            }
        };
        Self::read_fields(&mut Fields {
            members,
            path: Path::ROOT,
        })
    }
}

/// Reads a request's body: see [`Request::read`].
///
/// # Errors
/// As [`Request::read`].
pub fn read<T: Request>(body: &[u8]) -> Result<T, ReadError> {
    T::read(body)
}

/// The library's own text may quote the body; category and place do not.
fn malformed(error: &serde_json::Error) -> ReadError {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "an object has a member twice",
        _ => "it is not well-formed, or nested too deeply",
    };
    ReadError::Malformed(format!(
        "{what} (line {}, column {})",
        error.line(),
        error.column()
    ))
}

/// The members of one object that is being read.
#[derive(Debug)]
pub struct Fields<'a> {
    members: Map<String, Value>,
    path: Path<'a>,
}

impl Fields<'_> {
    /// A property that must be there.
    ///
    /// # Errors
    /// [`ReadError::MissingProperty`] if it is absent or null, [`ReadError::InvalidProperty`].
    pub fn required<T: FromWire>(&mut self, name: &str) -> Result<T, ReadError> {
        self.optional(name)?.ok_or_else(|| self.missing(name))
    }

    /// A property that may be absent or null.
    ///
    /// # Errors
    /// [`ReadError::InvalidProperty`].
    pub fn optional<T: FromWire>(&mut self, name: &str) -> Result<Option<T>, ReadError> {
        self.take(name)
            .map(|value| T::from_wire(value, &self.path.member(name)))
            .transpose()
    }

    /// A list that must be there; it may be empty.
    ///
    /// # Errors
    /// [`ReadError::MissingProperty`] if it is absent or null; [`ReadError::InvalidProperty`] of what is no list, or of an element.
    pub fn required_list<T: FromWire>(&mut self, name: &str) -> Result<Vec<T>, ReadError> {
        self.optional_list(name)?.ok_or_else(|| self.missing(name))
    }

    /// A list that may be absent, which is not the same as empty.
    ///
    /// # Errors
    /// [`ReadError::InvalidProperty`] of what is no list, or of an element; null is none.
    pub fn optional_list<T: FromWire>(&mut self, name: &str) -> Result<Option<Vec<T>>, ReadError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let path = self.path.member(name);
        let Value::Array(elements) = value else {
            return Err(path.invalid());
        };
        let read = |(index, element)| not_null(element, &path.element(index));
        elements
            .into_iter()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// A dictionary that must be there.
    ///
    /// # Errors
    /// [`ReadError::MissingProperty`] if it is absent or null; [`ReadError::InvalidProperty`] of what is no object, or of a member.
    pub fn required_map<T: FromWire>(
        &mut self,
        name: &str,
    ) -> Result<BTreeMap<String, T>, ReadError> {
        self.optional_map(name)?.ok_or_else(|| self.missing(name))
    }

    /// A dictionary that may be absent.
    ///
    /// # Errors
    /// [`ReadError::InvalidProperty`] of what is no object, or of a member; null is none.
    pub fn optional_map<T: FromWire>(
        &mut self,
        name: &str,
    ) -> Result<Option<BTreeMap<String, T>>, ReadError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let path = self.path.member(name);
        let Value::Object(members) = value else {
            return Err(path.invalid());
        };
        let read = |(key, value): (String, Value)| {
            let value = not_null(value, &path.member(&key))?;
            Ok((key, value))
        };
        members
            .into_iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// The value of `__type`, if there is one.
    ///
    /// # Errors
    /// [`ReadError::InvalidProperty`] if it is no string.
    pub fn tag(&mut self) -> Result<Option<String>, ReadError> {
        self.optional(TYPE_TAG)
    }

    /// Takes `__type`, which may be absent; any other value than `urn` is refused.
    ///
    /// # Errors
    /// [`ReadError::InvalidProperty`].
    pub fn expect_tag(&mut self, urn: &str) -> Result<(), ReadError> {
        match self.tag()? {
            Some(tag) if tag != urn => Err(self.invalid(TYPE_TAG)),
            _ => Ok(()),
        }
    }

    /// Whether there is such a member and it is not null.
    pub fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether there is such a member and it is a list.
    pub fn is_list(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(Value::is_array)
    }

    /// Takes the members that are there and not null, as they came; those that were read before are not among them.
    pub fn rest(&mut self) -> Map<String, Value> {
        let mut rest = std::mem::take(&mut self.members);
        rest.retain(|_, value| !value.is_null());
        rest
    }

    /// The refusal of a member of this object.
    pub fn invalid(&self, name: &str) -> ReadError {
        self.path.member(name).invalid()
    }

    /// The complaint that a member of this object is missing.
    pub fn missing(&self, name: &str) -> ReadError {
        self.path.member(name).missing()
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.members
            .get_mut(name)
            .map(Value::take)
            .filter(|value| !value.is_null())
    }
}

/// Inside lists and dictionaries nothing is optional, so `null` is a wrong value there.
fn not_null<T: FromWire>(value: Value, path: &Path<'_>) -> Result<T, ReadError> {
    if value.is_null() {
        Err(path.invalid())
    } else {
        T::from_wire(value, path)
    }
}

impl<T: Request> FromWire for T {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        let Value::Object(members) = value else {
            return Err(path.invalid());
        };
        T::read_fields(&mut Fields {
            members,
            path: *path,
        })
    }
}

impl FromWire for String {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        if let Value::String(text) = value {
            Ok(text)
        } else {
            Err(path.invalid())
        }
    }
}

impl FromWire for bool {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        match value {
            Value::Bool(value) => Ok(value),
            Value::String(text) if text == "1" || text.eq_ignore_ascii_case("true") => Ok(true),
            Value::String(text) if text == "0" || text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(path.invalid()),
        }
    }
}

/// The contract's Integer: 32 bits.
impl FromWire for i32 {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        let number = match &value {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) if is_decimal(text, false) => text.parse().ok(),
            _ => None,
        };
        number
            .and_then(|number| Self::try_from(number).ok())
            .ok_or_else(|| path.invalid())
    }
}

/// JSON does not tell `1.0` from `1`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked first"
)]
fn whole(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX) + 1.0;
    fits.then_some(number as i64)
}

/// The contract's Number, and a Duration, in seconds.
impl FromWire for f64 {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) if is_decimal(text, true) => text.parse().ok(),
            _ => None,
        };
        number
            .filter(|number: &Self| number.is_finite())
            .ok_or_else(|| path.invalid())
    }
}

/// Rust also parses `+1`, `inf` and `1e3`; the wire does not.
fn is_decimal(text: &str, fraction: bool) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = unsigned
        .split_once('.')
        .map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && rest.is_none_or(|rest| fraction && all_digits(rest))
}

impl FromWire for Date {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        String::from_wire(value, path)?
            .parse()
            .map_err(|_| path.invalid())
    }
}

impl FromWire for Guid {
    fn from_wire(value: Value, path: &Path<'_>) -> Result<Self, ReadError> {
        String::from_wire(value, path)?
            .parse()
            .map_err(|_| path.invalid())
    }
}
