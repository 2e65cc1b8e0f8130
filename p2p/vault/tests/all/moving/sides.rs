//! Two devices and their vaults: what a driver does for the machines, and nothing in between but two queues.

use super::account::{identity, operating_key, rng};
use crate::{damage::files, ground::*};
use nyx_crypto::{
    account::Aid,
    device::DeviceKeys,
    kdf::PasswordParams,
    moving::{MoveKeys, verify_manifest},
    secret::Secret,
};
use nyx_proto::moving::{Incoming, Outgoing, Output, Receiver, ReceiverView, Sender, Stored, With};
use nyx_vault::{
    Arrival, BuildError, KeptMove, LockedVault, MoveSide, NewPassword, SCHEMA, StorageError, Turn, Vault, WriteError,
};
use nyx_wire::{
    identity::{Body, DeviceName},
    moving::{ItemKind, Manifest, Selection, SenderRecord, StopReason},
};
use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
};

pub(crate) const NEW_PASSWORD: &str = "the new device's password for tests only";
/// Few chunks under way, so that there is much to and fro.
const WINDOW: u64 = 4;

/// Both devices, as far as they live, and what is on the way.
pub(crate) struct Pair {
    pub(crate) old: Old,
    pub(crate) new: New,
    frames_to_old: VecDeque<Vec<u8>>,
    frames_to_new: VecDeque<Vec<u8>>,
    chunks: VecDeque<Vec<u8>>,
    now_ms: u64,
    pub(crate) stopped: Option<StopReason>,
    /// What is said after each step that is durable.
    pub(crate) durable: Box<dyn FnMut(&str)>,
}

pub(crate) struct Old {
    pub(crate) vault: Vault,
    machine: Option<Sender>,
    transfer: [u8; 16],
    pub(crate) moved: bool,
}

pub(crate) struct New {
    home: PathBuf,
    pub(crate) arrival: Option<Arrival>,
    pub(crate) vault: Option<Vault>,
    machine: Option<Receiver>,
    transfer: [u8; 16],
    pub(crate) finished: bool,
    pub(crate) built: Option<[u8; 32]>,
    /// Bytes of the packs of which the vault was built, and most bytes that lay there meanwhile.
    pub(crate) room: (u64, u64),
}

pub(crate) fn move_keys() -> MoveKeys {
    MoveKeys { file: Secret::from_bytes([3; 32]), resume: Secret::from_bytes([4; 32]) }
}

fn aid() -> Aid {
    root().account_root_key().aid()
}

pub(crate) fn new_password_typed() -> nyx_crypto::kdf::Password {
    password(NEW_PASSWORD)
}

impl Pair {
    /// The old device has prepared, the new one has chosen a password; nothing was said.
    pub(crate) fn begin(vault: Vault, home: &Path, selection: Selection) -> Self {
        Self::begin_with_window(vault, home, selection, WINDOW)
    }

    /// The same with as many chunks under way.
    pub(crate) fn begin_with_window(vault: Vault, home: &Path, selection: Selection, window: u64) -> Self {
        let prepared = vault.prepare_move(selection, &mut |_, _| true).unwrap();
        let transfer = prepared.manifest.transfer;
        let opkey = operating_key(&vault).unwrap();
        let manifest = opkey.sign_manifest(prepared.manifest);
        vault.bind_move(&transfer, &move_keys()).unwrap();
        let (keys, _) = move_keys().into_transfer(transfer);
        let outgoing = Outgoing { keys, identity: identity(&vault), manifest, index: prepared.index };
        let (machine, outputs) = Sender::offer(outgoing, 0).unwrap();
        let old = Old { vault, machine: Some(machine), transfer, moved: false };
        let mut pair = Self::of(old, New::begin(home, window));
        pair.act_old(outputs);
        pair
    }

    fn of(old: Old, new: New) -> Self {
        let (frames_to_old, frames_to_new, chunks) = Default::default();
        Self { old, new, frames_to_old, frames_to_new, chunks, now_ms: 0, stopped: None, durable: Box::new(|_| {}) }
    }

    /// Both after a restart, with what their disks say. None: the old device knows of no move.
    pub(crate) fn resume(vault: Vault, home: &Path) -> Option<Self> {
        let kept = vault.moves().unwrap().into_iter().find(|kept| kept.side == MoveSide::Old)?;
        let (old, outputs) = Old::resume(vault, &kept);
        let (new, more) = New::resume(home);
        let mut pair = Self::of(old, new);
        pair.act_old(outputs);
        pair.act_new(more);
        Some(pair)
    }

    /// A link, and everything that follows from it, as long as anything does.
    pub(crate) fn run(&mut self) {
        self.link();
        while self.step() {}
    }

    pub(crate) fn link(&mut self) {
        self.frames_to_old.clear();
        self.frames_to_new.clear();
        self.chunks.clear();
        self.tell_old(|old, now| old.handle_link_lost(now));
        self.tell_new(|new, now| new.handle_link_lost(now));
        self.tell_old(|old, now| old.handle_link(now));
        self.tell_new(|new, now| new.handle_link(now));
    }

    /// One thing arrives, or time goes by; `false` if there is nothing to come.
    pub(crate) fn step(&mut self) -> bool {
        if let Some(frame) = self.frames_to_new.pop_front() {
            self.tell_new(|new, now| new.handle_frame(&frame, now));
        } else if let Some(chunk) = self.chunks.pop_front() {
            self.tell_new(|new, now| new.handle_chunk(chunk, now));
        } else if let Some(frame) = self.frames_to_old.pop_front() {
            self.tell_old(|old, now| old.handle_frame(&frame, now));
        } else if self.old.moved && self.new.finished || self.stopped.is_some() {
            return false;
        } else {
            self.now_ms += 500;
            assert!(self.now_ms < 3_600_000, "stuck: {:?}", self.view());
            self.tell_old(|old, now| old.handle_time(now));
            self.tell_new(|new, now| new.handle_time(now));
        }
        true
    }

    pub(crate) fn view(&self) -> Option<ReceiverView> {
        self.new.machine.as_ref().map(Receiver::view)
    }

    pub(crate) fn is_receiving(&self) -> bool {
        self.view() == Some(ReceiverView::Receiving)
    }

    pub(crate) fn cancel_old(&mut self) {
        self.tell_old(|old, now| old.handle_cancel(StopReason::Person, now));
    }

    pub(crate) fn cancel_new(&mut self) {
        self.tell_new(|new, now| new.handle_cancel(StopReason::Person, now));
    }

    fn tell_old(&mut self, step: impl FnOnce(Sender, u64) -> (Sender, Vec<Output>)) {
        let Some(machine) = self.old.machine.take() else { return };
        let (machine, outputs) = step(machine, self.now_ms);
        self.old.machine = Some(machine);
        self.act_old(outputs);
    }

    fn tell_new(&mut self, step: impl FnOnce(Receiver, u64) -> (Receiver, Vec<Output>)) {
        let Some(machine) = self.new.machine.take() else { return };
        let (machine, outputs) = step(machine, self.now_ms);
        self.new.machine = Some(machine);
        self.act_new(outputs);
    }

    fn act_old(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send(frame) => self.frames_to_new.push_back(frame),
                Output::Persist { record, with } => {
                    let turn = match with {
                        With::Nothing | With::Discard => Turn::Stay,
                        With::Freeze => Turn::Freeze,
                        With::LetGo => Turn::LetGo,
                        With::Thaw => Turn::Thaw,
                    };
                    self.old.vault.keep_move(&self.old.transfer, &record, turn, NOW_MS).unwrap();
                    (self.durable)("old");
                    self.tell_old(Sender::handle_persisted);
                }
                Output::Chunk { at, content } => {
                    let keys = self.old.machine.as_ref().unwrap().keys();
                    let mut message = at.to_bytes().to_vec();
                    self.old.vault.outgoing(keys).read(at, &content, &mut message).unwrap();
                    self.chunks.push_back(message);
                }
                Output::Delta => {
                    let opkey = operating_key(&self.old.vault).unwrap();
                    let first = self.old.first_manifest();
                    let first = verify_manifest(identity(&self.old.vault).opkey(), &first).unwrap();
                    let delta = self.old.vault.move_delta(&first, &mut |_, _| true).unwrap();
                    let last = opkey.sign_manifest(delta.manifest);
                    self.tell_old(|old, now| old.handle_delta(&last, &delta.index, now));
                }
                Output::OpenKey => {
                    let opkey = operating_key(&self.old.vault).unwrap();
                    self.tell_old(|old, now| old.handle_operating_key(&opkey, &mut rng(), now));
                }
                Output::Moved => self.old.moved = true,
                Output::Stopped(why) => self.stopped = Some(why),
                Output::Stalled(_) | Output::Resumed => {}
                other => panic!("not the old device's: {other:?}"),
            }
        }
    }

    fn act_new(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send(frame) => self.frames_to_old.push_back(frame),
                Output::Persist { record, with } => {
                    self.new.keep(&record, with);
                    (self.durable)("new");
                    self.tell_new(Receiver::handle_persisted);
                }
                Output::Store(chunk) => {
                    let arrival = self.new.arrival.as_mut().unwrap();
                    arrival.store(chunk.at, &chunk.content, chunk.kind, chunk.sealed()).unwrap();
                }
                Output::Sync(place) => {
                    self.new.arrival.as_mut().unwrap().sync(place).unwrap();
                    (self.durable)("new");
                    self.tell_new(|new, now| new.handle_synced(place, now));
                }
                Output::Hash { item } => {
                    let hash = self.new.arrival.as_mut().unwrap().hash_item(item).unwrap();
                    self.tell_new(|new, now| new.handle_hashed(item, hash, now));
                }
                Output::Build(items) => {
                    let arrival = self.new.arrival.as_mut().unwrap();
                    let mut most = 0;
                    let folder = self.new.home.with_extension("moving");
                    let built = arrival.build(&items, &mut |_, _| {
                        let sizes = files(&folder).into_iter().filter_map(|file| fs::metadata(file).ok());
                        most = sizes.map(|file| file.len()).sum::<u64>().max(most);
                        true
                    });
                    let packs = items.iter().filter(|(_, item)| item.kind == ItemKind::Rows);
                    self.new.room = (packs.map(|(_, item)| item.bytes).sum(), most);
                    match built {
                        Ok(content) => {
                            self.new.built = Some(content);
                            let keys = DeviceKeys::generate(&mut rng());
                            let device = keys.certify(aid(), DeviceName::new("New laptop").unwrap(), 0);
                            keep_device(arrival, &keys);
                            self.tell_new(|new, now| new.handle_built(content, &keys, &device, now));
                        }
                        Err(BuildError::Content) => {
                            self.tell_new(|new, now| new.handle_cancel(StopReason::Content, now));
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
                Output::Activate(handed) => {
                    if let Some(mut arrival) = self.new.arrival.take() {
                        assert!(LockedVault::find(&self.new.home).is_err(), "no half account is in the home");
                        // What a restart would have.
                        let _ = arrival.stored().unwrap();
                        self.new.vault = Some(arrival.activate(&handed.opkey, &handed.list).unwrap());
                        (self.durable)("active");
                    }
                    let keys = device_keys(self.new.vault.as_ref().unwrap());
                    self.tell_new(|new, now| new.handle_activated(&keys, now));
                }
                Output::Finished => self.new.finished = true,
                Output::Stopped(why) => self.stopped = Some(why),
                Output::Stalled(_) | Output::Resumed => {}
                other => panic!("not the new device's: {other:?}"),
            }
        }
    }

    /// What every move ends with.
    pub(crate) fn check_moved(&self) {
        assert!(self.old.moved && self.new.finished, "{:?}", self.stopped);
        let new = self.new.vault.as_ref().unwrap();
        assert!(operating_key(&self.old.vault).is_none(), "never two active devices");
        assert_eq!(operating_key(new).unwrap().public(), identity(new).opkey().opkey);
        assert_eq!(new.verify(&mut |_| true).unwrap().damages, []);
        assert_eq!(self.old.vault.verify(&mut |_| true).unwrap().damages, []);
        let names: Vec<_> = identity(new).list().devices().iter().map(|cert| cert.name.as_str().to_owned()).collect();
        assert_eq!(names, ["New laptop"]);
    }
}

impl Old {
    fn resume(vault: Vault, kept: &KeptMove) -> (Self, Vec<Output>) {
        let keys = vault.move_keys(&kept.transfer).unwrap().unwrap();
        let (keys, _) = keys.into_transfer(kept.transfer);
        let indexes = vault.move_indexes(&kept.transfer).unwrap();
        let (machine, outputs) =
            Sender::restore(&kept.record, keys, aid(), &indexes.first, indexes.last.as_deref(), 0).unwrap();
        (Self { vault, machine: Some(machine), transfer: kept.transfer, moved: false }, outputs)
    }

    pub(crate) const fn transfer(&self) -> [u8; 16] {
        self.transfer
    }

    fn first_manifest(&self) -> nyx_wire::identity::Signed<Manifest> {
        let kept = self.vault.moves().unwrap();
        SenderRecord::parse(&kept.iter().find(|kept| kept.transfer == self.transfer).unwrap().record).unwrap().first
    }
}

impl New {
    fn begin(home: &Path, window: u64) -> Self {
        let typed = new_password_typed();
        let new = NewPassword { password: &typed, params: PasswordParams::floor() };
        let mut arrival = Arrival::begin(home, &new).unwrap();
        arrival.expect(&move_keys());
        Self::waiting(home, arrival, window)
    }

    fn waiting(home: &Path, arrival: Arrival, window: u64) -> Self {
        let incoming = Incoming { keys: move_keys(), aid: aid(), schema: SCHEMA, free_bytes: 1 << 40, window };
        let machine = Some(Receiver::new(incoming, 0));
        let (home, arrival) = (home.to_owned(), Some(arrival));
        Self { home, arrival, vault: None, machine, transfer: [0; 16], finished: false, built: None, room: (0, 0) }
    }

    fn resume(home: &Path) -> (Self, Vec<Output>) {
        if let Some(locked) = Arrival::find(home).unwrap() {
            let mut arrival = locked.unlock(&new_password_typed()).unwrap();
            let (record, keys) = (arrival.record().unwrap().to_vec(), arrival.move_keys().unwrap());
            let stored = arrival.stored().unwrap();
            let stored = Stored { kept: stored.kept, first: stored.first, last: stored.last };
            let (machine, outputs) = Receiver::restore(&record, keys, aid(), stored, WINDOW, 0).unwrap();
            let (home, arrival, machine) = (home.to_owned(), Some(arrival), Some(machine));
            return (
                Self {
                    home,
                    arrival,
                    vault: None,
                    machine,
                    transfer: [0; 16],
                    finished: false,
                    built: None,
                    room: (0, 0),
                },
                outputs,
            );
        }
        match LockedVault::find(home) {
            Ok(locked) => {
                let vault = locked.unlock(&new_password_typed()).unwrap();
                let kept = vault.moves().unwrap().remove(0);
                assert_eq!(kept.side, MoveSide::New);
                let keys = vault.move_keys(&kept.transfer).unwrap().unwrap();
                let restored = Receiver::restore(&kept.record, keys, aid(), Stored::default(), WINDOW, 0);
                let (machine, outputs) = restored.unwrap();
                let (home, vault, machine) = (home.to_owned(), Some(vault), Some(machine));
                let transfer = kept.transfer;
                (
                    Self { home, arrival: None, vault, machine, transfer, finished: false, built: None, room: (0, 0) },
                    outputs,
                )
            }
            // It knows of no move: both sides would begin with a new code.
            Err(_) => (Self::begin(home, WINDOW), Vec::new()),
        }
    }

    fn keep(&mut self, record: &[u8], with: With) {
        match (&mut self.arrival, &self.vault, with) {
            (arrival, _, With::Discard) => arrival.take().unwrap().discard().unwrap(),
            (Some(arrival), _, _) => arrival.keep(record, NOW_MS).unwrap(),
            (None, Some(vault), _) => {
                let transfer = vault.moves().unwrap()[0].transfer;
                self.transfer = transfer;
                vault.keep_move(&transfer, record, Turn::Stay, NOW_MS).unwrap();
            }
            (None, None, _) => panic!("nothing to keep it in"),
        }
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }
}

fn keep_device(arrival: &mut Arrival, keys: &DeviceKeys) {
    arrival
        .write::<_, WriteError>(|tx| {
            for id in tx.session_ids("device-signing")? {
                tx.remove_session("device-signing", &id)?;
            }
            tx.put_session("device-signing", &keys.device_id, keys.signing.expose())?;
            tx.put_session("device-agreement", &keys.device_id, keys.agreement.expose())?;
            tx.put_session("device-kem", &keys.device_id, keys.kem.expose())
        })
        .unwrap();
}

fn device_keys(vault: &Vault) -> DeviceKeys {
    vault
        .read::<_, StorageError>(|reader| {
            let id = reader.session_ids("device-signing")?.remove(0);
            Ok(DeviceKeys {
                device_id: id.as_slice().try_into().unwrap(),
                signing: reader.session("device-signing", &id, |key| Secret::from_slice(key.unwrap()))?.unwrap(),
                agreement: reader.session("device-agreement", &id, |key| Secret::from_slice(key.unwrap()))?.unwrap(),
                kem: reader.session("device-kem", &id, |key| Secret::from_slice(key.unwrap()))?.unwrap(),
            })
        })
        .unwrap()
}
