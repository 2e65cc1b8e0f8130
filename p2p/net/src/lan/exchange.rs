//! The connection: TCP, Noise and Yamux of libp2p, and one exchange of request and answer on it.

use super::{LanFailure, limits};
use crate::policy::Reach;
use async_trait::async_trait;
use libp2p::{
    StreamProtocol, Swarm, SwarmBuilder,
    connection_limits::{self, ConnectionLimits},
    futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    identity::Keypair,
    noise,
    request_response::{self, ProtocolSupport},
    swarm::NetworkBehaviour,
    tcp, yamux,
};
use nyx_wire::lan::{Answer, MAX_ANSWER, MAX_REQUEST, PROTOCOL, Request};
use std::io;

/// What a swarm of a meeting does: nothing by itself. It calls only where it is told to.
#[derive(NetworkBehaviour)]
pub(super) struct Exchange {
    limits: connection_limits::Behaviour,
    pub(super) asking: request_response::Behaviour<Bytes>,
}

pub(super) fn swarm(identity: Keypair, reach: Reach) -> Result<Swarm<Exchange>, LanFailure> {
    let connections = ConnectionLimits::default()
        .with_max_pending_incoming(Some(limits::PENDING))
        .with_max_pending_outgoing(Some(limits::PENDING))
        .with_max_established_incoming(Some(limits::INCOMING))
        .with_max_established_outgoing(Some(limits::OUTGOING))
        .with_max_established_per_peer(Some(limits::CONNECTIONS_A_PEER));
    let asking = request_response::Config::default()
        .with_request_timeout(limits::REQUEST_PATIENCE)
        .with_max_concurrent_streams(limits::STREAMS);
    let exchange = Exchange {
        limits: connection_limits::Behaviour::new(connections),
        asking: request_response::Behaviour::with_codec(
            Bytes,
            [(StreamProtocol::new(PROTOCOL), ProtocolSupport::Full)],
            asking,
        ),
    };
    let swarm = SwarmBuilder::with_existing_identity(identity)
        .with_tokio()
        .with_tcp(transport(reach), noise::Config::new, || {
            let mut streams = yamux::Config::default();
            streams.set_max_num_streams(limits::STREAMS);
            streams
        })
        .map_err(|_| LanFailure::Transport)?
        .with_behaviour(|_| exchange)
        .map_err(|_| LanFailure::Transport)?
        .with_swarm_config(|config| config.with_idle_connection_timeout(limits::IDLE))
        .with_connection_timeout(limits::HANDSHAKE_PATIENCE)
        .build();
    Ok(swarm)
}

/// Where nothing may cross a router, what is said dies at the first one. Elsewhere than on Linux the option is refused on
/// IPv6 sockets.
fn transport(reach: Reach) -> tcp::Config {
    let config = tcp::Config::new().nodelay(true);
    if reach == Reach::OnLink && cfg!(target_os = "linux") { config.ttl(1) } else { config }
}

/// One stream carries one request and one answer, each up to its end, and no more than the largest of them.
#[derive(Clone)]
pub(super) struct Bytes;

#[async_trait]
impl request_response::Codec for Bytes {
    type Protocol = StreamProtocol;
    type Request = Request;
    type Response = Answer;

    async fn read_request<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Request> {
        Request::decode(&read(io, MAX_REQUEST).await?).map_err(io::Error::other)
    }

    async fn read_response<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Answer> {
        Answer::decode(&read(io, MAX_ANSWER).await?).map_err(io::Error::other)
    }

    async fn write_request<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        request: Request,
    ) -> io::Result<()> {
        io.write_all(&request.encode()).await
    }

    async fn write_response<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        answer: Answer,
    ) -> io::Result<()> {
        io.write_all(&answer.encode()).await
    }
}

async fn read(io: &mut (impl AsyncRead + Unpin + Send), most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // A longer one is read one byte too far, which is what its parser refuses it by.
    io.take(most as u64 + 1).read_to_end(&mut bytes).await?;
    Ok(bytes)
}
