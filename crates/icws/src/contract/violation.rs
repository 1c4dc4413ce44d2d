//! What can be wrong with an answer.

use std::fmt;

/// One breach of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where in the body, such as `emailContent.bodies[0].bodyType`; empty for the whole.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the answer"
        } else {
            &self.path
        };
        write!(formatter, "{path}: {}", self.fault)
    }
}

/// A kind of breach.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes are no JSON text.
    #[error("no JSON: {0}")]
    NotJson(String),
    /// The object has the member more than once.
    #[error("given more than once")]
    DuplicateMember,
    /// The contract requires the member and it is absent.
    #[error("required by {0} and absent")]
    Missing(&'static str),
    /// `null` where the contract allows none.
    #[error("null, which {0} does not allow here")]
    Null(&'static str),
    /// A value of another JSON type, or a text or a number of another form.
    #[error("not a {expected}: {found}")]
    WrongValue {
        /// What the contract says.
        expected: String,
        /// What was there, cut short.
        found: String,
    },
    /// A number that the enumeration does not have.
    #[error("{number} is no member of {urn}")]
    NoMember {
        /// The enumeration.
        urn: &'static str,
        /// What was there.
        number: i64,
    },
    /// `__type` is required and absent.
    #[error("without the __type that {0} requires")]
    TagMissing(&'static str),
    /// `__type` names nothing that the contract knows.
    #[error("the contract has no {0}")]
    TagUnknown(String),
    /// `__type` names something else than what is declared here or derives from it.
    #[error("{tag} is no {declared}")]
    TagForeign {
        /// What it says it is.
        tag: &'static str,
        /// What should be here.
        declared: &'static str,
    },
    /// The contract has no such type: the declaration is wrong.
    #[error("declared to be {0}, which the contract does not have")]
    DeclaredUnknown(&'static str),
    /// A member that neither the contract nor [`EXTRAS`](super::EXTRAS) has.
    #[error("no member of {0}")]
    UnknownMember(&'static str),
    /// The contract has no such operation.
    #[error("the contract has no {0}")]
    UnknownOperation(String),
    /// The operation does not end with this status.
    #[error("the operation has no status {0}")]
    UnexpectedStatus(u16),
    /// A body where the operation has none with this status: its length.
    #[error("a body of {0} bytes where none is declared")]
    UnexpectedBody(usize),
    /// Another content type than that of ICWS.
    #[error("the content type is {0:?}")]
    ContentType(Option<String>),
}
