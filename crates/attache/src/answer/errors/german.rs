//! The refusals in German.

mod reasons;

use desk::queues;
use desk::refusal::LibraryLimit;
use desk::{Language, Refusal, SessionFault};

use reasons::reason;

/// The text of a refusal.
pub fn text(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotFound => "Unter dieser Adresse gibt es nichts.".into(),
        Refusal::MethodNotAllowed => "Diese Adresse nimmt diese Methode nicht an; welche sie annimmt, steht im Header Allow.".into(),
        Refusal::Gone => "Dieser Vorgang wird hier nicht angeboten.".into(),
        Refusal::Malformed(english) => format!("Die Anfrage ist nicht lesbar: {}.", reason(english)),
        Refusal::MissingProperty(property) => format!("Die Eigenschaft `{property}` ist erforderlich und fehlt."),
        Refusal::InvalidProperty { property, reason: english } => format!("Die Eigenschaft `{property}` ist nicht gültig: {}.", reason(english)),
        Refusal::MissingHeader(name) => format!("Der Header `{name}` ist erforderlich und fehlt."),
        Refusal::HeadTooLarge { limit } => format!("Anfragezeile und Header sind größer als die {limit} Bytes, die der Server annimmt."),
        Refusal::BodyTooLarge { limit } => format!("Der Inhalt ist größer als die {limit} Bytes, die dieser Vorgang annimmt."),
        Refusal::RangeNotSatisfiable { size } => format!("Der Bereich liegt außerhalb der Datei, die {size} Bytes hat."),
        Refusal::Session(SessionFault::Unknown) => "Diese Sitzung gibt es nicht, oder sie ist beendet. Bitte neu anmelden.".into(),
        Refusal::Session(SessionFault::CookieMismatch) => "Die Anfrage braucht die Kennung ihrer Sitzung. Das Cookie gehört zu einer anderen.".into(),
        Refusal::Session(SessionFault::CookieMissing) => "Das Cookie der Sitzung fehlt.".into(),
        Refusal::Session(SessionFault::Token) => "Im Header ININ-ICWS-CSRF-Token wurde das Token der Sitzung erwartet; es fehlt oder ist falsch.".into(),
        Refusal::AuthenticationFailure => "Die Anmeldung ist fehlgeschlagen.".into(),
        Refusal::AuthenticationNotServed(urn) => format!("Eine Anmeldung mit `{urn}` wird nicht angeboten; bitte Benutzername und Passwort verwenden."),
        Refusal::FeatureNotFound(id) => format!("Es gibt keine Funktion `{id}`."),
        Refusal::UserNotFound => "Diesen Benutzer gibt es nicht.".into(),
        Refusal::StatusDenied => "Ihnen fehlt das Recht, den Status dieses Benutzers zu setzen.".into(),
        Refusal::StatusNotFound => "Diesen Status gibt es nicht, oder er kann nicht gewählt werden.".into(),
        Refusal::QueueDenied(names) => queues::denied(names, Language::German),
        Refusal::RightMissing(right) => format!("Ihnen fehlt das Recht `{}`.", right.property()),
        Refusal::ConfigurationQuery { .. } => "Eine Eigenschaft, eine Bedingung, eine Reihenfolge oder ein Filter der Abfrage ist keine, die es gibt.".into(),
        Refusal::ConfigurationNotFound => "Ein Konfigurationsobjekt mit dieser Kennung gibt es nicht.".into(),
        Refusal::ConfigurationDenied => "Sie haben keine Rechte an diesem Konfigurationsobjekt, oder nicht, es auf diese Weise zu ändern.".into(),
        Refusal::ConfigurationInvalid(errors) => format!("So kann das Konfigurationsobjekt nicht sein: siehe {}.", super::properties(errors)),
        Refusal::ConfigurationTooMany { property, limit, count } => {
            format!("Damit würden {count} Elemente von `{property}` geändert; eine Anfrage darf {limit} ändern.")
        }
        Refusal::ConfigurationInUse(_) => "Das Konfigurationsobjekt wird noch gebraucht.".into(),
        Refusal::ActivationsNotFound => "Diesen Benutzer oder diese Arbeitsgruppe gibt es nicht.".into(),
        Refusal::ActivationsDenied => "Sie haben keine Rechte an diesen Aktivierungen.".into(),
        Refusal::ResponseManagementDenied => "Ihnen fehlt das Recht Response Management.".into(),
        Refusal::ItemNotFound => "Ein Element mit dieser Kennung gibt es nicht.".into(),
        Refusal::ItemDenied => "Das Element steht in einer Bibliothek, die Sie nicht sehen dürfen.".into(),
        Refusal::NotAFile => "Das Element ist ein Text oder ein Link; nur eine Datei kann angehängt werden.".into(),
        Refusal::FileGone | Refusal::BytesGone => "Der Inhalt dieser Datei ist verloren; sie muss neu hochgeladen werden.".into(),
        Refusal::FileNotFound(key) => format!("Es gibt keine Datei `{key}`, oder keine, die Sie lesen dürfen."),
        Refusal::FileNameInvalid(name) => format!("So kann keine Datei heißen: `{name}`. Bitte einen Namen ohne `/` und dergleichen wählen, ohne Leerzeichen oder Punkte an den Enden, nicht zu lang, und keinen, den Systeme für Geräte reservieren."),
        Refusal::FileNameTaken(name) => format!("Eine Datei heißt schon `{name}`. Wählen Sie einen anderen Namen, oder entfernen Sie zuerst das Element, das sie nennt."),
        Refusal::FileAddressNotFound => "Diese Datei gibt es nicht, oder Sie dürfen sie nicht lesen.".into(),
        Refusal::LibraryNotFound => "Eine Bibliothek mit dieser Kennung gibt es nicht.".into(),
        Refusal::LibraryDenied => "Sie haben keine Rechte an dieser Bibliothek.".into(),
        Refusal::LibraryTooLarge { what, limit, size } => library_text(*what, *limit, *size),
        Refusal::ItemIdTaken(id) => format!("Die Kennung `{id}` kommt zweimal vor oder gehört zu einem Element einer anderen Bibliothek."),
        Refusal::InteractionNotFound => "Eine Interaktion mit dieser Kennung gibt es nicht.".into(),
        Refusal::InteractionDenied => "Sie haben keine Rechte an dieser Interaktion.".into(),
        Refusal::TypeNotServed(urn) => format!("Interaktionen der Art `{urn}` können hier nicht angelegt werden."),
        Refusal::ParentNotFound(id) => format!("Eine Interaktion {id}, auf die zu antworten wäre, gibt es nicht."),
        Refusal::ParentDenied => "Sie haben kein Recht an der Interaktion, auf die geantwortet werden soll.".into(),
        Refusal::InvalidState => "Der Zustand der Interaktion lässt das nicht zu: Sie ist beendet, oder niemand hat sie angenommen.".into(),
        Refusal::AlreadyPickedUp => "Jemand anders hat die Interaktion angenommen.".into(),
        Refusal::TargetNotFound(name) => format!("Es gibt weder einen Benutzer noch eine Arbeitsgruppe `{name}`, an die eine Interaktion gehen könnte."),
        Refusal::NotAnEmail => "Die Interaktion ist keine E-Mail.".into(),
        Refusal::NotEditable => "Die E-Mail kann nicht bearbeitet werden: Sie wurde gesendet, beendet oder empfangen.".into(),
        Refusal::NoRecipients => "Die E-Mail hat keinen Empfänger.".into(),
        Refusal::InvalidRecipient(name) => format!("An `{name}` kann keine E-Mail gehen: Das ist keine E-Mail-Adresse."),
        Refusal::NoMailbox => "Es gibt kein Postfach, aus dem gesendet werden kann, oder mehr als eines zur Wahl. Bitte die Arbeitsgruppe angeben, oder sich von der Administration ein eigenes Postfach geben lassen.".into(),
        Refusal::WorkgroupDenied(name) => format!("Es gibt keine Arbeitsgruppe `{name}`, oder Sie gehören ihr nicht an."),
        Refusal::SenderDenied(address) => format!("Sie dürfen nicht von `{address}` senden."),
        Refusal::MessageNotFound => "Eine solche Nachricht hängt nicht an der E-Mail.".into(),
        Refusal::AttachmentNotFound | Refusal::DownloadNotFound => "Diesen Anhang gibt es nicht.".into(),
        Refusal::EmailTooLarge { limit, size } => {
            format!("Die Anhänge hätten zusammen {size} Bytes; eine E-Mail darf {limit} haben.")
        }
        Refusal::MessageTooLarge { limit, size } => {
            format!("Die E-Mail hätte auf ihrem Weg {size} Bytes; der Mailserver nimmt {limit} an.")
        }
        Refusal::TooManyAttachments { limit, count } => {
            format!("Das wären {count} Anhänge; eine E-Mail darf {limit} haben.")
        }
        Refusal::TooManyAttributes { limit, count } => {
            format!("Das wären {count} Attribute; eine Interaktion darf {limit} eigene haben.")
        }
        Refusal::TooManyRecipients { limit, count } => {
            format!("Die E-Mail hat {count} Empfänger; sie darf {limit} haben.")
        }
        Refusal::SubjectTooLong { limit, length } => {
            format!("Der Betreff hat {length} Zeichen; er darf {limit} haben.")
        }
        Refusal::FileTooLarge { limit } => format!("Die Datei ist größer als die {limit} Bytes, die eine Datei haben darf."),
        Refusal::UploadNotFound => "Diesen Upload gibt es nicht: Seine Adresse gilt einmal.".into(),
        Refusal::UploadExpired => "Die Zeit für diesen Upload ist um; bitte neu ankündigen.".into(),
        Refusal::UploadIncomplete => "Der Upload brach vor seinem Ende ab.".into(),
        Refusal::Stopping(_) => "Der Server wird angehalten. Bitte später noch einmal versuchen, hier oder bei einem anderen Host der Liste.".into(),
        Refusal::BytesUnavailable(_) => "Der Inhalt dieser Datei ist im Moment nicht zu erreichen. Bitte später noch einmal versuchen.".into(),
        Refusal::Internal(_) => "Der Server konnte das nicht tun. Es wurde nichts geändert.".into(),
    }
}

fn library_text(what: LibraryLimit, limit: u64, size: u64) -> String {
    match what {
        LibraryLimit::Items => format!(
            "Die Bibliothek hat {size} Elemente; eine persönliche Bibliothek darf {limit} haben."
        ),
        LibraryLimit::Value => {
            format!("Ein Text der Bibliothek hat {size} Bytes; er darf {limit} haben.")
        }
        LibraryLimit::Depth => format!(
            "Die Kategorien sind {size} tief geschachtelt; sie dürfen es {limit} tief sein."
        ),
    }
}
