//! Tells the front end what happens in a meeting.

use crate::{
    clock::Clock,
    event::{Event, Told},
    front::RequestId,
};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Whom a meeting tells.
#[derive(Clone)]
pub(crate) struct Teller {
    by: RequestId,
    events: mpsc::Sender<Told>,
    clock: Arc<dyn Clock>,
    told_at_ms: u128,
}

impl Teller {
    pub(super) const fn new(by: RequestId, events: mpsc::Sender<Told>, clock: Arc<dyn Clock>) -> Self {
        Self { by, events, clock, told_at_ms: 0 }
    }

    /// Waits while the front end is behind.
    pub(crate) async fn tell(&self, event: Event) {
        // A front end that is gone needs no events; the engine notices by itself.
        let _ = self.events.send(Told { by: Some(self.by), event }).await;
    }

    /// How much has passed, a few times a second at most, and never waiting: the next one says more than this one did.
    pub(super) fn progress(&mut self, done: u64) {
        self.progress_of(done, None);
    }

    /// The same, of so much in all.
    pub(crate) fn progress_of(&mut self, done: u64, total: Option<u64>) {
        let now_ms = self.clock.running().as_millis();
        if now_ms.saturating_sub(self.told_at_ms) >= PROGRESS_EVERY_MS {
            self.told_at_ms = now_ms;
            let _ = self.events.try_send(Told { by: Some(self.by), event: Event::Progress { done, total } });
        }
    }
}

/// As often as other work tells.
const PROGRESS_EVERY_MS: u128 = 100;
