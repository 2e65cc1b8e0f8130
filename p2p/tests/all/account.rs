//! Creating, coming back, backups: what lies in the vault afterwards, read without the engine.

use crate::front::{Front, NOW_MS, PASSWORD, password};
use nyx_crypto::{
    account::{Aid, verify_opkey_cert},
    device_list,
    root::Root,
    secret::Secret,
};
use nyx_p2p::{
    BackupKey, BackupTarget, Command, Event, Failure, NewNote, Passphrase, Password, PasswordParams, Phrase, WordCount,
};
use nyx_vault::{
    BackupTo, LockedVault, NewPassword, Origin, Reader, Tx, WriteError,
    model::{Account, AccountState},
};
use nyx_wire::{codec, identity::Signed};
use std::path::Path;

/// Looks into a vault that no engine holds.
fn inside<T>(home: &Path, password: &str, look: impl FnOnce(&Reader<'_>) -> T) -> T {
    let password = Password::new(password).unwrap();
    let vault = LockedVault::find(home).unwrap().unlock(&password).unwrap();
    vault.read::<T, nyx_vault::StorageError>(|reader| Ok(look(reader))).unwrap()
}

/// The generation, after everything that a contact would check was checked.
fn verified_generation(reader: &Reader<'_>) -> u64 {
    let account = reader.account().unwrap().unwrap();
    let ark: [u8; 32] = reader.setting("identity/account-root-public").unwrap().unwrap().value.try_into().unwrap();
    let cert: Signed<_> = codec::decode_strict(&account.opkey_cert, 1024).unwrap();
    let cert = verify_opkey_cert(Aid::from_bytes(account.aid), &ark, &cert).unwrap();
    let list: Signed<_> = codec::decode_strict(&account.device_list, 65536).unwrap();
    let list = device_list::verify(&cert, &list).unwrap();
    let here: Vec<_> = reader.devices().unwrap().into_iter().filter(|device| device.this).collect();
    assert_eq!((here.len(), list.devices().len()), (1, 1));
    assert_eq!(here[0].id.0, list.devices()[0].device_id);
    assert!(reader.session("operating-key", &[], |seed| seed.is_some()).unwrap());
    cert.generation
}

#[tokio::test]
async fn a_new_account_is_what_a_contact_would_accept() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, _) = Front::with_account(&home, None).await;
    front.close().await;
    inside(&home, PASSWORD, |reader| {
        assert_eq!(verified_generation(reader), NOW_MS as u64 / 1000 + 1);
        assert!(reader.notes().unwrap().is_some());
    });
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside the home");
}

#[tokio::test]
async fn nothing_is_written_before_the_phrase_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let mut front = Front::at(&home);
    assert!(matches!(front.run(Command::PhraseKept).await, Err(Failure::NothingToConfirm)));
    let begin = || Command::NewAccount { name: "Ayu".into(), password: password(), words: WordCount::TwentyFour };
    front.run(begin()).await.unwrap();
    assert!(!home.exists());
    // Whoever walks away and locks starts over.
    front.run(Command::Lock).await.unwrap();
    assert!(matches!(front.run(Command::PhraseKept).await, Err(Failure::NothingToConfirm)));
    front.close().await;
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_killed_creation_left_is_in_nobodys_way() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (other, _) = Front::with_account(&dir.path().join("home.making"), None).await;
    other.close().await;
    let (mut front, _) = Front::with_account(&home, None).await;
    front.run(Command::Status).await.unwrap();
    assert!(!dir.path().join("home.making").exists());
}

#[tokio::test]
async fn of_two_who_make_a_vault_in_one_home_one_gets_it_whole() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut first, mut second) = (Front::at(&home), Front::at(&home));
    let begin = || Command::NewAccount { name: "Ayu".into(), password: password(), words: WordCount::Twelve };
    first.run(begin()).await.unwrap();
    second.run(begin()).await.unwrap();
    let (one, other) = tokio::join!(first.run(Command::PhraseKept), second.run(Command::PhraseKept));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refused = one.and(other).unwrap_err();
    assert!(matches!(refused, Failure::InUse | Failure::AccountExists), "{refused:?}");
    first.close().await;
    second.close().await;
    inside(&home, PASSWORD, |reader| assert!(verified_generation(reader) > 0));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn while_somebody_makes_a_vault_nobody_makes_or_erases_it() {
    let dir = tempfile::tempdir().unwrap();
    let (home, file) = (dir.path().join("home"), dir.path().join("backup.age"));
    let (mut front, phrase) = Front::with_account(&dir.path().join("own"), None).await;
    front.run(Command::CreateBackup { file: file.clone(), to: BackupTarget::Phrase }).await.unwrap();
    front.close().await;
    // As a process holds it from before its first file until the vault is in its place.
    let path = dir.path().join("home.making.lock");
    let held = std::fs::File::create(&path).unwrap();
    held.try_lock().unwrap();
    let mut front = Front::at(&home);
    let begin = Command::NewAccount { name: "Ayu".into(), password: password(), words: WordCount::Twelve };
    front.run(begin).await.unwrap();
    assert!(matches!(front.run(Command::PhraseKept).await, Err(Failure::InUse)));
    let again = || Phrase::parse(&phrase.words().collect::<Vec<_>>().join(" ")).unwrap();
    let recover = Command::Recover { phrase: again(), password: password(), name: "Ayu".into() };
    assert!(matches!(front.run(recover).await, Err(Failure::InUse)));
    let restore = || {
        let by = BackupKey::Phrase(again());
        Command::RestoreBackup { file: file.clone(), by, password: password() }
    };
    assert!(matches!(front.run(restore()).await, Err(Failure::InUse)));
    assert!(matches!(front.run(Command::Erase).await, Err(Failure::InUse)));
    assert!(!home.exists() && path.exists());
    // What a killed process left is in nobody's way.
    drop(held);
    front.run(restore()).await.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn erasing_takes_along_what_a_killed_restore_left_beside() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (making, staging) = (dir.path().join("home.making"), dir.path().join("home.making.staging"));
    let origin = Origin::of(&Root::from_phrase(&foreign_phrase()));
    // This is where the vault begins: whoever holds it holds a creation up.
    std::fs::create_dir(&staging).unwrap();
    let held = std::fs::File::create(staging.join("lock")).unwrap();
    held.try_lock().unwrap();
    let mut front = Front::at(&home);
    let begin = Command::NewAccount { name: "Ayu".into(), password: password(), words: WordCount::Twelve };
    front.run(begin).await.unwrap();
    assert!(matches!(front.run(Command::PhraseKept).await, Err(Failure::InUse)));
    drop(held);
    for with_home in [true, false] {
        for killed in 0..3 {
            if with_home {
                front.create().await;
            }
            match killed {
                0 => std::fs::create_dir_all(staging.join("blobs")).unwrap(),
                1 => made(&staging, &origin, |_| Ok(())),
                _ => made(&making, &origin, |_| Ok(())),
            }
            let heard = front.run(Command::Erase).await.unwrap();
            let is_said = heard.iter().any(|event| matches!(event, Event::OnlyLeftoversErased));
            assert_eq!(is_said, !with_home, "{killed}");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "{with_home} {killed}");
        }
    }
    assert!(matches!(front.run(Command::Erase).await, Err(Failure::NoAccount)));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

fn foreign_phrase() -> Phrase {
    Phrase::parse("legal winner thank year wave sausage worth useful legal winner thank yellow").unwrap()
}

#[tokio::test]
async fn only_one_engine_has_a_home() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut first, _) = Front::with_account(&home, None).await;
    let mut second = Front::at(&home);
    assert!(matches!(second.unlock().await, Err(Failure::InUse)));
    assert!(matches!(second.run(Command::Erase).await, Err(Failure::InUse)));
    // Locked is not left.
    first.run(Command::Lock).await.unwrap();
    assert!(matches!(second.unlock().await, Err(Failure::InUse)));
    first.close().await;
    second.unlock().await.unwrap();
}

#[tokio::test]
async fn a_recovery_on_nothing_takes_a_generation_above_every_earlier_one() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    let (front, phrase) = Front::with_account(&old, None).await;
    front.close().await;
    let mut front = Front::at(&new);
    front.clock.set(NOW_MS + 5_000);
    let heard = front.run(Command::Recover { phrase, password: password(), name: "Ayu".into() }).await.unwrap();
    assert!(heard.iter().any(|event| matches!(event, Event::IdentityOnly)));
    front.close().await;
    let (before, after) = (inside(&old, PASSWORD, verified_generation), inside(&new, PASSWORD, verified_generation));
    assert!(after > before);
    let aid = |home| inside(home, PASSWORD, |reader| reader.account().unwrap().unwrap().aid);
    assert_eq!(aid(&old), aid(&new));
}

#[tokio::test]
async fn a_recovery_on_a_vault_keeps_its_keys_and_a_clock_that_went_back_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, phrase) = Front::with_account(&home, None).await;
    front.run(Command::Note(NewNote { text: "stays".into(), ..NewNote::default() })).await.unwrap();
    front.clock.set(0);
    let new = Password::new("another password entirely").unwrap();
    front.run(Command::Recover { phrase, password: new, name: String::new() }).await.unwrap();
    assert!(matches!(front.unlock().await, Err(Failure::WrongPassword)));
    front.close().await;
    inside(&home, "another password entirely", |reader| {
        assert_eq!(verified_generation(reader), NOW_MS as u64 / 1000 + 1);
        assert_eq!(reader.counts().unwrap().messages, 1);
    });
}

#[tokio::test]
async fn a_restored_backup_is_another_device_of_the_same_account() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    let file = dir.path().join("backup.age");
    let (mut front, phrase) = Front::with_account(&old, None).await;
    front.run(Command::Note(NewNote { text: "kept".into(), ..NewNote::default() })).await.unwrap();
    front.run(Command::CreateBackup { file: file.clone(), to: BackupTarget::Phrase }).await.unwrap();
    front.close().await;
    let mut front = Front::at(&new);
    // A clock far in the past: what the backup has seen still counts.
    front.clock.set(1_000);
    let restore = Command::RestoreBackup { file, by: BackupKey::Phrase(phrase), password: password() };
    front.run(restore).await.unwrap();
    front.close().await;
    let before = inside(&old, PASSWORD, |reader| (verified_generation(reader), reader.devices().unwrap()));
    let after = inside(&new, PASSWORD, |reader| (verified_generation(reader), reader.devices().unwrap()));
    assert_eq!(after.0, before.0 + 1);
    assert_ne!(after.1[0].id, before.1[0].id);
    assert_ne!(after.1[0].certificate, before.1[0].certificate);
}

#[tokio::test]
async fn a_passphrase_backup_cannot_speak_for_the_account_until_the_phrase_comes() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    let file = dir.path().join("backup.age");
    let (mut front, phrase) = Front::with_account(&old, None).await;
    let passphrase = || Passphrase::new("a passphrase of its own").unwrap();
    let to = BackupTarget::Passphrase(passphrase());
    front.run(Command::CreateBackup { file: file.clone(), to }).await.unwrap();
    front.close().await;
    let mut front = Front::at(&new);
    let by = BackupKey::Passphrase(passphrase());
    let heard = front.run(Command::RestoreBackup { file, by, password: password() }).await.unwrap();
    assert!(!can_sign(&heard));
    let heard = front.run(Command::Recover { phrase, password: password(), name: String::new() }).await.unwrap();
    assert!(can_sign(&heard));
    front.close().await;
    let before = inside(&old, PASSWORD, verified_generation);
    assert!(inside(&new, PASSWORD, verified_generation) > before);
}

#[tokio::test]
async fn a_backup_of_an_account_that_has_left_can_be_used_and_speaks_for_it_only_by_the_phrase() {
    let dir = tempfile::tempdir().unwrap();
    let old = dir.path().join("old");
    let (front, phrase) = Front::with_account(&old, None).await;
    front.close().await;
    let moved = AccountState::Moved { to: "Laptop".into() };
    change(&old, |tx, account| {
        account.state = moved.clone();
        tx.remove_session("operating-key", &[]).unwrap();
    });
    let passphrase = || Passphrase::new("a passphrase of its own").unwrap();
    let ways = [
        ("by-phrase", BackupTarget::Phrase, BackupKey::Phrase(phrase)),
        ("by-passphrase", BackupTarget::Passphrase(passphrase()), BackupKey::Passphrase(passphrase())),
    ];
    for (name, to, by) in ways {
        let is_phrase = matches!(by, BackupKey::Phrase(_));
        let (file, new) = (dir.path().join(name), dir.path().join(format!("{name}-home")));
        let mut front = Front::at(&old);
        front.unlock().await.unwrap();
        front.run(Command::CreateBackup { file: file.clone(), to }).await.unwrap();
        front.close().await;
        let mut front = Front::at(&new);
        let heard = front.run(Command::RestoreBackup { file, by, password: password() }).await.unwrap();
        assert_eq!(can_sign(&heard), is_phrase);
        front.run(Command::Note(NewNote { text: "again".into(), ..NewNote::default() })).await.unwrap();
        front.close().await;
        assert_eq!(inside(&new, PASSWORD, |reader| reader.account().unwrap().unwrap().state), AccountState::Active);
    }
}

#[tokio::test]
async fn another_accounts_phrase_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    let foreign = foreign_phrase();
    let new = Password::new("another password entirely").unwrap();
    let refused = front.run(Command::Recover { phrase: foreign, password: new, name: String::new() }).await;
    assert!(matches!(refused, Err(Failure::WrongPhrase)));
    front.unlock().await.unwrap();
}

#[tokio::test]
async fn the_phrase_on_a_vault_whose_account_moved_away_sets_a_password_and_nothing_else() {
    for state in [AccountState::Frozen, AccountState::Moved { to: "Laptop".into() }] {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let (front, phrase) = Front::with_account(&home, None).await;
        front.close().await;
        let before = change(&home, |tx, account| {
            account.state = state.clone();
            tx.remove_session("operating-key", &[]).unwrap();
        });
        let mut front = Front::at(&home);
        let new = Password::new("another password entirely").unwrap();
        let heard = front.run(Command::Recover { phrase, password: new, name: String::new() }).await.unwrap();
        assert!(!can_sign(&heard));
        front.close().await;
        let after = inside(&home, "another password entirely", |reader| reader.account().unwrap().unwrap());
        assert_eq!(after, before);
    }
}

#[tokio::test]
async fn a_vault_with_somebody_elses_account_in_it_takes_no_password_from_its_phrase() {
    let dir = tempfile::tempdir().unwrap();
    let (home, others) = (dir.path().join("home"), dir.path().join("others"));
    let (front, phrase) = Front::with_account(&dir.path().join("own"), None).await;
    front.close().await;
    let (front, _) = Front::with_account(&others, None).await;
    front.close().await;
    // Opened by this phrase, and the account and its key are those of another one.
    let foreign = inside(&others, PASSWORD, |reader| reader.account().unwrap().unwrap());
    let origin = Origin::of(&Root::from_phrase(&phrase));
    made(&home, &origin, |tx| {
        tx.put_account(&foreign)?;
        tx.put_session("operating-key", &[], &[7; 32])
    });
    assert!(matches!(refused_recovery(&home, phrase).await, Failure::WrongPhrase));
}

#[tokio::test]
async fn a_vault_that_somebody_else_put_behind_the_phrase_is_told_apart_and_takes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (home, own) = (dir.path().join("home"), dir.path().join("own"));
    let (front, phrase) = Front::with_account(&own, None).await;
    front.close().await;
    // Everything public is right, the account's id and its certificates too; only the phrase was never there.
    let account = inside(&own, PASSWORD, |reader| reader.account().unwrap().unwrap());
    let public = Origin::of(&Root::from_phrase(&phrase)).reset_public();
    made(&home, &Origin::from_parts(public, Secret::from_bytes([7; 32])), |tx| tx.put_account(&account));
    assert!(matches!(refused_recovery(&home, phrase).await, Failure::ForeignVault));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_noticed_before_the_password_changes() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, phrase) = Front::with_account(&home, None).await;
    front.close().await;
    change(&home, |tx, account| {
        account.opkey_cert.truncate(40);
        tx.remove_session("operating-key", &[]).unwrap();
    });
    refused_recovery(&home, phrase).await;
}

#[tokio::test]
async fn a_backup_without_an_account_that_verifies_makes_no_vault() {
    let dir = tempfile::tempdir().unwrap();
    let (front, phrase) = Front::with_account(&dir.path().join("own"), None).await;
    front.close().await;
    let account = inside(&dir.path().join("own"), PASSWORD, |reader| reader.account().unwrap().unwrap());
    let ark = inside(&dir.path().join("own"), PASSWORD, |reader| {
        reader.setting("identity/account-root-public").unwrap().unwrap()
    });
    let (front, _) = Front::with_account(&dir.path().join("others"), None).await;
    front.close().await;
    let others = inside(&dir.path().join("others"), PASSWORD, |reader| reader.account().unwrap().unwrap());
    let cases = [
        ("no account", None),
        ("another device list", Some(Account { device_list: others.device_list.clone(), ..account.clone() })),
        ("no device list", Some(Account { device_list: Vec::new(), ..account.clone() })),
        ("another certificate", Some(Account { opkey_cert: others.opkey_cert.clone(), ..account.clone() })),
        ("half a certificate", Some(Account { opkey_cert: account.opkey_cert[..40].to_vec(), ..account.clone() })),
        ("another account", Some(others)),
    ];
    let origin = Origin::of(&Root::from_phrase(&phrase));
    for (number, (what, crafted)) in cases.into_iter().enumerate() {
        let home = dir.path().join(format!("crafted{number}"));
        made(&home, &origin, |tx| {
            tx.put_setting("identity/account-root-public", &ark)?;
            crafted.map_or(Ok(()), |account| tx.put_account(&account))
        });
        let vault = LockedVault::find(&home).unwrap().unlock(&password()).unwrap();
        // Opening by a passphrase takes seconds, and what follows is the same.
        let ways: &[bool] = if number < 2 { &[true, false] } else { &[true] };
        for &by_phrase in ways {
            let file = dir.path().join(format!("{number}{by_phrase}.age"));
            let to = match by_phrase {
                true => BackupTo::Phrase(&account.backup_public),
                false => BackupTo::Passphrase("a passphrase of its own"),
            };
            vault.backup(to, &file, NOW_MS, &mut |_| true).unwrap();
            let by = match by_phrase {
                true => BackupKey::Phrase(Phrase::parse(&phrase.words().collect::<Vec<_>>().join(" ")).unwrap()),
                false => BackupKey::Passphrase(Passphrase::new("a passphrase of its own").unwrap()),
            };
            let new = dir.path().join("new/home");
            let mut front = Front::at(&new);
            let refused = front.run(Command::RestoreBackup { file, by, password: password() }).await;
            assert!(matches!(refused, Err(Failure::BadBackup)), "{what}, {by_phrase}: {refused:?}");
            front.close().await;
            let left = std::fs::read_dir(new.parent().unwrap()).unwrap().count();
            assert_eq!(left, 0, "{what}, {by_phrase}");
        }
    }
}

/// Changes an account behind the engine's back; answers what it became.
fn change(home: &Path, how: impl FnOnce(&mut Tx<'_>, &mut Account)) -> Account {
    let vault = LockedVault::find(home).unwrap().unlock(&password()).unwrap();
    vault
        .commit::<_, WriteError>(|tx| {
            let mut account = tx.account()?.unwrap();
            how(tx, &mut account);
            tx.put_account(&account)?;
            Ok(account)
        })
        .unwrap()
}

/// A vault that no engine made.
fn made(home: &Path, origin: &Origin, with: impl FnOnce(&mut Tx<'_>) -> Result<(), WriteError>) {
    let new = NewPassword { password: &password(), params: PasswordParams::floor() };
    let vault = LockedVault::create(home, &new, origin).unwrap();
    vault.commit(with).unwrap();
}

/// Recovers where that must fail, and shows that nothing changed.
async fn refused_recovery(home: &Path, phrase: Phrase) -> Failure {
    let before = std::fs::read(home.join("header")).unwrap();
    let mut front = Front::at(home);
    let new = Password::new("another password entirely").unwrap();
    let refused = front.run(Command::Recover { phrase, password: new, name: String::new() }).await.unwrap_err();
    assert_eq!(std::fs::read(home.join("header")).unwrap(), before);
    front.unlock().await.unwrap();
    refused
}

fn can_sign(heard: &[Event]) -> bool {
    heard.iter().any(|event| matches!(event, Event::Account(account) if account.can_sign))
}

#[tokio::test]
async fn the_lock_that_an_interrupted_erasing_left_keeps_nobody_from_beginning_anew() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("lock"), "").unwrap();
    let (mut front, _) = Front::with_account(&home, None).await;
    front.run(Command::Status).await.unwrap();
    // Anything else is somebody's.
    let other = dir.path().join("other");
    std::fs::create_dir_all(other.join("lock")).unwrap();
    let begin = |words| Command::NewAccount { name: "Ayu".into(), password: password(), words };
    let mut front = Front::at(&other);
    assert!(matches!(front.run(begin(WordCount::Twelve)).await, Err(Failure::FolderNotEmpty)));
}
