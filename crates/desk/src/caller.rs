//! Who asks: a user in a session, with his rights, as a value that a rule is handed.

use std::sync::Arc;

use crate::ids::{SessionId, UserId};
use crate::language::Language;
use crate::rights::{Right, Rights};

/// The user on whose behalf a rule runs. A caller exists only for a session that was found good.
#[derive(Debug, Clone)]
pub struct Caller {
    /// His session.
    pub session: SessionId,
    /// Who he is.
    pub user: UserId,
    /// His user id, in the case it was configured in.
    pub user_name: Arc<str>,
    /// The language his messages are in.
    pub language: Language,
    /// What he may do.
    pub rights: Arc<Rights>,
}

impl Caller {
    /// Whether he holds a right that is given for everything.
    pub fn has(&self, right: Right) -> bool {
        self.rights.has(right)
    }
}
