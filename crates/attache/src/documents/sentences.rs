//! What each served operation does, in a sentence of our own. The description of the API and its page show it; a test sees to it that every
//! route has one.

/// What an operation does.
pub struct Sentence {
    /// Method and path, as the route is declared.
    pub key: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// What it takes in its query: names, and what they mean.
    pub query: Query,
    /// The type of its body, where the contract's list of operations does not tell it.
    pub body: Option<&'static str>,
    /// The type of what it answers with, where no list of the contract tells it.
    pub gives: Option<&'static str>,
    /// Bytes that it takes or gives in the place of a representation.
    pub bytes: Option<Bytes>,
}

/// Bytes of any kind in a body.
#[derive(Clone, Copy)]
pub struct Bytes {
    /// Whether they go out, and not in.
    pub out: bool,
}

/// The sentence of a route.
pub fn of(key: &str) -> Option<&'static Sentence> {
    ALL.iter().find(|sentence| sentence.key == key)
}

const fn sentence(key: &'static str, text: &'static str) -> Sentence {
    Sentence {
        key,
        text,
        query: &[],
        body: None,
        gives: None,
        bytes: None,
    }
}

impl Sentence {
    const fn query(mut self, query: Query) -> Self {
        self.query = query;
        self
    }

    const fn takes(mut self, urn: &'static str) -> Self {
        self.body = Some(urn);
        self
    }

    const fn gives(mut self, urn: &'static str) -> Self {
        self.gives = Some(urn);
        self
    }

    const fn takes_bytes(mut self) -> Self {
        self.bytes = Some(Bytes { out: false });
        self
    }

    const fn gives_bytes(mut self) -> Self {
        self.bytes = Some(Bytes { out: true });
        self
    }
}

type Query = &'static [(&'static str, &'static str)];

const OF_USER: Query = &[OF_USERS[1]];
const OF_WORKGROUP: Query = &[OF_WORKGROUPS[1]];
#[rustfmt::skip]
const OF_USERS: Query = &[("filter", "The users, with commas between"), ("select", "The workgroups, with commas between")];
#[rustfmt::skip]
const OF_WORKGROUPS: Query = &[("filter", "The workgroups, with commas between"), ("select", "The users, with commas between")];
const OBJECT: Query = &[
    ("select", "The properties to tell, with commas between"),
    ("rightsFilter", "admin (the default), view or loggedInUser"),
    (
        "actualValues",
        "true: tell an inheritable property's own value",
    ),
    ("inheritedValues", "true: tell what it inherits"),
    (
        "singlePropertyInheritedFrom",
        "true: tell where that comes from",
    ),
];
#[rustfmt::skip]
const LIST: Query = &[
    OBJECT[0], OBJECT[1], OBJECT[2], OBJECT[3], OBJECT[4],
    ("where", "Conditions, with commas between: a property, then eq, sw or ct, then a value"),
    ("orderBy", "A property, with desc after it or not"),
];

/// All of them, in the order of the router.
#[rustfmt::skip]
pub const ALL: &[Sentence] = &[
    // Connection
    sentence("POST /icws/connection", "Logs a user in and begins a session.").query(&[("include", "What else to tell, with commas between: version, features, server-time, default-workstation, effective-station, purecloud-integration")]),
    sentence("GET /icws/connection/version", "Tells the version of the server."),
    sentence("GET /icws/connection/features", "Lists what the server can do, each feature with its version."),
    sentence("GET /icws/connection/features/{featureId}", "Tells the version of one feature."),
    sentence("GET /icws/connection/server-info", "Tells how one can log in.").query(&[("singleSignOnCapabilities", "Ignored: there is no single sign-on"), ("displayLanguage", "The language in which to tell it")]),
    sentence("GET /icws/connection/server-time", "Tells the time of the server."),
    sentence("GET /icws/{sessionId}/connection", "Tells the state of a session and what belongs to it."),
    sentence("DELETE /icws/{sessionId}/connection", "Logs out and ends the session."),
    sentence("GET /icws/{sessionId}/connection/switchover-status", "Tells whether the session has a server to turn to when this one fails."),
    sentence("POST /icws/{sessionId}/connection/unique-auth-token", "Makes a token by which the same user may log in once more, within seconds."),
    sentence("GET /icws/{sessionId}/connection/station", "Tells which station the session is at."),
    sentence("PUT /icws/{sessionId}/connection/station", "Puts the session at a station."),
    sentence("DELETE /icws/{sessionId}/connection/station", "Leaves the station."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/connection/station", "Listens to the station of the session."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/connection/station", "Listens to the station no more."),
    // Messages
    sentence("GET /icws/{sessionId}/messaging/messages", "Takes the messages that have come for the session's subscriptions, in one answer or as a stream of events."),
    sentence("POST /icws/{sessionId}/messaging/heartbeat", "Keeps the session from ending because nothing comes from it."),
    // Status
    sentence("GET /icws/{sessionId}/status/status-messages", "Lists what users can be, such as Available or At Lunch."),
    sentence("GET /icws/{sessionId}/status/user-statuses/{userId}", "Tells what a user is."),
    sentence("PUT /icws/{sessionId}/status/user-statuses/{userId}", "Sets what the user is."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/status/status-messages", "Listens to the list of what users can be."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/status/status-messages", "Listens to that list no more."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/status/user-statuses", "Listens to what some users are.").takes("urn:inin.com:status:userStatusSubscription"),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/status/user-statuses", "Listens to what users are no more."),
    sentence("GET /icws/{sessionId}/status/status-messages-user-access/{userId}", "Lists what a user may choose to be."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/status/status-messages-user-access", "Listens to what some users may choose to be."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/status/status-messages-user-access", "Listens to what users may choose no more."),
    // Activations
    sentence("GET /icws/{sessionId}/activations/users", "Tells in which of their workgroups users take part.").query(OF_USERS),
    sentence("GET /icws/{sessionId}/activations/users/{userId}", "Tells in which of his workgroups a user takes part.").query(OF_USER),
    sentence("PUT /icws/{sessionId}/activations/users/{userId}", "Says in which of his workgroups a user takes part."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/activations/users/{subscriptionId}", "Listens to the activations of a user."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/activations/users/{subscriptionId}", "Listens to the user's activations no more."),
    sentence("GET /icws/{sessionId}/activations/workgroups", "Tells which of their members take part in workgroups.").query(OF_WORKGROUPS),
    sentence("GET /icws/{sessionId}/activations/workgroups/{workgroupId}", "Tells which of its members take part in a workgroup.").query(OF_WORKGROUP),
    sentence("PUT /icws/{sessionId}/activations/workgroups/{workgroupId}", "Says which of its members take part in a workgroup."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/activations/workgroups/{subscriptionId}", "Listens to the activations in a workgroup."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/activations/workgroups/{subscriptionId}", "Listens to the workgroup's activations no more."),
    // Sessions
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/session/sessions-users", "Listens to the sessions of some users."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/session/sessions-users", "Listens to the sessions of users no more."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/session/sessions-stations", "Listens to the sessions at some stations."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/session/sessions-stations", "Listens to the sessions at stations no more."),
    // Licences
    sentence("POST /icws/{sessionId}/licenses", "Asks for licences, each of which is granted."),
    sentence("PUT /icws/{sessionId}/licenses", "Asks for licences in the place of those that the session has."),
    sentence("POST /icws/{sessionId}/licenses/license-stages", "Asks for licences in stages, each of which is granted."),
    sentence("DELETE /icws/{sessionId}/licenses", "Gives the licences back."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/licenses", "Listens to the licences of the session."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/licenses", "Listens to the licences no more."),
    // Notifications
    sentence("POST /icws/{sessionId}/system/handler-notification", "Sends a notification to every session that listens to its object and event."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/system/handler-sent-notifications", "Listens to notifications by their objects and events."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/system/handler-sent-notifications", "Listens to notifications no more."),
    // Response management
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/response-management", "Listens to the response libraries of the user, which come with the first message."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/response-management", "Listens to the libraries no more."),
    sentence("PUT /icws/{sessionId}/response-management", "Saves the user's own library."),
    sentence("POST /icws/{sessionId}/response-management/file", "Tells the address of a stored file by its key."),
    sentence("GET /icws/{sessionId}/response-management/libraries/{libraryId}", "Fetches a library, with its categories and items.").query(&[("tag", "The tag of the document that the address was made for")]).gives("urn:inin.com:responseManagement:responseManagementLibrary").gives_bytes(),
    sentence("GET /icws/{sessionId}/response-management/files/{key}", "Fetches a stored file of a library, or a range of its bytes.").gives_bytes(),
    sentence("PUT /icws/{sessionId}/response-management/files/{key}", "Takes the bytes of a file of one's own, under a name that no file has.").takes_bytes(),
    // Configuration
    sentence("POST /icws/{sessionId}/configuration/mail/send-email", "Sends a plain text as an email of its own."),
    sentence("GET /icws/{sessionId}/configuration/users", "Lists users as configuration objects.").query(LIST),
    sentence("POST /icws/{sessionId}/configuration/users", "Makes a user."),
    sentence("GET /icws/{sessionId}/configuration/users/{id}", "Reads a user as a configuration object.").query(OBJECT),
    sentence("PUT /icws/{sessionId}/configuration/users/{id}", "Changes the properties of a user that the body has."),
    sentence("PUT /icws/{sessionId}/configuration/users/{id}/password", "Sets the password of a user."),
    sentence("DELETE /icws/{sessionId}/configuration/users/{id}", "Removes a user for good."),
    sentence("GET /icws/{sessionId}/configuration/roles", "Lists roles as configuration objects.").query(LIST),
    sentence("POST /icws/{sessionId}/configuration/roles", "Makes a role."),
    sentence("GET /icws/{sessionId}/configuration/roles/{id}", "Reads a role as a configuration object.").query(OBJECT),
    sentence("PUT /icws/{sessionId}/configuration/roles/{id}", "Changes the properties of a role that the body has."),
    sentence("DELETE /icws/{sessionId}/configuration/roles/{id}", "Removes a role for good."),
    sentence("GET /icws/{sessionId}/configuration/workgroups", "Lists workgroups as configuration objects.").query(LIST),
    sentence("POST /icws/{sessionId}/configuration/workgroups", "Makes a workgroup."),
    sentence("GET /icws/{sessionId}/configuration/workgroups/{id}", "Reads a workgroup as a configuration object.").query(OBJECT),
    sentence("PUT /icws/{sessionId}/configuration/workgroups/{id}", "Changes the properties of a workgroup that the body has."),
    sentence("DELETE /icws/{sessionId}/configuration/workgroups/{id}", "Removes a workgroup for good."),
    sentence("POST /icws/{sessionId}/configuration/workgroups/{id}/monitored-mailboxes", "Adds, changes and removes mailboxes of a workgroup."),
    sentence("GET /icws/{sessionId}/configuration/response-management-documents", "Lists system libraries as configuration objects.").query(LIST),
    sentence("GET /icws/{sessionId}/configuration/response-management-documents/{id}", "Reads a system library as a configuration object.").query(OBJECT),
    sentence("DELETE /icws/{sessionId}/configuration/response-management-documents/{id}", "Removes a system library for good."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/configuration/users/{subscriptionId}", "Listens to changes of users."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/configuration/users/{subscriptionId}", "Listens to changes of users no more."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/configuration/roles/{subscriptionId}", "Listens to changes of roles."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/configuration/roles/{subscriptionId}", "Listens to changes of roles no more."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/configuration/workgroups/{subscriptionId}", "Listens to changes of workgroups."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/configuration/workgroups/{subscriptionId}", "Listens to changes of workgroups no more."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/configuration/response-management-documents/{subscriptionId}", "Listens to changes of system libraries."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/configuration/response-management-documents/{subscriptionId}", "Listens to changes of system libraries no more."),
    // Interactions
    sentence("POST /icws/{sessionId}/interactions", "Begins an email."),
    sentence("GET /icws/{sessionId}/interactions/{interactionId}", "Reads attributes of an interaction.").query(&[("select", "The names of the attributes, with commas between them")]),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}", "Sets attributes of an interaction."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/pickup", "Takes an interaction over."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/hold", "Puts an interaction aside, or goes on with it."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/park", "Parks an interaction with a user."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/blind-transfer", "Hands an interaction to somebody else without asking."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/disconnect", "Ends an interaction."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/make-private", "Makes an interaction private, or makes it so no more."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/wrap-up-assignments", "Notes how an interaction came out."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}", "Listens to attributes of an interaction."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}", "Listens to the interaction no more."),
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/interaction-alerting", "Listens to what is handed to the user and waits for him to take it."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/interaction-alerting", "Listens to what alerts the user no more."),
    // Queues
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/queues/{subscriptionId}", "Listens to the interactions in queues."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/queues/{subscriptionId}", "Listens to those queues no more."),
    // Email
    sentence("PUT /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}/email", "Listens to the content and the attachments of an email."),
    sentence("DELETE /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}/email", "Listens to the email no more."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/email/save", "Saves what was written."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/email/send", "Sends the email as it was last saved."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload", "Announces a file and tells the address that takes its bytes."),
    sentence("PUT /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload/{token}", "Takes the bytes of an announced file and attaches it.").takes_bytes(),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/remove", "Removes an attachment."),
    sentence("GET /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/{number}", "Fetches an attachment, or a range of its bytes.").gives_bytes(),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/message/download", "Opens a message that is attached to an email, which then comes as a message of the session."),
    sentence("POST /icws/{sessionId}/interactions/email/resolve-address", "Finds the people and mailboxes whose names or addresses begin with the words."),
    sentence("POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert", "Attaches a file of a response library, without a byte being read or sent."),
];
