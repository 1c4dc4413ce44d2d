//! The no of a rule. The top floor turns it into an ICWS error in one place; nothing here knows a status or a wire name.

use std::fmt;

use crate::rights::Right;

/// Why a rule said no. A refusal leaves everything as it was.
#[derive(Debug)]
pub enum Refusal {
    /// The path is none of the API's.
    NotFound,
    /// The path is there, but not with this method.
    MethodNotAllowed,
    /// The operation is not served, or was retired.
    Gone,
    /// The body or a parameter cannot be read at all; says why.
    Malformed(String),
    /// A required property is absent; names it.
    MissingProperty(String),
    /// A property has a value it cannot have; names it and says why.
    InvalidProperty {
        /// Its path in the representation.
        property: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A required header is absent; names it.
    MissingHeader(&'static str),
    /// The request line and the headers are larger than the server takes.
    HeadTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The body is larger than the operation takes.
    BodyTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The range asked for lies outside the file.
    RangeNotSatisfiable {
        /// The file's size in bytes.
        size: u64,
    },

    /// The request does not stand in a good session.
    Session(SessionFault),
    /// User id or password are wrong.
    AuthenticationFailure,
    /// The way of logging in is not served; names its representation.
    AuthenticationNotServed(String),
    /// No such feature.
    FeatureNotFound(String),

    /// No such user.
    UserNotFound,
    /// The status is that of somebody for whom the caller has no right.
    StatusDenied,
    /// No such status, or none that can be chosen.
    StatusNotFound,

    /// None of the queues is there, or none that the caller may see; names them.
    QueueDenied(String),

    /// The caller has not this right.
    RightMissing(Right),
    /// What was asked of configuration objects cannot be understood: a property, a condition, an order or a filter that is none.
    ConfigurationQuery {
        /// Whether a list was asked for.
        list: bool,
        /// What was asked.
        asked: Box<crate::configuration::Asked>,
    },
    /// No such configuration object.
    ConfigurationNotFound,
    /// The caller may not see the configuration object, or not change it in this way.
    ConfigurationDenied,
    /// The configuration object cannot be as it was given.
    ConfigurationInvalid(Vec<icws::configuration::ValidationError>),
    /// More of a list of a configuration object would be changed than one request may.
    ConfigurationTooMany {
        /// The list.
        property: String,
        /// How many elements of it may be changed.
        limit: u64,
        /// How many it would come to.
        count: u64,
    },
    /// Something refers to the configuration object, which therefore cannot go.
    ConfigurationInUse(Vec<icws::configuration::ExplicitReference>),

    /// No such user or workgroup whose activations could be told.
    ActivationsNotFound,
    /// The activations are none that the caller may see, or none that he may set.
    ActivationsDenied,

    /// The caller has not the right Response Management.
    ResponseManagementDenied,
    /// No such item.
    ItemNotFound,
    /// The item stands in a library that the caller may not view.
    ItemDenied,
    /// The item is a text or a link.
    NotAFile,
    /// The bytes of the file are gone.
    FileGone,
    /// No such file, or none that the caller may read.
    FileNotFound(String),
    /// No file of one's own could be called so; names it.
    FileNameInvalid(String),
    /// A file is called so already; names it.
    FileNameTaken(String),
    /// The address of a file that is not there, or that the caller may not read.
    FileAddressNotFound,
    /// The bytes at an address are gone.
    BytesGone,
    /// No such library.
    LibraryNotFound,
    /// The library is somebody else's.
    LibraryDenied,
    /// The library has more of something than it may have.
    LibraryTooLarge {
        /// What there is too much of.
        what: LibraryLimit,
        /// How much there may be.
        limit: u64,
        /// How much there is.
        size: u64,
    },
    /// The same id stands twice in the library, or stands in another one.
    ItemIdTaken(String),

    /// No such interaction.
    InteractionNotFound,
    /// The caller has no right to the interaction.
    InteractionDenied,
    /// What is to be answered does not exist; names it.
    ParentNotFound(String),
    /// The caller has no right to what is to be answered.
    ParentDenied,
    /// The kind of interaction cannot be created here; names its representation.
    TypeNotServed(String),
    /// The interaction is not in a state that allows it.
    InvalidState,
    /// Somebody else works on the interaction.
    AlreadyPickedUp,
    /// No such user or workgroup that an interaction could go to; names it.
    TargetNotFound(String),

    /// The interaction is no email.
    NotAnEmail,
    /// The email is sent, disconnected or inbound.
    NotEditable,
    /// Nobody to send it to.
    NoRecipients,
    /// A recipient has no address, or one that mail cannot go to; names it.
    InvalidRecipient(String),
    /// Nothing to send it from: no mailbox, or more than one to choose from.
    NoMailbox,
    /// The workgroup is not there, or the caller does not belong to it; names it.
    WorkgroupDenied(String),
    /// The sender's address is not one that the caller may send from; names it.
    SenderDenied(String),
    /// No such attachment to be removed.
    AttachmentNotFound,
    /// No such message attached to the email.
    MessageNotFound,
    /// No such attachment to be downloaded.
    DownloadNotFound,
    /// The attachments would be larger than they may be together.
    EmailTooLarge {
        /// The limit in bytes.
        limit: u64,
        /// What it would come to.
        size: u64,
    },
    /// The whole message, as it would go out, is larger than the mail relay takes.
    MessageTooLarge {
        /// What the relay takes, in bytes.
        limit: u64,
        /// What the message has.
        size: u64,
    },
    /// There would be more attachments than there may be.
    TooManyAttachments {
        /// How many there may be.
        limit: u64,
        /// How many it would come to.
        count: u64,
    },
    /// The interaction would have more attributes than it may.
    TooManyAttributes {
        /// How many it may have.
        limit: u64,
        /// How many it would come to.
        count: u64,
    },
    /// There are more recipients than there may be.
    TooManyRecipients {
        /// How many there may be.
        limit: u64,
        /// How many there are.
        count: u64,
    },
    /// The subject is longer than it may be.
    SubjectTooLong {
        /// How many characters it may have.
        limit: u64,
        /// How many it has.
        length: u64,
    },
    /// The file is larger than one file may be.
    FileTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// No such upload, or it is over.
    UploadNotFound,
    /// The time for the upload is over.
    UploadExpired,
    /// The upload broke off.
    UploadIncomplete,

    /// The store that keeps bytes refuses, is too slow or cannot be reached, which passes; how, is for the log only.
    BytesUnavailable(Failure),
    /// The server is stopping; names the hosts to turn to.
    Stopping(Vec<String>),
    /// Something of the server's own went wrong; what, is for the log only.
    Internal(Failure),
}

/// What of a library is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibraryLimit {
    /// The number of its items.
    Items,
    /// The length of one value in bytes.
    Value,
    /// How deep its categories are nested.
    Depth,
}

/// Why a request does not stand in a good session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFault {
    /// The server has no such session, or it has ended.
    Unknown,
    /// The cookie belongs to another session.
    CookieMismatch,
    /// There is no session cookie.
    CookieMissing,
    /// The CSRF token is absent or wrong.
    Token,
}

/// An error of the server's own.
pub struct Failure(Box<dyn std::error::Error + Send + Sync>);

impl Failure {
    /// Keeps the cause for the log.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The cause with the causes of the cause.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(next) = cause {
            write!(f, ": {next}")?;
            cause = next.source();
        }
        Ok(())
    }
}

impl Refusal {
    /// A refusal for an error of the server's own.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Refusal::Internal(Failure::new(cause))
    }

    /// A property whose value it cannot have.
    pub fn invalid(property: impl Into<String>, reason: impl Into<String>) -> Self {
        Refusal::InvalidProperty {
            property: property.into(),
            reason: reason.into(),
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Blobs(_) => Refusal::BytesUnavailable(Failure::new(error)),
            _ => Refusal::internal(error),
        }
    }
}

impl From<store::BlobError> for Refusal {
    fn from(error: store::BlobError) -> Self {
        match error {
            store::BlobError::Gone | store::BlobError::Damaged => Refusal::BytesGone,
            store::BlobError::Unavailable(_) => Refusal::BytesUnavailable(Failure::new(error)),
            store::BlobError::Io(_) => Refusal::internal(error),
        }
    }
}

impl From<store::QueryError> for Refusal {
    fn from(error: store::QueryError) -> Self {
        Refusal::internal(error)
    }
}

impl From<icws::ReadError> for Refusal {
    fn from(error: icws::ReadError) -> Self {
        match error {
            icws::ReadError::Malformed(reason) => Refusal::Malformed(reason),
            icws::ReadError::MissingProperty(property) => Refusal::MissingProperty(property),
            icws::ReadError::InvalidProperty(property) => Refusal::InvalidProperty {
                property,
                reason: "it has not the type that the property asks for".into(),
            },
        }
    }
}
