//! HTTPS: the certificate, which is read again when its files change.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::settings::TlsSettings;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The name that HTTP/2 has in the agreement on TLS (RFC 7301).
pub const HTTP2: &[u8] = b"h2";

/// A certificate with its key, and the files that they come from.
#[derive(Debug)]
pub struct Certificate {
    file: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read();
        Some(Arc::clone(&current.unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Certificate {
    /// Reads the certificate that the settings name, if they do.
    pub fn of(settings: &TlsSettings) -> anyhow::Result<Option<Arc<Self>>> {
        let (file, key) = match (&settings.certificate, &settings.key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
            _ => anyhow::bail!(
                "a certificate and its key belong together: the settings `tls.certificate` and `tls.key`"
            ),
        };
        let provider = Arc::new(ring::default_provider());
        let current = RwLock::new(read(&file, &key, &provider)?);
        Ok(Some(Arc::new(Self {
            file,
            key,
            provider,
            current,
        })))
    }

    /// What speaks TLS with this certificate.
    pub fn acceptor(self: &Arc<Self>) -> anyhow::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again whenever they change. While they do not fit together, as between the writing of the one and of the
    /// other, the certificate before them stays.
    pub async fn follow(self: Arc<Self>) {
        let mut seen = self.states();
        let mut refused = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let now = self.states();
            if now == seen {
                continue;
            }
            match read(&self.file, &self.key, &self.provider) {
                Ok(read) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
                    tracing::info!(file = %self.file.display(), "the certificate was read again");
                    seen = now;
                }
                // Said once for each state of the files.
                Err(error) if refused != Some(now) => {
                    tracing::warn!(
                        "the new certificate cannot be used, the old one stays: {error:#}"
                    );
                    refused = Some(now);
                }
                Err(_) => {}
            }
        }
    }

    fn states(&self) -> [Option<State>; 2] {
        [&self.file, &self.key].map(|file| fs::metadata(file).ok().as_ref().map(state))
    }
}

/// What tells one state of a file from another: its time to the nanosecond, its length, and which file it is.
type State = (i64, i64, u64, u64);

fn state(about: &Metadata) -> State {
    (about.mtime(), about.mtime_nsec(), about.size(), about.ino())
}

fn read(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> anyhow::Result<Arc<CertifiedKey>> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(io::Error::other)
        .and_then(|chain| {
            let is_there = !chain.is_empty();
            is_there
                .then_some(chain)
                .ok_or_else(|| io::Error::other("it holds no certificate"))
        })
        .with_context(|| unusable("certificate", certificate))?;
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| unusable("key", key))?;
    let certified = CertifiedKey::from_der(chain, private, provider).with_context(|| {
        let (certificate, key) = (certificate.display(), key.display());
        format!("the certificate {certificate} and the key {key} do not fit together")
    })?;
    Ok(Arc::new(certified))
}

fn unusable(what: &str, file: &Path) -> String {
    format!(
        "the {what} {} cannot be used (setting `tls.{what}`)",
        file.display()
    )
}
