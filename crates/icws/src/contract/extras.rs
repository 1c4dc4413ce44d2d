//! Members that the server sends and the contract does not have.

use super::table::ValueType;

/// A member beside the contract.
#[derive(Debug)]
pub struct Extra {
    /// The representation; those that derive from it have the member too.
    pub urn: &'static str,
    /// The member's name.
    pub member: &'static str,
    /// Its type.
    pub value: ValueType,
    /// Why it is sent.
    pub reason: &'static str,
}

/// All of them. Clients ignore what they do not know; the official library only copies it.
pub const EXTRAS: &[Extra] = &[
    Extra {
        urn: "urn:inin.com:common:error",
        member: "errorCode",
        value: ValueType::Integer,
        reason: "real servers send it, and clients branch on its number",
    },
    Extra {
        urn: "urn:inin.com:interactions.email:emailSubscriptionStateMessage",
        member: "interactionId",
        value: ValueType::String,
        reason: "without it a client with several emails open cannot tell which one is meant",
    },
];
