//! Somebody who may do everything, with something to do it to, and what he sends.

use std::fmt;
use std::time::{Duration, Instant};

use icws::client::{Call, Method, RawResponse, Session};
use serde_json::{Value, json};

use super::bodies;
use crate::email::{draft_with, libraries};
use crate::server::Server;

/// An operation of the description.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path with parameters.
    pub path: String,
    /// The schema of its body, where it has one.
    pub body: Option<Value>,
}

impl Operation {
    /// The parameters in its path.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let segments = self.path.split('/');
        segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    fn request(&self, what: &str) -> Try {
        Try {
            method: self.method.clone(),
            template: self.path.clone(),
            strange: None,
            query: String::new(),
            body: b"{}".to_vec(),
            what: what.to_owned(),
        }
    }

    /// A request with this body.
    pub fn with_body(&self, what: &str, body: Vec<u8>) -> Try {
        Try {
            body,
            ..self.request(what)
        }
    }

    /// A request in whose path a parameter is this.
    pub fn with_parameter(&self, name: &str, value: &str) -> Try {
        Try {
            strange: Some((name.to_owned(), value.to_owned())),
            ..self.request(name)
        }
    }

    /// A request with this query.
    pub fn with_query(&self, query: &str) -> Try {
        Try {
            query: query.to_owned(),
            ..self.request("")
        }
    }
}

/// All of them.
pub fn operations() -> Vec<Operation> {
    let description = bodies::description();
    let mut all = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, told) in methods.as_object().expect("methods") {
            let schema = &told["requestBody"]["content"][icws::MEDIA_TYPE]["schema"];
            all.push(Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                body: (!schema.is_null()).then(|| schema.clone()),
            });
        }
    }
    assert!(all.len() > 100, "{}", all.len());
    all
}

/// How long an answer may take at the most, on whatever machine this runs. What costs more than its bytes is far above that.
pub const SOON: Duration = Duration::from_secs(10);

/// A request, good for any target.
pub struct Try {
    method: Method,
    /// Its path with parameters.
    template: String,
    /// The parameter that is a strange one, and its value.
    strange: Option<(String, String)>,
    query: String,
    body: Vec<u8>,
    what: String,
}

impl Try {
    /// Whether the session's id is the strange parameter.
    pub fn is_of_another_session(&self) -> bool {
        let strange = self.strange.as_ref();
        strange.is_some_and(|(name, _)| name == "sessionId")
    }
}

impl fmt::Display for Try {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, template, what) = (&self.method, &self.template, &self.what);
        let strange = self.strange.as_ref().map_or("", |(_, value)| value);
        let strange: String = strange.chars().take(200).collect();
        write!(formatter, "{method} {template} {strange}: {what}")
    }
}

/// A session with something to work on.
pub struct Target {
    /// The session of somebody who may do everything.
    pub session: Session,
    /// A draft of his with an attachment.
    pub interaction: String,
    library: String,
}

impl Target {
    /// Somebody at a server.
    pub async fn at(server: &Server) -> Self {
        server
            .done(&["user", "grant", "anna", "masterAdministrator"])
            .await;
        let session = server.log_in("anna").await;
        for kind in ["users", "roles", "workgroups"] {
            let body = json!({"configurationId": {"id": "spare"}});
            let path = format!("/configuration/{kind}");
            let made = session.raw(Method::POST, &path, Some(&body)).await;
            assert_eq!(made.expect("an answer").status, 201, "{kind}");
        }
        let interaction = draft_with(&session, &["Logo.png"]).await;
        let library = libraries(&session).await.remove(0).id.to_string();
        Self {
            session,
            interaction,
            library,
        }
    }

    /// A good value of a parameter.
    fn value(&self, name: &str) -> String {
        match name {
            "sessionId" => self.session.id.clone(),
            "interactionId" => self.interaction.clone(),
            "libraryId" => self.library.clone(),
            "userId" => "anna".to_owned(),
            "workgroupId" => "Support".to_owned(),
            "id" => "spare".to_owned(),
            "number" => "1".to_owned(),
            _ => "x".to_owned(),
        }
    }

    /// The path of a request: its parameters are good ones, but for the strange one.
    pub fn path(&self, request: &Try) -> String {
        let segments = request.template.split('/').map(|segment| {
            let name = segment
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'));
            match (name, &request.strange) {
                (None, _) => segment.to_owned(),
                (Some(name), Some((strange, value))) if name == strange => value.clone(),
                (Some(name), _) => self.value(name),
            }
        });
        segments.collect::<Vec<_>>().join("/") + &request.query
    }

    /// The header fields of a request, a line each.
    pub fn head(&self) -> Vec<String> {
        let mut head = vec![
            "Accept-Language: en".to_owned(),
            format!("Content-Type: {}", icws::MEDIA_TYPE),
        ];
        head.extend(
            self.session
                .cookie
                .iter()
                .map(|cookie| format!("Cookie: {cookie}")),
        );
        let token = self.session.token.iter();
        head.extend(token.map(|token| format!("ININ-ICWS-CSRF-Token: {token}")));
        head
    }

    /// Sends a request.
    pub async fn send(&self, request: &Try) -> RawResponse {
        let mut call = Call::new(request.method.clone(), self.path(request));
        for line in self.head() {
            let (name, value) = line.split_once(": ").expect("a field");
            call = call.header(name, value);
        }
        let began = Instant::now();
        let sent = self
            .session
            .client
            .send(call.body(request.body.clone()))
            .await;
        let took = began.elapsed();
        assert!(took < SOON, "{request}: {took:?}");
        sent.unwrap_or_else(|error| panic!("{request}: no answer: {error}"))
    }
}

/// Holds a refusal to be a clear one.
pub fn is_clear(request: &Try, answer: &RawResponse) {
    never(request, answer);
    assert!(
        (400..500).contains(&answer.status),
        "{request}: {}",
        answer.status
    );
    let error = answer.value();
    let said = error["errorId"]
        .as_str()
        .is_some_and(|id| id.starts_with("error."));
    assert!(said && error["message"].is_string(), "{request}: {error}");
}

/// Holds an answer to be none that must not be.
pub fn never(request: &Try, answer: &RawResponse) {
    assert!(
        answer.status < 500,
        "{request}: {} {}",
        answer.status,
        answer.text()
    );
    assert!(answer.header("x-evil").is_none(), "{request}: {answer:?}");
    assert!(!answer.text().contains("root:"), "{request}");
}
