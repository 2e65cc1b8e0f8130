//! What comes from a device that is not honest: refused, whatever it is.

use super::{
    account::{identity, operating_key, with_history},
    sides::{move_keys, new_password_typed},
};
use crate::ground::*;
use nyx_crypto::{
    moving::{Content, TransferKeys},
    signature::Verified,
    stream::{CHUNK, SEALED_CHUNK, seal_whole},
};
use nyx_vault::{Arrival, BuildError, Page, StorageError, Vault, model::Conversation};
use nyx_wire::{
    content::HashKind,
    identity::{Body, Version},
    moving::{ChunkHead, Index, Item, ItemKind, Manifest, Pack, ReceiverPhase, ReceiverRecord, Selection},
    vault::{Cell, Rows},
};
use std::collections::HashMap;

/// An account that was prepared, item by item, in the clear.
struct Taken {
    manifest: Verified<Manifest>,
    bundle: Vec<u8>,
    items: Vec<(ItemKind, Vec<u8>)>,
    keys: TransferKeys,
    /// What attachments are called by.
    hashed_by: HashKind,
}

impl Taken {
    fn from(vault: &Vault) -> Self {
        let prepared = vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
        let (keys, _) = move_keys().into_transfer(prepared.manifest.transfer);
        let index = Index::parse(&prepared.index, &prepared.manifest, None).unwrap();
        let items =
            (1..).zip(&index.items).map(|(number, item)| (item.kind, plain(vault, &keys, number, item))).collect();
        let manifest = operating_key(vault).unwrap().sign_manifest(prepared.manifest);
        Self { manifest, bundle: identity(vault).to_bundle(), items, keys, hashed_by: HashKind::Blake3 }
    }

    /// A new device that has been offered this.
    fn arrival(&self, home: &std::path::Path) -> Arrival {
        let typed = new_password_typed();
        let mut arrival = Arrival::begin(home, &new_password(&typed)).unwrap();
        arrival.expect(&move_keys());
        let record = ReceiverRecord {
            v: Version,
            bundle: self.bundle.clone().into(),
            first: self.manifest.signed().clone(),
            phase: ReceiverPhase::Receiving { last: None },
        };
        arrival.keep(&record.to_bytes(), NOW_MS).unwrap();
        arrival
    }

    fn pack(&mut self, table: &str) -> (usize, Pack) {
        let found = self.items.iter().enumerate().find_map(|(at, (kind, bytes))| {
            let pack = (*kind == ItemKind::Rows).then(|| Pack::parse(bytes).unwrap())?;
            (pack.table == table).then_some((at, pack))
        });
        found.unwrap_or_else(|| panic!("no pack of {table}"))
    }

    fn change(&mut self, table: &str, change: impl FnOnce(&mut Pack)) {
        let (at, mut pack) = self.pack(table);
        change(&mut pack);
        self.items[at].1 = pack.to_bytes();
    }

    fn content(&self, kind: ItemKind, plain: &[u8]) -> Content {
        Content::of(if kind == ItemKind::Rows { HashKind::Sha256 } else { self.hashed_by }, plain)
    }

    fn again(&self) -> Self {
        let (keys, _) = move_keys().into_transfer(self.keys.transfer());
        Self {
            manifest: self.manifest.clone(),
            bundle: self.bundle.clone(),
            items: self.items.clone(),
            keys,
            hashed_by: self.hashed_by,
        }
    }
}

fn plain(vault: &Vault, keys: &TransferKeys, number: u32, item: &Item) -> Vec<u8> {
    let content = Content { bytes: item.bytes, hash: item.hash };
    let (mut source, mut opener) = (vault.outgoing(keys), keys.opens(&content));
    let mut plain = Vec::new();
    for chunk in 0..u32::try_from(item.bytes.div_ceil(CHUNK as u64).max(1)).unwrap() {
        let mut sealed = Vec::new();
        source.read(ChunkHead { item: number, chunk }, &content, &mut sealed).unwrap();
        assert_eq!(Some(sealed.len()), content.sealed_chunk_len(chunk));
        let opened = opener.open_chunk(&mut sealed).unwrap();
        plain.extend_from_slice(&sealed[..opened]);
    }
    assert_eq!(Content::of(item.hash.kind(), &plain), content);
    plain
}

/// Sends these items to an arrival, behind those that it has, and lets it build.
fn built(arrival: &mut Arrival, taken: &Taken, from: &mut u32) -> Result<[u8; 32], BuildError> {
    let mut items = Vec::new();
    for (kind, plain) in &taken.items {
        *from += 1;
        let content = taken.content(*kind, plain);
        let sealed = seal_whole(taken.keys.kept_under(&content), plain).unwrap();
        for (chunk, sealed) in (0..).zip(sealed.chunks(SEALED_CHUNK)) {
            arrival.store(ChunkHead { item: *from, chunk }, &content, Some(*kind), sealed).unwrap();
        }
        items.push((*from, Item { kind: *kind, bytes: content.bytes, hash: content.hash }));
    }
    arrival.sync(u64::from(*from) * 100).unwrap();
    arrival.build(&items, &mut |_, _| true)
}

/// A change to the rows of a table.
type Change = Box<dyn Fn(&mut Pack)>;

fn cell(row: usize, column: usize, cell: Cell) -> Change {
    Box::new(move |pack| pack.rows.0[row][column] = cell.clone())
}

#[test]
fn rows_that_no_vault_writes_are_refused_and_the_honest_ones_taken() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let taken = Taken::from(&vault);
    let mut arrival = taken.arrival(&dir.path().join("new"));
    let mut from = 0;
    built(&mut arrival, &taken, &mut from).unwrap();
    let long = |length: usize| Cell::Text("a".repeat(length));
    let twice: fn(&mut Pack) = |pack| pack.rows.0.push(pack.rows.0[0].clone());
    let column: fn(&mut Pack) = |pack| pack.columns[0] = "rowid".into();
    let changes: Vec<(&str, &str, Change)> = vec![
        ("messages", "a text that is too long", cell(0, 9, long(256 * 1024 + 1))),
        ("messages", "no text", cell(0, 9, Cell::Null)),
        ("messages", "an absurd place", cell(0, 2, Cell::Int(i64::MAX))),
        ("messages", "an absurd number", cell(0, 0, Cell::Int(-1))),
        ("messages", "a name that is none", cell(0, 3, Cell::Bytes(vec![1]))),
        ("messages", "a type that is none", cell(0, 5, Cell::Text("now".into()))),
        ("messages", "a state that is none", cell(0, 6, Cell::Int(77))),
        ("messages", "a conversation that is not there", cell(0, 1, Cell::Int(99))),
        ("messages", "a message twice", Box::new(twice)),
        ("messages", "a column that is none", Box::new(column)),
        ("messages", "a table that is none", Box::new(|pack| pack.table = "sqlite_schema".into())),
        ("messages", "a table that stays", Box::new(|pack| pack.table = "sessions".into())),
        ("messages", "statements", Box::new(|pack| pack.columns[0] = "id) VALUES(1); DROP TABLE messages; --".into())),
        (
            "accounts",
            "two accounts",
            Box::new(|pack| {
                let mut other = pack.rows.0[0].clone();
                other[0] = Cell::Bytes(vec![9; 32]);
                pack.rows.0.push(other);
            }),
        ),
        ("accounts", "another account", cell(0, 0, Cell::Bytes(vec![9; 32]))),
        ("accounts", "another certificate", cell(0, 5, Cell::Bytes(vec![9; 32]))),
        ("accounts", "another backup key", cell(0, 4, Cell::Bytes(vec![9; 32]))),
        ("contacts", "a secret of another length", cell(0, 11, Cell::Bytes(vec![9; 31]))),
        (
            "conversations",
            "two with oneself",
            Box::new(|pack| {
                let mut other = pack.rows.0[0].clone();
                (other[0], other[1]) = (Cell::Int(50), Cell::Bytes(vec![9; 16]));
                pack.rows.0.push(other);
            }),
        ),
        ("settings", "one that stays", cell(0, 2, Cell::Int(0))),
        ("reactions", "a long one", cell(0, 2, long(65))),
        ("reactions", "to a message that is not there", cell(0, 0, Cell::Int(40_000))),
        ("edits", "of a message that is not there", cell(0, 0, Cell::Int(40_000))),
        ("attachments", "a content that did not come", cell(0, 4, Cell::Bytes(vec![9; 32]))),
        ("attachments", "another length", cell(0, 3, Cell::Int(1))),
        ("attachments", "a negative length", cell(0, 3, Cell::Int(-1))),
        ("attachments", "to a message that is not there", cell(0, 1, Cell::Int(40_000))),
        (
            "attachments",
            "fewer columns",
            Box::new(|pack| {
                pack.columns.pop();
                pack.rows.0.iter_mut().for_each(|row| drop(row.pop()));
            }),
        ),
        ("origin", "none", Box::new(|pack| pack.rows = Rows::default())),
        ("origin", "two", Box::new(|pack| pack.rows.0.push(vec![Cell::Bytes(vec![9; 32])]))),
        ("origin", "short", cell(0, 0, Cell::Bytes(vec![9; 31]))),
    ];
    for (table, what, change) in changes {
        let mut hostile = taken.again();
        hostile.change(table, change);
        let refused = built(&mut arrival, &hostile, &mut from);
        assert!(matches!(refused, Err(BuildError::Content)), "{table}: {what}: {refused:?}");
    }
    // No pack at all, and half an account.
    let mut nothing = taken.again();
    nothing.items.clear();
    assert!(matches!(built(&mut arrival, &nothing, &mut from), Err(BuildError::Content)));
    let mut half = taken.again();
    let (at, _) = half.pack("conversations");
    half.items.remove(at);
    assert!(matches!(built(&mut arrival, &half, &mut from), Err(BuildError::Content)));
    let mut noise = taken.again();
    noise.items.push((ItemKind::Rows, vec![0xA3; 1_000]));
    assert!(matches!(built(&mut arrival, &noise, &mut from), Err(BuildError::Content)));
    // After all of that an honest one is taken still.
    built(&mut arrival, &taken, &mut from).unwrap();
}

#[test]
fn messages_that_disappear_are_held_to_the_limits_too() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let taken = Taken::from(&vault);
    let mut arrival = taken.arrival(&dir.path().join("new"));
    let mut from = 0;
    let row = |body: Cell, ttl: Cell, expires: Cell| {
        let uid = Cell::Bytes(vec![77; 16]);
        let (id, conversation, seq) = (Cell::Int(9_000), Cell::Int(1), Cell::Int(9_000));
        let (author, at_ms, state) = (Cell::Bytes(Vec::new()), Cell::Int(NOW_MS), Cell::Int(0));
        vec![id, conversation, seq, uid, author, at_ms, state, Cell::Null, Cell::Null, ttl, expires, body]
    };
    let columns = [
        "id",
        "conversation",
        "seq",
        "uid",
        "author",
        "at_ms",
        "state",
        "reply_to",
        "edited_ms",
        "ttl_secs",
        "expires_ms",
        "body",
    ];
    let pack = |rows| Pack { table: "disappearing".into(), columns: columns.map(Into::into).into(), rows: Rows(rows) };
    let text = || Cell::Text("gone soon".into());
    let mut with = |packs: Vec<Pack>| {
        let mut taken = taken.again();
        taken.items.extend(packs.into_iter().map(|pack| (ItemKind::Rows, pack.to_bytes())));
        built(&mut arrival, &taken, &mut from)
    };
    with(vec![pack(vec![row(text(), Cell::Int(60), Cell::Null)])]).unwrap();
    let hours = (0..2_100).map(|hour| {
        let mut row = row(text(), Cell::Int(60), Cell::Int(hour * 3_600_000 + 1));
        let mut uid = vec![0; 16];
        uid[..8].copy_from_slice(&hour.to_be_bytes());
        (row[0], row[2], row[3]) = (Cell::Int(9_000 + hour), Cell::Int(9_000 + hour), Cell::Bytes(uid));
        row
    });
    let edit = Pack {
        table: "edits".into(),
        columns: ["message", "revision", "at_ms", "body"].map(Into::into).into(),
        rows: Rows(vec![vec![Cell::Int(9_000), Cell::Int(1), Cell::Int(1), text()]]),
    };
    for (what, packs) in [
        ("for ever", vec![pack(vec![row(text(), Cell::Int(i64::MAX), Cell::Null)])]),
        ("for no time", vec![pack(vec![row(text(), Cell::Int(0), Cell::Null)])]),
        ("long", vec![pack(vec![row(Cell::Text("a".repeat(256 * 1024 + 1)), Cell::Int(60), Cell::Null)])]),
        ("without a text", vec![pack(vec![row(Cell::Null, Cell::Int(60), Cell::Null)])]),
        ("an end that is none", vec![pack(vec![row(text(), Cell::Int(60), Cell::Text("now".into()))])]),
        ("more hours than there are", vec![pack(hours.collect())]),
        ("an edit in the clear", vec![pack(vec![row(text(), Cell::Int(60), Cell::Null)]), edit]),
    ] {
        let refused = with(packs);
        assert!(matches!(refused, Err(BuildError::Content)), "{what}: {refused:?}");
    }
}

#[test]
fn a_chunk_that_changed_on_the_old_devices_disk_is_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let prepared = vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
    let (keys, _) = move_keys().into_transfer(prepared.manifest.transfer);
    let index = Index::parse(&prepared.index, &prepared.manifest, None).unwrap();
    let numbered = || (1..).zip(&index.items);
    let (item, large) = numbered().find(|(_, item)| item.bytes == 200_001).unwrap();
    let content = Content { bytes: large.bytes, hash: large.hash };
    let mut source = vault.outgoing(&keys);
    let mut read = |chunk, content: &Content| {
        let mut sealed = Vec::new();
        source.read(ChunkHead { item, chunk }, content, &mut sealed).map(|()| sealed)
    };
    read(1, &content).unwrap();
    assert!(read(4, &content).is_err() && read(u32::MAX, &content).is_err());
    for file in crate::damage::files(&dir.path().join("old/blobs")) {
        let mut bytes = std::fs::read(&file).unwrap();
        if bytes.len() > 200_000 {
            bytes[100_000] ^= 1;
            std::fs::write(&file, bytes).unwrap();
        }
    }
    assert!(read(1, &content).is_err());
    read(2, &content).unwrap();
    let other = Content { hash: nyx_wire::content::ContentHash::sha256(&[7; 32]), ..content };
    assert!(vault.outgoing(&keys).read(ChunkHead { item, chunk: 0 }, &other, &mut Vec::new()).is_err());
}

#[test]
fn a_small_file_that_changed_on_the_old_devices_disk_is_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let prepared = vault.prepare_move(Selection::ALL, &mut |_, _| true).unwrap();
    let (keys, _) = move_keys().into_transfer(prepared.manifest.transfer);
    let index = Index::parse(&prepared.index, &prepared.manifest, None).unwrap();
    let small: Vec<(u32, Content)> = (1..)
        .zip(&index.items)
        .filter(|(_, item)| item.kind == ItemKind::Attachment && item.bytes <= CHUNK as u64)
        .map(|(number, item)| (number, Content { bytes: item.bytes, hash: item.hash }))
        .collect();
    let all_fail = || {
        small.iter().all(|(item, content)| {
            let at = ChunkHead { item: *item, chunk: 0 };
            vault.outgoing(&keys).read(at, content, &mut Vec::new()).is_err()
        })
    };
    assert!(!small.is_empty() && !all_fail());
    let files = crate::damage::files(&dir.path().join("old/blobs"));
    let honest: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let changes: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes[0] ^= 1,
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| bytes.push(0),
        |bytes| bytes.truncate(bytes.len() - 1),
        Vec::clear,
    ];
    for change in changes {
        for (file, honest) in files.iter().zip(&honest) {
            let mut bytes = honest.clone();
            change(&mut bytes);
            std::fs::write(file, bytes).unwrap();
        }
        assert!(all_fail());
    }
    files.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    assert!(all_fail());
}

#[test]
fn a_chunk_that_is_stored_again_after_a_refused_write_costs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let taken = Taken::from(&vault);
    let mut arrival = taken.arrival(&dir.path().join("new"));
    let mut items = Vec::new();
    for (number, (kind, plain)) in (0..).zip(&taken.items) {
        let content = taken.content(*kind, plain);
        let sealed = seal_whole(taken.keys.kept_under(&content), plain).unwrap();
        for (chunk, sealed) in (0..).zip(sealed.chunks(SEALED_CHUNK)) {
            let at = ChunkHead { item: number, chunk };
            arrival.store(at, &content, Some(*kind), sealed).unwrap();
            arrival.store(at, &content, Some(*kind), sealed).unwrap();
        }
        items.push((number, Item { kind: *kind, bytes: content.bytes, hash: content.hash }));
    }
    arrival.sync(1_000).unwrap();
    arrival.build(&items, &mut |_, _| true).unwrap();
    let files = arrival.read::<_, StorageError>(|reader| Ok(reader.counts()?.attachments)).unwrap();
    assert_eq!(files, 8);
}

#[test]
fn attachments_of_an_earlier_version_arrive_under_the_hash_that_they_have() {
    let dir = tempfile::tempdir().unwrap();
    let vault = with_history(&dir.path().join("old"));
    let mut taken = Taken::from(&vault);
    taken.hashed_by = HashKind::Sha256;
    let names: HashMap<Vec<u8>, Vec<u8>> = taken
        .items
        .iter()
        .map(|(_, plain)| {
            let name = |kind| Content::of(kind, plain).hash.as_bytes().to_vec();
            (name(HashKind::Blake3), name(HashKind::Sha256))
        })
        .collect();
    taken.change("attachments", |pack| {
        for row in &mut pack.rows.0 {
            let Cell::Bytes(content) = &mut row[4] else { panic!("{row:?}") };
            *content = names[content].clone();
        }
    });
    let mut arrival = taken.arrival(&dir.path().join("new"));
    built(&mut arrival, &taken, &mut 0).unwrap();
    let messages = arrival.read::<_, StorageError>(|reader| {
        let messages = |conversation: Conversation| reader.messages(conversation.id, Page::Newest, 1_000);
        reader.conversations()?.into_iter().map(messages).collect::<Result<Vec<_>, _>>()
    });
    let attachments: Vec<_> = messages.unwrap().into_iter().flatten().flat_map(|message| message.attachments).collect();
    assert_eq!(attachments.len(), 8);
    assert!(attachments.iter().all(|attachment| attachment.content.kind() == HashKind::Sha256));
}
