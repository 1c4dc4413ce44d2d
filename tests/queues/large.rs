//! Much in a queue, and much that changes.

use icws::client::Method;
use icws::interactions::{Attributes, InteractionAttributesUpdate};

use super::{List, asked, of_user, of_workgroup, path, polled, waiting};
use crate::email::draft;
use crate::server::Server;
use crate::sql;

#[tokio::test]
async fn what_is_too_much_for_one_line_is_told_in_several() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let (large, small) = (draft(&anna).await, draft(&anna).await);
    let long = "\u{1}\"\\é".repeat(2_500);
    let names: Vec<String> = (0..20).map(|number| format!("long {number}")).collect();
    for name in &names {
        let update = InteractionAttributesUpdate {
            attributes: Attributes::from([(name.clone(), long.clone())]),
            append_mode: None,
        };
        anna.update_attributes(&large, &update).await.expect("set");
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let body = serde_json::to_value(asked(&[of_user("anna")], &names)).expect("JSON");
    anna.raw(Method::PUT, &path("list%20anna"), Some(&body))
        .await
        .expect("an answer")
        .success()
        .expect("watched");
    let answer = anna
        .raw(Method::GET, "/messaging/messages", None)
        .await
        .expect("a poll");
    let messages = answer.value();
    let messages = messages.as_array().expect("messages");
    assert!(messages.len() > 10, "{}", messages.len());
    for message in messages {
        assert!(message.to_string().len() < 64 * 1024);
    }

    let mut list = List::watch(&anna, &[of_user("anna")], &names).await;
    assert_eq!(list.ids(), [&large, &small]);
    assert_eq!(list.known[&large].len(), 20);
    for value in list.known[&large].values() {
        assert!(*value == long, "below what is cut");
    }
    // One that is longer is cut here, and whole where it is read by itself.
    let longer = "\u{1}".repeat(60_000);
    let update = InteractionAttributesUpdate {
        attributes: Attributes::from([("long 0".to_owned(), longer.clone())]),
        append_mode: None,
    };
    anna.update_attributes(&large, &update).await.expect("set");
    list.read().await;
    let told = &list.known[&large]["long 0"];
    assert!(
        longer.starts_with(told) && told.len() > 5_000 && told.len() < 10_000,
        "{}",
        told.len()
    );
    let whole = anna.attributes(&large, &["long 0"]).await.expect("read");
    assert!(whole.attributes["long 0"] == longer);
}

#[tokio::test]
async fn whoever_missed_much_begins_anew_and_is_right_again() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(waiting(&anna).await);
    }
    let mut list = List::watch(&carl, &[of_workgroup("Support")], &["n", "Eic_State"]).await;
    assert_eq!(list.known.len(), 20);
    // More than the journal is read for, and each interaction many times: it is still one change of each.
    for round in 0..60 {
        let mut updates = Vec::new();
        for id in &ids {
            let (anna, id) = (anna.clone(), id.clone());
            updates.push(tokio::spawn(async move {
                let update = InteractionAttributesUpdate {
                    attributes: Attributes::from([("n".to_owned(), round.to_string())]),
                    append_mode: None,
                };
                anna.update_attributes(&id, &update).await
            }));
        }
        for update in updates {
            update.await.expect("ran").expect("set");
        }
    }
    let told = list.read().await;
    assert_eq!(told.len(), 1);
    assert!(told[0].is_delta);
    assert_eq!(
        told[0].interactions_changed.as_ref().map(Vec::len),
        Some(20)
    );
    assert!(list.known.values().all(|it| it["n"] == "59"));
    assert!(polled(&carl).await.is_empty());
}

#[tokio::test]
async fn a_list_that_is_large_is_told_in_parts_while_it_changes() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let first = draft(&anna).await;
    multiply(&server, &first, 20_000);
    let names = [
        "Eic_State",
        "Eic_UserName",
        "Eic_WorkgroupName",
        "Eic_Subject",
        "n",
    ];
    let mut list = List::watch(&anna, &[of_workgroup("Support"), of_user("anna")], &names).await;
    let part = list.known.len();
    assert!(part > 1_000 && part < 20_000, "{part}");
    // One of those that were told, one that was not, one that goes, and one that comes.
    let told: Vec<String> = list.known.keys().take(2).cloned().collect();
    let set = |value: &str| InteractionAttributesUpdate {
        attributes: Attributes::from([("n".to_owned(), value.to_owned())]),
        append_mode: None,
    };
    let later = (FIRST + 19_999).to_string();
    for id in [&told[0], &later] {
        anna.update_attributes(id, &set("1")).await.expect("set");
    }
    anna.disconnect(&told[1]).await.expect("closed");
    let new = draft(&anna).await;
    let mut polls = 0;
    while !list.read().await.is_empty() {
        polls += 1;
        assert!(polls < 100, "the list has an end");
    }
    assert!(polls > 0, "the rest came later");
    // What was closed stays in its user's queue for a while.
    assert_eq!(list.known.len(), 20_000 + 2);
    assert_eq!(list.known[&told[0]]["n"], "1");
    assert_eq!(list.known[&later]["n"], "1");
    assert_eq!(list.known[&told[1]]["Eic_State"], "I");
    assert!(list.known.contains_key(&new));
    anna.update_attributes(&later, &set("2"))
        .await
        .expect("set");
    let told = list.read().await;
    assert_eq!((told.len(), told[0].is_delta), (1, true));
}

/// The first of the ids that copies have.
const FIRST: usize = 3_000_000_000;

/// Puts many interactions beside one, like it.
fn multiply(server: &Server, id: &str, count: usize) {
    let of = [("interactions", "id"), ("email_contents", "interaction_id")];
    for (table, key) in of {
        let columns = match table {
            "interactions" => {
                "kind, direction, state, user_id, workgroup_id, mailbox_id, email_type, edited, created_at, revision, next_attachment, attachment_count, attachment_bytes, has_free_names"
            }
            _ => "conversation_id, subject, recipients, bodies",
        };
        sql::run(
            &server.folder(),
            &format!(
                "INSERT INTO {table} ({key}, {columns})
                 WITH RECURSIVE n(i) AS (SELECT {FIRST} UNION ALL SELECT i + 1 FROM n WHERE i < {FIRST} + {count} - 1)
                 SELECT n.i, {columns} FROM n, {table} WHERE {key} = {id}"
            ),
        );
    }
}
