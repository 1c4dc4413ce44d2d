//! Who is answered.

use std::collections::HashSet;

use store::Conn;
use store::rows::incoming;
use store::rows::interactions::Interaction;
use store::rows::people::{self, Mailbox};

use super::super::content::{Person, Recipients};
use crate::caller::Caller;
use crate::people::fold;
use crate::refusal::Refusal;

/// The addresses, as they are compared, that an answer leaves out: they are our own. Those of the mailbox that it goes out by and of the one that
/// its parent came in by, of the workgroups of both, and of the caller himself.
pub fn own_addresses(
    conn: &mut Conn,
    caller: &Caller,
    parent: &Interaction,
    mailbox: Option<&Mailbox>,
) -> Result<HashSet<String>, Refusal> {
    let mut own: Vec<Mailbox> = mailbox.cloned().into_iter().collect();
    if let Some(id) = parent.mailbox_id {
        own.extend(people::mailbox(conn, id)?);
    }
    let came_to = incoming::find(conn, parent.id)?.map(|mail| mail.workgroup_id);
    let mut workgroups: Vec<i64> = own
        .iter()
        .filter_map(|mailbox| mailbox.workgroup_id)
        .collect();
    workgroups.extend(parent.workgroup_id);
    workgroups.extend(came_to);
    own.extend(people::mailboxes_of_workgroups(conn, &workgroups)?);
    own.extend(people::mailboxes_of_user(conn, caller.user.0)?);
    Ok(own.iter().map(|mailbox| fold(&mailbox.address)).collect())
}

/// Who is answered: to and in copy. A reply goes to where its author wants answers, else to him; one to everyone to all recipients, too. We
/// ourselves are answered only where there is nobody else.
pub fn answered(
    recipients: &Recipients,
    author: &Person,
    is_outbound: bool,
    everyone: bool,
    own: &HashSet<String>,
) -> (Vec<Person>, Vec<Person>) {
    let is_somebody = |person: &&Person| **person != Person::default();
    let is_other = |person: &&Person| is_somebody(person) && !own.contains(&key(person));
    let author = std::slice::from_ref(author);
    let meant: [&[Person]; 2] = if is_outbound {
        // Who answers what he sent himself has something to add.
        [&recipients.to, &[]]
    } else {
        [&recipients.reply_to, author]
    };
    let first = |wanted: &dyn Fn(&&Person) -> bool| -> Vec<Person> {
        let lists = meant.iter();
        let mut found = lists.map(|list| list.iter().filter(wanted).cloned().collect());
        found
            .find(|list: &Vec<Person>| !list.is_empty())
            .unwrap_or_default()
    };
    let mut to = first(&is_other);
    let mut cc = Vec::new();
    if everyone {
        to.extend(recipients.to.iter().filter(is_other).cloned());
        cc.extend(recipients.cc.iter().filter(is_other).cloned());
    }
    if to.is_empty() && cc.is_empty() {
        to = first(&is_somebody);
    }
    (to, cc)
}

/// By what two mentions of somebody are known to be of the same.
pub fn key(person: &Person) -> String {
    fold(person.address.as_ref().unwrap_or(&person.display_name))
}

/// How many correspondents an email has besides this house: more than one can be answered together.
pub fn has_several_correspondents(recipients: &Recipients, own: &HashSet<String>) -> bool {
    let author = recipients.from.clone().unwrap_or_default();
    let (to, cc) = answered(recipients, &author, false, true, own);
    let all: HashSet<String> = to.iter().chain(&cc).map(key).collect();
    all.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person {
        Person {
            display_name: name.to_owned(),
            address: Some(format!("{name}@x.example")),
        }
    }

    fn people(names: &str) -> Vec<Person> {
        names.split_whitespace().map(person).collect()
    }

    /// To and in copy, where `us` and `we` are our own.
    fn answer(reply_to: &str, from: &str, to: &str, cc: &str, everyone: bool) -> String {
        let recipients = Recipients {
            from: people(from).pop(),
            to: people(to),
            cc: people(cc),
            bcc: Vec::new(),
            reply_to: people(reply_to),
        };
        let own = ["us", "we"].map(|name| key(&person(name))).into();
        let author = recipients.from.clone().unwrap_or_default();
        let (to, cc) = answered(&recipients, &author, false, everyone, &own);
        let names = |list: &[Person]| {
            let names: Vec<&str> = list.iter().map(|one| one.display_name.as_str()).collect();
            names.join(" ")
        };
        format!("{} / {}", names(&to), names(&cc)).trim().to_owned()
    }

    #[test]
    fn we_are_left_out() {
        assert_eq!(answer("", "kim", "us", "", false), "kim /");
        assert_eq!(answer("", "kim", "us bob", "we lee", true), "kim bob / lee");
        assert_eq!(answer("desk us", "kim", "us", "", false), "desk /");
        // He who is answered wrote in our name.
        assert_eq!(answer("us", "kim", "us", "", false), "kim /");
        assert_eq!(answer("", "us", "kim", "", true), "kim /");
        // Nobody else is left.
        assert_eq!(answer("", "us", "we", "", false), "us /");
        assert_eq!(answer("we", "us", "us", "we", true), "we /");
        assert_eq!(answer("", "us", "us", "lee", true), "/ lee");
    }

    #[test]
    fn nobody_is_nobody() {
        assert_eq!(answer("", "", "us", "", false), "/");
        assert_eq!(answer("", "", "us bob", "", true), "bob /");
    }

    #[test]
    fn correspondents_are_counted_once() {
        let several = |to: &str| {
            let recipients = Recipients {
                from: Some(person("kim")),
                to: people(to),
                cc: people("kim us"),
                bcc: Vec::new(),
                reply_to: Vec::new(),
            };
            has_several_correspondents(&recipients, &HashSet::from([key(&person("us"))]))
        };
        assert!(!several("us kim"));
        assert!(several("us bob"));
    }
}
