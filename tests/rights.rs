//! Who may what, over the wire: for each right that an operation needs a request with it and one without. The table stands in
//! `attache::rights`; every route has to have an entry there.

mod world;

use attache::rights::{self, Condition, Entry, On, Way};
use attache::route::Route;
use attache::router::routes;
use desk::Right;
use icws::client::RawResponse;
use serde_json::Value;

use self::world::World;

/// The operation that takes a library away.
const REMOVES_LIBRARY: &str =
    "DELETE /icws/{sessionId}/configuration/response-management-documents/{id}";

fn said(answer: &RawResponse) -> (u16, String) {
    let id = serde_json::from_slice::<Value>(&answer.body)
        .ok()
        .and_then(|value| value["errorId"].as_str().map(str::to_owned));
    (answer.status, id.unwrap_or_default())
}

/// The ways to meet a condition that somebody can be given.
fn given(condition: &Condition) -> impl Iterator<Item = Way> {
    let ways = condition.ways.iter().copied();
    ways.filter(|way| !matches!(way, Way::Being(_)))
}

#[tokio::test]
async fn every_route_says_which_rights_it_needs() {
    let missing: Vec<String> = routes()
        .iter()
        .map(Route::key)
        .filter(|key| rights::entry(key).is_none())
        .collect();
    assert!(
        missing.is_empty(),
        "say in attache::rights which rights these need: {missing:#?}"
    );
    let declared: Vec<String> = routes().iter().map(Route::key).collect();
    for entry in rights::TABLE {
        assert!(
            declared.iter().any(|key| key == entry.operation),
            "{} is no route",
            entry.operation
        );
    }
    for route in routes() {
        let Some(right) = route.asks.right else {
            continue;
        };
        let entry = rights::entry(&route.key()).expect("an entry");
        let told = entry.conditions.iter().flat_map(|condition| condition.ways);
        let told =
            told.filter(|way| matches!(way, Way::Right(known, On::Everything) if *known == right));
        assert_eq!(
            told.count(),
            1,
            "{} asks for {}",
            entry.operation,
            right.property()
        );
    }
}

/// What is good for the session alone that announced it.
const UPLOADS: &str =
    "PUT /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload/{token}";

/// What is refused for another reason once the right was found, since it is asked for of what is not there.
const LATER: [(&str, &str); 3] = [
    (
        "PUT /icws/{sessionId}/response-management",
        "error.request.invalidRepresentation.missingProperty",
    ),
    (
        "POST /icws/{sessionId}/interactions/{interactionId}/pickup",
        "error.request.interactions.alreadyPickedUp",
    ),
    (
        "POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/message/download",
        "error.request.email.messageNotFound",
    ),
];

/// Whether a value is, or has somewhere in it, this name.
fn has(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => text == name,
        Value::Array(values) => values.iter().any(|value| has(value, name)),
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| key == name || has(value, name)),
        _ => false,
    }
}

impl World {
    /// Holds an operation to be refused, or to tell nothing, without a condition's rights.
    async fn try_without(
        &mut self,
        route: &Route,
        entry: &Entry,
        condition: &Condition,
        own: bool,
    ) {
        let mut things = self.things_when(entry, condition.when).await;
        if own {
            (things.subject, things.member) = ("tess", true);
        }
        self.give(&others(entry, condition), &things, entry).await;
        let what = format!("{} without {condition:?}", entry.operation);
        if let Some((status, id)) = condition.refused {
            let answer = self.ask(route, &things).await;
            assert_eq!(said(&answer), (status, id.to_owned()), "{what}");
            if entry.operation == UPLOADS {
                self.upload(&things).await;
            }
        } else {
            let told = self.told(route, &things).await;
            let name = things.told_by(entry.operation);
            assert!(!has(&told, name), "{what}: {told}");
        }
    }

    /// Holds an operation to be done, or to tell what it can, with one of a condition's rights.
    async fn try_with(&mut self, route: &Route, entry: &Entry, condition: &Condition, way: Way) {
        let mut things = self.things_when(entry, condition.when).await;
        if entry.operation == REMOVES_LIBRARY {
            things.library = self.spare.pop().expect("a library");
        }
        if matches!(way, Way::OfOneself(..)) {
            (things.subject, things.member) = ("tess", true);
        }
        let mut ways = others(entry, condition);
        ways.push(way);
        self.give(&ways, &things, entry).await;
        let what = format!("{} with {way:?}", entry.operation);
        if condition.refused.is_some() {
            let answer = self.ask(route, &things).await;
            let later = LATER.iter().find(|(key, _)| *key == entry.operation);
            match later {
                Some((_, later)) => assert_eq!(said(&answer), (400, (*later).to_owned()), "{what}"),
                None => assert!(
                    answer.is_success(),
                    "{what}: {} {}",
                    answer.status,
                    answer.text()
                ),
            }
        } else {
            let told = self.told(route, &things).await;
            let name = things.told_by(entry.operation);
            assert!(has(&told, name), "{what}: {told}");
        }
    }
}

/// What meets the other conditions of an operation, as far as a request has to meet them that does what the condition is about. The right to
/// everything would meet the condition, too.
fn others(entry: &Entry, condition: &Condition) -> Vec<Way> {
    let is_all = |way: &Way| matches!(way, Way::Right(Right::MasterAdministrator, _));
    entry
        .conditions
        .iter()
        .filter(|other| !std::ptr::eq(*other, condition))
        .filter(|other| other.when.is_none() || condition.when.is_some())
        .filter_map(|other| given(other).find(|way| !is_all(way)))
        .collect()
}

#[tokio::test]
async fn with_a_right_it_goes_and_without_it_does_not() {
    let mut world = World::new().await;
    let (mut conditions, mut ways) = (0, 0);
    for route in routes() {
        let Some(entry) = rights::entry(&route.key()) else {
            continue;
        };
        for condition in entry.conditions {
            world.try_without(&route, entry, condition, false).await;
            for way in given(condition) {
                if matches!(way, Way::OfOneself(..)) {
                    world.try_without(&route, entry, condition, true).await;
                }
                world.try_with(&route, entry, condition, way).await;
                ways += 1;
            }
            conditions += 1;
        }
    }
    let all = || rights::TABLE.iter().flat_map(|entry| entry.conditions);
    assert_eq!(conditions, all().count(), "conditions that were tried");
    assert_eq!(
        ways,
        all().flat_map(given).count(),
        "rights that were tried"
    );
}

#[tokio::test]
async fn what_needs_no_right_is_refused_to_nobody() {
    let mut world = World::new().await;
    let things = world.things().await;
    for route in routes() {
        let Some(entry) = rights::entry(&route.key()) else {
            continue;
        };
        let ends_session = entry.operation == "DELETE /icws/{sessionId}/connection";
        if !entry.conditions.is_empty() || ends_session || !route.asks.session {
            continue;
        }
        let answer = world.ask(&route, &things).await;
        assert_ne!(answer.status, 403, "{}: {}", entry.operation, answer.text());
    }
}
