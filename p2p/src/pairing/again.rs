//! Two who were in the middle of a move come back to each other: after a lost link, a restart, another network. Both keep
//! the way back in their records; the old device waits at the standing place, the new one goes there and greets.
//! Specified in `p2p/docs/protocol/moving.md`, section 7.

mod answering;
mod greeting;
mod place;
mod talk;

use super::{hosted::Hosted, line::Line, reach::Reach};
use crate::jobs::World;
use nyx_crypto::{purposes::ResumeKey, secret::Secret};
use nyx_wire::moving::WayBack;
use place::Place;
use std::sync::Arc;
use tokio::{sync::mpsc, task::JoinHandle};

/// Which of the two this device is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    /// The one that sends: it waits.
    Old,
    /// The one that receives: it greets.
    New,
}

/// What both know of each other.
pub(crate) struct Known {
    /// Which move.
    pub(crate) transfer: [u8; 16],
    /// Proves each to the other.
    pub(crate) resume: Secret<ResumeKey>,
    /// Where they meet.
    pub(crate) way: WayBack,
}

/// The way back to the other device. Dropped, nobody looks for it any more.
pub(crate) struct Again {
    ground: Arc<Ground>,
    side: Side,
    looking: Option<JoinHandle<()>>,
    found: mpsc::Sender<Line>,
    lines: mpsc::Receiver<Line>,
}

/// What the search needs.
struct Ground {
    world: World,
    reach: Reach,
    known: Known,
    hosted: tokio::sync::Mutex<Hosted>,
}

impl Again {
    /// Nothing is looked for yet. `hosted` is what this side keeps open since the two met for the first time.
    pub(crate) fn new(world: World, reach: Reach, known: Known, hosted: Hosted, side: Side) -> Self {
        let (found, lines) = mpsc::channel(1);
        let hosted = tokio::sync::Mutex::new(hosted);
        Self { ground: Arc::new(Ground { world, reach, known, hosted }), side, looking: None, found, lines }
    }

    /// Looks for the other device, unless it does already.
    pub(crate) fn look(&mut self) {
        if self.looking.as_ref().is_some_and(|looking| !looking.is_finished()) {
            return;
        }
        let (ground, found) = (Arc::clone(&self.ground), self.found.clone());
        self.looking = Some(match self.side {
            Side::Old => tokio::spawn(async move { answering::wait(&ground, &found).await }),
            Side::New => tokio::spawn(async move { greeting::greet(&ground, &found).await }),
        });
    }

    /// The next link to it. Nothing is lost by giving up waiting.
    pub(crate) async fn found(&mut self) -> Line {
        match self.lines.recv().await {
            Some(line) => line,
            // This holds the other end itself.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        if let Some(looking) = &self.looking {
            looking.abort();
        }
    }
}

impl Ground {
    fn resume(&self) -> Secret<ResumeKey> {
        Secret::from_bytes(*self.known.resume.expose())
    }

    async fn place(&self) -> Place {
        let mut hosted = self.hosted.lock().await;
        Place::open(&self.reach, &self.known, &mut hosted).await
    }
}
