//! What a move tells the person, and what both of them choose.

use crate::{event::Event, failure::Failure, jobs::World, pairing::Teller};
use nyx_net::link::Path;
use nyx_proto::moving::Progress;
use nyx_vault::Vault;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What of an account goes along.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Selection {
    /// Whether attachments do.
    pub attachments: bool,
    /// Only what is younger than so many months; `None`: everything.
    pub months: Option<u32>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { attachments: true, months: None }
    }
}

impl Selection {
    /// From when on, in milliseconds since 1970.
    pub(super) fn since_ms(&self, now_ms: i64) -> Option<i64> {
        self.months.map(|months| now_ms.saturating_sub(i64::from(months).saturating_mul(MONTH_MS)).max(0))
    }
}

/// How much would go along.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MoveSize {
    /// How many messages.
    pub messages: u64,
    /// How many attachments.
    pub attachments: u64,
    /// How many bytes, all together.
    pub bytes: u64,
}

/// Whom this device has met, and what about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Met {
    /// On the old device the name of the new one; on the new device the name of the account.
    pub name: String,
    /// On the new device: four words of the account's id.
    pub words: Option<[&'static str; 4]>,
    /// Which way the packets go.
    pub path: Path,
    /// How much would come or go.
    pub bytes: u64,
}

/// What is going on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// The old device makes the copy that will go.
    Preparing,
    /// Codes, digits and questions.
    Meeting,
    /// On the new device: the digits were right, and the person of the old one is asked whether all of it is to go. What
    /// would come is not known yet.
    Consenting,
    /// The other device is looked for: both have met before.
    Finding,
    /// Chunks go.
    Sending,
    /// Chunks come.
    Receiving,
    /// On the old device: nothing changes any more, and what came last goes. On the new one: it is being put together.
    Finishing,
    /// On the new device: everything is here, and the old one is to let go. On the old one: it has let go, and waits for the
    /// receipt. From here on nobody can cancel.
    Waiting,
    /// The account is being put in its place.
    Activating,
}

/// On which side of a move a device is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Its account goes.
    Sending,
    /// An account comes.
    Receiving,
}

/// A move that was begun and is not over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unfinished {
    /// On which side this device is.
    pub role: Role,
    /// What the other side is called; `None`: known once the password was typed.
    pub peer: Option<String>,
    /// Whether it can be given up still.
    pub can_stop: bool,
}

/// A vault that came into the home, on its way to the engine; the way back is for who still needs it.
pub(crate) struct Arrived {
    pub(crate) vault: Vault,
    pub(crate) shared: oneshot::Sender<Arc<Vault>>,
}

/// Tells how far a move is: what is new, and figures a few times a second.
pub(super) struct Reporter {
    tell: Teller,
    world: World,
    stage: Option<Stage>,
    path: Option<Path>,
    told: Option<(u64, Progress)>,
    began_ms: u64,
}

impl Reporter {
    pub(super) fn new(tell: Teller, world: World) -> Self {
        let began_ms = world.passed_ms();
        Self { tell, world, stage: None, path: None, told: None, began_ms }
    }

    pub(super) async fn tell(&self, event: Event) {
        self.tell.tell(event).await;
    }

    pub(super) async fn stage(&mut self, stage: Stage) {
        if self.stage.replace(stage) != Some(stage) {
            self.tell.tell(Event::Stage(stage)).await;
        }
    }

    /// Which way the packets go, as long as they do.
    pub(super) async fn path(&mut self, path: Option<Path>) {
        if let Some(path) = path
            && self.path.replace(path) != Some(path)
        {
            self.tell.tell(Event::MovePath(path)).await;
        }
    }

    pub(super) async fn progress(&mut self, progress: Progress) {
        let now_ms = self.world.passed_ms();
        let is_news = self.told.is_none_or(|(at_ms, before)| {
            let passed_ms = now_ms.saturating_sub(at_ms);
            let has_moved = (progress.done, progress.total) != (before.done, before.total);
            let is_end = progress.done == progress.total;
            (has_moved && (is_end || passed_ms >= EVERY_MS)) || passed_ms >= AT_LEAST_EVERY_MS
        });
        if is_news {
            self.told = Some((now_ms, progress));
            self.tell.tell(Event::Moving(progress)).await;
        }
    }

    /// How long the bytes went, in milliseconds.
    pub(super) fn took_ms(&self) -> u64 {
        self.world.passed_ms().saturating_sub(self.began_ms)
    }
}

/// Carries out something that touches the disk, away from the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string())))
}

/// As long as twelve of them are a year.
const MONTH_MS: i64 = 2_629_746_000;
/// Often enough to look smooth.
const EVERY_MS: u64 = 200;
/// A rate that falls is news although nothing comes.
const AT_LEAST_EVERY_MS: u64 = 1000;
