//! Where users work. The desk has no telephones, so that a station is only what a client says of it: a name or a number, and the
//! kinds of interaction that the user takes there. It belongs to the session and ends with it.
//!
//! ICWS: `icws/(sessionId)/connection/station/index.htm`, `icws/(sessionId)/messaging/subscriptions/connection/station/index.htm`.

use icws::Nullable;
use icws::configuration::ConfigurationId;
use icws::connection::{
    EffectiveStationChangeMessage, EffectiveStationInfo, Station,
    StationConnectionStateChangeMessage, StationInformation, StationSettings, StationSettingsType,
};
use store::rows::sessions as rows;
use store::{Conn, Tx};

use crate::caller::Caller;
use crate::ids::SessionId;
use crate::journal::Change;
use crate::messaging::mark::{Known, Mark};
use crate::messaging::render::Rendered;
use crate::refusal::Refusal;

/// The most characters of a station's name, and of a number.
const MOST_CHARACTERS: usize = 100;
/// The most kinds of interaction that a client may name; there are nine.
const MOST_MEDIA: usize = 20;

/// The station of a session. A session begins without one.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn of_session(conn: &mut Conn, session: SessionId) -> Result<StationInformation, Refusal> {
    let kept = rows::session(conn, session.0)?.and_then(|session| session.station);
    match kept {
        Some(kept) => serde_json::from_str(&kept).map_err(Refusal::internal),
        None => Ok(nowhere()),
    }
}

fn nowhere() -> StationInformation {
    StationInformation {
        id: String::new(),
        extension: String::new(),
        remote_number: None,
        station_setting: StationSettingsType::None,
        can_be_dialed: Some(false),
        allowed_media_types: Some(Vec::new()),
    }
}

/// Sets the station of the caller's session.
///
/// # Errors
/// [`Refusal::InvalidProperty`] of a name or a number that is empty, too long or has control characters, and of too many kinds of
/// interaction.
pub fn set(tx: &mut Tx<'_>, caller: &Caller, settings: &StationSettings) -> Result<(), Refusal> {
    let mut media = settings.supported_media_types.clone().unwrap_or_default();
    if media.len() > MOST_MEDIA {
        return Err(Refusal::invalid("supportedMediaTypes", "at most 20"));
    }
    media.sort_unstable();
    media.dedup();
    let (station_setting, workstation, remote_number) = match &settings.station {
        Station::Stationless => (StationSettingsType::None, None, None),
        Station::Workstation(name) => (StationSettingsType::Workstation, Some(name), None),
        Station::RemoteWorkstation {
            workstation,
            remote_number,
        } => (
            StationSettingsType::RemoteWorkstation,
            Some(workstation),
            remote_number.as_ref(),
        ),
        Station::RemoteNumber { remote_number, .. } => {
            (StationSettingsType::RemoteNumber, None, Some(remote_number))
        }
    };
    let station = StationInformation {
        id: bounded("workstation", workstation)?.unwrap_or_default(),
        remote_number: bounded("remoteNumber", remote_number)?,
        station_setting,
        allowed_media_types: Some(media),
        ..nowhere()
    };
    let kept = serde_json::to_string(&station).map_err(Refusal::internal)?;
    rows::set_station(tx, caller.session.0, Some(&kept))?;
    Change::Station(caller.session.0).record(tx);
    Ok(())
}

fn bounded(property: &str, text: Option<&String>) -> Result<Option<String>, Refusal> {
    let Some(text) = text else {
        return Ok(None);
    };
    if text.trim().is_empty()
        || text.chars().count() > MOST_CHARACTERS
        || text.contains(char::is_control)
    {
        return Err(Refusal::invalid(
            property,
            "use 1 to 100 characters, none of them a control character",
        ));
    }
    Ok(Some(text.clone()))
}

/// Leaves the station, whether there is one or not.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn leave(tx: &mut Tx<'_>, caller: &Caller) -> Result<(), Refusal> {
    rows::set_station(tx, caller.session.0, None)?;
    Change::Station(caller.session.0).record(tx);
    Ok(())
}

/// The message of the session's own station.
pub(crate) fn message(conn: &mut Conn, caller: &Caller, mark: Mark) -> Result<Rendered, Refusal> {
    let station = of_session(conn, caller.session)?;
    let mut rendered = Rendered {
        known: Known {
            station: Some(station.clone()),
            ..Known::default()
        },
        ..Rendered::default()
    };
    if mark.snapshot || mark.known.station.as_ref() != Some(&station) {
        let message = StationConnectionStateChangeMessage {
            previous_station_info: mark.known.station.filter(|_| !mark.snapshot),
            new_station_info: station,
            is_delta: !mark.snapshot,
        };
        rendered.messages.push(message.into());
    }
    Ok(rendered)
}

/// The message of the station that counts: the workstation that the session is at.
pub(crate) fn effective_message(
    conn: &mut Conn,
    caller: &Caller,
    mark: &Mark,
) -> Result<Rendered, Refusal> {
    let name = of_session(conn, caller.session)?.id;
    let effective = (!name.is_empty()).then_some(name);
    let mut rendered = Rendered {
        known: Known {
            effective: effective.clone(),
            ..Known::default()
        },
        ..Rendered::default()
    };
    if mark.snapshot || mark.known.effective != effective {
        let info = |name: String| EffectiveStationInfo {
            station_id: ConfigurationId {
                display_name: Nullable::Value(name.clone()),
                id: name,
                uri: None,
            },
        };
        let message = EffectiveStationChangeMessage {
            effective_station: effective.map(info),
            is_delta: !mark.snapshot,
        };
        rendered.messages.push(message.into());
    }
    Ok(rendered)
}
