//! Licences: the desk needs none, so every one that a client asks for can be had.
//!
//! ICWS: `icws/(sessionId)/licenses/index.htm`, `icws/(sessionId)/messaging/subscriptions/licenses/index.htm`.

use icws::licenses::{
    LicenseAssignedStatus, LicenseMessage, LicenseOperationResult, LicenseStageOperation,
    LicenseStageOperationResult, LicenseStatus,
};
use store::Conn;
use store::rows::sessions as rows;

use crate::caller::Caller;
use crate::messaging::Topic;
use crate::messaging::mark::Mark;
use crate::messaging::render::Rendered;
use crate::refusal::Refusal;

/// The most names that a request may have.
const MOST_NAMES: usize = 500;

/// Looks at the names of a request: a message about them has to fit into a line that clients can read.
///
/// # Errors
/// [`Refusal::InvalidProperty`] if they are too long together.
pub fn check(names: &[String]) -> Result<(), Refusal> {
    let size: usize = names.iter().map(|name| name.len() + 40).sum();
    if names.len() > MOST_NAMES || size > 32 * 1024 {
        return Err(Refusal::invalid(
            "licenseList",
            "at most 500 names, and 32 KiB together",
        ));
    }
    Ok(())
}

/// Grants what is asked for.
///
/// # Errors
/// [`Refusal::InvalidProperty`], as [`check`] has it.
pub fn acquire(names: Vec<String>) -> Result<Vec<LicenseOperationResult>, Refusal> {
    check(&names)?;
    let granted = |license_name| LicenseOperationResult {
        error_details: String::new(),
        is_available: true,
        license_name,
        license_status: LicenseStatus::Available,
    };
    Ok(names.into_iter().map(granted).collect())
}

/// Grants what is asked for in stages. None fails, so that none is left out.
///
/// # Errors
/// [`Refusal::InvalidProperty`], as [`check`] has it.
pub fn acquire_in_stages(
    stages: Vec<LicenseStageOperation>,
) -> Result<Vec<LicenseStageOperationResult>, Refusal> {
    let names = stages.iter().flat_map(|stage| stage.license_list.clone());
    check(&names.collect::<Vec<_>>())?;
    stages
        .into_iter()
        .map(|stage| {
            Ok(LicenseStageOperationResult {
                stage_name: stage.stage_name,
                result: acquire(stage.license_list)?,
            })
        })
        .collect()
}

/// The message of watched licences: each is assigned, and stays so.
pub(crate) fn message(conn: &mut Conn, caller: &Caller, mark: &Mark) -> Result<Rendered, Refusal> {
    let (kind, subject) = Topic::Licenses.key();
    let Some(row) = rows::subscription(conn, caller.session.0, kind, &subject)? else {
        return Ok(Rendered::over(Vec::new()));
    };
    let mut rendered = Rendered::default();
    if mark.snapshot {
        let names: Vec<String> =
            serde_json::from_str(&row.parameters).map_err(Refusal::internal)?;
        let assigned = |name| LicenseAssignedStatus {
            name,
            is_assigned: true,
        };
        rendered.messages.push(
            LicenseMessage {
                license_assigned_status_list: names.into_iter().map(assigned).collect(),
                is_delta: false,
            }
            .into(),
        );
    }
    Ok(rendered)
}
