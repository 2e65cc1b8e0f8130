//! A small account: packs and attachments, of which some change while it is on its way.

use crate::moving::Layout;
use alloc::{collections::BTreeMap, vec, vec::Vec};
use nyx_crypto::{
    account::{AccountRootKey, Aid, OperatingKey},
    device::DeviceKeys,
    device_list::Identity,
    moving::{Content, MoveKeys, TransferKeys, content_hash, manifest_hash},
    purposes::StreamKey,
    secret::Secret,
    signature::Verified,
    stream::{Reader, SEALED_CHUNK, seal_whole},
};
use nyx_testkit::seed::Seeded;
use nyx_wire::{
    content::{ContentHash, HashKind},
    identity::{DeviceCert, DeviceName, OpKeyCert, Version},
    moving::{ChunkHead, Index, Item, ItemKind, Manifest, Selection},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Chunks under way in these tests.
pub(super) const WINDOW: u64 = 4;

pub(super) struct Account {
    pub(super) first_index: Index,
    pub(super) last_index: Index,
    /// Finished streams, as they lie on the old device's disk.
    streams: BTreeMap<ContentHash, Vec<u8>>,
    made: Made,
}

/// What takes time to make, made once.
struct Made {
    identity: Identity,
    device: (DeviceKeys, Verified<DeviceCert>),
    first: Verified<Manifest>,
    last: Verified<Manifest>,
}

/// Where things lie in the sequence.
pub(super) struct Places {
    layout: Layout,
    pub(super) last_index: u32,
}

impl Places {
    pub(super) fn content(&self, item: u32) -> Content {
        self.layout.content(item).unwrap()
    }

    /// How many bytes of an item are durable if all before `kept` is.
    pub(super) fn durable(&self, item: u32, kept: u64) -> u64 {
        let Some(end) = self.layout.end(item) else { return 0 };
        let begin = self.layout.place(ChunkHead { item, chunk: 0 }).unwrap();
        let bytes = self.content(item).bytes;
        if kept >= end { bytes } else { (kept.saturating_sub(begin) * 65_536).min(bytes) }
    }
}

impl Account {
    pub(super) fn of(seed: u64) -> Self {
        let mut random = Seeded::new(seed);
        let mut streams = BTreeMap::new();
        let mut make = |kind, bytes: u64| {
            let mut plain = vec![random.next_u64() as u8; bytes as usize];
            let salt = random.bytes::<16>();
            let end = plain.len().min(16);
            plain[..end].copy_from_slice(&salt[..end]);
            keep(&mut streams, &plain, kind)
        };
        let sizes = [150_000, 65_536, 3, 180_000, 131_072, 9_000, 70_000];
        let mut first: Vec<Item> = sizes.into_iter().map(|bytes| make(ItemKind::Attachment, bytes)).collect();
        first.extend([40_000, 60_000].map(|bytes| make(ItemKind::Rows, bytes)));
        first.extend([700, 0, 12_000, 20, 5_000, 40_000].map(|bytes| make(ItemKind::Attachment, bytes)));
        // The second pack has changed, and there is something new.
        let last = vec![make(ItemKind::Rows, 61_000), make(ItemKind::Attachment, 66_000)];
        let first_index = Index { dropped: vec![], items: first };
        let last_index = Index { dropped: vec![8], items: last };
        for index in [&first_index, &last_index] {
            keep(&mut streams, &index.to_bytes(), ItemKind::Rows);
        }
        Self::with(first_index, last_index, streams)
    }

    /// One without anything in it that takes time: for going through all of the cut-over.
    pub(super) fn tiny() -> Self {
        let mut streams = BTreeMap::new();
        let one = keep(&mut streams, &[1; 100], ItemKind::Rows);
        let two = keep(&mut streams, &[2; 100], ItemKind::Rows);
        let first_index = Index { dropped: vec![], items: vec![one] };
        let last_index = Index { dropped: vec![0], items: vec![two] };
        for index in [&first_index, &last_index] {
            keep(&mut streams, &index.to_bytes(), ItemKind::Rows);
        }
        Self::with(first_index, last_index, streams)
    }

    /// One whose first index is whatever somebody wants it to be.
    pub(super) fn with_first(index: Index) -> Self {
        let mut streams = BTreeMap::new();
        keep(&mut streams, &index.to_bytes(), ItemKind::Rows);
        Self::with(index, Index::default(), streams)
    }

    fn with(first_index: Index, last_index: Index, streams: BTreeMap<ContentHash, Vec<u8>>) -> Self {
        let (ark, opkey, cert) = Self::owner();
        let aid = ark.aid();
        let (_, old) = device(aid, 1);
        let list = opkey.first_list(&cert, vec![old.signed().clone()]).unwrap();
        let identity = Identity::new(ark.public(), cert.signed(), list.signed()).unwrap();
        let first = opkey.sign_manifest(manifest(aid, &first_index));
        let content = Some(content_of(end_items(&first_index, &last_index)));
        let last = Manifest { prev: manifest_hash(&first), content, ..manifest(aid, &last_index) };
        let made = Made { identity, device: device(aid, 2), first, last: opkey.sign_manifest(last) };
        Self { first_index, last_index, streams, made }
    }

    fn owner() -> (AccountRootKey, OperatingKey, Verified<OpKeyCert>) {
        let ark = AccountRootKey::from_seed(&Secret::from_bytes([1; 32]));
        let opkey = OperatingKey::from_seed(Secret::from_bytes([2; 32]));
        let cert = ark.certify(&opkey, 1).unwrap();
        (ark, opkey, cert)
    }

    pub(super) fn opkey(&self) -> OperatingKey {
        Self::owner().1
    }

    pub(super) fn aid(&self) -> Aid {
        self.made.identity.aid()
    }

    pub(super) fn identity(&self) -> Identity {
        self.made.identity.clone()
    }

    pub(super) fn new_device(&self) -> &(DeviceKeys, Verified<DeviceCert>) {
        &self.made.device
    }

    pub(super) fn move_keys(&self) -> MoveKeys {
        MoveKeys { file: Secret::from_bytes([3; 32]), resume: Secret::from_bytes([4; 32]) }
    }

    pub(super) fn transfer_keys(&self) -> TransferKeys {
        self.move_keys().into_transfer(TRANSFER).0
    }

    pub(super) fn first(&self) -> Verified<Manifest> {
        self.made.first.clone()
    }

    pub(super) fn last(&self) -> Verified<Manifest> {
        self.made.last.clone()
    }

    /// What the account is in the end.
    pub(super) fn end_items(&self) -> Vec<Item> {
        end_items(&self.first_index, &self.last_index)
    }

    pub(super) fn layout(&self) -> Places {
        let mut layout = Layout::default();
        layout.push_index(&self.first());
        layout.push_items(&self.first_index);
        let last_index = layout.items() as u32;
        layout.push_index(&self.last());
        layout.push_items(&self.last_index);
        Places { layout, last_index }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.layout().layout.bytes()
    }

    /// Something else lies where an item of the first index should: a dishonest sender, or one with a damaged disk.
    pub(super) fn spoil(&mut self, place: usize) {
        let item = self.first_index.items[place];
        let other = vec![0xEE; item.bytes as usize];
        self.streams.insert(item.hash, seal_whole(own_key(), &other).unwrap());
    }

    /// A chunk of one of the streams that lie here, by its content.
    pub(super) fn chunk_of(&self, plain: &[u8], at: ChunkHead) -> Vec<u8> {
        self.chunk(at, &Content::of(HashKind::Sha256, plain))
    }

    /// What the vault does for [`Output::Chunk`](crate::moving::Output::Chunk).
    pub(super) fn chunk(&self, at: ChunkHead, content: &Content) -> Vec<u8> {
        let stream = &self.streams[&content.hash];
        let last = stream.chunks(SEALED_CHUNK).last().unwrap();
        let reader = Reader::new(&own_key(), stream.len() as u64, &mut last.to_vec()).unwrap();
        let resealer = self.transfer_keys().reseals(content, reader).unwrap();
        let mut chunk = stream.chunks(SEALED_CHUNK).nth(at.chunk as usize).unwrap().to_vec();
        resealer.reseal_chunk(at.chunk.into(), &mut chunk).unwrap();
        [&at.to_bytes()[..], &chunk].concat()
    }
}

/// A manifest that speaks for this index, as a first one.
pub(super) fn manifest(aid: Aid, index: &Index) -> Manifest {
    let bytes = index.to_bytes();
    Manifest {
        v: Version,
        transfer: TRANSFER,
        aid: *aid.as_bytes(),
        prev: [0; 32],
        index_bytes: bytes.len() as u64,
        index_hash: content_hash(&bytes),
        items: index.items.len() as u64,
        bytes: index.bytes().unwrap(),
        schema: 2,
        selection: Selection::ALL,
        reset_public: [5; 32],
        backup_public: [6; 32],
        content: None,
    }
}

fn end_items(first: &Index, last: &Index) -> Vec<Item> {
    let stays = |(place, item): (usize, &Item)| (!last.dropped.contains(&(place as u32))).then_some(*item);
    first.items.iter().enumerate().filter_map(stays).chain(last.items.iter().copied()).collect()
}

const TRANSFER: [u8; 16] = [7; 16];

pub(super) fn content_of(mut items: Vec<Item>) -> [u8; 32] {
    items.sort_unstable();
    content_hash(&Index { dropped: vec![], items }.to_bytes())
}

pub(super) fn device(aid: Aid, seed: u64) -> (DeviceKeys, Verified<DeviceCert>) {
    let keys = DeviceKeys::generate(&mut ChaCha8Rng::seed_from_u64(seed));
    let cert = keys.certify(aid, DeviceName::new("Laptop").unwrap(), 0);
    (keys, cert)
}

fn keep(streams: &mut BTreeMap<ContentHash, Vec<u8>>, plain: &[u8], kind: ItemKind) -> Item {
    // Attachments of before there was another hash have the older one.
    let is_newer = kind == ItemKind::Attachment && plain.len().is_multiple_of(2);
    let Content { bytes, hash } = Content::of(if is_newer { HashKind::Blake3 } else { HashKind::Sha256 }, plain);
    streams.insert(hash, seal_whole(own_key(), plain).unwrap());
    Item { kind, bytes, hash }
}

fn own_key() -> Secret<StreamKey> {
    Secret::from_bytes([9; 32])
}
