//! What a user may do: rights by their ICWS property names, worked out once for a user.
//!
//! The names: `icws/(sessionId)/configuration/users/(id)/index.htm`.

use std::collections::{HashMap, HashSet};

use store::Conn;
use store::rows::people;

use crate::ids::UserId;

macro_rules! rights {
    ($($(#[$doc:meta])* $variant:ident = $bundle:ident . $property:literal, $scope:ident;)*) => {
        /// A right, by the ICWS property that grants it (`configuration/users`: `securityRights`, `accessRights`,
        /// `administrativeRights`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Right {
            $($(#[$doc])* $variant,)*
        }

        impl Right {
            /// All of them.
            pub const ALL: &[Right] = &[$(Right::$variant,)*];

            /// The ICWS property.
            pub fn property(self) -> &'static str {
                match self { $(Right::$variant => $property,)* }
            }

            /// What the right is given for.
            pub fn scope(self) -> Scope {
                match self { $(Right::$variant => Scope::$scope,)* }
            }

            /// The property of people that it is a part of.
            pub fn bundle(self) -> &'static str {
                match self { $(Right::$variant => stringify!($bundle),)* }
            }
        }
    };
}

/// What a right is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For everything: its object is `*`.
    Everything,
    /// For response libraries by their Guid, or all of them.
    Libraries,
    /// For users by their id, or all of them.
    Users,
    /// For workgroups by their name, or all of them.
    Workgroups,
    /// For roles by their name, or all of them.
    Roles,
}

rights! {
    /// Manage personal responses, and search and use personal and system ones.
    AllowResponseManagement = securityRights."allowResponseManagement", Everything;
    /// Change interactions of a workgroup one belongs to.
    ModifyInteractions = securityRights."modifyInteractions", Everything;
    /// Pick interactions up.
    CanPickupInteractions = securityRights."canPickupInteractions", Everything;
    /// Disconnect interactions.
    CanDisconnectInteractions = securityRights."canDisconnectInteractions", Everything;
    /// Transfer interactions.
    CanTransferInteractions = securityRights."canTransferInteractions", Everything;
    /// Put interactions on hold.
    CanPutInteractionsOnHold = securityRights."canPutInteractionsOnHold", Everything;
    /// Park interactions.
    CanParkInteractions = securityRights."canParkInteractions", Everything;
    /// Use a system library.
    ResponseManagementDocuments = accessRights."responseManagementDocuments", Libraries;
    /// See a user's queue.
    ViewUserQueue = accessRights."viewUserQueue", Users;
    /// See a workgroup's queue.
    ViewWorkgroupQueue = accessRights."viewWorkgroupQueue", Workgroups;
    /// Pick up from a user's queue.
    PickupUserQueue = accessRights."pickupUserQueue", Users;
    /// Pick up from a workgroup's queue.
    PickupWorkgroupQueue = accessRights."pickupWorkgroupQueue", Workgroups;
    /// Disconnect in a user's queue.
    DisconnectUserQueue = accessRights."disconnectUserQueue", Users;
    /// Disconnect in a workgroup's queue.
    DisconnectWorkgroupQueue = accessRights."disconnectWorkgroupQueue", Workgroups;
    /// Transfer from a user's queue.
    TransferUserQueue = accessRights."transferUserQueue", Users;
    /// Transfer from a workgroup's queue.
    TransferWorkgroupQueue = accessRights."transferWorkgroupQueue", Workgroups;
    /// Put on hold in a user's queue.
    HoldUserQueue = accessRights."holdUserQueue", Users;
    /// Read the emails in a user's queue.
    PreviewEmailUserQueue = accessRights."previewEmailUserQueue", Users;
    /// Read the emails in a workgroup's queue.
    PreviewEmailWorkgroupQueue = accessRights."previewEmailWorkgroupQueue", Workgroups;
    /// Set a user's status.
    ChangeUserStatus = accessRights."changeUserStatus", Users;
    /// Take part in the work of a workgroup that one belongs to, or rest from it.
    ActivateSelf = accessRights."activateSelf", Workgroups;
    /// Have others take part in the work of a workgroup, or rest from it.
    ActivateOthers = accessRights."activateOthers", Workgroups;
    /// Give and take security rights and access rights.
    CanEditAccessRights = accessRights."canEditAccessRights", Everything;
    /// Edit a system library.
    ResponseManagement = administrativeRights."responseManagement", Libraries;
    /// Administer users.
    Users = administrativeRights."users", Users;
    /// Administer roles.
    Roles = administrativeRights."roles", Roles;
    /// Administer workgroups.
    Workgroups = administrativeRights."workgroups", Workgroups;
    /// Administer mail.
    MailConfiguration = administrativeRights."mailConfiguration", Everything;
    /// Give and take administrative rights.
    CanEditAdministrativeRights = administrativeRights."canEditAdministrativeRights", Everything;
    /// Administer everything.
    MasterAdministrator = administrativeRights."masterAdministrator", Everything;
}

impl Right {
    /// The right of an ICWS property, compared without case.
    pub fn of_property(property: &str) -> Option<Right> {
        Right::ALL
            .iter()
            .copied()
            .find(|right| right.property().eq_ignore_ascii_case(property))
    }
}

/// The object that stands for all.
pub const ANY: &str = "*";

/// For which objects a right is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objects {
    /// For all.
    pub all: bool,
    /// For these.
    pub ids: HashSet<String>,
}

/// The effective rights of one user: his own, his roles', his workgroups' and everyone's. Any grant wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    held: HashMap<Right, Objects>,
    workgroups: HashSet<i64>,
}

impl Rights {
    /// Works out the rights of a user.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of_user(conn: &mut Conn, user: UserId) -> Result<Self, store::Error> {
        let mut held: HashMap<Right, Objects> = HashMap::new();
        for (property, object) in people::effective_rights(conn, user.0)? {
            let Some(right) = Right::of_property(&property) else {
                continue;
            };
            let objects = held.entry(right).or_default();
            if object == ANY {
                objects.all = true;
            } else {
                objects.ids.insert(object);
            }
        }
        let workgroups = people::workgroups_of(conn, user.0)?.into_iter().collect();
        Ok(Self { held, workgroups })
    }

    /// Whether a right that is given for everything is held.
    pub fn has(&self, right: Right) -> bool {
        self.held.get(&right).is_some_and(|objects| objects.all)
    }

    /// Whether a right is held for this object (a Guid in small letters, or a folded name).
    pub fn has_for(&self, right: Right, object: &str) -> bool {
        self.held
            .get(&right)
            .is_some_and(|objects| objects.all || objects.ids.contains(object))
    }

    /// For which objects a right is held.
    pub fn objects(&self, right: Right) -> Objects {
        self.held.get(&right).cloned().unwrap_or_default()
    }

    /// Whether the user belongs to this workgroup.
    pub fn is_member(&self, workgroup: i64) -> bool {
        self.workgroups.contains(&workgroup)
    }

    /// The numbers of the workgroups that the user belongs to, in order.
    pub fn workgroups(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.workgroups.iter().copied().collect();
        ids.sort_unstable();
        ids
    }
}
