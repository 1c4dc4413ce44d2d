//! Response libraries (`urn:inin.com:responseManagement:`, `icws/(sessionId)/response-management/index.htm`).

use serde::{Deserialize, Serialize};

use crate::wire::{Fields, Guid, ReadError, Request, enumeration, urns};

/// `urn:inin.com:responseManagement:responseManagementLibrary`: a whole library, as it is fetched from its URL and as a user
/// saves his own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// The library's id.
    pub id: Guid,
    /// Its name; of a personal library the id of its user.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The categories at its top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<Category>>,
    /// The items at its top, outside every category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
}

impl Request for Library {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            id: fields.required("id")?,
            name: fields.required("name")?,
            description: fields.optional("description")?,
            categories: fields.optional_list("categories")?,
            items: fields.optional_list("items")?,
        })
    }
}

/// `urn:inin.com:responseManagement:responseManagementCategory`. Categories nest; how deeply a body may nest is limited by the
/// JSON reader (128 levels), and by what the server allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The category's id.
    pub id: Guid,
    /// Its name.
    pub name: String,
    /// Categories inside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<Category>>,
    /// Items inside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
}

impl Request for Category {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            id: fields.required("id")?,
            name: fields.required("name")?,
            categories: fields.optional_list("categories")?,
            items: fields.optional_list("items")?,
        })
    }
}

/// `urn:inin.com:responseManagement:responseManagementItem`: one response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The item's id, unique over all libraries.
    pub id: Guid,
    /// Its name, which need not be unique.
    pub name: String,
    /// `type`: what it has in it.
    #[serde(rename = "type")]
    pub kind: ItemType,
    /// What an agent types to have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortcut: Option<String>,
    /// Labels to find it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
    /// The text, the URL, or the key of the file.
    pub value: String,
}

impl Request for Item {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            id: fields.required("id")?,
            name: fields.required("name")?,
            kind: fields.required("type")?,
            value: fields.required("value")?,
            shortcut: fields.optional("shortcut")?,
            keywords: fields.optional_list("keywords")?,
        })
    }
}

enumeration! {
    /// `urn:inin.com:responseManagement:responseManagementItemType`: what an item has in it.
    ItemType = "urn:inin.com:responseManagement:responseManagementItemType" {
        /// A text, HTML or plain.
        Text = 0,
        /// `URL`: a link.
        Url = 1,
        /// A file.
        File = 2,
    }
}

/// `urn:inin.com:responseManagement:responseManagementMessage`
/// (`icws/(sessionId)/messaging/subscriptions/response-management/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    tag = "__type",
    rename = "urn:inin.com:responseManagement:responseManagementMessage",
    rename_all = "camelCase"
)]
pub struct ResponseManagementMessage {
    /// `librariesAdded`: those that the caller may now see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub libraries_added: Option<Vec<LibraryFile>>,
    /// `librariesChanged`: with a new URL and tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub libraries_changed: Option<Vec<LibraryFile>>,
    /// `librariesRemoved`: those that are gone or may not be seen any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub libraries_removed: Option<Vec<Guid>>,
    /// `isDelta`: whether only changes are told; if not, it replaces all that was told before.
    pub is_delta: bool,
}

/// `urn:inin.com:responseManagement:responseManagementLibraryFile`: where a library can be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LibraryFile {
    /// The library's id.
    pub id: Guid,
    /// Its name.
    pub name: String,
    /// Where its document is, from the root of the server.
    pub url: String,
    /// `cacheTag`: changes with the document.
    pub cache_tag: String,
}

/// `urn:inin.com:responseManagement:generateFileUrlRequest` (`icws/(sessionId)/response-management/file/index.htm`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GenerateFileUrlRequest {
    /// The key of the file: the `value` of its item.
    pub name: String,
}

impl Request for GenerateFileUrlRequest {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            name: fields.required("name")?,
        })
    }
}

/// `urn:inin.com:responseManagement:generateFileUrlResponse`: where a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerateFileUrlResponse {
    /// Where the file is, from the root of the server.
    pub url: String,
}

urns! {
    Library = "urn:inin.com:responseManagement:responseManagementLibrary";
    Category = "urn:inin.com:responseManagement:responseManagementCategory";
    Item = "urn:inin.com:responseManagement:responseManagementItem";
    ResponseManagementMessage = "urn:inin.com:responseManagement:responseManagementMessage";
    LibraryFile = "urn:inin.com:responseManagement:responseManagementLibraryFile";
    GenerateFileUrlRequest = "urn:inin.com:responseManagement:generateFileUrlRequest";
    GenerateFileUrlResponse = "urn:inin.com:responseManagement:generateFileUrlResponse";
}
