//! Which relay mail goes to, as the administrator writes it.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;

/// How the way to the relay is encrypted. Whenever it is, the relay's certificate must be good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From the first byte on (RFC 8314, section 3.3).
    Implicit,
    /// By STARTTLS; a relay that does not offer it gets no mail.
    Required,
    /// By STARTTLS where the relay offers it.
    Opportunistic,
    /// Not at all.
    Never,
}

/// A relay: `smtp://user:password@host:587` or `smtps://…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is encrypted.
    pub security: Security,
    /// The user to log in as.
    pub user: Option<String>,
    /// That user's password.
    pub password: Option<String>,
}

impl Relay {
    /// Reads the URL of a relay. The error says what is wrong with it and does not hold the password.
    ///
    /// `smtp://` is port 587 with STARTTLS, which may be turned off by `?tls=never` or made a matter of the relay by
    /// `?tls=opportunistic`; on this machine itself it is off unless `?tls=required` asks for it. `smtps://` is port 465.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let is_implicit = match scheme.to_ascii_lowercase().as_str() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err("it begins with neither smtp:// nor smtps://".into()),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place, if is_implicit { 465 } else { 587 })?;
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, "")))
        {
            Some((user, password)) => (decoded(user)?, decoded(password)?),
            None => (None, None),
        };
        if password.is_some() && user.is_none() {
            return Err("it has a password and no user".into());
        }
        let security = security(is_implicit, query, &host)?;
        Ok(Self {
            host,
            port,
            security,
            user,
            password,
        })
    }

    /// Whether it is on this machine, so that nobody listens on the way.
    pub fn is_local(&self) -> bool {
        is_local(&self.host)
    }
}

fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn security(is_implicit: bool, query: &str, host: &str) -> Result<Security, String> {
    let asked = match query {
        "" => None,
        "tls=required" => Some(Security::Required),
        "tls=opportunistic" => Some(Security::Opportunistic),
        "tls=never" => Some(Security::Never),
        _ => {
            return Err(
                "behind its `?` may stand tls=required, tls=opportunistic or tls=never".into(),
            );
        }
    };
    match (is_implicit, asked) {
        (true, None | Some(Security::Required)) => Ok(Security::Implicit),
        (true, Some(_)) => Err("smtps:// is always encrypted".into()),
        (false, Some(asked)) => Ok(asked),
        (false, None) if is_local(host) => Ok(Security::Never),
        (false, None) => Ok(Security::Required),
    }
}

fn host_and_port(place: &str, default: u16) -> Result<(String, u16), String> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or("its `[` has no `]`")?;
            (host, port.strip_prefix(':'))
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if host.is_empty() || !host.bytes().all(good) {
        return Err(format!("`{host}` is not the name of a host"));
    }
    let port = match port {
        None => default,
        Some(port) => port
            .parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| format!("`{port}` is not a port"))?,
    };
    Ok((host.to_owned(), port))
}

fn decoded(text: &str) -> Result<Option<String>, String> {
    let text = percent_decode_str(text).decode_utf8();
    let text = text.map_err(|_| "its user or password is not UTF-8")?;
    if text.contains('\0') {
        return Err("its user or password has a NUL".into());
    }
    Ok(Some(text.into_owned()).filter(|text| !text.is_empty()))
}

/// Without the password.
impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Where it is.
impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}
