//! The representations held against the contract, and the check itself held against mutations that must fail it.

mod mutations;
mod samples;
mod traps;

use std::collections::{BTreeMap, BTreeSet};

use icws::connection::AuthRequest;
use icws::contract::table::{self, Kind};
use icws::contract::{self, Declared, Fault, MESSAGE_URN, Violation};
use icws::email::{CreateEmailParameters, CreateEmailResponseParameters};
use icws::interactions::CreateInteractionParameters;
use icws::wire::Enumeration;
use icws::{MEDIA_TYPE, Representation};
use serde_json::{Value, json};

#[test]
fn everything_we_write_is_what_the_contract_says() {
    for sample in samples::all() {
        let text = sample.value.to_string();
        assert_eq!(
            contract::check(&sample.declared, text.as_bytes()),
            [],
            "{text}"
        );
    }
}

#[test]
fn a_sample_in_a_list_is_checked_too() {
    let messages: Vec<_> = samples::all()
        .into_iter()
        .filter(|sample| sample.declared == Declared::One(MESSAGE_URN))
        .collect();
    assert!(messages.len() >= 9);
    let poll: Value = messages.iter().map(|sample| sample.value.clone()).collect();
    let poll = poll.to_string();
    let report = contract::report(&Declared::ListOf(MESSAGE_URN), poll.as_bytes());
    assert!(report.is_clean(), "{report}");
    for urn in [
        "urn:inin.com:connection:connectionStateChangeMessage",
        "urn:inin.com:interactions:interactionChangedMessage",
        "urn:inin.com:interactions.email:emailContentsMessage",
        "urn:inin.com:interactions.email:emailContentsResponse",
        "urn:inin.com:interactions.email:emailFileAttachment",
        "urn:inin.com:interactions.email:emailMessageAttachment",
        "urn:inin.com:interactions.email:emailAddress",
        "urn:inin.com:interactions.email:emailBody",
        "urn:inin.com:interactions.email:emailSignature",
        "urn:inin.com:interactions.email:emailCertificate",
        "urn:inin.com:interactions.email:emailUploadFileStatusMessage",
        "urn:inin.com:interactions.email:emailSubscriptionStateMessage",
        "urn:inin.com:responseManagement:responseManagementMessage",
        "urn:inin.com:responseManagement:responseManagementLibraryFile",
        "urn:inin.com:common:error",
        "urn:inin.com:common:missingPropertyError",
    ] {
        assert!(report.urns.contains(urn), "{urn} was not met");
    }
    let mutations = mutations::of(Declared::ListOf(MESSAGE_URN), &poll.parse().unwrap());
    prove(Declared::ListOf(MESSAGE_URN), &mutations);
}

#[test]
fn every_damage_is_found_and_nothing_else_is() {
    let mut kinds = BTreeMap::<_, usize>::new();
    for sample in samples::all() {
        let mutations = mutations::of(sample.declared, &sample.value);
        prove(sample.declared, &mutations);
        for mutation in &mutations {
            *kinds.entry(mutation.fault).or_default() += 1;
        }
    }
    let faults = [
        "DuplicateMember",
        "Missing",
        "NoMember",
        "Null",
        "TagForeign",
        "TagMissing",
        "TagUnknown",
        "UnknownMember",
        "WrongValue",
    ];
    for fault in faults.map(Some).into_iter().chain([None]) {
        assert!(
            kinds.get(&fault).is_some_and(|count| *count >= 5),
            "too few of {fault:?}: {kinds:?}"
        );
    }
}

/// Each forbidden change must be reported as that fault at that place; each allowed one must pass.
fn prove(declared: Declared, mutations: &[mutations::Mutation]) {
    for mutation in mutations {
        let found = contract::check(&declared, mutation.text.as_bytes());
        match mutation.fault {
            None => assert_eq!(
                found,
                [],
                "allowed at {:?}: {}",
                mutation.path,
                mutation.text
            ),
            Some(fault) => {
                let is_it = |violation: &Violation| {
                    violation.path == mutation.path
                        && format!("{:?}", violation.fault).starts_with(fault)
                };
                assert!(
                    found.iter().any(is_it),
                    "no {fault} at {:?} but {found:?}: {}",
                    mutation.path,
                    mutation.text
                );
            }
        }
    }
}

#[test]
fn what_is_no_json_is_found() {
    let declared = Declared::One(icws::Error::URN);
    let good = r#"{"message":"m"}"#;
    let deep = format!("{{\"message\":{}{}}}", "[".repeat(200), "]".repeat(200));
    for text in [
        "",
        " ",
        "{",
        &good[..good.len() - 1],
        &format!("{good}x"),
        &format!("{good}{good}"),
        "{'message':'m'}",
        "NaN",
        &deep,
    ] {
        let found = contract::check(&declared, text.as_bytes());
        assert!(
            matches!(
                found[..],
                [Violation {
                    fault: Fault::NotJson(_),
                    ..
                }]
            ),
            "{text}: {found:?}"
        );
    }
    assert!(!contract::check(&declared, b"{\"message\":\"\xff\"}").is_empty());
    let unknown = contract::check(&Declared::One("urn:inin.com:no:such"), good.as_bytes());
    assert!(matches!(
        unknown[..],
        [Violation {
            fault: Fault::DeclaredUnknown(_),
            ..
        }]
    ));
}

#[test]
fn whole_answers_are_checked() {
    let insert = "/icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert";
    let check = |status, content_type, body: &str| {
        let report =
            contract::check_response("POST", insert, status, content_type, body.as_bytes());
        report
            .violations
            .into_iter()
            .map(|violation| violation.fault)
            .collect::<Vec<_>>()
    };
    let good = r#"{"contentId":""}"#;
    let refusal = r#"{"errorId":"e","message":"m"}"#;
    assert_eq!(check(200, Some(MEDIA_TYPE), good), []);
    assert_eq!(
        check(
            200,
            Some("Application/VND.inin.icws+JSON ; charset=utf-8"),
            good
        ),
        []
    );
    assert_eq!(check(404, Some(MEDIA_TYPE), refusal), []);
    for content_type in [
        None,
        Some("application/json"),
        Some("text/event-stream"),
        Some("application/vnd.inin.icws+jsonx"),
    ] {
        assert_eq!(
            check(200, content_type, good),
            [Fault::ContentType(content_type.map(str::to_owned))]
        );
    }
    for status in [201, 204, 302, 409, 429, 503] {
        assert_eq!(
            check(status, Some(MEDIA_TYPE), refusal),
            [Fault::UnexpectedStatus(status)]
        );
    }
    assert!(matches!(
        check(200, Some(MEDIA_TYPE), "")[..],
        [Fault::NotJson(_)]
    ));
    assert!(!check(200, Some(MEDIA_TYPE), refusal).is_empty());

    let heartbeat = "/icws/{sessionId}/messaging/heartbeat";
    let empty = contract::check_response("POST", heartbeat, 204, None, b"");
    assert!(empty.is_clean() && empty.urns.is_empty());
    let body = contract::check_response("POST", heartbeat, 204, Some(MEDIA_TYPE), b"{}");
    assert_eq!(body.violations[0].fault, Fault::UnexpectedBody(2));
    assert_eq!(
        contract::check_response("POST", heartbeat, 200, None, b"").violations[0].fault,
        Fault::UnexpectedStatus(200)
    );
    let unknown = contract::check_response("PATCH", heartbeat, 204, None, b"");
    assert!(matches!(
        unknown.violations[0].fault,
        Fault::UnknownOperation(_)
    ));

    let messages = "/icws/{sessionId}/messaging/messages";
    assert!(
        contract::check_response("GET", messages, 200, Some("text/event-stream"), b"").is_clean()
    );
    assert!(contract::check_response("GET", messages, 200, Some(MEDIA_TYPE), b"[]").is_clean());
    assert!(!contract::check_response("GET", messages, 200, Some(MEDIA_TYPE), b"").is_clean());
    let report =
        contract::check_response("GET", messages, 401, Some(MEDIA_TYPE), refusal.as_bytes());
    assert!(report.is_clean() && report.urns.contains("urn:inin.com:common:error"));
}

#[test]
fn an_event_is_one_tagged_message() {
    let good = br#"{"__type":"urn:inin.com:responseManagement:responseManagementMessage","isDelta":false}"#;
    assert!(contract::check_event(good).is_clean());
    for bad in [
        r#"{"isDelta":false}"#,
        r#"[{"__type":"urn:inin.com:responseManagement:responseManagementMessage","isDelta":false}]"#,
        r#"{"__type":"urn:inin.com:messaging:message","isDelta":false}"#,
        r#"{"__type":"urn:inin.com:common:featureInfo","featureId":"x","version":1}"#,
        r#"{"__type":"urn:inin.com:responseManagement:responseManagementMessage"}"#,
        "null",
        "",
    ] {
        assert!(!contract::check_event(bad.as_bytes()).is_clean(), "{bad}");
    }
}

/// The sources name each type's URN in one line; a type without a sample would escape the tests above.
#[test]
fn every_type_of_ours_has_a_sample() {
    let sources = [
        include_str!("../../src/activations.rs"),
        include_str!("../../src/configuration.rs"),
        include_str!("../../src/configuration/people.rs"),
        include_str!("../../src/configuration/rights.rs"),
        include_str!("../../src/connection.rs"),
        include_str!("../../src/connection/authentication.rs"),
        include_str!("../../src/connection/station.rs"),
        include_str!("../../src/email.rs"),
        include_str!("../../src/email/contents.rs"),
        include_str!("../../src/error.rs"),
        include_str!("../../src/interactions.rs"),
        include_str!("../../src/licenses.rs"),
        include_str!("../../src/messaging.rs"),
        include_str!("../../src/response_management.rs"),
        include_str!("../../src/session.rs"),
        include_str!("../../src/status.rs"),
        include_str!("../../src/system.rs"),
    ];
    let declared = sources
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.split_once("= \"urn:"));
    let declared: Vec<_> = declared
        .map(|(_, rest)| format!("urn:{}", rest.split('"').next().unwrap()))
        .collect();
    assert!(declared.len() > 50, "{declared:?}");

    let mut met: BTreeSet<&str> = BTreeSet::new();
    for sample in samples::all() {
        met.extend(contract::report(&sample.declared, sample.value.to_string().as_bytes()).urns);
    }
    let bases = [
        MESSAGE_URN,
        "urn:inin.com:connection:baseAuthConnectionRequestSettings",
        "urn:inin.com:interactions:createInteractionParameters",
    ];
    for urn in declared {
        let known = table::find(&urn).unwrap_or_else(|| panic!("{urn} is not in the table"));
        let is_object = matches!(known.kind, Kind::Object { .. });
        assert!(
            !is_object || bases.contains(&known.urn) || met.contains(known.urn),
            "no sample of {urn}"
        );
    }
}

/// The numbers of our enumerations are those of the table.
#[test]
fn our_enumerations_are_whole() {
    fn compare<T: Enumeration + Representation>() {
        let Kind::Enumeration(known) = &table::find(T::URN).unwrap().kind else {
            panic!("{}", T::URN)
        };
        let ours: Vec<_> = T::ALL
            .iter()
            .map(|member| i64::from(member.number()))
            .collect();
        assert_eq!(ours, *known, "{}", T::URN);
    }
    compare::<icws::connection::ConnectionState>();
    compare::<icws::connection::StationConnectionMode>();
    compare::<icws::connection::StationSettingsType>();
    compare::<icws::connection::SupportedMediaType>();
    compare::<icws::licenses::StageFailureAction>();
    compare::<icws::email::BodyType>();
    compare::<icws::email::EmailType>();
    compare::<icws::email::EmailResponseType>();
    compare::<icws::email::EmailResponseAttachments>();
    compare::<icws::interactions::AppendMode>();
    compare::<icws::licenses::LicenseStatus>();
    compare::<icws::messaging::SubscriptionState>();
    compare::<icws::response_management::ItemType>();
}

/// What is refused as not served is exactly what the contract has besides.
#[test]
fn the_ways_to_create_and_to_log_in_are_all_known() {
    use icws::connection::{AUTH_TOKEN_URN, IC_AUTH_URN};
    for (base, served, refused) in [
        (
            "urn:inin.com:interactions:createInteractionParameters",
            [
                CreateEmailParameters::URN,
                CreateEmailResponseParameters::URN,
            ]
            .as_slice(),
            5,
        ),
        (
            "urn:inin.com:connection:authConnectionRequestSettings",
            &[IC_AUTH_URN],
            0,
        ),
        (
            "urn:inin.com:connection:baseAuthConnectionRequestSettings",
            &[IC_AUTH_URN, AUTH_TOKEN_URN],
            1,
        ),
    ] {
        let derived: Vec<_> = table::types()
            .values()
            .filter(|known| known.is(base))
            .map(|known| known.urn)
            .collect();
        let is_base = |urn: &str| {
            derived.iter().any(|other| {
                table::find(other)
                    .unwrap()
                    .parent()
                    .is_some_and(|parent| parent.urn == urn)
            })
        };
        let leaves: Vec<_> = derived
            .iter()
            .filter(|urn| !is_base(urn) && !served.contains(urn))
            .collect();
        assert_eq!(leaves.len(), refused, "{leaves:?}");
        for urn in leaves {
            let body = json!({"__type": urn}).to_string();
            let known = if base.contains("create") {
                icws::read(body.as_bytes()) == Ok(CreateInteractionParameters::NotServed(urn))
            } else {
                icws::read(body.as_bytes()) == Ok(AuthRequest::Unsupported(urn))
            };
            assert!(known, "{urn}");
        }
    }
}
