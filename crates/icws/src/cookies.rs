//! The one cookie of a session: `icws_` and its id.
//!
//! ICWS: `ConceptualContent/GettingStarted_MakingRequests.htm`.

/// What the name of a session's cookie begins with; its id follows.
pub const PREFIX: &str = "icws_";

/// The cookies of sessions in a `Cookie` header field: the session's id and the value.
///
/// Clients send whole `Set-Cookie` lines back, with their attributes, and cookies of sessions that they had before: what is no pair,
/// and what is no session's, is passed over.
pub fn sessions(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let id = name.trim().strip_prefix(PREFIX)?;
        Some((id, value.trim()))
    })
}
