//! A job of two devices that have met: how fast the link between them is. Specified in `p2p/docs/protocol/check.md`.

use super::{
    failing::{NetTrouble, PeerTrouble},
    teller::Teller,
};
use crate::{clock::Clock, failure::Failure};
use nyx_net::{lane::Lane, link::BulkCarrier};
use nyx_wire::check::{CheckMessage, Counted};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::timeout};

/// What was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Measured {
    /// From a word to its answer.
    pub round_trip: Duration,
    /// Bytes a second from here to the other device.
    pub to_peer: u64,
    /// Bytes a second from there.
    pub from_peer: u64,
    /// What carried them, when they had gone.
    pub carrier: BulkCarrier,
}

/// What the job works with.
pub(super) struct Check {
    pub(super) control: Arc<dyn Lane>,
    pub(super) bulk: Arc<dyn Lane>,
    pub(super) carrier: watch::Receiver<BulkCarrier>,
    pub(super) tell: Teller,
    pub(super) clock: Arc<dyn Clock>,
}

impl Check {
    /// The side that shows the code leads.
    pub(super) async fn lead(mut self) -> Result<Measured, Failure> {
        let mut trips = [Duration::ZERO; PINGS as usize];
        for (number, trip) in (0..).zip(&mut trips) {
            let began = self.clock.running();
            self.say(CheckMessage::Ping { number }).await?;
            if self.hear().await? != (CheckMessage::Pong { number }) {
                return Err(PeerTrouble::Dishonest.into());
            }
            *trip = self.clock.running().saturating_sub(began);
        }
        trips.sort_unstable();
        let round_trip = trips[trips.len() / 2];
        let there = self.pour().await?;
        let back = self.count(there.bytes).await?;
        let carrier = *self.carrier.borrow();
        let round_trip_us = micros(round_trip);
        self.say(CheckMessage::Found { round_trip_us, there, back }).await?;
        Ok(Measured { round_trip, to_peer: there.rate(), from_peer: back.rate(), carrier })
    }

    /// The other one follows.
    pub(super) async fn follow(mut self) -> Result<Measured, Failure> {
        for number in 0..PINGS {
            if self.hear().await? != (CheckMessage::Ping { number }) {
                return Err(PeerTrouble::Dishonest.into());
            }
            self.say(CheckMessage::Pong { number }).await?;
        }
        let counted = self.count(0).await?;
        self.say(CheckMessage::Counted(counted)).await?;
        self.pour_after(counted.bytes).await?;
        // The other side still waits for the end of it, and has not closed anything.
        let carrier = *self.carrier.borrow();
        loop {
            match self.hear().await? {
                CheckMessage::Got { .. } => {}
                CheckMessage::Found { round_trip_us, there, back } => {
                    let round_trip = Duration::from_micros(round_trip_us);
                    return Ok(Measured { round_trip, to_peer: back.rate(), from_peer: there.rate(), carrier });
                }
                _ => return Err(PeerTrouble::Dishonest.into()),
            }
        }
    }

    /// Pours, and hears what arrived.
    async fn pour(&mut self) -> Result<Counted, Failure> {
        self.pour_after(0).await?;
        loop {
            match self.hear().await? {
                CheckMessage::Got { .. } => {}
                CheckMessage::Counted(counted) => return Ok(counted),
                _ => return Err(PeerTrouble::Dishonest.into()),
            }
        }
    }

    /// `before` is what has passed already the other way: for the person it is one amount.
    async fn pour_after(&mut self, before: u64) -> Result<(), Failure> {
        let began = self.clock.running();
        let (mut sent, mut got) = (0u64, 0u64);
        while sent < POUR_MAX && self.clock.running().saturating_sub(began) < POUR {
            if sent - got >= (2 * got).clamp(UNDER_WAY_MIN, UNDER_WAY_MAX) {
                match self.hear().await? {
                    CheckMessage::Got { bytes } if (got..=sent).contains(&bytes) => got = bytes,
                    _ => return Err(PeerTrouble::Dishonest.into()),
                }
                continue;
            }
            self.send(&*self.bulk, vec![0; CHUNK]).await?;
            sent += CHUNK as u64;
            self.tell.progress(before + sent);
        }
        self.send(&*self.bulk, Vec::new()).await
    }

    async fn count(&mut self, before: u64) -> Result<Counted, Failure> {
        let (mut counted, mut told) = (Counted::default(), 0);
        let mut began = None;
        loop {
            let message = patiently(self.bulk.receive()).await?.map_err(|_| NetTrouble::Lost)?;
            let Some(message) = message else { return Err(PeerTrouble::Cancelled.into()) };
            if message.is_empty() {
                return Ok(counted);
            }
            let began = *began.get_or_insert_with(|| self.clock.running());
            counted.bytes += message.len() as u64;
            counted.micros = micros(self.clock.running().saturating_sub(began));
            if counted.bytes > 2 * POUR_MAX {
                return Err(PeerTrouble::Dishonest.into());
            }
            if counted.bytes - told >= TELL_EVERY {
                told = counted.bytes;
                self.say(CheckMessage::Got { bytes: told }).await?;
            }
            self.tell.progress(before + counted.bytes);
        }
    }

    async fn say(&self, message: CheckMessage) -> Result<(), Failure> {
        self.send(&*self.control, message.to_bytes()).await
    }

    async fn hear(&self) -> Result<CheckMessage, Failure> {
        match patiently(self.control.receive()).await? {
            Ok(Some(message)) => CheckMessage::parse(&message).map_err(|_| PeerTrouble::Dishonest.into()),
            Ok(None) => Err(PeerTrouble::Cancelled.into()),
            Err(_) => Err(NetTrouble::Lost.into()),
        }
    }

    async fn send(&self, lane: &dyn Lane, message: Vec<u8>) -> Result<(), Failure> {
        patiently(lane.send(message.into())).await?.map_err(|_| NetTrouble::Lost.into())
    }
}

async fn patiently<T>(waiting: impl Future<Output = T>) -> Result<T, Failure> {
    timeout(SILENCE, waiting).await.map_err(|_| NetTrouble::Lost.into())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Enough for the middle one to be an honest one.
const PINGS: u32 = 10;
/// As large as a chunk of a transfer.
const CHUNK: usize = 64 * 1024;
/// Long enough for a link to reach its speed, short enough to wait for, twice.
const POUR: Duration = Duration::from_secs(2);
/// More says nothing that less did not, and costs somebody's volume.
const POUR_MAX: u64 = 256 * 1024 * 1024;
/// Four chunks: the slowest path still has something to do until the first word comes back.
const UNDER_WAY_MIN: u64 = 256 * 1024;
/// What the lane gives as credit; more would wait before it.
const UNDER_WAY_MAX: u64 = 8 * 1024 * 1024;
const TELL_EVERY: u64 = 128 * 1024;
/// What a relay loses comes again after 1, 3, 7, 15 and 31 seconds (the stack doubles its timer). A link that is broken is
/// told by itself, and much earlier.
const SILENCE: Duration = Duration::from_secs(40);
