//! What other processes of the same person hand over.

use crate::front::Front;
use nyx_p2p::{AutoLock, Command, Event, Failure, FileTrouble, Holder, Message, Reading};
use std::{
    fs::{self, File},
    future::pending,
    io::{Read, Write},
    os::unix::{
        fs::{FileTypeExt, MetadataExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    time::Duration,
};

/// Longer than any test; the vault does not lock itself.
const LONG: Option<Duration> = Some(Duration::from_secs(100_000));

async fn hand(home: &Path, text: &str, files: Vec<PathBuf>) -> Result<Vec<Event>, Failure> {
    let mut heard = Vec::new();
    let holder = Holder::reach(home).await.unwrap();
    holder.note(text.to_owned(), files, pending(), |event| heard.push(event)).await?;
    Ok(heard)
}

async fn newest(front: &mut Front) -> Message {
    let heard = front.run(Command::Read(Reading { limit: 1, ..Reading::default() })).await.unwrap();
    heard
        .into_iter()
        .find_map(|event| if let Event::Message { message, .. } = event { Some(message) } else { None })
        .unwrap()
}

#[tokio::test]
async fn a_handed_note_is_written_and_both_sides_hear_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, LONG).await;
    let door = fs::metadata(home.join("door")).unwrap();
    assert!(door.file_type().is_socket() && door.mode() & 0o777 == 0o600);
    let file = dir.path().join("list.txt");
    fs::write(&file, "salt").unwrap();
    let heard = hand(&home, "from outside", vec![file]).await.unwrap();
    let id = heard.iter().find_map(|event| if let Event::Noted { id } = event { Some(*id) } else { None }).unwrap();
    let told = front.events.next().await.unwrap();
    assert!(told.by.is_none() && matches!(told.event, Event::Changed(_)), "{told:?}");
    let message = newest(&mut front).await;
    assert_eq!((message.id, message.body.as_deref()), (id, Some("from outside")));
    assert_eq!(message.attachments[0].about.as_ref().unwrap().name, "list.txt");
    assert!(matches!(hand(&home, " ", vec![]).await, Err(Failure::EmptyNote)));
    let missing = hand(&home, "", vec![dir.path().join("none")]).await;
    assert!(
        matches!(missing, Err(Failure::File { path, trouble: FileTrouble::Missing }) if path == dir.path().join("none"))
    );
    Holder::reach(&home).await.unwrap().show().await.unwrap();
    let told = front.events.next().await.unwrap();
    assert!(told.by.is_none() && matches!(told.event, Event::ShowWindow), "{told:?}");
    front.run(Command::Lock).await.unwrap();
    assert!(matches!(hand(&home, "locked out", vec![]).await, Err(Failure::Locked)));
    front.close().await;
    assert!(Holder::reach(&home).await.is_none() && !home.join("door").exists());
}

#[tokio::test]
async fn a_caller_that_leaves_takes_the_note_along() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, LONG).await;
    let file = dir.path().join("long.bin");
    File::create(&file).unwrap().set_len(4 << 30).unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let holder = Holder::reach(&home).await.unwrap();
    let stopped = async move { drop(stopped.await) };
    // The clock of this engine stands still: the first progress is the only one.
    let began = |_| drop(stop.take());
    front.clock.set(crate::front::NOW_MS + 1000);
    assert!(matches!(holder.note("x".into(), vec![file], stopped, began).await, Err(Failure::Cancelled)));
    let heard = front.run(Command::Read(Reading { limit: 1, ..Reading::default() })).await.unwrap();
    assert!(heard.is_empty(), "{heard:?}");
    // And the door is there for the next one.
    hand(&home, "after", vec![]).await.unwrap();
}

#[tokio::test]
async fn noise_at_the_door_and_callers_that_do_not_listen_hold_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, LONG).await;
    let mut silent = Vec::new();
    for bytes in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &[1, 0xff, 0xff, 0xff, 0xff], &[1, 0, 0, 0, 1, 0xff], &[9; 100]]
    {
        let mut stream = UnixStream::connect(home.join("door")).unwrap();
        stream.write_all(bytes).unwrap();
        silent.push(stream);
    }
    hand(&home, "still works", vec![]).await.unwrap();
    assert_eq!(newest(&mut front).await.body.as_deref(), Some("still works"));
    front.run(Command::Lock).await.unwrap();
    // Whoever talked nonsense was shown out without a word.
    let mut rest = Vec::new();
    let mut nonsense = silent.remove(1);
    nonsense.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let _ = tokio::task::spawn_blocking(move || nonsense.read_to_end(&mut rest).map(|_| assert!(rest.is_empty())))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_what_is_no_socket_stays() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, _) = Front::with_account(&home, LONG).await;
    front.close().await;
    drop(UnixListener::bind(home.join("door")).unwrap());
    assert!(Holder::reach(&home).await.is_none());
    let mut front = Front::with(&home, AutoLock::AsSet);
    front.unlock().await.unwrap();
    hand(&home, "through the new door", vec![]).await.unwrap();
    front.close().await;
    fs::write(home.join("door"), "mine").unwrap();
    let mut front = Front::with(&home, AutoLock::AsSet);
    front.unlock().await.unwrap();
    assert!(Holder::reach(&home).await.is_none());
    front.close().await;
    assert_eq!(fs::read(home.join("door")).unwrap(), b"mine");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_home_deep_down_has_a_door_too() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("d".repeat(100)).join("e".repeat(100));
    fs::create_dir_all(home.parent().unwrap()).unwrap();
    let (mut front, _) = Front::with_account(&home, LONG).await;
    hand(&home, "from far", vec![]).await.unwrap();
    assert_eq!(newest(&mut front).await.body.as_deref(), Some("from far"));
    front.run(Command::Erase).await.unwrap();
    assert!(!home.exists());
}
