//! Logging in, and slowing down who guesses passwords.
//!
//! Only failures count. The first failures for a user and from an address in a minute are answered at once; after that each
//! failure waits longer, up to half a minute. A right password is never refused because others failed, and sets the user's count back.
//!
//! ICWS: `ConceptualContent/GettingStarted_Connecting.htm`, `icws/connection/index.htm`.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use icws::Guid;
use icws::connection::AuthTokenRequest;
use store::Tx;
use store::rows::people as rows;
use store::rows::sessions as session_rows;
use tokio::sync::Semaphore;

use crate::caller::Caller;
use crate::clock;
use crate::desk::Desk;
use crate::ids::{SessionId, UserId};
use crate::passwords;
use crate::people::fold;
use crate::refusal::Refusal;
use crate::sessions::{Client, EndReason, NewSession, begin, end};
use crate::tokens;

/// What counts as one spell of failures, in milliseconds.
const MINUTE: i64 = 60_000;
/// Failures for a user in a minute that are not slowed.
const FREE_FOR_USER: u32 = 10;
/// Failures from an address in a minute that are not slowed.
const FREE_FOR_ADDRESS: u32 = 50;
/// The longest that a failure waits.
const LONGEST: Duration = Duration::from_secs(30);
/// How many passwords are checked at once: each takes a core for tens of milliseconds.
const AT_ONCE: usize = 4;
/// How many users and addresses are counted at the most.
const COUNTED: usize = 100_000;

/// For how long a token is good that a session asks for, in milliseconds (`icws/(sessionId)/connection/unique-auth-token/index.htm`).
const TOKEN_LIFE: i64 = 7_000;

/// Failures of one user or from one address.
#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: i64,
}

/// Counts failures by user and by address.
#[derive(Debug, Default)]
pub struct Throttle {
    users: Mutex<HashMap<String, Failures>>,
    addresses: Mutex<HashMap<IpAddr, Failures>>,
}

impl Throttle {
    /// Notes a failure and tells how long its answer is to wait.
    fn fail(&self, user: &str, address: IpAddr, now: i64) -> Duration {
        let by_user = count(&self.users, user.to_owned(), now);
        let by_address = count(&self.addresses, address, now);
        wait_for(by_user, FREE_FOR_USER).max(wait_for(by_address, FREE_FOR_ADDRESS))
    }

    /// Sets a user's count back.
    fn succeed(&self, user: &str) {
        self.users
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(user);
    }
}

fn count<K: Hash + Eq>(counts: &Mutex<HashMap<K, Failures>>, key: K, now: i64) -> u32 {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    if counts.len() >= COUNTED {
        counts.retain(|_, failures| now - failures.last < MINUTE);
    }
    let failures = counts.entry(key).or_insert(Failures {
        count: 0,
        last: now,
    });
    if now - failures.last >= MINUTE {
        failures.count = 0;
    }
    failures.count += 1;
    failures.last = now;
    failures.count
}

/// A quarter of a second for the first failure over what is free, twice as long for each further one.
fn wait_for(count: u32, free: u32) -> Duration {
    match count.checked_sub(free + 1) {
        None => Duration::ZERO,
        Some(over) => Duration::from_millis(250 << over.min(10)).min(LONGEST),
    }
}

/// What a user brings to log in.
#[derive(Debug)]
pub struct Credentials {
    /// Who he says he is.
    pub user_id: String,
    /// His password.
    pub password: String,
    /// What he uses.
    pub client: Client,
    /// Where the request comes from.
    pub address: IpAddr,
}

/// A user who has logged in.
#[derive(Debug)]
pub struct LoggedIn {
    /// His session.
    pub session: NewSession,
    /// His user id, in the case it was configured in.
    pub user_name: String,
    /// His name.
    pub display_name: String,
}

fn gate() -> &'static Semaphore {
    static GATE: OnceLock<Semaphore> = OnceLock::new();
    GATE.get_or_init(|| Semaphore::new(AT_ONCE))
}

/// What is checked for a user who is not there, so that he cannot be told from one who is by the time it takes.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| passwords::hash("nobody").unwrap_or_default())
}

impl Desk {
    /// Logs a user in with his password.
    ///
    /// # Errors
    /// [`Refusal::AuthenticationFailure`], whatever is wrong; it waits, if there were too many.
    pub async fn log_in(&self, credentials: Credentials) -> Result<LoggedIn, Refusal> {
        let name = fold(&credentials.user_id);
        let folded = name.clone();
        let user = self
            .read(move |conn, _| Ok(rows::user_by_name(conn, &folded)?))
            .await?;
        let kept = user.as_ref().and_then(|user| user.password.clone());
        if !check(credentials.password, kept).await? {
            tokio::time::sleep(
                self.throttle()
                    .fail(&name, credentials.address, clock::now()),
            )
            .await;
            return Err(Refusal::AuthenticationFailure);
        }
        let user = user.ok_or(Refusal::AuthenticationFailure)?;
        self.throttle().succeed(&name);
        self.ensure_personal_library(UserId(user.id), &user.name)
            .await?;
        let (id, client) = (UserId(user.id), credentials.client);
        let session = self
            .write(move |tx, at| begin(tx, id, &client, at.now))
            .await?;
        Ok(LoggedIn {
            session,
            user_name: user.name,
            display_name: user.display_name,
        })
    }

    /// Logs a user in by a token that another session asked for. Where that session was to end by it, this node takes nothing more in it when
    /// this resolves.
    ///
    /// # Errors
    /// [`Refusal::AuthenticationFailure`] if the token is spent, too old, or for another seed or session.
    pub async fn log_in_by_token(
        &self,
        request: AuthTokenRequest,
        client: Client,
    ) -> Result<LoggedIn, Refusal> {
        let ends_source = request.disconnect_source_session == Some(true);
        let redeemed = self
            .write(move |tx, at| redeem_token(tx, &request, &client, at.now))
            .await?;
        let logged_in = redeemed.ok_or(Refusal::AuthenticationFailure)?;
        if ends_source {
            self.caught_up().await;
        }
        Ok(logged_in)
    }
}

/// Makes a token by which the caller's user can log in once more: another program of his needs no password then.
///
/// # Errors
/// [`Refusal::Internal`] alone.
pub fn make_token(
    tx: &mut Tx<'_>,
    caller: &Caller,
    seed: Guid,
    now: i64,
) -> Result<String, Refusal> {
    let token = tokens::word();
    let row = session_rows::AuthToken {
        token_hash: tokens::hash(&token).to_vec(),
        session_id: caller.session.0,
        seed: uuid::Uuid::from(seed).as_bytes().to_vec(),
        expires_at: now + TOKEN_LIFE,
    };
    session_rows::add_auth_token(tx, &row)?;
    Ok(token)
}

/// Logs in by a token. It is spent even where something else is wrong: whoever holds one and guesses the rest has one guess.
/// Nothing comes back where it does not do.
fn redeem_token(
    tx: &mut Tx<'_>,
    request: &AuthTokenRequest,
    client: &Client,
    now: i64,
) -> Result<Option<LoggedIn>, Refusal> {
    let hash = tokens::hash(&request.auth_token);
    let Some(token) = session_rows::take_auth_token(tx, &hash)? else {
        return Ok(None);
    };
    let source = SessionId(token.session_id);
    let is_meant = SessionId::parse(&request.auth_token_source_session) == Some(source)
        && token.seed == uuid::Uuid::from(request.auth_token_seed).as_bytes()
        && token.expires_at > now;
    let session = session_rows::session(tx.read(), source.0)?
        .filter(|session| is_meant && session.ended_at.is_none());
    let Some(session) = session else {
        return Ok(None);
    };
    let Some(user) = rows::user(tx.read(), session.user_id)? else {
        return Ok(None);
    };
    let session = begin(tx, UserId(user.id), client, now)?;
    if request.disconnect_source_session == Some(true) {
        end(tx, source, EndReason::LoggedOut, now)?;
    }
    Ok(Some(LoggedIn {
        session,
        user_name: user.name,
        display_name: user.display_name,
    }))
}

/// Checks a password away from the async threads, a few at a time.
async fn check(password: String, kept: Option<String>) -> Result<bool, Refusal> {
    let _turn = gate().acquire().await.map_err(Refusal::internal)?;
    tokio::task::spawn_blocking(move || {
        let known = kept.is_some();
        let phc = kept.unwrap_or_else(|| nobody().to_owned());
        passwords::verify(&password, &phc) && known
    })
    .await
    .map_err(Refusal::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_slowed_by_user_and_by_address() {
        let throttle = Throttle::default();
        let address = |last: u8| IpAddr::from([127, 0, 0, last]);
        for _ in 0..10 {
            assert_eq!(throttle.fail("anna", address(1), 0), Duration::ZERO);
        }
        assert_eq!(
            throttle.fail("anna", address(1), 1),
            Duration::from_millis(250)
        );
        assert_eq!(
            throttle.fail("anna", address(2), 2),
            Duration::from_millis(500)
        );
        for _ in 0..20 {
            throttle.fail("anna", address(1), 3);
        }
        assert_eq!(throttle.fail("anna", address(1), 4), LONGEST);
        throttle.succeed("anna");
        assert_eq!(throttle.fail("anna", address(9), 5), Duration::ZERO);
        assert_eq!(
            throttle.fail("anna", address(9), MINUTE + 5),
            Duration::ZERO
        );
        for user in 0..60 {
            throttle.fail(&user.to_string(), address(7), 6);
        }
        assert!(throttle.fail("carl", address(7), 7) > Duration::ZERO);
    }
}
