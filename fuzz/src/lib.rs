//! What strangers send, given to what reads it. See `README.md`.

mod incoming;
mod message;

pub use incoming::incoming;
pub use message::message;

use icws::connection::AuthRequest;
use icws::email::{
    CreateEmailParameters, CreateEmailResponseParameters, EmailGetMessageParameters,
    EmailInsertResponseManagementRequest, EmailRemoveFileAttachmentRequest,
    EmailResolveAddressParameters, EmailSaveParameters, EmailUploadFileAttachmentRequest,
};
use icws::interactions::{
    CreateInteractionParameters, HoldParameters, InteractionAttributesUpdate,
    InteractionSubscription, TransferParameters, WrapupAssignment,
};
use icws::queues::QueueSubscriptionParameters;
use icws::response_management::{GenerateFileUrlRequest, Library};
use icws::{ReadError, Request};
use mail::disposition::{Disposition, content_disposition};
use mail::names::{AttachmentName, MAX_ORDINAL, clean_file_name, media_type};

/// The `Cookie` header field: whatever else is in it, a session's cookie is found as it was set, and nothing is made up.
pub fn cookies(data: &[u8]) {
    let noise = String::from_utf8_lossy(data);
    for (id, value) in icws::cookies::sessions(&noise) {
        assert!(noise.contains(id) && noise.contains(value));
        assert!(!id.contains(['=', ';']) && !value.contains(';'));
    }
    let header = format!("{noise}; icws_1000000001=c00kie; Path=/icws; HttpOnly; {noise}");
    let mut found = icws::cookies::sessions(&header);
    assert!(
        found.any(|cookie| cookie == ("1000000001", "c00kie")),
        "{header:?}"
    );
}

/// The bodies of requests: they are read or refused, and a refusal names a property that can be shown.
pub fn requests(data: &[u8]) {
    read::<AuthRequest>(data);
    read::<CreateInteractionParameters>(data);
    read::<CreateEmailParameters>(data);
    read::<CreateEmailResponseParameters>(data);
    read::<EmailGetMessageParameters>(data);
    read::<EmailResolveAddressParameters>(data);
    read::<EmailSaveParameters>(data);
    read::<EmailUploadFileAttachmentRequest>(data);
    read::<EmailRemoveFileAttachmentRequest>(data);
    read::<EmailInsertResponseManagementRequest>(data);
    read::<InteractionAttributesUpdate>(data);
    read::<InteractionSubscription>(data);
    read::<QueueSubscriptionParameters>(data);
    read::<HoldParameters>(data);
    read::<TransferParameters>(data);
    read::<WrapupAssignment>(data);
    read::<GenerateFileUrlRequest>(data);
    read::<Library>(data);
}

fn read<T: Request>(data: &[u8]) {
    match icws::read::<T>(data) {
        Ok(_) => assert!(
            std::str::from_utf8(data).is_ok(),
            "JSON is UTF-8 (RFC 8259, section 8.1)"
        ),
        Err(ReadError::MissingProperty(path) | ReadError::InvalidProperty(path)) => {
            assert!(
                !path.is_empty() || data.len() < 64 << 10,
                "a place without a name"
            );
        }
        Err(_) => {}
    }
}

/// A personal library: what was read is written, and read again as the same.
pub fn library(data: &[u8]) {
    let Ok(library) = icws::read::<Library>(data) else {
        return;
    };
    let written = serde_json::to_vec(&library).expect("a library is JSON");
    let again = icws::read::<Library>(&written);
    assert_eq!(
        again.as_ref().ok(),
        Some(&library),
        "{}",
        String::from_utf8_lossy(&written)
    );
}

/// The names of files. The first byte says how long one may be.
pub fn file_names(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let limit = usize::from(*first).max(32);
    let raw = String::from_utf8_lossy(rest);
    let name = clean_file_name(&raw, limit);
    assert!(!name.is_empty() && name.len() <= limit, "{name:?}");
    assert!(!name.contains(['/', '\\', '\0', '\r', '\n']), "{name:?}");
    assert!(name != "." && name != "..", "{name:?}");
    assert_eq!(
        clean_file_name(&name, limit),
        name,
        "a clean name stays as it is"
    );

    let parsed = AttachmentName::parse(&name);
    assert_eq!(parsed.to_string(), name, "a name is its parts");
    let family = AttachmentName::next_family(&name, limit);
    for ordinal in [2, 3, MAX_ORDINAL] {
        let variant = AttachmentName {
            wanted: family.clone(),
            ordinal,
        };
        let shown = variant.to_string();
        assert!(shown.len() <= limit, "{shown:?} is over {limit}");
        assert_eq!(AttachmentName::parse(&shown), variant, "{shown:?}");
    }

    let header = content_disposition(Disposition::Attachment, &name);
    assert!(
        header.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
        "a header of printable ASCII: {header:?}"
    );
    let kind = media_type(&name);
    assert!(kind.is_ascii() && kind.contains('/'), "{kind:?}");
}

/// The Content-IDs that an HTML text refers to: each stands in it, and has nothing that a header could not have.
pub fn references(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    for id in mail::compose::referenced_content_ids(&html) {
        assert!(id.len() <= html.len(), "{id:?} was not in the text");
    }
}
