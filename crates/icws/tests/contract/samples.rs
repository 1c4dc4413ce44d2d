//! A full and a bare sample of every representation of ours, made from our own types.

mod activations;
mod configuration;

use std::fmt::Debug;

use icws::configuration::ConfigurationId;
use icws::connection::*;
use icws::contract::Declared;
use icws::email::*;
use icws::error::{Error, ErrorKind};
use icws::interactions::*;
use icws::licenses::*;
use icws::messaging::*;
use icws::queues::{QueueId, QueueType};
use icws::response_management::*;
use icws::status::*;
use icws::system::*;
use icws::{Date, Guid, Nullable, Representation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A valid body.
pub struct Sample {
    pub declared: Declared,
    pub value: Value,
}

fn sample<T: Representation + Serialize>(value: &T) -> Sample {
    Sample {
        declared: Declared::One(T::URN),
        value: serde_json::to_value(value).unwrap(),
    }
}

/// Of a response: clients read back what was written.
fn answer<T: Representation + Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
) -> Sample {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{text}");
    sample(value)
}

/// Of a message: it is sent as one.
fn message(value: impl Into<Message>) -> Sample {
    answer::<Message>(&value.into())
}

pub fn guid() -> Guid {
    "0f8fad5b-d9cb-469f-a165-70867728950e".parse().unwrap()
}

pub fn date() -> Date {
    Date::from_unix_millis(1_603_959_618_000)
}

fn text(text: &str) -> String {
    text.to_owned()
}

pub fn errors() -> [Error; 3] {
    let property_name = text("emailContent.bodies[0].bodyType");
    let mut plain = Error::new(
        "error.request.connection.authenticationFailure",
        "The authentication process failed.",
    );
    plain.error_code = Some(-2_147_221_503);
    let missing = Error {
        kind: ErrorKind::MissingProperty {
            property_name: property_name.clone(),
        },
        ..Error::new(
            "error.request.invalidRepresentation.missingProperty",
            "A property is missing.",
        )
    };
    let invalid = Error {
        kind: ErrorKind::InvalidProperty { property_name },
        ..Error::new(
            "error.request.invalidRepresentation.invalidProperty",
            "A property is invalid.",
        )
    };
    [plain, missing, invalid]
}

fn tokens() -> Vec<Sample> {
    vec![
        sample(&AuthRequest::AuthToken(AuthTokenRequest {
            application_name: text("test"),
            auth_token_seed: guid(),
            auth_token: text("dG9rZW4"),
            auth_token_source_session: text("1247633034"),
            disconnect_source_session: Some(true),
        })),
        sample(&CreateUniqueAuthTokenRequest {
            auth_token_seed: guid(),
        }),
        answer(&CreateUniqueAuthTokenResponse {
            auth_token: text("dG9rZW4"),
        }),
    ]
}

fn stations() -> Vec<Sample> {
    let settings = |value: Value| Sample {
        declared: Declared::One(StationSettings::URN),
        value,
    };
    let nowhere = StationInformation {
        id: text(""),
        extension: text(""),
        remote_number: None,
        station_setting: StationSettingsType::None,
        can_be_dialed: None,
        allowed_media_types: None,
    };
    let somewhere = StationInformation {
        id: text("s1"),
        remote_number: Some(text("+49 30 1")),
        station_setting: StationSettingsType::RemoteWorkstation,
        can_be_dialed: Some(false),
        allowed_media_types: Some(vec![SupportedMediaType::Email]),
        ..nowhere.clone()
    };
    vec![
        settings(json!({})),
        settings(json!({
            "__type": "urn:inin.com:connection:stationlessSettings",
            "supportedMediaTypes": [3], "stationConnectionMode": 0, "readyForInteractions": true,
        })),
        settings(
            json!({"__type": "urn:inin.com:connection:workstationSettings", "workstation": "s1"}),
        ),
        settings(json!({
            "__type": "urn:inin.com:connection:remoteWorkstationSettings", "workstation": "s1", "remoteNumber": "1",
        })),
        settings(json!({
            "__type": "urn:inin.com:connection:remoteNumberSettings", "remoteNumber": "1", "persistentConnection": false,
        })),
        answer(&nowhere),
        answer(&somewhere),
        message(StationConnectionStateChangeMessage {
            previous_station_info: Some(nowhere.clone()),
            new_station_info: somewhere,
            is_delta: true,
        }),
        message(StationConnectionStateChangeMessage {
            previous_station_info: None,
            new_station_info: nowhere,
            is_delta: false,
        }),
        message(EffectiveStationChangeMessage {
            effective_station: None,
            is_delta: false,
        }),
        message(EffectiveStationChangeMessage {
            effective_station: Some(EffectiveStationInfo {
                station_id: ConfigurationId {
                    id: text("s1"),
                    display_name: Nullable::Value(text("s1")),
                    uri: None,
                },
            }),
            is_delta: true,
        }),
    ]
}

fn connection() -> Vec<Sample> {
    let version = VersionInfo {
        product_release_display_string: Some(text("2020 R1")),
        product_patch_display_string: Some(text("Patch 1")),
        ..VersionInfo::default()
    };
    let features = vec![FeatureInfo {
        feature_id: text("interactions"),
        version: 10,
    }];
    let time = ServerTimeInfo {
        server_utc_time: date(),
    };
    let station_id = ConfigurationId {
        id: text("s1"),
        display_name: Nullable::Null,
        uri: Some(text("/configuration/stations/s1")),
    };
    let full = ConnectionResponse {
        csrf_token: text("dG9rZW4="),
        session_id: text("1247633034"),
        alternate_host_list: Some(vec![text("desk.example.com")]),
        user_id: Some(text("anna")),
        user_display_name: Some(text("Anna")),
        ic_server: Some(text("desk")),
        days_until_password_expiration: Some(90),
        version: Some(version.clone()),
        features: Some(features.clone()),
        server_time_info: Some(time),
        default_workstation_id: Nullable::Value(text("s1")),
        effective_station: Nullable::Value(EffectiveStationInfo { station_id }),
        purecloud_integration: Some(PurecloudIntegration {
            integration_enabled: false,
            web_rtc_integration_enabled: Some(false),
        }),
    };
    let asked_in_vain = ConnectionResponse {
        default_workstation_id: Nullable::Null,
        effective_station: Nullable::Null,
        ..ConnectionResponse::default()
    };
    let provider = IdentityProvider {
        display_name: text("p"),
        identity_provider_id: text("1"),
        built_in_identity_provider: true,
    };
    let authentication = AuthenticationInfo {
        allow_ic_auth: true,
        identity_providers: Some(vec![provider]),
        user_agreement_text: Some(text("Be kind.")),
    };
    let language = Language {
        language_id: text("en-us"),
        language_display_name: text("English"),
    };
    let login = AuthRequest::IcAuth {
        application_name: text("test"),
        user_id: text("anna"),
        password: text("demo"),
    };
    vec![
        answer(&SwitchoverStatus {
            is_switchover_active: false,
            primary_host: text("desk"),
        }),
        sample(&login),
        answer(&full),
        answer(&asked_in_vain),
        answer(&ConnectionResponse::default()),
        answer(&version),
        answer(&features[0]),
        answer(&FeatureInfos {
            feature_info_list: features.clone(),
        }),
        answer(&ServerInfo {
            languages: vec![language],
            accept_language: text("en-us"),
            authentication: Some(authentication),
        }),
        answer(&time),
        answer(&ConnectionSettings {
            connection_state: ConnectionState::Down,
            reason: Some(text("logged out")),
            should_reconnect: Some(true),
        }),
        answer(&AlternateHosts {
            error_id: Some(text("error.server.unavailable")),
            message: Some(text("stopping")),
            alternate_host_list: vec![text("localhost")],
        }),
        message(ConnectionStateChangeMessage {
            previous_connection_state: ConnectionState::Up,
            new_connection_state: ConnectionState::Down,
            reason: text("idle"),
            should_reconnect: Some(true),
            is_delta: false,
        }),
    ]
}

pub fn address() -> EmailAddress {
    EmailAddress {
        display_name: text("Zoë"),
        address: Some(text("zoe@example.com")),
    }
}

fn bodies() -> Vec<EmailBody> {
    vec![
        EmailBody {
            body: text("Hello"),
            body_type: BodyType::Text,
        },
        EmailBody {
            body: text("<p>Hello</p>"),
            body_type: BodyType::Html,
        },
    ]
}

pub fn email_content() -> EmailContent {
    let list = Some(vec![address()]);
    EmailContent {
        subject: Some(text("Prices")),
        sender: address(),
        to_recipients: list.clone(),
        cc_recipients: list.clone(),
        bcc_recipients: list.clone(),
        reply_to_recipients: list,
        bodies: Some(bodies()),
    }
}

pub fn email_contents_response() -> EmailContentsResponse {
    let list = Some(vec![address(), EmailAddress::default()]);
    let certificate = EmailCertificate {
        version: 3,
        serial_number: text("0a"),
        signature_algorithm: text("sha256"),
        issuer: text("CN=Issuer"),
        valid_from: date(),
        valid_to: date(),
        subject: text("CN=Zoë"),
    };
    let status = EmailSignatureStatus::MESSAGE_MODIFIED.with(EmailSignatureStatus::UNKNOWN);
    let file = EmailFileAttachment {
        name: text("price list.pdf"),
        content_id: String::new(),
        download_uri: text("/icws/1/x"),
    };
    EmailContentsResponse {
        subject: Some(text("Prices")),
        sender: address(),
        to_recipients: list.clone(),
        cc_recipients: list.clone(),
        bcc_recipients: list.clone(),
        reply_to_recipients: list,
        bodies: bodies(),
        received_timestamp: date(),
        signature: Some(EmailSignature {
            status,
            certificate,
        }),
        file_attachments: Some(vec![file]),
        message_attachments: Some(vec![EmailMessageAttachment {
            subject: text("Fwd"),
            message_id: text("1"),
        }]),
    }
}

fn response_content() -> EmailResponseContent {
    let content = email_content();
    EmailResponseContent {
        attachments_from_parent: EmailResponseAttachments::Inline,
        subject: content.subject,
        sender: content.sender,
        to_recipients: content.to_recipients,
        cc_recipients: content.cc_recipients,
        bcc_recipients: content.bcc_recipients,
        reply_to_recipients: content.reply_to_recipients,
        bodies: content.bodies,
    }
}

fn contact() -> EmailContact {
    EmailContact {
        name: Some(text("Kim Berg")),
        address: text("kim@example.org"),
    }
}

fn message_contents() -> EmailMessageContentsResponse {
    let content = email_contents_response();
    EmailMessageContentsResponse {
        subject: text("Your lamp"),
        sender: content.sender,
        to_recipients: content.to_recipients,
        cc_recipients: content.cc_recipients,
        bcc_recipients: content.bcc_recipients,
        reply_to_recipients: content.reply_to_recipients,
        bodies: content.bodies,
        received_timestamp: content.received_timestamp,
        signature: content.signature,
        file_attachments: content.file_attachments,
        message_attachments: Some(vec![EmailMessageContentsResponse {
            received_timestamp: date(),
            ..EmailMessageContentsResponse::default()
        }]),
    }
}

fn answers_and_messages() -> Vec<Sample> {
    vec![
        sample(&CreateEmailResponseParameters {
            email_content: response_content(),
            response_type: EmailResponseType::Forward,
            parent_interaction_id: text("1000000001"),
            workgroup: Some(text("Support")),
            additional_attributes: Some(Attributes::from([(text("Order"), text("7"))])),
        }),
        sample(&CreateEmailResponseParameters {
            email_content: EmailResponseContent {
                subject: None,
                to_recipients: None,
                cc_recipients: None,
                bcc_recipients: None,
                reply_to_recipients: None,
                bodies: None,
                ..response_content()
            },
            response_type: EmailResponseType::Reply,
            parent_interaction_id: text("1000000001"),
            workgroup: None,
            additional_attributes: None,
        }),
        sample(&response_content()),
        sample(&EmailGetMessageParameters {
            message_id: text("2"),
        }),
        sample(&EmailResolveAddressParameters {
            name: text("kim"),
            max_results: Some(10),
        }),
        sample(&EmailResolveAddressParameters {
            name: text("kim"),
            max_results: None,
        }),
        answer(&EmailResolvedAddresses {
            matched_addresses: vec![
                contact(),
                EmailContact {
                    name: None,
                    ..contact()
                },
            ],
        }),
        answer(&contact()),
        answer(&message_contents()),
        message(EmailMessageAttachmentMessage {
            request_id: text("7"),
            error: None,
            interaction_id: text("1000000001"),
            email_content: message_contents(),
            is_delta: false,
        }),
        message(EmailMessageAttachmentMessage {
            request_id: text("7"),
            error: Some(errors()[0].clone()),
            interaction_id: text("1000000001"),
            email_content: EmailMessageContentsResponse {
                received_timestamp: date(),
                ..EmailMessageContentsResponse::default()
            },
            is_delta: false,
        }),
    ]
}

fn email() -> Vec<Sample> {
    let created = CreateEmailParameters {
        email_content: email_content(),
        workgroup: Some(text("Support")),
        additional_attributes: Some(Attributes::from([(text("colour"), text("blue"))])),
    };
    let contents = EmailContentsMessage {
        interaction_id: text("1000000001"),
        parent_interaction_id: Some(text("1000000000")),
        conversation_id: Some(text("c")),
        is_editable: true,
        email_type: Some(EmailType::Reply),
        supported_response_types: vec![EmailResponseType::Reply, EmailResponseType::Forward],
        email_content: Some(email_contents_response()),
        has_response: Some(false),
        edited: Some(true),
        mailbox: Some(text("support@example.com")),
        mailbox_display_name: Some(text("Support")),
        has_loaded_external_content: Some(false),
        unused_email_attachments: Some(vec![text("cid")]),
        is_delta: false,
    };
    let bare = EmailContentsResponse {
        sender: address(),
        received_timestamp: date(),
        ..EmailContentsResponse::default()
    };
    let delta = EmailContentsMessage {
        email_content: Some(bare),
        is_delta: true,
        ..EmailContentsMessage::default()
    };
    let uploaded = EmailUploadFileStatusMessage {
        request_id: text("1"),
        error: None,
        interaction_id: text("1000000001"),
        file_name: text("a.txt"),
        upload_success: true,
        is_delta: false,
    };
    let failed = EmailUploadFileStatusMessage {
        error: Some(errors()[0].clone()),
        upload_success: false,
        ..uploaded.clone()
    };
    let upload = EmailUploadFileAttachmentResponse {
        request_id: text("1"),
        interaction_id: text("1000000001"),
        file_name: text("a.txt"),
        content_id: Some(text("x@y")),
        upload_uri: text("/icws/1/u"),
    };
    let faulted = EmailSubscriptionStateMessage {
        interaction_id: Some(text("1000000001")),
        state: SubscriptionState::Faulted,
        error: Some(errors()[1].clone()),
        is_delta: false,
    };
    vec![
        sample(&created),
        sample(&email_content()),
        sample(&EmailSaveParameters {
            email_content: email_content(),
        }),
        sample(&EmailUploadFileAttachmentRequest {
            upload_file_name: text("a.txt"),
            is_inline_attachment: false,
        }),
        sample(&EmailRemoveFileAttachmentRequest {
            file_uri: text("/icws/1/x"),
        }),
        sample(&EmailInsertResponseManagementRequest {
            id: guid(),
            is_inline_attachment: Some(true),
        }),
        answer(&EmailInsertResponseManagementResponse {
            content_id: String::new(),
        }),
        answer(&upload),
        answer(&email_contents_response()),
        message(contents),
        message(delta),
        message(uploaded),
        message(failed),
        message(faulted),
    ]
}

fn library() -> Library {
    let item = |kind, value: &str| Item {
        id: guid(),
        name: text("Price list"),
        kind,
        shortcut: Some(text("pl")),
        keywords: Some(vec![text("price")]),
        value: text(value),
    };
    let inner = Category {
        id: guid(),
        name: text("Inner"),
        categories: None,
        items: Some(vec![item(ItemType::File, "k/a.pdf")]),
    };
    let outer = Category {
        id: guid(),
        name: text("Outer"),
        categories: Some(vec![inner]),
        items: Some(vec![]),
    };
    Library {
        id: guid(),
        name: text("Prices"),
        description: Some(text("All prices")),
        categories: Some(vec![outer]),
        items: Some(vec![
            item(ItemType::Text, "<p>Hello</p>"),
            item(ItemType::Url, "https://example.com"),
        ]),
    }
}

fn others() -> Vec<Sample> {
    let file = LibraryFile {
        id: guid(),
        name: text("Prices"),
        url: text("/icws/1/l"),
        cache_tag: text("abc"),
    };
    let libraries = ResponseManagementMessage {
        libraries_added: Some(vec![file.clone()]),
        libraries_changed: Some(vec![file]),
        libraries_removed: Some(vec![guid()]),
        is_delta: true,
    };
    let attributes = Attributes::from([
        (text("Eic_State"), text("C")),
        (text("Eic_Subject"), String::new()),
    ]);
    let changed = InteractionChangedMessage {
        interaction_id: text("1000000001"),
        attributes: attributes.clone(),
        is_delta: true,
    };
    let update = InteractionAttributesUpdate {
        attributes: attributes.clone(),
        append_mode: Some(AppendMode::AppendWithSeparator),
    };
    vec![
        answer(&library()),
        message(libraries),
        message(ResponseManagementMessage::default()),
        sample(&GenerateFileUrlRequest {
            name: text("k/a.pdf"),
        }),
        answer(&GenerateFileUrlResponse {
            url: text("/icws/1/f"),
        }),
        answer(&InteractionCreated {
            interaction_id: text("1000000001"),
        }),
        answer(&InteractionAttributes { attributes }),
        sample(&update),
        sample(&InteractionSubscription {
            attribute_names: vec![text("Eic_State")],
        }),
        message(changed),
        sample(&AlertSubscriptionParameters {
            attribute_names: Some(vec![text("Eic_State")]),
        }),
        message(InteractionAlertingMessage {
            alerting_interaction_details: vec![alert()],
            is_delta: false,
        }),
        answer(&AsyncOperationAcceptedResponse {
            request_id: text("1"),
        }),
    ]
}

fn alert() -> InteractionAlertDetails {
    InteractionAlertDetails {
        interaction_id: text("1000000001"),
        interaction_type: text("Email"),
        name: text("Erika"),
        address: text("erika@example.com"),
        alert_type: InteractionAlertType::User,
        alert_action: InteractionAlertAction::Start,
        auto_answer: false,
        monitored_queue: Some(QueueId {
            queue_type: QueueType::User,
            queue_name: text("anna"),
        }),
        attributes: Some(Attributes::from([(text("Eic_State"), text("A"))])),
    }
}

fn statuses() -> Vec<Sample> {
    let available = StatusMessage {
        status_id: text("Available"),
        message_text: text("Available"),
        icon_uri: text(""),
        group_tag: text("Available"),
        can_have_date: false,
        can_have_time: false,
        is_do_not_disturb_status: false,
        is_selectable_status: true,
        is_persistent_status: false,
        is_forward_status: false,
        is_after_call_work_status: false,
        is_acd_status: true,
        is_allow_follow_up_status: true,
        system_id: text("Available"),
    };
    let until = UserStatusUntil {
        until_date_time: date(),
        has_date: true,
        has_time: false,
    };
    let full = UserStatus {
        user_id: text("anna"),
        status_id: text("Available"),
        notes: Some(text("back at two")),
        forward_number: Some(text("+49 30 1")),
        until: Nullable::Value(until),
        on_phone: Some(false),
        on_phone_changed: Some(date()),
        status_changed: Some(date()),
        stations: Some(vec![text("s1")]),
        ic_servers: Some(vec![text("desk")]),
        presence_server: Some(text("desk")),
        logged_in: Some(true),
    };
    let endless = UserStatus {
        until: Nullable::Null,
        ..UserStatus::default()
    };
    vec![
        answer(&StatusMessages {
            status_message_list: vec![available.clone()],
        }),
        answer(&full),
        answer(&endless),
        answer(&UserStatus::default()),
        sample(&UserStatusUpdate {
            status_id: text("Available"),
            notes: Some(text("back at two")),
            forward_number: Some(text("+49 30 1")),
            until: Some(until),
        }),
        sample(&UserStatusSubscription {
            user_ids: vec![text("anna")],
            user_status_properties: Some(vec![text("statusId")]),
        }),
        message(UserStatusMessage {
            user_status_list: vec![full],
            is_delta: true,
        }),
        message(StatusMessagesMessage {
            status_messages_added: Some(vec![available.clone()]),
            status_messages_removed: Some(vec![text("Gone Home")]),
            status_messages_changed: Some(vec![available]),
            is_delta: true,
        }),
        message(StatusMessagesMessage::default()),
    ]
}

fn licenses_and_notifications() -> Vec<Sample> {
    let result = LicenseOperationResult {
        error_details: String::new(),
        is_available: true,
        license_name: text("I3_ACCESS_CLIENT"),
        license_status: LicenseStatus::Available,
    };
    let assigned = LicenseAssignedStatus {
        name: text("I3_ACCESS_CLIENT"),
        is_assigned: true,
    };
    vec![
        sample(&Licenses {
            license_list: vec![text("I3_ACCESS_CLIENT")],
        }),
        answer(&LicenseOperationResults {
            license_operation_result_list: vec![result],
        }),
        sample(&LicenseStageOperations {
            license_stage_operation_list: vec![LicenseStageOperation {
                stage_name: text("first"),
                stage_failure_action: StageFailureAction::Abort,
                license_list: vec![text("I3_ACCESS_CLIENT")],
            }],
        }),
        answer(&LicenseStageOperationResults {
            license_stage_operation_result_list: vec![LicenseStageOperationResult {
                stage_name: text("first"),
                result: Vec::new(),
            }],
        }),
        message(LicenseMessage {
            license_assigned_status_list: vec![assigned],
            is_delta: false,
        }),
        sample(&HandlerNotification {
            object_id: text("o"),
            event_id: text("e"),
            data: vec![text("d")],
        }),
        sample(&HandlerSentNotificationsSubscription {
            headers: vec![HandlerSentNotificationHeaders {
                object_id: text("o"),
                event_ids: vec![text("e")],
            }],
        }),
        message(HandlerSentNotificationMessage {
            object_id: text("o"),
            event_id: text("e"),
            data: vec![text("d")],
            is_delta: false,
        }),
        message(AsyncOperationCompletedMessage {
            request_id: text("1"),
            error: None,
            is_delta: false,
        }),
    ]
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut samples = connection();
    samples.extend(tokens());
    samples.extend(stations());
    samples.extend(email());
    samples.extend(answers_and_messages());
    samples.extend(others());
    samples.extend(statuses());
    samples.extend(licenses_and_notifications());
    samples.extend(activations::all());
    samples.extend(configuration::all());
    samples.extend(errors().iter().map(answer));
    samples.push(answer(&Error {
        error_id: String::new(),
        ..Error::new("", "Unknown.")
    }));
    samples
}
