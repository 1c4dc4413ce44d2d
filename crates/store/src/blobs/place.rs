//! The names of places: `ab/<64 digits of the hash>.<random>` or, where the hash was not known when the name was needed,
//! `ab/<32 random digits>`, each in hexadecimal digits with the first two in front.

use std::fmt::Write;
use std::io;

/// A new place for bytes of this hash.
pub fn of_hash(hash: &blake3::Hash) -> io::Result<String> {
    let hex = hash.to_hex();
    Ok(format!("{}/{hex}.{}", &hex[..2], random_hex::<4>()?))
}

/// A new place for bytes whose hash is not known yet.
pub fn of_anything() -> io::Result<String> {
    let hex = random_hex::<16>()?;
    Ok(format!("{}/{hex}", &hex[..2]))
}

/// Whether a name may be one of a place. Places come from the database, which is not trusted to lead out of the store.
pub fn check(place: &str) -> io::Result<()> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.')
    };
    match place.split_once('/') {
        Some((front, name)) if plain(front) && plain(name) => Ok(()),
        _ => Err(none(place)),
    }
}

/// The error for a name that is none of a place.
pub fn none(place: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("no place of a blob: {place:?}"),
    )
}

/// Whether it is a place that this module has named. Whatever else somebody keeps in the same bucket is none of ours.
pub fn is_ours(name: &str) -> bool {
    let digits = |text: &str, count: usize| {
        text.len() == count
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let Some((front, rest)) = name.split_once('/') else {
        return false;
    };
    let known = match rest.split_once('.') {
        Some((hash, random)) => digits(hash, 64) && digits(random, 8),
        None => digits(rest, 32),
    };
    known && digits(front, 2) && rest.starts_with(front)
}

/// So many random bytes in hexadecimal digits.
pub fn random_hex<const BYTES: usize>() -> io::Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut hex = String::with_capacity(2 * BYTES);
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}
