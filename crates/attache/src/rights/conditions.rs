//! The conditions that several operations have.

use desk::Right;

use super::On::{self, Everything, Library, Role, User, Workgroup};
use super::Way::{self, AsMember, Being, OfOneself};
use super::{Condition, When};

pub(super) const fn right(right: Right, on: On) -> Way {
    Way::Right(right, on)
}

pub(super) const RESPONSE_MANAGEMENT: Condition = Condition {
    when: None,
    ways: &[right(Right::AllowResponseManagement, Everything)],
    refused: Some((403, "error.request.responseManagement.accessDenied")),
};
pub(super) const LIBRARY: Condition = Condition {
    when: None,
    ways: &[
        Being("the library is one's own"),
        right(Right::ResponseManagementDocuments, Library),
    ],
    refused: Some((403, "error.request.responseManagement.libraryAccessDenied")),
};
pub(super) const FILE: Condition = Condition {
    when: None,
    ways: &[
        Being("the file is one's own"),
        right(Right::ResponseManagementDocuments, Library),
    ],
    refused: Some((404, "error.request.responseManagement.fileNotFound")),
};
pub(super) const FILE_TO_INSERT: Condition = Condition {
    when: None,
    ways: &[
        Being("the item is one's own"),
        right(Right::ResponseManagementDocuments, Library),
    ],
    refused: Some((400, "error.request.responseManagement.itemAccessDenied")),
};

pub(super) const DENIED: Option<(u16, &str)> =
    Some((403, "error.request.interactions.accessDenied"));
pub(super) const OWN: Way = Being("the interaction is in one's own queue");
pub(super) const CHANGE: Condition = Condition {
    when: None,
    ways: &[OWN, AsMember(Right::ModifyInteractions)],
    refused: DENIED,
};
pub(super) const READ: Condition = Condition {
    when: None,
    ways: &[
        OWN,
        AsMember(Right::ModifyInteractions),
        right(Right::PreviewEmailUserQueue, User),
        right(Right::PreviewEmailWorkgroupQueue, Workgroup),
    ],
    refused: DENIED,
};
pub(super) const TAKE: Condition = Condition {
    when: None,
    ways: &[
        OWN,
        Being("one belongs to the workgroup"),
        right(Right::PickupUserQueue, User),
        right(Right::PickupWorkgroupQueue, Workgroup),
    ],
    refused: DENIED,
};
pub(super) const HOLD: Condition = Condition {
    when: None,
    ways: &[
        OWN,
        AsMember(Right::ModifyInteractions),
        right(Right::HoldUserQueue, User),
    ],
    refused: DENIED,
};
pub(super) const MOVE: Condition = Condition {
    when: None,
    ways: &[
        OWN,
        AsMember(Right::ModifyInteractions),
        right(Right::TransferUserQueue, User),
        right(Right::TransferWorkgroupQueue, Workgroup),
    ],
    refused: DENIED,
};
pub(super) const END: Condition = Condition {
    when: None,
    ways: &[
        OWN,
        AsMember(Right::ModifyInteractions),
        right(Right::DisconnectUserQueue, User),
        right(Right::DisconnectWorkgroupQueue, Workgroup),
    ],
    refused: DENIED,
};

/// The right to an action as such.
macro_rules! action {
    ($right:ident $(, $being:literal)?) => {
        Condition {
            when: None,
 ways: &[$(Being($being),)? right(Right::$right, Everything)],
            refused: Some((403, "error.request.accessDenied")),
        }
    };
}

pub(super) const QUEUES: Condition = Condition {
    when: None,
    ways: &[
        Being("the queue is one's own, or that of a workgroup one belongs to"),
        right(Right::ViewUserQueue, User),
        right(Right::ViewWorkgroupQueue, Workgroup),
    ],
    refused: Some((400, "error.request.queues.accessDenied")),
};

pub(super) const CONFIGURATION: Option<(u16, &str)> =
    Some((403, "error.request.configuration.accessDenied"));
pub(super) const MASTER: Way = right(Right::MasterAdministrator, Everything);

/// The right to administer objects of a kind: the one that the operation is about, all for making one, or those that are listed.
macro_rules! administer {
    ($right:ident, $on:expr) => {
        Condition {
            when: None,
            ways: &[right(Right::$right, $on), MASTER],
            refused: CONFIGURATION,
        }
    };
    ($right:ident, $on:expr, $being:literal, listed) => {
        Condition {
            when: None,
            ways: &[Being($being), right(Right::$right, $on), MASTER],
            refused: None,
        }
    };
    ($right:ident, $on:expr, $being:literal) => {
        Condition {
            when: None,
            ways: &[Being($being), right(Right::$right, $on), MASTER],
            refused: CONFIGURATION,
        }
    };
}

/// What a change of people needs beside the right to administer what it changes.
macro_rules! editing {
    ($($name:ident = $when:ident: $($way:expr),+;)+) => {$(
        pub(super) const $name: Condition = Condition {
            when: Some(When::$when),
            ways: &[$($way),+, MASTER],
            refused: CONFIGURATION,
        };
    )+};
}

editing! {
    EDIT_ACCESS_RIGHTS = EditsAccessRights: right(Right::CanEditAccessRights, Everything);
    EDIT_ADMINISTRATIVE_RIGHTS = EditsAdministrativeRights: right(Right::CanEditAdministrativeRights, Everything);
    CHANGE_ROLES = ChangesRoles: right(Right::Roles, Role);
    CHANGE_WORKGROUPS = ChangesWorkgroups: right(Right::Workgroups, Workgroup);
    CHANGE_MEMBERS = ChangesMembers: right(Right::Users, User);
    GIVE = Gives: Being("one holds it oneself");
}

pub(super) const RANK: Condition = Condition {
    when: Some(When::AboutMaster),
    ways: &[MASTER],
    refused: CONFIGURATION,
};

pub(super) const ACTIVATIONS: Option<(u16, &str)> =
    Some((403, "error.request.activations.accessDenied"));
pub(super) const SEE_ACTIVATIONS: Condition = Condition {
    when: None,
    ways: &[
        Being("they are one's own, or in a workgroup one belongs to"),
        right(Right::ViewWorkgroupQueue, Workgroup),
        right(Right::ActivateOthers, Workgroup),
        right(Right::Workgroups, Workgroup),
        MASTER,
    ],
    refused: ACTIVATIONS,
};
pub(super) const SET_ACTIVATIONS: Condition = Condition {
    when: None,
    ways: &[
        OfOneself(Right::ActivateSelf, Workgroup),
        right(Right::ActivateOthers, Workgroup),
        MASTER,
    ],
    refused: ACTIVATIONS,
};
pub(super) const SESSIONS: Condition = Condition {
    when: None,
    ways: &[
        Being("the session is one's own"),
        right(Right::ViewUserQueue, User),
        right(Right::Users, User),
        MASTER,
    ],
    refused: None,
};

pub(super) const WORKER: Condition = Condition {
    when: None,
    ways: &[
        Being("the `user` of the body is oneself"),
        right(Right::ViewUserQueue, User),
        right(Right::Users, User),
        MASTER,
    ],
    refused: Some((400, "error.request.invalidRepresentation.invalidProperty")),
};
