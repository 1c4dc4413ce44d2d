//! The address of a bucket: `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&…`.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{ClientConfigKey, ClientOptions, RetryConfig};
use url::Url;

/// What an address may say behind the `?`.
const PARAMETERS: [(&str, AmazonS3ConfigKey); 6] = [
    ("endpoint", AmazonS3ConfigKey::Endpoint),
    ("region", AmazonS3ConfigKey::Region),
    ("access_key_id", AmazonS3ConfigKey::AccessKeyId),
    ("secret_access_key", AmazonS3ConfigKey::SecretAccessKey),
    ("session_token", AmazonS3ConfigKey::Token),
    (
        "virtual_hosted_style",
        AmazonS3ConfigKey::VirtualHostedStyleRequest,
    ),
];

/// How often a request is tried again that the store answered with an error of its own, or that lost its connection.
const RETRIES: usize = 3;

/// The most that a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// A client of the bucket that an address names.
pub struct Opened {
    pub store: AmazonS3,
    pub name: String,
    pub prefix: Path,
}

/// Reads an address and makes a client. The error says what is wrong with it, without the address, which may hold a secret.
pub fn open(address: &str, patience: Duration) -> Result<Opened, String> {
    let url = Url::parse(address).map_err(|error| error.to_string())?;
    let name = match (url.scheme(), url.host_str()) {
        ("s3", Some(name)) if !name.is_empty() => name.to_owned(),
        ("s3", _) => return Err("it names no bucket".to_owned()),
        _ => return Err("it does not begin with s3://".to_owned()),
    };
    let prefix = Path::from_url_path(url.path()).map_err(|error| error.to_string())?;
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(&name);
    for (parameter, value) in url.query_pairs() {
        let known = PARAMETERS.iter().find(|(known, _)| *known == parameter);
        let (_, key) = known.ok_or_else(|| {
            let all = PARAMETERS.map(|(known, _)| known).join(", ");
            format!("`{parameter}` is none of its parameters, which are {all}")
        })?;
        builder = builder.with_config(*key, value);
    }
    let store = with_limits(builder, patience)
        .build()
        .map_err(|error| error.to_string())?;
    Ok(Opened {
        store,
        name,
        prefix,
    })
}

fn with_limits(builder: AmazonS3Builder, patience: Duration) -> AmazonS3Builder {
    use_ring();
    let says = |key| builder.get_config_value(&key);
    let is_plain = |url: Option<String>| url.is_some_and(|url| url.starts_with("http://"));
    let endpoint =
        says(AmazonS3ConfigKey::S3Endpoint).or_else(|| says(AmazonS3ConfigKey::Endpoint));
    // No limit for a whole request: a large file to a slow client takes its time. Each wait for the store has one.
    let client = ClientOptions::new()
        .with_config(ClientConfigKey::UserAgent, "attache")
        .with_allow_http(is_plain(endpoint))
        .with_timeout_disabled()
        .with_connect_timeout(CONNECT.min(patience))
        .with_read_timeout(patience);
    let retry = RetryConfig {
        max_retries: RETRIES,
        retry_timeout: patience,
        ..RetryConfig::default()
    };
    builder
        .with_client_options(client)
        .with_retry(retry)
        // One object is removed at a time, and not every store knows the other way.
        .with_disable_bulk_delete(true)
}

/// Makes ring the process's provider of TLS, unless it has one.
fn use_ring() {
    // An error says that there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str) -> String {
        match open(address, Duration::from_secs(1)) {
            Ok(_) => panic!("{address} was taken"),
            Err(problem) => problem,
        }
    }

    #[test]
    fn an_address_names_a_bucket_and_maybe_a_prefix() {
        let opened = open(
            "s3://mail/desk/one?endpoint=http://localhost:1&region=here&access_key_id=a&secret_access_key=b",
            Duration::from_secs(1),
        );
        let opened = opened.unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(opened.name, "mail");
        assert_eq!(opened.prefix, Path::from("desk/one"));
        let opened = open("s3://mail", Duration::from_secs(1));
        assert_eq!(
            opened.unwrap_or_else(|problem| panic!("{problem}")).prefix,
            Path::default()
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for (address, problem) in [
            ("/a/folder", "relative URL"),
            ("http://mail", "s3://"),
            ("s3:///prefix?secret_access_key=hidden", "no bucket"),
            ("s3://mail?secret_access_key=hidden&colour=red", "`colour`"),
            (
                "s3://mail?access_key_id=me&secret_access_key=hidden&virtual_hosted_style=perhaps",
                "perhaps",
            ),
        ] {
            let said = refused(address);
            assert!(said.contains(problem), "{address}: {said}");
            assert!(!said.contains("hidden"), "{said}");
        }
    }
}
