//! The corpus, and variants of it that are the same in every run.

use std::fs;
use std::path::Path;

/// How many variants there are of each seed.
const VARIANTS: u64 = 2_000;

/// Numbers that look like chance (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }
}

/// What tends to be read wrongly.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"\r\n",
    b"\n",
    b"\"",
    b"\\",
    b"{",
    b"[[[[[[[[",
    b"null",
    b"\\ud800",
    b"\\u0000",
    b"1e999",
    b"-0",
    b"99999999999999999999",
    b"..",
    b"/",
    b" (2)",
    b".tar.gz",
    b"<",
    b">",
    b"cid:",
    b"=?utf-8?b?",
    "é".as_bytes(),
    "\u{202E}".as_bytes(),
    b"\xff\xfe",
];

fn vary(seed: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(8)).min(bytes.len());
        match chance.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let word = WORDS[chance.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
            2 => {
                let word = WORDS[chance.below(WORDS.len())];
                bytes.splice(at..end, word.iter().copied());
            }
            3 if !bytes.is_empty() => {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            4 => {
                let copy = bytes[at..end].repeat(1 + chance.below(300));
                bytes.splice(at..at, copy);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Gives a target its seeds and their variants.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut seeds: Vec<_> = fs::read_dir(&folder)
        .expect("a folder of seeds")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "no seeds in {}", folder.display());
    for seed in seeds {
        let bytes = fs::read(&seed).expect("a seed");
        target(&bytes);
        for number in 1..=VARIANTS {
            let mut chance = Chance(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let variant = vary(&bytes, &mut chance);
            let outcome = std::panic::catch_unwind(|| target(&variant));
            assert!(
                outcome.is_ok(),
                "variant {number} of {}: {:?}",
                seed.display(),
                String::from_utf8_lossy(&variant[..variant.len().min(2_000)])
            );
        }
    }
}

#[test]
fn cookies() {
    replay("cookies", fuzz::cookies);
}

#[test]
fn requests() {
    replay("requests", fuzz::requests);
}

#[test]
fn library() {
    replay("library", fuzz::library);
}

#[test]
fn file_names() {
    replay("file_names", fuzz::file_names);
}

#[test]
fn references() {
    replay("references", fuzz::references);
}

#[test]
fn message() {
    replay("message", fuzz::message);
}

#[test]
fn incoming() {
    replay("incoming", fuzz::incoming);
}
