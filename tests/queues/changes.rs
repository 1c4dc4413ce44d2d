//! What those who watch are told, and when.

use icws::client::{Method, Session};
use icws::interactions::{Attributes, InteractionAttributesUpdate};
use icws::messaging::Message;
use icws::queues::{ChangedInteraction, QueueType};
use serde_json::json;

use super::attributes::ASKED;
use super::{List, asked, of_user, of_workgroup, path, polled, queue, to, waiting};
use crate::email::{WAIT, content, draft, text};
use crate::server::{Server, eventually};

fn set(name: &str, value: &str) -> InteractionAttributesUpdate {
    InteractionAttributesUpdate {
        attributes: Attributes::from([(name.to_owned(), value.to_owned())]),
        append_mode: None,
    }
}

#[tokio::test]
async fn a_watched_queue_tells_what_comes_changes_and_goes() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let first = draft(&anna).await;
    let body = json!({"queueIds": [{"queueType": "2", "queueName": "SUPPORT"}], "attributeNames": ["eic_state", "Eic_UserName", "Order", "ORDER"]});
    let answer = carl
        .raw(Method::PUT, &path("SUB_carl"), Some(&body))
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let raw = carl
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("a poll")
        .value();
    // Names come back as they were asked for.
    let expected = json!([{
        "__type": "urn:inin.com:queues:queueContentsMessage", "subscriptionId": "SUB_carl", "isDelta": false,
        "interactionsAdded": [{"interactionId": first, "attributes": {"eic_state": "C", "Eic_UserName": "anna", "Order": "", "ORDER": ""}}],
    }]);
    assert_eq!(raw, expected);
    assert!(carl.messages().await.expect("a poll").is_empty());

    // One that comes, one that changes.
    let second = draft(&anna).await;
    anna.update_attributes(&first, &set("order", "7"))
        .await
        .expect("set");
    let told = polled(&carl).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].is_delta);
    let added = told[0].interactions_added.as_ref().expect("added");
    assert_eq!(added.len(), 1);
    assert_eq!(added[0].interaction_id, second);
    assert_eq!(added[0].attributes.len(), 4);
    let changed = told[0].interactions_changed.as_ref().expect("changed");
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].interaction_id, first);
    let seven = |name: &str| (name.to_owned(), "7".to_owned());
    assert_eq!(
        changed[0].attributes,
        Attributes::from([seven("ORDER"), seven("Order")])
    );
    assert_eq!(told[0].interactions_removed, None);

    // What nobody asked for is not told, and ten changes are one with the last value.
    anna.update_attributes(&first, &set("other", "1"))
        .await
        .expect("set");
    anna.upload_bytes(&first, "a.bin", false, vec![1])
        .await
        .expect("uploaded");
    assert!(carl.messages().await.expect("a poll").is_empty());
    for value in 0..10 {
        anna.update_attributes(&first, &set("order", &value.to_string()))
            .await
            .expect("set");
    }
    let told = polled(&carl).await;
    assert_eq!(told.len(), 1);
    let changed = told[0].interactions_changed.as_ref().expect("changed");
    assert_eq!(
        (changed.len(), changed[0].attributes["Order"].as_str()),
        (1, "9")
    );

    // What ends leaves the workgroup's queue at once; what came and went unread is nothing.
    anna.disconnect(&first).await.expect("closed");
    let third = draft(&anna).await;
    anna.disconnect(&third).await.expect("closed");
    let told = polled(&carl).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].interactions_removed, Some(vec![first]));
    assert_eq!(
        (&told[0].interactions_added, &told[0].interactions_changed),
        (&None, &None)
    );

    for _ in 0..2 {
        let ended = carl
            .raw(Method::DELETE, &path("SUB_carl"), None)
            .await
            .expect("an answer");
        assert_eq!((ended.status, ended.body.len()), (200, 0));
    }
    anna.update_attributes(&second, &set("order", "8"))
        .await
        .expect("set");
    assert!(carl.messages().await.expect("a poll").is_empty());
}

/// What a poll tells of changed interactions: their ids, and the names of what changed.
async fn changed(session: &Session) -> Vec<(String, Vec<String>)> {
    let told = polled(session).await;
    let lists = told
        .into_iter()
        .filter_map(|message| message.interactions_changed);
    let one = |it: ChangedInteraction| (it.interaction_id, it.attributes.into_keys().collect());
    lists.flatten().map(one).collect()
}

#[tokio::test]
async fn only_what_changed_is_told() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let (first, second) = (draft(&anna).await, draft(&anna).await);
    let names: Vec<&str> = ASKED.into_iter().chain(["order", "other"]).collect();
    List::watch(&carl, &[of_workgroup("Support")], &names).await;
    let told = |id: &String, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned());
        (id.clone(), names.collect::<Vec<String>>())
    };

    let state = ["Eic_CallStateString", "Eic_Capabilities", "Eic_State"];
    for on in [true, false] {
        anna.hold(&first, on).await.expect("held");
        assert_eq!(changed(&carl).await, [told(&first, &state[..])]);
    }
    anna.update_attributes(&first, &set("order", "1"))
        .await
        .expect("set");
    assert_eq!(changed(&carl).await, [told(&first, &["order"])]);
    // Of the first nothing that is asked for changes, then nothing at all.
    anna.update_attributes(&first, &set("unasked", "1"))
        .await
        .expect("set");
    anna.update_attributes(&first, &set("order", "1"))
        .await
        .expect("set");
    anna.update_attributes(&second, &set("other", "1"))
        .await
        .expect("set");
    assert_eq!(changed(&carl).await, [told(&second, &["other"])]);

    let write = async |subject: &str, body: &str| {
        let mut content = content(subject);
        content.bodies = Some(vec![text(body)]);
        anna.save_email(&first, &content).await.expect("saved");
    };
    write("A", "one").await;
    changed(&carl).await;
    write("A", "two").await;
    assert_eq!(changed(&carl).await, [], "a body is no attribute");
    write("B", "two").await;
    let subject = ["Eic_Details", "Eic_EmailSubject", "Eic_Subject"];
    assert_eq!(changed(&carl).await, [told(&first, &subject)]);

    anna.make_private(&first, true).await.expect("private");
    assert_eq!(changed(&carl).await, [told(&first, &["Eic_Private"])]);
    anna.transfer(&first, &to("carl"))
        .await
        .expect("transferred");
    let place = [
        "Eic_CallStateString",
        "Eic_Capabilities",
        "Eic_LineQueueTimestamp",
        "Eic_State",
        "Eic_UserName",
    ];
    assert_eq!(changed(&carl).await, [told(&first, &place)]);
}

#[tokio::test]
async fn a_draft_stands_in_its_writers_queue_and_waits_where_it_is_handed_to() {
    let server = Server::with(&["--queue-kept", "1h"]).await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let names = ["Eic_State", "Eic_UserName", "Eic_WorkgroupName"];
    let mut own = List::watch(&anna, &[of_user("ANNA")], &names).await;
    assert!(own.known.is_empty());
    let id = draft(&anna).await;
    own.read().await;
    assert_eq!(own.ids(), [&id]);
    assert_eq!(own.known[&id]["Eic_State"], "C");

    let mut group = List::watch(&carl, &[of_workgroup("Support")], &names).await;
    anna.transfer(&id, &to("support")).await.expect("handed on");
    own.read().await;
    assert!(own.known.is_empty(), "it is hers no more");
    group.read().await;
    let it = &group.known[&id];
    assert_eq!(
        (
            it["Eic_State"].as_str(),
            it["Eic_UserName"].as_str(),
            it["Eic_WorkgroupName"].as_str()
        ),
        ("O", "", "Support")
    );

    carl.pick_up(&id).await.expect("his");
    group.read().await;
    let it = &group.known[&id];
    assert_eq!(
        (it["Eic_State"].as_str(), it["Eic_UserName"].as_str()),
        ("C", "carl")
    );
    // The queue System of a user is his own; what was sent stays in it for a while, and in the workgroup's not.
    let mut system = List::watch(&carl, &[queue(QueueType::System, "carl")], &names).await;
    assert_eq!(system.ids(), [&id]);
    carl.send_email(&id).await.expect("sent");
    let told = polled(&carl).await;
    assert_eq!(told.len(), 2, "one for each subscription");
    for message in &told {
        if message.subscription_id == "list carl" {
            system.take(message);
        } else {
            group.take(message);
        }
    }
    assert!(group.known.is_empty());
    assert_eq!(system.known[&id]["Eic_State"], "I");
}

#[tokio::test]
async fn what_has_ended_leaves_its_users_queue_a_while_later() {
    let server = Server::with(&["--queue-kept", "1s"]).await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let other = draft(&anna).await;
    let mut own = List::watch(&anna, &[of_user("anna")], &["Eic_State"]).await;
    anna.disconnect(&id).await.expect("closed");
    own.read().await;
    assert_eq!(own.known[&id]["Eic_State"], "I");
    let mut stream = anna.stream(None).await.expect("a stream");
    let event = stream.next_within(WAIT * 2).await.expect("an event");
    let Message::QueueContents(message) = event.message else {
        panic!("{:?}", event.message);
    };
    own.take(&message);
    assert_eq!(own.ids(), [&other]);
    drop(stream);
    // It is not gone: whoever may read it still may.
    anna.attributes(&id, &[]).await.expect("hers");
    let again = List::watch(&anna, &[of_user("anna")], &["Eic_State"]).await;
    assert_eq!(again.ids(), [&other]);
}

#[tokio::test]
async fn several_queues_are_one_list() {
    let server = Server::demo().await;
    server.done(&["workgroup", "add", "Sales"]).await;
    server.done(&["workgroup", "member", "Sales", "anna"]).await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let names = ["Eic_State", "Eic_UserName", "Eic_WorkgroupName"];
    let queues = [
        of_user("anna"),
        of_workgroup("Support"),
        of_workgroup("Sales"),
        of_workgroup("support"),
    ];
    let in_two = draft(&anna).await;
    let mut list = List::watch(&anna, &queues, &names).await;
    assert_eq!(list.ids(), [&in_two], "once, though it is in two of them");
    // From one to another: it changes, and neither goes nor comes.
    anna.transfer(&in_two, &to("Sales"))
        .await
        .expect("handed on");
    let told = list.read().await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0].interactions_added, &told[0].interactions_removed),
        (&None, &None)
    );
    let it = &list.known[&in_two];
    assert_eq!(
        (it["Eic_State"].as_str(), it["Eic_WorkgroupName"].as_str()),
        ("O", "Sales")
    );
    // Carl is in one of them only.
    let mut of_carl = List::watch(
        &carl,
        &[of_workgroup("Support"), queue(QueueType::Station, "Desk 7")],
        &names,
    )
    .await;
    assert!(of_carl.known.is_empty());
    let waits = waiting(&carl).await;
    list.read().await;
    of_carl.read().await;
    assert_eq!(list.ids().len(), 2);
    assert_eq!(of_carl.ids(), [&waits]);
    // Out of all of the list, and back: it goes and comes.
    anna.transfer(&waits, &to("Sales"))
        .await
        .expect("handed on");
    of_carl.read().await;
    assert!(of_carl.known.is_empty());
    anna.transfer(&waits, &to("Support"))
        .await
        .expect("handed on");
    anna.update_attributes(&waits, &set("a", "b"))
        .await
        .expect("set");
    let told = of_carl.read().await;
    assert_eq!(told.len(), 1);
    assert_eq!(of_carl.ids(), [&waits]);
    assert_eq!(of_carl.known[&waits].len(), 3, "with all its attributes");
}

#[tokio::test]
async fn another_put_replaces_and_begins_anew() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = waiting(&anna).await;
    let own = draft(&anna).await;
    let mut list = List::watch(&anna, &[of_workgroup("Support")], &["Eic_State"]).await;
    assert_eq!(list.known.len(), 2);
    let mine = asked(&[of_user("anna")], &["Eic_UserName"]);
    anna.subscribe_queues("list Support", &mine)
        .await
        .expect("replaced");
    anna.update_attributes(&id, &set("a", "b"))
        .await
        .expect("set");
    let told = list.read().await;
    assert_eq!((told.len(), told[0].is_delta), (1, false));
    assert_eq!(list.ids(), [&own]);
    assert_eq!(
        list.known[&own],
        Attributes::from([("Eic_UserName".to_owned(), "anna".to_owned())])
    );
    // What the earlier one watched is not told any more.
    anna.transfer(&id, &to("carl")).await.expect("handed on");
    assert!(polled(&anna).await.is_empty());
    // The same again is told whole again.
    anna.subscribe_queues("list Support", &mine)
        .await
        .expect("replaced");
    assert!(!list.read().await[0].is_delta);
}

#[tokio::test]
async fn a_server_that_comes_back_begins_with_a_snapshot() {
    let mut server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = waiting(&anna).await;
    let mut list = List::watch(&carl, &[of_workgroup("Support")], &["Eic_State", "n"]).await;
    assert_eq!(list.ids(), [&id]);
    let status = server.stop().await;
    assert!(status.success(), "{status}");
    server.start().await;
    anna.update_attributes(&id, &set("N", "1"))
        .await
        .expect("set");
    let told = list.read().await;
    assert_eq!((told.len(), told[0].is_delta), (1, false));
    assert_eq!(list.known[&id]["n"], "1");
    anna.update_attributes(&id, &set("N", "2"))
        .await
        .expect("set");
    let told = list.read().await;
    assert_eq!((told.len(), told[0].is_delta), (1, true));
    assert_eq!(list.known[&id]["n"], "2");
}

#[tokio::test]
async fn a_reader_that_comes_back_misses_nothing() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = waiting(&anna).await;
    let body = asked(&[of_workgroup("Support")], &["n"]);
    anna.subscribe_queues("a", &body).await.expect("watched");
    let mut stream = anna.stream(None).await.expect("a stream");
    let first = stream.next_within(WAIT).await.expect("an event");
    assert!(!first.message.is_delta());
    anna.update_attributes(&id, &set("n", "1"))
        .await
        .expect("set");
    let second = stream.next_within(WAIT).await.expect("an event");
    assert!(second.message.is_delta());
    drop(stream);
    anna.update_attributes(&id, &set("n", "2"))
        .await
        .expect("set");
    let mut stream = anna.stream(second.id.as_deref()).await.expect("a stream");
    let again = stream.next_within(WAIT).await.expect("an event");
    let Message::QueueContents(message) = again.message else {
        panic!("{:?}", again.message);
    };
    assert!(!message.is_delta);
    assert_eq!(
        message.interactions_added.expect("added")[0].attributes["n"],
        "2"
    );
}

#[tokio::test]
async fn a_change_by_a_command_beside_the_server_is_told() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let id = draft(&anna).await;
    let mut list = List::watch(
        &anna,
        &[of_user("anna")],
        &["Eic_State", "Attache_DeliveryState"],
    )
    .await;
    anna.send_email(&id).await.expect("sent");
    // The worker delivers it by itself.
    eventually("it is delivered", async || {
        list.read().await;
        list.known[&id]["Attache_DeliveryState"] == "delivered"
    })
    .await;
    assert_eq!(list.known[&id]["Eic_State"], "I");
}
