//! A vault that is being made for this home, beside the engine. One at a time: there is one home.

use crate::{failure::Failure, front::RequestId, jobs::Job};
use nyx_vault::Vault;
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::{JoinHandle, spawn_blocking},
    time::timeout,
};

/// What is being made, if anything is.
#[derive(Default)]
pub(super) struct Making(Option<UnderWay>);

struct UnderWay {
    by: RequestId,
    stop: Arc<AtomicBool>,
    task: JoinHandle<Result<Vault, Failure>>,
}

impl Making {
    /// Whether the home is to have a vault soon.
    pub(super) const fn is_under_way(&self) -> bool {
        self.0.is_some()
    }

    /// Begins. Nothing else may be under way.
    pub(super) fn begin(&mut self, job: Job, work: impl FnOnce(&Job) -> Result<Vault, Failure> + Send + 'static) {
        let (by, stop) = (job.by, Arc::clone(&job.stop));
        self.0 = Some(UnderWay { by, stop, task: spawn_blocking(move || work(&job)) });
    }

    /// Waits until it is made, or was not; for ever where nothing is under way.
    pub(super) async fn ended(&mut self) -> (RequestId, Result<Vault, Failure>) {
        let Some(UnderWay { by, task, .. }) = &mut self.0 else { return pending().await };
        let (by, made) = (*by, task.await);
        self.0 = None;
        (by, made.unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string()))))
    }

    /// Stops it, and returns when it has stopped: what came of it. What does not stop in time is no longer waited for;
    /// whatever it makes is a whole vault or none.
    pub(super) async fn stop(&mut self) -> Option<RequestId> {
        let UnderWay { by, stop, task } = self.0.take()?;
        stop.store(true, Ordering::Relaxed);
        if timeout(STOP_MAX, task).await.is_err() {
            tracing::error!("the making of a vault did not stop");
        }
        Some(by)
    }
}

/// It looks several times a second whether it is still wanted. What does not stop in this time waits for a disk.
const STOP_MAX: Duration = Duration::from_secs(3);
