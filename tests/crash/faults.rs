//! What goes wrong in a round, and what that excuses.

use std::fmt;

use icws::client::IcwsError;

use super::installation::Installation;
use super::random::Random;
use crate::bucket::Door;
use crate::sending::relay::AfterData;

/// What a server answers that could not do what it should.
const INTERNAL: &str = "error.server.internal";
/// What it answers where the store of bytes does not do its part.
const BYTES_UNAVAILABLE: &str = "error.server.bytesUnavailable";
/// One recipient of every message.
pub const FUSSY: &str = "lee@example.org";

/// What befalls what the servers stand on, and passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The disk is full: that of the embedded database with what else is in its data folder, or that of the bytes.
    Disk,
    /// PostgreSQL breaks its connections and is gone.
    Database,
    /// The relay takes nothing for now.
    RelayLater,
    /// It refuses one of the recipients for good.
    RelayNever,
    /// It takes messages and hangs up before it says so.
    RelayHangsUp,
    /// It takes messages and is slow to say so.
    RelaySlow,
    /// The object store answers 503.
    StoreRefuses,
    /// It does not answer.
    StoreSilent,
    /// Half of its answer comes.
    StoreHalf,
}

/// What goes wrong in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub trouble: Option<Trouble>,
    /// The servers that are killed (`kill -9`), while there is that trouble, and started when it has passed.
    pub kills: Vec<usize>,
}

/// What a request may come back with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Excuses {
    /// No answer: it may be done or not.
    no_answer: bool,
    /// 500 `error.server.internal`, and what that says of it.
    internal: Option<Verdict>,
    /// 500 `error.server.bytesUnavailable`: it is not done.
    bytes_unavailable: bool,
}

/// What an answer that is no success says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is against a rule. Whether that is so the client has to know.
    Refused,
    /// It is not done.
    Failed,
    /// It may be done or not.
    Unknown,
    /// There is no reason for such an answer.
    Wrong,
}

impl Excuses {
    pub fn judge(self, error: &IcwsError) -> Verdict {
        match (error.status, error.id()) {
            (0, _) if self.no_answer => Verdict::Unknown,
            (500, INTERNAL) => self.internal.unwrap_or(Verdict::Wrong),
            (500, BYTES_UNAVAILABLE) if self.bytes_unavailable => Verdict::Failed,
            (400..500, _) => Verdict::Refused,
            _ => Verdict::Wrong,
        }
    }
}

impl Plan {
    /// Draws one of those that an installation can suffer.
    pub fn draw(installation: &Installation, random: &mut Random) -> Self {
        let mut troubles = vec![
            None,
            Some(Trouble::RelayLater),
            Some(Trouble::RelayNever),
            Some(Trouble::RelayHangsUp),
            Some(Trouble::RelaySlow),
        ];
        // What is drawn oftener than once is what there is most to learn from.
        troubles.extend([None; 3]);
        if installation.disk.is_some() {
            troubles.extend([Some(Trouble::Disk); 3]);
        }
        if installation.cluster.is_some() {
            troubles.extend([Some(Trouble::Database); 3]);
        }
        if installation.bucket.is_some() {
            troubles.extend(
                [
                    Trouble::StoreRefuses,
                    Trouble::StoreSilent,
                    Trouble::StoreHalf,
                ]
                .map(Some),
            );
        }
        let trouble = troubles[random.index(troubles.len())];
        let count = installation.nodes.len();
        let kills = if trouble.is_none() || random.below(4) == 0 {
            let chosen = random.index(count + 1);
            // All of them, or the one.
            (0..count)
                .filter(|node| chosen == count || *node == chosen)
                .collect()
        } else {
            Vec::new()
        };
        Self { trouble, kills }
    }

    /// What a request may come back with in such a round.
    pub fn excuses(&self) -> Excuses {
        use Trouble::{Database, Disk, StoreHalf, StoreRefuses, StoreSilent};
        let is_store = matches!(self.trouble, Some(StoreRefuses | StoreSilent | StoreHalf));
        Excuses {
            // A server that cannot keep bytes does not read them to their end before it says so, and one that has not got all of
            // them breaks its answer off.
            no_answer: !self.kills.is_empty() || is_store || self.trouble == Some(Disk),
            internal: match self.trouble {
                Some(Disk) => Some(Verdict::Failed),
                // A commit whose answer was lost.
                Some(Database) => Some(Verdict::Unknown),
                _ => None,
            },
            bytes_unavailable: is_store,
        }
    }

    /// How long the trouble lasts, in milliseconds: where servers wait for what is gone (a second), also longer than they wait.
    pub fn lasts(&self, random: &mut Random) -> u64 {
        use Trouble::{Database, StoreHalf, StoreRefuses, StoreSilent};
        match self.trouble {
            Some(Database | StoreRefuses | StoreSilent | StoreHalf) => 300 + random.below(1500),
            _ => 100 + random.below(500),
        }
    }

    /// Lets the trouble begin.
    pub fn begin(&self, installation: &Installation) {
        let fussy = |answer: &str| [(FUSSY.to_owned(), answer.to_owned())].into();
        let relay = &installation.relay;
        match self.trouble {
            None => {}
            Some(Trouble::Disk) => installation.disk().tighten(),
            Some(Trouble::Database) => installation.cluster().stop(),
            Some(Trouble::RelayLater) => relay.script(|script| {
                script.recipients = fussy("451 4.7.1 come back later");
            }),
            Some(Trouble::RelayNever) => relay.script(|script| {
                script.recipients = fussy("550 5.1.1 no such user");
            }),
            Some(Trouble::RelayHangsUp) => {
                relay.script(|script| script.after_data = AfterData::HangUp);
            }
            Some(Trouble::RelaySlow) => relay.script(|script| script.after_data = AfterData::Hang),
            Some(Trouble::StoreRefuses) => installation.bucket().set(Door::Refusing(503)),
            Some(Trouble::StoreSilent) => installation.bucket().set(Door::Silent),
            Some(Trouble::StoreHalf) => installation.bucket().set(Door::Halving),
        }
    }

    /// Lets it pass.
    pub fn end(&self, installation: &Installation) {
        use Trouble::{Database, Disk, StoreHalf, StoreRefuses, StoreSilent};
        match self.trouble {
            None => {}
            Some(Disk) => installation.disk().widen(),
            Some(Database) => installation.cluster().start(),
            Some(StoreRefuses | StoreSilent | StoreHalf) => installation.bucket().set(Door::Open),
            Some(_) => {
                installation.relay.script(|script| {
                    script.recipients.clear();
                    script.after_data = AfterData::Take;
                });
                installation.relay.let_go();
            }
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trouble = match self.trouble {
            None => "",
            Some(Trouble::Disk) => "disk full",
            Some(Trouble::Database) => "database gone",
            Some(Trouble::RelayLater) => "relay refuses for now",
            Some(Trouble::RelayNever) => "relay refuses for good",
            Some(Trouble::RelayHangsUp) => "relay hangs up",
            Some(Trouble::RelaySlow) => "relay is slow",
            Some(Trouble::StoreRefuses) => "store refuses",
            Some(Trouble::StoreSilent) => "store is silent",
            Some(Trouble::StoreHalf) => "store answers half",
        };
        let kill = match self.kills.len() {
            0 => "",
            1 => "kill -9",
            _ => "kill -9 of both",
        };
        let and = if trouble.is_empty() || kill.is_empty() {
            ""
        } else {
            " and "
        };
        write!(f, "{trouble}{and}{kill}")
    }
}
