//! The whole router on one page: every route with what it asks for, the status it succeeds with, and its handler.

use axum::http::{Method, StatusCode};
use desk::configuration::documents::Documents;
use desk::configuration::kinds::{Roles, Users, Workgroups};

use crate::extract::{
    AnySession, Hold, MakesRoles, MakesUsers, MakesWorkgroups, NoRight, Open, Park, PickUp,
    ResponseManagement, Session, Transfer, WithoutToken,
};
use crate::route::{Route, route};
use crate::routes::interactions::{actions, alerting};
use crate::routes::{
    activations, configuration, connection, email, interactions, licenses, messaging, queues,
    response_management, session, status, system,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

const OK: StatusCode = StatusCode::OK;
const CREATED: StatusCode = StatusCode::CREATED;
const ACCEPTED: StatusCode = StatusCode::ACCEPTED;
const NO_CONTENT: StatusCode = StatusCode::NO_CONTENT;

/// A session whose token is not asked for.
type Cookie = Session<NoRight, WithoutToken>;
/// A session whose caller has the right Response Management.
type Librarian = Session<ResponseManagement>;
/// The same, whose token is not asked for.
type LibraryReader = Session<ResponseManagement, WithoutToken>;

/// Every route there is.
#[expect(clippy::too_many_lines, reason = "a list, on one page")]
#[rustfmt::skip]
pub fn routes() -> Vec<Route> {
    vec![
        // Connection
        route::<Open, _, _>(POST, "/icws/connection", CREATED, connection::create),
        route::<Open, _, _>(GET, "/icws/connection/version", OK, connection::version),
        route::<Open, _, _>(GET, "/icws/connection/features", OK, connection::features),
        route::<Open, _, _>(GET, "/icws/connection/features/{featureId}", OK, connection::feature),
        route::<Open, _, _>(GET, "/icws/connection/server-info", OK, connection::server_info),
        route::<Open, _, _>(GET, "/icws/connection/server-time", OK, connection::server_time),
        route::<AnySession, _, _>(GET, "/icws/{sessionId}/connection", OK, connection::get),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/connection", NO_CONTENT, connection::delete),
        route::<Session, _, _>(GET, "/icws/{sessionId}/connection/switchover-status", OK, connection::switchover_status),
        route::<Session, _, _>(POST, "/icws/{sessionId}/connection/unique-auth-token", OK, connection::unique_auth_token),
        route::<Session, _, _>(GET, "/icws/{sessionId}/connection/station", OK, connection::station),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/connection/station", OK, connection::set_station),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/connection/station", OK, connection::leave_station),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/connection/station", OK, connection::subscribe_station),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/connection/station", OK, connection::unsubscribe_station),

        // Messaging
        route::<Cookie, _, _>(GET, "/icws/{sessionId}/messaging/messages", OK, messaging::messages),
        route::<Session, _, _>(POST, "/icws/{sessionId}/messaging/heartbeat", NO_CONTENT, messaging::heartbeat),

        // Status
        route::<Session, _, _>(GET, "/icws/{sessionId}/status/status-messages", OK, status::messages),
        route::<Session, _, _>(GET, "/icws/{sessionId}/status/user-statuses/{userId}", OK, status::get),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/status/user-statuses/{userId}", ACCEPTED, status::put),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/status/status-messages", OK, status::subscribe_messages),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/status/status-messages", OK, status::unsubscribe_messages),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/status/user-statuses", OK, status::subscribe_users),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/status/user-statuses", OK, status::unsubscribe_users),
        route::<Session, _, _>(GET, "/icws/{sessionId}/status/status-messages-user-access/{userId}", OK, status::access),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/status/status-messages-user-access", OK, status::subscribe_access),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/status/status-messages-user-access", OK, status::unsubscribe_access),

        // Activations
        route::<Session, _, _>(GET, "/icws/{sessionId}/activations/users", OK, activations::of_users),
        route::<Session, _, _>(GET, "/icws/{sessionId}/activations/users/{userId}", OK, activations::of_user),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/activations/users/{userId}", OK, activations::set_user),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/activations/users/{subscriptionId}", OK, activations::subscribe_user),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/activations/users/{subscriptionId}", NO_CONTENT, activations::unsubscribe_user),
        route::<Session, _, _>(GET, "/icws/{sessionId}/activations/workgroups", OK, activations::of_workgroups),
        route::<Session, _, _>(GET, "/icws/{sessionId}/activations/workgroups/{workgroupId}", OK, activations::of_workgroup),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/activations/workgroups/{workgroupId}", OK, activations::set_workgroup),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/activations/workgroups/{subscriptionId}", OK, activations::subscribe_workgroup),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/activations/workgroups/{subscriptionId}", NO_CONTENT, activations::unsubscribe_workgroup),

        // Sessions
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/session/sessions-users", OK, session::subscribe_users),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/session/sessions-users", OK, session::unsubscribe_users),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/session/sessions-stations", OK, session::subscribe_stations),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/session/sessions-stations", OK, session::unsubscribe_stations),

        // Licences
        route::<Session, _, _>(POST, "/icws/{sessionId}/licenses", OK, licenses::acquire),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/licenses", OK, licenses::acquire),
        route::<Session, _, _>(POST, "/icws/{sessionId}/licenses/license-stages", OK, licenses::acquire_in_stages),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/licenses", NO_CONTENT, licenses::release),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/licenses", OK, licenses::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/licenses", OK, licenses::unsubscribe),

        // Notifications
        route::<Session, _, _>(POST, "/icws/{sessionId}/system/handler-notification", ACCEPTED, system::notify),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/system/handler-sent-notifications", NO_CONTENT, system::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/system/handler-sent-notifications", NO_CONTENT, system::unsubscribe),

        // Response management
        route::<Librarian, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/response-management", NO_CONTENT, response_management::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/response-management", NO_CONTENT, response_management::unsubscribe),
        route::<Librarian, _, _>(PUT, "/icws/{sessionId}/response-management", NO_CONTENT, response_management::save),
        route::<Librarian, _, _>(POST, "/icws/{sessionId}/response-management/file", OK, response_management::file_url),
        route::<LibraryReader, _, _>(GET, "/icws/{sessionId}/response-management/libraries/{libraryId}", OK, response_management::library).of_a_file(),
        route::<LibraryReader, _, _>(GET, "/icws/{sessionId}/response-management/files/{key}", OK, response_management::file).of_a_file(),
        route::<LibraryReader, _, _>(PUT, "/icws/{sessionId}/response-management/files/{key}", OK, response_management::upload_file),

        // Configuration
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/users", OK, configuration::users),
        route::<Session<MakesUsers>, _, _>(POST, "/icws/{sessionId}/configuration/users", CREATED, configuration::create_user),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/users/{id}", OK, configuration::user),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/configuration/users/{id}", OK, configuration::update_user),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/configuration/users/{id}/password", OK, configuration::set_password),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/configuration/users/{id}", NO_CONTENT, configuration::delete_user),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/roles", OK, configuration::roles),
        route::<Session<MakesRoles>, _, _>(POST, "/icws/{sessionId}/configuration/roles", CREATED, configuration::create_role),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/roles/{id}", OK, configuration::role),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/configuration/roles/{id}", OK, configuration::update_role),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/configuration/roles/{id}", NO_CONTENT, configuration::delete_role),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/workgroups", OK, configuration::workgroups),
        route::<Session<MakesWorkgroups>, _, _>(POST, "/icws/{sessionId}/configuration/workgroups", CREATED, configuration::create_workgroup),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/workgroups/{id}", OK, configuration::workgroup),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/configuration/workgroups/{id}", OK, configuration::update_workgroup),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/configuration/workgroups/{id}", NO_CONTENT, configuration::delete_workgroup),
        route::<Session, _, _>(POST, "/icws/{sessionId}/configuration/workgroups/{id}/monitored-mailboxes", OK, configuration::update_mailboxes),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/response-management-documents", OK, configuration::documents),
        route::<Session, _, _>(GET, "/icws/{sessionId}/configuration/response-management-documents/{id}", OK, configuration::document),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/configuration/response-management-documents/{id}", NO_CONTENT, configuration::delete_document),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/configuration/users/{subscriptionId}", OK, configuration::subscribe::<Users>),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/configuration/users/{subscriptionId}", NO_CONTENT, configuration::unsubscribe::<Users>),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/configuration/roles/{subscriptionId}", OK, configuration::subscribe::<Roles>),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/configuration/roles/{subscriptionId}", NO_CONTENT, configuration::unsubscribe::<Roles>),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/configuration/workgroups/{subscriptionId}", OK, configuration::subscribe::<Workgroups>),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/configuration/workgroups/{subscriptionId}", NO_CONTENT, configuration::unsubscribe::<Workgroups>),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/configuration/response-management-documents/{subscriptionId}", OK, configuration::subscribe::<Documents>),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/configuration/response-management-documents/{subscriptionId}", NO_CONTENT, configuration::unsubscribe::<Documents>),

        route::<Session, _, _>(POST, "/icws/{sessionId}/configuration/mail/send-email", NO_CONTENT, email::send_plain),

        // Interactions
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions", CREATED, interactions::create),
        route::<Session, _, _>(GET, "/icws/{sessionId}/interactions/{interactionId}", OK, interactions::attributes),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}", OK, interactions::update_attributes),
        route::<Session<PickUp>, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/pickup", OK, actions::pick_up),
        route::<Session<Hold>, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/hold", OK, actions::hold),
        route::<Session<Park>, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/park", OK, actions::park),
        route::<Session<Transfer>, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/blind-transfer", OK, actions::transfer),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/disconnect", OK, actions::disconnect),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/make-private", OK, actions::make_private),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/wrap-up-assignments", OK, actions::wrap_up),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}", NO_CONTENT, interactions::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}", NO_CONTENT, interactions::unsubscribe),
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/interaction-alerting", OK, alerting::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/interaction-alerting", OK, alerting::unsubscribe),

        // Queues
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/queues/{subscriptionId}", OK, queues::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/queues/{subscriptionId}", OK, queues::unsubscribe_from),

        // Email
        route::<Session, _, _>(PUT, "/icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}/email", OK, email::subscribe),
        route::<Session, _, _>(DELETE, "/icws/{sessionId}/messaging/subscriptions/interactions/{interactionId}/email", OK, email::unsubscribe),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/email/save", OK, email::save),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/email/send", OK, email::send),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload", ACCEPTED, email::announce_upload),
        route::<Cookie, _, _>(PUT, "/icws/{sessionId}/interactions/{interactionId}/email/attachments/file/upload/{token}", OK, email::upload),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/email/attachments/file/remove", OK, email::remove_attachment),
        route::<Cookie, _, _>(GET, "/icws/{sessionId}/interactions/{interactionId}/email/attachments/file/{number}", OK, email::download).of_a_file(),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/email/attachments/message/download", ACCEPTED, email::open_message),
        route::<Session, _, _>(POST, "/icws/{sessionId}/interactions/email/resolve-address", OK, email::resolve_address),
        route::<Librarian, _, _>(POST, "/icws/{sessionId}/interactions/{interactionId}/email/attachments/response-management/insert", OK, email::insert_response_file),
    ]
}
