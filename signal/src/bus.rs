//! How one instance reaches the others: a queue of commands to whatever store they share.
//!
//! The store is the truth about who sits where; messages between instances are only the fast path and may be lost.
//! Every loss is told to the members ([`nyx_wire::signal::Notice::FramesLost`]), never repaired in silence.

use crate::room::{Full, StayId};
use axum::body::Bytes;
use nyx_wire::signal::{Number, RoomId, SeatToken};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait for the store. More than this, and it is not keeping up: frames are reported lost.
const QUEUE: usize = 16_384;
/// How long a client's request waits for the store.
const PATIENCE: Duration = Duration::from_secs(3);

/// Names one running instance; random, so a restarted instance is another one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Instance(pub(crate) [u8; 8]);

/// What one instance tells another about a room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// A member of mine sat down.
    Came,
    /// My member left.
    Went,
    /// A third was refused.
    ThirdRefused,
    /// This stay at your instance is over: its owner came back elsewhere.
    SeatTaken(StayId),
    /// A payload for your member.
    Frame(Bytes),
}

/// A seat granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease {
    pub(crate) seat: SeatToken,
    /// Where the other member sits, if there is one and it sits on another instance.
    pub(crate) peer: Option<Instance>,
    /// The seat was held on another instance until now: what was on its way there is lost.
    pub(crate) moved: bool,
    /// How old the room is.
    pub(crate) age: Duration,
    /// Some member has marked it as standing.
    pub(crate) standing: bool,
}

/// The store can't be reached.
#[derive(Debug)]
pub(crate) struct Unavailable;

/// What the store is asked to do, in this order.
#[derive(Debug)]
pub(crate) enum Command {
    Lease {
        room: RoomId,
        claim: Option<SeatToken>,
        stay: StayId,
        standing: bool,
        reply: oneshot::Sender<Result<Lease, Full<Instance>>>,
    },
    GiveUp {
        room: RoomId,
        stay: StayId,
    },
    Publish {
        to: Instance,
        room: RoomId,
        event: Event,
    },
    ReserveNumber {
        number: Number,
        room: RoomId,
        ttl: Duration,
        reply: oneshot::Sender<bool>,
    },
    ClaimNumber {
        number: Number,
        reply: oneshot::Sender<Option<RoomId>>,
    },
    /// This instance ends: nobody needs to wait for its lease to expire.
    Goodbye {
        reply: oneshot::Sender<()>,
    },
}

/// The handle that the hub holds.
#[derive(Debug)]
pub(crate) struct Bus {
    me: Instance,
    commands: mpsc::Sender<Command>,
    up: Arc<AtomicBool>,
}

impl Bus {
    /// The handle, the commands to carry out, and the flag that says whether the store answers.
    pub(crate) fn new(me: Instance) -> (Self, mpsc::Receiver<Command>, Arc<AtomicBool>) {
        let (commands, queue) = mpsc::channel(QUEUE);
        let up = Arc::new(AtomicBool::new(false));
        (Self { me, commands, up: Arc::clone(&up) }, queue, up)
    }

    pub(crate) fn me(&self) -> Instance {
        self.me
    }

    /// Whether the store answers.
    pub(crate) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    pub(crate) async fn lease(
        &self,
        room: RoomId,
        claim: Option<SeatToken>,
        stay: StayId,
        standing: bool,
    ) -> Result<Result<Lease, Full<Instance>>, Unavailable> {
        self.ask(|reply| Command::Lease { room, claim, stay, standing, reply }).await
    }

    pub(crate) async fn reserve_number(
        &self,
        number: Number,
        room: RoomId,
        ttl: Duration,
    ) -> Result<bool, Unavailable> {
        self.ask(|reply| Command::ReserveNumber { number, room, ttl, reply }).await
    }

    pub(crate) async fn claim_number(&self, number: Number) -> Result<Option<RoomId>, Unavailable> {
        self.ask(|reply| Command::ClaimNumber { number, reply }).await
    }

    /// Gives a seat back. Never dropped: a seat that stays leased would lock its owner out.
    pub(crate) fn give_up(&self, room: RoomId, stay: StayId) {
        let command = Command::GiveUp { room, stay };
        if let Err(mpsc::error::TrySendError::Full(command)) = self.commands.try_send(command) {
            let commands = self.commands.clone();
            tokio::spawn(async move { commands.send(command).await });
        }
    }

    /// Sends an event on its way; `false` if there is no way just now.
    pub(crate) fn publish(&self, to: Instance, room: RoomId, event: Event) -> bool {
        self.is_up() && self.commands.try_send(Command::Publish { to, room, event }).is_ok()
    }

    /// Says goodbye after everything that was asked before.
    pub(crate) async fn goodbye(&self) {
        // An instance that can't say it is found dead when its lease expires.
        let _ = self.ask(|reply| Command::Goodbye { reply }).await;
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, Unavailable> {
        if !self.is_up() {
            return Err(Unavailable);
        }
        let (reply, answer) = oneshot::channel();
        let asked = async {
            self.commands.send(command(reply)).await.map_err(|_| Unavailable)?;
            answer.await.map_err(|_| Unavailable)
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| Unavailable)?
    }
}
