//! Backups: everything into one file that the phrase or a passphrase opens, and back.
//!
//! A backup holds no key that speaks for the account and none of a device, so whoever gets hold of one and its passphrase
//! reads the history and cannot act as the person. With the phrase a restored vault begins a new generation at once;
//! after a passphrase it waits for [`Recover`](crate::Command::Recover).

use crate::{
    account::{
        self,
        creation::{self, Opener},
        identity::{self, Beginning},
    },
    command::{BackupKey, BackupTarget, OpensBy},
    commit::{commit, look},
    event::Event,
    failure::{Failure, FileTrouble},
    files::{
        outside::{Outside, OutsideFile, PART_BYTES},
        unfinished::Unfinished,
    },
    jobs::{Job, World},
};
use nyx_crypto::{kdf::Password, root::Root};
use nyx_vault::{BackupError, BackupTo, RestoreError, StorageError, Vault, opens_backup, restore_backup};
use std::{
    fs,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

/// Writes a backup into a file that must not be there yet. It is there as a whole or not at all.
pub(crate) fn create(job: &Job, world: &World, vault: &Vault, file: &Path, to: &BackupTarget) -> Result<(), Failure> {
    let public = look(vault, |reader| Ok(reader.account()?.ok_or(Failure::NoAccount)?.backup_public))?;
    let to = match to {
        BackupTarget::Phrase => BackupTo::Phrase(&public),
        BackupTarget::Passphrase(passphrase) => BackupTo::Passphrase(passphrase.as_str()),
    };
    let outside = Outside::of(job)?;
    let refused = |error| job.unless_unwanted(Failure::file(file, error));
    let path = file.to_owned();
    // Before anything is copied; the publishing looks once more.
    let is_free = outside.run(move || match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        found => found.map(|_| false),
    });
    if !is_free.map_err(refused)? {
        return Err(Failure::File { path: file.to_owned(), trouble: FileTrouble::Exists });
    }
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut sink = Unfinished::begin(&outside, dir, world.number()).map_err(refused)?;
    let snapshot = vault
        .snapshot(world.now_ms(), &mut |_, _| job.progress(0, None))
        .map_err(|error| not_written(job, file, error.into()))?;
    nyx_vault::write_backup(vault, &snapshot, to, &mut sink, &mut |done| job.progress(done, None))
        .map_err(|error| not_written(job, file, error))?;
    let bytes = sink.length();
    sink.publish(std::iter::once(file.to_owned())).map_err(refused)?;
    job.tell(Event::Backup { file: file.to_owned(), bytes });
    Ok(())
}

/// Makes a vault of a backup.
pub(crate) fn restore(
    job: &Job,
    world: &World,
    file: &Path,
    by: &BackupKey,
    password: &Password,
) -> Result<Vault, Failure> {
    let (mut source, length) = open(job, file)?;
    let vault = match by {
        BackupKey::Phrase(phrase) => {
            let root = Root::from_phrase(phrase);
            creation::create(job, world, &Opener::Phrase(&root), |home| {
                let key = nyx_vault::BackupKey::Phrase(&root);
                let vault = read_into(job, world, home, (file, &mut source, length), key, password)?;
                begin_anew(world, &root, &vault)?;
                Ok(vault)
            })?
        }
        BackupKey::Passphrase(passphrase) => creation::create(job, world, &Opener::Password(password), |home| {
            let key = nyx_vault::BackupKey::Passphrase(passphrase.as_str());
            read_into(job, world, home, (file, &mut source, length), key, password)
        })?,
    };
    job.tell(Event::Account(account::view(&vault)?));
    Ok(vault)
}

/// By what a backup opens, as far as its first bytes tell: to ask the right question. The restoring itself decides.
pub(crate) fn opens_by(job: &Job, file: &Path) -> Result<(), Failure> {
    let (source, _) = open(job, file)?;
    let mut start = Vec::new();
    source.take(HEAD_BYTES).read_to_end(&mut start).map_err(|error| job.unless_unwanted(Failure::file(file, error)))?;
    let by = match start.strip_prefix(AGE.as_bytes()) {
        Some(stanza) if stanza.starts_with(SCRYPT.as_bytes()) => OpensBy::Passphrase,
        Some(_) => OpensBy::Phrase,
        None => return Err(Failure::BadBackup),
    };
    job.tell(Event::BackupOpensBy(by));
    Ok(())
}

/// Whether a backup opens by this.
pub(crate) fn try_key(job: &Job, file: &Path, by: &BackupKey) -> Result<(), Failure> {
    let (mut source, _) = open(job, file)?;
    let opened = match by {
        BackupKey::Phrase(phrase) => {
            opens_backup(&mut source, nyx_vault::BackupKey::Phrase(&Root::from_phrase(phrase)))
        }
        BackupKey::Passphrase(passphrase) => {
            opens_backup(&mut source, nyx_vault::BackupKey::Passphrase(passphrase.as_str()))
        }
    };
    opened.map_err(|error| job.unless_unwanted(not_restored(file, error)))
}

fn read_into(
    job: &Job,
    world: &World,
    home: &Path,
    (file, source, length): (&Path, &mut Backup, u64),
    key: nyx_vault::BackupKey<'_>,
    password: &Password,
) -> Result<Vault, Failure> {
    let new = world.new_password(password)?;
    // What is decrypted is shorter than the file, so this never goes beyond the end.
    let vault = restore_backup(home, source, key, &new, &mut |done| job.progress(done.min(length), Some(length)))
        .map_err(|error| job.unless_unwanted(not_restored(file, error)))?;
    // Anybody can write a file that opens. Here it is still no vault of this home, and refusing it changes nothing.
    look(&vault, |reader| identity::check(reader).map_err(not_an_account))?;
    account::view(&vault).map_err(not_an_account)?;
    Ok(vault)
}

/// What would be a damaged vault is here a backup that never was right.
fn not_an_account(failure: Failure) -> Failure {
    match failure {
        Failure::NoAccount | Failure::Damaged(_) => Failure::BadBackup,
        other => other,
    }
}

/// The phrase is in hand: this device speaks for the account from now on, in a new generation.
fn begin_anew(world: &World, root: &Root, vault: &Vault) -> Result<(), Failure> {
    let account = look(vault, |reader| reader.account()?.ok_or(Failure::BadBackup))?;
    let ark = root.account_root_key();
    if account.aid != *ark.aid().as_bytes() {
        return Err(Failure::BadBackup);
    }
    let known = identity::known_generation(&account, &ark.public())?;
    let beginning = Beginning::new(world, root, &account.name, known)?;
    commit(vault, |tx| {
        beginning.write(tx)?;
        identity::write_notes(world, tx)
    })
}

/// A backup, as it is read.
type Backup = BufReader<OutsideFile>;

fn open(job: &Job, file: &Path) -> Result<(Backup, u64), Failure> {
    let (source, length) = Outside::of(job)?.open(file)?;
    Ok((BufReader::with_capacity(PART_BYTES, source), length))
}

fn not_written(job: &Job, file: &Path, error: BackupError) -> Failure {
    job.unless_unwanted(match error {
        BackupError::Exists => Failure::File { path: PathBuf::from(file), trouble: FileTrouble::Exists },
        BackupError::Sink(error) => Failure::file(file, error),
        BackupError::SinkFull => Failure::DiskFull,
        BackupError::Cancelled => Failure::Cancelled,
        BackupError::Recipient => Failure::Internal(error.to_string()),
        BackupError::Storage(error) => error.into(),
    })
}

fn not_restored(file: &Path, error: RestoreError) -> Failure {
    match error {
        RestoreError::NotABackup | RestoreError::Damaged => Failure::BadBackup,
        RestoreError::WrongKey => Failure::WrongBackupKey,
        RestoreError::OtherKindOfKey => Failure::OtherBackupKey,
        RestoreError::OtherVersion(_) => Failure::LaterVersion,
        RestoreError::Source(error) => match StorageError::from(error) {
            StorageError::Disk(error) => Failure::file(file, error),
            other => other.into(),
        },
        RestoreError::Cancelled => Failure::Cancelled,
        RestoreError::Create(error) => error.into(),
    }
}

/// What an age file begins with.
const AGE: &str = "age-encryption.org/v1\n";
/// What follows if a passphrase opens it.
const SCRYPT: &str = "-> scrypt ";
/// As much as tells one from the other.
const HEAD_BYTES: u64 = 64;
