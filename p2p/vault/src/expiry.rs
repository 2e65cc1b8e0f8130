//! Keys of disappearing messages. They lie in one file an hour and nowhere else: overwriting that file takes every
//! message of the hour away for good, also from copies of the database, as far as the disk really overwrites.

use crate::{
    error::StorageError,
    files::{open_private, overwrite, sync_dir},
    ids::MessageId,
    random,
};
use nyx_crypto::{
    purposes::{ItemKey, SessionsKey},
    secret::Secret,
    wrap,
};
use nyx_wire::vault::{BUCKET_RECORD_LEN, BucketRecord};
use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Which file holds a key: [`UNREAD`], or the number of the hour (since 1970) at whose beginning it dies.
pub(crate) type Bucket = i64;

/// The keys whose time does not run yet.
pub(crate) const UNREAD: Bucket = 0;

/// The bucket of a message that is over at `expires_ms`: the first full hour that is not before it.
pub(crate) fn bucket_of(expires_ms: i64) -> Bucket {
    (expires_ms.max(1) - 1) / HOUR_MS + 1
}

/// Whether the keys in a bucket must be gone at `now_ms`.
pub(crate) fn is_due(bucket: Bucket, now_ms: i64) -> bool {
    bucket != UNREAD && bucket.saturating_mul(HOUR_MS) <= now_ms
}

/// What lies in the folder of buckets.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The buckets.
    pub(crate) known: BTreeMap<Bucket, PathBuf>,
    /// Nobody's to touch. Told apart and not refused, or one stray file would keep every key alive for ever.
    pub(crate) foreign: Vec<PathBuf>,
}

/// The folder of buckets.
#[derive(Debug)]
pub(crate) struct Buckets {
    dir: PathBuf,
}

impl Buckets {
    pub(crate) const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Appends records, durably. After a torn append the next one starts over at the torn record.
    pub(crate) fn put(&self, bucket: Bucket, records: &[BucketRecord]) -> Result<(), StorageError> {
        let path = self.path(bucket);
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        let mut file = open_private(options.create(true).truncate(false).read(true).write(true), &path)?;
        let whole = file.metadata()?.len() / BUCKET_RECORD_LEN as u64 * BUCKET_RECORD_LEN as u64;
        file.seek(SeekFrom::Start(whole))?;
        let bytes: Vec<u8> = records.iter().flat_map(BucketRecord::to_bytes).collect();
        file.write_all(&bytes)?;
        file.sync_all()?;
        if is_new {
            sync_dir(&self.dir)?;
        }
        Ok(())
    }

    /// Every record of a bucket; the later one counts where a message has two.
    pub(crate) fn read(&self, bucket: Bucket) -> Result<HashMap<MessageId, BucketRecord>, StorageError> {
        let bytes = match fs::read(self.path(bucket)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
            Err(error) => return Err(error.into()),
        };
        Ok(BucketRecord::all_in(&bytes).map(|(_, record)| (MessageId(record.message), record)).collect())
    }

    /// Overwrites the records of some messages; removes the file when nothing is left in it.
    pub(crate) fn erase(&self, bucket: Bucket, is_over: impl Fn(MessageId) -> bool) -> Result<(), StorageError> {
        let path = self.path(bucket);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let (over, left): (Vec<_>, Vec<_>) =
            BucketRecord::all_in(&bytes).partition(|(_, record)| is_over(MessageId(record.message)));
        if left.is_empty() {
            return self.destroy(bucket);
        }
        if over.is_empty() {
            return Ok(());
        }
        let mut file = OpenOptions::new().write(true).open(&path)?;
        for (place, _) in over {
            file.seek(SeekFrom::Start((place * BUCKET_RECORD_LEN) as u64))?;
            file.write_all(&[0; BUCKET_RECORD_LEN])?;
        }
        Ok(file.sync_all()?)
    }

    /// Overwrites a bucket and removes it. Under another name, so that after a power cut half a bucket of noise is not
    /// taken for a damaged one.
    pub(crate) fn destroy(&self, bucket: Bucket) -> Result<(), StorageError> {
        let path = self.path(bucket);
        let over = path.with_extension(OVER);
        match fs::rename(&path, &over) {
            Ok(()) => sync_dir(&self.dir)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            // Something foreign has the other name; a key must not live on because of it.
            Err(_) => return self.overwrite(&path),
        }
        self.overwrite(&over)
    }

    /// Destroys every bucket whose hour has passed. Goes on past one that resists, and tells of it at the end.
    pub(crate) fn destroy_due(&self, now_ms: i64) -> Result<(), StorageError> {
        let mut done = self.destroy_begun();
        for bucket in self.list()?.known.into_keys().filter(|bucket| is_due(*bucket, now_ms)) {
            done = done.and(self.destroy(bucket));
        }
        done
    }

    /// Goes on with every destruction that was interrupted.
    pub(crate) fn destroy_begun(&self) -> Result<(), StorageError> {
        let mut done = Ok(());
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_file() && path.extension().is_some_and(|extension| extension == OVER) {
                done = done.and(self.overwrite(&path));
            }
        }
        done
    }

    fn overwrite(&self, path: &Path) -> Result<(), StorageError> {
        overwrite(&mut OpenOptions::new().write(true).open(path)?)?;
        fs::remove_file(path)?;
        Ok(sync_dir(&self.dir)?)
    }

    /// What lies in the folder.
    pub(crate) fn list(&self) -> Result<Listing, StorageError> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let path = entry.path();
            let is_file = entry.file_type()?.is_file();
            if is_file && path.extension().is_some_and(|extension| extension == OVER) {
                continue;
            }
            match bucket_named(&name_of(&path)).filter(|_| is_file) {
                Some(bucket) => {
                    listing.known.insert(bucket, path);
                }
                None => listing.foreign.push(path),
            }
        }
        Ok(listing)
    }

    fn path(&self, bucket: Bucket) -> PathBuf {
        match bucket {
            UNREAD => self.dir.join(UNREAD_NAME),
            hour => self.dir.join(hour.to_string()),
        }
    }
}

/// The record that keeps a message's key.
pub(crate) fn record(
    message: MessageId,
    key: &Secret<ItemKey>,
    sessions: &Secret<SessionsKey>,
) -> Option<BucketRecord> {
    let wrapped = wrap::wrap(sessions, key.expose(), &place(message), &mut random());
    Some(BucketRecord { message: message.0, wrapped: wrapped.try_into().ok()? })
}

/// The key in a record.
pub(crate) fn key_in(record: &BucketRecord, sessions: &Secret<SessionsKey>) -> Option<Secret<ItemKey>> {
    let key = wrap::unwrap(sessions, &record.wrapped, &place(MessageId(record.message))).ok()?;
    Secret::from_slice(&key)
}

fn place(message: MessageId) -> Vec<u8> {
    [b"expiry".as_slice(), &message.0].concat()
}

/// The bucket of a file with this name. Only the one spelling that is written: `+7` and `07` are not bucket 7's file.
fn bucket_named(name: &str) -> Option<Bucket> {
    if name == UNREAD_NAME {
        return Some(UNREAD);
    }
    name.parse().ok().filter(|hour: &Bucket| *hour > 0 && hour.to_string() == name)
}

/// The name of a bucket's file, for reports.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Finer buckets would mean more files, coarser ones a longer lag between the end of a message and that of its key.
const HOUR_MS: i64 = 3_600_000;
const UNREAD_NAME: &str = "unread";
/// How the name of a bucket ends that is being overwritten.
const OVER: &str = "over";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_outlives_its_message_by_less_than_an_hour() {
        for expires_ms in [1, 999, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1, 1_790_000_000_123] {
            let bucket = bucket_of(expires_ms);
            assert!(!is_due(bucket, expires_ms - 1), "{expires_ms}");
            assert!(is_due(bucket, expires_ms + HOUR_MS - 1), "{expires_ms}");
        }
        assert!(!is_due(UNREAD, i64::MAX));
        assert!(bucket_of(i64::MIN) > UNREAD);
    }

    #[test]
    fn a_torn_record_is_overwritten_by_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let buckets = Buckets::new(dir.path().to_owned());
        let record = |byte| BucketRecord { message: [byte; 16], wrapped: [byte; 72] };
        buckets.put(7, &[record(1)]).unwrap();
        OpenOptions::new().append(true).open(dir.path().join("7")).unwrap().write_all(&[9; 50]).unwrap();
        assert_eq!(buckets.read(7).unwrap().len(), 1);
        buckets.put(7, &[record(2)]).unwrap();
        assert_eq!(buckets.read(7).unwrap().len(), 2);
        assert_eq!(fs::metadata(dir.path().join("7")).unwrap().len(), 2 * BUCKET_RECORD_LEN as u64);
    }

    #[test]
    fn an_erased_record_leaves_the_others_and_the_last_one_takes_the_file_along() {
        let dir = tempfile::tempdir().unwrap();
        let buckets = Buckets::new(dir.path().to_owned());
        let record = |byte| BucketRecord { message: [byte; 16], wrapped: [byte; 72] };
        buckets.put(UNREAD, &[record(1), record(2)]).unwrap();
        buckets.erase(UNREAD, |message| message.0 == [1; 16]).unwrap();
        assert_eq!(buckets.read(UNREAD).unwrap().into_keys().collect::<Vec<_>>(), [MessageId([2; 16])]);
        buckets.erase(UNREAD, |_| true).unwrap();
        assert!(buckets.list().unwrap().known.is_empty());
    }

    #[test]
    fn a_foreign_entry_is_told_apart_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["notes.txt", "07", "+7", "-7", "0"] {
            fs::write(dir.path().join(name), "mine").unwrap();
        }
        fs::create_dir(dir.path().join("8")).unwrap();
        let buckets = Buckets::new(dir.path().to_owned());
        buckets.put(7, &[BucketRecord { message: [1; 16], wrapped: [1; 72] }]).unwrap();
        let listing = buckets.list().unwrap();
        assert_eq!(listing.known.into_keys().collect::<Vec<_>>(), [7]);
        assert_eq!(listing.foreign.len(), 6);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 7);
    }
}
