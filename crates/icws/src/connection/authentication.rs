//! The ways to log in.
//!
//! ICWS: `ConceptualContent/GettingStarted_Connecting.htm`, `icws/(sessionId)/connection/unique-auth-token/index.htm`.

use serde::ser::{self, SerializeStruct};
use serde::{Deserialize, Serialize, Serializer};

use crate::wire::{Fields, Guid, ReadError, Request, TYPE_TAG, urns};

/// The body of `POST /icws/connection`: one of the representations that derive from
/// `urn:inin.com:connection:baseAuthConnectionRequestSettings` (`ConceptualContent/GettingStarted_Connecting.htm`).
#[derive(Clone, PartialEq, Eq)]
pub enum AuthRequest {
    /// `urn:inin.com:connection:icAuthConnectionRequestSettings`: user and password.
    IcAuth {
        /// `applicationName`: shown to supervisors.
        application_name: String,
        /// `userID`: in any case.
        user_id: String,
        /// `password`: as it was typed.
        password: String,
    },
    /// `urn:inin.com:connection:authTokenConnectionRequestSettings`: a token that another session asked for.
    AuthToken(AuthTokenRequest),
    /// A way to log in that the contract knows and the server does not serve: its URN.
    Unsupported(&'static str),
}

/// `urn:inin.com:connection:authTokenConnectionRequestSettings`: logs in by the token that `POST connection/unique-auth-token` gave.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthTokenRequest {
    /// `applicationName`: shown to supervisors.
    pub application_name: String,
    /// `authTokenSeed`: what the token was asked for with.
    pub auth_token_seed: Guid,
    /// `authToken`: the token, good once and for seven seconds.
    pub auth_token: String,
    /// `authTokenSourceSession`: the id of the session that asked for it.
    pub auth_token_source_session: String,
    /// `disconnectSourceSession`: whether that session ends.
    pub disconnect_source_session: Option<bool>,
}

/// Never shows the password.
impl std::fmt::Debug for AuthRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::IcAuth {
                application_name,
                user_id,
                ..
            } => formatter
                .debug_struct("IcAuth")
                .field("application_name", application_name)
                .field("user_id", user_id)
                .finish_non_exhaustive(),
            Self::AuthToken(request) => formatter
                .debug_tuple("AuthToken")
                .field(&request.auth_token_source_session)
                .finish(),
            Self::Unsupported(urn) => formatter.debug_tuple("Unsupported").field(urn).finish(),
        }
    }
}

/// `urn:inin.com:connection:icAuthConnectionRequestSettings`: with a password.
pub const IC_AUTH_URN: &str = "urn:inin.com:connection:icAuthConnectionRequestSettings";

/// `urn:inin.com:connection:authTokenConnectionRequestSettings`: with a token of another session.
pub const AUTH_TOKEN_URN: &str = "urn:inin.com:connection:authTokenConnectionRequestSettings";

/// `urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings`: with a token of single sign-on.
const SINGLE_SIGN_ON_URN: &str =
    "urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings";

/// The tag is required; it is inferred when a user or a password is there all the same.
impl Request for AuthRequest {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        match fields.tag()?.as_deref() {
            Some(IC_AUTH_URN) => {}
            None if fields.has("userID") || fields.has("password") => {}
            None => return Err(fields.missing(TYPE_TAG)),
            Some(AUTH_TOKEN_URN) => return AuthTokenRequest::read(fields).map(Self::AuthToken),
            Some(SINGLE_SIGN_ON_URN) => return Ok(Self::Unsupported(SINGLE_SIGN_ON_URN)),
            Some(_) => return Err(fields.invalid(TYPE_TAG)),
        }
        Ok(Self::IcAuth {
            application_name: fields.required("applicationName")?,
            user_id: fields.required("userID")?,
            password: fields.required("password")?,
        })
    }
}

impl AuthTokenRequest {
    fn read(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            application_name: fields.required("applicationName")?,
            auth_token_seed: fields.required("authTokenSeed")?,
            auth_token: fields.required("authToken")?,
            auth_token_source_session: fields.required("authTokenSourceSession")?,
            disconnect_source_session: fields.optional("disconnectSourceSession")?,
        })
    }
}

/// For clients; only what is served can be written.
impl Serialize for AuthRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::IcAuth {
                application_name,
                user_id,
                password,
            } => {
                let mut object = serializer.serialize_struct("IcAuth", 4)?;
                object.serialize_field(TYPE_TAG, IC_AUTH_URN)?;
                object.serialize_field("applicationName", application_name)?;
                object.serialize_field("userID", user_id)?;
                object.serialize_field("password", password)?;
                object.end()
            }
            Self::AuthToken(request) => {
                let mut object = serializer.serialize_struct("AuthToken", 6)?;
                object.serialize_field(TYPE_TAG, AUTH_TOKEN_URN)?;
                object.serialize_field("applicationName", &request.application_name)?;
                object.serialize_field("authTokenSeed", &request.auth_token_seed)?;
                object.serialize_field("authToken", &request.auth_token)?;
                object.serialize_field(
                    "authTokenSourceSession",
                    &request.auth_token_source_session,
                )?;
                object.serialize_field(
                    "disconnectSourceSession",
                    &request.disconnect_source_session.unwrap_or_default(),
                )?;
                object.end()
            }
            Self::Unsupported(urn) => {
                Err(ser::Error::custom(format!("only its name is kept: {urn}")))
            }
        }
    }
}

impl AuthRequest {
    /// The URN of the representation that this is.
    pub const fn urn(&self) -> &'static str {
        match self {
            Self::IcAuth { .. } => IC_AUTH_URN,
            Self::AuthToken(_) => AUTH_TOKEN_URN,
            Self::Unsupported(urn) => urn,
        }
    }
}

/// `urn:inin.com:connection:createUniqueAuthTokenRequest` (`icws/(sessionId)/connection/unique-auth-token/index.htm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateUniqueAuthTokenRequest {
    /// `authTokenSeed`: of the client's making; who logs in by the token has to know it.
    pub auth_token_seed: Guid,
}

impl Request for CreateUniqueAuthTokenRequest {
    fn read_fields(fields: &mut Fields<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            auth_token_seed: fields.required("authTokenSeed")?,
        })
    }
}

/// `urn:inin.com:connection:createUniqueAuthTokenResponse`: a token to log in by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateUniqueAuthTokenResponse {
    /// `authToken`: good once, for seven seconds.
    pub auth_token: String,
}

urns! {
    AuthRequest = "urn:inin.com:connection:baseAuthConnectionRequestSettings";
    CreateUniqueAuthTokenRequest = "urn:inin.com:connection:createUniqueAuthTokenRequest";
    CreateUniqueAuthTokenResponse = "urn:inin.com:connection:createUniqueAuthTokenResponse";
}
