//! A link: one WebRTC connection to one device, with a lane for each purpose.
//!
//! Offer and answer are [`Description`]s that travel sealed, by whatever way the devices meet. The link is up once the
//! certificate at the other end has been compared with the one that the description names: before that no lane gives
//! or takes a byte.

mod certificate;
mod describe;
mod state;
mod watcher;

pub use crate::fast::{BulkCarrier, Congestion};
pub use nyx_wire::link::{Candidate, Description, DescriptionKind, Fingerprint, IceCredentials};
pub use state::{Closed, Path, State};

use crate::{
    fast::Bulk,
    interfaces::Interfaces,
    lane::{Lane, Purpose, channel::ChannelLane},
    policy::Grant,
    socket::{Buffers, Gate, Gated, SOCKET_BUFFER},
};
use nyx_wire::{lane::MAX_FRAME, link::MAX_CANDIDATES};
use rtc::{
    ice::{mdns::MulticastDnsMode, network_type::NetworkType},
    peer_connection::{
        configuration::setting_engine::{SctpMaxMessageSize, SettingEngineBuilder},
        transport::RTCDtlsRole,
    },
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::timeout,
};
use watcher::{Quic, Shared, Watcher};
use webrtc::{
    data_channel::RTCDataChannelInit,
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, RTCConfigurationBuilder, RTCIceCandidateInit, RTCIceServer,
        RTCIceTransportPolicy, RTCSdpType, RTCSessionDescription,
    },
};

/// What a link is made from.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it may do.
    pub grant: Arc<Grant>,
    /// ICE credentials that both sides derive from a secret, where no description can carry them.
    pub ice: Option<IceCredentials>,
    /// How long a way is looked for. Codes that people carry by hand take minutes.
    pub patience: Duration,
    /// How it uses the machine.
    pub tuning: Tuning,
}

/// How a link uses the machine. The default is what was measured to be best.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tuning {
    /// What is asked of the kernel for each direction of a socket. It may grant less.
    pub socket_buffer: usize,
    /// How much may be under way to this side; `None` for what the granted buffer can hold.
    pub receive_window: Option<u32>,
    /// The size of an SCTP packet. What is larger than the path takes is lost, in the worst case without a word.
    pub packet: u32,
    /// What decides how fast QUIC sends.
    pub congestion: Congestion,
}

/// A link to one device. Dropping it ends it at once; [`Link::close`] first sees to what is queued.
pub struct Link {
    peer: Arc<dyn PeerConnection>,
    shared: Arc<Shared>,
    lanes: [Arc<ChannelLane>; 3],
    state: watch::Receiver<State>,
    carrier: watch::Receiver<BulkCarrier>,
    candidates: tokio::sync::Mutex<mpsc::Receiver<Candidate>>,
    kind: DescriptionKind,
    fingerprint: Fingerprint,
    grant: Arc<Grant>,
    version: AtomicU64,
    /// Dropped, it tells the watcher that the link is over.
    over: Option<oneshot::Sender<Closed>>,
}

/// Why a link could not be made, or a description not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LinkFailure {
    /// No interface that may be used has an address.
    #[error("no usable network interface")]
    NoInterface,
    /// An answer where an offer belongs, another device's certificate, or a restart on the wrong side.
    #[error("the description does not fit the state of the link")]
    Unfitting,
    /// The network of this machine does not do what is asked of it.
    #[error("the network of this machine failed: {0}")]
    Io(#[from] std::io::Error),
    /// The WebRTC stack refused.
    #[error("the connection could not be set up: {0}")]
    Stack(#[from] webrtc::error::Error),
}

/// The other side did not say that it has everything.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the other device did not confirm that everything arrived")]
pub struct Unconfirmed;

impl Options {
    /// With random ICE credentials and the measured tuning.
    pub fn new(grant: Grant) -> Self {
        Self { grant: Arc::new(grant), ice: None, patience: CONNECT_PATIENCE, tuning: Tuning::default() }
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self { socket_buffer: SOCKET_BUFFER, receive_window: None, packet: PACKET, congestion: Congestion::default() }
    }
}

impl Link {
    /// Proposes a link. The description goes to the other side, sealed; its answer to [`Link::accept`].
    pub async fn offer(options: Options) -> Result<(Self, Description), LinkFailure> {
        let link = Self::new(options, DescriptionKind::Offer).await?;
        let offer = link.peer.create_offer(None).await?;
        let description = link.describe(offer).await?;
        Ok((link, description))
    }

    /// Accepts an offer. The description goes back.
    pub async fn answer(options: Options, offer: &Description) -> Result<(Self, Description), LinkFailure> {
        let link = Self::new(options, DescriptionKind::Answer).await?;
        let answer = link.reply(offer).await?;
        Ok((link, answer))
    }

    /// Takes the answer to an offer or to a restart.
    pub async fn accept(&self, answer: &Description) -> Result<(), LinkFailure> {
        self.take(answer, DescriptionKind::Answer, RTCSdpType::Answer).await
    }

    /// Looks for a new way, with fresh sockets on the addresses that are there now: after a change of network, or when
    /// nothing is heard any more. Only the side that offered the link does this; the other side asks it to.
    pub async fn restart(&self) -> Result<Description, LinkFailure> {
        if self.kind != DescriptionKind::Offer {
            return Err(LinkFailure::Unfitting);
        }
        self.shared.begin_attempt();
        self.peer.restart_ice().await?;
        let offer = self.peer.create_offer(None).await?;
        self.describe(offer).await
    }

    /// Takes part in a restart.
    pub async fn answer_restart(&self, offer: &Description) -> Result<Description, LinkFailure> {
        if self.kind != DescriptionKind::Answer {
            return Err(LinkFailure::Unfitting);
        }
        self.shared.begin_attempt();
        self.reply(offer).await
    }

    /// A candidate that was found too late for the description. It goes to the other side, sealed.
    pub async fn next_candidate(&self) -> Option<Candidate> {
        self.candidates.lock().await.recv().await
    }

    /// Takes a late candidate of the other side.
    pub async fn add_candidate(&self, candidate: &Candidate) -> Result<(), LinkFailure> {
        if !self.grant.may_try(candidate.kind, candidate.address, &self.shared.gate.locals()) {
            return Ok(());
        }
        let init = RTCIceCandidateInit {
            candidate: describe::attribute(candidate),
            sdp_mid: Some("0".into()),
            sdp_mline_index: Some(0),
            ..RTCIceCandidateInit::default()
        };
        Ok(self.peer.add_ice_candidate(init).await?)
    }

    /// How it stands, now and later.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until it is up, or says why it never will be.
    pub async fn opened(&self) -> Result<Path, Closed> {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| matches!(state, State::Up(_) | State::Closed(_))).await;
        match settled.as_deref() {
            Ok(State::Up(path)) => Ok(*path),
            Ok(State::Closed(why)) => Err(*why),
            _ => Err(Closed::Lost),
        }
    }

    /// The lane for a purpose. What is sent before the link is up waits.
    pub fn lane(&self, purpose: Purpose) -> Arc<dyn Lane> {
        let [control, chat, bulk] = &self.lanes;
        let lane = match purpose {
            Purpose::Control => control,
            Purpose::Chat => chat,
            Purpose::Bulk => bulk,
        };
        Arc::clone(lane) as Arc<dyn Lane>
    }

    /// What carries bulk, now and later. For whoever uses the lane it makes no difference but the time.
    pub fn bulk_carrier(&self) -> watch::Receiver<BulkCarrier> {
        self.carrier.clone()
    }

    /// Sends what is queued, waits until the other side has it, and ends.
    pub async fn close(mut self) -> Result<(), Unconfirmed> {
        // What was never up has sent nothing and has nobody to ask.
        let patience = if *self.state.borrow() == State::Connecting { Duration::ZERO } else { CLOSE_PATIENCE };
        let confirmed = timeout(patience, async {
            // Control last: its end tells the other side that the link is closed.
            for lane in self.lanes.iter().rev() {
                lane.end().await.map_err(|_| Unconfirmed)?;
            }
            Ok(())
        });
        let confirmed = confirmed.await.unwrap_or(Err(Unconfirmed));
        if let Some(over) = self.over.take() {
            // A watcher that has ended has nothing left to end.
            let _ = over.send(Closed::Here);
        }
        // The watcher ends the connection and says so.
        let _ = timeout(CLOSE_PATIENCE, self.state.wait_for(|state| matches!(state, State::Closed(_)))).await;
        confirmed
    }

    async fn new(options: Options, kind: DescriptionKind) -> Result<Self, LinkFailure> {
        let Options { grant, ice, patience, tuning } = options;
        let interfaces = Interfaces::new(Arc::clone(&grant));
        if interfaces.now()?.is_empty() {
            return Err(LinkFailure::NoInterface);
        }
        let buffers = Buffers::probe(tuning.socket_buffer)?;
        let window = tuning.receive_window.unwrap_or_else(|| buffers.receive_window());
        let gate = Arc::new(Gate::new(Arc::clone(&grant), buffers));
        let own = certificate::fresh()?;
        let (late, candidates) = mpsc::channel(MAX_CANDIDATES);
        let shared = Arc::new(Shared::new(Arc::clone(&grant), Arc::clone(&gate), late));

        let mut settings = SettingEngineBuilder::new()
            // The mDNS socket of the stack fails on a host without any route, and hides nothing that is sealed.
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_network_types(vec![NetworkType::Udp4, NetworkType::Udp6])
            .with_ice_timeouts(Some(SILENCE), Some(GIVE_UP), Some(KEEP_ALIVE))
            .with_ice_connection_attempts(Some(CHECK_INTERVAL), Some(CHECKS))
            .with_discard_local_candidates_during_ice_restart(true)
            .with_answering_dtls_role(RTCDtlsRole::Server)
            .with_include_loopback_candidate(true)
            .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(STACK_MESSAGE))
            .with_sctp_max_receive_buffer_size(window)
            .with_sctp_mtu(tuning.packet);
        if !grant.candidates.host {
            // Nothing better than a relay will come. Whoever hears the other side before its description knows it as reflexive.
            settings = settings
                .with_relay_acceptance_min_wait(Some(Duration::ZERO))
                .with_prflx_acceptance_min_wait(Some(Duration::ZERO));
        }
        if let Some(ice) = &ice {
            settings = settings.with_ice_credentials(ice.ufrag().into(), ice.password().into());
        }
        let configuration = RTCConfigurationBuilder::new()
            .with_certificates(vec![own.dtls])
            .with_ice_servers(servers(&grant))
            .with_ice_transport_policy(if grant.candidates.host {
                RTCIceTransportPolicy::All
            } else {
                RTCIceTransportPolicy::Relay
            })
            .build();
        let peer = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings.build())
            .with_runtime(Arc::new(Gated(Arc::clone(&gate))))
            .with_handler(Arc::clone(&shared) as Arc<_>)
            .with_udp_addrs(vec![interfaces])
            .with_data_channel_send_buffer_limit(SEND_BUFFER)
            .build()
            .await?;
        let peer: Arc<dyn PeerConnection> = Arc::new(peer);

        let mut tasks = JoinSet::new();
        let [control, chat, bulk] = Purpose::ALL;
        let lanes = [
            lane(&*peer, control, &mut tasks).await?,
            lane(&*peer, chat, &mut tasks).await?,
            lane(&*peer, bulk, &mut tasks).await?,
        ];
        let echoing = Arc::clone(&gate);
        tasks.spawn(async move { echoing.echoes.run().await });
        let (state, seen) = watch::channel(State::Connecting);
        let (carrier, carries) = watch::channel(BulkCarrier::default());
        let [_, _, bulk_lane] = &lanes;
        let bulk = Bulk { strand: bulk_lane.strand(), carrier };
        let (over, ended) = oneshot::channel();
        let watcher = Watcher {
            peer: Arc::clone(&peer),
            shared: Arc::clone(&shared),
            standings: lanes.iter().map(|lane| lane.standing()).collect(),
            state,
            patience,
            tasks,
            quic: Quic { kind, key: own.quic, congestion: tuning.congestion, bulk, pair: watch::Sender::default() },
        };
        tokio::spawn(watcher.run(ended));
        Ok(Self {
            peer,
            shared,
            lanes,
            state: seen,
            carrier: carries,
            candidates: tokio::sync::Mutex::new(candidates),
            kind,
            fingerprint: own.fingerprint,
            grant,
            version: AtomicU64::new(1),
            over: Some(over),
        })
    }

    async fn reply(&self, offer: &Description) -> Result<Description, LinkFailure> {
        self.take(offer, DescriptionKind::Offer, RTCSdpType::Offer).await?;
        let answer = self.peer.create_answer(None).await?;
        self.describe(answer).await
    }

    /// Sets the stack's own description and says what matters of it.
    async fn describe(&self, own: RTCSessionDescription) -> Result<Description, LinkFailure> {
        let kind = if own.sdp_type == RTCSdpType::Offer { DescriptionKind::Offer } else { DescriptionKind::Answer };
        let ice = describe::credentials(&own.sdp).ok_or(LinkFailure::Unfitting)?;
        self.shared.note_own(&ice);
        self.peer.set_local_description(own).await?;
        let candidates = self.shared.gathered(GATHER_PATIENCE).await;
        Ok(Description { kind, ice, fingerprint: self.fingerprint, candidates })
    }

    async fn take(
        &self,
        theirs: &Description,
        expected: DescriptionKind,
        sdp_type: RTCSdpType,
    ) -> Result<(), LinkFailure> {
        // A restart finds another way to the same device, never another device.
        if theirs.kind != expected || !self.shared.expect_certificate(theirs.fingerprint) {
            return Err(LinkFailure::Unfitting);
        }
        self.shared.note_theirs(&theirs.ice);
        self.shared.gate.clock.grant_attempt();
        let mut theirs = theirs.clone();
        let locals = self.shared.gate.locals();
        theirs.candidates.retain(|candidate| self.grant.may_try(candidate.kind, candidate.address, &locals));
        let sdp = describe::sdp(&theirs, self.version.fetch_add(1, Ordering::Relaxed));
        let description = match sdp_type {
            RTCSdpType::Offer => RTCSessionDescription::offer(sdp)?,
            _ => RTCSessionDescription::answer(sdp)?,
        };
        Ok(self.peer.set_remote_description(description).await?)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

async fn lane(
    peer: &dyn PeerConnection,
    purpose: Purpose,
    tasks: &mut JoinSet<()>,
) -> Result<Arc<ChannelLane>, LinkFailure> {
    let init = RTCDataChannelInit { negotiated: Some(purpose.stream()), ..RTCDataChannelInit::default() };
    let channel = peer.create_data_channel(purpose.label(), Some(init)).await?;
    Ok(ChannelLane::start(purpose, channel, tasks))
}

fn servers(grant: &Grant) -> Vec<RTCIceServer> {
    let server = |server: &crate::policy::IceServer| RTCIceServer {
        urls: vec![server.url.clone()],
        username: server.username.clone(),
        credential: server.credential.clone(),
    };
    grant.servers.iter().map(server).collect()
}

/// With DTLS (37), UDP (8) and IPv6 (40) around it, below the 1,000 bytes that tunnels in tunnels still carry. The stack does
/// not find out what a path takes, and a link that opens and then swallows whatever matters is worse than the tenth that
/// it costs against 1,192 bytes.
const PACKET: u32 = 912;
/// Both sides have described themselves within a moment; what has not worked by then will not.
const CONNECT_PATIENCE: Duration = Duration::from_secs(30);
/// Interfaces answer at once; a STUN server that has not by then sends its candidate after the description.
const GATHER_PATIENCE: Duration = Duration::from_millis(400);
/// Ten lost keep-alives in a row, at 5 % loss never; then people should see it and a restart may begin.
const SILENCE: Duration = Duration::from_secs(2);
/// As long as a person may look for a network; until then a restart brings the same link back.
const GIVE_UP: Duration = Duration::from_secs(600);
/// RFC 8445 §14 paces checks at 50 ms; the stack's 200 ms are most of the time that a link on one network takes.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);
/// Three seconds a pair: a slow path must have answered by then, and a person who carries codes begins anew.
const CHECKS: u16 = 60;
/// Also keeps the mappings of routers open.
const KEEP_ALIVE: Duration = Duration::from_millis(500);
/// What one lane may have under way below it: the most useful at 145 MiB/s over 40 ms, which is what SCTP reaches.
const SEND_BUFFER: usize = 6 * 1024 * 1024;
/// Two rounds over the worst path that still carries a link.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);
/// What the stack takes for one message, and promises in SDP.
#[expect(clippy::cast_possible_truncation, reason = "a constant of 65 KiB")]
const STACK_MESSAGE: u32 = MAX_FRAME as u32;

#[cfg(test)]
mod tests;
