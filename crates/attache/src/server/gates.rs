//! Where the server listens: HTTP, and HTTPS where it has a certificate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::door::{Accepted, Door};
use super::tls::Certificate;
use crate::settings::Settings;

/// The addresses that the server listens on.
#[derive(Debug, Clone, Copy)]
pub struct Listening {
    /// HTTP.
    pub http: SocketAddr,
    /// HTTPS, where there is a certificate.
    pub https: Option<SocketAddr>,
    /// Where monitoring asks, where that is set.
    pub observe: Option<SocketAddr>,
}

impl Listening {
    /// Says in the log that the server listens.
    pub fn log(&self) {
        let https = self.https.map(tracing::field::display);
        let observe = self.observe.map(tracing::field::display);
        tracing::info!(address = %self.http, https, observe, "listening");
    }
}

/// The open ports.
pub struct Gates {
    http: Gate,
    https: Option<Gate>,
    certificate: Option<Arc<Certificate>>,
    observer: Option<TcpListener>,
    listening: Listening,
}

struct Gate {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Gates {
    /// Opens what the settings say.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let certificate = Certificate::of(&settings.tls)?;
        let http = Gate {
            listener: listen(settings.listen, "listen").await?,
            tls: None,
        };
        let https = match &certificate {
            Some(certificate) => Some(Gate {
                listener: listen(settings.tls.listen, "tls.listen").await?,
                tls: Some(certificate.acceptor()?),
            }),
            None => None,
        };
        let observer = match settings.observe {
            Some(address) => Some(listen(address, "observe").await?),
            None => None,
        };
        let listening = Listening {
            http: http.listener.local_addr()?,
            https: match &https {
                Some(gate) => Some(gate.listener.local_addr()?),
                None => None,
            },
            observe: match &observer {
                Some(listener) => Some(listener.local_addr()?),
                None => None,
            },
        };
        Ok(Self {
            http,
            https,
            certificate,
            observer,
            listening,
        })
    }

    /// The port of monitoring, once.
    pub fn take_observer(&mut self) -> Option<TcpListener> {
        self.observer.take()
    }

    /// Where they are.
    pub fn listening(&self) -> &Listening {
        &self.listening
    }

    /// Starts to read the certificate again when it changes.
    pub fn follow_certificate(&self, workers: &mut JoinSet<()>) {
        if let Some(certificate) = &self.certificate {
            workers.spawn(Arc::clone(certificate).follow());
        }
    }

    /// The next connection, once there is a place for it.
    pub async fn next(&self, door: &Door) -> Accepted {
        match &self.https {
            None => self.http.accept(door).await,
            Some(https) => tokio::select! {
                accepted = self.http.accept(door) => accepted,
                accepted = https.accept(door) => accepted,
            },
        }
    }
}

impl Gate {
    async fn accept(&self, door: &Door) -> Accepted {
        let place = door.place().await;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    return Accepted {
                        stream,
                        peer,
                        tls: self.tls.clone(),
                        place,
                    };
                }
                // The process is out of files, most likely; others will be closed.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// Listens where a setting says.
async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("the server cannot listen on {address} (setting `{setting}`)"))
}
