//! Who may touch an interaction, and its end.

use icws::client::Method;
use icws::interactions::{Attributes, InteractionAttributesUpdate};
use serde_json::json;

use super::attributes::read;
use super::{DENIED, NOT_FOUND};
use crate::email::{draft, nothing, refused, snapshot};
use crate::server::{Server, eventually};

#[tokio::test]
async fn who_may_touch_an_interaction() {
    let server = Server::demo().await;
    let (anna, ben, carl) = (
        server.log_in("anna").await,
        server.log_in("ben").await,
        server.log_in("carl").await,
    );
    let (lea, admin) = (server.log_in("lea").await, server.log_in("admin").await);
    let id = draft(&anna).await;
    let update = InteractionAttributesUpdate {
        attributes: Attributes::from([("a".to_owned(), "b".to_owned())]),
        append_mode: None,
    };
    // Members of its workgroup who may modify interactions.
    for session in [&anna, &ben, &carl] {
        session.attributes(&id, &["a"]).await.expect("may read");
        session
            .update_attributes(&id, &update)
            .await
            .expect("may change");
        session
            .subscribe_interaction(&id, &["a"])
            .await
            .expect("may watch");
    }
    // Others not; who may preview reads.
    for session in [&lea, &admin] {
        refused(session.update_attributes(&id, &update).await, 403, DENIED);
        refused(session.make_private(&id, true).await, 403, DENIED);
    }
    refused(lea.disconnect(&id).await, 403, DENIED);
    refused(lea.attributes(&id, &[]).await, 403, DENIED);
    refused(lea.subscribe_interaction(&id, &["a"]).await, 403, DENIED);
    assert_eq!(read(&admin, &id, &["a"]).await["a"], "b");
    admin
        .subscribe_interaction(&id, &["a"])
        .await
        .expect("may watch");

    for odd in ["9000000001", "1", "0", "-1", "x", "99999999999999999999"] {
        refused(anna.attributes(odd, &[]).await, 404, NOT_FOUND);
        refused(anna.update_attributes(odd, &update).await, 404, NOT_FOUND);
        refused(anna.disconnect(odd).await, 404, NOT_FOUND);
        refused(
            anna.subscribe_interaction(odd, &["a"]).await,
            404,
            NOT_FOUND,
        );
        // A subscription that is not there is ended all the same.
        anna.unsubscribe_interaction(odd).await.expect("204");
    }

    // The right goes: colleagues may no more; he in whose queue it is may still.
    server
        .done(&[
            "user",
            "revoke",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("carl has lost it", async || {
        carl.attributes(&id, &[]).await.is_err()
    })
    .await;
    refused(carl.attributes(&id, &[]).await, 403, DENIED);
    refused(carl.disconnect(&id).await, 403, DENIED);
    anna.update_attributes(&id, &update)
        .await
        .expect("it is in her queue");
    // Who leaves the workgroup has only what is in his own queue.
    server
        .done(&[
            "user",
            "grant",
            "--workgroup",
            "Support",
            "modifyInteractions",
        ])
        .await;
    eventually("carl has it back", async || {
        carl.attributes(&id, &[]).await.is_ok()
    })
    .await;
    server
        .done(&["workgroup", "member", "Support", "carl", "--remove"])
        .await;
    eventually("carl is out", async || {
        carl.attributes(&id, &[]).await.is_err()
    })
    .await;
    anna.disconnect(&id).await.expect("hers");
}

#[tokio::test]
async fn a_disconnected_interaction_is_over() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let names = [
        "Eic_State",
        "Eic_CallStateString",
        "Eic_Capabilities",
        "Eic_TerminationTime",
    ];
    let before = read(&anna, &id, &names).await;
    assert_eq!(
        (
            before["Eic_Capabilities"].as_str(),
            before["Eic_TerminationTime"].as_str()
        ),
        ("258", "")
    );
    // The body that clients send where none is defined: nothing, `{}` or `null`.
    let answer = carl
        .raw(
            Method::POST,
            &format!("/interactions/{id}/disconnect"),
            Some(&json!({})),
        )
        .await
        .expect("an answer");
    assert_eq!((answer.status, answer.text()), (200, String::new()));
    refused(
        anna.disconnect(&id).await,
        400,
        "error.request.interactions.invalidState",
    );
    let after = read(&anna, &id, &names).await;
    assert_eq!(
        (
            after["Eic_State"].as_str(),
            after["Eic_CallStateString"].as_str()
        ),
        ("I", "Disconnected")
    );
    assert_eq!(after["Eic_Capabilities"], "0");
    assert_eq!(after["Eic_TerminationTime"].len(), 16);
    assert!(!snapshot(&anna, &id).await.is_editable);
    refused(
        anna.save_email(&id, &nothing()).await,
        400,
        "error.request.email.notEditable",
    );
    refused(
        anna.send_email(&id).await,
        400,
        "error.request.email.notEditable",
    );
    assert!(server.sent().is_empty());
}
