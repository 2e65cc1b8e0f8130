//! Two devices that move an account, and a fuzzer that decides what arrives, what is made up, and who dies when.
//!
//! Whatever it does: never two active devices, nothing half, and no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nyx_crypto::{
    account::{AccountRootKey, Aid, OperatingKey},
    device::DeviceKeys,
    device_list::Identity,
    moving::{Content, MoveKeys, TransferKeys, content_hash, manifest_hash},
    secret::Secret,
    signature::Verified,
    stream::{Reader, seal_whole},
};
use nyx_proto::moving::{Incoming, Outgoing, Output, Receiver, Sender, Stored, With};
use nyx_wire::{
    content::HashKind,
    identity::{DeviceCert, DeviceName, Version},
    moving::{Index, Item, ItemKind, Manifest, Selection, StopReason},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::LazyLock,
};

/// Made once: keys take time.
static ACCOUNT: LazyLock<Account> = LazyLock::new(Account::new);

struct Account {
    identity: Identity,
    device: (DeviceKeys, Verified<DeviceCert>),
    indexes: [Vec<u8>; 2],
    manifests: [Verified<Manifest>; 2],
}

struct Run {
    old: Option<Sender>,
    new: Option<Receiver>,
    records: [Option<Vec<u8>>; 2],
    frames: [VecDeque<Vec<u8>>; 2],
    bulk: VecDeque<Vec<u8>>,
    stored: BTreeMap<u32, Vec<u8>>,
    kept: u64,
    old_active: bool,
    new_active: bool,
    last_index: bool,
    now_ms: u64,
}

fuzz_target!(|bytes: &[u8]| {
    let mut run = Run::new();
    let mut choices = bytes.iter().copied();
    for _ in 0..CHOICES_MAX {
        let Some(choice) = choices.next() else { break };
        run.revive();
        run.step(choice, &mut choices);
        assert!(!(run.old_active && run.new_active), "two active devices");
    }
});

impl Run {
    fn new() -> Self {
        Self {
            old: None,
            new: None,
            records: [None, None],
            frames: [VecDeque::new(), VecDeque::new()],
            bulk: VecDeque::new(),
            stored: BTreeMap::new(),
            kept: 0,
            old_active: true,
            new_active: false,
            last_index: false,
            now_ms: 0,
        }
    }

    fn step(&mut self, choice: u8, choices: &mut impl Iterator<Item = u8>) {
        let mut more = || choices.next().unwrap_or(0);
        match choice % 12 {
            0 => (0..8).for_each(|_| self.deliver()),
            1 => self.deliver(),
            2 => drop(self.frames[usize::from(more() % 2)].pop_front()),
            3 => self.old = None,
            4 => self.new = None,
            5 => self.link(),
            6 => {
                let end = usize::from(more() % 2);
                if let Some(mut frame) = self.frames[end].pop_front() {
                    // One that was made up may be empty.
                    let place = usize::from(more()) % frame.len().max(1);
                    let change = more() | 1;
                    frame.get_mut(place).into_iter().for_each(|byte| *byte ^= change);
                    self.frames[end].push_front(frame);
                }
            }
            7 => {
                let frame = (0..more() % 40).map(|_| more()).collect();
                self.frames[usize::from(more() % 2)].push_back(frame);
            }
            8 => {
                let message = (0..more() % 60).map(|_| more()).collect();
                self.bulk.push_back(message);
            }
            9 => self.now_ms += 1_000 * u64::from(more()),
            10 => self.old(|old, now| old.handle_cancel(StopReason::Person, now)),
            _ => self.new_one(|new, now| new.handle_cancel(StopReason::Person, now)),
        }
    }

    fn deliver(&mut self) {
        if let Some(frame) = self.frames[1].pop_front() {
            self.new_one(|new, now| new.handle_frame(&frame, now));
        }
        if let Some(message) = self.bulk.pop_front() {
            self.new_one(|new, now| new.handle_chunk(message, now));
        }
        if let Some(frame) = self.frames[0].pop_front() {
            self.old(|old, now| old.handle_frame(&frame, now));
        }
        self.old(Sender::handle_time);
        self.new_one(Receiver::handle_time);
    }

    fn link(&mut self) {
        self.frames = [VecDeque::new(), VecDeque::new()];
        self.bulk.clear();
        self.old(Sender::handle_link);
        self.new_one(Receiver::handle_link);
    }

    fn revive(&mut self) {
        if self.old.is_some() && self.new.is_some() {
            return;
        }
        let account = &*ACCOUNT;
        let aid = account.identity.aid();
        if self.old.is_none() {
            let [first, last] = &account.indexes;
            let (old, outputs) = match &self.records[0] {
                None => Sender::offer(account.outgoing(), self.now_ms).expect("an honest offer"),
                Some(record) => {
                    let last = self.last_index.then_some(last.as_slice());
                    Sender::restore(record, keys(), aid, first, last, self.now_ms).expect("its own record")
                }
            };
            self.old = Some(old);
            self.do_old(outputs);
        }
        if self.new.is_none() {
            let (new, outputs) = match &self.records[1] {
                None => {
                    let (schema, free_bytes, window) = (2, 1 << 30, 2);
                    (
                        Receiver::new(Incoming { keys: move_keys(), aid, schema, free_bytes, window }, self.now_ms),
                        vec![],
                    )
                }
                Some(record) => {
                    let of = |item| self.stored.get(&item).cloned().unwrap_or_default();
                    let stored = Stored { kept: self.kept, first: of(0), last: of(2) };
                    Receiver::restore(record, move_keys(), aid, stored, 2, self.now_ms).expect("its own record")
                }
            };
            self.new = Some(new);
            self.do_new(outputs);
        }
        self.link();
    }

    fn old(&mut self, step: impl FnOnce(Sender, u64) -> (Sender, Vec<Output>)) {
        let Some(old) = self.old.take() else { return };
        let (old, outputs) = step(old, self.now_ms);
        self.old = Some(old);
        self.do_old(outputs);
    }

    fn new_one(&mut self, step: impl FnOnce(Receiver, u64) -> (Receiver, Vec<Output>)) {
        let Some(new) = self.new.take() else { return };
        let (new, outputs) = step(new, self.now_ms);
        self.new = Some(new);
        self.do_new(outputs);
    }

    fn do_old(&mut self, outputs: Vec<Output>) {
        let account = &*ACCOUNT;
        for output in outputs {
            match output {
                Output::Send(frame) => self.frames[1].push_back(frame),
                Output::Persist { record, with } => {
                    self.records[0] = Some(record);
                    self.old_active &= with != With::LetGo;
                    self.old(Sender::handle_persisted);
                }
                Output::Chunk { at, content } => {
                    let plain = account.plain(&content);
                    let mut chunk = seal_whole(Secret::from_bytes([9; 32]), &plain).expect("short");
                    let source = Reader::new(&Secret::from_bytes([9; 32]), chunk.len() as u64, &mut chunk.clone());
                    let resealer = keys().reseals(&content, source.expect("its own stream")).expect("its own content");
                    resealer.reseal_chunk(0, &mut chunk).expect("its own chunk");
                    self.bulk.push_back([&at.to_bytes()[..], &chunk].concat());
                }
                Output::Delta => {
                    self.last_index = true;
                    self.old(|old, now| old.handle_delta(&account.manifests[1], &account.indexes[1], now));
                }
                Output::OpenKey => {
                    assert!(self.old_active);
                    let mut rng = ChaCha8Rng::seed_from_u64(1);
                    self.old(|old, now| old.handle_operating_key(&owner().1, &mut rng, now));
                }
                _ => {}
            }
        }
    }

    fn do_new(&mut self, outputs: Vec<Output>) {
        let (keys, cert) = &ACCOUNT.device;
        for output in outputs {
            match output {
                Output::Send(frame) => self.frames[0].push_back(frame),
                Output::Persist { record, with } => {
                    self.records[1] = Some(record);
                    if with == With::Discard {
                        self.stored.clear();
                        self.kept = 0;
                    }
                    self.new_one(Receiver::handle_persisted);
                }
                Output::Store(chunk) => {
                    let mut opened = chunk.sealed().to_vec();
                    let plain =
                        self::keys().opens(&chunk.content).open_chunk(&mut opened).expect("it was opened before");
                    opened.truncate(plain);
                    self.stored.insert(chunk.at.item, opened);
                }
                Output::Sync(place) => {
                    self.kept = place;
                    self.new_one(|new, now| new.handle_synced(place, now));
                }
                Output::Hash { item } => {
                    let hash = Content::of(HashKind::Sha256, &self.stored[&item]).hash;
                    self.new_one(|new, now| new.handle_hashed(item, hash, now));
                }
                Output::Build(items) => {
                    assert!(
                        items
                            .iter()
                            .all(|(item, what)| Content::of(what.hash.kind(), &self.stored[item]).hash == what.hash)
                    );
                    self.new_one(|new, now| new.handle_built(CONTENT, keys, cert, now));
                }
                Output::Activate(_) => {
                    self.new_active = true;
                    self.new_one(|new, now| new.handle_activated(keys, now));
                }
                _ => {}
            }
        }
    }
}

impl Account {
    fn new() -> Self {
        let (ark, opkey) = owner();
        let aid = ark.aid();
        let cert = ark.certify(&opkey, 1).expect("a generation");
        let list = opkey.first_list(&cert, vec![device(aid, 1).1.signed().clone()]).expect("a list");
        let identity = Identity::new(ark.public(), cert.signed(), list.signed()).expect("an account");
        let item = |plain: &[u8]| {
            let Content { bytes, hash } = Content::of(HashKind::Sha256, plain);
            Item { kind: ItemKind::Rows, bytes, hash }
        };
        let first = Index { dropped: vec![], items: vec![item(FIRST)] };
        let last = Index { dropped: vec![0], items: vec![item(LAST)] };
        let one = opkey.sign_manifest(manifest(aid, &first));
        let two = Manifest { prev: manifest_hash(&one), content: Some(CONTENT), ..manifest(aid, &last) };
        let manifests = [one, opkey.sign_manifest(two)];
        Self { identity, device: device(aid, 2), indexes: [first.to_bytes(), last.to_bytes()], manifests }
    }

    fn outgoing(&self) -> Outgoing {
        let (manifest, index) = (self.manifests[0].clone(), self.indexes[0].clone());
        Outgoing { keys: keys(), identity: self.identity.clone(), manifest, index }
    }

    fn plain(&self, content: &Content) -> Vec<u8> {
        let all = [FIRST, LAST, &self.indexes[0], &self.indexes[1]];
        all.into_iter()
            .find(|plain| Content::of(content.hash.kind(), plain) == *content)
            .expect("what was announced")
            .to_vec()
    }
}

fn manifest(aid: Aid, index: &Index) -> Manifest {
    let bytes = index.to_bytes();
    Manifest {
        v: Version,
        transfer: TRANSFER,
        aid: *aid.as_bytes(),
        prev: [0; 32],
        index_bytes: bytes.len() as u64,
        index_hash: content_hash(&bytes),
        items: index.items.len() as u64,
        bytes: index.bytes().expect("small"),
        schema: 2,
        selection: Selection::ALL,
        reset_public: [5; 32],
        backup_public: [6; 32],
        content: None,
    }
}

fn owner() -> (AccountRootKey, OperatingKey) {
    let ark = AccountRootKey::from_seed(&Secret::from_bytes([1; 32]));
    (ark, OperatingKey::from_seed(Secret::from_bytes([2; 32])))
}

fn device(aid: Aid, seed: u64) -> (DeviceKeys, Verified<DeviceCert>) {
    let keys = DeviceKeys::generate(&mut ChaCha8Rng::seed_from_u64(seed));
    let cert = keys.certify(aid, DeviceName::new("Laptop").expect("a name"), 0);
    (keys, cert)
}

fn move_keys() -> MoveKeys {
    MoveKeys { file: Secret::from_bytes([3; 32]), resume: Secret::from_bytes([4; 32]) }
}

fn keys() -> TransferKeys {
    move_keys().into_transfer(TRANSFER).0
}

const FIRST: &[u8] = b"what was there";
const LAST: &[u8] = b"what came later";
const CONTENT: [u8; 32] = [8; 32];
const TRANSFER: [u8; 16] = [7; 16];
const CHOICES_MAX: usize = 200;
