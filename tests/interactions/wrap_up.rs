//! What is said of an interaction when the work on it is done.

use icws::interactions::WrapupAssignment;

use super::actions::wrap_up;
use super::attributes::read;
use super::{DENIED, INVALID};
use crate::email::{draft, refused};
use crate::queues::{List, of_user};
use crate::server::{Server, eventually};

#[tokio::test]
async fn what_was_done_is_said_and_ends_the_stay_in_ones_queue() {
    let server = Server::with(&["--queue-kept", "1h"]).await;
    let (anna, lea) = (server.log_in("anna").await, server.log_in("lea").await);
    let id = draft(&anna).await;
    let names = [
        "Eic_State",
        "Eic_WrapUpCode",
        "Eic_WrapupConnectionSegments",
    ];
    let mut own = List::watch(&anna, &[of_user("anna")], &names).await;
    refused(lea.wrap_up(&id, &wrap_up("Sold", &id)).await, 403, DENIED);
    anna.wrap_up(&id, &wrap_up("Sold", &id))
        .await
        .expect("said");
    own.read().await;
    let it = &own.known[&id];
    assert_eq!(it["Eic_WrapUpCode"], "Sold");
    assert_eq!(
        it["Eic_WrapupConnectionSegments"],
        "1;anna;Sold;20231114T221320Z"
    );
    anna.disconnect(&id).await.expect("closed");
    own.read().await;
    assert_eq!(own.known[&id]["Eic_State"], "I", "it stays for an hour");
    anna.wrap_up(&id, &wrap_up(" Called back ", &id))
        .await
        .expect("said");
    own.read().await;
    assert!(own.known.is_empty(), "it is done");
    let it = read(&anna, &id, &names).await;
    assert_eq!(it["Eic_WrapUpCode"], "Called back");
    assert_eq!(
        it["Eic_WrapupConnectionSegments"],
        "1;anna;Sold;20231114T221320Z|1;anna;Called back;20231114T221320Z"
    );
}

#[tokio::test]
async fn work_is_said_to_be_ones_own_or_that_of_somebody_one_supervises() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let (id, other) = (draft(&anna).await, draft(&carl).await);
    let by = |user: &str, source: &str| WrapupAssignment {
        user: user.to_owned(),
        ..wrap_up("Sold", source)
    };
    // Both may change it, as agents of one workgroup: neither may say what the other one did.
    refused(carl.wrap_up(&id, &by("anna", &id)).await, 400, INVALID);
    carl.wrap_up(&id, &by("Carl", &other)).await.expect("said");
    server
        .done(&["user", "grant", "carl", "viewUserQueue", "anna"])
        .await;
    eventually("he supervises her", async || {
        carl.wrap_up(&id, &by("anna", &id)).await.is_ok()
    })
    .await;
    refused(anna.wrap_up(&id, &by("carl", &id)).await, 400, INVALID);
    let names = ["Eic_WrapupConnectionSegments"];
    assert_eq!(
        read(&anna, &id, &names).await[names[0]],
        "1;carl;Sold;20231114T221320Z|1;anna;Sold;20231114T221320Z"
    );
}
