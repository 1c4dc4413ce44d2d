//! Blobs in a bucket of an object store that speaks S3. An object's key is its place, behind the prefix of the address.
//!
//! What is no certain loss is a passing error: only a store that says `NoSuchKey` has lost something. A bucket that is not there, a proxy's
//! page, a refusal and a time-out are none.

mod address;
mod reading;
mod writing;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt};

use super::{BlobError, BlobStream, Listed, place};
use crate::Error;

pub(super) use writing::Writer;

/// The bucket; clones are the same one.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    store: AmazonS3,
    name: String,
    prefix: Path,
}

/// Not the store itself, which holds the secret.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({}/{})", self.0.name, self.0.prefix)
    }
}

impl Bucket {
    pub(super) fn open(address: &str, patience: Duration) -> Result<Self, Error> {
        let address::Opened {
            store,
            name,
            prefix,
        } = address::open(address, patience).map_err(Error::BlobAddress)?;
        Ok(Self(Arc::new(Inner {
            store,
            name,
            prefix,
        })))
    }

    /// Whether the bucket can be listed.
    pub(super) async fn probe(&self) -> Result<(), BlobError> {
        let mut listed = self.0.store.list(Some(&self.0.prefix));
        listed
            .try_next()
            .await
            .map(drop)
            .map_err(|error| judge(&error))
    }

    pub(super) async fn read(
        &self,
        place: &str,
        hash: [u8; 32],
        size: u64,
    ) -> Result<BlobStream, BlobError> {
        let found = self.get(place, size, GetOptions::default()).await?;
        reading::whole(found.into_stream(), hash, size).await
    }

    pub(super) async fn read_range(
        &self,
        place: &str,
        size: u64,
        range: Range<u64>,
    ) -> Result<BlobStream, BlobError> {
        if range.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let length = range.end - range.start;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let found = self.get(place, size, options).await?;
        reading::part(found.into_stream(), length).await
    }

    /// Asks for an object, which has to be of this size.
    async fn get(
        &self,
        place: &str,
        size: u64,
        options: GetOptions,
    ) -> Result<GetResult, BlobError> {
        let key = self.key_of(place)?;
        let found = self
            .0
            .store
            .get_opts(&key, options)
            .await
            .map_err(|error| judge(&error))?;
        if found.meta.size == size {
            Ok(found)
        } else {
            Err(BlobError::Damaged)
        }
    }

    /// Whether there is an object of this size. The answer to such a question has no code: a bucket that is not there has no object.
    pub(super) async fn has(&self, place: &str, size: u64) -> Result<bool, BlobError> {
        let key = self.key_of(place)?;
        match self.0.store.head(&key).await {
            Ok(found) => Ok(found.size == size),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(judge(&error)),
        }
    }

    /// Whether it is the same bucket and prefix, by their names.
    pub(super) fn is_same(&self, other: &Bucket) -> bool {
        self.0.name == other.0.name && self.0.prefix == other.0.prefix
    }

    pub(super) async fn remove(&self, place: &str) -> Result<(), Error> {
        let key = self.key_of(place)?;
        match self.0.store.delete(&key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }

    pub(super) fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        let bucket = self.clone();
        self.0
            .store
            .list(Some(&self.0.prefix))
            .map_err(|error| failed(&error))
            .try_filter_map(move |object| std::future::ready(Ok(bucket.listed(&object))))
            .boxed()
    }

    /// An object as one of ours, if it is.
    #[allow(clippy::disallowed_methods)] // the age of an object is by the clock, as its time is
    fn listed(&self, object: &ObjectMeta) -> Option<Listed> {
        let parts: Vec<_> = object.location.prefix_match(&self.0.prefix)?.collect();
        let place = parts
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<&str>>()
            .join("/");
        let age = std::time::SystemTime::now()
            .duration_since(object.last_modified.into())
            .unwrap_or_default();
        place::is_ours(&place).then_some(Listed { place, age })
    }

    fn key_of(&self, place: &str) -> std::io::Result<Path> {
        place::check(place)?;
        let parts = self.0.prefix.parts();
        Ok(parts.chain(place.split('/').map(Into::into)).collect())
    }
}

/// Whether an error is a certain loss.
fn judge(error: &object_store::Error) -> BlobError {
    match error {
        object_store::Error::NotFound { .. } if code(error).as_deref() == Some("NoSuchKey") => {
            BlobError::Gone
        }
        _ => BlobError::Unavailable(explain(error)),
    }
}

fn failed(error: &object_store::Error) -> Error {
    Error::Blobs(explain(error))
}

/// The code in the answer of a store that refused.
fn code(error: &object_store::Error) -> Option<String> {
    let text = error.to_string();
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    Some(code.to_owned())
}

/// What went wrong in one line: the code that the store answered with, else the innermost cause. The whole answer is not repeated: it
/// may name keys.
fn explain(error: &object_store::Error) -> String {
    if let Some(code) = code(error) {
        return format!("it answers {code}");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string().chars().take(200).collect()
}
