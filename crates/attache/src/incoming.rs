//! Messages in files: one in each, or many in a mailbox, or folders of either.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use mail::mailbox::{Messages, Piece, is_mailbox};
use tokio::sync::mpsc;

/// The largest message that is read, in bytes: it is held in memory.
const LARGEST: usize = 128 << 20;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 32;

/// A file that holds mail, and its size in bytes when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// How large it was.
    pub size: u64,
}

/// What was found in a file.
#[derive(Debug)]
pub struct Found {
    /// Where: the file, and the place in it if it is a mailbox.
    pub place: String,
    /// The message, or why it is left out.
    pub message: Result<Vec<u8>, String>,
}

/// The files that hold mail: this one, or those below this folder that are called `….eml`, that begin as a mailbox does, or that stand in the folders
/// `cur` and `new` of a Maildir. Hidden files and symbolic links are passed over. With them, those that are left out, and why.
pub fn sources(path: &Path) -> io::Result<(Vec<Source>, Vec<Found>)> {
    let (mut sources, mut left_out) = (Vec::new(), Vec::new());
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        walk(path, 0, &mut sources, &mut left_out)?;
    } else {
        sources.push(Source {
            path: path.to_owned(),
            size: metadata.len(),
        });
    }
    Ok((sources, left_out))
}

fn walk(
    folder: &Path,
    depth: usize,
    sources: &mut Vec<Source>,
    left_out: &mut Vec<Found>,
) -> io::Result<()> {
    let is_maildir = folder.join("cur").is_dir() && folder.join("new").is_dir();
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        let kind = entry.file_type()?;
        if name.as_encoded_bytes().starts_with(b".") || kind.is_symlink() {
            continue;
        }
        if kind.is_dir() {
            let is_on_its_way = is_maildir && name == "tmp";
            if depth < DEEPEST && !is_on_its_way {
                walk(&path, depth + 1, sources, left_out)?;
            }
            continue;
        }
        let metadata = entry.metadata()?;
        if metadata.is_file() && holds_mail(&path) {
            sources.push(Source {
                size: metadata.len(),
                path,
            });
        } else {
            left_out.push(Found {
                place: shown(&path),
                message: Err("it is no `.eml` file and no mailbox".to_owned()),
            });
        }
    }
    Ok(())
}

fn holds_mail(path: &Path) -> bool {
    let is_called_so = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
    let stands_so = path
        .parent()
        .and_then(Path::file_name)
        .is_some_and(|folder| folder == "cur" || folder == "new");
    is_called_so || stands_so || begins_as_mailbox(path).unwrap_or(false)
}

fn begins_as_mailbox(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut beginning)?;
    Ok(is_mailbox(&beginning))
}

/// Reads the messages of files one after another, and no faster than they are taken; with each, how many bytes of its file it was.
pub fn read(sources: Vec<Source>) -> mpsc::Receiver<(Found, u64)> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        for source in sources {
            let sent = match read_file(&source, &sender) {
                Ok(sent) => sent,
                Err(error) => send(
                    &sender,
                    shown(&source.path),
                    Err(format!("it cannot be read: {error}")),
                    source.size,
                ),
            };
            if !sent {
                return;
            }
        }
    });
    receiver
}

/// Whether somebody still takes what is read.
fn read_file(source: &Source, sender: &mpsc::Sender<(Found, u64)>) -> io::Result<bool> {
    let mut file = File::open(&source.path)?;
    let mut beginning = Vec::new();
    (&mut file).take(16).read_to_end(&mut beginning)?;
    file.rewind()?;
    let place = shown(&source.path);
    let too_large = || {
        let most = indicatif::BinaryBytes(LARGEST as u64);
        Err(format!("it is larger than a message may be ({most})"))
    };
    if !is_mailbox(&beginning) {
        let mut raw = Vec::new();
        file.take(LARGEST as u64 + 1).read_to_end(&mut raw)?;
        let message = if raw.len() > LARGEST {
            too_large()
        } else {
            Ok(raw)
        };
        return Ok(send(sender, place, message, source.size));
    }
    for (number, piece) in Messages::new(BufReader::new(file), LARGEST).enumerate() {
        let (message, size) = match piece? {
            Piece::Message(raw) => {
                let size = raw.len() as u64;
                (Ok(raw), size)
            }
            Piece::TooLarge => (too_large(), LARGEST as u64),
        };
        if !send(sender, format!("{place}#{}", number + 1), message, size) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn send(
    sender: &mpsc::Sender<(Found, u64)>,
    place: String,
    message: Result<Vec<u8>, String>,
    size: u64,
) -> bool {
    sender
        .blocking_send((Found { place, message }, size))
        .is_ok()
}

/// A path as it can stand in a line.
fn shown(path: &Path) -> String {
    path.display()
        .to_string()
        .chars()
        .map(|character| {
            if character.is_control() {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn folders_mailboxes_and_files_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            fs::write(path, text).expect("a file");
        };
        put("a/1.EML", "Subject: 1\n\n1");
        put(
            "b.box",
            "\nFrom x Thu 1:00\nSubject: 2\n\n2\n\nFrom y Thu 2:00\nSubject: 3\n\n3\n",
        );
        put("c/cur/4:2,S", "Subject: 4\n\n4");
        put("c/new/5", "Subject: 5\n\n5");
        put("c/tmp/6", "Subject: 6\n\n6");
        put("d.txt", "no mail");
        put(".hidden.eml", "Subject: 7\n\n7");
        let (sources, left_out) = sources(folder.path()).expect("is read");
        assert_eq!(left_out.len(), 1);
        assert!(left_out[0].place.ends_with("d.txt"));
        let mut found = read(sources);
        let mut places = Vec::new();
        while let Some((one, _)) = found.recv().await {
            let text = String::from_utf8(one.message.expect("a message")).expect("UTF-8");
            let name = one.place.rsplit('/').next().expect("a name").to_owned();
            places.push((name, text.trim_end().chars().last().expect("a text")));
        }
        let expected = [
            ("1.EML", '1'),
            ("b.box#1", '2'),
            ("b.box#2", '3'),
            ("4:2,S", '4'),
            ("5", '5'),
        ];
        assert_eq!(places, expected.map(|(name, text)| (name.to_owned(), text)));
    }
}
