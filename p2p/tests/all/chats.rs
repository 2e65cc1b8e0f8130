//! What a window asks: conversations, rows at their places, search, settings; and that it hears of every change.

use crate::front::{Front, NOW_MS, filled};
use nyx_p2p::{
    Author, AutoLock, Change, Chat, Command, ConversationId, ConversationKind, Event, Failure, MessageId, NetTrouble,
    NewNote, Notify, Query, ROWS_MAX, Rows, SearchCursor, Settings, Source,
};
use nyx_vault::model::{Contact, ContactState, Conversation, Delivery, NewMessage};

async fn chats(front: &mut Front) -> Vec<Chat> {
    let heard = front.run(Command::ListChats).await.unwrap();
    heard.into_iter().find_map(|event| if let Event::Chats(chats) = event { Some(chats) } else { None }).unwrap()
}

async fn notes(front: &mut Front) -> ConversationId {
    chats(front).await[0].conversation.id
}

async fn rows(front: &mut Front, command: Command) -> Rows {
    let heard = front.run(command).await.unwrap();
    heard.into_iter().find_map(|event| if let Event::Rows(rows) = event { Some(rows) } else { None }).unwrap()
}

async fn places(front: &mut Front, conversation: ConversationId, first: u64, last: u64) -> (u64, u64, Vec<u64>) {
    let rows = rows(front, Command::Rows { conversation, first, last }).await;
    (rows.first, rows.last, rows.rows.iter().map(|row| row.message.seq).collect())
}

/// Writes and tells the name.
async fn note(front: &mut Front, text: &str, reply_to: Option<MessageId>) -> MessageId {
    let note = NewNote { text: text.to_owned(), reply_to, ..NewNote::default() };
    let heard = front.run(Command::Note(note)).await.unwrap();
    heard.iter().find_map(|event| if let Event::Noted { id } = event { Some(*id) } else { None }).unwrap()
}

/// What changed by a command.
async fn changes(front: &mut Front, command: Command) -> Vec<Change> {
    let heard = front.run(command).await.unwrap();
    heard.into_iter().filter_map(|event| if let Event::Changed(change) = event { Some(change) } else { None }).collect()
}

#[tokio::test]
async fn a_list_shows_what_is_newest_begun_and_unread() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let empty = chats(&mut front).await.remove(0);
    assert_eq!((empty.conversation.kind, empty.ends, empty.newest), (ConversationKind::Notes, None, None));
    note(&mut front, "first", None).await;
    let second = note(&mut front, "second", None).await;
    let conversation = Some(empty.conversation.id);
    front.run(Command::KeepDraft { conversation, text: "begun".into(), reply_to: Some(second) }).await.unwrap();
    let chat = chats(&mut front).await.remove(0);
    assert_eq!((chat.ends, chat.unread, chat.contact), (Some((1, 2)), 0, None));
    assert_eq!(chat.newest.unwrap().id, second);
    assert_eq!(chat.draft.unwrap().body, "begun");
}

#[tokio::test]
async fn rows_are_told_with_what_they_answer_and_over_gaps() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let first = note(&mut front, &"long ".repeat(100), None).await;
    for text in ["two", "three", "four"] {
        note(&mut front, text, None).await;
    }
    let answer = note(&mut front, "answer", Some(first)).await;
    let notes = notes(&mut front).await;
    let shown = rows(&mut front, Command::Show { id: answer }).await;
    let quote = shown.rows[0].quote.as_ref().unwrap();
    assert_eq!((shown.rows.len(), quote.id, quote.seq, quote.author), (1, first, 1, Author::Me));
    assert!(quote.text.starts_with("long long") && quote.text.ends_with('…'), "{}", quote.text);
    for seq in [2, 3] {
        let id =
            rows(&mut front, Command::Rows { conversation: notes, first: seq, last: seq }).await.rows[0].message.id;
        front.run(Command::Delete { id }).await.unwrap();
    }
    assert_eq!(places(&mut front, notes, 3, 3).await, (2, 3, vec![]));
    assert_eq!(places(&mut front, notes, 1, 4).await, (1, 4, vec![1, 4]));
    front.run(Command::Delete { id: first }).await.unwrap();
    assert_eq!(rows(&mut front, Command::Show { id: answer }).await.rows[0].quote, None);
    assert!(matches!(front.run(Command::Show { id: first }).await, Err(Failure::NoMessage)));
}

#[tokio::test]
async fn an_answer_is_bounded_whatever_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let mut front = filled(&home, 300).await;
    let notes = notes(&mut front).await;
    let (first, last, seqs) = places(&mut front, notes, 1, u64::MAX).await;
    assert_eq!((first, last, seqs.len()), (1, ROWS_MAX, ROWS_MAX as usize));
    assert_eq!(places(&mut front, notes, 250, u64::MAX).await.2.len(), 51);
    assert!(places(&mut front, notes, u64::MAX, 0).await.2.is_empty());
    assert!(places(&mut front, notes, 0, 0).await.2.is_empty());
    // Page by page, each message once.
    let (mut after, mut found): (Option<SearchCursor>, Vec<u64>) = (None, Vec::new());
    loop {
        let query = Query { words: "note".into(), within: Some(notes), after, limit: usize::MAX };
        match &front.run(Command::Search(query)).await.unwrap()[..] {
            [Event::Found { found: page, next }] => {
                assert!(page.len() <= ROWS_MAX as usize);
                found.extend(page.iter().map(|message| message.seq));
                after = *next;
            }
            other => panic!("{other:?}"),
        }
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, (1..=300).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn messages_with_attachments_are_told_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let conversation = notes(&mut front).await;
    for number in 0..5_u8 {
        note(&mut front, "only words", None).await;
        front.attach(vec![Source::Bytes { name: format!("{number}.txt"), bytes: [number].as_slice().into() }]).await;
    }
    let (mut before, mut found) = (None, Vec::new());
    loop {
        let heard = front.run(Command::Attached { conversation, before, limit: 2 }).await.unwrap();
        let [Event::Attached { conversation: told, messages, next }] = &heard[..] else { panic!("{heard:?}") };
        assert!(*told == conversation && messages.len() <= 2);
        found.extend(messages.iter().map(|message| message.attachments[0].about.clone().unwrap().name));
        before = *next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, ["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"]);
}

#[tokio::test]
async fn every_write_is_heard_of_as_a_change() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let conversation = notes(&mut front).await;
    let text = |text: &str| NewNote { text: text.to_owned(), ..NewNote::default() };
    let added = changes(&mut front, Command::Note(text("one"))).await;
    assert_eq!(added, [Change::Added { conversation, last: 1 }]);
    let id = rows(&mut front, Command::Rows { conversation, first: 1, last: 1 }).await.rows[0].message.id;
    let updated = [Change::Updated { conversation, seq: 1 }];
    assert_eq!(changes(&mut front, Command::Edit { id, text: "two".into() }).await, updated);
    assert_eq!(changes(&mut front, Command::React { id, emoji: "👍".into() }).await, updated);
    assert_eq!(changes(&mut front, Command::Unreact { id, emoji: "👍".into() }).await, updated);
    let other = [Change::Conversation(conversation)];
    let draft = Command::KeepDraft { conversation: None, text: "begun".into(), reply_to: None };
    assert_eq!(changes(&mut front, draft).await, other);
    assert_eq!(changes(&mut front, Command::SetTimer { conversation: None, ttl_secs: 60 }).await, other);
    assert_eq!(changes(&mut front, Command::MarkRead { conversation, seq: 9 }).await, other);
    // Read already: nothing changed, and nothing is said.
    assert!(changes(&mut front, Command::MarkRead { conversation, seq: 1 }).await.is_empty());
    assert_eq!(chats(&mut front).await[0].conversation.read_seq, 1);
    let removed = [Change::Removed { conversation, seqs: vec![1] }];
    assert_eq!(changes(&mut front, Command::Delete { id }).await, removed);
    let nowhere = ConversationId([9; 16]);
    let lost = Command::KeepDraft { conversation: Some(nowhere), text: "x".into(), reply_to: None };
    assert!(matches!(front.run(lost).await, Err(Failure::NoConversation)));
    let lost = Command::Note(NewNote { conversation: Some(nowhere), ..text("x") });
    assert!(matches!(front.run(lost).await, Err(Failure::NoConversation)));
}

#[tokio::test]
async fn the_time_of_a_message_from_somebody_else_runs_when_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, _) = Front::with_account(&home, None).await;
    front.close().await;
    let (contact, conversation) = (nyx_p2p::ContactId([1; 16]), ConversationId([2; 16]));
    crate::front::write_to(&home, |tx| {
        tx.put_contact(&Contact {
            id: contact,
            aid: None,
            name: "Budi".into(),
            state: ContactState::Accepted,
            verified: false,
            pin: None,
            device_list: None,
            profile: None,
            created_ms: NOW_MS,
        })?;
        tx.put_conversation(&Conversation {
            id: conversation,
            kind: ConversationKind::Direct(contact),
            title: String::new(),
            created_ms: NOW_MS,
            ttl_secs: 0,
            last_seq: 0,
            read_seq: 0,
        })?;
        for number in 1..=3 {
            tx.add_message(NewMessage {
                id: MessageId([number; 16]),
                conversation,
                author: Author::Contact(contact),
                at_ms: NOW_MS + 1,
                delivery: Delivery::Here,
                body: format!("message {number}"),
                reply_to: None,
                attachments: Vec::new(),
                ttl_secs: Some(600),
            })?;
        }
        Ok(())
    });
    let mut front = Front::at(&home);
    front.unlock().await.unwrap();
    let chat = chats(&mut front).await.remove(0);
    assert_eq!((chat.unread, chat.contact.unwrap().name.as_str()), (3, "Budi"));
    let changed = changes(&mut front, Command::MarkRead { conversation, seq: 2 }).await;
    let updated = |seq| Change::Updated { conversation, seq };
    assert_eq!(changed, [Change::Conversation(conversation), updated(1), updated(2)]);
    let times: Vec<_> = rows(&mut front, Command::Rows { conversation, first: 1, last: 3 })
        .await
        .rows
        .into_iter()
        .map(|row| row.message.disappears.unwrap().at_ms)
        .collect();
    assert_eq!(times, [Some(NOW_MS + 600_000), Some(NOW_MS + 600_000), None]);
    assert_eq!(chats(&mut front).await[0].unread, 1);
}

#[tokio::test]
async fn settings_are_kept_in_the_vault_and_told_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    assert!(
        matches!(&front.run(Command::ShowSettings).await.unwrap()[..], [Event::Settings(settings)] if *settings == Settings::default())
    );
    let service = Some("wss://nyx.example".to_owned());
    let wanted = Settings { lock_after_secs: None, notify: Notify::Nothing, hide_address: true, service };
    front.run(Command::ChangeSettings(wanted.clone())).await.unwrap();
    front.close().await;
    let mut front = Front::with(&home, AutoLock::AsSet);
    assert!(matches!(front.run(Command::ShowSettings).await, Err(Failure::Locked)));
    let by = front.commands.send(Command::Unlock { password: crate::front::password() }).await.unwrap();
    assert!(matches!(front.events.next().await.unwrap().event, Event::Opened));
    let told = front.events.next().await.unwrap();
    assert!(matches!(&told.event, Event::Settings(settings) if *settings == wanted) && told.by.is_none(), "{told:?}");
    while !matches!(front.events.next().await.unwrap(), told if told.by == Some(by)) {}
    // Nobody can lock themselves out by a number.
    let mad =
        Settings { lock_after_secs: Some(0), notify: Notify::Text, hide_address: false, service: Some(" ".into()) };
    match &front.run(Command::ChangeSettings(mad)).await.unwrap()[..] {
        [Event::Settings(Settings { lock_after_secs, service, .. })] => {
            assert_eq!((*lock_after_secs, service), (Some(10), &None), "an empty address is none");
        }
        other => panic!("{other:?}"),
    }
    let nowhere = Settings { service: Some("https://nyx.example".into()), ..Settings::default() };
    let refused = front.run(Command::ChangeSettings(nowhere)).await;
    assert!(matches!(refused, Err(Failure::Network(NetTrouble::NotAService))), "{refused:?}");
}

#[tokio::test]
async fn settings_that_a_later_version_wrote_are_as_if_not_set_and_stay() {
    use nyx_vault::model::Setting;
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, _) = Front::with_account(&home, None).await;
    front.close().await;
    let later = Setting { value: vec![0x18, 99], moves: true };
    crate::front::write_to(&home, |tx| {
        tx.put_setting("notify", &later)?;
        tx.put_setting("lock_after", &later)
    });
    let mut front = Front::at(&home);
    assert!(matches!(&front.unlock().await.unwrap()[..], []));
    assert!(
        matches!(&front.run(Command::ShowSettings).await.unwrap()[..], [Event::Settings(settings)] if *settings == Settings::default())
    );
    front.close().await;
    crate::front::write_to(&home, |tx| {
        assert_eq!(tx.setting("notify")?, Some(later));
        Ok(())
    });
}
