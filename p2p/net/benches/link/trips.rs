//! What a person's message takes while bulk fills the path: small ones go there and back beside it.

use bytes::Bytes;
use nyx_net::lane::Lane;
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

/// Messages on their way, one at a time.
pub(crate) struct Trips(JoinHandle<()>, Arc<std::sync::Mutex<Vec<Duration>>>);

/// How long round trips took.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    /// Half of them no longer.
    pub(crate) half: Duration,
    /// Nineteen of twenty no longer.
    pub(crate) most: Duration,
}

impl Trips {
    pub(crate) fn begin(lane: Arc<dyn Lane>) -> Self {
        let taken = Arc::default();
        let all: Arc<std::sync::Mutex<Vec<Duration>>> = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            // Bulk takes a moment to fill the path.
            sleep(BEFORE).await;
            loop {
                let began = Instant::now();
                let there = lane.send(Bytes::from_static(&[7; SIZE])).await;
                if there.is_err() || !matches!(lane.receive().await, Ok(Some(_))) {
                    return;
                }
                all.lock().unwrap().push(began.elapsed());
                sleep(BETWEEN).await;
            }
        });
        Self(task, taken)
    }

    /// None where none came back.
    pub(crate) fn end(self) -> Option<Spread> {
        self.0.abort();
        let mut all = self.1.lock().unwrap();
        all.sort_unstable();
        Some(Spread { half: *all.get(all.len() / 2)?, most: *all.get(all.len() * 19 / 20)? })
    }
}

/// Sends back what comes.
pub(crate) async fn echo(lane: Arc<dyn Lane>) {
    while let Ok(Some(message)) = lane.receive().await {
        if lane.send(message).await.is_err() {
            return;
        }
    }
}

/// A short text.
const SIZE: usize = 200;
const BEFORE: Duration = Duration::from_millis(500);
/// As often as a call's packets come would be twice as much; this is enough to see a queue.
const BETWEEN: Duration = Duration::from_millis(40);
