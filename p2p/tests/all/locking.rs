//! Keys are in memory between unlocking and locking, and at no other time.

use crate::front::{Front, PASSWORD, password};
use nyx_p2p::{Command, Event, Failure, Password, Phrase, WordCount};
use std::time::Duration;
use tokio::time::Instant;

const IDLE: Duration = Duration::from_secs(300);

#[tokio::test(start_paused = true)]
async fn an_idle_vault_locks_itself_and_commands_put_that_off() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), Some(IDLE)).await;
    tokio::time::sleep(IDLE - Duration::from_secs(10)).await;
    front.run(Command::Status).await.unwrap();
    let used = Instant::now();
    let told = front.events.next().await.unwrap();
    assert!(matches!(told.event, Event::Locked) && told.by.is_none(), "{told:?}");
    let idle = used.elapsed();
    assert!(idle >= IDLE && idle < IDLE + Duration::from_secs(1), "{idle:?}");
    assert!(matches!(front.run(Command::Status).await, Err(Failure::Locked)));
    assert!(matches!(front.run(Command::Verify).await, Err(Failure::Locked)));
    front.unlock().await.unwrap();
    front.run(Command::Status).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn time_that_the_machine_slept_counts_and_waking_it_does_not_put_the_lock_off() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), Some(IDLE)).await;
    // Nobody touches it: it locks soon after it wakes, whatever a timer says that stood still.
    front.clock.sleep(IDLE);
    let woke = Instant::now();
    let told = front.events.next().await.unwrap();
    assert!(matches!(told.event, Event::Locked) && told.by.is_none(), "{told:?}");
    assert!(woke.elapsed() < IDLE / 2, "{:?}", woke.elapsed());
    // Somebody moves the mouse at once.
    front.unlock().await.unwrap();
    front.clock.sleep(IDLE);
    front.run(Command::Present).await.unwrap();
    assert!(matches!(front.run(Command::Status).await, Err(Failure::Locked)));
    // A nap is no absence.
    front.unlock().await.unwrap();
    front.clock.sleep(IDLE / 2);
    front.run(Command::Status).await.unwrap();
}

#[tokio::test]
async fn whichever_way_the_vault_opens_it_is_told_before_the_command_ends() {
    let dir = tempfile::tempdir().unwrap();
    let mut front = Front::at(&dir.path().join("home"));
    let recover = |phrase| Command::Recover { phrase, password: password(), name: "Ayu".into() };
    let unlock = || Command::Unlock { password: password() };
    let phrase = front.create().await;
    let away = dir.path().join("away");
    let mut elsewhere = Front::at(&away);
    for (front, command) in [(&mut front, unlock()), (&mut elsewhere, recover(phrase))] {
        front.run(Command::Lock).await.unwrap_or_default();
        let by = front.commands.send(command).await.unwrap();
        let mut opened = 0;
        loop {
            let told = front.events.next().await.unwrap();
            match told.event {
                Event::Opened => opened += 1,
                Event::Done if told.by == Some(by) => break,
                Event::Failed(failure) => panic!("{failure}"),
                _ => {}
            }
        }
        assert_eq!(opened, 1);
    }
}

#[tokio::test]
async fn locking_is_never_refused_however_much_waits() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    // The engine has no turn before this test waits for something.
    let mut posted = 0;
    while front.commands.post(Command::ListChats).is_ok() {
        posted += 1;
    }
    let lock = front.commands.post(Command::Lock).unwrap();
    assert_eq!(front.commands.post(Command::Lock).unwrap(), lock, "one does for both");
    assert_eq!(front.commands.send(Command::Lock).await.unwrap(), lock);
    let mut ends = Vec::new();
    while ends.len() <= posted {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Done if told.by == Some(lock) => ends.push(true),
            Event::Done | Event::Failed(Failure::Locked) => ends.push(false),
            _ => {}
        }
    }
    // One may have been under way; all others came after.
    assert!(ends[..2].contains(&true), "{ends:?}");
    front.unlock().await.unwrap();
    while front.commands.post(Command::ListChats).is_ok() {}
    front.commands.post(Command::Erase).unwrap();
    front.close().await;
    assert!(!home.exists());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_was_begun_is_forgotten_when_it_is_not_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, phrase) = Front::with_account(&home, None).await;
    front.close().await;
    let other = dir.path().join("other");
    let mut front = Front::at(&other);
    let begin = || Command::NewAccount { name: "Ayu".into(), password: password(), words: WordCount::Twelve };
    front.run(begin()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(30 * 60)).await;
    front.clock.sleep(Duration::from_secs(30 * 60));
    assert!(matches!(front.run(Command::PhraseKept).await, Err(Failure::NothingToConfirm)));
    // Another vault was opened: what was begun is not for it.
    front.run(begin()).await.unwrap();
    front.run(Command::Recover { phrase, password: password(), name: "Ayu".into() }).await.unwrap();
    assert!(matches!(front.run(Command::PhraseKept).await, Err(Failure::NothingToConfirm)));
    front.run(Command::Status).await.unwrap();
}

#[tokio::test]
async fn a_wrong_phrase_does_not_give_the_home_up() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, phrase) = Front::with_account(&home, None).await;
    front.run(Command::Lock).await.unwrap();
    let wrong = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    let recover = |phrase| Command::Recover { phrase, password: password(), name: String::new() };
    assert!(matches!(front.run(recover(Phrase::parse(wrong).unwrap())).await, Err(Failure::WrongPhrase)));
    let mut other = Front::at(&home);
    assert!(matches!(other.run(Command::Find).await, Err(Failure::InUse)));
    front.run(recover(phrase)).await.unwrap();
    front.run(Command::Status).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_it_stays_open() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    tokio::time::sleep(IDLE * 1000).await;
    front.run(Command::Status).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_can_be_tried_again_without_giving_the_home_up() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    front.run(Command::Lock).await.unwrap();
    let wrong = Command::Unlock { password: Password::new("wrong").unwrap() };
    assert!(matches!(front.run(wrong).await, Err(Failure::WrongPassword)));
    let mut other = Front::at(&home);
    assert!(matches!(other.run(Command::Find).await, Err(Failure::InUse)));
    front.unlock().await.unwrap();
    // Asked again while it is open: is it still the person?
    let wrong = Command::Unlock { password: Password::new("wrong").unwrap() };
    assert!(matches!(front.run(wrong).await, Err(Failure::WrongPassword)));
    front.run(Command::Status).await.unwrap();
}

#[tokio::test]
async fn the_password_changes_only_with_the_present_one() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let change = |present: &str| Command::ChangePassword {
        present: Password::new(present).unwrap(),
        new: Password::new("quite another one").unwrap(),
    };
    assert!(matches!(front.run(change("wrong")).await, Err(Failure::WrongPassword)));
    front.run(change(PASSWORD)).await.unwrap();
    front.run(Command::Lock).await.unwrap();
    assert!(matches!(front.unlock().await, Err(Failure::WrongPassword)));
    front.run(Command::Unlock { password: Password::new("quite another one").unwrap() }).await.unwrap();
}
