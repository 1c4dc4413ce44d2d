//! The settings, each declared once: what it means, its default, its name in the environment. The file, the environment, the flags and the
//! sample are all made from here.
//!
//! A flag is stronger than the environment, which is stronger than the file. A setting has the same name in all three: `limits.file` is
//! `file` in the table `[limits]`, `ATTACHE_LIMITS_FILE`, and `--limits-file`.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use confique::{Config, File, FileFormat, Layer};
use desk::rules::{Limits, Rules};
use mail::smtp::Relay;

mod flags;
mod serving;
mod tree;
mod values;

#[cfg(test)]
mod tests;

pub use flags::{CONFIG, arguments, given};
pub use serving::{Network, ProxySettings, TlsSettings};
pub use values::{LogFormat, is_bucket};

use tree::Leaf;

/// Settings of Attaché.
///
/// Sizes are bytes, or a number with a unit: "512 KiB", "25 MiB", "1 GiB". Times are seconds, or a number with a unit: "30 s", "5 min",
/// "24 h", "7 d". Each setting can also be given by the environment variable named beside it or by a flag of the same name (`limits.file` is
/// `--limits-file`); a flag is stronger than the environment, and that is stronger than this file.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Settings {
    /// The folder that everything is kept in; made if it is missing. A relative one starts at the current folder. Without it:
    /// `attache-data`, and `attache-demo` for `attache demo`.
    #[config(env = "ATTACHE_DATA", deserialize_with = values::folder)]
    data: Option<PathBuf>,

    /// The database: `postgres://user:password@host/name`, with the parameters of libpq behind a `?`. Add `sslmode=verify-full` where
    /// the way is not trusted (with `sslrootcert=FILE` for a certificate of your own; a build of your own needs the feature `postgres-tls`).
    /// Without it: an embedded one in the data folder.
    #[config(env = "ATTACHE_DATABASE", deserialize_with = values::database)]
    pub database: Option<String>,

    /// How long a request waits for a database that is gone (PostgreSQL), or that another process writes to, before it is refused.
    #[config(env = "ATTACHE_DATABASE_WAIT", default = "10 s", deserialize_with = values::seconds)]
    pub database_wait: Duration,

    /// Where the bytes of files are kept: a folder, or a bucket of an object store that speaks S3 as
    /// `s3://bucket/prefix?endpoint=https://host&region=name`. Nothing else may be kept under that prefix. The keys are taken from
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or from `access_key_id` and `secret_access_key` in the address, which also takes
    /// `session_token` and `virtual_hosted_style=true`. Without it: the folder `blobs` in the data folder.
    #[config(env = "ATTACHE_BLOBS", deserialize_with = values::blobs)]
    pub blobs: Option<String>,

    /// How long an object store may take to answer before a request that needs it is refused.
    #[config(env = "ATTACHE_BLOBS_WAIT", default = "15 s", deserialize_with = values::seconds)]
    pub blobs_wait: Duration,

    /// How long bytes are kept that nothing refers to any more; two hours at the least.
    #[config(env = "ATTACHE_BLOBS_GRACE", default = "24 h", deserialize_with = values::seconds)]
    pub blobs_grace: Duration,

    /// The address and port to listen on.
    #[config(env = "ATTACHE_LISTEN", default = "127.0.0.1:8018")]
    pub listen: SocketAddr,

    /// The address and port where monitoring asks, without a password: `/health`, `/ready` and `/metrics`. Without it: nowhere.
    #[config(env = "ATTACHE_OBSERVE")]
    pub observe: Option<SocketAddr>,

    /// The origins whose pages may use the API from a browser (CORS), each as `https://desk.example.com`. In the environment they are
    /// separated by commas; the flag may be repeated.
    #[config(env = "ATTACHE_CORS_ORIGIN", default = [], deserialize_with = serving::origins)]
    pub cors_origin: Vec<String>,

    /// The server's name, as clients are told it. Without it: the name of this host.
    #[config(env = "ATTACHE_SERVER_NAME", deserialize_with = values::server_name)]
    server_name: Option<String>,

    /// The domain of generated Message-IDs and Content-IDs. Use one that is yours: receivers distrust others. Without it: the server's name if
    /// that is a domain, else `localhost`.
    #[config(env = "ATTACHE_DOMAIN", deserialize_with = values::domain)]
    domain: Option<String>,

    /// Operations that answer 410 Gone although they are served, each as its method and path, such as "POST
    /// /icws/{sessionId}/interactions". In the environment and in flags they are separated by commas.
    #[config(env = "ATTACHE_RETIRED", default = [], deserialize_with = values::operations)]
    pub retired: Vec<String>,

    /// What is logged: "error", "warn", "info", "debug" or "trace", or finer, such as "info,store=debug".
    #[config(env = "ATTACHE_LOG", default = "info", deserialize_with = values::log_filter)]
    pub log: String,

    /// How it is logged: "text" or "json".
    #[config(env = "ATTACHE_LOG_FORMAT", default = "text", deserialize_with = values::log_format)]
    pub log_format: LogFormat,

    /// HTTPS.
    #[config(nested)]
    pub tls: TlsSettings,

    /// A reverse proxy in front of the server.
    #[config(nested)]
    pub proxy: ProxySettings,

    /// The most that there may be of things. What passes a limit is refused, and the refusal says the limit.
    #[config(nested)]
    pub limits: LimitSettings,

    /// Sessions.
    #[config(nested)]
    pub session: SessionSettings,

    /// Queues.
    #[config(nested)]
    pub queue: QueueSettings,

    /// Uploads.
    #[config(nested)]
    pub upload: UploadSettings,

    /// The mail relay that sent mail goes to. Without one, each message becomes an `.eml` file in the folder `sent` of the data folder.
    #[config(nested)]
    pub relay: RelaySettings,
}

/// The most that there may be of things.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct LimitSettings {
    /// The body of a request that has no limit of its own.
    #[config(env = "ATTACHE_LIMITS_JSON_BODY", default = "1 MiB", deserialize_with = values::bytes)]
    pub json_body: u64,

    /// The body of a request that holds an email.
    #[config(env = "ATTACHE_LIMITS_EMAIL_BODY", default = "8 MiB", deserialize_with = values::bytes)]
    pub email_body: u64,

    /// The body of a request that holds a personal library.
    #[config(env = "ATTACHE_LIMITS_LIBRARY_BODY", default = "64 MiB", deserialize_with = values::bytes)]
    pub library_body: u64,

    /// The header fields of a request together.
    #[config(env = "ATTACHE_LIMITS_HEADERS", default = "64 KiB", deserialize_with = values::bytes)]
    pub headers: u64,

    /// One file: uploaded, or imported into a library.
    #[config(env = "ATTACHE_LIMITS_FILE", default = "25 MiB", deserialize_with = values::bytes)]
    pub file: u64,

    /// All attachments of an email together.
    #[config(env = "ATTACHE_LIMITS_ATTACHMENTS_SIZE", default = "35 MiB", deserialize_with = values::bytes)]
    pub attachments_size: u64,

    /// The number of attachments of an email.
    #[config(env = "ATTACHE_LIMITS_ATTACHMENTS", default = 10_000, deserialize_with = values::count)]
    pub attachments: u64,

    /// The number of recipients of an email.
    #[config(env = "ATTACHE_LIMITS_RECIPIENTS", default = 1_000, deserialize_with = values::count)]
    pub recipients: u64,

    /// The characters of a subject.
    #[config(env = "ATTACHE_LIMITS_SUBJECT", default = 1_024, deserialize_with = values::count)]
    pub subject: u64,

    /// A file's name, as UTF-8; a longer one is shortened before its extension. At least 32 bytes, at most 255.
    #[config(env = "ATTACHE_LIMITS_FILE_NAME", default = 255, deserialize_with = values::file_name)]
    pub file_name: u64,

    /// The number of items of a personal library.
    #[config(env = "ATTACHE_LIMITS_LIBRARY_ITEMS", default = 1_000, deserialize_with = values::count)]
    pub library_items: u64,

    /// The value of an item of a personal library: its text, its URL or the name of its file.
    #[config(env = "ATTACHE_LIMITS_LIBRARY_VALUE", default = "64 KiB", deserialize_with = values::bytes)]
    pub library_value: u64,

    /// How deep categories may be nested.
    #[config(env = "ATTACHE_LIMITS_LIBRARY_DEPTH", default = 10, deserialize_with = values::count)]
    pub library_depth: u64,

    /// The number of connections from one address; one more waits until another is closed.
    #[config(env = "ATTACHE_LIMITS_CONNECTIONS_PER_ADDRESS", default = 1_000, deserialize_with = values::count)]
    pub connections_per_address: u64,

    /// The number of connections in all; one more waits until another is closed.
    #[config(env = "ATTACHE_LIMITS_CONNECTIONS", default = 16_000, deserialize_with = values::count)]
    pub connections: u64,

    /// The number of requests that are worked on at the same time; one more waits. Open event streams do not count.
    #[config(env = "ATTACHE_LIMITS_REQUESTS", default = 8_192, deserialize_with = values::count)]
    pub requests: u64,

    /// How long a client may take to send the head of a request, counted from the connection's beginning or from the last answer; and to
    /// agree on TLS.
    #[config(env = "ATTACHE_LIMITS_HEAD_TIME", default = "30 s", deserialize_with = values::seconds)]
    pub head_time: Duration,

    /// How long a client may take for each 16 KiB of a request's body, or for its end.
    #[config(env = "ATTACHE_LIMITS_BODY_TIME", default = "30 s", deserialize_with = values::seconds)]
    pub body_time: Duration,

    /// How long a client may take nothing of an answer before its connection is closed.
    #[config(env = "ATTACHE_LIMITS_WRITE_TIME", default = "30 s", deserialize_with = values::seconds)]
    pub write_time: Duration,
}

/// Sessions.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct SessionSettings {
    /// A session ends after this time without a request and without an open stream.
    #[config(env = "ATTACHE_SESSION_IDLE", default = "5 min", deserialize_with = values::seconds)]
    pub idle: Duration,

    /// For this time after its end a session tells its client why it ended.
    #[config(env = "ATTACHE_SESSION_ENDED_KEPT", default = "10 min", deserialize_with = values::seconds)]
    pub ended_kept: Duration,
}

/// Queues.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct QueueSettings {
    /// For this time after its end an interaction stays in the queue of its user, unless it is wrapped up before.
    #[config(env = "ATTACHE_QUEUE_KEPT", default = "1 min", deserialize_with = values::seconds)]
    pub kept: Duration,
}

/// Uploads.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct UploadSettings {
    /// How long an announced upload may wait for its bytes.
    #[config(env = "ATTACHE_UPLOAD_LIFE", default = "10 min", deserialize_with = values::seconds)]
    pub life: Duration,
}

/// The mail relay.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct RelaySettings {
    /// The relay: `smtp://user:password@host:587`, encrypted by STARTTLS, which may be changed by `?tls=opportunistic` or `?tls=never` (the
    /// default for a relay on this machine itself); or `smtps://user:password@host:465`. Without a user it does not log in. What stands for
    /// itself in a URL only as %40 and the like must be written so.
    #[config(env = "ATTACHE_RELAY_URL", deserialize_with = values::relay)]
    pub url: Option<Relay>,

    /// The password of the relay's user, if it does not stand in the URL. In the environment rather than in a flag, which others see.
    #[config(env = "ATTACHE_RELAY_PASSWORD")]
    pub password: Option<String>,

    /// A file whose first line is that password.
    #[config(env = "ATTACHE_RELAY_PASSWORD_FILE", deserialize_with = values::folder)]
    pub password_file: Option<PathBuf>,

    /// A file with certificates (PEM) that the relay's own may come from, beside those that the system trusts.
    #[config(env = "ATTACHE_RELAY_CA_FILE", deserialize_with = values::folder)]
    pub ca_file: Option<PathBuf>,

    /// How long the relay may take to answer a command, and half of how long it may take to answer a whole message.
    #[config(env = "ATTACHE_RELAY_TIMEOUT", default = "5 min", deserialize_with = values::seconds)]
    pub timeout: Duration,

    /// How many messages are given to the relay at the same time, each by a connection of its own.
    #[config(env = "ATTACHE_RELAY_CONNECTIONS", default = 4, deserialize_with = values::count)]
    pub connections: u64,
}

/// Why the settings cannot be used.
#[derive(Debug)]
pub enum SettingsError {
    /// The file cannot be read, or something in it is wrong.
    File(PathBuf, confique::Error),
    /// A value is wrong.
    Value {
        /// The setting, as in `limits.file`.
        setting: String,
        /// The flag or the environment variable that it came from.
        origin: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl std::error::Error for SettingsError {}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SettingsError::File(path, error) => {
                write!(f, "the settings file {} cannot be used: ", path.display())?;
                // The library's own first sentence says no more than the line above.
                match std::error::Error::source(error) {
                    Some(source) => write!(f, "{source}"),
                    None => write!(f, "{error}"),
                }
            }
            SettingsError::Value {
                setting,
                origin,
                problem,
            } => {
                write!(
                    f,
                    "the setting `{setting}` from {origin} is wrong: {problem}"
                )
            }
        }
    }
}

type SettingsLayer = <Settings as Config>::Layer;

/// A flag that was given, by the setting's path, with its values.
pub type GivenFlags = Vec<(String, Vec<String>)>;

impl Settings {
    /// The settings from the flags, the environment and the file.
    ///
    /// `environment` looks a variable up; `default_data` is the data folder if none of the three names one.
    pub fn load(
        flags: &GivenFlags,
        environment: &dyn Fn(&str) -> Option<OsString>,
        file: Option<&Path>,
        default_data: &str,
    ) -> Result<Self, SettingsError> {
        let leaves = Leaf::all(&Settings::META);
        let mut layer = SettingsLayer::empty();
        for (path, texts) in flags {
            let Some(leaf) = leaves.iter().find(|leaf| leaf.path() == *path) else {
                continue;
            };
            let given = from_texts(leaf, texts, &format!("the flag --{}", leaf.flag()))?;
            layer = layer.with_fallback(given);
        }
        for leaf in &leaves {
            let Some(name) = leaf.env else { continue };
            let Some(value) = environment(name).filter(|value| !value.is_empty()) else {
                continue;
            };
            let origin = format!("the environment variable {name}");
            let text = value
                .into_string()
                .map_err(|_| wrong(leaf, &origin, "it is not UTF-8".into()))?;
            layer = layer.with_fallback(from_texts(leaf, &[text], &origin)?);
        }
        if let Some(path) = file {
            let from_file = File::with_format(path, FileFormat::Toml)
                .required()
                .load::<SettingsLayer>();
            layer = layer.with_fallback(
                from_file.map_err(|error| SettingsError::File(path.to_owned(), error))?,
            );
        }
        let mut settings =
            Settings::from_layer(layer.with_fallback(SettingsLayer::default_values()))
                .expect("every setting has a default or is optional");
        settings.data.get_or_insert_with(|| default_data.into());
        Ok(settings)
    }

    /// The address of the database. It may hold a password.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.data().join("attache.sqlite").display());
        self.database.clone().unwrap_or_else(file)
    }

    /// What the database is called where somebody may read it.
    pub fn database_name(&self) -> String {
        match self.database {
            Some(_) => "PostgreSQL (setting `database`)".to_owned(),
            None => self.data().join("attache.sqlite").display().to_string(),
        }
    }

    /// The folder that everything is kept in.
    pub fn data(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new("attache-data"))
    }

    /// The addresses that clients may come to: of HTTP, and of HTTPS where that is spoken.
    fn listens(&self) -> impl Iterator<Item = SocketAddr> {
        let https = self.tls.certificate.as_ref().map(|_| self.tls.listen);
        std::iter::once(self.listen).chain(https)
    }

    /// Whether others than this machine may come.
    pub fn is_open_to_others(&self) -> bool {
        self.listens().any(|address| !address.ip().is_loopback())
    }

    /// The addresses that clients may come to, for a person.
    pub fn addresses(&self) -> String {
        self.listens()
            .map(|address| address.to_string())
            .collect::<Vec<_>>()
            .join(" and ")
    }

    /// The server's name: `icServer` of the API.
    pub fn server_name(&self) -> String {
        self.server_name.clone().unwrap_or_else(values::host_name)
    }

    /// The domain of generated Message-IDs and Content-IDs.
    pub fn domain(&self) -> String {
        let named = self
            .domain
            .clone()
            .or_else(|| Some(self.server_name()).filter(|name| values::is_domain(name)));
        named.unwrap_or_else(|| "localhost".into())
    }

    /// The part that rules go by.
    pub fn rules(&self) -> Rules {
        let limits = &self.limits;
        Rules {
            domain: self.domain(),
            prefix: self.proxy.prefix.as_deref().unwrap_or_default().into(),
            limits: Limits {
                file: limits.file,
                attachments_size: limits.attachments_size,
                attachments: limits.attachments,
                recipients: limits.recipients,
                subject: limits.subject,
                file_name: limits.file_name,
                library_items: limits.library_items,
                library_value: limits.library_value,
                library_depth: limits.library_depth,
            },
            session_idle: self.session.idle,
            session_kept: self.session.ended_kept,
            upload_life: self.upload.life,
            queue_kept: self.queue.kept,
            blob_grace: self.blobs_grace,
            ..Rules::default()
        }
    }

    /// A settings file with every setting, commented out, with its meaning and its default.
    pub fn sample() -> String {
        confique::toml::template::<Settings>(confique::toml::FormatOptions::default())
    }
}

/// A layer with one setting, from the text of a flag or of the environment.
fn from_texts(leaf: &Leaf, texts: &[String], origin: &str) -> Result<SettingsLayer, SettingsError> {
    serde::Deserialize::deserialize(leaf.nest(texts))
        .map_err(|error: serde_json::Error| wrong(leaf, origin, error.to_string()))
}

fn wrong(leaf: &Leaf, origin: &str, problem: String) -> SettingsError {
    SettingsError::Value {
        setting: leaf.path(),
        origin: origin.to_owned(),
        problem,
    }
}
