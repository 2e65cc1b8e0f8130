//! What a vault costs. `cargo bench -p nyx-vault --bench vault`; smaller with `NYX_BENCH_SMALL=1`, or `NYX_BENCH_MESSAGES`,
//! `NYX_BENCH_ATTACHMENTS`, `NYX_BENCH_FILE_MIB` (default 1,000,000, 10,000 and 1,024).
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a measurement, not the product"
)]

use nyx_crypto::{
    kdf::{Password, PasswordParams},
    phrase::Phrase,
    root::Root,
};
use nyx_vault::{
    ContactId, ConversationId, LockedVault, MessageId, NewPassword, Origin, Page, StorageError, Vault, WriteError,
    model::{
        About, Author, Contact, ContactState, Conversation, ConversationKind, Delivery, NewAttachment, NewMessage,
    },
};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    time::{Duration, Instant},
};

fn main() {
    // `cargo test` runs benches too, without an argument of theirs: then only show that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let is_small = !is_bench || std::env::var_os("NYX_BENCH_SMALL").is_some();
    let size = |name: &str, small: u64, full: u64| {
        let asked = std::env::var(name).ok().and_then(|text| text.parse().ok());
        asked.unwrap_or(if is_small { small } else { full })
    };
    let messages = size("NYX_BENCH_MESSAGES", 5_000, 1_000_000);
    let attachments = size("NYX_BENCH_ATTACHMENTS", 20, 10_000);
    let file_mib = size("NYX_BENCH_FILE_MIB", 4, 1_024);

    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let root = Root::from_phrase(&Phrase::parse(PHRASE).unwrap());
    let password = Password::new("a password for measurements only").unwrap();
    let new = NewPassword { password: &password, params: PasswordParams::floor() };
    let vault = LockedVault::create(&home, &new, &Origin::of(&root)).unwrap();
    vault.commit(|tx| tx.put_conversation(&notes())).unwrap();

    println!("| what | measured | goal |\n|---|---|---|");
    // First, while little else is in memory.
    large_attachment(&vault, file_mib);
    let words = Words::new();
    let spent = inserts(&vault, &words, messages);
    row(
        "messages in, with full-text index",
        &format!("{:.0} a second", messages as f64 / spent.as_secs_f64()),
        "60,000",
    );
    let spent = small_attachments(&vault, messages, attachments);
    row(
        "attachments of 4 KiB in, each durable",
        &format!("{:.0} a second", attachments as f64 / spent.as_secs_f64()),
        "",
    );
    let commit = percentile(single_commits(&vault, messages + attachments, 300), 50);
    let sync = percentile(bare_syncs(dir.path(), 300), 50);
    row("one durable commit, p50", &ms(commit), &format!("bare write + fdatasync: {}", ms(sync)));
    let pages = pages(&vault, messages);
    row(
        "page of 50, p50 / p95",
        &format!("{} / {}", ms(percentile(pages.clone(), 50)), ms(percentile(pages, 95))),
        "1 ms",
    );
    let pages = attached(&vault, messages, attachments);
    row(
        "page of 50 messages with attachments, p50 / p95",
        &format!("{} / {}", ms(percentile(pages.clone(), 50)), ms(percentile(pages, 95))),
        "1 ms",
    );
    row("50 quotes, p50", &ms(percentile(quotes(&vault, messages), 50)), "1 ms");
    let found = searches(&vault, &words, 3..12);
    row(
        "search, p50 / p95",
        &format!("{} / {}", ms(percentile(found.clone(), 50)), ms(percentile(found, 95))),
        "50 ms",
    );
    let found = searches(&vault, &words, 1..3);
    row(
        "search of 1 or 2 letters, p50 / p95",
        &format!("{} / {}", ms(percentile(found.clone(), 50)), ms(percentile(found, 95))),
        "50 ms",
    );
    let (spent, database) = deletion(&vault, &words, 2 * (messages + attachments), messages / 10, &home);
    row(&format!("conversation of {} messages deleted", messages / 10), &format!("{:.2} s", spent.as_secs_f64()), "");
    drop(vault.lock());
    let mut opened = Vec::new();
    for _ in 0..20 {
        let locked = LockedVault::find(&home).unwrap();
        let start = Instant::now();
        let vault = locked.unlock_with_phrase(&root).unwrap();
        vault.read::<_, StorageError>(|reader| reader.notes()).unwrap();
        opened.push(start.elapsed());
    }
    row("open after the key derivation, p50", &ms(percentile(opened, 50)), "20 ms");
    row("database", &format!("{} MiB, {} bytes a message", database >> 20, database / messages.max(1)), "");
}

fn inserts(vault: &Vault, words: &Words, count: u64) -> Duration {
    let start = Instant::now();
    let mut number = 0;
    while number < count {
        vault
            .commit::<_, WriteError>(|tx| {
                for _ in 0..BATCH.min(count - number) {
                    tx.add_message(note(number, words.sentence(number)))?;
                    number += 1;
                }
                Ok(())
            })
            .unwrap();
    }
    start.elapsed()
}

fn small_attachments(vault: &Vault, first: u64, count: u64) -> Duration {
    let content = vec![7; 4096];
    let start = Instant::now();
    for number in first..first + count {
        let blob = vault.store_blob(&mut content.as_slice(), &mut |_| true).unwrap();
        let mut message = note(number, "with a file".into());
        message.attachments.push(NewAttachment { blob, about: About { name: "file.bin".into(), ..About::default() } });
        vault.commit(|tx| tx.add_message(message)).unwrap();
    }
    start.elapsed()
}

/// How long it takes to delete a conversation of so many messages; and the size of the database before they came.
fn deletion(vault: &Vault, words: &Words, first: u64, count: u64, home: &std::path::Path) -> (Duration, u64) {
    let database = fs::metadata(home.join("vault.db")).unwrap().len();
    let (contact, id) = (ContactId([2; 16]), ConversationId([2; 16]));
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(contact))?;
            tx.put_conversation(&Conversation { id, kind: ConversationKind::Direct(contact), ..notes() })?;
            for number in first..first + count {
                tx.add_message(NewMessage { conversation: id, ..note(number, words.sentence(number)) })?;
            }
            Ok(())
        })
        .unwrap();
    let start = Instant::now();
    vault.commit(|tx| tx.delete_conversation(id)).unwrap();
    (start.elapsed(), database)
}

fn quotes(vault: &Vault, messages: u64) -> Vec<Duration> {
    (0..500)
        .map(|round| {
            let ids = (0..50).map(|place| note((round * 7919 + place * 104_729) % messages, String::new()).id);
            let start = Instant::now();
            let quotes = vault.read::<_, StorageError>(|reader| reader.quotes(ids, 100)).unwrap();
            assert!(!quotes.is_empty());
            start.elapsed()
        })
        .collect()
}

fn single_commits(vault: &Vault, first: u64, count: u64) -> Vec<Duration> {
    (first..first + count)
        .map(|number| {
            let start = Instant::now();
            vault.commit(|tx| tx.add_message(note(number, "a single short message".into()))).unwrap();
            start.elapsed()
        })
        .collect()
}

fn bare_syncs(dir: &std::path::Path, count: u64) -> Vec<Duration> {
    let mut file = File::create(dir.join("bare")).unwrap();
    (0..count)
        .map(|_| {
            let start = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect()
}

fn pages(vault: &Vault, messages: u64) -> Vec<Duration> {
    (0..500)
        .map(|round| {
            let before = 1 + round * 7919 % messages.max(1);
            let start = Instant::now();
            vault.read::<_, StorageError>(|reader| reader.messages(NOTES, Page::Before(before), 50)).unwrap();
            start.elapsed()
        })
        .collect()
}

fn attached(vault: &Vault, first: u64, count: u64) -> Vec<Duration> {
    (0..500)
        .map(|round| {
            let before = first + 1 + round * 7919 % count.max(1);
            let start = Instant::now();
            vault.read::<_, StorageError>(|reader| reader.attached(NOTES, Some(before), 50)).unwrap();
            start.elapsed()
        })
        .collect()
}

fn searches(vault: &Vault, words: &Words, lengths: std::ops::Range<usize>) -> Vec<Duration> {
    // Frequent and rare ones, whole words and parts; also what is not there at all.
    let queries = words.0.iter().step_by(23).map(|word| {
        let letters = word.chars().count().min(lengths.end - 1);
        word.chars().take(letters).collect::<String>()
    });
    queries
        .filter(|query| lengths.contains(&query.chars().count()))
        .chain((lengths.start > 2).then(|| "notthere".to_owned()))
        .map(|query| {
            let start = Instant::now();
            vault.read::<_, StorageError>(|reader| reader.search(&query, None, None, 50)).unwrap();
            start.elapsed()
        })
        .collect()
}

fn large_attachment(vault: &Vault, mib: u64) {
    struct Zeros(u64);
    impl Read for Zeros {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = (buffer.len() as u64).min(self.0) as usize;
            buffer[..read].fill(7);
            self.0 -= read as u64;
            Ok(read)
        }
    }
    // Forget the peak so far: that of the key derivation, 64 MiB.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = peak_kib();
    let start = Instant::now();
    let blob = vault.store_blob(&mut Zeros(mib << 20), &mut |_| true).unwrap();
    let spent = start.elapsed();
    row(&format!("{mib} MiB attachment in"), &format!("{:.0} MiB/s", mib as f64 / spent.as_secs_f64()), "");
    let mut message = note(u64::MAX >> 1, String::new());
    message.attachments.push(NewAttachment { blob, about: About::default() });
    let id = message.id;
    vault.commit(|tx| tx.add_message(message)).unwrap();
    let message = vault.read::<_, StorageError>(|reader| reader.message(id)).unwrap().unwrap();
    let start = Instant::now();
    vault.save_attachment(message.attachments[0].id, &mut io::sink(), &mut |_| true).unwrap();
    let spent = start.elapsed();
    row(&format!("{mib} MiB attachment out"), &format!("{:.0} MiB/s", mib as f64 / spent.as_secs_f64()), "");
    row(
        "peak memory: grown by it / in all",
        &format!("{} KiB / {} MiB", peak_kib() - before, peak_kib() / 1024),
        "flat",
    );
}

/// Some of five thousand invented words, the first ones more often, as languages do.
struct Words(Vec<String>);

impl Words {
    fn new() -> Self {
        const PARTS: [&str; 20] = [
            "ka", "men", "ing", "er", "an", "ti", "per", "so", "lu", "st", "re", "mi", "ton", "ajar", "ku", "pe", "di",
            "ver", "ha", "no",
        ];
        Self(
            (0..5_000)
                .map(|word| {
                    (0..1 + mixed(word) % 4).map(|part| PARTS[(mixed(word * 7 + part) % 20) as usize]).collect()
                })
                .collect(),
        )
    }

    fn sentence(&self, number: u64) -> String {
        (0..3 + mixed(number) % 14)
            .map(|place| {
                let draw = mixed(number * 31 + place);
                self.0[((draw % 5_000) * (draw / 5_000 % 5_000) / 5_000) as usize].as_str()
            })
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) >> 1
}

fn note(number: u64, body: String) -> NewMessage {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    id[8..].copy_from_slice(&mixed(number).to_be_bytes());
    NewMessage {
        id: MessageId(id),
        conversation: NOTES,
        author: Author::Me,
        at_ms: number as i64,
        delivery: Delivery::Here,
        body,
        reply_to: None,
        attachments: Vec::new(),
        ttl_secs: None,
    }
}

fn somebody(id: ContactId) -> Contact {
    Contact {
        id,
        aid: None,
        name: String::new(),
        state: ContactState::Accepted,
        verified: false,
        pin: None,
        device_list: None,
        profile: None,
        created_ms: 0,
    }
}

fn notes() -> Conversation {
    Conversation {
        id: NOTES,
        kind: ConversationKind::Notes,
        title: String::new(),
        created_ms: 0,
        ttl_secs: 0,
        last_seq: 0,
        read_seq: 0,
    }
}

fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

fn row(what: &str, measured: &str, goal: &str) {
    println!("| {what} | {measured} | {goal} |");
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

const NOTES: ConversationId = ConversationId([1; 16]);
const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
/// Messages a transaction, as an import writes them.
const BATCH: u64 = 10_000;
