//! Chunks on their way in: taken off the lane by a task, opened by the machine away from the async threads, a handful at a
//! time, and handed to the disk from there.

use super::incoming::Task;
use nyx_net::lane::Lane;
use nyx_proto::moving::{Chunk, Output, Receiver};
use std::sync::Arc;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

/// The chunks that come in on one link.
pub(super) struct Intake {
    chunks: mpsc::Receiver<Vec<u8>>,
    reader: JoinHandle<()>,
}

impl Intake {
    pub(super) fn begin(bulk: Arc<dyn Lane>) -> Self {
        let (taken, chunks) = mpsc::channel(TAKEN);
        let reader = tokio::spawn(async move {
            // A link that is over says so itself.
            while let Ok(Some(chunk)) = bulk.receive().await {
                if taken.send(chunk.into()).await.is_err() {
                    return;
                }
            }
        });
        Self { chunks, reader }
    }

    /// The next chunks, in their order. Nothing is lost by giving up waiting.
    pub(super) async fn next(&mut self) -> Vec<Vec<u8>> {
        let mut chunks = Vec::with_capacity(HANDFUL);
        if self.chunks.recv_many(&mut chunks, HANDFUL).await == 0 {
            std::future::pending::<()>().await;
        }
        chunks
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Lets the machine open chunks. What is for the disk goes there from here, in its order; the rest comes back. `None`: a
/// chunk took the machine along, which no chunk may.
pub(super) async fn opened(
    mut receiver: Receiver,
    chunks: Vec<Vec<u8>>,
    now_ms: u64,
    disk: mpsc::Sender<Task>,
) -> Option<(Receiver, Vec<Output>)> {
    let opened = spawn_blocking(move || {
        let mut rest = Vec::new();
        for chunk in chunks {
            let outputs;
            (receiver, outputs) = receiver.handle_chunk(chunk, now_ms);
            // What one message has brought is written at one go.
            let mut stored = Vec::new();
            for output in outputs {
                let task = match output {
                    Output::Store(chunk) => {
                        stored.push(chunk);
                        continue;
                    }
                    Output::Sync(place) => Task::Sync(place),
                    Output::Hash { item } => Task::Hash(item),
                    other => {
                        rest.push(other);
                        continue;
                    }
                };
                hand(&disk, &mut stored);
                let _ = disk.blocking_send(task);
            }
            hand(&disk, &mut stored);
        }
        (receiver, rest)
    });
    opened.await.ok()
}

/// Hands chunks to the disk. One that is gone is heard of elsewhere.
fn hand(disk: &mpsc::Sender<Task>, stored: &mut Vec<Chunk>) {
    if !stored.is_empty() {
        let _ = disk.blocking_send(Task::Store(std::mem::take(stored)));
    }
}

/// 1 MiB between the lane and the machine; more would only wait longer.
const TAKEN: usize = 16;
/// As many as are worth the way to another thread.
const HANDFUL: usize = 16;
