//! The task behind a client: calls, answers, and calls again.

use super::{
    Answer, Ask, AskFailure, Refusal, RoomEvent, RoomId, Service, Standing,
    dial::{Called, DialFailure, Socket},
};
use crate::{
    interfaces::is_own,
    policy::{Grant, IceServer},
};
use futures_util::{SinkExt, StreamExt};
use nyx_wire::signal::{Notice, Number, Request, RequestKind, SeatToken};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, interval, sleep, sleep_until, timeout, timeout_at},
};
use tokio_tungstenite::tungstenite::Message;

/// Runs until the client is dropped.
pub(super) async fn run(
    grant: Arc<Grant>,
    service: Service,
    mut asks: mpsc::Receiver<Ask>,
    standing: watch::Sender<Standing>,
) {
    let mut desk = Desk::default();
    let mut backoff = Backoff::default();
    loop {
        standing.send_replace(Standing::Calling);
        let called = timeout(CALL_PATIENCE, service.dial(&grant)).await;
        match called {
            Ok(Ok(called)) => {
                standing.send_replace(Standing::Connected);
                let began = Instant::now();
                let Some(retry) = desk.serve(called, &mut asks).await else { return };
                if began.elapsed() >= SETTLED {
                    backoff = Backoff::default();
                }
                backoff.told = retry;
            }
            Ok(Err(DialFailure::Denied)) => {
                standing.send_replace(Standing::Denied);
                // The answers and rooms end with their queues.
                return;
            }
            Ok(Err(error)) => tracing::debug!(%error, "the signalling service does not answer"),
            Err(_) => tracing::debug!("the signalling service does not answer in time"),
        }
        desk.hang_up();
        standing.send_replace(Standing::Waiting);
        sleep(backoff.next()).await;
    }
}

/// What is open between this client and its service.
#[derive(Default)]
struct Desk {
    rooms: HashMap<RoomId, Seat>,
    allocates: VecDeque<Answer<(Number, RoomId, u32)>>,
    claims: VecDeque<Answer<RoomId>>,
    servers: VecDeque<Answer<Vec<IceServer>>>,
    /// Rooms whose refusal was for the moment only, and when they are asked for again.
    again: Vec<(Instant, RoomId)>,
}

struct Seat {
    events: mpsc::Sender<RoomEvent>,
    standing: bool,
    token: Option<SeatToken>,
}

impl Desk {
    /// Serves one connection to its end. `None` when the client is gone; else how long the service wants to be left
    /// alone, if it said so.
    async fn serve(&mut self, called: Called, asks: &mut mpsc::Receiver<Ask>) -> Option<Option<Duration>> {
        let Called { mut socket, from } = called;
        let mut told = None;
        let (mut look, mut heard_at) = (interval(LOOK), Instant::now());
        self.again.clear();
        for room in self.rooms.keys().copied().collect::<Vec<_>>() {
            if put(&mut socket, &self.join(room)).await.is_err() {
                return Some(told);
            }
        }
        loop {
            let next = self.again.iter().map(|(at, _)| *at).min();
            let due = async {
                match next {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let said = tokio::select! {
                // The connection of an address that has gone is dead, and nothing says so for a long time.
                _ = look.tick() => if is_own(from) { Ok(()) } else { return Some(told) },
                heard = timeout_at(heard_at + SILENCE, socket.next()) => {
                    heard_at = Instant::now();
                    match heard {
                        Ok(Some(Ok(Message::Binary(bytes)))) => match Notice::decode(&bytes) {
                            Ok(Notice::Draining { retry_ms }) => {
                                told = Some(Duration::from_millis(retry_ms.into()));
                                Ok(())
                            }
                            Ok(notice) => match self.hear(notice) {
                                Some(left) => put(&mut socket, &Request::Leave { room: left }.encode()).await,
                                None => Ok(()),
                            },
                            // A service that does not speak the protocol is no service.
                            Err(_) => return Some(told),
                        },
                        Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => Ok(()),
                        _ => return Some(told),
                    }
                }
                ask = asks.recv() => {
                    match self.ask(ask?) {
                        Some(request) => put(&mut socket, &request).await,
                        None => Ok(()),
                    }
                }
                () = due => {
                    let now = Instant::now();
                    let rooms: Vec<_> = self.again.extract_if(.., |(at, _)| *at <= now).map(|(_, room)| room).collect();
                    let mut said = Ok(());
                    for room in rooms.into_iter().filter(|room| self.rooms.contains_key(room)) {
                        said = said.and(put(&mut socket, &self.join(room)).await);
                    }
                    said
                }
            };
            if said.is_err() {
                return Some(told);
            }
        }
    }

    /// The bytes of the request, unless nothing is to be said.
    fn ask(&mut self, ask: Ask) -> Option<Vec<u8>> {
        match ask {
            Ask::Join { room, standing, events } => {
                self.rooms.insert(room, Seat { events, standing, token: None });
                Some(self.join(room))
            }
            Ask::Leave(room) => {
                // The room may have been joined anew by another hand.
                let abandoned = self.rooms.get(&room).is_some_and(|seat| seat.events.is_closed());
                abandoned.then(|| {
                    self.rooms.remove(&room);
                    Request::Leave { room }.encode()
                })
            }
            Ask::Send { room, payload } => {
                self.rooms.contains_key(&room).then(|| Request::Send { room, payload: &payload }.encode())
            }
            Ask::Allocate(answer) => {
                self.allocates.push_back(answer);
                Some(Request::Allocate.encode())
            }
            Ask::Claim(number, answer) => {
                self.claims.push_back(answer);
                Some(Request::Claim { number }.encode())
            }
            Ask::IceServers(room, answer) => {
                self.servers.push_back(answer);
                Some(Request::IceServers { room }.encode())
            }
        }
    }

    /// Passes a notice to whom it concerns. Returns a room in which nobody listens any more.
    fn hear(&mut self, notice: Notice<'_>) -> Option<RoomId> {
        match notice {
            Notice::Joined { room, seat, peer, .. } => {
                if let Some(known) = self.rooms.get_mut(&room) {
                    known.token = Some(seat);
                }
                self.tell(room, RoomEvent::Joined { peer })
            }
            Notice::PeerCame { room } => self.tell(room, RoomEvent::PeerCame),
            Notice::PeerWent { room } => self.tell(room, RoomEvent::PeerWent),
            Notice::Frame { room, payload } => self.tell(room, RoomEvent::Frame(payload.to_vec())),
            Notice::ThirdRefused { room } => self.tell(room, RoomEvent::ThirdRefused),
            Notice::FramesLost { room } => self.tell(room, RoomEvent::FramesLost),
            Notice::Closed { room, why } => self.end(room, RoomEvent::Closed(why)),
            Notice::Allocated { number, room, ttl_secs } => {
                answer(&mut self.allocates, Ok((number, room, ttl_secs)));
                None
            }
            Notice::Claimed { room, .. } => {
                answer(&mut self.claims, Ok(room));
                None
            }
            Notice::IceServers { servers, .. } => {
                answer(&mut self.servers, Ok(servers));
                None
            }
            Notice::Refused { what, room, why, retry_secs } => {
                let refused = AskFailure::Refused { why, retry_secs };
                match (what, room) {
                    (RequestKind::Allocate, _) => answer(&mut self.allocates, Err(refused)),
                    (RequestKind::Claim, _) => answer(&mut self.claims, Err(refused)),
                    (RequestKind::IceServers, _) => answer(&mut self.servers, Err(refused)),
                    (RequestKind::Join, Some(room)) if is_passing(why) => {
                        let wait = Duration::from_secs(retry_secs.clamp(1, MAX_RETRY_SECS).into());
                        self.again.retain(|(_, other)| *other != room);
                        self.again.push((Instant::now() + jittered(wait), room));
                    }
                    (RequestKind::Join, Some(room)) => return self.end(room, RoomEvent::Refused(why)),
                    // What could not wait in the room is lost like any other frame.
                    (RequestKind::Send, Some(room)) => return self.tell(room, RoomEvent::FramesLost),
                    (RequestKind::Join | RequestKind::Send, None) => {}
                }
                None
            }
            Notice::Draining { .. } => None,
        }
    }

    fn tell(&mut self, room: RoomId, event: RoomEvent) -> Option<RoomId> {
        let seat = self.rooms.get(&room)?;
        // Full or closed: whoever has the room does not look into it.
        if seat.events.try_send(event).is_ok() {
            return None;
        }
        self.rooms.remove(&room);
        Some(room)
    }

    fn end(&mut self, room: RoomId, event: RoomEvent) -> Option<RoomId> {
        self.tell(room, event);
        self.rooms.remove(&room);
        None
    }

    fn join(&self, room: RoomId) -> Vec<u8> {
        let (seat, standing) = self.rooms.get(&room).map_or((None, false), |seat| (seat.token, seat.standing));
        Request::Join { room, seat, standing }.encode()
    }

    /// What was asked on a connection that has ended is never answered.
    fn hang_up(&mut self) {
        self.allocates.clear();
        self.claims.clear();
        self.servers.clear();
        self.rooms.retain(|_, seat| !seat.events.is_closed());
    }
}

/// When to call again.
#[derive(Default)]
struct Backoff {
    failures: u32,
    /// What the service asked for.
    told: Option<Duration>,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        if let Some(told) = self.told.take() {
            return told.min(LONGEST_WAIT);
        }
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        self.failures = self.failures.saturating_add(1);
        jittered(wait)
    }
}

/// Between half and all of it, so that the clients of a service that fell do not all come back at once.
fn jittered(wait: Duration) -> Duration {
    // Without randomness all wait the whole time, which is only less kind.
    let part = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    wait.mul_f64(0.5 + part / 2.0)
}

/// Says something; an error is the end of the connection.
async fn put(socket: &mut Socket, request: &[u8]) -> Result<(), ()> {
    match timeout(WRITE_PATIENCE, socket.send(Message::Binary(request.to_vec().into()))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(()),
    }
}

fn answer<T>(waiting: &mut VecDeque<Answer<T>>, with: Result<T, AskFailure>) {
    if let Some(answer) = waiting.pop_front() {
        // Whoever gave up waiting does not want it.
        let _ = answer.send(with);
    }
}

/// Whether a refusal of a seat passes by itself.
fn is_passing(why: Refusal) -> bool {
    matches!(why, Refusal::TooOften | Refusal::ServiceFull | Refusal::Draining | Refusal::Unavailable)
}

/// Name, TCP, TLS and upgrade, each lost once.
const CALL_PATIENCE: Duration = Duration::from_secs(15);
/// The service pings every 20 s; two of them missing is an end that nobody announced.
const SILENCE: Duration = Duration::from_secs(45);
/// How often to look whether this machine still has the address: a link that broke with it has five seconds to come back.
const LOOK: Duration = Duration::from_secs(1);
const WRITE_PATIENCE: Duration = Duration::from_secs(15);
/// A connection that lived this long was a good one.
const SETTLED: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_millis(400);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A service can't send a client away for longer.
const MAX_RETRY_SECS: u32 = 60;
