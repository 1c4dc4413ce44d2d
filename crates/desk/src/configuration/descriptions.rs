//! What system libraries say of themselves. It stands in no row but in the document that clients fetch, and is read from there once: a document
//! is known by its hash, which is the library's cache tag.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use serde::Deserialize;
use store::rows::blobs::{self, Blob};
use store::rows::libraries as rows;

use crate::desk::Desk;
use crate::refusal::Refusal;

/// The most characters that are told of a description.
const MOST_CHARACTERS: usize = 4_000;

/// Descriptions by cache tag.
type ByTag = HashMap<String, Option<String>>;

/// The descriptions that were read.
#[derive(Debug, Default)]
pub struct Descriptions(Mutex<ByTag>);

impl Descriptions {
    /// The description in the document of this cache tag, if it has one.
    pub(super) fn of(&self, tag: &str) -> Option<String> {
        self.lock().get(tag).cloned().flatten()
    }

    fn lock(&self) -> MutexGuard<'_, ByTag> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of a library's document that is looked at.
#[derive(Deserialize)]
struct Described {
    description: Option<String>,
}

impl Desk {
    /// Reads what system libraries say of themselves, as far as it is not known. A document that cannot be read says nothing.
    ///
    /// # Errors
    /// [`Refusal::Internal`] alone.
    pub async fn read_descriptions(&self) -> Result<(), Refusal> {
        let known: HashSet<String> = self.descriptions().lock().keys().cloned().collect();
        let (tags, unknown) = self
            .read(move |conn, _| {
                let (mut tags, mut unknown) = (HashSet::new(), Vec::new());
                for library in rows::system(conn)? {
                    if !known.contains(&library.cache_tag)
                        && let Some(document) = blobs::find(conn, library.document_id)?
                    {
                        unknown.push((library.cache_tag.clone(), document));
                    }
                    tags.insert(library.cache_tag);
                }
                Ok((tags, unknown))
            })
            .await?;
        for (tag, document) in unknown {
            match self.description_in(&document).await {
                Ok(description) => drop(self.descriptions().lock().insert(tag, description)),
                Err(refusal) => tracing::warn!(?refusal, tag, "a library cannot be read"),
            }
        }
        self.descriptions()
            .lock()
            .retain(|tag, _| tags.contains(tag));
        Ok(())
    }

    async fn description_in(&self, document: &Blob) -> Result<Option<String>, Refusal> {
        let mut chunks = self.read_bytes(document, None).await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            bytes.extend_from_slice(&chunk.map_err(Refusal::internal)?);
        }
        let described: Described = serde_json::from_slice(&bytes).map_err(Refusal::internal)?;
        let text = described.description.filter(|text| !text.is_empty());
        Ok(text.map(|text| text.chars().take(MOST_CHARACTERS).collect()))
    }
}
