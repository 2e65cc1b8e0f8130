//! A vault that is made of something long is made beside the engine.

use crate::front::{Front, NOW_MS, password};
use nyx_p2p::{
    AutoLock, BackupKey, BackupTarget, Clock, Command, Event, Failure, PasswordCost, PasswordParams, Phrase, Setup,
    start,
};
use nyx_testkit::seed::Seeded;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

/// A clock that whoever makes a vault looks at to tell how far it is, and that lets nobody go on before it is let go.
#[derive(Debug, Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

impl Clock for Gate {
    fn unix_ms(&self) -> i64 {
        NOW_MS
    }

    fn running(&self) -> Duration {
        drop(self.opened.wait_while(self.is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
        Duration::ZERO
    }

    fn passed(&self) -> Duration {
        Duration::ZERO
    }
}

fn at_the_gate(home: PathBuf) -> (Front, Arc<Gate>) {
    let gate = Arc::<Gate>::default();
    let seed = Seeded::from_environment(&home.display().to_string()).next_u64();
    let (commands, events) = start(Setup {
        home,
        clock: gate.clone(),
        rng: Box::new(ChaCha20Rng::seed_from_u64(seed)),
        cost: PasswordCost::Fixed(PasswordParams::floor()),
        device: None,
        keyring: None,
        auto_lock: AutoLock::Never,
        has_door: false,
    });
    let clock = crate::front::SetClock::at(NOW_MS);
    (Front { commands, events, clock }, gate)
}

async fn backup(dir: &Path) -> (PathBuf, Phrase) {
    let file = dir.join("backup.age");
    let (mut front, phrase) = Front::with_account(&dir.join("own"), None).await;
    front.run(Command::CreateBackup { file: file.clone(), to: BackupTarget::Phrase }).await.unwrap();
    front.close().await;
    (file, phrase)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_backup_is_restored_everything_else_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let (file, phrase) = backup(dir.path()).await;
    let (mut front, gate) = at_the_gate(dir.path().join("home"));
    let restore = Command::RestoreBackup { file, by: BackupKey::Phrase(phrase), password: password() };
    let by = front.commands.send(restore).await.unwrap();
    assert!(matches!(front.run(Command::Status).await, Err(Failure::Locked)));
    // The home is spoken for.
    assert!(matches!(front.run(Command::Find).await, Err(Failure::Busy)));
    assert!(matches!(front.unlock().await, Err(Failure::Busy)));
    gate.open();
    loop {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Done if told.by == Some(by) => break,
            Event::Failed(failure) => panic!("{failure}"),
            _ => {}
        }
    }
    front.run(Command::Status).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_is_cancelled_leaves_nothing_and_another_can_begin() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (file, phrase) = backup(dir.path()).await;
    let again = || Phrase::parse(&phrase.words().collect::<Vec<_>>().join(" ")).unwrap();
    let (mut front, gate) = at_the_gate(home.clone());
    let restore =
        || Command::RestoreBackup { file: file.clone(), by: BackupKey::Phrase(again()), password: password() };
    let by = front.commands.send(restore()).await.unwrap();
    assert!(matches!(front.run(Command::Status).await, Err(Failure::Locked)));
    front.commands.cancel(by);
    gate.open();
    loop {
        let told = front.events.next().await.unwrap();
        if let (Some(told_by), Event::Failed(failure)) = (told.by, told.event) {
            assert!(told_by == by && matches!(failure, Failure::Cancelled), "{failure}");
            break;
        }
    }
    assert!(!home.exists() && !dir.path().join("home.making").exists());
    front.run(restore()).await.unwrap();
    front.run(Command::Status).await.unwrap();
}
