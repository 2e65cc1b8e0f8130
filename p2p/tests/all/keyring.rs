//! The desktop's keyring opens the vault when the program starts, if its person wants that. Whatever becomes of the
//! keyring, the password opens.

use crate::front::{Front, PASSWORD, password};
use nyx_p2p::{
    Answer, AutoLock, Command, Event, Failure, Keyring, KeyringError, KeyringKey, KeyringUse, Password, try_keyring,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

#[tokio::test]
async fn the_keyring_opens_the_vault_at_the_start_and_never_after_a_lock() {
    let (dir, ring) = (tempfile::tempdir().unwrap(), Ring::new());
    let home = dir.path().join("home");
    let mut front = turned_on(&home, &ring).await;
    // Whoever locks wants the password to be asked for, even if the keyring was not asked before.
    front.run(Command::Lock).await.unwrap();
    assert!(matches!(front.run(Command::UnlockWithKeyring).await, Err(Failure::KeyringUnused)));
    front.unlock().await.unwrap();
    front.close().await;
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
    assert_eq!(used(&front.run(Command::Find).await.unwrap()), Some(KeyringUse::On));
    front.run(Command::UnlockWithKeyring).await.unwrap();
    front.run(Command::Status).await.unwrap();
    front.run(Command::Lock).await.unwrap();
    assert!(matches!(front.run(Command::UnlockWithKeyring).await, Err(Failure::KeyringUnused)));
    front.unlock().await.unwrap();
}

#[tokio::test]
async fn whatever_becomes_of_the_keyring_the_password_opens() {
    let (dir, ring) = (tempfile::tempdir().unwrap(), Ring::new());
    let home = dir.path().join("home");
    turned_on(&home, &ring).await.close().await;
    for (mood, failure) in [
        (Mood::Fails(KeyringError::Absent), KeyringError::Absent),
        (Mood::Fails(KeyringError::Locked), KeyringError::Locked),
        (Mood::Fails(KeyringError::Refused), KeyringError::Refused),
        (Mood::Silent, KeyringError::Slow),
        (Mood::Empty, KeyringError::Lost),
        (Mood::Wrong, KeyringError::Foreign),
    ] {
        ring.is(mood);
        let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
        front.run(Command::Find).await.unwrap();
        let refused = front.run(Command::UnlockWithKeyring).await.unwrap_err();
        assert!(matches!(&refused, Failure::Keyring(error) if *error == failure), "{mood:?}: {refused:?}");
        front.unlock().await.unwrap();
        front.close().await;
    }
    // A program that knows no keyring opens it too.
    let mut front = Front::at(&home);
    assert_eq!(used(&front.run(Command::Find).await.unwrap()), Some(KeyringUse::Absent));
    assert!(matches!(front.run(Command::UnlockWithKeyring).await, Err(Failure::Keyring(KeyringError::Absent))));
    front.unlock().await.unwrap();
}

#[tokio::test]
async fn while_the_keyring_thinks_the_password_opens() {
    let dir = tempfile::tempdir().unwrap();
    let ring = Ring::patient();
    let home = dir.path().join("home");
    turned_on(&home, &ring).await.close().await;
    ring.is(Mood::Silent);
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
    front.run(Command::Find).await.unwrap();
    let asked = front.commands.send(Command::UnlockWithKeyring).await.unwrap();
    assert!(matches!(front.run(Command::UnlockWithKeyring).await, Err(Failure::Busy)));
    let typed = front.commands.send(Command::Unlock { password: password() }).await.unwrap();
    let (mut stopped, mut opened) = (false, false);
    while !(stopped && opened) {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Failed(Failure::Cancelled) if told.by == Some(asked) => stopped = true,
            Event::Done if told.by == Some(typed) => opened = true,
            Event::Failed(failure) => panic!("{failure:?}"),
            _ => {}
        }
    }
    front.close().await;
    // Nor does it hold up the end of the program, or a command that is not wanted any more.
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
    front.run(Command::Find).await.unwrap();
    let asked = front.commands.send(Command::UnlockWithKeyring).await.unwrap();
    front.commands.cancel(asked);
    while !matches!(front.events.next().await.unwrap().event, Event::Failed(Failure::Cancelled)) {}
    front.commands.send(Command::UnlockWithKeyring).await.unwrap();
    front.close().await;
}

#[tokio::test]
async fn it_is_turned_on_only_with_the_password_and_only_if_the_keyring_keeps_it() {
    let (dir, ring) = (tempfile::tempdir().unwrap(), Ring::new());
    let home = dir.path().join("home");
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
    front.create().await;
    let wrong = Command::UseKeyring { password: Password::new("wrong").unwrap() };
    assert!(matches!(front.run(wrong).await, Err(Failure::WrongPassword)));
    assert!(ring.kept().is_empty());
    for (mood, failure) in [
        (Mood::Fails(KeyringError::Locked), KeyringError::Locked),
        (Mood::Empty, KeyringError::Lost),
        (Mood::Wrong, KeyringError::Lost),
        (Mood::Silent, KeyringError::Slow),
    ] {
        ring.is(mood);
        let refused = front.run(Command::UseKeyring { password: password() }).await.unwrap_err();
        assert!(matches!(&refused, Failure::Keyring(error) if *error == failure), "{mood:?}: {refused:?}");
        let heard = front.run(Command::Find).await.unwrap();
        assert_eq!(used(&heard), Some(KeyringUse::Off), "{mood:?} left a slot that nothing opens");
    }
}

#[tokio::test]
async fn turned_off_it_leaves_nothing_and_what_it_can_not_take_along_is_told() {
    let (dir, ring) = (tempfile::tempdir().unwrap(), Ring::new());
    let home = dir.path().join("home");
    let mut front = turned_on(&home, &ring).await;
    let heard = front.run(Command::LeaveKeyring).await.unwrap();
    assert_eq!(used(&heard), Some(KeyringUse::Off));
    assert!(ring.kept().is_empty());
    front.run(Command::UseKeyring { password: password() }).await.unwrap();
    ring.is(Mood::Fails(KeyringError::Locked));
    let heard = front.run(Command::LeaveKeyring).await.unwrap();
    assert_eq!(used(&heard), Some(KeyringUse::Off));
    assert!(heard.iter().any(|event| matches!(event, Event::KeyringEntryStays)));
    front.close().await;
    // What stayed there opens nothing.
    ring.is(Mood::Fine);
    assert_eq!(ring.kept().len(), 1);
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring));
    front.run(Command::Find).await.unwrap();
    assert!(matches!(front.run(Command::UnlockWithKeyring).await, Err(Failure::KeyringUnused)));
}

#[tokio::test]
async fn a_new_password_gives_the_keyring_a_new_secret_or_turns_it_off() {
    let (dir, ring) = (tempfile::tempdir().unwrap(), Ring::new());
    let home = dir.path().join("home");
    let mut front = turned_on(&home, &ring).await;
    let change = |present: &str, new: &str| Command::ChangePassword {
        present: Password::new(present).unwrap(),
        new: Password::new(new).unwrap(),
    };
    let before = ring.kept().clone();
    assert!(matches!(front.run(change("wrong", "second")).await, Err(Failure::WrongPassword)));
    assert_eq!(*ring.kept(), before, "a wrong password cost the keyring its secret");
    let heard = front.run(change(PASSWORD, "second")).await.unwrap();
    assert_eq!(used(&heard), Some(KeyringUse::On));
    assert_ne!(*ring.kept(), before);
    front.close().await;
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
    front.run(Command::Find).await.unwrap();
    front.run(Command::UnlockWithKeyring).await.unwrap();
    ring.is(Mood::Fails(KeyringError::Absent));
    let heard = front.run(change("second", "third")).await.unwrap();
    assert_eq!(used(&heard), Some(KeyringUse::Off));
    assert!(heard.iter().any(|event| matches!(event, Event::KeyringTurnedOff)));
    front.run(Command::Lock).await.unwrap();
    front.run(Command::Unlock { password: Password::new("third").unwrap() }).await.unwrap();
}

#[tokio::test]
async fn the_phrase_and_erasing_take_the_secret_out_of_the_keyring() {
    let (dir, ring) = (tempfile::tempdir().unwrap(), Ring::new());
    let home = dir.path().join("home");
    let mut front = Front::with_keyring(&home, AutoLock::Never, Some(ring.clone()));
    let phrase = front.create().await;
    front.run(Command::UseKeyring { password: password() }).await.unwrap();
    assert_eq!(ring.kept().len(), 1);
    let second = || Password::new("second").unwrap();
    front.run(Command::Recover { phrase, password: second(), name: String::new() }).await.unwrap();
    assert!(ring.kept().is_empty());
    front.run(Command::UseKeyring { password: second() }).await.unwrap();
    assert_eq!(ring.kept().len(), 1);
    front.run(Command::Erase).await.unwrap();
    assert!(ring.kept().is_empty());
    assert!(!home.exists());
}

#[tokio::test]
async fn a_keyring_that_works_is_told_from_one_that_does_not() {
    let ring = Ring::new();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    assert_eq!(try_keyring(&*ring, &mut rng).await, Ok(()));
    assert!(ring.kept().is_empty(), "the trial stayed");
    for (mood, failure) in [
        (Mood::Fails(KeyringError::Absent), KeyringError::Absent),
        (Mood::Silent, KeyringError::Slow),
        (Mood::Empty, KeyringError::Lost),
        (Mood::Wrong, KeyringError::Foreign),
    ] {
        ring.is(mood);
        assert_eq!(try_keyring(&*ring, &mut rng).await, Err(failure), "{mood:?}");
    }
}

/// An account whose vault the keyring opens.
async fn turned_on(home: &Path, ring: &Arc<Ring>) -> Front {
    let mut front = Front::with_keyring(home, AutoLock::Never, Some(ring.clone()));
    front.create().await;
    let heard = front.run(Command::UseKeyring { password: password() }).await.unwrap();
    assert_eq!(used(&heard), Some(KeyringUse::On));
    front
}

fn used(heard: &[Event]) -> Option<KeyringUse> {
    heard.iter().rev().find_map(|event| if let Event::Keyring(used) = event { Some(*used) } else { None })
}

/// A keyring in memory, which fails as a test says.
struct Ring {
    kept: Mutex<HashMap<[u8; 16], [u8; 32]>>,
    mood: Mutex<Mood>,
    patience: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Mood {
    Fine,
    Fails(KeyringError),
    /// Answers never.
    Silent,
    /// Takes everything and has nothing.
    Empty,
    /// Has something else.
    Wrong,
}

impl Ring {
    fn new() -> Arc<Self> {
        // As long as it takes to see that nothing comes.
        Self::with_patience(Duration::from_millis(200))
    }

    /// Waited for far longer than a test runs.
    fn patient() -> Arc<Self> {
        Self::with_patience(Duration::from_secs(3600))
    }

    fn with_patience(patience: Duration) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::default(), mood: Mutex::new(Mood::Fine), patience })
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<[u8; 16], [u8; 32]>> {
        self.kept.lock().unwrap()
    }

    fn answer<'a, T: Send + 'a>(
        &'a self,
        answer: impl FnOnce(Mood) -> Result<T, KeyringError> + Send + 'a,
    ) -> Answer<'a, T> {
        let mood = *self.mood.lock().unwrap();
        Box::pin(async move {
            match mood {
                Mood::Fails(error) => Err(error),
                Mood::Silent => std::future::pending().await,
                Mood::Fine | Mood::Empty | Mood::Wrong => answer(mood),
            }
        })
    }
}

impl Keyring for Ring {
    fn keep<'a>(&'a self, vault: [u8; 16], key: &'a KeyringKey) -> Answer<'a, ()> {
        self.answer(move |mood| {
            if matches!(mood, Mood::Fine) {
                self.kept().insert(vault, *key.expose());
            }
            Ok(())
        })
    }

    fn find(&self, vault: [u8; 16]) -> Answer<'_, KeyringKey> {
        self.answer(move |mood| match mood {
            Mood::Wrong => Ok(KeyringKey::from_bytes([9; 32])),
            Mood::Fine => self.kept().get(&vault).copied().map(KeyringKey::from_bytes).ok_or(KeyringError::Lost),
            _ => Err(KeyringError::Lost),
        })
    }

    fn forget(&self, vault: [u8; 16]) -> Answer<'_, ()> {
        self.answer(move |_| {
            self.kept().remove(&vault);
            Ok(())
        })
    }

    fn patience(&self) -> Duration {
        self.patience
    }
}
