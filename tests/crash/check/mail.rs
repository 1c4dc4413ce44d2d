//! Sent mail, as the relay got it: every message that was sent, under one Message-ID, and no other; a second time only where the first had
//! no answer that could be noted.

use std::collections::BTreeMap;
use std::time::Instant;
use std::{fmt, fs};

use super::super::content::RECIPIENTS;
use super::super::faults::{FUSSY, Plan, Trouble};
use super::super::installation::Installation;
use super::super::load::Crew;
use super::super::load::PATIENCE;
use super::super::random::Random;
use super::State;
use super::rows::{number, text};
use crate::eml::Eml;
use crate::sending::relay::{AfterData, Taken};

/// How many messages a server gives to the relay at the same time (`relay.connections`).
const AT_ONCE: usize = 4;

/// What came of mail in all rounds.
#[derive(Default)]
pub struct Mails {
    messages: usize,
    /// Deliveries beyond the first.
    again: usize,
    /// Messages that could not be delivered while the fault lasted.
    held_up: usize,
}

/// A message that the relay got, perhaps more than once.
struct Mail {
    subject: String,
    bytes: Vec<u8>,
    attachments: usize,
    /// For each recipient how often, and how often of these the relay hung up on it.
    deliveries: BTreeMap<String, (usize, usize)>,
}

impl Mails {
    /// Waits until all mail has arrived. What waits for half an hour, and what was refused for good, an administrator tries again.
    pub async fn arrive(&mut self, at: &Installation, plan: &Plan) {
        let undelivered = "SELECT interaction_id, address, state, last_error FROM outbox_recipients WHERE state <> 1";
        for row in at.sql(undelivered) {
            let error = row[3].as_str().unwrap_or_default();
            self.held_up += usize::from(!error.is_empty());
            if number(&row[2]) == 2 {
                let is_right = plan.trouble == Some(Trouble::RelayNever)
                    && row[1] == FUSSY
                    && error.contains("550 5.1.1");
                assert!(is_right, "a message failed: {row:?}");
            }
        }
        if at.sql(undelivered).is_empty() {
            return;
        }
        let began = Instant::now();
        loop {
            // Whoever had asked before the relay was quick again may wait still.
            at.relay.let_go();
            // Fails where all of it has arrived meanwhile.
            at.nodes[0].command(&["outbox", "retry", "--all"]).await;
            let waiting = at.sql(undelivered);
            if waiting.is_empty() {
                return;
            }
            let left = PATIENCE.saturating_sub(began.elapsed());
            assert!(!left.is_zero(), "not all mail arrives: {waiting:?}");
        }
    }

    /// Holds what the relay has got in this round against what was sent in it.
    pub fn check(
        &mut self,
        at: &Installation,
        crew: &Crew,
        states: &BTreeMap<String, State>,
        plan: &Plan,
        random: &mut Random,
    ) {
        let mut got = sorted(at.relay.take_out());
        let sent: BTreeMap<&String, &State> = states
            .iter()
            .filter(|(_, state)| !state.is_editable)
            .collect();
        let (mut again, mut mails) = (0, Vec::new());
        let message_ids: BTreeMap<String, String> = at
            .sql("SELECT interaction_id, message_id FROM outbox")
            .iter()
            .map(|row| (number(&row[0]).to_string(), text(&row[1])))
            .collect();
        for (id, state) in &sent {
            let mail = got.remove(&message_ids[*id]);
            let mail = mail.unwrap_or_else(|| panic!("the message of draft {id} never arrived"));
            assert_eq!(mail.subject, state.subject, "draft {id}");
            assert_eq!(mail.attachments, state.attachments.len(), "draft {id}");
            again += mail.check(id, plan);
            mails.push(((*id).clone(), mail));
        }
        let unknown: Vec<&String> = got.values().map(|mail| &mail.subject).collect();
        assert!(
            unknown.is_empty(),
            "mail that nobody sent, or of an earlier round again: {unknown:?}"
        );
        assert!(
            again <= AT_ONCE * RECIPIENTS.len() * plan.kills.len(),
            "{again} deliveries too many, which {} kills do not explain",
            plan.kills.len()
        );
        self.again += again;
        self.messages += sent.len();
        if let Some((id, mail)) = random.one_of(&mails) {
            Self::read(crew, id, &states[id], mail);
        }
    }

    /// Reads one of them as a receiver would.
    fn read(crew: &Crew, id: &str, state: &State, mail: &Mail) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mail.eml");
        fs::write(&path, &mail.bytes).expect("written");
        let found = Eml::read(&path).attachments();
        let drafts = crew.history().drafts();
        for (file, leaf) in state.attachments.iter().zip(&found) {
            assert_eq!(leaf.name.as_ref(), Some(&file.name), "draft {id}");
            let expected = drafts[id].bytes_of(crew.files(), file);
            let is_right = expected.is_some_and(|expected| leaf.bytes == expected);
            assert!(
                is_right,
                "other bytes of {file:?} in the message of draft {id}"
            );
        }
    }
}

impl Mail {
    fn of(taken: &Taken) -> (String, Self) {
        let text = std::str::from_utf8(&taken.bytes).expect("mail is ASCII");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let field = |name: &str| {
            let mut lines = head.lines();
            let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_else(|| panic!("no {name}: {head}"))
                .to_owned()
        };
        let mail = Self {
            subject: field("Subject"),
            attachments: body
                .lines()
                .filter(|line| line.starts_with("Content-Disposition:"))
                .count(),
            bytes: taken.bytes.clone(),
            deliveries: BTreeMap::new(),
        };
        (
            field("Message-ID").trim_matches(['<', '>']).to_owned(),
            mail,
        )
    }

    /// Each recipient has got it; gives how many deliveries there were for which there was no reason but a crash.
    fn check(&self, id: &str, plan: &Plan) -> usize {
        let mut again = 0;
        for to in RECIPIENTS {
            let (answered, hung_up) = self.deliveries.get(to).copied().unwrap_or_default();
            assert!(answered > 0, "{to} never got the message of draft {id}");
            let kills = plan.kills.len();
            assert!(
                answered <= 1 + kills && hung_up <= 1 + kills,
                "{to} got the message of draft {id} {answered} times, and {hung_up} times without an answer"
            );
            again += answered - 1;
        }
        again
    }
}

/// The messages by their Message-IDs. One that came again is the same.
fn sorted(taken: Vec<Taken>) -> BTreeMap<String, Mail> {
    let mut mails: BTreeMap<String, Mail> = BTreeMap::new();
    for taken in taken {
        let (message_id, mail) = Mail::of(&taken);
        let known = mails.entry(message_id).or_insert(mail);
        assert!(
            known.bytes == taken.bytes,
            "another message of the same Message-ID: {}",
            known.subject
        );
        for to in taken.to {
            let (answered, hung_up) = known.deliveries.entry(to).or_default();
            match taken.after {
                AfterData::HangUp => *hung_up += 1,
                AfterData::Take | AfterData::Hang => *answered += 1,
            }
        }
    }
    mails
}

impl fmt::Display for Mails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            messages,
            again,
            held_up,
        } = self;
        write!(
            f,
            "{messages} messages arrived at the relay; {held_up} deliveries were held up and done later, {again} done twice for a crash"
        )
    }
}
