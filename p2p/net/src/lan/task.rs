//! The one task that owns a meeting on the local network: its sockets, its peers and its clock.

use super::{
    LanFailure,
    announce::Voice,
    exchange::{Exchange, ExchangeEvent, swarm},
    limits,
    peer::Peer,
    proof::Proofs,
};
use crate::{
    carrier::CarrierEvent,
    interfaces::{Interfaces, Local},
    policy::Grant,
    signal::RoomId,
};
use libp2p::{
    Multiaddr, PeerId, Swarm,
    core::{ConnectedPoint, transport::ListenerId},
    futures::StreamExt,
    identity::Keypair,
    multiaddr::Protocol,
    request_response::{self, InboundRequestId, Message, OutboundRequestId, ResponseChannel},
    swarm::{SwarmEvent, dial_opts::DialOpts},
};
use nyx_wire::lan::{Announcement, Answer, Request};
use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    task::Poll,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, interval, timeout},
};

/// What the task is asked to do.
pub(super) enum Ask {
    Send(Vec<u8>),
    Call(SocketAddr),
}

pub(super) struct Task {
    grant: Arc<Grant>,
    interfaces: Interfaces,
    room: RoomId,
    proofs: Proofs,
    swarm: Swarm<Exchange>,
    asks: mpsc::Receiver<Ask>,
    events: mpsc::Sender<CarrierEvent>,
    addresses: watch::Sender<Vec<SocketAddr>>,
    places: Vec<Place>,
    peers: HashMap<PeerId, Peer>,
    hints: Vec<SocketAddr>,
    called: VecDeque<(PeerId, Instant)>,
    call_hints: Instant,
    look: Instant,
    announce: Announcing,
    /// Something found no room in the queue of events.
    lost: bool,
}

/// One address of this machine that is listened on.
struct Place {
    local: Local,
    listener: ListenerId,
    port: Option<u16>,
    voice: Option<Voice>,
}

/// When to announce next.
struct Announcing {
    at: Instant,
    last: Option<Instant>,
    times: usize,
}

impl Task {
    pub(super) fn new(
        grant: Arc<Grant>,
        room: RoomId,
        asks: mpsc::Receiver<Ask>,
        events: mpsc::Sender<CarrierEvent>,
        addresses: watch::Sender<Vec<SocketAddr>>,
    ) -> Result<Self, LanFailure> {
        let identity = Keypair::generate_ed25519();
        let (now, reach) = (Instant::now(), grant.reach);
        Ok(Self {
            interfaces: Interfaces::new(Arc::clone(&grant)),
            grant,
            room,
            proofs: Proofs::new(room, &identity).ok_or(LanFailure::Transport)?,
            swarm: swarm(identity, reach)?,
            asks,
            events,
            addresses,
            places: Vec::new(),
            peers: HashMap::new(),
            hints: Vec::new(),
            called: VecDeque::new(),
            call_hints: now,
            look: now,
            announce: Announcing { at: now, last: None, times: 0 },
            lost: false,
        })
    }

    /// Listens on what is there now, and knows the ports when it returns.
    pub(super) async fn listen(&mut self) -> Result<(), LanFailure> {
        self.follow(self.interfaces.now()?);
        let ports = async {
            while self.places.iter().any(|place| place.port.is_none()) {
                let event = self.swarm.select_next_some().await;
                self.hear(event);
            }
        };
        timeout(limits::LISTEN_PATIENCE, ports).await.map_err(|_| LanFailure::Transport)
    }

    pub(super) fn call_at(&mut self, address: SocketAddr) {
        if self.hints.len() < limits::HINTS && !self.hints.contains(&address) {
            self.hints.push(address);
            self.call_hints = Instant::now();
        }
    }

    pub(super) async fn run(mut self) {
        let mut beat = interval(limits::BEAT);
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.hear(event),
                (said, at) = heard(&mut self.places) => self.heard(&said, at),
                _ = beat.tick() => self.beat(),
                ask = self.asks.recv() => match ask {
                    Some(Ask::Send(frame)) => self.send(&frame),
                    Some(Ask::Call(address)) => self.call_at(address),
                    None => break,
                },
            }
        }
        let last_words = async {
            while self.peers.values().any(|peer| peer.under_way > 0) {
                let event = self.swarm.select_next_some().await;
                self.hear(event);
            }
        };
        // Whoever does not take them in time is told nothing more.
        let _ = timeout(limits::LAST_WORDS, last_words).await;
    }

    /// What is due by the clock.
    fn beat(&mut self) {
        let now = Instant::now();
        if now >= self.look {
            self.look = now + limits::LOOK;
            match self.interfaces.now() {
                Ok(locals) => self.follow(locals),
                Err(error) => tracing::debug!(%error, "the interfaces can't be listed"),
            }
        }
        // Two who have met need not be found.
        if !self.is_met() {
            if now >= self.announce.at {
                self.announce(now);
            }
            if now >= self.call_hints {
                self.call_hints = now + limits::CALL_AGAIN;
                for address in self.hints.clone() {
                    self.call(
                        DialOpts::unknown_peer_id().address(multiaddr(address)).allocate_new_port().build(),
                        address,
                    );
                }
            }
        }
        let late: Vec<_> = self.peers.iter().filter(|(_, peer)| peer.is_late(now)).map(|(id, _)| *id).collect();
        for peer in late {
            self.cut_off(peer);
        }
        self.tell_lost();
    }

    /// Listens where an address came, and begins anew where one went.
    fn follow(&mut self, locals: Vec<Local>) {
        let mut changed = self.places.iter().any(|place| !locals.contains(&place.local));
        if changed && let Err(error) = self.begin_anew() {
            tracing::debug!(%error, "a search did not begin anew");
            return;
        }
        for local in locals {
            if self.places.iter().any(|place| place.local == local) {
                continue;
            }
            let listening = self.swarm.listen_on(multiaddr(SocketAddr::new(local.address, 0)));
            // An IPv6 address is not to be bound before the kernel knows that nobody else has it. Next time, then.
            let Ok(listener) = listening else { continue };
            let voice = Voice::open(&local).unwrap_or_else(|error| {
                tracing::debug!(%error, "no multicast on an address");
                None
            });
            self.places.push(Place { local, listener, port: None, voice });
            changed = true;
        }
        if changed {
            self.publish();
        }
    }

    /// As somebody else: connections of an address that has gone are dead, and nothing says so, here or there. Whoever is
    /// new is called, and hears what is said to the old one too.
    fn begin_anew(&mut self) -> Result<(), LanFailure> {
        let identity = Keypair::generate_ed25519();
        let proofs = Proofs::new(self.room, &identity).ok_or(LanFailure::Transport)?;
        self.swarm = swarm(identity, self.grant.reach)?;
        self.proofs = proofs;
        self.places.clear();
        self.called.clear();
        self.call_hints = Instant::now();
        if self.is_met() {
            self.tell(CarrierEvent::Went);
        }
        self.peers.clear();
        Ok(())
    }

    fn publish(&mut self) {
        let mut addresses: Vec<_> = self
            .places
            .iter()
            .filter_map(|place| place.port.map(|port| SocketAddr::new(place.local.address, port)))
            .collect();
        addresses.sort_by_key(SocketAddr::is_ipv6);
        self.addresses.send_replace(addresses);
        self.announce = Announcing { at: Instant::now(), last: self.announce.last, times: 0 };
    }

    fn announce(&mut self, now: Instant) {
        for place in &self.places {
            if let (Some(voice), Some(port)) = (&place.voice, place.port) {
                voice.say(&self.proofs.announcement(port));
            }
        }
        let wait = limits::ANNOUNCE_SOON.get(self.announce.times).copied().unwrap_or(limits::ANNOUNCE);
        self.announce = Announcing { at: now + wait, last: Some(now), times: self.announce.times + 1 };
    }

    /// Somebody announced itself.
    fn heard(&mut self, said: &Announcement, at: SocketAddr) {
        let Some(peer) = self.proofs.announced(said) else { return };
        let now = Instant::now();
        self.called.retain(|(_, when)| now < *when + limits::CALL_AGAIN);
        let known = self.peers.contains_key(&peer) || self.called.iter().any(|(called, _)| *called == peer);
        if known || self.called.len() == limits::CALLED {
            return;
        }
        self.called.push_back((peer, now));
        // Its firewall may let nobody in: so it hears in turn where we are.
        if self.announce.last.is_none_or(|last| now >= last + limits::ANNOUNCE_GAP) && !self.is_met() {
            self.announce(now);
        }
        self.call(DialOpts::peer_id(peer).addresses(vec![multiaddr(at)]).allocate_new_port().build(), at);
    }

    /// Calls, if the policy lets this address be called.
    fn call(&mut self, call: DialOpts, address: SocketAddr) {
        let is_own = self.addresses.borrow().contains(&address);
        if is_own || !self.may_meet(address) {
            return;
        }
        if let Err(error) = self.swarm.dial(call) {
            tracing::debug!(%error, "a call was not made");
        }
    }

    fn hear(&mut self, event: SwarmEvent<ExchangeEvent>) {
        match event {
            SwarmEvent::NewListenAddr { listener_id, address } => {
                let place = self.places.iter_mut().find(|place| place.listener == listener_id);
                if let (Some(place), Some(address)) = (place, tcp_address(&address)) {
                    place.port = Some(address.port());
                    self.publish();
                }
            }
            SwarmEvent::ListenerClosed { listener_id, .. } => {
                // Looked for anew at the next opportunity.
                self.places.retain(|place| place.listener != listener_id);
                self.publish();
            }
            SwarmEvent::ConnectionEstablished { peer_id, endpoint, connection_id, .. } => match endpoint {
                ConnectedPoint::Listener { send_back_addr, .. }
                    if !tcp_address(&send_back_addr).is_some_and(|at| self.may_meet(at)) =>
                {
                    // Whoever may not be called is not answered either. It may have gone already.
                    let _ = self.swarm.close_connection(connection_id);
                }
                ConnectedPoint::Listener { .. } => drop(self.peers.entry(peer_id).or_insert_with(Peer::new)),
                ConnectedPoint::Dialer { .. } => {
                    self.peers.entry(peer_id).or_insert_with(Peer::new);
                    self.knock(peer_id);
                }
            },
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } => self.gone(peer_id),
            SwarmEvent::Behaviour(ExchangeEvent::Asking(event)) => self.asked(event),
            _ => {}
        }
    }

    fn may_meet(&self, address: SocketAddr) -> bool {
        let locals: Vec<_> = self.places.iter().map(|place| place.local.clone()).collect();
        self.grant.may_meet(address, &locals)
    }

    fn gone(&mut self, peer: PeerId) {
        let was_proven = self.peers.remove(&peer).is_some_and(|peer| peer.proven);
        if was_proven && !self.is_met() {
            self.tell(CarrierEvent::Went);
            self.announce = Announcing { at: Instant::now(), last: self.announce.last, times: 0 };
        }
    }

    fn asked(&mut self, event: request_response::Event<Request, Answer>) {
        use request_response::Event;
        // Silence or nonsense: either way nothing more is to be had from this connection.
        match event {
            Event::Message { peer, message: Message::Request { request_id, request, channel }, .. } => {
                self.request(peer, request_id, request, channel);
            }
            Event::Message { peer, message: Message::Response { request_id, response }, .. } => {
                self.answer(peer, request_id, &response);
            }
            Event::OutboundFailure { peer, .. } => {
                self.lost |= self.peers.get(&peer).is_some_and(|peer| peer.proven);
                self.cut_off(peer);
            }
            Event::ResponseSent { peer, request_id, .. } => {
                if self.peers.get(&peer).is_some_and(|peer| peer.told == Some(request_id)) {
                    self.prove(peer);
                }
            }
            Event::InboundFailure { peer, .. } => self.cut_off(peer),
        }
    }

    fn request(
        &mut self,
        id: PeerId,
        request_id: InboundRequestId,
        request: Request,
        channel: ResponseChannel<Answer>,
    ) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if !peer.may_ask(Instant::now()) {
            return self.cut_off(id);
        }
        let answer = match request {
            Request::Knock { nonce, mac } if self.proofs.is_knock(&id, &nonce, &mac) => {
                peer.told = Some(request_id);
                Answer::Knocked(self.proofs.answer(&id, &nonce))
            }
            // To whoever does not know the room, this is what an answer looks like.
            Request::Knock { .. } => match random() {
                Some(random) => Answer::Knocked(random),
                None => return self.cut_off(id),
            },
            Request::Frame(frame) => {
                // It may be heard before we are told that our answer to its knock has left.
                if peer.told.is_some() {
                    self.prove(id);
                }
                if self.peers.get(&id).is_some_and(|peer| peer.proven) {
                    self.tell(CarrierEvent::Frame(frame));
                }
                Answer::Arrived
            }
        };
        // Whoever has gone needs no answer.
        let _ = self.swarm.behaviour_mut().asking.send_response(channel, answer);
    }

    fn answer(&mut self, id: PeerId, request_id: OutboundRequestId, answer: &Answer) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        match (peer.knock, answer) {
            (Some((knock, nonce)), Answer::Knocked(mac)) if knock == request_id => {
                peer.knock = None;
                if self.proofs.is_answer(&id, &nonce, mac) { self.prove(id) } else { self.cut_off(id) }
            }
            (_, Answer::Arrived) => peer.under_way = peer.under_way.saturating_sub(1),
            _ => self.cut_off(id),
        }
    }

    fn knock(&mut self, at: PeerId) {
        let Some(peer) = self.peers.get_mut(&at).filter(|peer| !peer.proven && peer.knock.is_none()) else { return };
        let Some(nonce) = random() else { return self.cut_off(at) };
        let knock = self.proofs.knock(&at, nonce);
        peer.knock = Some((self.swarm.behaviour_mut().asking.send_request(&at, knock), nonce));
    }

    /// Somebody knows the room.
    fn prove(&mut self, id: PeerId) {
        let others = self.peers.values().filter(|peer| peer.proven).count();
        match self.peers.get_mut(&id) {
            Some(peer) if !peer.proven && others < limits::PROVEN => peer.proven = true,
            Some(peer) if !peer.proven => return self.cut_off(id),
            _ => return,
        }
        if others > 0 {
            self.tell(CarrierEvent::Stranger);
        }
        self.tell(CarrierEvent::Came);
    }

    fn send(&mut self, frame: &[u8]) {
        for (id, peer) in self.peers.iter_mut().filter(|(_, peer)| peer.proven) {
            if peer.under_way < limits::UNDER_WAY {
                peer.under_way += 1;
                self.swarm.behaviour_mut().asking.send_request(id, Request::Frame(frame.to_vec()));
            } else {
                self.lost = true;
            }
        }
    }

    fn tell(&mut self, event: CarrierEvent) {
        self.tell_lost();
        self.lost |= self.events.try_send(event).is_err();
    }

    fn tell_lost(&mut self) {
        if self.lost {
            self.lost = self.events.try_send(CarrierEvent::FramesLost).is_err();
        }
    }

    fn cut_off(&mut self, peer: PeerId) {
        // Fails for whoever has gone already.
        let _ = self.swarm.disconnect_peer_id(peer);
    }

    fn is_met(&self) -> bool {
        self.peers.values().any(|peer| peer.proven)
    }
}

/// The next announcement on any address. A voice that fails falls silent.
async fn heard(places: &mut [Place]) -> (Announcement, SocketAddr) {
    poll_fn(|cx| {
        for place in &mut *places {
            let Some(voice) = &place.voice else { continue };
            match voice.poll_hear(cx) {
                Poll::Ready(Ok(heard)) => return Poll::Ready(heard),
                Poll::Ready(Err(error)) => {
                    tracing::debug!(%error, "no multicast on an address any more");
                    place.voice = None;
                }
                Poll::Pending => {}
            }
        }
        Poll::Pending
    })
    .await
}

fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

fn multiaddr(address: SocketAddr) -> Multiaddr {
    Multiaddr::from(address.ip()).with(Protocol::Tcp(address.port()))
}

fn tcp_address(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    let ip: IpAddr = match parts.next()? {
        Protocol::Ip4(ip) => ip.into(),
        Protocol::Ip6(ip) => ip.into(),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(SocketAddr::new(ip, port)),
        _ => None,
    }
}
