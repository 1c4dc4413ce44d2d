//! Unguessable words and their hashes.

/// What is kept of a word that proves something: its BLAKE3 hash. The words are random and long, so that a fast hash is enough.
pub fn hash(word: &str) -> [u8; 32] {
    *blake3::hash(word.as_bytes()).as_bytes()
}

/// `N` random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

/// A random word of 43 characters that stand for themselves in URLs, headers and cookies: 256 bits in base64url (RFC 4648).
pub fn word() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    random::<43>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
        .collect()
}

/// A random session id: ten decimal digits.
pub fn session_id() -> i64 {
    let random = u64::from_le_bytes(random::<8>());
    i64::try_from(1_000_000_000 + random % 9_000_000_000).expect("ten digits fit")
}

/// A random number for a server.
pub fn node_id() -> i64 {
    let random = u64::from_le_bytes(random::<8>());
    i64::try_from(random >> 1).expect("63 bits fit").max(1)
}

/// A random Guid (RFC 9562, version 4).
pub fn guid() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(random::<16>()).into_uuid()
}
