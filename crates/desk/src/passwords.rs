//! Passwords: Argon2id, kept as PHC strings.
//!
//! Argon2id: RFC 9106.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::people::PeopleError;

/// Hashes a password (Argon2id with the library's recommended cost). Takes tens of milliseconds: not for async threads.
///
/// # Errors
/// [`PeopleError::Password`], where there is no memory for it.
pub fn hash(password: &str) -> Result<String, PeopleError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| PeopleError::Password(error.to_string()))
}

/// Whether a password is the one that was hashed. Takes as long as hashing.
pub fn verify(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_again_and_no_other_is() {
        let phc = hash("demo").expect("hashes");
        assert!(phc.starts_with("$argon2id$"), "{phc}");
        assert!(verify("demo", &phc));
        assert!(!verify("Demo", &phc));
        assert!(!verify("demo", "nonsense"));
    }
}
