//! Accounts to be moved.

use crate::device::{PASSWORD, Place};
use nyx_p2p::{Author, Delivery, Password};
use nyx_vault::{
    ConversationId, LockedVault, MessageId, StorageError, StoredBlob, Vault, WriteError,
    model::{About, NewAttachment, NewMessage},
};
use std::{fs, io::Read, path::Path, process::Stdio, thread};
use tempfile::TempDir;

/// What the files of an account are like.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Large,
    Small,
    Mixed,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Large, Self::Small, Self::Mixed];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Small => "small",
            Self::Mixed => "mixed",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Where the old device has its account. To lay down 100,000 files durably takes minutes, and what the old device reads was
    /// just written, so it would be in memory anyway: where there is room it is there from the beginning.
    pub(crate) fn home(self, folder: &Path, bytes: u64) -> TempDir {
        let memory = Path::new("/dev/shm");
        if bytes <= IN_MEMORY && memory.is_dir() {
            TempDir::new_in(memory).unwrap()
        } else {
            TempDir::new_in(folder).unwrap()
        }
    }

    /// How many bytes each file has.
    fn files(self, bytes: u64, small_files: u64) -> Vec<u64> {
        let large = |bytes: u64| vec![LARGE.min(bytes); bytes.div_ceil(LARGE) as usize];
        let small = |bytes: u64, files: u64| vec![bytes / files; files as usize];
        match self {
            Self::Large => large(bytes),
            Self::Small => small(bytes, small_files),
            Self::Mixed => [large(bytes / 2), small(bytes / 2, small_files / 2)].concat(),
        }
    }
}

/// Makes an account with one file a message, and tells how many bytes its files have. `folder` gets the file `password`.
pub(crate) fn make(home: &Path, folder: &Path, kind: Kind, bytes: u64, small_files: u64) -> u64 {
    fs::write(folder.join("password"), PASSWORD).unwrap();
    let mut init = Place::Here.nyx(home, folder);
    init.args(["init", "--name", "Sari", "--phrase-out"]).arg(folder.join("phrase"));
    assert!(init.stdout(Stdio::null()).status().unwrap().success());
    let password = Password::new(PASSWORD).unwrap();
    let vault = LockedVault::find(home).unwrap().unlock(&password).map_err(|locked| locked.error).unwrap();
    let notes = vault.read::<_, StorageError>(|reader| reader.notes()).unwrap().unwrap().id;
    let files = kind.files(bytes, small_files);
    for (batch, files) in files.chunks(BATCH).enumerate() {
        let first = batch * BATCH;
        let blobs = stored(&vault, first, files);
        vault
            .commit::<_, WriteError>(|tx| {
                for (number, blob) in (first..).zip(blobs) {
                    tx.add_message(message(notes, number as u64, blob))?;
                }
                Ok(())
            })
            .unwrap();
    }
    files.iter().sum()
}

/// Several at once: each waits for the disk.
fn stored(vault: &Vault, first: usize, files: &[u64]) -> Vec<StoredBlob> {
    let part = files.len().div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = files
            .chunks(part)
            .enumerate()
            .map(|(at, files)| {
                let first = first + at * part;
                scope.spawn(move || {
                    let store = |(number, bytes): (usize, &u64)| {
                        let mut content = Noise(number as u64).take(*bytes);
                        vault.store_blob(&mut content, &mut |_| true).unwrap()
                    };
                    (first..).zip(files).map(store).collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

fn message(conversation: ConversationId, number: u64, blob: StoredBlob) -> NewMessage {
    let about = About { name: format!("{number}.bin"), ..About::default() };
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    NewMessage {
        id: MessageId(id),
        conversation,
        author: Author::Me,
        at_ms: 1_700_000_000_000 + number as i64,
        delivery: Delivery::Here,
        body: format!("file {number}"),
        reply_to: None,
        attachments: vec![NewAttachment { blob, about }],
        ttl_secs: None,
    }
}

/// Bytes that nothing makes smaller, and that no other file has.
pub(crate) struct Noise(pub(crate) u64);

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for piece in buffer.chunks_mut(8) {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            piece.copy_from_slice(&mixed.to_be_bytes()[..piece.len()]);
        }
        Ok(buffer.len())
    }
}

const LARGE: u64 = 64 << 20;
const IN_MEMORY: u64 = 2 << 30;
/// Files that are kept in one transaction.
const BATCH: usize = 500;
const THREADS: usize = 8;
