//! System libraries as configuration objects (`response-management-documents`). What is in them, clients read as libraries.
//!
//! ICWS: `icws/(sessionId)/configuration/response-management-documents/`.

use icws::Date;
use icws::configuration::people::ResponseManagementDocument;
use icws::configuration::properties;
use store::rows::libraries as rows;
use store::{Conn, Tx};
use uuid::Uuid;

use super::{Access, Asker, Kind, Telling, administers, configuration_id};
use crate::caller::Caller;
use crate::people;
use crate::refusal::Refusal;
use crate::rights::Right;

/// Removes a system library: `DELETE configuration/response-management-documents/{id}`.
///
/// # Errors
/// [`Refusal::ConfigurationNotFound`]; [`Refusal::ConfigurationDenied`] if the caller does not administer it.
pub fn delete(tx: &mut Tx<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let document = Documents::find(tx.read(), id)?.ok_or(Refusal::ConfigurationNotFound)?;
    if !administers(caller, Documents::RIGHT, &document.id) {
        return Err(Refusal::ConfigurationDenied);
    }
    let id = Uuid::from_slice(&document.library.id).map_err(Refusal::internal)?;
    people::remove_library(tx, id)
}

/// The kind of system libraries.
#[derive(Debug)]
pub struct Documents;

/// A system library with its Guid as text.
#[derive(Debug, Clone)]
pub struct Document {
    id: String,
    library: rows::Library,
}

impl Document {
    fn of(library: rows::Library) -> Option<Self> {
        let id = Uuid::from_slice(&library.id).ok()?.to_string();
        Some(Self { id, library })
    }
}

impl Kind for Documents {
    type Entry = Document;
    type Object = ResponseManagementDocument;
    const RESOURCE: &'static str = "response-management-documents";
    const PROPERTIES: &'static [&'static str] = properties::DOCUMENT;
    const RIGHT: Right = Right::ResponseManagement;
    const WHOLE_FOR_OWN: bool = false;

    fn all(conn: &mut Conn) -> Result<Vec<Document>, Refusal> {
        let libraries = rows::system(conn)?.into_iter();
        Ok(libraries.filter_map(Document::of).collect())
    }

    fn find(conn: &mut Conn, id: &str) -> Result<Option<Document>, Refusal> {
        let Ok(id) = Uuid::parse_str(id.trim()) else {
            return Ok(None);
        };
        let library = rows::library(conn, id.as_bytes())?;
        Ok(library
            .filter(|library| library.owner_id.is_none())
            .and_then(Document::of))
    }

    fn id(entry: &Document) -> &str {
        &entry.id
    }

    /// Whoever may use a library may see that it is there.
    fn access(asker: &Asker<'_>, entry: &Document) -> Access {
        let seen = asker
            .caller
            .rights
            .has_for(Right::ResponseManagementDocuments, &entry.id);
        Access {
            administered: administers(asker.caller, Self::RIGHT, &entry.id),
            seen,
            own: false,
        }
    }

    fn object(
        _: &mut Conn,
        entry: &Document,
        telling: Telling<'_>,
    ) -> Result<ResponseManagementDocument, Refusal> {
        let asked = |property: &str, at: i64| {
            let asked = telling.select.has(property);
            asked.then(|| Date::from_unix_millis(at))
        };
        let library = &entry.library;
        Ok(ResponseManagementDocument {
            configuration_id: Some(configuration_id(Self::RESOURCE, &entry.id, &library.name)),
            created_date: asked("createdDate", library.created_at),
            description: if telling.select.has("description") {
                telling.descriptions.of(&library.cache_tag)
            } else {
                None
            },
            document_date_last_modified: asked("documentDateLastModified", library.modified_at),
            last_modified_date: asked("lastModifiedDate", library.modified_at),
        })
    }
}
