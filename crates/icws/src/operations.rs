//! The table of all 672 operations of the API, served or not, with the status each succeeds with.
//!
//! ICWS: the tree of pages below `icws/`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::error::Error;
use crate::wire::Representation;

/// One operation of the API. Its identity is method and path: 604 ids stand for 672 operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path with its parameters, such as `/icws/{sessionId}/interactions/{interactionId}`.
    pub path: &'static str,
    /// The name in the contract, such as `Interactions.getInteractionAttributes`.
    pub id: &'static str,
    /// The URN of the body, where there is one.
    pub request: Option<&'static str>,
    /// The statuses of the contract, in rising order, and our success where the contract does not type it.
    pub responses: Vec<Response>,
    /// Whether the header `ININ-ICWS-CSRF-Token` is asked for.
    pub needs_token: bool,
    /// The status it succeeds with, where the contract or we decided one.
    pub success: Option<u16>,
}

/// One way an operation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// What the body is; `None`: the body is empty.
    pub body: Option<Declared>,
}

/// What a body is declared to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// The representation with this URN, or one that derives from it.
    One(&'static str),
    /// A list of them.
    ListOf(&'static str),
}

impl Operation {
    /// Whether the operation belongs to a session.
    pub fn needs_session(&self) -> bool {
        self.path.starts_with("/icws/{sessionId}")
    }

    /// How it ends with this status.
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .find(|response| response.status == status)
    }
}

/// All operations, in the order of the contract.
pub fn all() -> &'static [Operation] {
    &table().operations
}

/// The operation with this method and path template.
pub fn find(method: &str, template: &str) -> Option<&'static Operation> {
    let table = table();
    let found = table.by_template.get(template)?;
    found
        .iter()
        .map(|index| &table.operations[*index])
        .find(|operation| operation.method == method)
}

/// The operation that a request's method and path mean. Where several templates fit, one with a fixed segment goes before one
/// with a parameter, from the left. `icws` is compared without case, a parameter is any non-empty segment.
pub fn matching(method: &str, path: &str) -> Option<&'static Operation> {
    at(path).find(|operation| operation.method == method)
}

/// The operations, of whatever method, that a request's path may mean, the best fitting first.
pub fn at(path: &str) -> impl Iterator<Item = &'static Operation> + use<> {
    let table = table();
    let segments: Vec<String> = segments(path.split('?').next().unwrap_or_default())
        .map(str::to_owned)
        .collect();
    let candidates = table
        .by_length
        .get(&segments.len())
        .map_or(&[][..], Vec::as_slice);
    candidates
        .iter()
        .map(|index| &table.operations[*index])
        .filter(move |operation| fits(operation.path, &segments))
}

fn fits(template: &str, path: &[String]) -> bool {
    segments(template)
        .zip(path)
        .enumerate()
        .all(|(position, (expected, given))| {
            if position == 0 {
                expected.eq_ignore_ascii_case(given)
            } else if is_parameter(expected) {
                !given.is_empty()
            } else {
                expected == given
            }
        })
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

struct Table {
    operations: Vec<Operation>,
    by_template: HashMap<&'static str, Vec<usize>>,
    /// By the number of segments; those with fixed segments before those with parameters.
    by_length: HashMap<usize, Vec<usize>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = include_str!("../contract/operations.txt").lines();
        let operations: Vec<_> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(parse_line)
            .collect();
        let mut by_template: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_length: HashMap<_, Vec<_>> = HashMap::new();
        for (index, operation) in operations.iter().enumerate() {
            by_template.entry(operation.path).or_default().push(index);
            by_length
                .entry(segments(operation.path).count())
                .or_default()
                .push(index);
        }
        for candidates in by_length.values_mut() {
            candidates.sort_by_key(|index| {
                segments(operations[*index].path)
                    .map(is_parameter)
                    .collect::<Vec<_>>()
            });
        }
        Table {
            operations,
            by_template,
            by_length,
        }
    })
}

/// The file is part of the program and its form is held by a test, so a fault in it is a fault in the program.
fn parse_line(line: &'static str) -> Operation {
    let mut words = line.split(' ');
    let mut word = || {
        words
            .next()
            .expect("a line has five words before its statuses")
    };
    let (method, path, id, token, request) = (word(), word(), word(), word(), word());
    let responses: Vec<_> = words.map(parse_status).collect();
    let success = responses
        .iter()
        .map(|response| response.status)
        .find(|status| *status < 300);
    Operation {
        method,
        path,
        id,
        request: (request != "-").then_some(request),
        responses,
        needs_token: token == "token",
        success,
    }
}

fn parse_status(word: &'static str) -> Response {
    let (status, body) = word
        .split_once('=')
        .map_or((word, None), |(status, body)| (status, Some(body)));
    let status = status.parse().expect("a status is a number");
    let body = match body {
        Some(body) => Some(
            body.strip_prefix('[')
                .and_then(|body| body.strip_suffix(']'))
                .map_or(Declared::One(body), Declared::ListOf),
        ),
        None if status >= 400 => Some(Declared::One(Error::URN)),
        None => None,
    };
    Response { status, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(method: &str, path: &str) -> Option<&'static str> {
        matching(method, path).map(|operation| operation.id)
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(all().len(), 672);
        let mut names: Vec<_> = all()
            .iter()
            .map(|operation| (operation.method, operation.path))
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 672, "method and path name an operation");
        assert_eq!(
            all()
                .iter()
                .filter(|operation| operation.needs_token)
                .count(),
            662
        );
        for operation in all() {
            assert!(
                ["GET", "POST", "PUT", "DELETE"].contains(&operation.method),
                "{operation:?}"
            );
            assert!(operation.path.starts_with("/icws/"), "{operation:?}");
            assert!(!operation.responses.is_empty(), "{operation:?}");
            assert!(
                operation
                    .responses
                    .is_sorted_by_key(|response| response.status),
                "{operation:?}"
            );
            assert_eq!(find(operation.method, operation.path), Some(operation));
            assert_eq!(
                matching(operation.method, operation.path),
                Some(operation),
                "a template fits itself"
            );
        }
    }

    #[test]
    fn the_insert_is_as_the_page_says() {
        let insert = "/icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert";
        let operation = find("POST", insert).unwrap();
        assert_eq!(
            operation.request,
            Some("urn:inin.com:interactions.email:emailInsertResponseManagementRequest")
        );
        assert_eq!(operation.success, Some(200));
        assert!(operation.needs_token && operation.needs_session());
        let statuses: Vec<_> = operation
            .responses
            .iter()
            .map(|response| response.status)
            .collect();
        assert_eq!(statuses, [200, 400, 401, 403, 404, 410, 500]);
        let response =
            Declared::One("urn:inin.com:interactions.email:emailInsertResponseManagementResponse");
        assert_eq!(operation.response(200).unwrap().body, Some(response));
        assert_eq!(
            operation.response(404).unwrap().body,
            Some(Declared::One(Error::URN))
        );
        assert_eq!(operation.response(204), None);
    }

    #[test]
    fn successes_without_a_type_have_our_status() {
        let subscription = "/icws/{sessionId}/messaging/subscriptions";
        for (method, path, status) in [
            ("DELETE", "/icws/{sessionId}/connection".to_owned(), 204),
            (
                "POST",
                "/icws/{sessionId}/messaging/heartbeat".to_owned(),
                204,
            ),
            (
                "PUT",
                "/icws/{sessionId}/response-management".to_owned(),
                204,
            ),
            ("PUT", format!("{subscription}/response-management"), 204),
            (
                "DELETE",
                format!("{subscription}/interactions/{{interactionId}}"),
                204,
            ),
            (
                "PUT",
                format!("{subscription}/interactions/{{interactionId}}/email"),
                200,
            ),
            (
                "PUT",
                format!("{subscription}/queues/{{subscriptionId}}"),
                200,
            ),
            (
                "POST",
                "/icws/{sessionId}/interactions/{interactionId}/email/send".to_owned(),
                200,
            ),
        ] {
            let operation = find(method, &path).unwrap();
            assert_eq!(operation.success, Some(status), "{method} {path}");
            assert_eq!(
                operation.response(status).unwrap().body,
                None,
                "{method} {path}"
            );
        }
        let messages = find("GET", "/icws/{sessionId}/messaging/messages").unwrap();
        assert!(!messages.needs_token);
        assert_eq!(
            messages.response(200).unwrap().body,
            Some(Declared::ListOf("urn:inin.com:messaging:message"))
        );
    }

    #[test]
    fn paths_find_their_operation() {
        assert_eq!(
            id("POST", "/icws/connection"),
            Some("Connection.createConnection")
        );
        assert_eq!(
            id("POST", "/ICWS/connection"),
            Some("Connection.createConnection")
        );
        assert_eq!(
            id("GET", "/icws/42/connection"),
            Some("Connection.getConnection")
        );
        assert_eq!(
            id("GET", "/icws/connection/features"),
            Some("Connection.getFeatures")
        );
        assert_eq!(
            id("GET", "/icws/connection/features?x=/y"),
            Some("Connection.getFeatures")
        );
        assert_eq!(
            id("POST", "/icws/42/interactions/email/resolve-address"),
            Some("Interactions.Email.emailResolveAddress")
        );
        assert_eq!(
            id("POST", "/icws/42/interactions/email/disconnect"),
            Some("Interactions.disconnect")
        );
        let subscription = "/icws/42/messaging/subscriptions/interactions";
        assert_eq!(
            id("PUT", &format!("{subscription}/agent-assistance")),
            Some("Messaging.Subscriptions.Interactions.updateAgentAssistanceRequestsSubscription")
        );
        assert_eq!(
            id("PUT", &format!("{subscription}/7")),
            Some("Messaging.Subscriptions.updateInteractionSubscription")
        );
        for path in [
            "",
            "/",
            "/icws",
            "/icws/",
            "/icws/Connection",
            "/icws//connection",
            "/icws/42/interactions/7/",
            "/other/connection",
        ] {
            assert_eq!(id("GET", path), None, "{path}");
        }
        assert_eq!(id("PATCH", "/icws/connection"), None);
        let methods: Vec<_> = at("/icws/42/connection/station")
            .map(|operation| operation.method)
            .collect();
        assert_eq!(methods, ["DELETE", "GET", "PUT"]);
    }
}
