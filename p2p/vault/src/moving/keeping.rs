//! Records of moves, each durable in one transaction with what it changes.

use super::{
    OPERATING_KEY, Transfer,
    closing::{ACTIVE, FROZEN, MOVED},
    leftovers::drop_files,
    sending::read_whole,
};
use crate::{
    error::{Damage, StorageError},
    expiry::UNREAD,
    ids::MessageId,
    random,
    tx::{Tx, WriteError},
    vault::Vault,
};
use nyx_crypto::moving::MoveKeys;
use nyx_wire::{
    codec,
    identity::{Body, DeviceCert, DeviceList},
    moving::{ReceiverPhase, ReceiverRecord, Release, SenderPhase, SenderRecord},
};
use rusqlite::{Row, params, types::Value};

/// What a record of the old device changes in its vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// Nothing.
    Stay,
    /// The account can't be changed any more.
    Freeze,
    /// The operating key is erased, and the account is not active here any more.
    LetGo,
    /// The account can be changed again.
    Thaw,
}

/// A move that is remembered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeptMove {
    /// Which.
    pub transfer: [u8; 16],
    /// What this device is in it.
    pub side: MoveSide,
    /// What it wrote down last.
    pub record: Vec<u8>,
    /// When the other device was last heard.
    pub heard_ms: i64,
}

/// What this device is in a move.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MoveSide {
    /// The one that sends.
    Old = 0,
    /// The one whose vault came by it.
    New = 1,
}

/// The indexes of an outgoing move, in their exact bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MoveIndexes {
    /// Of the snapshot.
    pub first: Vec<u8>,
    /// Of what changed since; not there before that was put together, and not any more after the account was let go.
    pub last: Option<Vec<u8>>,
}

/// Why a move was not forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// It is not over. To forget it would be to cancel it, which has a record of its own.
    #[error("the move is not over")]
    Underway,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Vault {
    /// Keeps the keys of a move that was prepared, wrapped; before the move takes them.
    pub fn bind_move(&self, transfer: &[u8; 16], keys: &MoveKeys) -> Result<(), StorageError> {
        let wrapped = keys.wrap(&self.keys.sessions, transfer, &mut random());
        self.commit_anyway(|tx| {
            tx.execute(
                "INSERT INTO moves(transfer, side, keys, heard_ms) VALUES(?1, ?2, ?3, 0) \
                 ON CONFLICT(transfer) DO UPDATE SET keys = excluded.keys",
                params![transfer, MoveSide::Old as i64, wrapped],
            )?;
            Ok(())
        })
    }

    /// Makes a record durable, in one transaction with what it changes. After `Freeze` nobody can write to the account; `Thaw`
    /// ends that. With `LetGo` the operating key is erased, the list that names the other device takes the place of this
    /// one's, and the time of disappearing messages that nobody has read begins. A record that says that it is closed
    /// makes it an account that lives elsewhere.
    pub fn keep_move(&self, transfer: &[u8; 16], record: &[u8], turn: Turn, now_ms: i64) -> Result<(), StorageError> {
        self.commit_anyway::<_, StorageError>(|tx| {
            let changed = tx.execute(
                "UPDATE moves SET record = ?2, heard_ms = ?3 WHERE transfer = ?1",
                params![transfer, record, now_ms],
            )?;
            if changed == 0 {
                return Err(unknown());
            }
            match turn {
                Turn::Stay => {}
                Turn::Freeze => set_state(tx, FROZEN)?,
                Turn::Thaw => set_state(tx, ACTIVE)?,
                Turn::LetGo => let_go(tx, transfer, record, now_ms)?,
            }
            if matches!(turn, Turn::Thaw | Turn::LetGo) {
                drop_items(tx, transfer)?;
            }
            if is_closed(record) {
                tx.execute(
                    "UPDATE accounts SET state = ?2, moved_to = \
                     (SELECT coalesce(moved_to, '') FROM moves WHERE transfer = ?1)",
                    params![transfer, MOVED],
                )?;
            }
            Ok(())
        })?;
        if matches!(turn, Turn::Thaw | Turn::LetGo) {
            // What resists is the next opening's.
            let _ = drop_files(&self.home, &self.writer());
        }
        Ok(())
    }

    /// Keeps a few bytes of whoever drives the move beside the record: how the two find each other again.
    pub fn keep_move_note(&self, transfer: &[u8; 16], note: &[u8]) -> Result<(), StorageError> {
        self.commit_anyway(|tx| {
            tx.execute("UPDATE moves SET note = ?2 WHERE transfer = ?1", params![transfer, note])?;
            Ok(())
        })
    }

    /// What was kept beside the record.
    pub fn move_note(&self, transfer: &[u8; 16]) -> Result<Option<Vec<u8>>, StorageError> {
        let note = self.read::<_, StorageError>(|reader| {
            reader.one("SELECT note FROM moves WHERE transfer = ?1", [transfer], |row| Ok(row.get(0)?))
        })?;
        Ok(note.flatten())
    }

    /// The other device was heard.
    pub fn heard_move(&self, transfer: &[u8; 16], now_ms: i64) -> Result<(), StorageError> {
        self.commit_anyway(|tx| {
            tx.execute("UPDATE moves SET heard_ms = ?2 WHERE transfer = ?1", params![transfer, now_ms])?;
            Ok(())
        })
    }

    /// Every move that is remembered, the one last heard of first.
    pub fn moves(&self) -> Result<Vec<KeptMove>, StorageError> {
        self.read(|reader| {
            reader.all(&format!("{MOVES} WHERE record IS NOT NULL ORDER BY heard_ms DESC, transfer"), [], kept)
        })
    }

    /// The keys of a move.
    pub fn move_keys(&self, transfer: &[u8; 16]) -> Result<Option<MoveKeys>, StorageError> {
        let wrapped: Option<Vec<u8>> = self.read::<_, StorageError>(|reader| {
            reader.one("SELECT keys FROM moves WHERE transfer = ?1", [transfer], |row| Ok(row.get(0)?))
        })?;
        let unwrap = |wrapped: Vec<u8>| MoveKeys::unwrap(&self.keys.sessions, transfer, &wrapped).ok_or_else(unknown);
        wrapped.map(unwrap).transpose()
    }

    /// The indexes of an outgoing move.
    pub fn move_indexes(&self, transfer: &[u8; 16]) -> Result<MoveIndexes, StorageError> {
        self.indexes(transfer)?.ok_or_else(unknown)
    }

    /// Forgets a move that is over: nothing of it stays.
    pub fn forget_move(&self, transfer: &[u8; 16]) -> Result<(), ForgetError> {
        self.commit_anyway::<_, ForgetError>(|tx| {
            let found = tx.one(&format!("{MOVES} WHERE record IS NOT NULL AND transfer = ?1"), [transfer], kept)?;
            if found.is_some_and(|found| !is_over(found.side, &found.record)) {
                return Err(ForgetError::Underway);
            }
            tx.execute("DELETE FROM moves WHERE transfer = ?1", [transfer])?;
            tx.execute("DELETE FROM move_items WHERE transfer = ?1", [transfer])?;
            Ok(())
        })?;
        let _ = drop_files(&self.home, &self.writer());
        Ok(())
    }

    /// Whether there is a move that is not over.
    pub(super) fn is_move_underway(&self) -> Result<bool, StorageError> {
        let moves = self.moves()?;
        Ok(moves.iter().any(|kept| !is_over(kept.side, &kept.record)))
    }

    /// The first index, and the last one once it is there.
    pub(super) fn indexes(&self, transfer: &Transfer) -> Result<Option<MoveIndexes>, StorageError> {
        let index = |part: i64| {
            // An index is the first item of its part.
            let found = self.read::<_, StorageError>(|reader| {
                reader.one(
                    "SELECT item, content, key FROM move_items WHERE transfer = ?1 AND part = ?2 AND blob IS NULL \
                     AND stop IS NULL",
                    params![transfer, part],
                    |row| Ok((row.get::<_, u32>(0)?, row.get::<_, [u8; 32]>(1)?, row.get::<_, Vec<u8>>(2)?)),
                )
            })?;
            found.map(|(item, content, key)| read_whole(self, transfer, item, &content, &key)).transpose()
        };
        let Some(first) = index(0)? else { return Ok(None) };
        Ok(Some(MoveIndexes { first, last: index(1)? }))
    }
}

/// All items go but the first index, because a record is read together with it. SQLite empties a table page by page, and takes rows
/// out one by one, in each of its indexes: so everything goes, and what stays comes back.
fn drop_items(tx: &Tx<'_>, transfer: &Transfer) -> Result<(), StorageError> {
    let all: String = COLUMNS.join(", ");
    let stays = ["transfer < ?1", "transfer > ?1", "transfer = ?1 AND item = 0"]
        .map(|which| format!("SELECT {all} FROM move_items WHERE {which}"))
        .join(" UNION ALL ");
    let stays: Vec<[Value; COLUMNS.len()]> = tx.all(&stays, [transfer], |row| {
        let mut values = [const { Value::Null }; COLUMNS.len()];
        for (column, value) in values.iter_mut().enumerate() {
            *value = row.get(column)?;
        }
        Ok(values)
    })?;
    tx.execute("DELETE FROM move_items", [])?;
    for row in stays {
        let insert = format!("INSERT INTO move_items({all}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        tx.execute(&insert, rusqlite::params_from_iter(row))?;
    }
    Ok(())
}

fn set_state(tx: &Tx<'_>, state: i64) -> Result<(), StorageError> {
    tx.execute("UPDATE accounts SET state = ?1, moved_to = NULL", [state])?;
    Ok(())
}

fn let_go(tx: &mut Tx<'_>, transfer: &Transfer, record: &[u8], now_ms: i64) -> Result<(), StorageError> {
    let Some(SenderRecord { phase: SenderPhase::Released { release, .. }, .. }) = SenderRecord::parse(record).ok()
    else {
        return Err(unknown());
    };
    tx.remove_session(OPERATING_KEY, &[])?;
    set_state(tx, FROZEN)?;
    tx.execute("UPDATE accounts SET device_list = ?1", [codec::encode(&release.list)])?;
    tx.execute("UPDATE moves SET moved_to = ?2 WHERE transfer = ?1", params![transfer, name_in(&release)])?;
    // Here nobody can read them any more without their time running: the vault takes no write.
    let unread: Vec<MessageId> =
        tx.all("SELECT uid FROM messages WHERE bucket = ?1", [UNREAD], |row| Ok(row.get(0)?))?;
    for message in unread {
        // Any other refusal: its key is gone, and so is the message.
        if let Err(WriteError::Storage(error)) = tx.start_timer(message, now_ms) {
            return Err(error);
        }
    }
    Ok(())
}

/// The name of the one device in the list, which was verified before it was written down.
fn name_in(release: &Release) -> Option<String> {
    let list = DeviceList::parse(release.list.body()).ok()?;
    let cert = DeviceCert::parse(list.devices.first()?.body()).ok()?;
    Some(cert.name.as_str().to_owned())
}

fn is_closed(record: &[u8]) -> bool {
    SenderRecord::parse(record).is_ok_and(|record| record.phase == SenderPhase::Closed)
}

/// Whether nothing is to come any more of a move with this record.
fn is_over(side: MoveSide, record: &[u8]) -> bool {
    match side {
        MoveSide::Old => SenderRecord::parse(record)
            .is_ok_and(|record| matches!(record.phase, SenderPhase::Closed | SenderPhase::Cancelled { .. })),
        // The account is here: a receipt that was not heard is nothing that this side lacks.
        MoveSide::New => ReceiverRecord::parse(record)
            .is_ok_and(|record| matches!(record.phase, ReceiverPhase::Over | ReceiverPhase::Released { .. })),
    }
}

fn kept(row: &Row<'_>) -> Result<KeptMove, StorageError> {
    let side = match row.get::<_, i64>(1)? {
        0 => MoveSide::Old,
        _ => MoveSide::New,
    };
    Ok(KeptMove { transfer: row.get(0)?, side, record: row.get(2)?, heard_ms: row.get(3)? })
}

fn unknown() -> StorageError {
    StorageError::Damaged(Damage::Row("moves", 0))
}

const COLUMNS: [&str; 8] = ["transfer", "item", "part", "content", "bytes", "blob", "key", "stop"];
const MOVES: &str = "SELECT transfer, side, record, heard_ms FROM moves";
