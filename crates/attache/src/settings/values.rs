//! How the values of settings are read. A value comes from TOML as what it is, and from a flag or the environment as text.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use mail::smtp::Relay;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

const SIZES: Units = Units {
    expected: "bytes, such as 1048576 or \"25 MiB\"",
    units: &[
        ("", 1),
        ("b", 1),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
    ],
};

const TIMES: Units = Units {
    expected: "seconds, such as 300 or \"5 min\"",
    units: &[("", 1), ("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)],
};

const COUNTS: Units = Units {
    expected: "a whole number",
    units: &[("", 1)],
};

/// Units that a number may have, and what is expected in an error.
#[derive(Clone, Copy)]
struct Units {
    expected: &'static str,
    units: &'static [(&'static str, u64)],
}

impl Units {
    fn parse(self, text: &str) -> Option<u64> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text
            .find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.replace('_', "").parse().ok()?;
        let (_, factor) = self.units.iter().find(|(name, _)| *name == unit.trim())?;
        number.checked_mul(*factor)
    }

    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        struct Reader(Units);
        impl Visitor<'_> for Reader {
            type Value = u64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0.expected)
            }
            fn visit_u64<X: Error>(self, number: u64) -> Result<u64, X> {
                Ok(number)
            }
            fn visit_i64<X: Error>(self, number: i64) -> Result<u64, X> {
                u64::try_from(number)
                    .map_err(|_| X::custom(format!("{number} is not {}", self.0.expected)))
            }
            fn visit_str<X: Error>(self, text: &str) -> Result<u64, X> {
                self.0
                    .parse(text)
                    .ok_or_else(|| X::custom(format!("`{text}` is not {}", self.0.expected)))
            }
        }
        let number = deserializer.deserialize_any(Reader(self))?;
        // What the database and the clock can hold, and none that would stop everything.
        match number {
            0 => Err(D::Error::custom(
                "0 would stop everything; give a number above it",
            )),
            1..=0x0000_FFFF_FFFF_FFFF => Ok(number),
            _ => Err(D::Error::custom(format!("{number} is too large"))),
        }
    }
}

pub fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    SIZES.read(deserializer)
}

pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    COUNTS.read(deserializer)
}

/// The length that file names are shortened to: room for an extension and a number at the least, what file systems take at the most.
pub fn file_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let limit = COUNTS.read(deserializer)?;
    if (32..=255).contains(&limit) {
        Ok(limit)
    } else {
        Err(D::Error::custom(format!("{limit} is not from 32 to 255")))
    }
}

pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    TIMES.read(deserializer).map(Duration::from_secs)
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.trim().to_owned())
}

/// The address of a PostgreSQL database. What is wrong with one is said without it: it may hold a password.
pub fn database<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let address = text(deserializer)?;
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok(address);
    }
    Err(D::Error::custom("it does not begin with postgres://"))
}

/// The mail relay. Its URL is not shown in the error: it may hold a password.
pub fn relay<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Relay, D::Error> {
    Relay::parse(&text(deserializer)?).map_err(D::Error::custom)
}

/// A folder, or the address of a bucket, which is not repeated: it may hold a secret.
pub fn blobs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let address = text(deserializer)?;
    if address.is_empty() {
        return Err(D::Error::custom("it names no folder"));
    }
    if address.contains("://") && !is_bucket(&address) {
        return Err(D::Error::custom(
            "it is neither a folder nor does it begin with s3://",
        ));
    }
    Ok(address)
}

/// Whether it is the address of a bucket, and not a folder.
pub fn is_bucket(address: &str) -> bool {
    address.starts_with("s3://")
}

pub fn folder<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let path = PathBuf::deserialize(deserializer)?;
    if path.as_os_str().is_empty() {
        Err(D::Error::custom("it names no folder"))
    } else {
        Ok(path)
    }
}

/// A name that a client shows and compares: no spaces, nothing that would break a header.
pub fn server_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = text(deserializer)?;
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 253 || !name.chars().all(good) {
        return Err(D::Error::custom(format!(
            "`{name}` is not a host's name: use letters, digits, `-`, `_` and `.`"
        )));
    }
    Ok(name)
}

pub fn domain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = text(deserializer)?;
    if is_domain(&name) {
        Ok(name)
    } else {
        Err(D::Error::custom(format!("`{name}` is not a domain")))
    }
}

/// Whether a name is a domain of letters, digits and hyphens (RFC 1123, section 2.1).
pub fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// The name of this host; `localhost` where it has none that can be told to clients.
pub fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if is_domain(name) {
        name.to_owned()
    } else {
        "localhost".into()
    }
}

/// Operations as `METHOD /path`. Whether they exist, the server checks: it knows which.
pub fn operations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let operations = Vec::<String>::deserialize(deserializer)?;
    operations
        .iter()
        .map(|operation| {
            let (method, path) = operation.trim().split_once(' ').unwrap_or((operation, ""));
            let (method, path) = (method.to_ascii_uppercase(), path.trim());
            let known = matches!(method.as_str(), "GET" | "POST" | "PUT" | "DELETE");
            if !known || !path.to_ascii_lowercase().starts_with("/icws/") {
                return Err(D::Error::custom(format!(
                    "`{operation}` is not an operation such as `POST /icws/connection`"
                )));
            }
            Ok(format!("{method} {path}"))
        })
        .collect()
}

pub fn log_filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let filter = text(deserializer)?;
    match tracing_subscriber::EnvFilter::try_new(&filter) {
        Ok(_) if !filter.is_empty() => Ok(filter),
        _ => Err(D::Error::custom(format!(
            "`{filter}` is not a log filter, such as `info` or `info,store=debug`"
        ))),
    }
}

pub fn log_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    match text(deserializer)?.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(D::Error::custom(format!(
            "`{other}` is neither `text` nor `json`"
        ))),
    }
}
