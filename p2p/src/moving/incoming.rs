//! The new device's disk, as the machine wants it used: the staging until the account is in its place, and the vault after.

use super::{power, way};
use crate::{
    account::{
        claim::Claim,
        identity::{self, Newcomer},
    },
    commit::look,
    failure::Failure,
    jobs::World,
    pairing::Wanted,
};
use nyx_crypto::{account::Aid, device::DeviceKeys};
use nyx_proto::moving::{Chunk, Handed, With};
use nyx_vault::{Arrival, BuildError, Turn, Vault};
use nyx_wire::{
    content::ContentHash,
    identity::Body,
    moving::{Item, Manifest, ReceiverRecord, WayBack},
};
use std::sync::Arc;
use tokio::sync::watch;

/// What the machine wants done.
pub(super) enum Task {
    Persist(Vec<u8>, With),
    Store(Vec<Chunk>),
    Sync(u64),
    Hash(u32),
    Build(Vec<(u32, Item)>),
    Activate(Box<Handed>),
    /// The vault came into its place, and the engine has it too.
    Shared(Arc<Vault>),
    Heard,
}

/// What came of it.
pub(super) enum Answer {
    Persisted,
    Synced(u64),
    Hashed(u32, ContentHash),
    Built([u8; 32], Box<Newcomer>),
    /// It is in its place. The vault is to be shared, unless it was there before.
    Activated(Box<DeviceKeys>, Option<Box<Vault>>),
    /// What came is not what it was said to be.
    Dishonest,
    Failed(Failure),
}

/// Where an account comes to.
pub(super) enum Home {
    /// Beside the home, nobody's vault yet. The claim keeps others from making one in the home.
    Staging(Box<Arrival>, Claim),
    /// In its place.
    Vault(Arc<Vault>),
    /// On its way from one to the other, or gone.
    Between,
}

/// The disk of the new device.
pub(super) struct Incoming {
    pub(super) world: World,
    pub(super) home: Home,
    pub(super) aid: Aid,
    /// Known as soon as there is a record.
    pub(super) transfer: Option<[u8; 16]>,
    /// How to come back.
    pub(super) way: Option<WayBack>,
    pub(super) wanted: Wanted,
    /// How much of the building is done, and of how much.
    pub(super) built: watch::Sender<(u64, u64)>,
}

impl Incoming {
    pub(super) fn work(&mut self, task: Task) -> Option<Answer> {
        let answer = match task {
            Task::Store(chunks) => match self.store(&chunks) {
                Ok(()) => return None,
                Err(failure) => Err(failure),
            },
            Task::Heard => {
                self.heard();
                return None;
            }
            Task::Shared(vault) => {
                self.home = Home::Vault(vault);
                return None;
            }
            Task::Persist(record, with) => {
                power::step(power::of_new(&record), || self.persist(&record, with)).map(|()| Answer::Persisted)
            }
            Task::Sync(place) => self.staging().and_then(|staging| {
                staging.sync(place)?;
                Ok(Answer::Synced(place))
            }),
            Task::Hash(item) => match self.staging() {
                Ok(staging) => of_build(staging.hash_item(item).map(|hash| Answer::Hashed(item, hash))),
                Err(failure) => Err(failure),
            },
            Task::Build(items) => power::step("new-built", || self.build(&items)),
            Task::Activate(handed) => power::step("new-home", || self.activate(&handed)),
        };
        Some(answer.unwrap_or_else(Answer::Failed))
    }

    fn staging(&mut self) -> Result<&mut Arrival, Failure> {
        match &mut self.home {
            Home::Staging(staging, _) => Ok(staging),
            Home::Vault(_) | Home::Between => Err(Failure::Internal("the staging is in its place already".into())),
        }
    }

    fn store(&mut self, chunks: &[Chunk]) -> Result<(), Failure> {
        let staging = self.staging()?;
        for chunk in chunks {
            staging.store(chunk.at, &chunk.content, chunk.kind, chunk.sealed())?;
        }
        Ok(())
    }

    fn persist(&mut self, record: &[u8], with: With) -> Result<(), Failure> {
        let now_ms = self.world.now_ms();
        match std::mem::replace(&mut self.home, Home::Between) {
            Home::Staging(mut staging, claim) => {
                staging.keep(record, now_ms)?;
                self.transfer = transfer_of(record);
                if with == With::Discard {
                    staging.discard()?;
                } else {
                    self.home = Home::Staging(staging, claim);
                }
            }
            Home::Vault(vault) => {
                let transfer = self.transfer.ok_or(Failure::NoMove)?;
                let kept = vault.keep_move(&transfer, record, Turn::Stay, now_ms);
                self.home = Home::Vault(vault);
                kept?;
            }
            // Nothing was begun that a record could be about.
            Home::Between => {}
        }
        Ok(())
    }

    fn build(&mut self, items: &[(u32, Item)]) -> Result<Answer, Failure> {
        let (wanted, told) = (self.wanted.clone(), self.built.clone());
        let built = self.staging()?.build(items, &mut |done, total| {
            told.send_replace((done, total));
            wanted.is_wanted()
        });
        let content = match built {
            Ok(content) => content,
            Err(error) => return of_build(Err(error)),
        };
        let newcomer = Newcomer::new(&self.world, self.aid)?;
        let (way, transfer) = (self.way.clone(), self.transfer.ok_or(Failure::NoMove)?);
        self.staging()?.write(|tx| {
            newcomer.write(tx)?;
            // The staging's own note stays behind when it becomes the home.
            way.map_or(Ok(()), |way| way::keep(tx, &transfer, &way))
        })?;
        Ok(Answer::Built(content, Box::new(newcomer)))
    }

    fn activate(&mut self, handed: &Handed) -> Result<Answer, Failure> {
        match std::mem::replace(&mut self.home, Home::Between) {
            Home::Staging(staging, claim) => {
                let vault = staging.activate(&handed.opkey, &handed.list)?;
                // From here on the vault's own lock holds the home.
                drop(claim);
                let keys = look(&vault, identity::device_keys)?;
                Ok(Answer::Activated(Box::new(keys), Some(Box::new(vault))))
            }
            Home::Vault(vault) => {
                let keys = look(&vault, identity::device_keys)?;
                self.home = Home::Vault(vault);
                Ok(Answer::Activated(Box::new(keys), None))
            }
            Home::Between => Err(Failure::NoMove),
        }
    }

    fn heard(&mut self) {
        let now_ms = self.world.now_ms();
        let noted = match &mut self.home {
            Home::Staging(staging, _) => staging.heard(now_ms),
            Home::Vault(vault) => self.transfer.map_or(Ok(()), |transfer| vault.heard_move(&transfer, now_ms)),
            Home::Between => Ok(()),
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "that the other device was heard could not be noted");
        }
    }
}

/// What is not as it was said to be is the other side's; everything else is this one's.
fn of_build(built: Result<Answer, BuildError>) -> Result<Answer, Failure> {
    match built {
        Ok(answer) => Ok(answer),
        Err(BuildError::Content) => Ok(Answer::Dishonest),
        Err(BuildError::Cancelled) => Err(Failure::Cancelled),
        Err(BuildError::Storage(error)) => Err(error.into()),
    }
}

/// Which move a record is about.
pub(super) fn transfer_of(record: &[u8]) -> Option<[u8; 16]> {
    let record = ReceiverRecord::parse(record).ok()?;
    Some(Manifest::parse(record.first.body()).ok()?.transfer)
}
