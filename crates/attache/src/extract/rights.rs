//! Whether an operation asks for the token, and for which right that belongs to the caller alone.

use desk::{Refusal, Right};

/// Whether an operation asks for the token.
pub trait Token: Clone + Send + Sync + 'static {
    /// Whether it does.
    const ASKED: bool;
}

/// The token is asked for.
#[derive(Debug, Clone)]
pub struct WithToken;
/// The token is not asked for: a browser's `EventSource`, an image or a link cannot send it.
#[derive(Debug, Clone)]
pub struct WithoutToken;

impl Token for WithToken {
    const ASKED: bool = true;
}
impl Token for WithoutToken {
    const ASKED: bool = false;
}

/// A right that belongs to the caller alone.
pub trait Asked: Clone + Send + Sync + 'static {
    /// The right, and how its absence is refused.
    const RIGHT: Option<(Right, fn() -> Refusal)>;
}

/// No right of the caller's own.
#[derive(Debug, Clone)]
pub struct NoRight;
/// The security right Response Management.
#[derive(Debug, Clone)]
pub struct ResponseManagement;

/// The right to administer all users, and so to make one.
#[derive(Debug, Clone)]
pub struct MakesUsers;
/// The right to administer all roles, and so to make one.
#[derive(Debug, Clone)]
pub struct MakesRoles;
/// The right to administer all workgroups, and so to make one.
#[derive(Debug, Clone)]
pub struct MakesWorkgroups;

impl Asked for MakesUsers {
    const RIGHT: Option<(Right, fn() -> Refusal)> =
        Some((Right::Users, || Refusal::ConfigurationDenied));
}
impl Asked for MakesRoles {
    const RIGHT: Option<(Right, fn() -> Refusal)> =
        Some((Right::Roles, || Refusal::ConfigurationDenied));
}
impl Asked for MakesWorkgroups {
    const RIGHT: Option<(Right, fn() -> Refusal)> =
        Some((Right::Workgroups, || Refusal::ConfigurationDenied));
}
impl Asked for NoRight {
    const RIGHT: Option<(Right, fn() -> Refusal)> = None;
}
impl Asked for ResponseManagement {
    const RIGHT: Option<(Right, fn() -> Refusal)> = Some((Right::AllowResponseManagement, || {
        Refusal::ResponseManagementDenied
    }));
}

/// Rights that are refused alike.
macro_rules! asked {
    ($($(#[$about:meta])* $name:ident = $right:ident;)*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone)]
            pub struct $name;

            impl Asked for $name {
                const RIGHT: Option<(Right, fn() -> Refusal)> =
                    Some((Right::$right, || Refusal::RightMissing(Right::$right)));
            }
        )*
    };
}

asked! {
    /// The security right to pick interactions up.
    PickUp = CanPickupInteractions;
    /// The security right to put interactions on hold.
    Hold = CanPutInteractionsOnHold;
    /// The security right to park interactions.
    Park = CanParkInteractions;
    /// The security right to transfer interactions.
    Transfer = CanTransferInteractions;
}
