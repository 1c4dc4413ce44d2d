//! Each refusal's status, identifier and text. `docs/ERRORS.md` lists them; a test holds it against this.

mod german;

use axum::http::StatusCode;
use desk::configuration::Asked;
use desk::queues;
use desk::refusal::LibraryLimit;
use desk::{Language, Refusal, SessionFault};
use icws::configuration::{ValidationError, ValidationErrorType};
use icws::error::ErrorKind;

/// A refusal as ICWS says it.
#[derive(Debug)]
pub struct Described {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub error: icws::Error,
}

/// A refusal as the error of a message.
pub fn for_message(refusal: &Refusal, language: Language) -> icws::Error {
    describe(refusal, language).error
}

/// A refusal as ICWS says it, in a language.
pub fn describe(refusal: &Refusal, language: Language) -> Described {
    let (status, id) = classify(refusal);
    let message = match language {
        Language::English => english(refusal),
        Language::German => german::text(refusal),
    };
    let kind = match refusal {
        Refusal::MissingProperty(property) => ErrorKind::MissingProperty {
            property_name: property.clone(),
        },
        Refusal::InvalidProperty { property, .. } => ErrorKind::InvalidProperty {
            property_name: property.clone(),
        },
        Refusal::ConfigurationQuery { list, asked } => query_kind(*list, asked),
        Refusal::ConfigurationInvalid(errors) => ErrorKind::Configuration {
            validation_errors: errors.clone(),
        },
        Refusal::ConfigurationTooMany {
            property, count, ..
        } => ErrorKind::Configuration {
            validation_errors: vec![ValidationError {
                validation_error_type: ValidationErrorType::CollectionCount,
                property_name: property.clone(),
                property_value: count.to_string(),
            }],
        },
        Refusal::ConfigurationInUse(references) => ErrorKind::ExplicitReferences {
            explicit_references: references.clone(),
        },
        _ => ErrorKind::Plain,
    };
    Described {
        status,
        error: icws::Error {
            error_id: id.to_owned(),
            error_code: code(refusal),
            message,
            kind,
        },
    }
}

/// What was asked, shortened: it goes back as it came.
fn query_kind(list: bool, asked: &Asked) -> ErrorKind {
    let short = |text: &String| text.chars().take(200).collect::<String>();
    let all = |texts: &[String]| texts.iter().take(100).map(short).collect();
    let (select, rights_filter) = (all(&asked.select), asked.rights_filter.as_ref().map(short));
    if list {
        ErrorKind::GetObjectList {
            select,
            rights_filter,
            conditions: all(&asked.conditions),
            order_by: asked.order_by.as_ref().map(short),
        }
    } else {
        ErrorKind::GetObject {
            select,
            rights_filter,
        }
    }
}

/// The status and the identifier.
fn classify(refusal: &Refusal) -> (StatusCode, &'static str) {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    const DENIED: StatusCode = StatusCode::FORBIDDEN;
    const MISSING: StatusCode = StatusCode::NOT_FOUND;
    match refusal {
        Refusal::NotFound => (MISSING, "error.request.notFound"),
        Refusal::MethodNotAllowed => (
            StatusCode::METHOD_NOT_ALLOWED,
            "error.request.accessDenied.httpMethodNotAllowed",
        ),
        Refusal::Gone => (StatusCode::GONE, "error.request.gone"),
        Refusal::Malformed(_) => (BAD, "error.request.malformed"),
        Refusal::MissingProperty(_) => (BAD, "error.request.invalidRepresentation.missingProperty"),
        Refusal::InvalidProperty { .. } => {
            (BAD, "error.request.invalidRepresentation.invalidProperty")
        }
        Refusal::MissingHeader(_) => (BAD, "error.request.missingHeader"),
        Refusal::HeadTooLarge { .. } => (BAD, "error.request.headTooLarge"),
        Refusal::BodyTooLarge { .. } => (BAD, "error.request.tooLarge"),
        Refusal::RangeNotSatisfiable { .. } => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            "error.request.rangeNotSatisfiable",
        ),
        Refusal::Session(fault) => (StatusCode::UNAUTHORIZED, session_fault(*fault)),
        Refusal::AuthenticationFailure => (BAD, "error.request.connection.authenticationFailure"),
        Refusal::AuthenticationNotServed(_) => {
            (BAD, "error.request.connection.authenticationNotServed")
        }
        Refusal::FeatureNotFound(_) => (BAD, "error.request.connection.featureNotFound"),
        Refusal::UserNotFound => (MISSING, "error.request.status.userNotFound"),
        Refusal::StatusDenied => (DENIED, "error.request.status.accessDenied"),
        Refusal::StatusNotFound => (BAD, "error.request.status.statusNotFound"),
        Refusal::QueueDenied(_) => (BAD, queues::DENIED),
        Refusal::RightMissing(_) => (DENIED, "error.request.accessDenied"),
        Refusal::ConfigurationQuery { .. } => (BAD, "error.request.configuration.invalidQuery"),
        Refusal::ConfigurationNotFound => (MISSING, "error.request.configuration.notFound"),
        Refusal::ConfigurationDenied => (DENIED, "error.request.configuration.accessDenied"),
        Refusal::ConfigurationInvalid(_) => (BAD, "error.request.configuration.invalidObject"),
        Refusal::ConfigurationTooMany { .. } => {
            (BAD, "error.request.configuration.tooManyElements")
        }
        Refusal::ConfigurationInUse(_) => (BAD, "error.request.configuration.inUse"),
        Refusal::ActivationsNotFound => (MISSING, "error.request.activations.notFound"),
        Refusal::ActivationsDenied => (DENIED, "error.request.activations.accessDenied"),
        Refusal::ResponseManagementDenied => {
            (DENIED, "error.request.responseManagement.accessDenied")
        }
        Refusal::ItemNotFound => (BAD, "error.request.responseManagement.itemNotFound"),
        Refusal::ItemDenied => (BAD, "error.request.responseManagement.itemAccessDenied"),
        Refusal::NotAFile => (BAD, "error.request.responseManagement.notAFile"),
        Refusal::FileGone => (BAD, "error.request.responseManagement.fileGone"),
        Refusal::FileNotFound(_) => (BAD, "error.request.responseManagement.fileNotFound"),
        Refusal::FileNameInvalid(_) => (BAD, "error.request.responseManagement.invalidFileName"),
        Refusal::FileNameTaken(_) => (BAD, "error.request.responseManagement.fileNameTaken"),
        Refusal::FileAddressNotFound => (MISSING, "error.request.responseManagement.fileNotFound"),
        Refusal::BytesGone => (MISSING, "error.request.responseManagement.fileGone"),
        Refusal::LibraryNotFound => (MISSING, "error.request.responseManagement.libraryNotFound"),
        Refusal::LibraryDenied => (
            DENIED,
            "error.request.responseManagement.libraryAccessDenied",
        ),
        Refusal::LibraryTooLarge { what, .. } => (BAD, library_limit(*what)),
        Refusal::ItemIdTaken(_) => (BAD, "error.request.responseManagement.itemIdTaken"),
        Refusal::InteractionNotFound => (MISSING, "error.request.interactions.notFound"),
        Refusal::InteractionDenied => (DENIED, "error.request.interactions.accessDenied"),
        Refusal::ParentNotFound(_) => (BAD, "error.request.interactions.parentNotFound"),
        Refusal::ParentDenied => (BAD, "error.request.interactions.parentAccessDenied"),
        Refusal::TypeNotServed(_) => (BAD, "error.request.interactions.typeNotServed"),
        Refusal::InvalidState => (BAD, "error.request.interactions.invalidState"),
        Refusal::AlreadyPickedUp => (BAD, "error.request.interactions.alreadyPickedUp"),
        Refusal::TargetNotFound(_) => (BAD, "error.request.interactions.targetNotFound"),
        Refusal::NotAnEmail => (BAD, "error.request.email.notAnEmail"),
        Refusal::NotEditable => (BAD, "error.request.email.notEditable"),
        Refusal::NoRecipients => (BAD, "error.request.email.noRecipients"),
        Refusal::InvalidRecipient(_) => (BAD, "error.request.email.invalidRecipient"),
        Refusal::NoMailbox => (BAD, "error.request.email.noMailbox"),
        Refusal::WorkgroupDenied(_) => (BAD, "error.request.email.workgroupAccessDenied"),
        Refusal::SenderDenied(_) => (BAD, "error.request.email.senderAccessDenied"),
        Refusal::MessageNotFound => (BAD, "error.request.email.messageNotFound"),
        Refusal::AttachmentNotFound => (BAD, "error.request.email.attachmentNotFound"),
        Refusal::DownloadNotFound => (MISSING, "error.request.email.attachmentNotFound"),
        Refusal::EmailTooLarge { .. } => (BAD, "error.request.email.tooLarge"),
        Refusal::MessageTooLarge { .. } => (BAD, "error.request.email.messageTooLarge"),
        Refusal::TooManyAttachments { .. } => (BAD, "error.request.email.tooManyAttachments"),
        Refusal::TooManyAttributes { .. } => (BAD, "error.request.interactions.tooManyAttributes"),
        Refusal::TooManyRecipients { .. } => (BAD, "error.request.email.tooManyRecipients"),
        Refusal::SubjectTooLong { .. } => (BAD, "error.request.email.subjectTooLong"),
        Refusal::FileTooLarge { .. } => (BAD, "error.request.email.fileTooLarge"),
        Refusal::UploadNotFound => (MISSING, "error.request.email.uploadNotFound"),
        Refusal::UploadExpired => (MISSING, "error.request.email.uploadExpired"),
        Refusal::UploadIncomplete => (BAD, "error.request.email.uploadIncomplete"),
        Refusal::BytesUnavailable(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "error.server.bytesUnavailable",
        ),
        Refusal::Stopping(_) => (StatusCode::SERVICE_UNAVAILABLE, "error.server.unavailable"),
        Refusal::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "error.server.internal"),
    }
}

fn session_fault(fault: SessionFault) -> &'static str {
    match fault {
        SessionFault::Unknown => "error.request.connection.authenticationFailure",
        SessionFault::CookieMismatch => "error.request.connection.cookieMismatch",
        SessionFault::CookieMissing => "error.request.connection.cookieMissing",
        SessionFault::Token => "error.request.connection.csrfToken",
    }
}

fn library_limit(what: LibraryLimit) -> &'static str {
    match what {
        LibraryLimit::Items => "error.request.responseManagement.tooManyItems",
        LibraryLimit::Value => "error.request.responseManagement.valueTooLong",
        LibraryLimit::Depth => "error.request.responseManagement.tooDeep",
    }
}

/// The number that client authors saw beside an identifier, where one is known.
fn code(refusal: &Refusal) -> Option<i64> {
    match refusal {
        Refusal::AuthenticationFailure => Some(-2_147_221_503),
        Refusal::Session(SessionFault::Unknown) => Some(-2_147_221_499),
        Refusal::Session(SessionFault::CookieMismatch) => Some(1),
        Refusal::Session(SessionFault::Token) => Some(2),
        Refusal::Session(SessionFault::CookieMissing) => Some(4),
        Refusal::Internal(_) => Some(-2_147_467_259),
        _ => None,
    }
}

/// What is added to the text of a 500: the id that finds the cause in the log.
pub fn in_the_log(request_id: &str, language: Language) -> String {
    match language {
        Language::English => {
            format!(" The administrator finds the cause in the log under request {request_id}.")
        }
        Language::German => {
            format!(" Die Ursache steht im Protokoll unter der Anfrage {request_id}.")
        }
    }
}

fn english(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotFound => "There is nothing at this address.".into(),
        Refusal::MethodNotAllowed => "This address does not take this method; the Allow header names those it takes.".into(),
        Refusal::Gone => "This operation is not served here.".into(),
        Refusal::Malformed(reason) => format!("The request cannot be read: {reason}."),
        Refusal::MissingProperty(property) => format!("The property `{property}` is required and absent."),
        Refusal::InvalidProperty { property, reason } => format!("The property `{property}` is not valid: {reason}."),
        Refusal::MissingHeader(name) => format!("The header `{name}` is required and absent."),
        Refusal::HeadTooLarge { limit } => format!("The request line and the headers are larger than the {limit} bytes that the server takes."),
        Refusal::BodyTooLarge { limit } => format!("The body is larger than the {limit} bytes that this operation takes."),
        Refusal::RangeNotSatisfiable { size } => format!("The range lies outside the file, which has {size} bytes."),
        Refusal::Session(SessionFault::Unknown) => "There is no such session, or it has ended. Log in again.".into(),
        Refusal::Session(SessionFault::CookieMismatch) => "This request requires a session ID! The cookie belongs to another session.".into(),
        Refusal::Session(SessionFault::CookieMissing) => "The session cookie is absent.".into(),
        Refusal::Session(SessionFault::Token) => "An authentication token was expected in the header ININ-ICWS-CSRF-Token, and was not found or is wrong.".into(),
        Refusal::AuthenticationFailure => "The authentication process failed.".into(),
        Refusal::AuthenticationNotServed(urn) => format!("Logging in with `{urn}` is not served; use a user id and a password."),
        Refusal::FeatureNotFound(id) => format!("There is no feature `{id}`."),
        Refusal::UserNotFound => "There is no such user.".into(),
        Refusal::StatusDenied => "You do not have the right to set this user's status.".into(),
        Refusal::StatusNotFound => "There is no such status, or none that can be chosen.".into(),
        Refusal::QueueDenied(names) => queues::denied(names, Language::English),
        Refusal::RightMissing(right) => format!("You do not have the right `{}`.", right.property()),
        Refusal::ConfigurationQuery { .. } => "A property, a condition, an order or a filter of the query is none that there is.".into(),
        Refusal::ConfigurationNotFound => "There is no configuration object of this id.".into(),
        Refusal::ConfigurationDenied => "You do not have rights to this configuration object, or not to change it in this way.".into(),
        Refusal::ConfigurationInvalid(errors) => format!("The configuration object cannot be like this: see {}.", properties(errors)),
        Refusal::ConfigurationTooMany { property, limit, count } => {
            format!("That would change {count} elements of `{property}`; one request may change {limit}.")
        }
        Refusal::ConfigurationInUse(_) => "The configuration object is in use.".into(),
        Refusal::ActivationsNotFound => "There is no such user or workgroup.".into(),
        Refusal::ActivationsDenied => "You do not have rights to these activations.".into(),
        Refusal::ResponseManagementDenied => "You do not have the right Response Management.".into(),
        Refusal::ItemNotFound => "There is no item of this id.".into(),
        Refusal::ItemDenied => "The item is in a library that you may not view.".into(),
        Refusal::NotAFile => "The item is a text or a link; only a file can be attached.".into(),
        Refusal::FileGone | Refusal::BytesGone => "The bytes of this file are gone; the librarian has to upload it again.".into(),
        Refusal::FileNotFound(key) => format!("There is no file `{key}`, or none that you may read."),
        Refusal::FileNameInvalid(name) => format!("No file can be called `{name}`: take a name without `/` and the like, without spaces or dots at its ends, not too long, and none that systems keep for devices."),
        Refusal::FileNameTaken(name) => format!("A file is called `{name}` already. Take another name, or remove the item that names it first."),
        Refusal::FileAddressNotFound => "There is no such file, or none that you may read.".into(),
        Refusal::LibraryNotFound => "There is no library of this id.".into(),
        Refusal::LibraryDenied => "You do not have rights to this library.".into(),
        Refusal::LibraryTooLarge { what, limit, size } => library_text(*what, *limit, *size),
        Refusal::ItemIdTaken(id) => format!("The item id `{id}` stands twice, or belongs to an item of another library."),
        Refusal::InteractionNotFound => "There is no interaction of this id.".into(),
        Refusal::InteractionDenied => "You do not have rights to this interaction.".into(),
        Refusal::TypeNotServed(urn) => format!("Interactions of the type `{urn}` cannot be created here."),
        Refusal::ParentNotFound(id) => format!("There is no interaction {id} to be answered."),
        Refusal::ParentDenied => "You have no right to the interaction that is to be answered.".into(),
        Refusal::InvalidState => "The interaction is not in a state that allows this: it has ended, or nobody has picked it up.".into(),
        Refusal::AlreadyPickedUp => "Somebody else has picked the interaction up.".into(),
        Refusal::TargetNotFound(name) => format!("There is no user and no workgroup `{name}` that an interaction could go to."),
        Refusal::NotAnEmail => "The interaction is not an email.".into(),
        Refusal::NotEditable => "The email cannot be edited: it was sent, disconnected, or received.".into(),
        Refusal::NoRecipients => "The email has no recipient.".into(),
        Refusal::InvalidRecipient(name) => format!("Mail cannot go to `{name}`: that is not an email address."),
        Refusal::NoMailbox => "There is no mailbox to send from, or more than one to choose from. Name the workgroup, or have the administrator give you a mailbox of your own.".into(),
        Refusal::WorkgroupDenied(name) => format!("There is no workgroup `{name}`, or you do not belong to it."),
        Refusal::SenderDenied(address) => format!("You may not send from `{address}`."),
        Refusal::MessageNotFound => "There is no such message attached to the email.".into(),
        Refusal::AttachmentNotFound | Refusal::DownloadNotFound => "There is no such attachment.".into(),
        Refusal::EmailTooLarge { limit, size } => {
            format!("The attachments would have {size} bytes together; an email may have {limit}.")
        }
        Refusal::MessageTooLarge { limit, size } => {
            format!("The email would have {size} bytes on its way; the mail relay takes {limit}.")
        }
        Refusal::TooManyAttachments { limit, count } => {
            format!("That would be {count} attachments; an email may have {limit}.")
        }
        Refusal::TooManyAttributes { limit, count } => {
            format!("That would be {count} attributes; an interaction may have {limit} of its own.")
        }
        Refusal::TooManyRecipients { limit, count } => {
            format!("The email has {count} recipients; it may have {limit}.")
        }
        Refusal::SubjectTooLong { limit, length } => {
            format!("The subject has {length} characters; it may have {limit}.")
        }
        Refusal::FileTooLarge { limit } => format!("The file is larger than the {limit} bytes that one file may have."),
        Refusal::UploadNotFound => "There is no such upload: its address is good once.".into(),
        Refusal::UploadExpired => "The time for this upload is over; announce it again.".into(),
        Refusal::UploadIncomplete => "The upload broke off before its end.".into(),
        Refusal::BytesUnavailable(_) => "The bytes of files cannot be read or written at the moment. Try again in a while.".into(),
        Refusal::Stopping(_) => "The server is stopping. Try again in a while, here or at another host of the list.".into(),
        Refusal::Internal(_) => "The server could not do this. Nothing was changed.".into(),
    }
}

/// The properties that are wrong.
fn properties(errors: &[ValidationError]) -> String {
    let named: Vec<String> = errors
        .iter()
        .map(|error| format!("`{}`", error.property_name))
        .collect();
    named.join(", ")
}

fn library_text(what: LibraryLimit, limit: u64, size: u64) -> String {
    match what {
        LibraryLimit::Items => {
            format!("The library has {size} items; a personal library may have {limit}.")
        }
        LibraryLimit::Value => {
            format!("A text in the library has {size} bytes; it may have {limit}.")
        }
        LibraryLimit::Depth => {
            format!("The categories are nested {size} deep; they may be {limit} deep.")
        }
    }
}
