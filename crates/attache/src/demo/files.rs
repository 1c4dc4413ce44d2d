//! The demo's files. They are compiled in, so that the binary needs nothing beside it.

use std::borrow::Cow;

use super::picture;
use crate::import::{Content, Entry};

/// A file of the repository's `demo` folder, by its path there.
type Shipped = (&'static str, &'static [u8]);

macro_rules! shipped {
    ($($path:literal,)*) => {
        &[$(($path, include_bytes!(concat!("../../../../demo/", $path))),)*]
    };
}

const SHIPPED: &[Shipped] = shipped![
    "libraries/Contracts/Dealers/Dealer portal.url",
    "libraries/Contracts/Dealers/Frame contract.pdf",
    "libraries/Contracts/Notes/Rebate groups.txt",
    "libraries/Letters/Care of your lamp.html",
    "libraries/Letters/Complaints/Damaged in transit.txt",
    "libraries/Letters/Complaints/Late delivery.html",
    "libraries/Letters/Greetings/Begrüßung.txt",
    "libraries/Letters/Greetings/Greeting.txt",
    "libraries/Letters/Greetings/ご挨拶.txt",
    "libraries/Letters/Returns/Return form.pdf",
    "libraries/Letters/Returns/Returns page.url",
    "libraries/Product Information/Catalogue.pdf",
    "libraries/Product Information/Logo.png",
    "libraries/Product Information/Manuals/Pendant lamps/Assembly Aurora.pdf",
    "libraries/Product Information/Manuals/Table lamps/Assembly Lumi.pdf",
    "libraries/Product Information/Opening hours.txt",
    "libraries/Product Information/Prices/Preisliste für Händler.pdf",
    "libraries/Product Information/Prices/価格表.pdf",
    "libraries/Product Information/Web shop.url",
    "people/admin/Hosts.csv",
    "people/admin/Maintenance notice.txt",
    "people/admin/Status page.url",
    "people/anna/Lamp for signature.png",
    "people/anna/My signature.txt",
    "people/anna/Parcel tracking.url",
    "people/ben/Help pages.url",
    "people/ben/My signature.txt",
    "people/ben/Questions last week.csv",
    "people/carl/Assembly Lumi with my notes.pdf",
    "people/carl/My signature.txt",
    "people/carl/Spare parts.url",
    "people/lea/Approval note.txt",
    "people/lea/Draft return form.pdf",
    "people/lea/Style guide.url",
];

const MAIL: &[Shipped] = shipped![
    "mail/01 Where is my order.eml",
    "mail/02 Picture in the text.eml",
    "mail/03 With a PDF.eml",
    "mail/04 A thread begins.eml",
    "mail/05 A thread goes on.eml",
    "mail/06 A thread, and somebody else.eml",
    "mail/07 Japanese.eml",
    "mail/08 Arabic.eml",
    "mail/09 With a message attached.eml",
    "mail/10 Urgent.eml",
];

/// The path of the file that is made at start.
const SHOWROOM: &str = "libraries/Product Information/Pictures/Showroom.bmp";

/// The system libraries: name and content.
pub fn libraries() -> Vec<(&'static str, Vec<Entry>)> {
    let mut libraries = below("libraries/");
    let showroom = Content::Bytes(Cow::Owned(picture::showroom()));
    for (name, entries) in &mut libraries {
        if let Some(path) = SHOWROOM
            .strip_prefix("libraries/")
            .and_then(|path| path.strip_prefix(*name))
        {
            add(entries, path.trim_start_matches('/'), showroom.clone());
        }
    }
    libraries
}

/// The mail that customers have written, in the order in which it came.
pub fn mail() -> impl Iterator<Item = &'static [u8]> {
    MAIL.iter().map(|(_, bytes)| *bytes)
}

/// The personal libraries: owner and content.
pub fn personal() -> Vec<(&'static str, Vec<Entry>)> {
    below("people/")
}

/// The folders below a folder of the repository's `demo`, in order.
fn below(prefix: &str) -> Vec<(&'static str, Vec<Entry>)> {
    let mut folders: Vec<(&'static str, Vec<Entry>)> = Vec::new();
    for (path, bytes) in SHIPPED {
        let Some((folder, rest)) = path
            .strip_prefix(prefix)
            .and_then(|path| path.split_once('/'))
        else {
            continue;
        };
        if folders.last().is_none_or(|(name, _)| *name != folder) {
            folders.push((folder, Vec::new()));
        }
        if let Some((_, entries)) = folders.last_mut() {
            add(entries, rest, Content::Bytes(Cow::Borrowed(bytes)));
        }
    }
    folders
}

/// Adds a file by its path, with the folders on the way.
fn add(entries: &mut Vec<Entry>, path: &str, content: Content) {
    let Some((folder, rest)) = path.split_once('/') else {
        entries.push(Entry::new(path, content));
        return;
    };
    let is_it = |entry: &Entry| entry.name == folder && matches!(entry.content, Content::Folder(_));
    let at = entries.iter().position(is_it).unwrap_or_else(|| {
        entries.push(Entry::new(folder, Content::Folder(Vec::new())));
        entries.len() - 1
    });
    if let Content::Folder(inner) = &mut entries[at].content {
        add(inner, rest, content);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn find(folder: &Path, root: &Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                find(&path, root, into);
            } else {
                into.insert(
                    path.strip_prefix(root)
                        .expect("below")
                        .to_str()
                        .expect("UTF-8")
                        .to_owned(),
                );
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_shipped() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
        let mut there = BTreeSet::new();
        find(&root.join("libraries"), &root, &mut there);
        find(&root.join("people"), &root, &mut there);
        find(&root.join("mail"), &root, &mut there);
        let shipped: BTreeSet<String> = SHIPPED
            .iter()
            .chain(MAIL)
            .map(|(path, _)| (*path).to_owned())
            .collect();
        assert_eq!(shipped, there);
    }

    #[test]
    fn there_are_three_libraries_and_one_for_each_person() {
        let names: Vec<&str> = libraries().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Contracts", "Letters", "Product Information"]);
        let owners: BTreeSet<&str> = personal().into_iter().map(|(owner, _)| owner).collect();
        let accounts: BTreeSet<&str> = super::super::ACCOUNTS
            .iter()
            .map(|account| account.user)
            .collect();
        assert_eq!(owners, accounts);
    }

    #[test]
    fn the_logo_is_small_enough_to_stand_in_a_mail() {
        let logo = SHIPPED
            .iter()
            .find(|(path, _)| path.ends_with("Logo.png"))
            .expect("a logo");
        assert!(logo.1.len() <= 16 << 10);
    }
}
