//! The attributes that the server works out, for one interaction or for many at once.

use std::collections::HashMap;

use icws::wire::Date;
use store::Conn;
use store::rows::email::Content;
use store::rows::interactions::Interaction;
use store::rows::queues::{self as rows, WrapUp};
use store::rows::{incoming, people};

use super::super::{ALERTING, CONNECTED, EMAIL, HELD, OFFERING, OUTBOUND, PARKED};
use crate::clock;
use crate::email::Recipients;
use crate::ids::InteractionId;
use crate::language::Language;
use crate::outbox;
use crate::refusal::Refusal;

/// What the subject of an email tells.
const OF_SUBJECT: &[&str] = &["eic_emailsubject", "eic_subject", "eic_details"];
/// How the correspondent of an email is called.
const NAME_OF_CORRESPONDENT: &str = "eic_remotename";
/// Where he is reached.
const ADDRESS_OF_CORRESPONDENT: &[&str] = &["eic_remoteaddress", "eic_remoteid"];
/// Who has it, and for whom.
const OF_PEOPLE: &[&str] = &["eic_username", "eic_workgroupname"];
const CHILDREN: &str = "eic_emailchildren";
const IMPORTANCE: &str = "eic_emailimportance";
/// The importance of what nobody called otherwise.
const NORMAL: i16 = 1;
const SEGMENTS: &str = "eic_wrapupconnectionsegments";

/// What of an email is told in lists.
#[derive(Debug, Default)]
struct Head {
    subject: String,
    name: String,
    address: String,
}

/// What values are worked out from, read for many interactions at once, as far as it is asked for.
struct Sources {
    free: HashMap<i64, HashMap<String, String>>,
    heads: HashMap<i64, Head>,
    users: HashMap<i64, String>,
    workgroups: HashMap<i64, String>,
    children: HashMap<i64, Vec<String>>,
    importances: HashMap<i64, i16>,
    wrap_ups: HashMap<i64, Vec<WrapUp>>,
    language: Language,
    now: i64,
}

/// The values of attributes, named as they are compared, for each of these interactions. One that nobody has set reads as empty.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn values_of_many(
    conn: &mut Conn,
    interactions: &[Interaction],
    folded: &[&str],
    language: Language,
) -> Result<Vec<Vec<String>>, Refusal> {
    if interactions.is_empty() {
        return Ok(Vec::new());
    }
    let sources = Sources::read(conn, interactions, folded, language)?;
    interactions
        .iter()
        .map(|interaction| {
            folded
                .iter()
                .map(|name| match sources.free(interaction.id, name) {
                    Some(value) => Ok(value.clone()),
                    None => sources.value(conn, interaction, name),
                })
                .collect()
        })
        .collect()
}

/// The attributes by which two states of an interaction differ, by their folded names: what changes when somebody takes it, gives it away,
/// puts it aside or ends it.
pub fn differences(before: &Interaction, now: &Interaction) -> Vec<&'static str> {
    let queued = |one: &Interaction| one.queued_at.unwrap_or(one.created_at);
    let (state, connected) = (
        before.state != now.state,
        connected_at(before) != connected_at(now),
    );
    let ended = before.ended_at != now.ended_at;
    let all = [
        ("eic_state", state),
        ("eic_callstatestring", state),
        (
            "eic_capabilities",
            capabilities(&before.state) != capabilities(&now.state),
        ),
        ("eic_username", before.user_id != now.user_id),
        ("eic_workgroupname", before.workgroup_id != now.workgroup_id),
        ("eic_connecttime", connected),
        ("eic_answertime", connected),
        ("eic_connectdurationtime", connected || ended),
        ("eic_linequeuetimestamp", queued(before) != queued(now)),
        ("eic_terminationtime", ended),
        ("eic_private", before.private != now.private),
    ];
    let differ = all.into_iter().filter(|(_, differs)| *differs);
    differ.map(|(name, _)| name).collect()
}

/// The attributes by which two contents of an email differ, by their folded names.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn differences_of_content(
    before: &Content,
    now: &Content,
) -> Result<Vec<&'static str>, Refusal> {
    let head = |content: &Content| Head::of(content.subject.clone(), &content.recipients);
    let (before, now) = (head(before)?, head(now)?);
    let mut differ = Vec::new();
    if before.subject != now.subject {
        differ.extend(OF_SUBJECT);
    }
    if before.shown() != now.shown() {
        differ.push(NAME_OF_CORRESPONDENT);
    }
    if before.address != now.address {
        differ.extend(ADDRESS_OF_CORRESPONDENT);
    }
    Ok(differ)
}

impl Sources {
    fn read(
        conn: &mut Conn,
        interactions: &[Interaction],
        folded: &[&str],
        language: Language,
    ) -> Result<Self, Refusal> {
        let asks = |names: &[&str]| folded.iter().any(|name| names.contains(name));
        let ids: Vec<i64> = interactions.iter().map(|one| one.id).collect();
        let mut sources = Self {
            free: HashMap::new(),
            heads: HashMap::new(),
            users: HashMap::new(),
            workgroups: HashMap::new(),
            children: HashMap::new(),
            importances: HashMap::new(),
            wrap_ups: HashMap::new(),
            language,
            now: clock::now(),
        };
        // No name has a NUL, and not every database can look for one.
        let free = |name: &&&str| !super::is_reserved(name) && !name.contains('\0');
        let free: Vec<&str> = folded.iter().filter(free).copied().collect();
        if !free.is_empty() {
            for (id, name, value) in rows::free_attributes(conn, &ids, &free)? {
                sources.free.entry(id).or_default().insert(name, value);
            }
        }
        if asks(OF_SUBJECT) || asks(&[NAME_OF_CORRESPONDENT]) || asks(ADDRESS_OF_CORRESPONDENT) {
            for (id, subject, recipients) in rows::heads(conn, &ids)? {
                sources.heads.insert(id, Head::of(subject, &recipients)?);
            }
        }
        if asks(OF_PEOPLE) {
            sources.name(conn, interactions)?;
        }
        if asks(&[CHILDREN]) {
            for (parent, child) in rows::children(conn, &ids)? {
                let children = sources.children.entry(parent).or_default();
                children.push(child.to_string());
            }
        }
        if asks(&[IMPORTANCE]) {
            sources.importances = incoming::importances(conn, &ids)?.into_iter().collect();
        }
        if asks(&[SEGMENTS]) {
            for wrap_up in rows::wrap_ups(conn, &ids)? {
                let of_it = sources.wrap_ups.entry(wrap_up.interaction_id).or_default();
                of_it.push(wrap_up);
            }
        }
        Ok(sources)
    }

    /// The names of those who have these interactions, and of their workgroups.
    fn name(&mut self, conn: &mut Conn, interactions: &[Interaction]) -> Result<(), Refusal> {
        for interaction in interactions {
            if let Some(id) = interaction.user_id
                && !self.users.contains_key(&id)
            {
                let user = people::user(conn, id)?;
                let name = user.map(|user| user.name).unwrap_or_default();
                self.users.insert(id, name);
            }
            if let Some(id) = interaction.workgroup_id
                && !self.workgroups.contains_key(&id)
            {
                let group = people::workgroup(conn, id)?;
                let name = group.map(|group| group.name).unwrap_or_default();
                self.workgroups.insert(id, name);
            }
        }
        Ok(())
    }

    /// The value that a client set, which goes before what the server works out.
    fn free(&self, id: i64, folded: &str) -> Option<&String> {
        self.free.get(&id)?.get(folded)
    }

    /// The value of an attribute that the server works out; empty for one that it does not know.
    fn value(
        &self,
        conn: &mut Conn,
        interaction: &Interaction,
        folded: &str,
    ) -> Result<String, Refusal> {
        let flag = |set: bool| if set { "1" } else { "0" }.to_owned();
        let date = |time: Option<i64>| {
            time.map_or_else(String::new, |time| Date::from_unix_millis(time).to_string())
        };
        let head = || self.heads.get(&interaction.id);
        let email = interaction.kind == EMAIL;
        Ok(match folded {
            "eic_callid" => interaction.id.to_string(),
            "eic_objecttype" => object_type(interaction.kind).to_owned(),
            "eic_targetmediatype" if email => MEDIA_TYPE_OF_EMAIL.to_owned(),
            "eic_calldirection" => direction(interaction.direction).to_owned(),
            "eic_calltype" => "E".to_owned(),
            "eic_state" => interaction.state.clone(),
            "eic_callstatestring" => state_text(&interaction.state, self.language).to_owned(),
            "eic_capabilities" => capabilities(&interaction.state).to_string(),
            "eic_initiationtime" => date(Some(interaction.created_at)),
            "eic_connecttime" | "eic_answertime" => date(connected_at(interaction)),
            "eic_connectdurationtime" => connected_at(interaction)
                .map(|since| (interaction.ended_at.unwrap_or(self.now) - since).max(0) / 1000)
                .map_or_else(String::new, |seconds| seconds.to_string()),
            "eic_linequeuetimestamp" => date(Some(
                interaction.queued_at.unwrap_or(interaction.created_at),
            )),
            "eic_terminationtime" => date(interaction.ended_at),
            "eic_username" => named(&self.users, interaction.user_id),
            "eic_workgroupname" => named(&self.workgroups, interaction.workgroup_id),
            name if email && OF_SUBJECT.contains(&name) => {
                head().map(|head| head.subject.clone()).unwrap_or_default()
            }
            NAME_OF_CORRESPONDENT if email => head().map(Head::shown).unwrap_or_default(),
            name if email && ADDRESS_OF_CORRESPONDENT.contains(&name) => {
                head().map(|head| head.address.clone()).unwrap_or_default()
            }
            "eic_emailattachments" => interaction.attachment_count.to_string(),
            IMPORTANCE => {
                let known = self.importances.get(&interaction.id);
                known.unwrap_or(&NORMAL).to_string()
            }
            "eic_emailparent" => interaction
                .parent_id
                .map_or_else(String::new, |id| id.to_string()),
            CHILDREN => self
                .children
                .get(&interaction.id)
                .map(|children| children.join("|"))
                .unwrap_or_default(),
            SEGMENTS => self.segments(conn, interaction.id)?,
            "attache_deliverystate" => outbox::delivery(conn, InteractionId(interaction.id))?
                .state
                .to_owned(),
            "attache_deliveryerror" => outbox::delivery(conn, InteractionId(interaction.id))?.error,
            "eic_private" => flag(interaction.private),
            "eic_muted" | "eic_immediateaccess" => flag(false),
            _ => String::new(),
        })
    }

    /// What was wrapped up: segment, user, code and time, separated by `;`, one behind the other by `|`.
    fn segments(&self, conn: &mut Conn, id: i64) -> Result<String, Refusal> {
        let mut all = Vec::new();
        for wrap_up in self.wrap_ups.get(&id).into_iter().flatten() {
            let user = people::user(conn, wrap_up.user_id)?;
            let user = user.map(|user| user.name).unwrap_or_default();
            let time = Date::from_unix_millis(wrap_up.assigned_at);
            all.push(format!(
                "{};{user};{};{time}",
                wrap_up.segment, wrap_up.code
            ));
        }
        Ok(all.join("|"))
    }
}

impl Head {
    /// The correspondent is who wrote an email that came in, and the first recipient of an outgoing one.
    fn of(subject: String, recipients: &str) -> Result<Self, Refusal> {
        let recipients = Recipients::of_json(recipients)?;
        let correspondent = recipients.from.or(recipients.to.into_iter().next());
        let (name, address) = correspondent
            .map(|person| (person.display_name, person.address.unwrap_or_default()))
            .unwrap_or_default();
        Ok(Self {
            subject,
            name,
            address,
        })
    }

    /// How the correspondent is called.
    fn shown(&self) -> String {
        if self.name.is_empty() {
            self.address.clone()
        } else {
            self.name.clone()
        }
    }
}

fn named(names: &HashMap<i64, String>, id: Option<i64>) -> String {
    id.and_then(|id| names.get(&id))
        .cloned()
        .unwrap_or_default()
}

/// When somebody began to work on it. Who makes an email works on it from then on.
fn connected_at(interaction: &Interaction) -> Option<i64> {
    let made = (interaction.direction == OUTBOUND).then_some(interaction.created_at);
    interaction.connected_at.or(made)
}

/// The number that clients know emails by as a kind of media.
const MEDIA_TYPE_OF_EMAIL: &str = "3";

fn direction(direction: i16) -> &'static str {
    if direction == OUTBOUND { "O" } else { "I" }
}

fn object_type(kind: i16) -> &'static str {
    match kind {
        EMAIL => "Email",
        1 => "Call",
        2 => "Chat",
        3 => "Callback",
        _ => "Generic",
    }
}

/// The display text of a state, in the session's language.
fn state_text(state: &str, language: Language) -> &'static str {
    match language {
        Language::English => match state {
            "O" => "Offering",
            "A" => "Alerting",
            "C" => "Connected",
            "H" => "Held",
            "P" => "Parked",
            "S" => "Initializing",
            "I" => "Disconnected",
            _ => "",
        },
        Language::German => match state {
            "O" => "Wird angeboten",
            "A" => "Meldet sich",
            "C" => "Verbunden",
            "H" => "Gehalten",
            "P" => "Geparkt",
            "S" => "Wird vorbereitet",
            "I" => "Beendet",
            _ => "",
        },
    }
}

/// `Eic_Capabilities`: what can be done with an interaction in this state and is served, as bits.
fn capabilities(state: &str) -> u32 {
    const DISCONNECT: u32 = 2;
    const PICKUP: u32 = 4;
    const HOLD: u32 = 256;
    match state {
        CONNECTED => DISCONNECT | HOLD,
        HELD => DISCONNECT | PICKUP | HOLD,
        OFFERING | ALERTING | PARKED => DISCONNECT | PICKUP,
        _ => 0,
    }
}
