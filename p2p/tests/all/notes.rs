//! Notes, as an ordinary conversation in every respect.

use crate::front::{Front, NOW_MS, filled};
use nyx_p2p::{Change, Command, Event, Failure, Message, MessageId, NewNote, Reading, Source};
use std::{fs, path::PathBuf};

async fn note(front: &mut Front, note: NewNote) -> MessageId {
    let heard = front.run(Command::Note(note)).await.unwrap();
    heard.iter().find_map(|event| if let Event::Noted { id } = event { Some(*id) } else { None }).unwrap()
}

fn text(text: &str) -> NewNote {
    NewNote { text: text.to_owned(), ..NewNote::default() }
}

async fn read(front: &mut Front, limit: usize, search: Option<&str>) -> Vec<Message> {
    let reading = Reading { limit, search: search.map(str::to_owned), ..Reading::default() };
    let heard = front.run(Command::Read(reading)).await.unwrap();
    heard
        .into_iter()
        .filter_map(|event| if let Event::Message { message, .. } = event { Some(message) } else { None })
        .collect()
}

#[tokio::test]
async fn a_note_is_answered_edited_reacted_to_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let first = note(&mut front, text("first")).await;
    let second = note(&mut front, NewNote { reply_to: Some(first), ..text("second") }).await;
    front.run(Command::Edit { id: first, text: "the first".into() }).await.unwrap();
    front.run(Command::React { id: second, emoji: "👍".into() }).await.unwrap();
    let messages = read(&mut front, 10, None).await;
    assert_eq!(messages.len(), 2);
    assert_eq!((messages[0].body.as_deref(), messages[0].edited_ms), (Some("the first"), Some(NOW_MS)));
    assert_eq!((messages[1].reply_to, messages[1].reactions.len()), (Some(first), 1));
    let heard = front.run(Command::ShowEdits { id: first }).await.unwrap();
    assert!(matches!(&heard[..], [Event::Edits(edits)] if edits[0].body.as_deref() == Some("first")));
    assert_eq!(read(&mut front, 10, Some("the first")).await.len(), 1);
    front.run(Command::Unreact { id: second, emoji: "👍".into() }).await.unwrap();
    front.run(Command::Delete { id: first }).await.unwrap();
    let messages = read(&mut front, 10, None).await;
    assert!(messages.len() == 1 && messages[0].reactions.is_empty());
    assert!(matches!(front.run(Command::Delete { id: first }).await, Err(Failure::NoMessage)));
    assert!(matches!(front.run(Command::Note(text(" \n"))).await, Err(Failure::EmptyNote)));
}

#[tokio::test]
async fn a_draft_is_kept_until_it_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    front.run(Command::KeepDraft { conversation: None, text: "begun".into(), reply_to: None }).await.unwrap();
    let heard = front.run(Command::ShowDraft { conversation: None }).await.unwrap();
    assert!(matches!(&heard[..], [Event::Draft(Some(draft))] if draft.body == "begun"));
    front.run(Command::KeepDraft { conversation: None, text: String::new(), reply_to: None }).await.unwrap();
    assert!(matches!(&front.run(Command::ShowDraft { conversation: None }).await.unwrap()[..], [Event::Draft(None)]));
}

#[tokio::test]
async fn a_draft_goes_with_the_note_that_it_became_and_with_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let file = dir.path().join("list.txt");
    fs::write(&file, "salt").unwrap();
    let files = |path: PathBuf| NewNote { attachments: vec![Source::File(path)], clears_draft: true, ..text("sent") };
    begin(&mut front, "begun").await;
    // Another note, one that can't be stored, and one whose file can't be read.
    note(&mut front, text("another")).await;
    assert!(front.run(Command::Note(NewNote { clears_draft: true, ..text(&"x".repeat(1 << 20)) })).await.is_err());
    assert!(front.run(Command::Note(files(dir.path().join("none")))).await.is_err());
    assert_eq!(begun(&mut front).await.as_deref(), Some("begun"));
    // The message need not be the draft to the letter: spaces are taken off.
    let heard = front.run(Command::Note(NewNote { clears_draft: true, ..text("sent") })).await.unwrap();
    assert!(heard.iter().any(|event| matches!(event, Event::Changed(Change::Conversation(_)))), "{heard:?}");
    assert_eq!(begun(&mut front).await, None);
    begin(&mut front, "with a file").await;
    note(&mut front, files(file)).await;
    assert_eq!(begun(&mut front).await, None);
}

#[tokio::test]
async fn what_is_begun_while_files_are_copied_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let small = dir.path().join("small.txt");
    fs::write(&small, "salt").unwrap();
    let endless = dir.path().join("endless.bin");
    fs::File::create(&endless).unwrap().set_len(1 << 40).unwrap();
    let with = |text_: &str, file: &PathBuf| {
        Command::Note(NewNote { attachments: vec![Source::File(file.clone())], clears_draft: true, ..text(text_) })
    };
    // As many as are copied at once: the next one waits for its turn.
    let mut before = Vec::new();
    for _ in 0..4 {
        before.push(front.commands.send(with("", &endless)).await.unwrap());
    }
    begin(&mut front, "the first").await;
    let first = front.commands.send(with("the first", &small)).await.unwrap();
    begin(&mut front, "the second").await;
    // Cancelled: the draft of the message that did not come about stays.
    let second = front.commands.send(with("the second", &small)).await.unwrap();
    front.commands.cancel(second);
    for by in before {
        front.commands.cancel(by);
    }
    let mut ends = 0;
    while ends < 6 {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Done => assert_eq!(told.by, Some(first)),
            Event::Failed(Failure::Cancelled) => assert_ne!(told.by, Some(first)),
            _ => continue,
        }
        ends += 1;
    }
    assert_eq!(begun(&mut front).await.as_deref(), Some("the second"));
}

async fn begin(front: &mut Front, text: &str) {
    front.run(Command::KeepDraft { conversation: None, text: text.to_owned(), reply_to: None }).await.unwrap();
}

async fn begun(front: &mut Front) -> Option<String> {
    let heard = front.run(Command::ShowDraft { conversation: None }).await.unwrap();
    let draft = heard.into_iter().find_map(|event| if let Event::Draft(draft) = event { Some(draft) } else { None });
    draft.unwrap().map(|draft| draft.body)
}

#[tokio::test(start_paused = true)]
async fn a_disappearing_note_disappears_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    front.run(Command::SetTimer { conversation: None, ttl_secs: 600 }).await.unwrap();
    let id = note(&mut front, text("for ten minutes")).await;
    front.run(Command::SetTimer { conversation: None, ttl_secs: 0 }).await.unwrap();
    note(&mut front, text("for good")).await;
    front.clock.set(NOW_MS + 599_000);
    tokio::time::sleep(std::time::Duration::from_secs(120)).await;
    let disappearing = read(&mut front, 10, None).await.remove(0);
    assert_eq!(disappearing.id, id);
    front.clock.set(NOW_MS + 600_000);
    loop {
        let told = front.events.next().await.unwrap();
        if let (None, Event::Changed(change)) = (told.by, told.event) {
            assert_eq!(
                change,
                Change::Removed { conversation: disappearing.conversation, seqs: vec![disappearing.seq] }
            );
            break;
        }
    }
    assert_eq!(read(&mut front, 10, None).await[0].body.as_deref(), Some("for good"));
}

#[tokio::test(start_paused = true)]
async fn the_key_of_a_disappearing_note_dies_while_the_vault_is_locked() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    front.run(Command::SetTimer { conversation: None, ttl_secs: 600 }).await.unwrap();
    note(&mut front, text("for ten minutes")).await;
    front.run(Command::Lock).await.unwrap();
    // By the hour: the key outlives the message by less than one.
    let keys = || fs::read_dir(home.join("expiry")).unwrap().count();
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    assert_eq!(keys(), 1);
    front.clock.set(NOW_MS + 600_000 + 3_600_000);
    let mut minutes = 0;
    while keys() > 0 {
        minutes += 1;
        assert!(minutes < 100, "the key is still there");
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    }
    // Whoever opens it hears that the message went.
    let by = front.commands.send(Command::Unlock { password: crate::front::password() }).await.unwrap();
    let mut gone = Vec::new();
    loop {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Changed(Change::Removed { seqs, .. }) => gone.extend(seqs),
            Event::Opened | Event::Settings(_) | Event::Keyring(_) => {}
            Event::Done if told.by == Some(by) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(gone, [1]);
    assert!(read(&mut front, 10, None).await.is_empty());
}

#[tokio::test]
async fn more_than_a_page_is_told_once_each_and_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let mut front = filled(&home, 2_345).await;
    for limit in [0, 1, 999, 1_000, 1_001, 2_345, 5_000] {
        let messages = read(&mut front, limit, None).await;
        let bodies: Vec<_> = messages.iter().map(|message| message.body.clone().unwrap()).collect();
        let expected: Vec<_> = (2_345 - limit.min(2_345)..2_345).map(|number| format!("note {number}")).collect();
        assert_eq!(bodies, expected, "{limit}");
    }
    assert_eq!(read(&mut front, 2_000, Some("note")).await.len(), 2_000);
}

#[tokio::test]
async fn a_cancelled_note_leaves_nothing_and_the_next_one_works() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    let big = dir.path().join("big.bin");
    fs::write(&big, vec![3; 256 << 20]).unwrap();
    let by = front
        .commands
        .send(Command::Note(NewNote { attachments: vec![Source::File(big)], ..NewNote::default() }))
        .await
        .unwrap();
    let mut was_told = false;
    loop {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Progress { done, total } => {
                assert_eq!((total, done <= 256 << 20), (Some(256 << 20), true));
                was_told = true;
                front.commands.cancel(by);
            }
            Event::Failed(Failure::Cancelled) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(was_told);
    assert!(read(&mut front, 10, None).await.is_empty());
    let blobs: Vec<PathBuf> = fs::read_dir(home.join("blobs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(blobs.is_empty(), "{blobs:?}");
    note(&mut front, text("after")).await;
}

#[tokio::test]
async fn locking_stops_what_runs() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    let big = dir.path().join("big.bin");
    fs::write(&big, vec![3; 256 << 20]).unwrap();
    let noting = Command::Note(NewNote { attachments: vec![Source::File(big)], ..NewNote::default() });
    let noting = front.commands.send(noting).await.unwrap();
    let locking = front.commands.send(Command::Lock).await.unwrap();
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Failed(Failure::Cancelled) => ended.push((told.by, false)),
            Event::Done => ended.push((told.by, true)),
            Event::Progress { .. } | Event::Locked => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ended, [(Some(noting), false), (Some(locking), true)]);
    front.unlock().await.unwrap();
    assert!(read(&mut front, 10, None).await.is_empty());
}
