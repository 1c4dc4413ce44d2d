//! Email interactions: drafts and what is in them, mail that came in, and answers to it.
//!
//! ICWS: `icws/(sessionId)/interactions/(interactionId)/email/`.

pub mod addresses;
pub mod attachments;
mod content;
pub mod draft;
mod held;
pub mod insert;
mod intake;
pub mod messages;
mod note;
mod plain;
mod respond;
pub mod send;
pub mod upload;

pub use content::{Recipients, Tell, contents_message};
pub use draft::{create, save};
pub use held::Remembered;
pub use insert::insert_response_file;
pub use intake::TakenIn;
pub use respond::respond;

use store::Conn;
use store::rows::interactions::Interaction;

use crate::caller::Caller;
use crate::ids::InteractionId;
use crate::interactions::{Changeable, EMAIL, OUTBOUND, Readable};
use crate::refusal::Refusal;

/// Whether an interaction is an email that can still be edited: an outgoing one that is neither sent nor disconnected.
pub fn is_draft(interaction: &Interaction) -> bool {
    interaction.kind == EMAIL && interaction.direction == OUTBOUND && interaction.ended_at.is_none()
}

/// A draft that the caller may edit.
#[derive(Debug)]
pub struct Draft(pub Interaction);

impl Draft {
    /// Obtains it, if the caller may change it.
    ///
    /// # Errors
    /// In this order: [`Refusal::InteractionNotFound`], [`Refusal::InteractionDenied`], [`Refusal::NotAnEmail`], [`Refusal::NotEditable`].
    pub fn obtain(conn: &mut Conn, caller: &Caller, id: InteractionId) -> Result<Self, Refusal> {
        let Changeable(interaction) = Changeable::obtain(conn, caller, id)?;
        if interaction.kind != EMAIL {
            return Err(Refusal::NotAnEmail);
        }
        if !is_draft(&interaction) {
            return Err(Refusal::NotEditable);
        }
        Ok(Self(interaction))
    }

    /// The number that its next attachment will have.
    pub fn next_number(&self) -> i64 {
        self.0.next_attachment
    }
}

/// An email that the caller may read.
#[derive(Debug)]
pub struct ReadableEmail {
    /// The interaction.
    pub interaction: Interaction,
    /// Whether he may change it, too.
    pub changeable: bool,
}

impl ReadableEmail {
    /// Obtains it, if the caller may read it.
    ///
    /// # Errors
    /// In this order: [`Refusal::InteractionNotFound`], [`Refusal::InteractionDenied`], [`Refusal::NotAnEmail`].
    pub fn obtain(conn: &mut Conn, caller: &Caller, id: InteractionId) -> Result<Self, Refusal> {
        let Readable {
            interaction,
            changeable,
        } = Readable::obtain(conn, caller, id)?;
        if interaction.kind != EMAIL {
            return Err(Refusal::NotAnEmail);
        }
        Ok(Self {
            interaction,
            changeable,
        })
    }
}
