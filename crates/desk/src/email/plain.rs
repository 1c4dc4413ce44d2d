//! Mail that a program sends in one request: `POST configuration/mail/send-email`. It is an email like any other, which is made and sent at
//! once.

use std::collections::BTreeMap;

use icws::configuration::mail::SendEmailArgument;
use icws::email::{BodyType, EmailAddress, EmailBody, EmailContent};
use store::rows::people::{self, Mailbox};
use store::{Conn, Tx};

use super::content::{Person, Recipients};
use super::draft;
use super::send::{check_recipients, freeze, prepare};
use crate::caller::Caller;
use crate::desk::{At, Desk};
use crate::refusal::Refusal;
use crate::rights::Right;

impl Desk {
    /// Sends a plain text by the caller's own mailbox, or by that of the one workgroup he belongs to that can send. For an administrator of
    /// mail, where there is no such one, it goes out by the mailbox that was set up first.
    ///
    /// # Errors
    /// [`Refusal::NoRecipients`]; [`Refusal::InvalidRecipient`]; [`Refusal::NoMailbox`] if there is none to choose or more than one;
    /// [`Refusal::InvalidProperty`] of a subject; [`Refusal::SubjectTooLong`]; [`Refusal::TooManyRecipients`]; [`Refusal::MessageTooLarge`]
    /// for the relay.
    pub async fn send_plain_email(
        &self,
        caller: &Caller,
        email: SendEmailArgument,
    ) -> Result<(), Refusal> {
        let (caller, limit) = (caller.clone(), self.message_limit());
        let message_id = mail::names::message_id(&self.rules().domain);
        let content = content(email)?;
        self.write(move |tx, at| make_and_send(tx, &caller, &content, &message_id, limit, at))
            .await
    }
}

fn content(email: SendEmailArgument) -> Result<EmailContent, Refusal> {
    if email
        .subject
        .as_deref()
        .is_some_and(|subject| subject.contains(char::is_control))
    {
        return Err(Refusal::invalid("subject", "a subject is one line"));
    }
    let recipients = email.recipients.into_iter();
    let to = recipients.map(|address| EmailAddress {
        display_name: String::new(),
        address: Some(address.trim().to_owned()),
    });
    Ok(EmailContent {
        subject: email.subject,
        sender: EmailAddress::default(),
        to_recipients: Some(to.collect()),
        cc_recipients: None,
        bcc_recipients: None,
        reply_to_recipients: None,
        bodies: Some(vec![EmailBody {
            body: email.body.unwrap_or_default(),
            body_type: BodyType::Text,
        }]),
    })
}

fn mailbox(conn: &mut Conn, caller: &Caller) -> Result<Mailbox, Refusal> {
    match draft::outgoing_mailbox(conn, caller, None) {
        Err(Refusal::NoMailbox) if caller.may(Right::MailConfiguration) => {
            people::first_sending_mailbox(conn)?.ok_or(Refusal::NoMailbox)
        }
        mailbox => mailbox,
    }
}

fn make_and_send(
    tx: &mut Tx<'_>,
    caller: &Caller,
    content: &EmailContent,
    message_id: &str,
    limit: Option<u64>,
    at: &At,
) -> Result<(), Refusal> {
    let to = content.to_recipients.iter().flatten();
    check_recipients(&Recipients {
        to: to.map(Person::from).collect(),
        ..Recipients::default()
    })?;
    let mailbox = mailbox(tx.read(), caller)?;
    let id = draft::create_by(tx, caller, mailbox, content, &BTreeMap::new(), at)?;
    let prepared = prepare(tx.read(), caller, id, message_id, limit, at)?;
    freeze(tx, caller, id, &prepared, message_id, at.now, at)?;
    Ok(())
}
