//! Which rights each served operation needs. `docs/RIGHTS.md` is made from this table, and a black-box test walks over it: for each right
//! a request with it and one without. A route without an entry here fails that test.

#[macro_use]
mod conditions;

use desk::Right;

use self::conditions::{
    CHANGE, CHANGE_MEMBERS, CHANGE_ROLES, CHANGE_WORKGROUPS, CONFIGURATION, EDIT_ACCESS_RIGHTS,
    EDIT_ADMINISTRATIVE_RIGHTS, END, FILE, FILE_TO_INSERT, GIVE, HOLD, LIBRARY, MASTER, MOVE,
    QUEUES, RANK, READ, RESPONSE_MANAGEMENT, SEE_ACTIVATIONS, SESSIONS, SET_ACTIVATIONS, TAKE,
    WORKER, right,
};

/// What a right is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// For everything.
    Everything,
    /// For the user whom the operation is about, or in whose queue the interaction is.
    User,
    /// For the workgroup that the operation is about, or in whose queue the interaction is.
    Workgroup,
    /// For the role that the operation is about.
    Role,
    /// For the library that the operation is about.
    Library,
}

/// One way to meet a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A right.
    Right(Right, On),
    /// A right that counts only for members of the workgroup.
    AsMember(Right),
    /// A right that counts only where the operation is about oneself.
    OfOneself(Right, On),
    /// Something that is no right; says what.
    Being(&'static str),
}

/// What a request does that a condition is about. One that does not do it need not meet the condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It gives or takes security or access rights.
    EditsAccessRights,
    /// It gives or takes administrative rights.
    EditsAdministrativeRights,
    /// It changes which roles a user has.
    ChangesRoles,
    /// It changes which workgroups a user belongs to.
    ChangesWorkgroups,
    /// It changes who has a role, or belongs to a workgroup.
    ChangesMembers,
    /// It gives a right, or puts somebody where one is held.
    Gives,
    /// It is about somebody who may administer everything, or about what lets people do so.
    AboutMaster,
    /// It answers an email.
    Answers,
}

impl When {
    /// The same in words.
    pub fn text(self) -> &'static str {
        match self {
            When::EditsAccessRights => "to give or take security or access rights",
            When::EditsAdministrativeRights => "to give or take administrative rights",
            When::ChangesRoles => "to change which roles the user has",
            When::ChangesWorkgroups => "to change which workgroups the user belongs to",
            When::ChangesMembers => "to change who belongs to it",
            When::Gives => "to give a right, or to put somebody where one is held",
            When::AboutMaster => {
                "of somebody who may administer everything, or of what lets people do so"
            }
            When::Answers => "to answer an email",
        }
    }
}

/// A condition: one of its ways suffices.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    /// What a request does that has to meet it; nothing where each has to.
    pub when: Option<When>,
    /// The ways to meet it.
    pub ways: &'static [Way],
    /// How it is refused: the status and the `errorId`. Nothing where the operation succeeds and tells nothing, or less.
    pub refused: Option<(u16, &'static str)>,
}

/// What an operation needs: all of its conditions.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The operation, as `METHOD /path`.
    pub operation: &'static str,
    /// Its conditions. None: whoever may send the request at all is served.
    pub conditions: &'static [Condition],
}

use On::{Everything, Library, Role, User, Workgroup};
use Way::Being;

macro_rules! table {
    ($($operation:literal: $($condition:expr),*;)+) => {
        /// The table, in the order of the router.
        pub const TABLE: &[Entry] = &[$(Entry { operation: $operation, conditions: &[$($condition),*] }),+];
    };
}

table! {
    "POST /icws/connection":;
    "GET /icws/connection/version":;
    "GET /icws/connection/features":;
    "GET /icws/connection/features/{featureId}":;
    "GET /icws/connection/server-info":;
    "GET /icws/connection/server-time":;
    "GET /icws/{sessionId}/connection":;
    "DELETE /icws/{sessionId}/connection":;
    "GET /icws/{sessionId}/connection/switchover-status":;
    "POST /icws/{sessionId}/connection/unique-auth-token":;
    "GET /icws/{sessionId}/connection/station":;
    "PUT /icws/{sessionId}/connection/station":;
    "DELETE /icws/{sessionId}/connection/station":;
    "PUT /icws/{sessionId}/messaging/subscriptions/connection/station":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/connection/station":;
    "GET /icws/{sessionId}/messaging/messages":;
    "POST /icws/{sessionId}/messaging/heartbeat":;
    "GET /icws/{sessionId}/status/status-messages":;
    "GET /icws/{sessionId}/status/user-statuses/{userId}":;
    "PUT /icws/{sessionId}/status/user-statuses/{userId}": Condition {
        when: None,
 ways: &[
            Being("the status is one's own"),
            right(Right::ChangeUserStatus, User),
            MASTER,
        ],
        refused: Some((403, "error.request.status.accessDenied")),
    };
    "PUT /icws/{sessionId}/messaging/subscriptions/status/status-messages":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/status/status-messages":;
    "PUT /icws/{sessionId}/messaging/subscriptions/status/user-statuses":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/status/user-statuses":;
    "GET /icws/{sessionId}/status/status-messages-user-access/{userId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/status/status-messages-user-access":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/status/status-messages-user-access":;
    "GET /icws/{sessionId}/activations/users": Condition { refused: None, ..SEE_ACTIVATIONS };
    "GET /icws/{sessionId}/activations/users/{userId}": Condition {
        ways: &[
            Being("they are one's own, or in a workgroup one belongs to, or the user belongs to none"),
            right(Right::ViewWorkgroupQueue, Workgroup),
            right(Right::ActivateOthers, Workgroup),
            right(Right::Workgroups, Workgroup),
            MASTER,
        ],
        ..SEE_ACTIVATIONS
    };
    "PUT /icws/{sessionId}/activations/users/{userId}": SET_ACTIVATIONS;
    "PUT /icws/{sessionId}/messaging/subscriptions/activations/users/{subscriptionId}": Condition { refused: None, ..SEE_ACTIVATIONS };
    "DELETE /icws/{sessionId}/messaging/subscriptions/activations/users/{subscriptionId}":;
    "GET /icws/{sessionId}/activations/workgroups": Condition { refused: None, ..SEE_ACTIVATIONS };
    "GET /icws/{sessionId}/activations/workgroups/{workgroupId}": SEE_ACTIVATIONS;
    "PUT /icws/{sessionId}/activations/workgroups/{workgroupId}": SET_ACTIVATIONS;
    "PUT /icws/{sessionId}/messaging/subscriptions/activations/workgroups/{subscriptionId}": Condition { refused: None, ..SEE_ACTIVATIONS };
    "DELETE /icws/{sessionId}/messaging/subscriptions/activations/workgroups/{subscriptionId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/session/sessions-users": SESSIONS;
    "DELETE /icws/{sessionId}/messaging/subscriptions/session/sessions-users":;
    "PUT /icws/{sessionId}/messaging/subscriptions/session/sessions-stations": SESSIONS;
    "DELETE /icws/{sessionId}/messaging/subscriptions/session/sessions-stations":;
    "POST /icws/{sessionId}/licenses":;
    "PUT /icws/{sessionId}/licenses":;
    "POST /icws/{sessionId}/licenses/license-stages":;
    "DELETE /icws/{sessionId}/licenses":;
    "PUT /icws/{sessionId}/messaging/subscriptions/licenses":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/licenses":;
    "POST /icws/{sessionId}/system/handler-notification":;
    "PUT /icws/{sessionId}/messaging/subscriptions/system/handler-sent-notifications":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/system/handler-sent-notifications":;
    "PUT /icws/{sessionId}/messaging/subscriptions/response-management": RESPONSE_MANAGEMENT, Condition { refused: None, ..LIBRARY };
    "DELETE /icws/{sessionId}/messaging/subscriptions/response-management":;
    "PUT /icws/{sessionId}/response-management": RESPONSE_MANAGEMENT;
    "POST /icws/{sessionId}/response-management/file":
        RESPONSE_MANAGEMENT, Condition { refused: Some((400, "error.request.responseManagement.fileNotFound")), ..FILE };
    "GET /icws/{sessionId}/response-management/libraries/{libraryId}": RESPONSE_MANAGEMENT, LIBRARY;
    "GET /icws/{sessionId}/response-management/files/{key}": RESPONSE_MANAGEMENT, FILE;
    "PUT /icws/{sessionId}/response-management/files/{key}": RESPONSE_MANAGEMENT;
    "GET /icws/{sessionId}/configuration/users": administer!(Users, User, "it is oneself; with `rightsFilter=view` everybody, for what everybody may know", listed);
    "POST /icws/{sessionId}/configuration/users":
        administer!(Users, Everything), CHANGE_ROLES, CHANGE_WORKGROUPS, EDIT_ACCESS_RIGHTS, EDIT_ADMINISTRATIVE_RIGHTS, GIVE;
    "GET /icws/{sessionId}/configuration/users/{id}": administer!(Users, User, "it is oneself; with `rightsFilter=view` everybody, for what everybody may know");
    "PUT /icws/{sessionId}/configuration/users/{id}":
        administer!(Users, User), CHANGE_ROLES, CHANGE_WORKGROUPS, EDIT_ACCESS_RIGHTS, EDIT_ADMINISTRATIVE_RIGHTS, GIVE, RANK;
    "PUT /icws/{sessionId}/configuration/users/{id}/password":
        administer!(Users, User), RANK;
    "DELETE /icws/{sessionId}/configuration/users/{id}":
        administer!(Users, User), RANK;
    "GET /icws/{sessionId}/configuration/roles": administer!(Roles, Role, "one has the role, with `rightsFilter=view` or `loggedInUser`", listed);
    "POST /icws/{sessionId}/configuration/roles":
        administer!(Roles, Everything), CHANGE_MEMBERS, EDIT_ACCESS_RIGHTS, EDIT_ADMINISTRATIVE_RIGHTS, GIVE;
    "GET /icws/{sessionId}/configuration/roles/{id}": administer!(Roles, Role, "one has the role, with `rightsFilter=view` or `loggedInUser`");
    "PUT /icws/{sessionId}/configuration/roles/{id}":
        administer!(Roles, Role), CHANGE_MEMBERS, EDIT_ACCESS_RIGHTS, EDIT_ADMINISTRATIVE_RIGHTS, GIVE, RANK;
    "DELETE /icws/{sessionId}/configuration/roles/{id}":
        administer!(Roles, Role), RANK;
    "GET /icws/{sessionId}/configuration/workgroups": administer!(Workgroups, Workgroup, "one belongs to the workgroup, with `rightsFilter=view` or `loggedInUser`, or may view its queue, with `rightsFilter=view`", listed);
    "POST /icws/{sessionId}/configuration/workgroups":
        administer!(Workgroups, Everything), CHANGE_MEMBERS, EDIT_ACCESS_RIGHTS, EDIT_ADMINISTRATIVE_RIGHTS, GIVE;
    "GET /icws/{sessionId}/configuration/workgroups/{id}":
        administer!(Workgroups, Workgroup, "one belongs to the workgroup, with `rightsFilter=view` or `loggedInUser`, or may view its queue, with `rightsFilter=view`");
    "PUT /icws/{sessionId}/configuration/workgroups/{id}":
        administer!(Workgroups, Workgroup), CHANGE_MEMBERS, EDIT_ACCESS_RIGHTS, EDIT_ADMINISTRATIVE_RIGHTS, GIVE, RANK;
    "DELETE /icws/{sessionId}/configuration/workgroups/{id}":
        administer!(Workgroups, Workgroup), RANK;
    "POST /icws/{sessionId}/configuration/workgroups/{id}/monitored-mailboxes": administer!(Workgroups, Workgroup);
    "GET /icws/{sessionId}/configuration/response-management-documents": administer!(ResponseManagement, Library, "one may use the library, with `rightsFilter=view`", listed);
    "GET /icws/{sessionId}/configuration/response-management-documents/{id}":
        administer!(ResponseManagement, Library, "one may use the library, with `rightsFilter=view`");
    "DELETE /icws/{sessionId}/configuration/response-management-documents/{id}": administer!(ResponseManagement, Library);
    "PUT /icws/{sessionId}/messaging/subscriptions/configuration/users/{subscriptionId}": administer!(Users, User, "it is oneself; with `rightsFilter=view` everybody, for what everybody may know", listed);
    "DELETE /icws/{sessionId}/messaging/subscriptions/configuration/users/{subscriptionId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/configuration/roles/{subscriptionId}": administer!(Roles, Role, "one has the role, with `rightsFilter=view` or `loggedInUser`", listed);
    "DELETE /icws/{sessionId}/messaging/subscriptions/configuration/roles/{subscriptionId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/configuration/workgroups/{subscriptionId}": administer!(Workgroups, Workgroup, "one belongs to the workgroup, with `rightsFilter=view` or `loggedInUser`, or may view its queue, with `rightsFilter=view`", listed);
    "DELETE /icws/{sessionId}/messaging/subscriptions/configuration/workgroups/{subscriptionId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/configuration/response-management-documents/{subscriptionId}":
        administer!(ResponseManagement, Library, "one may use the library, with `rightsFilter=view`", listed);
    "DELETE /icws/{sessionId}/messaging/subscriptions/configuration/response-management-documents/{subscriptionId}":;
    "POST /icws/{sessionId}/interactions": Condition {
        when: None,
 ways: &[Being("one belongs to the workgroup it is made for")],
        refused: Some((400, "error.request.email.workgroupAccessDenied")),
    }, Condition {
        when: Some(When::Answers),
        refused: Some((400, "error.request.interactions.parentAccessDenied")),
        ..CHANGE
    };
    "GET /icws/{sessionId}/interactions/{interactionId}": READ;
    "POST /icws/{sessionId}/interactions/{interactionId}": CHANGE;
    "POST /icws/{sessionId}/interactions/{interactionId}/pickup": action!(CanPickupInteractions), TAKE;
    "POST /icws/{sessionId}/interactions/{interactionId}/hold": action!(CanPutInteractionsOnHold), HOLD;
    "POST /icws/{sessionId}/interactions/{interactionId}/park": action!(CanParkInteractions), MOVE;
    "POST /icws/{sessionId}/interactions/{interactionId}/blind-transfer": action!(CanTransferInteractions), MOVE;
    "POST /icws/{sessionId}/interactions/{interactionId}/disconnect": action!(CanDisconnectInteractions, "it is a draft of one's own"), END;
    "POST /icws/{sessionId}/interactions/{interactionId}/make-private": CHANGE;
    "POST /icws/{sessionId}/interactions/{interactionId}/wrap-up-assignments": CHANGE, WORKER;
    "PUT /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}": READ;
    "DELETE /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/interaction-alerting":;
    "DELETE /icws/{sessionId}/messaging/subscriptions/interaction-alerting":;
    "PUT /icws/{sessionId}/messaging/subscriptions/queues/{subscriptionId}": QUEUES;
    "DELETE /icws/{sessionId}/messaging/subscriptions/queues/{subscriptionId}":;
    "PUT /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}/email": READ;
    "DELETE /icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}/email":;
    "POST /icws/{sessionId}/interactions/{interactionId}/email/save": CHANGE;
    "POST /icws/{sessionId}/interactions/{interactionId}/email/send": CHANGE;
    "POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload": CHANGE;
    "PUT /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload/{token}": Condition {
        when: None,
 ways: &[Being("one's own session announced the upload, and may still change the interaction")],
        refused: Some((404, "error.request.email.uploadNotFound")),
    };
    "POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/remove": CHANGE;
    "GET /icws/{sessionId}/interactions/{interactionId}/email/attachments/file/{number}": READ;
    "POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/message/download": READ;
    "POST /icws/{sessionId}/interactions/email/resolve-address":;
    "POST /icws/{sessionId}/configuration/mail/send-email": Condition {
        when: None,
        ways: &[
            Being("one has a mailbox of one's own, or belongs to one workgroup that can send"),
            right(Right::MailConfiguration, Everything),
            MASTER,
        ],
        refused: Some((400, "error.request.email.noMailbox")),
    };
    "POST /icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert":
        RESPONSE_MANAGEMENT, CHANGE, FILE_TO_INSERT;
}

/// The entry of an operation, as `METHOD /path`.
pub fn entry(operation: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.operation == operation)
}
