//! An endpoint of QUIC for one pair, with every limit that it has.

use super::{
    Congestion,
    congestion::DelayAware,
    crew::Crew,
    knock::Knock,
    pin::{self, Unusable},
    socket::{PEER, PairSocket},
};
use crate::socket::switch::Switch;
use nyx_wire::{
    lane::Numbered,
    link::{DescriptionKind, Fingerprint},
};
use quinn::{
    AckFrequencyConfig, ClientConfig, Connecting, Connection, Endpoint, EndpointConfig, IdleTimeout,
    MtuDiscoveryConfig, NoneTokenStore, ServerConfig, TransportConfig, ValidationTokenConfig, VarInt,
    congestion::{BbrConfig, CubicConfig},
};
use rustls::sign::CertifiedKey;
use std::{io, sync::Arc, time::Duration};

/// What is known of both ends.
#[derive(Clone)]
pub(crate) struct Ends {
    /// Whether this side made the offer. It connects; the other one waits.
    pub(crate) kind: DescriptionKind,
    pub(crate) key: Arc<CertifiedKey>,
    pub(crate) peer: Fingerprint,
    pub(crate) knock: Knock,
    pub(crate) congestion: Congestion,
}

/// Why there is no endpoint, or no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Unusable(#[from] Unusable),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Connect(#[from] quinn::ConnectError),
    #[error(transparent)]
    Connection(#[from] quinn::ConnectionError),
    #[error("the endpoint has ended")]
    Ended,
    #[error("there is no pair")]
    NoPair,
    #[error("no answer in time")]
    Silence,
}

/// An endpoint. Dropped, it closes what it carries.
pub(super) struct Door {
    endpoint: Endpoint,
    client: Option<ClientConfig>,
    knock: Knock,
    #[cfg(test)]
    switch: Arc<Switch>,
}

impl Door {
    /// With the crew that does its work.
    pub(super) fn new(ends: &Ends, switch: &Arc<Switch>) -> Result<(Self, Crew), Failed> {
        let mut config = EndpointConfig::default();
        // The first byte tells QUIC from what else is on the socket.
        config.grease_quic_bit(false);
        let (mut client, mut server) = (None, None);
        match ends.kind {
            DescriptionKind::Offer => {
                let mut config = ClientConfig::new(Arc::new(pin::client(&ends.key, ends.peer)?));
                config.transport_config(Arc::new(transport(ends.congestion, 0))).token_store(Arc::new(NoneTokenStore));
                client = Some(config);
            }
            DescriptionKind::Answer => {
                let mut config = ServerConfig::with_crypto(Arc::new(pin::server(&ends.key, ends.peer)?));
                let mut tokens = ValidationTokenConfig::default();
                tokens.sent(0);
                config
                    .transport_config(Arc::new(transport(ends.congestion, 1)))
                    .validation_token_config(tokens)
                    .migration(false)
                    .max_incoming(MAX_INCOMING)
                    .incoming_buffer_size(INCOMING_BYTES)
                    .incoming_buffer_size_total(INCOMING_BYTES * MAX_INCOMING as u64);
                server = Some(config);
            }
        }
        let (crew, runtime) = Crew::new();
        let socket = PairSocket::new(switch.enter().ok_or(Failed::NoPair)?, &*runtime);
        let endpoint = Endpoint::new_with_abstract_socket(config, server, socket, runtime)?;
        #[cfg(test)]
        switch.set_killer(Some(Box::new({
            let endpoint = endpoint.clone();
            move || endpoint.close(VarInt::from_u32(1), b"")
        })));
        let door = Self {
            endpoint,
            client,
            knock: ends.knock.clone(),
            #[cfg(test)]
            switch: Arc::clone(switch),
        };
        Ok((door, crew))
    }

    /// The side that connects.
    pub(super) fn is_client(&self) -> bool {
        self.client.is_some()
    }

    /// Connects. No two attempts of a link have the same number.
    pub(super) async fn connect(&self, attempt: u32) -> Result<Connection, Failed> {
        let mut config = self.client.clone().ok_or(Failed::Ended)?;
        let id = self.knock.connection_id(attempt);
        config.initial_dst_cid_provider(Arc::new(move || id));
        within(self.endpoint.connect_with(config, PEER, NOBODY)?).await
    }

    /// Waits for the other side to begin, however long that takes. `last` is the last attempt that was let in.
    pub(super) async fn knocked(&self, last: &mut u32) -> Result<(u32, Connecting), Failed> {
        loop {
            let incoming = self.endpoint.accept().await.ok_or(Failed::Ended)?;
            match self.knock.attempt(&incoming.orig_dst_cid()) {
                // One that comes again, or that is older than another, is nobody's whom we wait for.
                Some(attempt) if attempt > *last => {
                    *last = attempt;
                    return Ok((attempt, incoming.accept()?));
                }
                // Not a word to a stranger, who may have written somebody else's address on the packet.
                _ => incoming.ignore(),
            }
        }
    }
}

impl Failed {
    /// Whether the endpoint can't do anything any more.
    pub(super) fn is_of_the_endpoint(&self) -> bool {
        matches!(self, Self::Ended | Self::NoPair | Self::Io(_) | Self::Unusable(_) | Self::Connect(_))
    }
}

#[cfg(test)]
impl Door {
    pub(super) fn open_connections(&self) -> usize {
        self.endpoint.open_connections()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        #[cfg(test)]
        self.switch.set_killer(None);
        self.endpoint.close(VarInt::from_u32(0), b"");
    }
}

/// The handshake, within its time.
pub(super) async fn within(connecting: Connecting) -> Result<Connection, Failed> {
    Ok(tokio::time::timeout(HANDSHAKE, connecting).await.map_err(|_| Failed::Silence)??)
}

fn transport(congestion: Congestion, streams_of_reports: u32) -> TransportConfig {
    let mut config = TransportConfig::default();
    let mut answers = AckFrequencyConfig::default();
    answers.ack_eliciting_threshold(VarInt::from_u32(ANSWERED_AT_ONCE)).max_ack_delay(Some(ANSWERED_WITHIN));
    let mut sizes = MtuDiscoveryConfig::default();
    sizes.upper_bound(LARGEST);
    config.ack_frequency_config(Some(answers)).mtu_discovery_config(Some(sizes));
    match congestion {
        Congestion::DelayAware => config.congestion_controller_factory(Arc::new(DelayAware)),
        Congestion::Cubic => config.congestion_controller_factory(Arc::new(CubicConfig::default())),
        Congestion::Bbr => config.congestion_controller_factory(Arc::new(BbrConfig::default())),
    };
    config
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(SILENCE_MS))))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .initial_rtt(FIRST_GUESS)
        .max_concurrent_bidi_streams(VarInt::from_u32(streams_of_reports))
        .max_concurrent_uni_streams(VarInt::from_u32(MESSAGES))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(WINDOW))
        .send_window(WINDOW.into())
        .datagram_receive_buffer_size(None)
        .allow_spin(false);
    config
}

/// What has not answered by then will not, and bulk does not wait longer.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(3);
/// Four keep-alives in a row are lost only where everything is. Then there is still time to go on without anybody noticing a stop.
const SILENCE_MS: u32 = 4_000;
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// The handshake repeats after three times as much: often enough for three seconds with losses.
const FIRST_GUESS: Duration = Duration::from_millis(100);
/// So many packets are answered at once, as an extension of QUIC (draft-ietf-quic-ack-frequency) lets the sender ask for. The usual two cost
/// as much as the data where that goes fast; and where it goes slowly, [`ANSWERED_WITHIN`] is sooner.
const ANSWERED_AT_ONCE: u32 = 100;
/// The controller looks for a queue of ten milliseconds; this is little beside it.
const ANSWERED_WITHIN: Duration = Duration::from_millis(2);
/// What Ethernet carries over IPv4. It is tried before it is used, so tunnels and IPv6 have what fits them.
const LARGEST: u16 = 1472;
/// A message is a stream. So many chunks are twice what the lane gives as credit.
const MESSAGES: u32 = 256;
/// One message: no other stream takes more of the memory here.
#[expect(clippy::cast_possible_truncation, reason = "a constant of 65 KiB")]
const STREAM_WINDOW: u32 = Numbered::MAX as u32;
/// 200 MiB/s over 80 ms. It bounds what a peer can leave unfinished here, and what waits here to be sent.
const WINDOW: u32 = 16 * 1024 * 1024;
/// One handshake, and one that begins anew before the first was given up.
const MAX_INCOMING: usize = 2;
/// What may wait of one until it is looked at: a hello with a post-quantum key, several times.
const INCOMING_BYTES: u64 = 16 * 1024;
/// The certificate is known by its hash; a name would only be told to whoever listens.
const NOBODY: &str = "192.0.2.1";
