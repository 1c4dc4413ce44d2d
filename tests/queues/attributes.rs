//! What a list of interactions can show of an email.

use icws::client::LogIn;
use icws::email::CreateEmailParameters;
use icws::interactions::{Attributes, InteractionAttributesUpdate};

use super::{List, of_user, to};
use crate::email::{content, draft, of_support};
use crate::server::{PASSWORD, Server};

/// What the product's web client asks for in a list of one's own interactions, and what others ask for beside that.
pub const ASKED: [&str; 40] = [
    "Eic_CallDirection",
    "Eic_CallStateString",
    "Eic_CallbackAssociatedCallId",
    "Eic_Capabilities",
    "Eic_ConferenceId",
    "Eic_Details",
    "Eic_EmailAttachments",
    "Eic_EmailChildren",
    "Eic_EmailImportance",
    "Eic_EmailParent",
    "Eic_EmailSubject",
    "Eic_ImmediateAccess",
    "Eic_InitiationTime",
    "Eic_MonitoredObjectId",
    "Eic_Monitors",
    "Eic_Muted",
    "Eic_ObjectType",
    "Eic_Private",
    "Eic_Recorders",
    "Eic_RemoteId",
    "Eic_RemoteName",
    "Eic_ScreenPopData",
    "Eic_State",
    "Eic_Subject",
    "Eic_TargetMediaType",
    "Eic_TerminationTime",
    "Eic_WorkgroupName",
    "Eic_WrapUpCodeSet",
    "Eic_WrapupConnectionSegments",
    "is_attr_campaignid",
    "Eic_CallId",
    "Eic_UserName",
    "Eic_RemoteAddress",
    "Eic_CallType",
    "Eic_AnswerTime",
    "Eic_ConnectTime",
    "Eic_ConnectDurationTime",
    "Eic_LineQueueTimestamp",
    "Attache_DeliveryState",
    "Eic_Notes",
];

/// A time as clients read it.
fn is_time(text: &str) -> bool {
    text.len() == 16 && text.ends_with('Z') && text.as_bytes()[8] == b'T'
}

#[tokio::test]
async fn each_attribute_has_its_value() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let email = CreateEmailParameters {
        additional_attributes: Some(Attributes::from([
            ("is_attr_CampaignId".to_owned(), "7".to_owned()),
            ("Eic_Notes".to_owned(), "Calls back".to_owned()),
        ])),
        ..of_support(content("Your lamp"))
    };
    let id = anna
        .create_email(&email)
        .await
        .expect("made")
        .interaction_id;
    let list = List::watch(&anna, &[of_user("anna")], &ASKED).await;
    let it = &list.known[&id];
    assert_eq!(it.len(), ASKED.len(), "each that was asked for");
    for (name, value) in [
        ("Eic_CallDirection", "O"),
        ("Eic_CallStateString", "Connected"),
        ("Eic_Capabilities", "258"),
        ("Eic_Details", "Your lamp"),
        ("Eic_EmailAttachments", "0"),
        ("Eic_EmailImportance", "1"),
        ("Eic_EmailSubject", "Your lamp"),
        ("Eic_Subject", "Your lamp"),
        ("Eic_ImmediateAccess", "0"),
        ("Eic_Muted", "0"),
        ("Eic_Private", "0"),
        ("Eic_ObjectType", "Email"),
        ("Eic_TargetMediaType", "3"),
        ("Eic_RemoteId", "kim@example.org"),
        ("Eic_RemoteAddress", "kim@example.org"),
        ("Eic_RemoteName", "Kim"),
        ("Eic_State", "C"),
        ("Eic_UserName", "anna"),
        ("Eic_WorkgroupName", "Support"),
        ("Eic_CallId", id.as_str()),
        ("Eic_CallType", "E"),
        ("is_attr_campaignid", "7"),
        ("Eic_Notes", "Calls back"),
        // What no email has, or this one has not yet.
        ("Eic_CallbackAssociatedCallId", ""),
        ("Eic_ConferenceId", ""),
        ("Eic_EmailChildren", ""),
        ("Eic_EmailParent", ""),
        ("Eic_MonitoredObjectId", ""),
        ("Eic_Monitors", ""),
        ("Eic_Recorders", ""),
        ("Eic_ScreenPopData", ""),
        ("Eic_TerminationTime", ""),
        ("Eic_WrapUpCodeSet", ""),
        ("Eic_WrapupConnectionSegments", ""),
        ("Attache_DeliveryState", ""),
    ] {
        assert_eq!(it[name], value, "{name}");
    }
    for name in [
        "Eic_InitiationTime",
        "Eic_AnswerTime",
        "Eic_ConnectTime",
        "Eic_LineQueueTimestamp",
    ] {
        assert!(is_time(&it[name]), "{name}: {}", it[name]);
    }
    assert!(
        it["Eic_ConnectDurationTime"]
            .parse::<u64>()
            .is_ok_and(|seconds| seconds < 60)
    );
    // One by one they are the same.
    let alone = anna.attributes(&id, &ASKED).await.expect("read").attributes;
    for name in ASKED {
        assert!(
            name == "Eic_ConnectDurationTime" || alone[name] == it[name],
            "{name}"
        );
    }
    // A name that nothing can have reads as empty like any other that nobody has set.
    let odd = List::watch(&anna, &[of_user("anna")], &["a\0b", "", "Eic_State"]).await;
    let it = &odd.known[&id];
    assert_eq!(
        (
            it["a\0b"].as_str(),
            it[""].as_str(),
            it["Eic_State"].as_str()
        ),
        ("", "", "C")
    );
}

#[tokio::test]
async fn what_changes_an_attribute_is_told() {
    let server = Server::demo().await;
    let (anna, carl) = (server.log_in("anna").await, server.log_in("carl").await);
    let id = draft(&anna).await;
    let mut list = List::watch(&anna, &[of_user("anna")], &ASKED).await;
    let update = InteractionAttributesUpdate {
        attributes: Attributes::from([("Eic_Subject".to_owned(), "The lamp of Kim".to_owned())]),
        append_mode: None,
    };
    carl.update_attributes(&id, &update).await.expect("set");
    carl.upload_bytes(&id, "a.bin", false, vec![1])
        .await
        .expect("uploaded");
    carl.save_email(&id, &content("Your new lamp"))
        .await
        .expect("saved");
    carl.make_private(&id, true).await.expect("private");
    let told = list.read().await;
    assert_eq!(told.len(), 1);
    let it = &list.known[&id];
    assert_eq!(
        (
            it["Eic_Subject"].as_str(),
            it["Eic_EmailSubject"].as_str(),
            it["Eic_Details"].as_str()
        ),
        ("The lamp of Kim", "Your new lamp", "Your new lamp")
    );
    assert_eq!(
        (
            it["Eic_EmailAttachments"].as_str(),
            it["Eic_Private"].as_str()
        ),
        ("1", "1")
    );
    carl.send_email(&id).await.expect("sent");
    list.read().await;
    let it = &list.known[&id];
    assert_eq!(
        (
            it["Eic_State"].as_str(),
            it["Eic_CallStateString"].as_str(),
            it["Eic_Capabilities"].as_str()
        ),
        ("I", "Disconnected", "0")
    );
    assert!(is_time(&it["Eic_TerminationTime"]));
    assert_ne!(it["Attache_DeliveryState"], "");
}

#[tokio::test]
async fn states_have_their_texts_and_what_can_be_done_in_them() {
    let server = Server::demo().await;
    let anna = server.log_in("anna").await;
    let german = LogIn {
        language: Some("de"),
        ..LogIn::new("anna", PASSWORD)
    };
    let german = server
        .client()
        .log_in_with(&german)
        .await
        .expect("logged in");
    let id = draft(&anna).await;
    let shown = async |state: &str, english: &str, in_german: &str, capabilities: &str| {
        let names = ["Eic_State", "Eic_CallStateString", "Eic_Capabilities"];
        let it = anna.attributes(&id, &names).await.expect("read").attributes;
        assert_eq!(
            (it[names[0]].as_str(), it[names[1]].as_str()),
            (state, english)
        );
        assert_eq!(it[names[2]], capabilities, "{state}");
        let it = german
            .attributes(&id, &names)
            .await
            .expect("read")
            .attributes;
        assert_eq!(it[names[1]], in_german);
    };
    shown("C", "Connected", "Verbunden", "258").await;
    anna.hold(&id, true).await.expect("held");
    shown("H", "Held", "Gehalten", "262").await;
    anna.transfer(&id, &to("Support")).await.expect("handed on");
    shown("O", "Offering", "Wird angeboten", "6").await;
    anna.transfer(&id, &to("anna")).await.expect("handed on");
    shown("A", "Alerting", "Meldet sich", "6").await;
    anna.park(&id, &to("anna")).await.expect("parked");
    shown("P", "Parked", "Geparkt", "6").await;
    anna.pick_up(&id).await.expect("taken");
    shown("C", "Connected", "Verbunden", "258").await;
    anna.disconnect(&id).await.expect("closed");
    shown("I", "Disconnected", "Beendet", "0").await;
}
