//! Chunks on their way out: a thread reads and seals them, a task sends them. Both wait for each other and for the lane,
//! and nobody else waits for them.

use crate::failure::Failure;
use nyx_crypto::moving::{Content, TransferKeys};
use nyx_net::lane::Lane;
use nyx_vault::{OutgoingItems, StorageError, Vault};
use nyx_wire::moving::{CHUNK_HEAD_LEN, ChunkHead, SEALED_CHUNK_MAX, SMALL_CHUNKS, WINDOW_CHUNKS_MAX};
use std::sync::Arc;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

/// The chunks that go out on one link. Dropped, what has not been read yet is not.
pub(super) struct Pump {
    wanted: mpsc::Sender<(ChunkHead, Content)>,
    reader: JoinHandle<Result<(), StorageError>>,
    sender: JoinHandle<()>,
}

impl Pump {
    pub(super) fn begin(vault: Arc<Vault>, keys: TransferKeys, bulk: Arc<dyn Lane>) -> Self {
        let (wanted, mut heads) = mpsc::channel(WANTED);
        let (sealed, mut ready) = mpsc::channel(READY);
        let reader = spawn_blocking(move || {
            let (mut items, mut message) = (vault.outgoing(&keys), Message::default());
            while let Some(mut next) = heads.blocking_recv() {
                loop {
                    let (at, content) = next;
                    if !message.has_room(at, &content) && sealed.blocking_send(message.take()).is_err() {
                        return Ok(());
                    }
                    message.add(&mut items, at, &content)?;
                    match heads.try_recv() {
                        Ok(more) => next = more,
                        Err(_) => break,
                    }
                }
                if sealed.blocking_send(message.take()).is_err() {
                    return Ok(());
                }
            }
            Ok(())
        });
        let sender = tokio::spawn(async move {
            while let Some(message) = ready.recv().await {
                let message: Vec<u8> = message;
                let bytes = message.len();
                // A link that is over says so itself.
                if bulk.send(message.into()).await.is_err() {
                    return;
                }
                tracing::trace!(bytes, "a chunk is on its way");
            }
        });
        Self { wanted, reader, sender }
    }

    /// Has a chunk sent. Never more wait than the other side gave credit for.
    pub(super) fn send(&self, at: ChunkHead, content: Content) {
        if self.wanted.try_send((at, content)).is_err() {
            tracing::error!("more chunks than credit");
        }
    }

    /// Returns when something can't be read.
    pub(super) async fn failed(&mut self) -> Failure {
        match (&mut self.reader).await {
            // It ended because the link did.
            Ok(Ok(())) => std::future::pending().await,
            Ok(Err(error)) => error.into(),
            Err(panic) => Failure::Internal(panic.to_string()),
        }
    }

    /// Ends it, and returns when it has let go of the vault.
    pub(super) async fn close(self) {
        let Self { wanted, reader, sender } = self;
        drop(wanted);
        sender.abort();
        if !reader.is_finished() {
            let _ = reader.await;
        }
    }
}

/// A message in the making. Small chunks share one: each costs both sides as much as a full one on its way.
#[derive(Default)]
struct Message {
    bytes: Vec<u8>,
    last: Option<ChunkHead>,
}

impl Message {
    /// Whether this chunk can go along: it is the next one in the sequence, and there is room.
    fn has_room(&self, at: ChunkHead, content: &Content) -> bool {
        let Some(last) = self.last else { return true };
        let follows = (last.item, last.chunk.checked_add(1)) == (at.item, Some(at.chunk))
            || (last.item.checked_add(1), 0) == (Some(at.item), at.chunk);
        let more = content.sealed_chunk_len(at.chunk).unwrap_or(SEALED_CHUNK_MAX);
        follows && self.bytes.len() + more <= CHUNK_HEAD_LEN + SEALED_CHUNK_MAX
    }

    fn add(&mut self, items: &mut OutgoingItems<'_>, at: ChunkHead, content: &Content) -> Result<(), StorageError> {
        if self.last.is_none() {
            self.bytes.reserve_exact(MESSAGE);
            self.bytes.extend_from_slice(&at.to_bytes());
        }
        self.last = Some(at);
        items.read(at, content, &mut self.bytes)
    }

    fn take(&mut self) -> Vec<u8> {
        self.last = None;
        std::mem::take(&mut self.bytes)
    }
}

/// A window, and what was asked for again by a break.
const WANTED: usize = (2 * WINDOW_CHUNKS_MAX * SMALL_CHUNKS) as usize;
/// A full one, and what is read of a file beyond its chunk.
const MESSAGE: usize = CHUNK_HEAD_LEN + SEALED_CHUNK_MAX + 32;
/// 1 MiB between the disk and the lane.
const READY: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_wire::content::ContentHash;

    fn small(bytes: u64) -> Content {
        Content { bytes, hash: ContentHash::sha256(&[0; 32]) }
    }

    #[test]
    fn only_what_follows_and_fits_shares_a_message() {
        let at = |item, chunk| ChunkHead { item, chunk };
        let mut message = Message::default();
        assert!(message.has_room(at(7, 3), &small(1 << 20)), "whatever comes first");
        message.last = Some(at(7, 0));
        message.bytes = vec![0; CHUNK_HEAD_LEN + 50_016];
        assert!(message.has_room(at(8, 0), &small(15_520)) && message.has_room(at(8, 0), &small(0)));
        assert!(!message.has_room(at(8, 0), &small(15_521)), "it would be longer than a full one");
        assert!(message.has_room(at(7, 1), &small(65_536 + 9)), "the end of a long one");
        for other in [at(7, 0), at(7, 2), at(8, 1), at(9, 0), at(6, 0)] {
            assert!(!message.has_room(other, &small(10)), "{other:?} does not follow");
        }
        assert_eq!((message.take().len(), message.last), (CHUNK_HEAD_LEN + 50_016, None));
    }
}
