//! What other processes of the same person hand over.

use crate::front::Front;
use nyx_p2p::{AutoLock, Change, Command, Event, Failure, FileTrouble, Holder, Message, MessageId, Reading};
use nyx_wire::door::{HandedNote, Knock};
use std::{
    fs::{self, File},
    future::pending,
    io::{Read, Write},
    net::Shutdown,
    os::unix::{
        fs::{FileTypeExt, MetadataExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Longer than any test; the vault does not lock itself.
const LONG: Option<Duration> = Some(Duration::from_secs(100_000));

async fn hand(home: &Path, text: &str, files: Vec<PathBuf>) -> Result<Vec<Event>, Failure> {
    let mut heard = Vec::new();
    let holder = Holder::reach(home).await.unwrap();
    holder.note(new_id(), text.to_owned(), files, pending(), |event| heard.push(event)).await?;
    Ok(heard)
}

fn new_id() -> MessageId {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let mut id = [9; 16];
    id[8..].copy_from_slice(&LAST.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    MessageId(id)
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
    for link in [None, Some("nyx:ab7")] {
        Holder::reach(&home).await.unwrap().show(link).await.unwrap();
        let told = front.events.next().await.unwrap();
        assert!(
            told.by.is_none()
                && matches!(&told.event, Event::ShowWindow { link: heard } if heard.is_some() == link.is_some()),
            "{told:?}"
        );
    }
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
    assert!(matches!(holder.note(new_id(), "x".into(), vec![file], stopped, began).await, Err(Failure::Cancelled)));
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
    for bytes in [&b""[..], b"GET / HTTP/1.1\r\n\r\n", &[2, 0xff, 0xff, 0xff, 0xff], &[2, 0, 0, 0, 1, 0xff], &[9; 100]]
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

#[tokio::test]
async fn what_a_caller_wrote_is_shown_although_it_does_not_hear_the_answer() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, LONG).await;
    let frame = |text: String| {
        let note = HandedNote { text, files: vec![], id: new_id().0 };
        Knock::Note(note).to_frame()
    };
    // They still want it, and hear nothing of it.
    let mut deaf = Vec::new();
    for number in 0..20 {
        let mut stream = UnixStream::connect(home.join("door")).unwrap();
        stream.shutdown(Shutdown::Read).unwrap();
        stream.write_all(&frame(format!("note {number}"))).unwrap();
        deaf.push(stream);
    }
    let mut told = 0;
    while told < deaf.len() {
        if let Event::Changed(Change::Added { .. }) = front.events.next().await.unwrap().event {
            told += 1;
        }
    }
    let read = front.run(Command::Read(Reading { limit: 99, ..Reading::default() })).await.unwrap();
    assert_eq!(read.len(), deaf.len());
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_nothing_is_written_twice() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, LONG).await;
    // Somebody in between who loses the end of what the holder says, the first time.
    let between = dir.path().join("between");
    fs::create_dir(&between).unwrap();
    let listener = tokio::net::UnixListener::bind(between.join("door")).unwrap();
    let door = home.join("door");
    let losing = tokio::spawn(async move {
        for is_lost in [true, false] {
            let (mut caller, _) = listener.accept().await.unwrap();
            let mut holder = tokio::net::UnixStream::connect(&door).await.unwrap();
            if is_lost {
                let mut frame = vec![0; 4096];
                let length = caller.read(&mut frame).await.unwrap();
                holder.write_all(&frame[..length]).await.unwrap();
                // Until it is written; nobody hears it.
                let mut rest = Vec::new();
                holder.read_to_end(&mut rest).await.unwrap();
            } else {
                let _ = tokio::io::copy_bidirectional(&mut caller, &mut holder).await;
            }
        }
    });
    let mut heard = Vec::new();
    let (holder, id) = (Holder::reach(&between).await.unwrap(), new_id());
    holder.note(id, "once".into(), vec![], pending(), |event| heard.push(event)).await.unwrap();
    assert!(matches!(heard[..], [Event::Noted { id: noted }] if noted == id), "{heard:?}");
    losing.await.unwrap();
    let read = front.run(Command::Read(Reading { limit: 9, ..Reading::default() })).await.unwrap();
    assert_eq!(read.len(), 1, "{read:?}");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_says_nothing_is_not_waited_for_and_may_have_written() {
    let dir = tempfile::tempdir().unwrap();
    let listener = tokio::net::UnixListener::bind(dir.path().join("door")).unwrap();
    let silent = tokio::spawn(async move {
        let mut callers = Vec::new();
        loop {
            callers.push(listener.accept().await.unwrap());
        }
    });
    let holder = Holder::reach(dir.path()).await.unwrap();
    let lost = holder.note(new_id(), "x".into(), vec![], pending(), |_| {}).await;
    assert!(matches!(lost, Err(Failure::PerhapsWritten)), "{lost:?}");
    silent.abort();
}

#[tokio::test]
async fn what_is_too_much_and_what_only_the_caller_can_open_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, LONG).await;
    assert!(matches!(hand(&home, &"x".repeat(2 << 20), vec![]).await, Err(Failure::TooLong(_))));
    let many = vec![dir.path().join("none"); 101];
    assert!(matches!(hand(&home, "x", many).await, Err(Failure::TooLong(_))));
    let long = vec![PathBuf::from("/").join("x/".repeat(5000))];
    assert!(matches!(hand(&home, "x", long).await, Err(Failure::File { .. })));
    let file = dir.path().join("list.txt");
    fs::write(&file, "salt").unwrap();
    let open = File::open(&file).unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&open);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(format!("/dev/fd/{number}"), &link).unwrap();
    for path in [format!("/proc/self/fd/{number}").into(), format!("/dev/fd/{number}").into(), link] {
        hand(&home, "x", vec![path]).await.unwrap();
        let attachment = newest(&mut front).await.attachments.remove(0);
        assert_eq!((attachment.about.unwrap().name.as_str(), attachment.size), ("list.txt", 4));
    }
    let (_from, to) = std::io::pipe().unwrap();
    let pipe = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&to)).into();
    let refused = hand(&home, "x", vec![pipe]).await;
    assert!(matches!(refused, Err(Failure::File { trouble: FileTrouble::NotAFile, .. })), "{refused:?}");
    fs::remove_file(&file).unwrap();
    let gone = hand(&home, "x", vec![format!("/dev/fd/{number}").into()]).await;
    assert!(matches!(gone, Err(Failure::File { trouble: FileTrouble::NotAFile, .. })), "{gone:?}");
}

#[tokio::test]
async fn a_door_that_somebody_else_made_since_stays() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, _) = Front::with_account(&home, LONG).await;
    fs::remove_file(home.join("door")).unwrap();
    let _other = UnixListener::bind(home.join("door")).unwrap();
    front.close().await;
    assert!(home.join("door").exists());
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
