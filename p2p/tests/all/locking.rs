//! Keys are in memory between unlocking and locking, and at no other time.

use crate::front::{Front, PASSWORD};
use nyx_p2p::{Command, Event, Failure, Password};
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
