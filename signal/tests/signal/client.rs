//! A client as another implementation would write it: one WebSocket, the messages of `nyx-wire`.

use axum::body::Bytes;
use futures_util::{SinkExt, StreamExt};
use nyx_signal::{Limits, Options, Server};
use nyx_wire::signal::{Notice, Request, RoomId, SUBPROTOCOL, SeatToken};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{net::TcpStream, sync::oneshot, task::JoinHandle, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::Response},
};

/// Longer than anything takes on a busy machine; only a hang gets here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Reads the next notice and takes it apart, or says what came instead.
macro_rules! heard {
    ($client:expr, $pattern:pat => $value:expr) => {{
        let bytes = $client.next().await;
        match nyx_wire::signal::Notice::decode(&bytes).expect("a notice") {
            $pattern => $value,
            other => panic!("expected {}, got {other:?}", stringify!($pattern)),
        }
    }};
    ($client:expr, $pattern:pat) => { heard!($client, $pattern => ()) };
}
pub(crate) use heard;

/// How a connection ended.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Ended {
    Closed(u16, String),
    /// Without a word: the peer can't know what became of what it sent.
    Cut,
}

pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address, &[]).await.expect("the upgrade is granted")
    }

    /// The status of the refusal, if it is refused.
    pub(crate) async fn try_connect(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).await.map_err(|_| 0u16)?;
        stream.set_nodelay(true).unwrap();
        let mut request = format!("ws://{address}/v1").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match client_async(request, stream).await {
            Ok((socket, response)) => {
                assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
                Ok(Self { socket })
            }
            Err(tungstenite::Error::Http(response)) => Err(Response::status(&response).as_u16()),
            Err(_) => Err(0),
        }
    }

    pub(crate) async fn send(&mut self, request: &Request<'_>) {
        self.send_raw(Message::Binary(request.encode().into())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        // A connection that the service has closed says so when it is next read.
        let _ = self.socket.send(message).await;
    }

    /// The next message, whatever it takes.
    pub(crate) async fn next(&mut self) -> Bytes {
        match self.try_next().await {
            Ok(bytes) => bytes,
            Err(ended) => panic!("the connection ended: {ended:?}"),
        }
    }

    pub(crate) async fn try_next(&mut self) -> Result<Bytes, Ended> {
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("the service says something") {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
                Some(Ok(Message::Close(Some(frame)))) => {
                    return Err(Ended::Closed(frame.code.into(), frame.reason.to_string()));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_)) | Some(Err(_)) | None => return Err(Ended::Cut),
            }
        }
    }

    /// Reads until the connection ends.
    pub(crate) async fn ended(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.try_next().await {
                return ended;
            }
        }
    }

    /// Says nothing for a moment, and nothing is said.
    pub(crate) async fn hears_nothing(&mut self) {
        if let Ok(Some(Ok(Message::Binary(bytes)))) = timeout(Duration::from_millis(150), self.socket.next()).await {
            panic!("heard {:?}", Notice::decode(&bytes));
        }
    }

    /// Joins, and returns the seat and whether somebody was there.
    pub(crate) async fn join(&mut self, room: RoomId) -> (SeatToken, bool) {
        self.join_with(room, None, false).await
    }

    pub(crate) async fn join_with(
        &mut self,
        room: RoomId,
        seat: Option<SeatToken>,
        standing: bool,
    ) -> (SeatToken, bool) {
        self.send(&Request::Join { room, seat, standing }).await;
        heard!(self, Notice::Joined { room: joined, seat, peer, .. } => {
            assert_eq!(joined, room);
            (seat, peer)
        })
    }

    pub(crate) async fn say(&mut self, room: RoomId, payload: &[u8]) {
        self.send(&Request::Send { room, payload }).await;
    }

    pub(crate) async fn hear(&mut self) -> Vec<u8> {
        heard!(self, Notice::Frame { payload, .. } => payload.to_vec())
    }
}

/// A service in this process, ended with the test.
pub(crate) struct Local {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Local {
    pub(crate) async fn start(options: Options) -> Self {
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), options).await.unwrap();
        let address = server.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server.run(async {
            // Dropped counts as said.
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), task }
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::start(Options { limits, ..Options::default() }).await
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Two clients who sit in a room.
    pub(crate) async fn pair(&self, room: RoomId) -> (Client, Client) {
        let (mut first, mut second) = (self.connect().await, self.connect().await);
        assert!(!first.join(room).await.1);
        assert!(second.join(room).await.1);
        heard!(first, Notice::PeerCame { .. });
        (first, second)
    }

    /// Tells it to stop; returns the task, which ends when it has drained.
    pub(crate) fn stop(mut self) -> JoinHandle<()> {
        drop(self.stop.take());
        self.task
    }
}

/// A room of the test's own.
pub(crate) fn room(name: u8) -> RoomId {
    RoomId([name; 16])
}
