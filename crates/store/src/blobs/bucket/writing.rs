//! Writing an object: what fits into one part is put in one request, larger ones in parts.

use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use tokio::runtime::Handle;

use super::{Bucket, failed};
use crate::Error;
use crate::blobs::{Written, broken_off, place};

/// How large a part is: the smallest that S3 takes, since it is held in memory while it comes.
const PART: usize = 5 << 20;

/// A blob that is being written. Dropped before [`Writer::finish`], it takes back the parts that it has put.
#[derive(Debug)]
pub struct Writer {
    bucket: Bucket,
    hasher: Box<blake3::Hasher>,
    size: u64,
    /// What has not been put yet; never larger than a part.
    buffer: Vec<u8>,
    /// Once the first part was put.
    parts: Option<Parts>,
    /// Set while a part is being put, and for good if that broke off.
    is_broken: bool,
    /// The place that it is to get, whatever is there.
    place: Option<String>,
}

/// An object that is being put in parts, with its place.
#[derive(Debug)]
struct Parts {
    place: String,
    upload: Option<Box<dyn MultipartUpload>>,
}

impl Writer {
    pub fn begin(bucket: &Bucket, place: Option<String>) -> Self {
        Self {
            bucket: bucket.clone(),
            hasher: Box::default(),
            size: 0,
            buffer: Vec::new(),
            parts: None,
            is_broken: false,
            place,
        }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.buffer.len() == PART {
                self.put_part().await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    pub async fn finish(mut self) -> Result<Written, Error> {
        let hash = self.hasher.finalize();
        let place = if self.parts.is_none() {
            self.put_whole(&hash).await?
        } else {
            self.put_part().await?;
            let parts = self.parts.take().ok_or_else(broken_off)?;
            parts.complete().await?
        };
        Ok(Written {
            hash: hash.into(),
            size: self.size,
            place,
        })
    }

    /// Puts what there is as one object, which must not be there yet, unless it is to have that place.
    async fn put_whole(&mut self, hash: &blake3::Hash) -> Result<String, Error> {
        let payload = PutPayload::from(std::mem::take(&mut self.buffer));
        if let Some(place) = self.place.take() {
            let key = self.bucket.key_of(&place)?;
            let put = self.bucket.0.store.put(&key, payload).await;
            return put.map(|_| place).map_err(|error| failed(&error));
        }
        loop {
            let place = place::of_hash(hash)?;
            let key = self.bucket.key_of(&place)?;
            let put = self
                .bucket
                .0
                .store
                .put_opts(&key, payload.clone(), PutMode::Create.into());
            match put.await {
                Ok(_) => return Ok(place),
                // Somebody else's, or our own whose answer was lost before it was tried again: what is not needed is swept up.
                Err(object_store::Error::AlreadyExists { .. }) => {}
                Err(error) => return Err(failed(&error)),
            }
        }
    }

    async fn put_part(&mut self) -> Result<(), Error> {
        if self.is_broken {
            return Err(broken_off());
        }
        self.is_broken = true;
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => none.insert(Parts::begin(&self.bucket, self.place.take()).await?),
        };
        let payload = PutPayload::from(std::mem::take(&mut self.buffer));
        let upload = parts.upload.as_mut().ok_or_else(broken_off)?;
        upload
            .put_part(payload)
            .await
            .map_err(|error| failed(&error))?;
        self.is_broken = false;
        Ok(())
    }
}

impl Parts {
    async fn begin(bucket: &Bucket, place: Option<String>) -> Result<Self, Error> {
        let place = place.map_or_else(place::of_anything, Ok)?;
        let key: Path = bucket.key_of(&place)?;
        let upload = bucket.0.store.put_multipart(&key).await;
        Ok(Self {
            place,
            upload: Some(upload.map_err(|error| failed(&error))?),
        })
    }

    async fn complete(mut self) -> Result<String, Error> {
        let upload = self.upload.as_mut().ok_or_else(broken_off)?;
        upload.complete().await.map_err(|error| failed(&error))?;
        self.upload = None;
        Ok(std::mem::take(&mut self.place))
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take()
            && let Ok(runtime) = Handle::try_current()
        {
            // What cannot be taken back is a matter of the bucket's own rules for unfinished uploads.
            runtime.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(error = %failed(&error), "parts of an upload that broke off are left in the bucket");
                }
            });
        }
    }
}
