//! Chunks on their way out: a thread reads and seals them, a task sends them. Both wait for each other and for the lane,
//! and nobody else waits for them.

use crate::failure::Failure;
use nyx_crypto::{
    moving::{Content, TransferKeys},
    stream::SEALED_CHUNK,
};
use nyx_net::lane::Lane;
use nyx_vault::{OutgoingItem, StorageError, Vault};
use nyx_wire::moving::{CHUNK_HEAD_LEN, ChunkHead, WINDOW_CHUNKS_MAX};
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
            let mut open: Option<OutgoingItem> = None;
            while let Some((at, content)) = heads.blocking_recv() {
                let message = read(&vault, &keys, &mut open, at, &content)?;
                if sealed.blocking_send(message).is_err() {
                    break;
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

fn read(
    vault: &Vault,
    keys: &TransferKeys,
    open: &mut Option<OutgoingItem>,
    at: ChunkHead,
    content: &Content,
) -> Result<Vec<u8>, StorageError> {
    let item = match open.take() {
        Some(item) if item.content() == *content => item,
        _ => vault.open_item(keys, content)?,
    };
    let item = open.insert(item);
    let mut message = vec![0; CHUNK_HEAD_LEN + SEALED_CHUNK];
    message[..CHUNK_HEAD_LEN].copy_from_slice(&at.to_bytes());
    let length = item.chunk(at.chunk, &mut message[CHUNK_HEAD_LEN..])?.len();
    message.truncate(CHUNK_HEAD_LEN + length);
    Ok(message)
}

/// A window, and what was asked for again by a break.
const WANTED: usize = 2 * WINDOW_CHUNKS_MAX as usize;
/// 1 MiB between the disk and the lane.
const READY: usize = 16;
