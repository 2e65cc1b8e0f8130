//! From the address of a service to a socket that speaks its protocol.

use crate::{
    interfaces::{Interfaces, Local},
    policy::Grant,
};
use nyx_wire::signal::{MAX_ICE_SERVERS, MAX_ICE_TEXT, MAX_MESSAGE, SUBPROTOCOL};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpSocket, TcpStream, lookup_host},
    task::spawn_blocking,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self,
        client::IntoClientRequest,
        http::{HeaderValue, Uri},
        protocol::WebSocketConfig,
    },
};

/// Where a service is. `Debug` says nothing: it may be somebody's home.
#[derive(Clone, Eq, PartialEq)]
pub struct Service {
    url: String,
    host: String,
    port: u16,
    tls: bool,
    /// Somebody else's code names it.
    is_followed: bool,
}

/// Not the address of a signalling service.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the address of a signalling service: ws:// or wss://, a host, and perhaps a port")]
pub struct NotAService;

/// A socket after the upgrade.
pub(super) type Socket = WebSocketStream<Box<dyn Stream>>;

/// A connection to a service.
pub(super) struct Called {
    pub(super) socket: Socket,
    /// The address of this machine that it stands on.
    pub(super) from: IpAddr,
}

/// TCP, or TLS over it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Why no socket came about.
#[derive(Debug, thiserror::Error)]
pub(super) enum DialFailure {
    #[error("not granted by the policy")]
    Denied,
    #[error("the service can't be reached")]
    Io(#[from] io::Error),
    #[error("the service does not answer as one")]
    WebSocket(#[from] Box<tungstenite::Error>),
}

impl Service {
    /// Reads `ws://host[:port]` or `wss://host[:port]`. Over the internet only the second one is worth anything.
    pub fn parse(url: &str) -> Result<Self, NotAService> {
        if url.len() > MAX_URL {
            return Err(NotAService);
        }
        let uri: Uri = url.parse().map_err(|_| NotAService)?;
        let tls = match uri.scheme_str() {
            Some("ws") => false,
            Some("wss") => true,
            _ => return Err(NotAService),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(NotAService)?;
        let names_a_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if !matches!(uri.path(), "" | "/" | PATH) || uri.query().is_some() || names_a_user {
            return Err(NotAService);
        }
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let (scheme, bare) = (if tls { "wss" } else { "ws" }, host.trim_matches(['[', ']']));
        Ok(Self { url: format!("{scheme}://{host}:{port}{PATH}"), host: bare.into(), port, tls, is_followed: false })
    }

    /// The same, as somebody else's code names it: not everything that a person may choose may be asked for by others.
    #[must_use]
    pub fn followed(self) -> Self {
        Self { is_followed: true, ..self }
    }

    /// What a person is shown of it.
    pub fn host(&self) -> &str {
        &self.host
    }

    fn may_be_called(&self, grant: &Grant, at: IpAddr, locals: &[Local]) -> bool {
        if self.is_followed { grant.may_follow(at, self.tls, locals) } else { grant.may_signal(at, locals) }
    }

    /// Calls it. Nobody is followed further: an answer that leads elsewhere is none.
    pub(super) async fn dial(&self, grant: &Arc<Grant>) -> Result<Called, DialFailure> {
        let stream = self.connect(grant).await?;
        stream.set_nodelay(true)?;
        let from = stream.local_addr()?.ip();
        let stream: Box<dyn Stream> = if self.tls {
            let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
            Box::new(TlsConnector::from(trust().await?).connect(name, stream).await?)
        } else {
            Box::new(stream)
        };
        let mut request = self.url.as_str().into_client_request().map_err(Box::new)?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(MAX_NOTICE))
            .max_frame_size(Some(MAX_NOTICE));
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await.map_err(Box::new)?;
        Ok(Called { socket, from })
    }

    async fn connect(&self, grant: &Arc<Grant>) -> Result<TcpStream, DialFailure> {
        let addresses: Vec<SocketAddr> = match self.host.parse::<IpAddr>() {
            Ok(address) => vec![(address, self.port).into()],
            Err(_) if grant.drivers.dns => lookup_host((self.host.as_str(), self.port)).await?.collect(),
            Err(_) => return Err(DialFailure::Denied),
        };
        let locals = Interfaces::new(Arc::clone(grant)).now()?;
        let mut failure = DialFailure::Denied;
        for address in addresses.into_iter().filter(|address| self.may_be_called(grant, address.ip(), &locals)) {
            let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            if !grant.interfaces.is_empty() {
                let own = locals.iter().find(|local| local.address.is_ipv4() == address.is_ipv4());
                let Some(own) = own else { continue };
                socket.bind((own.address, 0).into())?;
            }
            fit_through_tunnels(&socket);
            match socket.connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error.into(),
            }
        }
        Err(failure)
    }
}

/// Asks for small segments both ways: whoever calls says so in its first packet. A path that swallows large packets without
/// a word would let the connection come up and then carry nothing (decision 35).
#[cfg(unix)]
fn fit_through_tunnels(socket: &TcpSocket) {
    if let Err(error) = socket2::SockRef::from(socket).set_tcp_mss(SEGMENT) {
        tracing::debug!(%error, "segments are as large as the system likes");
    }
}

/// Elsewhere the system alone decides.
#[cfg(not(unix))]
fn fit_through_tunnels(_: &TcpSocket) {}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service(..)")
    }
}

/// Whom the system trusts. Read anew for each call: a call is rare, and trust may have been withdrawn.
async fn trust() -> io::Result<Arc<ClientConfig>> {
    let read = spawn_blocking(|| {
        let mut roots = RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            // One that can't be read is not trusted.
            let _ = roots.add(certificate);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        builder.map(|builder| builder.with_root_certificates(roots).with_no_client_auth()).map_err(io::Error::other)
    });
    Ok(Arc::new(read.await.map_err(io::Error::other)??))
}

/// A ticket holds less; a person types less.
const MAX_URL: usize = 255;
/// With TCP and IPv6 around it less than 1,000 bytes go over the wire.
#[cfg(unix)]
const SEGMENT: u32 = 900;
const PATH: &str = "/v1";
/// What a pairing sends fits; tungstenite's own 128 KiB would stay allocated.
const READ_BUFFER: usize = 8 * 1024;
/// The longest notice: a frame, or a full list of relays.
const MAX_NOTICE: usize = MAX_MESSAGE + MAX_ICE_SERVERS * 3 * (MAX_ICE_TEXT + 8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_services_are_read() {
        for (url, expected) in [
            ("ws://127.0.0.1:8440", Some(("127.0.0.1", 8440, false))),
            ("wss://signal.example", Some(("signal.example", 443, true))),
            ("wss://signal.example/v1", Some(("signal.example", 443, true))),
            ("ws://[fd00::7]:80/", Some(("fd00::7", 80, false))),
            ("http://signal.example", None),
            ("wss://", None),
            ("wss://user@signal.example", None),
            ("wss://signal.example/v1?x=1", None),
            ("wss://signal.example/else", None),
            ("signal.example", None),
            ("", None),
        ] {
            let service = Service::parse(url).ok();
            let read = service.as_ref().map(|service| (service.host.as_str(), service.port, service.tls));
            assert_eq!(read, expected, "{url}");
        }
        assert!(Service::parse(&format!("wss://{}", "a".repeat(300))).is_err());
    }
}
