//! The operator's side: settings, TLS, the metrics listener, signals of the operating system.

mod redis;
mod settings;

pub use settings::{Cli, Settings, SettingsError};

use crate::{
    bus::{Bus, Instance},
    hub::{self, Hub},
    server::{Server, Tls, health},
};
use axum::{extract::State, http::header, response::IntoResponse, routing::get};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{io, path::Path, sync::Arc};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings do not go together.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}. Is another instance running? Choose another address with --listen")]
    Listen {
        /// Which address.
        address: std::net::SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// Certificate or key.
    #[error("cannot use the TLS certificate or key: {0}. Both must be PEM files that this user can read")]
    Tls(String),
    /// The shared store.
    #[error("cannot use Redis: {0}. Check the URL given with --redis, and that the server runs")]
    Redis(String),
    /// The operating system refused something basic.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the service until SIGTERM or SIGINT. `started` is called once it listens.
pub async fn run(settings: Settings, started: impl FnOnce(std::net::SocketAddr)) -> Result<(), StartError> {
    let resolved = settings.resolve()?;
    raise_descriptor_limit();
    let tls = match &resolved.tls {
        Some((certificate, key)) => Some(tls(certificate, key)?),
        None => None,
    };
    let metrics = resolved.options.metrics.clone();
    let store = match resolved.redis {
        Some(url) => {
            let me = Instance(hub::random());
            let (bus, commands, up) = Bus::new(me);
            let store =
                redis::Store::connect(&url, me, up).await.map_err(|error| StartError::Redis(error.to_string()))?;
            Some((bus, commands, store))
        }
        None => None,
    };
    let (bus, store) = match store {
        Some((bus, commands, store)) => (Some(bus), Some((commands, store))),
        None => (None, None),
    };
    let listen = |source| StartError::Listen { address: resolved.listen, source };
    let server = Server::start(resolved.listen, resolved.options, tls, bus).await.map_err(listen)?;
    // Dropping the set at the end of this function ends the tasks in it.
    let mut tasks = tokio::task::JoinSet::new();
    if let Some((commands, store)) = store {
        tasks.spawn(store.run(Arc::clone(server.hub()), commands));
    }
    if let Some(address) = resolved.metrics_listen {
        let listener = TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })?;
        let router = health().route("/metrics", get(render)).with_state(Arc::clone(server.hub()));
        tracing::info!(address = %listener.local_addr()?, "metrics");
        tasks.spawn(async move {
            // For the operator's own scraper, on an address of the operator's choice.
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the metrics listener ended");
            }
        });
    }
    started(server.local_addr()?);
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    server
        .run(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            tracing::info!("stopping: new joins are refused, pairings under way may end");
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        })
        .await;
    tracing::info!(joins = metrics.joins.get(), frames = metrics.frames.get(), "stopped");
    Ok(())
}

async fn render(State(hub): State<Arc<Hub>>) -> impl IntoResponse {
    let text = hub.metrics.render().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
}

fn tls(certificate: &Path, key: &Path) -> Result<Tls, StartError> {
    let refused = |error: &dyn std::fmt::Display| StartError::Tls(error.to_string());
    let chain = CertificateDer::pem_file_iter(certificate)
        .map_err(|error| refused(&error))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refused(&error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| refused(&error))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| refused(&error))?;
    // WebSockets are upgraded from HTTP/1.1; a client must not negotiate anything else.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

/// One descriptor a connection: the soft limit is often 1,024 where the hard one allows far more.
fn raise_descriptor_limit() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => tracing::info!(limit, "file descriptors"),
        Err(error) => tracing::warn!(%error, "the limit of file descriptors stays as it was"),
    }
}
