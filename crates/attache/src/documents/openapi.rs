//! The description of the served operations (`OpenAPI` 3.1), made from the declared routes, the contract's tables and the table of rights.

mod headers;
mod schemas;

use std::collections::{BTreeMap, BTreeSet};

use icws::operations::{self, Declared, Operation};
use serde_json::{Map, Value, json};

use super::PARTLY;
use super::rights::needs;
use super::sentences::{self, Sentence};
use crate::extract::{Asks, CSRF_TOKEN};
use crate::route::Route;
use crate::router::routes;
use schemas::Schemas;

/// What a refusal is.
const ERROR: Declared = Declared::One("urn:inin.com:common:error");
/// The statuses of refusals.
const COMMON: [u16; 8] = [400, 401, 403, 404, 410, 416, 500, 504];

/// The families of operations in the order of the page, and what stands in their paths.
const FAMILIES: [(&str, &[&str]); 12] = [
    ("Connection", &["/connection"]),
    ("Messages", &["/messaging/messages", "/messaging/heartbeat"]),
    ("Interactions", &["/interactions", "/interaction-alerting"]),
    ("Response management", &["/response-management"]),
    ("Email", &["/email"]),
    ("Queues", &["/queues"]),
    ("Status", &["/status"]),
    ("Activations", &["/activations"]),
    ("Sessions", &["/session/"]),
    ("Licences", &["/licenses"]),
    ("Notifications", &["/system"]),
    ("Configuration", &["/configuration"]),
];

/// The family of a path: of those that fit the last, since configuration and email are about others.
fn tag(path: &str) -> &'static str {
    let fits = |parts: &[&str]| parts.iter().any(|part| path.contains(part));
    let found = FAMILIES.iter().rev().find(|(_, parts)| fits(parts));
    found.unwrap_or_else(|| panic!("{path} has no family")).0
}

fn security(asks: Asks) -> Value {
    match (asks.session, asks.token) {
        (false, _) => json!([]),
        (true, false) => json!([{ "session": [] }]),
        (true, true) => json!([{ "session": [], "token": [] }]),
    }
}

fn parameters(route: &Route, sentence: &Sentence) -> Vec<Value> {
    let names = route
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Value> = names
        .map(|name| {
            json!({
                "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 }
            })
        })
        .collect();
    for (name, about) in sentence.query {
        all.push(json!({
            "name": name, "in": "query", "description": about, "schema": { "type": "string" }
        }));
    }
    all.extend(headers::of_request(route, sentence));
    all
}

/// What a status means, where nothing else is known of it.
fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be served as it is; the error says why.",
        401 => "There is no such session, or cookie or token are not its own.",
        403 => "The user has no right to this.",
        404 => "It is not there.",
        410 => "The operation is not served here.",
        416 => "The range is not one of these bytes.",
        500 => "The server failed; the header `X-Request-Id` finds the cause in the log.",
        503 => "The server is stopping; others can be turned to.",
        504 => "It took too long.",
        _ => panic!("say what {status} means"),
    }
}

fn content(schema: &Value) -> Value {
    json!({ icws::MEDIA_TYPE: { "schema": schema } })
}

/// How an operation ends in the contract and here. The ways that are the same everywhere stand among the components.
fn responses(
    route: &Route,
    operation: Option<&Operation>,
    sentence: &Sentence,
    schemas: &mut Schemas,
) -> Value {
    let success = route.success.as_u16();
    let typed = operation.map_or(&[][..], |operation| operation.responses.as_slice());
    let mut told = Map::new();
    for response in typed.iter().filter(|response| response.status >= 300) {
        let common = response.body.is_none_or(|body| body == ERROR);
        let answer = match response.body {
            Some(body) if !common => json!({
                "description": meaning(response.status),
                "content": content(&schemas.declared(body)),
            }),
            _ => common_response(response.status),
        };
        told.insert(response.status.to_string(), answer);
    }
    let mut others = vec![500];
    if operation.is_none() {
        others.extend([400, 401, 403, 404]);
    }
    let gives_bytes = sentence.bytes.is_some_and(|bytes| bytes.out);
    if gives_bytes {
        others.push(416);
        for (status, about) in [
            (206, "The range that was asked for."),
            (304, "The client has it."),
        ] {
            let answer = json!({ "description": about });
            let headers = headers::of_success(route, sentence, status);
            told.insert(status.to_string(), headers::with(answer, headers));
        }
    }
    for status in others {
        told.entry(status.to_string())
            .or_insert_with(|| common_response(status));
    }
    let mut done = json!({ "description": "Done." });
    let body = typed.iter().find(|response| response.status == success);
    if let Some(body) = body.and_then(|response| response.body) {
        done["content"] = content(&schemas.declared(body));
        if route.path.ends_with("/messaging/messages") {
            done["content"]["text/event-stream"] = json!({ "schema": {
                "type": "string",
                "description": "Asked for by `Accept: text/event-stream`: each event is one message as JSON"
            } });
        }
    } else if let Some(urn) = sentence.gives {
        done["content"] = content(&schemas.reference(urn));
    } else if gives_bytes {
        done["content"] = json!({ "*/*": {} });
    }
    let headers = headers::of_success(route, sentence, success);
    told.insert(success.to_string(), headers::with(done, headers));
    Value::Object(told)
}

fn common_response(status: u16) -> Value {
    assert!(
        COMMON.contains(&status),
        "{status} is not among the components"
    );
    json!({ "$ref": format!("#/components/responses/{status}") })
}

/// The ways to end that are the same everywhere.
fn common_responses(schemas: &mut Schemas) -> Value {
    let error = schemas.declared(ERROR);
    let all = COMMON.iter().map(|status| {
        let response = json!({ "description": meaning(*status), "content": content(&error) });
        let response = headers::with(response, headers::of_refusal(*status));
        (status.to_string(), response)
    });
    Value::Object(all.collect())
}

/// The contract's name of an operation with its method. Where it has one name for several, the last words of their paths tell them apart.
fn operation_id(route: &Route, known: Option<&Operation>) -> String {
    let Some(known) = known else {
        return route.key().replace(['/', ' ', '{', '}', '-'], "_");
    };
    let method = route.method.as_str().to_lowercase();
    let has_same_name = |other: &&Route| {
        let found = operations::find(other.method.as_str(), other.path);
        other.method == route.method && found.is_some_and(|found| found.id == known.id)
    };
    let id = format!("{}_{method}", known.id);
    if routes().iter().filter(has_same_name).count() == 1 {
        return id;
    }
    let mut segments = route.path.rsplit('/');
    let word = segments.find(|segment| !segment.starts_with('{'));
    format!("{id}_{}", word.unwrap_or_default())
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let key = route.key();
    let sentence = sentences::of(&key)
        .unwrap_or_else(|| panic!("{key} has no sentence: add one to documents/sentences.rs"));
    let known = operations::find(route.method.as_str(), route.path);
    let mut description = Vec::new();
    let needs = needs(&key);
    if !needs.is_empty() {
        description.push(format!("Needs {}.", needs.join("; and ")));
    }
    if let Some((_, missing)) = PARTLY.iter().find(|(partly, _)| *partly == key) {
        description.push(format!("In part: {missing}."));
    }
    if route.asks.ended {
        description.push("A session that has ended a short while ago does, too.".to_owned());
    }
    if sentence.bytes.is_some_and(|bytes| bytes.out) {
        description.push("`HEAD` tells the same without the bytes.".to_owned());
    }
    if known.is_none() {
        description.push("An address of our own: it is handed out in representations, and no client makes it up.".to_owned());
    }
    let mut told = json!({
        "operationId": operation_id(route, known),
        "tags": [tag(route.path)],
        "summary": sentence.text,
        "security": security(route.asks),
        "parameters": parameters(route, sentence),
        "responses": responses(route, known, sentence, schemas),
    });
    if !description.is_empty() {
        told["description"] = json!(description.join(" "));
    }
    if let Some(urn) = known.and_then(|known| known.request).or(sentence.body) {
        told["requestBody"] = json!({
            "required": true,
            "content": content(&schemas.reference(urn))
        });
    } else if sentence.bytes.is_some_and(|bytes| !bytes.out) {
        told["requestBody"] = json!({
            "required": true,
            "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } }
        });
    }
    told
}

fn document() -> Value {
    let mut schemas = Schemas::default();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes() {
        let told = operation(&route, &mut schemas);
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path).or_default().insert(method, told);
    }
    let responses = common_responses(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Attaché",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The operations of ICWS that Attaché serves. Made from the declared routes and the contract's tables; docs/ICWS.md tells what is not \
                            served and what we chose where the contract is silent.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" }
        },
        "servers": [{ "url": "../", "description": "This server" }],
        "tags": FAMILIES.map(|(name, _)| json!({ "name": name })),
        "paths": paths,
        "components": {
            "schemas": schemas.all(),
            "responses": responses,
            "securitySchemes": {
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "icws_{sessionId}",
                    "description": "The cookie that `POST /icws/connection` sets: `icws_` and the id of the session"
                },
                "token": {
                    "type": "apiKey", "in": "header", "name": CSRF_TOKEN,
                    "description": "The `csrfToken` that the login answers with"
                }
            }
        }
    })
}

#[test]
fn the_description_of_the_operations_is_true() {
    let text = serde_json::to_string_pretty(&document()).expect("JSON");
    super::hold("openapi.json", &(text + "\n"));
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let mut seen = BTreeSet::new();
    for route in routes() {
        let id = operation_id(&route, operations::find(route.method.as_str(), route.path));
        assert!(seen.insert(id.clone()), "{id} is there twice");
    }
}

#[test]
fn every_route_has_one_sentence_and_every_sentence_a_route() {
    let keys: BTreeSet<String> = routes().iter().map(Route::key).collect();
    for key in &keys {
        assert!(
            sentences::of(key).is_some(),
            "{key} has no sentence: add one to crates/attache/src/documents/sentences.rs"
        );
    }
    for sentence in sentences::ALL {
        assert!(keys.contains(sentence.key), "{} is no route", sentence.key);
        let text = sentence.text;
        assert!(
            text.ends_with('.') && text.len() > 10 && !text.contains(". "),
            "{}: one sentence: {text}",
            sentence.key
        );
    }
    let mut seen = BTreeSet::new();
    for sentence in sentences::ALL {
        assert!(seen.insert(sentence.key), "{} has two", sentence.key);
    }
}
