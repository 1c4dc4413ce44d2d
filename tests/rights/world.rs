//! Somebody who has just the rights that a check gives him, and what he asks for.

use attache::rights::{Entry, On, Way, When};
use attache::route::Route;
use desk::Right;
use icws::client::{Method, RawResponse, Session};
use serde_json::{Value, json};

use crate::email::{draft, item};
use crate::server::Server;

/// Somebody without any right, and things of others that he may want.
pub struct World {
    _server: Server,
    admin: Session,
    anna: Session,
    tess: Session,
    library: String,
    /// Others, for those who remove one.
    pub spare: Vec<String>,
    letter: icws::response_management::Item,
    number: u32,
}

/// What one check is about: made anew for each, since a request may take it away.
pub struct Things {
    draft: String,
    /// Where a file for it goes that `anna` has announced.
    upload: String,
    user: String,
    role: String,
    workgroup: String,
    pub library: String,
    /// Whom the operation is about.
    pub subject: &'static str,
    /// Whether he who asks belongs to `Support`.
    pub member: bool,
    /// What the request does beside what it always does.
    when: Option<When>,
}

impl World {
    pub async fn new() -> Self {
        let server = Server::demo().await;
        // Something that everybody holds and may give.
        server
            .done(&["user", "grant", "--everyone", "viewUserQueue", "lea"])
            .await;
        let admin = server.log_in("admin").await;
        let body = json!({"configurationId": {"id": "tess"}});
        change(&admin, Method::POST, "/configuration/users", &body).await;
        let password = json!({"password": "demo"});
        change(
            &admin,
            Method::PUT,
            "/configuration/users/tess/password",
            &password,
        )
        .await;
        let anna = server.log_in("anna").await;
        let tess = server.log_in("tess").await;
        let documents = admin
            .raw(
                Method::GET,
                "/configuration/response-management-documents",
                None,
            )
            .await
            .expect("an answer")
            .value();
        let mut spare = Vec::new();
        let mut library = String::new();
        for document in documents["items"].as_array().expect("a list") {
            let (id, name) = (
                &document["configurationId"]["id"],
                &document["configurationId"]["displayName"],
            );
            let id = id.as_str().expect("a Guid").to_owned();
            if name == "Product Information" {
                library = id;
            } else {
                spare.push(id);
            }
        }
        let station = json!({"__type": "urn:inin.com:connection:workstationSettings", "workstation": "desk7"});
        change(&anna, Method::PUT, "/connection/station", &station).await;
        let letter = item(&anna, "Logo.png").await;
        // What the workgroup gives its members is not what is asked for here.
        let none = json!({"actualValue": false});
        let nothing = json!({
            "securityRights": {
                "modifyInteractions": none, "canPickupInteractions": none, "canDisconnectInteractions": none, "canTransferInteractions": none,
                "canPutInteractionsOnHold": none, "canParkInteractions": none,
            },
            "accessRights": {"responseManagementDocuments": {"actualValue": []}},
        });
        change(
            &admin,
            Method::PUT,
            "/configuration/workgroups/Support",
            &nothing,
        )
        .await;
        Self {
            _server: server,
            admin,
            anna,
            tess,
            library,
            spare,
            letter,
            number: 0,
        }
    }

    /// Things for a check, of which the user and the workgroup that an interaction belongs to are `anna` and `Support`.
    pub async fn things(&mut self) -> Things {
        self.number += 1;
        let name = |kind: &str| format!("{kind}{}", self.number);
        let (user, role, workgroup) = (name("user"), name("role"), name("workgroup"));
        for (path, id) in [
            ("users", &user),
            ("roles", &role),
            ("workgroups", &workgroup),
        ] {
            let body = json!({"configurationId": {"id": id}});
            change(
                &self.admin,
                Method::POST,
                &format!("/configuration/{path}"),
                &body,
            )
            .await;
        }
        let id = draft(&self.anna).await;
        self.anna
            .upload_bytes(&id, "a.txt", false, "a")
            .await
            .expect("uploaded");
        let announced = self.anna.upload(&id, "b.txt", false).await;
        Things {
            draft: id,
            upload: announced.expect("announced").upload_uri,
            user,
            role,
            workgroup,
            library: self.library.clone(),
            subject: "anna",
            member: false,
            when: None,
        }
    }

    /// Uploads what was announced, as who announced it.
    pub async fn upload(&self, things: &Things) {
        let uploaded = self.anna.put(&things.upload, "b").await;
        uploaded.expect("uploaded");
    }

    /// Things for a check of what a request does beside what it always does.
    pub async fn things_when(&mut self, entry: &Entry, when: Option<When>) -> Things {
        let things = Things {
            when,
            ..self.things().await
        };
        if when == Some(When::AboutMaster) {
            let path = if entry.operation.contains("/users/") {
                format!("/configuration/users/{}", things.user)
            } else if entry.operation.contains("/roles/") {
                format!("/configuration/roles/{}", things.role)
            } else {
                format!("/configuration/workgroups/{}", things.workgroup)
            };
            let all =
                json!({"administrativeRights": {"masterAdministrator": {"actualValue": true}}});
            change(&self.admin, Method::PUT, &path, &all).await;
        }
        things
    }

    /// Gives the one without rights exactly these.
    pub async fn give(&self, ways: &[Way], things: &Things, entry: &Entry) {
        let mut rights = serde_json::Map::new();
        for right in Right::ALL {
            let none = match right.scope() {
                desk::rights::Scope::Everything => json!({"actualValue": false}),
                _ => json!({"actualValue": []}),
            };
            rights.entry(right.bundle()).or_insert_with(|| json!({}))[right.property()] = none;
        }
        let mut member = things.member;
        for way in ways {
            let (right, on) = match way {
                Way::Right(right, on) | Way::OfOneself(right, on) => (right, *on),
                Way::AsMember(right) => {
                    member = true;
                    (right, On::Everything)
                }
                Way::Being(_) => continue,
            };
            let of_configuration = entry.operation.contains("/configuration/");
            let object = match on {
                On::Everything => None,
                On::User if of_configuration => Some(things.user.as_str()),
                On::User => Some("anna"),
                On::Workgroup if of_configuration => Some(things.workgroup.as_str()),
                On::Workgroup => Some("Support"),
                On::Role => Some(things.role.as_str()),
                On::Library => Some(things.library.as_str()),
            };
            let value = match (right.scope(), object) {
                (desk::rights::Scope::Everything, _) => json!(true),
                (_, None) => json!([{"objectType": 0, "grouping": 0}]),
                (_, Some(id)) => json!([{"objectType": 0, "grouping": 1, "id": id}]),
            };
            rights[right.bundle()][right.property()] = json!({"actualValue": value});
        }
        rights.insert(
            "workgroups".to_owned(),
            if member {
                json!([{"id": "Support"}])
            } else {
                json!([])
            },
        );
        change(
            &self.admin,
            Method::PUT,
            "/configuration/users/tess",
            &Value::Object(rights),
        )
        .await;
    }

    pub async fn ask(&self, route: &Route, things: &Things) -> RawResponse {
        let path = path(route, self, things);
        let body = body(&route.key(), self, things);
        if route.path.ends_with("/files/{key}") && route.method == Method::PUT {
            let call = self.tess.call(Method::PUT, &path).body("bytes");
            return self.tess.client.send(call).await.expect("an answer");
        }
        let answer = self
            .tess
            .raw(route.method.clone(), &path, body.as_ref())
            .await;
        answer.expect("an answer")
    }

    /// What an operation that refuses nobody tells: its answer, or the first messages of what it subscribes to.
    pub async fn told(&self, route: &Route, things: &Things) -> Value {
        // What earlier requests left behind is not asked for.
        self.tess.messages().await.expect("a poll");
        let answer = self.ask(route, things).await;
        assert!(answer.is_success(), "{}: {}", route.key(), answer.text());
        if route.method == Method::GET {
            return answer.value();
        }
        let told = self
            .tess
            .raw(Method::GET, "/messaging/messages", None)
            .await;
        let path = path(route, self, things);
        let ended = self.tess.raw(Method::DELETE, &path, None).await;
        assert!(ended.expect("an answer").is_success(), "{path}");
        told.expect("a poll").value()
    }
}

impl Things {
    /// What an operation that refuses nobody tells those who may know of it.
    pub fn told_by(&self, operation: &str) -> &str {
        let kinds = [
            ("/activations/users", "Support"),
            ("/activations/workgroups", "anna"),
            ("/session/sessions-", "anna"),
            ("/configuration/users", &self.user),
            ("/configuration/roles", &self.role),
            ("/configuration/workgroups", &self.workgroup),
            ("/response-management", &self.library),
        ];
        let kind = kinds.iter().find(|(kind, _)| operation.contains(kind));
        kind.unwrap_or_else(|| panic!("say what {operation} tells"))
            .1
    }
}

async fn change(session: &Session, method: Method, path: &str, body: &Value) {
    let answer = session
        .raw(method, path, Some(body))
        .await
        .expect("an answer");
    assert!(answer.is_success(), "{path}: {}", answer.text());
}

/// The path of a request about these things.
fn path(route: &Route, world: &World, things: &Things) -> String {
    let encoded = world.letter.value.replace('/', "%2F");
    let segments: Vec<&str> = route.path.split('/').collect();
    let concrete = segments
        .iter()
        .enumerate()
        .map(|(place, segment)| match *segment {
            "{sessionId}" => world.tess.id.as_str(),
            "{interactionId}" => &things.draft,
            "{userId}" => things.subject,
            "{workgroupId}" => "Support",
            "{libraryId}" => &things.library,
            "{key}" if route.method == Method::PUT => "own.txt",
            "{key}" => &encoded,
            "{number}" => "1",
            "{token}" => things.upload.rsplit('/').next().unwrap_or_default(),
            "{id}" => match segments[place - 1] {
                "users" => &things.user,
                "roles" => &things.role,
                "workgroups" => &things.workgroup,
                _ => &things.library,
            },
            segment if segment.starts_with('{') => "x",
            segment => segment,
        });
    concrete.collect::<Vec<_>>().join("/")
}

/// A body that is good, where one is read, and does what it is to do.
fn body(operation: &str, world: &World, things: &Things) -> Option<Value> {
    let mut body = plain_body(operation, world, things)?;
    let one = |id: &str| json!({"actualValue": [{"objectType": 0, "grouping": 1, "id": id}]});
    let named = |id: &str| json!([{"id": id}]);
    let (property, value) = match things.when {
        None | Some(When::AboutMaster) => return Some(body),
        Some(When::EditsAccessRights) => ("accessRights", json!({"viewUserQueue": one("lea")})),
        Some(When::EditsAdministrativeRights) => {
            ("administrativeRights", json!({"users": one(&things.user)}))
        }
        Some(When::Gives) => ("accessRights", json!({"viewUserQueue": one("ben")})),
        Some(When::ChangesRoles) => ("roles", json!({"actualValue": named(&things.role)})),
        Some(When::ChangesWorkgroups) => ("workgroups", named(&things.workgroup)),
        Some(When::ChangesMembers) if operation.contains("/roles") => {
            ("users", named(&things.user))
        }
        Some(When::ChangesMembers) => ("members", named(&things.user)),
        Some(When::Answers) => {
            return Some(json!({
                "__type": "urn:inin.com:interactions.email:createEmailResponseParameters",
                "parentInteractionId": things.draft, "responseType": 0,
                "emailContent": {"sender": {"displayName": "x"}, "attachmentsFromParent": 0},
            }));
        }
    };
    body[property] = value;
    Some(body)
}

/// A body that is good, where one is read.
fn plain_body(operation: &str, world: &World, things: &Things) -> Option<Value> {
    let (method, path) = operation.split_once(' ').expect("an operation");
    let last = path.rsplit('/').next().unwrap_or_default();
    let new = || json!({"configurationId": {"id": format!("new{}", world.number)}});
    let sender = json!({"displayName": "x"});
    Some(match (method, last) {
        ("PUT", "{userId}") if path.contains("/activations/") => {
            json!({"activations": {"Support": true}})
        }
        ("PUT", "{userId}") => json!({"statusId": "At Lunch"}),
        ("PUT", "{workgroupId}") => json!({"activations": {things.subject: true}}),
        ("POST", "users" | "roles" | "workgroups") => new(),
        ("PUT", "{id}" | "sessions-users" | "sessions-stations")
        | ("POST", "monitored-mailboxes") => json!({}),
        ("PUT", "password") => json!({"password": "demo"}),
        ("POST", "send-email") => json!({"recipients": ["x@example.com"]}),
        ("POST", "file") => json!({"name": world.letter.value}),
        ("POST", "{interactionId}") => json!({"attributes": {"x": "y"}}),
        ("PUT", "{interactionId}") => json!({"attributeNames": ["Eic_State"]}),
        ("POST", "download") => json!({"messageId": "1"}),
        ("POST", "hold" | "make-private") => json!({"on": true}),
        ("POST", "park" | "blind-transfer") => json!({"target": "Support"}),
        ("POST", "wrap-up-assignments") => json!({
            "code": "x", "segmentId": 1, "time": "20261128T120000Z", "user": "anna", "sourceInteractionId": things.draft,
        }),
        ("PUT", "{subscriptionId}") if path.contains("/queues/") => json!({
            "queueIds": [{"queueType": 1, "queueName": "anna"}, {"queueType": 2, "queueName": "Support"}], "attributeNames": ["Eic_State"],
        }),
        ("PUT", "{subscriptionId}") if path.contains("/configuration/") => {
            json!({"configurationIds": ["*"], "properties": [], "rightsFilter": "admin"})
        }
        ("PUT", "{subscriptionId}") if path.contains("/activations/users/") => {
            json!({"userId": "anna", "workgroupIds": []})
        }
        ("PUT", "{subscriptionId}") => json!({"workgroupId": "Support", "userIds": []}),
        ("POST", "save") => json!({"emailContent": {
            "__type": "urn:inin.com:interactions.email:emailContent", "sender": sender, "toRecipients": [{"displayName": "x", "address": "x@example.com"}],
        }}),
        ("POST", "upload") => json!({"uploadFileName": "x.txt", "isInlineAttachment": false}),
        ("POST", "remove") => {
            json!({"fileUri": format!("/icws/{}/interactions/{}/email/attachments/file/1", world.tess.id, things.draft)})
        }
        ("POST", "insert") => json!({"id": world.letter.id}),
        ("POST", "interactions") => json!({
            "__type": "urn:inin.com:interactions.email:createEmailParameters", "workgroup": "Support",
            "emailContent": {"__type": "urn:inin.com:interactions.email:emailContent", "sender": sender},
        }),
        _ => return None,
    })
}
