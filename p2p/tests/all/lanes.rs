//! What is short never waits for what is long.

use crate::front::Front;
use nyx_p2p::{Command, Event, Failure, NewNote, RequestId, Source};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// A file that takes long to read and no place on the disk.
fn long(dir: &tempfile::TempDir) -> PathBuf {
    let path = dir.path().join("long.bin");
    File::create(&path).unwrap().set_len(4 << 30).unwrap();
    path
}

async fn begin(front: &mut Front, file: &Path) -> RequestId {
    let attachments = vec![Source::File(file.to_owned())];
    front.commands.send(Command::Note(NewNote { attachments, ..NewNote::default() })).await.unwrap()
}

/// Who ends next, and how.
async fn ended(front: &mut Front) -> (RequestId, Result<(), Failure>) {
    loop {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Done => return (told.by.unwrap(), Ok(())),
            Event::Failed(failure) => return (told.by.unwrap(), Err(failure)),
            _ => {}
        }
    }
}

#[tokio::test]
async fn reading_typing_and_locking_wait_for_no_long_work() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    let file = long(&dir);
    let mut running = Vec::new();
    // More than run at once.
    for _ in 0..7 {
        running.push(begin(&mut front, &file).await);
    }
    let draft = Command::KeepDraft { conversation: None, text: "begun".into(), reply_to: None };
    let note = Command::Note(NewNote { text: "short".into(), ..NewNote::default() });
    for command in [Command::ListChats, draft, note, Command::Status, Command::ShowSettings] {
        let by = front.commands.send(command).await.unwrap();
        assert!(matches!(ended(&mut front).await, (ended, Ok(())) if ended == by));
    }
    // One that waits for its turn is answered at once, while those before it go on.
    let waiting = running.pop().unwrap();
    front.commands.cancel(waiting);
    assert!(matches!(ended(&mut front).await, (ended, Err(Failure::Cancelled)) if ended == waiting));
    let locking = front.commands.send(Command::Lock).await.unwrap();
    loop {
        match ended(&mut front).await {
            (by, Ok(())) if by == locking => break,
            (by, Err(Failure::Cancelled)) => running.retain(|other| *other != by),
            other => panic!("{other:?}"),
        }
    }
    assert!(running.is_empty(), "{running:?}");
    let blobs: Vec<_> = fs::read_dir(home.join("blobs")).unwrap().collect();
    assert!(blobs.is_empty(), "{blobs:?}");
}

#[tokio::test]
async fn what_waited_has_its_turn_and_too_much_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let small = dir.path().join("small.bin");
    fs::write(&small, [1; 1000]).unwrap();
    let file = long(&dir);
    let mut running = Vec::new();
    for _ in 0..4 {
        running.push(begin(&mut front, &file).await);
    }
    let mut waiting = Vec::new();
    for _ in 0..256 {
        waiting.push(begin(&mut front, &small).await);
    }
    let attachments = vec![Source::File(small)];
    let one_more = Command::Note(NewNote { attachments, ..NewNote::default() });
    assert!(matches!(front.run(one_more).await, Err(Failure::Busy)));
    for by in &running {
        front.commands.cancel(*by);
    }
    while !running.is_empty() || !waiting.is_empty() {
        match ended(&mut front).await {
            (by, Ok(())) => waiting.retain(|other| *other != by),
            (by, Err(Failure::Cancelled)) => running.retain(|other| *other != by),
            other => panic!("{other:?}"),
        }
    }
}
