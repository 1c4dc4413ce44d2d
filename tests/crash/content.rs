//! What drafts say: it tells by which save it came.

use icws::email::{BodyType, CreateEmailParameters, EmailAddress, EmailBody, EmailContent};

use super::faults::FUSSY;

/// Who every draft goes to.
pub const RECIPIENTS: [&str; 2] = ["kunde@example.org", FUSSY];

/// The subject and the bodies of a draft as it was saved for the so-manieth time; nobody else's look like it.
pub fn content(draft: &str, save: u64) -> EmailContent {
    let to = RECIPIENTS.map(|address| EmailAddress {
        display_name: String::new(),
        address: Some(address.to_owned()),
    });
    EmailContent {
        subject: Some(subject(draft, save)),
        sender: EmailAddress::default(),
        to_recipients: Some(to.into()),
        cc_recipients: None,
        bcc_recipients: None,
        reply_to_recipients: None,
        bodies: Some(bodies(draft, save)),
    }
}

/// The subject that [`content`] has.
pub fn subject(draft: &str, save: u64) -> String {
    format!("{draft} save {save}")
}

/// The bodies that [`content`] has.
pub fn bodies(draft: &str, save: u64) -> Vec<EmailBody> {
    let body = |body: String, body_type| EmailBody { body, body_type };
    let subject = subject(draft, save);
    vec![
        body(format!("text of {subject}"), BodyType::Text),
        body(format!("<p>HTML of {subject}</p>"), BodyType::Html),
    ]
}

/// What creates a draft of a name of ours.
pub fn creation(draft: &str) -> CreateEmailParameters {
    CreateEmailParameters {
        email_content: content(draft, 0),
        workgroup: None,
        additional_attributes: None,
    }
}
