//! Blobs in a folder.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::PathBuf;

use futures_util::{Stream, TryStreamExt, pin_mut};
use tempfile::TempDir;

use crate::{BlobError, Blobs, Error, Listed, Written};

const CHUNK: usize = 256 << 10;

struct Store {
    folder: TempDir,
    blobs: Blobs,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open_folder(folder.path().join("blobs")).unwrap();
        Self { folder, blobs }
    }

    fn file(&self, place: &str) -> PathBuf {
        self.folder.path().join("blobs").join(place)
    }

    async fn put(&self, bytes: &[u8]) -> Written {
        put(&self.blobs, bytes).await
    }

    /// All bytes of a blob, or those that came before the error.
    async fn get(&self, written: &Written) -> Result<Vec<u8>, (Vec<u8>, io::Error)> {
        match self
            .blobs
            .read(&written.place, written.hash, written.size)
            .await
        {
            Ok(stream) => collect(stream).await,
            Err(error) => Err((Vec::new(), error.into())),
        }
    }

    async fn list(&self) -> Vec<Listed> {
        self.blobs.list().try_collect().await.unwrap()
    }
}

async fn put(blobs: &Blobs, bytes: &[u8]) -> Written {
    let mut writer = blobs.begin().await.unwrap();
    for piece in bytes.chunks(100_000) {
        writer.write(piece).await.unwrap();
    }
    assert_eq!(writer.size(), bytes.len() as u64);
    writer.finish().await.unwrap()
}

async fn collect(
    stream: impl Stream<Item = io::Result<bytes::Bytes>>,
) -> Result<Vec<u8>, (Vec<u8>, io::Error)> {
    pin_mut!(stream);
    let mut all = Vec::new();
    loop {
        match stream.try_next().await {
            Ok(Some(chunk)) => {
                assert!(!chunk.is_empty() && chunk.len() <= CHUNK);
                all.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(all),
            Err(error) => return Err((all, error)),
        }
    }
}

/// Bytes without a pattern, the same for the same length.
fn content(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new()
        .update(&length.to_le_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    bytes
}

fn is_damage(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<BlobError>())
            .is_some_and(|inner| matches!(inner, BlobError::Damaged))
}

fn flip(path: &PathBuf, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn what_is_written_can_be_read() {
    let store = Store::new();
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
        let bytes = content(length);
        let written = store.put(&bytes).await;
        assert_eq!(written.hash, *blake3::hash(&bytes).as_bytes());
        assert_eq!(written.size, length as u64);
        let hex = blake3::Hash::from(written.hash).to_hex();
        assert!(written.place.contains(hex.as_str()), "{}", written.place);
        assert_eq!(written.place.len(), 2 + 1 + 64 + 1 + 8);
        assert_eq!(store.get(&written).await.unwrap(), bytes, "{length} bytes");
    }
    assert!(
        fs::read_dir(store.file("incoming"))
            .unwrap()
            .next()
            .is_none()
    );
}

#[tokio::test]
async fn what_is_not_finished_leaves_nothing() {
    let store = Store::new();
    let mut writer = store.blobs.begin().await.unwrap();
    writer.write(&content(2 * CHUNK)).await.unwrap();
    assert_eq!(
        store.list().await.len(),
        1,
        "it is listed, so that what a crash leaves can be swept up"
    );
    drop(writer);
    assert!(store.list().await.is_empty());
}

#[tokio::test]
async fn damage_is_found_before_the_last_chunk() {
    let store = Store::new();
    let bytes = content(3 * CHUNK + 5);
    for at in [0, CHUNK + 7, 3 * CHUNK + 4] {
        let written = store.put(&bytes).await;
        flip(&store.file(&written.place), at);
        let (came, error) = store.get(&written).await.unwrap_err();
        assert!(is_damage(&error), "{error}");
        assert_eq!(came.len(), 3 * CHUNK, "the last chunk is held back");
    }
}

#[tokio::test]
async fn damage_of_a_small_blob_is_found_at_once() {
    let store = Store::new();
    let written = store.put(&content(1000)).await;
    flip(&store.file(&written.place), 500);
    let read = store
        .blobs
        .read(&written.place, written.hash, written.size)
        .await;
    assert!(matches!(read, Err(BlobError::Damaged)));
}

#[tokio::test]
async fn a_blob_of_another_size_is_damaged() {
    let store = Store::new();
    for length in [0, 999, 1001] {
        let written = store.put(&content(1000)).await;
        fs::File::options()
            .write(true)
            .open(store.file(&written.place))
            .unwrap()
            .set_len(length)
            .unwrap();
        let whole = store
            .blobs
            .read(&written.place, written.hash, written.size)
            .await;
        assert!(matches!(whole, Err(BlobError::Damaged)));
        let range = store
            .blobs
            .read_range(&written.place, written.size, 0..10)
            .await;
        assert!(matches!(range, Err(BlobError::Damaged)));
    }
}

#[tokio::test]
async fn a_blob_that_shrinks_while_it_is_read_is_cut_off() {
    let store = Store::new();
    let written = store.put(&content(4 * CHUNK)).await;
    let stream = store
        .blobs
        .read(&written.place, written.hash, written.size)
        .await
        .unwrap();
    fs::File::options()
        .write(true)
        .open(store.file(&written.place))
        .unwrap()
        .set_len(2 * CHUNK as u64)
        .unwrap();
    let (came, error) = collect(stream).await.unwrap_err();
    assert!(is_damage(&error));
    assert_eq!(came.len(), 2 * CHUNK);
}

#[tokio::test]
async fn what_is_not_there_is_gone() {
    let store = Store::new();
    let written = store.put(b"here").await;
    store.blobs.remove(&written.place).await.unwrap();
    store.blobs.remove(&written.place).await.unwrap();
    let whole = store
        .blobs
        .read(&written.place, written.hash, written.size)
        .await;
    assert!(matches!(whole, Err(BlobError::Gone)));
    let range = store
        .blobs
        .read_range(&written.place, written.size, 0..1)
        .await;
    assert!(matches!(range, Err(BlobError::Gone)));
}

#[tokio::test]
async fn ranges_are_of_the_file() {
    let store = Store::new();
    let bytes = content(2 * CHUNK + 100);
    let written = store.put(&bytes).await;
    let size = bytes.len();
    for range in [
        0..0,
        0..1,
        5..CHUNK + 6,
        CHUNK..2 * CHUNK,
        0..size,
        size - 1..size,
        size..size,
    ] {
        let wanted = range.start as u64..range.end as u64;
        let stream = store
            .blobs
            .read_range(&written.place, written.size, wanted)
            .await
            .unwrap();
        assert!(
            collect(stream).await.unwrap() == bytes[range.clone()],
            "{range:?}"
        );
    }
    let beyond = store
        .blobs
        .read_range(&written.place, written.size, 0..written.size + 1)
        .await;
    assert!(
        matches!(beyond, Err(BlobError::Io(error)) if error.kind() == io::ErrorKind::InvalidInput)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_the_same_bytes_do_not_meet() {
    let store = Store::new();
    let bytes = content(CHUNK + 1);
    let writing: Vec<_> = (0..16)
        .map(|_| {
            let (blobs, bytes) = (store.blobs.clone(), bytes.clone());
            tokio::spawn(async move { put(&blobs, &bytes).await })
        })
        .collect();
    let mut places = HashSet::new();
    for writer in writing {
        let written = writer.await.unwrap();
        assert_eq!(store.get(&written).await.unwrap(), bytes);
        assert!(places.insert(written.place), "each has a place of its own");
    }
    let listed: HashSet<String> = store
        .list()
        .await
        .into_iter()
        .map(|file| file.place)
        .collect();
    assert_eq!(listed, places);
}

#[tokio::test]
async fn places_do_not_lead_out_of_the_folder() {
    let store = Store::new();
    fs::write(store.folder.path().join("secret"), "secret").unwrap();
    for place in [
        "../secret",
        "ab/../../secret",
        "/etc/passwd",
        "ab",
        "",
        "ab/",
        "ab/c/d",
        "..",
        "ab/..",
    ] {
        assert!(
            matches!(
                store.blobs.read(place, [0; 32], 6).await,
                Err(BlobError::Io(_))
            ),
            "{place}"
        );
        assert!(
            matches!(store.blobs.remove(place).await, Err(Error::Io(_))),
            "{place}"
        );
    }
    assert!(store.folder.path().join("secret").exists());
}

#[tokio::test]
async fn the_folder_can_be_opened_again() {
    let store = Store::new();
    let written = store.put(b"kept").await;
    let again = Blobs::open_folder(store.folder.path().join("blobs")).unwrap();
    let stream = again
        .read(&written.place, written.hash, written.size)
        .await
        .unwrap();
    assert_eq!(collect(stream).await.unwrap(), b"kept");
    let listed: Vec<Listed> = again.list().try_collect().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].age.as_secs() < 60);
    assert!(matches!(
        Blobs::open_folder(store.folder.path().join("no/such")),
        Err(Error::Io(_))
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let store = Store::new();
    let written = store.put(b"private").await;
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(store.file(&written.place)), 0o600);
    assert_eq!(mode(store.file("")), 0o700);
}
