//! What stands in place of the text of a mail that could not be taken apart, in the language of whoever reads it.

use mail::parse::Unreadable;
use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Why a mail could not be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Note {
    /// Nothing that mail begins with.
    NoMail,
    /// More files and messages than are kept of one.
    TooManyParts(usize),
    /// Built so that reading it would take hours.
    TooIntricate,
    /// Its reader failed.
    Failed,
}

impl From<Unreadable> for Note {
    fn from(problem: Unreadable) -> Self {
        match problem {
            Unreadable::NoMail => Self::NoMail,
            Unreadable::TooManyParts(most) => Self::TooManyParts(most),
            Unreadable::TooIntricate => Self::TooIntricate,
        }
    }
}

impl Note {
    /// The reason, as the second half of a sentence.
    pub fn reason(self, language: Language) -> String {
        match language {
            Language::English => match self {
                Self::NoMail => Unreadable::NoMail.to_string(),
                Self::TooManyParts(most) => Unreadable::TooManyParts(most).to_string(),
                Self::TooIntricate => Unreadable::TooIntricate.to_string(),
                Self::Failed => "its reader failed".to_owned(),
            },
            Language::German => match self {
                Self::NoMail => "sie hat keine der Kopfzeilen, die eine E-Mail hat".to_owned(),
                Self::TooManyParts(most) => format!("sie hat mehr als {most} Teile"),
                Self::TooIntricate => "sie ist auf zu verwickelte Weise aufgebaut".to_owned(),
                Self::Failed => "beim Lesen ist etwas fehlgeschlagen".to_owned(),
            },
        }
    }

    /// The whole text.
    pub fn text(self, language: Language) -> String {
        let reason = self.reason(language);
        match language {
            Language::English => format!(
                "This message could not be taken apart: {reason}. It is attached as it came.\n"
            ),
            Language::German => format!(
                "Diese Nachricht konnte nicht zerlegt werden: {reason}. Sie ist so angehängt, wie sie kam.\n"
            ),
        }
    }
}
