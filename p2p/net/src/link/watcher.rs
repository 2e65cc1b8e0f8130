//! Watches a connection: what the stack reports becomes the state of the link.
//!
//! The stack calls its handler on the task that drives the whole connection, so the handler only notes and wakes; a
//! task of the link's own looks at the notes and decides.

use super::{
    certificate, describe,
    state::{Closed, Path, State, direct},
};
use crate::{
    fast::{Bulk, Congestion, Ends, Fast, Knock},
    lane::channel::Standing,
    policy::Grant,
    socket::{Gate, switch::Pair},
};
use async_trait::async_trait;
use nyx_wire::link::{Candidate, DescriptionKind, Fingerprint, IceCredentials, MAX_CANDIDATES};
use rustls::sign::CertifiedKey;
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use webrtc::{
    data_channel::DataChannel,
    peer_connection::{
        PeerConnection, PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState,
        RTCPeerConnectionIceEvent, RTCPeerConnectionState,
    },
};

/// What the handler notes.
pub(super) struct Shared {
    pub(super) gate: Arc<Gate>,
    grant: Arc<Grant>,
    notes: Mutex<Notes>,
    woken: Notify,
    gathering: Notify,
    late: mpsc::Sender<Candidate>,
}

#[derive(Default)]
struct Notes {
    ice: RTCIceConnectionState,
    connection: RTCPeerConnectionState,
    candidates: Vec<Candidate>,
    /// The candidates found so far have been told; what follows is late.
    told: bool,
    gathered: bool,
    expected: Option<Fingerprint>,
    /// The credentials of the first offer and its answer: ours and theirs.
    first: (Option<IceCredentials>, Option<IceCredentials>),
    strange_channel: bool,
}

/// The task that owns a connection.
pub(super) struct Watcher {
    pub(super) peer: Arc<dyn PeerConnection>,
    pub(super) shared: Arc<Shared>,
    pub(super) standings: Vec<watch::Receiver<Standing>>,
    pub(super) state: watch::Sender<State>,
    pub(super) patience: Duration,
    pub(super) tasks: JoinSet<()>,
    /// What QUIC needs beside what is noted.
    pub(super) quic: Quic,
}

/// What QUIC is made of once the other side is proven.
pub(super) struct Quic {
    pub(super) kind: DescriptionKind,
    pub(super) key: Arc<CertifiedKey>,
    pub(super) congestion: Congestion,
    pub(super) bulk: Bulk,
    /// Where it may run now.
    pub(super) pair: watch::Sender<Option<Pair>>,
}

impl Shared {
    pub(super) fn new(grant: Arc<Grant>, gate: Arc<Gate>, late: mpsc::Sender<Candidate>) -> Self {
        Self { gate, grant, notes: Mutex::default(), woken: Notify::new(), gathering: Notify::new(), late }
    }

    /// Notes whose certificate must show; false if another was expected before.
    pub(super) fn expect_certificate(&self, fingerprint: Fingerprint) -> bool {
        *self.notes().expected.get_or_insert(fingerprint) == fingerprint
    }

    /// Notes with what credentials this side was described. Only the first ones stay.
    pub(super) fn note_own(&self, ice: &IceCredentials) {
        self.notes().first.0.get_or_insert_with(|| ice.clone());
    }

    /// Notes with what credentials the other side was described.
    pub(super) fn note_theirs(&self, ice: &IceCredentials) {
        self.notes().first.1.get_or_insert_with(|| ice.clone());
    }

    /// A new way is looked for: the sockets that there were are about to go, and their candidates with them.
    pub(super) fn begin_attempt(&self) {
        self.gate.clock.grant_attempt();
        let mut notes = self.notes();
        notes.candidates.clear();
        (notes.told, notes.gathered) = (false, false);
    }

    /// The candidates found within the time.
    pub(super) async fn gathered(&self, patience: Duration) -> Vec<Candidate> {
        let all = async {
            loop {
                let woken = self.gathering.notified();
                if self.notes().gathered {
                    return;
                }
                woken.await;
            }
        };
        // Late ones follow by themselves.
        let _ = timeout(patience, all).await;
        let mut notes = self.notes();
        notes.told = true;
        mem::take(&mut notes.candidates)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Notes)) {
        change(&mut self.notes());
        self.woken.notify_one();
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Shared {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let Some(candidate) = describe::candidate(&event.candidate) else { return };
        if !self.grant.candidates.allow(candidate.kind) {
            return;
        }
        let mut notes = self.notes();
        if notes.told {
            // More than the queue holds are more than the other side takes.
            let _ = self.late.try_send(candidate);
        } else if notes.candidates.len() < MAX_CANDIDATES && !notes.candidates.contains(&candidate) {
            notes.candidates.push(candidate);
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.notes().gathered = state == RTCIceGatheringState::Complete;
        self.gathering.notify_waiters();
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        self.note(|notes| notes.ice = state);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.note(|notes| notes.connection = state);
    }

    /// All lanes are agreed beforehand, so whoever opens one more is not of us, or wants memory.
    async fn on_data_channel(&self, _: Arc<dyn DataChannel>) {
        self.note(|notes| notes.strange_channel = true);
    }
}

impl Watcher {
    pub(super) async fn run(mut self, mut over: oneshot::Receiver<Closed>) {
        let began = Instant::now();
        let (mut proven, mut reached) = (false, None);
        let mut pause = REPEAT_FIRST;
        let mut repeat_at = None;
        let mut probe_at = began;
        let why = loop {
            match self.look(&mut proven).await {
                Ok((State::Connecting, _)) if self.shared.gate.has_refused() => break Closed::Unproven,
                // The stack says nothing of a handshake that fails; it just never ends.
                Ok((State::Connecting, _)) if reached.is_some_and(|at: Instant| at.elapsed() >= PROOF_PATIENCE) => {
                    break Closed::Unfinished;
                }
                Ok((State::Connecting, _)) if began.elapsed() >= self.patience => break Closed::NoPath,
                Ok((state, pair)) => {
                    match state {
                        State::Up(path) => {
                            self.shared.gate.clock.go();
                            self.shared.gate.set_relayed(path == Path::Relay);
                        }
                        State::Interrupted => self.shared.gate.clock.stop(),
                        State::Connecting | State::Closed(_) => {}
                    }
                    self.quic.pair.send_if_modified(|was| mem::replace(was, pair) != pair);
                    if matches!(state, State::Up(_)) && pair.is_none() {
                        self.quic.bulk.strand.release();
                    }
                    self.state.send_if_modified(|was| mem::replace(was, state) != state);
                }
                Err(why) => break why,
            }
            if self.is_reached() {
                let at = *reached.get_or_insert_with(Instant::now);
                repeat_at.get_or_insert(at + pause);
            }
            let due = repeat_at.filter(|_| !proven);
            let shared = Arc::clone(&self.shared);
            tokio::select! {
                () = shared.woken.notified() => {}
                () = any_changed(&mut self.standings) => {}
                () = sleep(LOOK_AGAIN) => {}
                () = sleep_until(due.unwrap_or(began)), if due.is_some() => {
                    shared.gate.repeats.again();
                    pause = (2 * pause).min(REPEAT_LAST);
                    repeat_at = Some(Instant::now() + pause);
                }
                () = sleep_until(probe_at), if shared.gate.clock.stands() => {
                    shared.gate.probes.again();
                    probe_at = Instant::now() + PROBE;
                }
                said = &mut over => break said.unwrap_or(Closed::Here),
            }
        };
        // What ends has timers of its own to wait for.
        self.shared.gate.clock.go();
        if let Err(error) = self.peer.close().await {
            tracing::debug!(%error, "a connection did not close cleanly");
        }
        self.tasks.shutdown().await;
        self.state.send_replace(State::Closed(why));
    }

    fn is_reached(&self) -> bool {
        matches!(self.shared.notes().ice, RTCIceConnectionState::Connected | RTCIceConnectionState::Completed)
    }

    /// How the link stands and where QUIC may run, or why it is over.
    async fn look(&mut self, proven: &mut bool) -> Result<(State, Option<Pair>), Closed> {
        let (ice, connection, strange) = {
            let notes = self.shared.notes();
            (notes.ice, notes.connection, notes.strange_channel)
        };
        let standings: Vec<Standing> = self.standings.iter().map(|standing| *standing.borrow()).collect();
        if strange || standings.iter().any(|standing| standing.violated) {
            return Err(Closed::Protocol);
        }
        let gone = standings.iter().any(|standing| standing.gone);
        if standings.iter().all(|standing| standing.settled || (gone && standing.peer_ended)) {
            return Err(Closed::ByPeer);
        }
        if gone {
            return Err(Closed::Lost);
        }
        match connection {
            RTCPeerConnectionState::Closed => return Err(Closed::Lost),
            RTCPeerConnectionState::Failed if !*proven => return Err(Closed::NoPath),
            _ => {}
        }
        if !*proven {
            if !standings.iter().all(|standing| standing.open) {
                return Ok((State::Connecting, None));
            }
            self.prove().await?;
            *proven = true;
            self.shared.gate.repeats.end();
            self.begin_quic();
        }
        Ok(match ice {
            RTCIceConnectionState::Disconnected | RTCIceConnectionState::Failed | RTCIceConnectionState::Checking => {
                (State::Interrupted, None)
            }
            _ => self.path().await.map_or((State::Interrupted, None), |(path, pair)| (State::Up(path), pair)),
        })
    }

    /// Bulk may go over QUIC from now on, wherever that may run.
    fn begin_quic(&mut self) {
        let (expected, first) = {
            let notes = self.shared.notes();
            (notes.expected, notes.first.clone())
        };
        // Whoever is proven was described.
        let (Some(peer), (Some(own), Some(theirs))) = (expected, first) else { return };
        let Quic { kind, key, congestion, bulk, pair } = &self.quic;
        let knock = match kind {
            DescriptionKind::Offer => Knock::new(&own, &theirs),
            DescriptionKind::Answer => Knock::new(&theirs, &own),
        };
        let fast = Fast {
            switch: Arc::clone(&self.shared.gate.switch),
            pair: pair.subscribe(),
            bulk: bulk.clone(),
            ends: Ends { kind: *kind, key: Arc::clone(key), peer, knock, congestion: *congestion },
        };
        self.tasks.spawn(fast.run());
    }

    /// The handshake has compared the certificate already, or should have. Stacks have been wrong about it before, so
    /// it is compared once more, by other code.
    async fn prove(&self) -> Result<(), Closed> {
        let expected = self.shared.notes().expected;
        let sctp = self.peer.sctp().await.ok_or(Closed::Lost)?;
        let shown = sctp.transport().get_remote_certificates().await.map_err(|_| Closed::Lost)?;
        match shown.first() {
            Some(shown) if Some(certificate::fingerprint(shown)) == expected => Ok(()),
            _ => Err(Closed::Unproven),
        }
    }

    async fn path(&self) -> Option<(Path, Option<Pair>)> {
        let sctp = self.peer.sctp().await?;
        let chosen = sctp.transport().ice_transport().get_selected_candidate_pair().await.ok()??;
        Some((Path::of(&chosen, &self.shared.gate.locals()), direct(&chosen)))
    }
}

async fn any_changed(standings: &mut [watch::Receiver<Standing>]) {
    let changes = standings.iter_mut().map(|standing| Box::pin(standing.changed()));
    let (changed, ..) = futures_util::future::select_all(changes).await;
    if changed.is_err() {
        // Its lane has ended and said so before; there is nothing more to wait for.
        std::future::pending::<()>().await;
    }
}

/// DTLS is repeated eight times by then, SCTP after 1, 3, 7 and 15 seconds: an honest link needs less at 5 % loss.
const PROOF_PATIENCE: Duration = Duration::from_secs(16);
/// Longer than a handshake on one network takes, and shorter than the stack's second.
const REPEAT_FIRST: Duration = Duration::from_millis(200);
/// On a path that loses half of everything it is the number of tries that counts.
const REPEAT_LAST: Duration = Duration::from_secs(3);
/// As often as ICE asks who is there.
const PROBE: Duration = Duration::from_millis(500);
/// The selected way can change without a word from the stack.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
