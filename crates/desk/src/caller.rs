//! Who asks: a user in a session, with his rights, as a value that a rule is handed.

use std::fmt::Display;
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
    /// What the paths of the server's URLs begin with: [`crate::rules::Rules::prefix`].
    pub prefix: Arc<str>,
}

impl Caller {
    /// Whether he holds a right that is given for everything.
    pub fn has(&self, right: Right) -> bool {
        self.rights.has(right)
    }

    /// Whether he holds a right for everything, or, where it is one to administer, the right to administer everything.
    pub fn may(&self, right: Right) -> bool {
        self.has(right)
            || (right.bundle() == "administrativeRights" && self.has(Right::MasterAdministrator))
    }

    /// The URL of something below the session: root-relative, as clients are handed it.
    pub fn url(&self, below: impl Display) -> String {
        session_url(&self.prefix, self.session, below)
    }
}

/// The URL of something below a session, as clients are handed it: root-relative, behind the prefix of the server's paths.
pub fn session_url(prefix: &str, session: SessionId, below: impl Display) -> String {
    format!("{prefix}/icws/{session}{below}")
}
