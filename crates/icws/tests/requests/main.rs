//! How requests are read: what real clients send is understood, what is wrong is refused by its path.

mod scalars;

use icws::connection::{AUTH_TOKEN_URN, AuthRequest, IC_AUTH_URN};
use icws::email::*;
use icws::interactions::*;
use icws::response_management::{GenerateFileUrlRequest, ItemType, Library};
use icws::wire::Fields;
use icws::{ReadError, Representation, Request, read};
use serde_json::{Value, json};

const GUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn parse<T: Request>(body: &Value) -> Result<T, ReadError> {
    read(body.to_string().as_bytes())
}

fn missing<T>(path: &str) -> Result<T, ReadError> {
    Err(ReadError::MissingProperty(path.to_owned()))
}

fn invalid<T>(path: &str) -> Result<T, ReadError> {
    Err(ReadError::InvalidProperty(path.to_owned()))
}

#[test]
fn the_insert_is_read_as_clients_send_it() {
    let id = GUID.parse().unwrap();
    for (body, is_inline_attachment) in [
        (json!({"id": GUID}), None),
        (json!({"id": GUID, "isInlineAttachment": null}), None),
        (
            json!({"id": GUID, "isInlineAttachment": "true", "x": {"y": []}}),
            Some(true),
        ),
        (
            json!({"id": GUID, "isInlineAttachment": false, "__type": "anything"}),
            Some(false),
        ),
    ] {
        assert_eq!(
            parse(&body),
            Ok(EmailInsertResponseManagementRequest {
                id,
                is_inline_attachment
            })
        );
    }
    let parse = parse::<EmailInsertResponseManagementRequest>;
    assert_eq!(parse(&json!({})), missing("id"));
    assert_eq!(parse(&json!({"id": null})), missing("id"));
    assert_eq!(parse(&json!({"ID": GUID})), missing("id"));
    assert_eq!(parse(&json!({"id": ""})), invalid("id"));
    assert_eq!(
        parse(&json!({"id": GUID, "isInlineAttachment": 1})),
        invalid("isInlineAttachment")
    );
    for twice in [
        format!(r#"{{"id":"{GUID}","id":"{GUID}"}}"#),
        format!(r#"{{"id":"{GUID}","\u0069d":"{GUID}"}}"#),
        format!(r#"{{"id":"{GUID}","more":[{{"a":1,"a":1}}]}}"#),
    ] {
        let found = read::<EmailInsertResponseManagementRequest>(twice.as_bytes());
        let Err(ReadError::Malformed(reason)) = found else {
            panic!("{twice}: {found:?}")
        };
        assert!(
            reason.starts_with("an object has a member twice"),
            "{reason}"
        );
    }
}

/// A request without required properties.
#[derive(Debug, PartialEq)]
struct Nothing;
impl Representation for Nothing {
    const URN: &'static str = "urn:inin.com:connection:stationlessSettings";
}
impl Request for Nothing {
    fn read_fields(_: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self)
    }
}

#[test]
fn no_body_is_the_empty_object() {
    for body in ["", "  \r\n", "null", "{}", "\u{feff}{}"] {
        assert_eq!(
            read::<InteractionSubscription>(body.as_bytes()),
            missing("attributeNames"),
            "{body:?}"
        );
    }
    assert_eq!(read::<Nothing>(b""), Ok(Nothing));
    assert_eq!(read::<Nothing>(b"null"), Ok(Nothing));
}

#[test]
fn what_is_no_object_is_malformed() {
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        "{",
        "[]",
        "\"x\"",
        "1",
        "true",
        "{}{}",
        "{'id':1}",
        "id=1&x=2",
        "{\"id\":01}",
        &deep,
    ];
    for body in bodies.into_iter().map(str::as_bytes).chain([
        &b"{\"id\":\"\xff\"}"[..],
        b"\x00",
        b"\xff\xfe{\x00}\x00",
    ]) {
        let refusal = read::<EmailInsertResponseManagementRequest>(body);
        assert!(
            matches!(refusal, Err(ReadError::Malformed(_))),
            "{:?}",
            String::from_utf8_lossy(&body[..body.len().min(30)])
        );
    }
    let Err(ReadError::Malformed(text)) =
        read::<EmailInsertResponseManagementRequest>(b"{\"password\":secret}")
    else {
        panic!()
    };
    assert!(
        !text.contains("secret") && text.contains("line 1"),
        "{text}"
    );
}

#[test]
fn logging_in_needs_its_type_or_its_members() {
    let known = AuthRequest::IcAuth {
        application_name: "test".into(),
        user_id: "anna".into(),
        password: "demo".into(),
    };
    let tagged = json!({"userID": "anna", "x-icws": null, "password": "demo", "__type": IC_AUTH_URN, "applicationName": "test"});
    assert_eq!(parse(&tagged), Ok(known.clone()));
    let mut untagged = tagged.clone();
    untagged.as_object_mut().unwrap().remove("__type");
    assert_eq!(parse(&untagged), Ok(known));
    let parse = parse::<AuthRequest>;
    assert_eq!(read::<AuthRequest>(b""), missing("__type"));
    assert_eq!(
        parse(&json!({"applicationName": "test"})),
        missing("__type")
    );
    assert_eq!(
        parse(&json!({"__type": IC_AUTH_URN})),
        missing("applicationName")
    );
    assert_eq!(
        parse(&json!({"__type": IC_AUTH_URN, "applicationName": "test", "password": "p"})),
        missing("userID")
    );
    assert_eq!(
        parse(&json!({"userID": "anna", "applicationName": "test", "password": 1})),
        invalid("password")
    );
    assert_eq!(
        parse(&json!({"__type": "urn:inin.com:connection:versionInfo"})),
        invalid("__type")
    );
    assert_eq!(parse(&json!({"__type": 1})), invalid("__type"));
    let sso = "urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings";
    assert_eq!(
        parse(&json!({"__type": sso})),
        Ok(AuthRequest::Unsupported(sso))
    );
    let token = json!({
        "__type": AUTH_TOKEN_URN, "applicationName": "test", "authTokenSeed": GUID.to_uppercase(),
        "authToken": "t", "authTokenSourceSession": "1", "disconnectSourceSession": "1",
    });
    let Ok(AuthRequest::AuthToken(request)) = parse(&token) else {
        panic!("{token}")
    };
    assert_eq!(request.auth_token_seed, GUID.parse().unwrap());
    assert_eq!(request.disconnect_source_session, Some(true));
    assert_eq!(
        parse(&json!({"__type": AUTH_TOKEN_URN, "applicationName": "test", "authTokenSeed": "x"})),
        invalid("authTokenSeed")
    );
}

#[test]
fn a_password_is_never_shown() {
    let request = AuthRequest::IcAuth {
        application_name: "test".into(),
        user_id: "anna".into(),
        password: "s3cret".into(),
    };
    assert!(!format!("{request:?}").contains("s3cret"));
}

fn create() -> Value {
    json!({
        "__type": CreateEmailParameters::URN,
        "workgroup": "Support",
        "additionalAttributes": {"colour": "blue"},
        "emailContent": {
            "__type": EmailContent::URN,
            "sender": {"displayName": "Support", "address": "support@example.com"},
            "toRecipients": [],
            "bodies": [{"body": "Hello", "bodyType": "0"}, {"bodyType": 1, "body": "<p>Hello</p>"}],
        },
    })
}

#[test]
fn an_email_is_created_from_what_scripts_send() {
    let Ok(CreateInteractionParameters::Email(email)) = parse(&create()) else {
        panic!("an email")
    };
    assert_eq!(email.workgroup.as_deref(), Some("Support"));
    assert_eq!(
        email.additional_attributes.as_ref().unwrap()["colour"],
        "blue"
    );
    let content = &email.email_content;
    assert_eq!(content.to_recipients, Some(vec![]), "empty is not absent");
    assert_eq!(content.cc_recipients, None);
    assert_eq!(content.subject, None);
    let types: Vec<_> = content
        .bodies
        .iter()
        .flatten()
        .map(|body| body.body_type)
        .collect();
    assert_eq!(types, [BodyType::Text, BodyType::Html]);

    let mut untagged = create();
    untagged.as_object_mut().unwrap().remove("__type");
    untagged["emailContent"]
        .as_object_mut()
        .unwrap()
        .remove("__type");
    assert_eq!(
        parse(&untagged),
        Ok(CreateInteractionParameters::Email(email.clone()))
    );
    assert_eq!(
        parse(&serde_json::to_value(&email).unwrap()),
        Ok(CreateInteractionParameters::Email(email)),
        "what we write"
    );
}

#[test]
fn a_refused_property_is_named_by_its_path() {
    for (pointer, value, path) in [
        (
            "/emailContent/sender/displayName",
            json!(1),
            "emailContent.sender.displayName",
        ),
        (
            "/emailContent/sender",
            json!("Support"),
            "emailContent.sender",
        ),
        (
            "/emailContent/bodies/0/bodyType",
            json!(2),
            "emailContent.bodies[0].bodyType",
        ),
        (
            "/emailContent/bodies/0/bodyType",
            json!("Text"),
            "emailContent.bodies[0].bodyType",
        ),
        (
            "/emailContent/bodies/1",
            Value::Null,
            "emailContent.bodies[1]",
        ),
        ("/emailContent/bodies", json!({}), "emailContent.bodies"),
        (
            "/emailContent/__type",
            json!("urn:inin.com:interactions.email:emailResponseContent"),
            "emailContent.__type",
        ),
        ("/emailContent", json!([]), "emailContent"),
        (
            "/additionalAttributes/colour",
            json!(1),
            "additionalAttributes.colour",
        ),
        (
            "/additionalAttributes/colour",
            Value::Null,
            "additionalAttributes.colour",
        ),
        ("/additionalAttributes", json!([]), "additionalAttributes"),
        ("/workgroup", json!(1), "workgroup"),
        ("/__type", json!("urn:inin.com:no:such"), "__type"),
    ] {
        let mut body = create();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_eq!(
            parse::<CreateInteractionParameters>(&body),
            invalid(path),
            "{pointer}"
        );
    }
    for (pointer, path) in [
        (
            "/emailContent/sender/displayName",
            "emailContent.sender.displayName",
        ),
        ("/emailContent/sender", "emailContent.sender"),
        ("/emailContent/bodies/1/body", "emailContent.bodies[1].body"),
        ("/emailContent", "emailContent"),
    ] {
        let mut body = create();
        *body.pointer_mut(pointer).unwrap() = Value::Null;
        assert_eq!(
            parse::<CreateInteractionParameters>(&body),
            missing(path),
            "{pointer}"
        );
    }
    assert_eq!(
        parse::<CreateInteractionParameters>(&json!({"workgroup": "x"})),
        missing("__type")
    );
}

#[test]
fn other_requests_are_read() {
    let update = json!({"attributes": {"Eic_Notes": "n"}, "appendMode": "2"});
    let attributes = Attributes::from([("Eic_Notes".to_owned(), "n".to_owned())]);
    let append_mode = Some(AppendMode::AppendWithSeparator);
    assert_eq!(
        parse(&update),
        Ok(InteractionAttributesUpdate {
            attributes,
            append_mode
        })
    );
    assert_eq!(
        parse::<InteractionAttributesUpdate>(&json!({"attributes": {}, "appendMode": 0})),
        invalid("appendMode")
    );
    assert_eq!(
        parse::<InteractionSubscription>(&json!({"attributeNames": ["a", 1]})),
        invalid("attributeNames[1]")
    );
    for body in [json!({}), json!({"attributeNames": null})] {
        assert_eq!(
            parse(&body),
            Ok(AlertSubscriptionParameters::default()),
            "{body}"
        );
    }
    assert_eq!(
        parse::<AlertSubscriptionParameters>(&json!({"attributeNames": "Eic_State"})),
        invalid("attributeNames")
    );
    assert_eq!(
        parse::<EmailSaveParameters>(&json!({"emailContent": null})),
        missing("emailContent")
    );
    assert_eq!(
        parse::<EmailUploadFileAttachmentRequest>(&json!({"uploadFileName": "a"})),
        missing("isInlineAttachment")
    );
    assert_eq!(
        parse::<EmailRemoveFileAttachmentRequest>(&json!({"fileUri": "/x"}))
            .unwrap()
            .file_uri,
        "/x"
    );
    assert_eq!(
        parse::<GenerateFileUrlRequest>(&json!({"name": "k/a.pdf"}))
            .unwrap()
            .name,
        "k/a.pdf"
    );
}

#[test]
fn a_library_is_read_at_every_depth() {
    let item = json!({"id": GUID, "name": "n", "type": 2, "value": "k/a.pdf", "keywords": ["k"]});
    let inner = json!({"id": GUID, "name": "inner", "items": [item]});
    let body = json!({"id": GUID, "name": "anna", "categories": [{"id": GUID, "name": "outer", "categories": [inner]}]});
    let library: Library = parse(&body).unwrap();
    assert_eq!(
        library.categories.as_ref().unwrap()[0]
            .categories
            .as_ref()
            .unwrap()[0]
            .items
            .as_ref()
            .unwrap()[0]
            .kind,
        ItemType::File
    );
    assert_eq!(
        serde_json::to_value(&library).unwrap(),
        body,
        "and written as it was read"
    );

    let mut wrong = body.clone();
    wrong["categories"][0]["categories"][0]["items"][0]["type"] = json!(3);
    assert_eq!(
        parse::<Library>(&wrong),
        invalid("categories[0].categories[0].items[0].type")
    );
    wrong["categories"][0]["categories"][0]["items"][0]["value"] = Value::Null;
    wrong["categories"][0]["categories"][0]["items"][0]["type"] = json!("1");
    assert_eq!(
        parse::<Library>(&wrong),
        missing("categories[0].categories[0].items[0].value")
    );

    let deep = |levels: usize| {
        let open = format!(r#"{{"id":"{GUID}","name":"n","categories":["#);
        format!("{}{}", open.repeat(levels), "]}".repeat(levels))
    };
    assert!(read::<Library>(deep(60).as_bytes()).is_ok());
    assert!(matches!(
        read::<Library>(deep(100_000).as_bytes()),
        Err(ReadError::Malformed(_))
    ));
}
