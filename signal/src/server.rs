//! Listens, speaks HTTP, hands WebSockets to [`crate::connection`], drains.

use crate::{
    address::{AddressKey, TrustedProxies},
    bus::Bus,
    connection,
    gate::{Crowded, Permit},
    hub::Hub,
    ice::IceServers,
    limits::Limits,
    metrics::Metrics,
    private::{Guest, Private, Stay},
    socket::Socket,
};
use axum::{
    Router,
    extract::{Extension, State, WebSocketUpgrade},
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::{TowerToHyperService, TowerToHyperServiceFuture},
};
use nyx_wire::signal::SUBPROTOCOL;
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until},
};

/// A WebSocket's own read buffer. Idle connections hold this much; [`Socket`] does the large reads.
const READ_BUFFER: usize = 512;
/// A request head: the upgrade's is under 1 KiB. hyper takes no less.
const HEAD_BUFFER: usize = 8 * 1024;
/// After an accept failed (no file descriptors left): long enough for some to come free, short enough to go unnoticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Sockets beyond the connection limits that may still be told so; more are just closed.
const TURNED_AWAY: usize = 256;

/// What the service is given at start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What clients may use.
    pub limits: Limits,
    /// What pairs are told about relays.
    pub ice: IceServers,
    /// Web pages that may connect; a native client sends no `Origin`, so by default any request that bears one is refused.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: TrustedProxies,
    /// Counters, kept by whoever wants to read them.
    pub metrics: Metrics,
    /// Where a device hosts a place for one meeting: who may come, and to which rooms.
    pub private: Option<Arc<Private>>,
}

/// TLS for accepted sockets, where the service does it itself.
#[cfg(feature = "service")]
pub(crate) type Tls = tokio_rustls::TlsAcceptor;
/// Without the `service` feature there is none, and no value of this type.
#[cfg(not(feature = "service"))]
#[derive(Clone)]
pub(crate) enum Tls {}

/// A listening service. [`Server::run`] serves until told to stop, then drains.
pub struct Server {
    listener: TcpListener,
    tls: Option<Tls>,
    shared: Arc<Shared>,
}

struct Shared {
    hub: Arc<Hub>,
    router: Router,
    proxies: TrustedProxies,
    origins: Vec<String>,
    turned_away: Arc<tokio::sync::Semaphore>,
}

impl Server {
    /// Listens on an address.
    pub async fn bind(address: SocketAddr, options: Options) -> io::Result<Self> {
        Self::start(address, options, None, None).await
    }

    /// Serves on a socket that listens already and does not block.
    pub fn on(listener: std::net::TcpListener, options: Options) -> io::Result<Self> {
        Ok(Self::with(TcpListener::from_std(listener)?, options, None, None))
    }

    pub(crate) async fn start(
        address: SocketAddr,
        options: Options,
        tls: Option<Tls>,
        bus: Option<Bus>,
    ) -> io::Result<Self> {
        Ok(Self::with(TcpListener::bind(address).await?, options, tls, bus))
    }

    fn with(listener: TcpListener, options: Options, tls: Option<Tls>, bus: Option<Bus>) -> Self {
        let Options { limits, ice, allowed_origins, proxies, metrics, private } = options;
        let hub = Hub::new(limits, ice, metrics, private, bus);
        let shared = Arc::new(Shared {
            router: Router::new().route("/v1", get(upgrade)).merge(health()).with_state(Arc::clone(&hub)),
            hub,
            proxies,
            origins: allowed_origins,
            turned_away: Arc::new(tokio::sync::Semaphore::new(TURNED_AWAY)),
        });
        Self { listener, tls, shared }
    }

    /// Where it listens.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.shared.hub
    }

    /// Serves until `stop`, then refuses new joins, lets pairings end, closes all with "try again later".
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, tls, shared } = self;
        let hub = Arc::clone(&shared.hub);
        tokio::pin!(stop);
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => accept(stream, peer, tls.clone(), &shared),
                    Err(error) => {
                        tracing::warn!(%error, "accepting a connection failed");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
                _ = second.tick() => hub.expire(),
            }
        }
        // New clients are to find the next instance, or nothing, rather than a queue that nobody serves.
        drop(listener);
        hub.drain();
        let deadline = Instant::now() + Duration::from_secs(hub.limits.drain_secs);
        while hub.pairs() > 0 && Instant::now() < deadline {
            sleep(Duration::from_millis(20)).await;
        }
        hub.close_all();
        let goodbye = sleep_until(Instant::now() + Duration::from_secs(2));
        tokio::pin!(goodbye);
        while hub.connections() > 0 && !goodbye.is_elapsed() {
            tokio::select! {
                () = &mut goodbye => {}
                () = sleep(Duration::from_millis(10)) => {}
            }
        }
        hub.goodbye().await;
    }
}

/// `/healthz`: the process answers. `/readyz`: it takes new clients.
pub(crate) fn health() -> Router<Arc<Hub>> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
}

async fn ready(State(hub): State<Arc<Hub>>) -> Response {
    if hub.is_ready() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

/// What the handlers know of the socket that a request came on.
#[derive(Clone)]
struct Origin {
    peer: SocketAddr,
    shared: Arc<Shared>,
    /// The place in the gate, for the one upgrade that may use it; `Err` if there was none.
    permit: Arc<Mutex<Result<Option<Permit>, Crowded>>>,
}

fn accept(stream: TcpStream, peer: SocketAddr, tls: Option<Tls>, shared: &Arc<Shared>) {
    let stay = match &shared.hub.private {
        None => None,
        Some(private) => match private.admit(peer.ip()) {
            Some(stay) => Some(stay),
            None => return,
        },
    };
    let guest = stay.as_ref().map(Stay::guest);
    // Signalling is small messages that wait for each other.
    let _ = stream.set_nodelay(true);
    // A proxy's own address says nothing about its clients: they are counted when the request names them.
    let permit = match shared.proxies.trusts(peer.ip()) {
        true => Ok(None),
        false => shared.hub.gate.admit(AddressKey::of(peer.ip())).map(|permit| Some(permit.of(stay))),
    };
    let overflow = match &permit {
        Ok(_) => None,
        Err(_) => match Arc::clone(&shared.turned_away).try_acquire_owned() {
            Ok(place) => Some(place),
            Err(_) => return,
        },
    };
    let origin = Origin { peer, shared: Arc::clone(shared), permit: Arc::new(Mutex::new(permit)) };
    tokio::spawn(async move {
        let _overflow = overflow;
        let served = async {
            match tls {
                None => http(stream, origin).await,
                Some(tls) => secure(tls, stream, origin).await,
            }
        };
        tokio::select! {
            () = served => {}
            () = Guest::is_over(guest.as_deref()) => {}
        }
    });
}

#[cfg(feature = "service")]
async fn secure(tls: Tls, stream: TcpStream, origin: Origin) {
    let patience = Duration::from_secs(origin.shared.hub.limits.header_secs);
    if let Ok(Ok(stream)) = tokio::time::timeout(patience, tls.accept(stream)).await {
        http(stream, origin).await;
    }
}

#[cfg(not(feature = "service"))]
async fn secure(never: Tls, _: TcpStream, _: Origin) {
    match never {}
}

async fn http(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, origin: Origin) {
    // axum::serve has no timeout for the head: 100 of 100 half-open requests were still held after 100 s.
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(origin.shared.hub.limits.header_secs))
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(Socket::new(stream)), Handler(origin))
        .with_upgrades();
    // A client that goes away in the middle is no event for us.
    let _ = connection.await;
}

struct Handler(Origin);

impl hyper::service::Service<Request<Incoming>> for Handler {
    type Response = Response;
    type Error = std::convert::Infallible;
    type Future = TowerToHyperServiceFuture<Router, Request<Incoming>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.0.clone());
        TowerToHyperService::new(self.0.shared.router.clone()).call(request)
    }
}

async fn upgrade(
    State(hub): State<Arc<Hub>>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let refuse = |status: StatusCode, reason: &'static str| {
        hub.metrics.refuse_connection(reason);
        (status, [(header::RETRY_AFTER, "5")], format!("{reason}\n")).into_response()
    };
    if let Some(page) = headers.get(header::ORIGIN)
        && !origin.shared.origins.iter().any(|allowed| allowed.as_bytes() == page.as_bytes())
    {
        return refuse(StatusCode::FORBIDDEN, "origin");
    }
    if hub.is_draining() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "draining");
    }
    if hub.is_full() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "service_full");
    }
    let permit = match origin.permit() {
        Ok(Some(permit)) => Ok(permit),
        Ok(None) => hub.gate.admit(AddressKey::of(origin.shared.proxies.client(origin.peer.ip(), &headers))),
        Err(crowded) => Err(crowded),
    };
    let permit = match permit {
        Ok(permit) => permit,
        Err(Crowded::Address) => return refuse(StatusCode::TOO_MANY_REQUESTS, "address_full"),
        Err(Crowded::Service) => return refuse(StatusCode::SERVICE_UNAVAILABLE, "connections_full"),
    };
    let limit = nyx_wire::signal::MAX_MESSAGE;
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        // Only what is being written, and one answer to a ping: without a limit a flood of pings would fill it.
        .max_write_buffer_size(2 * limit)
        .max_message_size(limit)
        .max_frame_size(limit)
        // axum's own task is as large as everything that led here: ours is a task of its own, of its own size.
        .on_upgrade(async move |websocket| drop(tokio::spawn(connection::serve(websocket, hub, permit))))
}

impl Origin {
    fn permit(&self) -> Result<Option<Permit>, Crowded> {
        let mut permit = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *permit {
            Ok(permit) => Ok(permit.take()),
            Err(crowded) => Err(*crowded),
        }
    }
}
