//! The commands that are about the account.

use super::{
    ask::{self, Ask, Given},
    ended::Ended,
    say::{Say, tame_line},
    session::Session,
};
use nyx_p2p::{AccountState, AccountView, Aid, Command, Event, Failure, FileTrouble, ShownPhrase, WordCount};
use serde_json::json;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// `nyx init`
pub(crate) async fn init(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    name: Option<String>,
    words: &str,
    phrase_out: Option<&Path>,
) -> Result<(), Ended> {
    if is_here(session).await? {
        return Err(Failure::AccountExists.into());
    }
    let name = match name {
        Some(name) => name,
        None => ask.name(say).await?,
    };
    let password = ask.new_password(say, Given::PasswordFile, &[&name]).await?;
    let words = if words == "12" { WordCount::Twelve } else { WordCount::TwentyFour };
    let mut shown = None;
    let begin = Command::NewAccount { name, password, words };
    session
        .run(begin, |event| {
            if let Event::Phrase(phrase) = event {
                shown = Some(phrase);
            }
            Ok(())
        })
        .await?;
    let phrase = shown.ok_or_else(|| Failure::Internal("no phrase was made".to_owned()))?;
    // The phrase comes first: whoever loses power now has a phrase for nothing, and never an account without a phrase.
    let kept = match phrase_out {
        Some(file) => Some(PhraseFile::write(file, &phrase)?),
        None => None,
    };
    let created = match show_phrase(say, &phrase, phrase_out) {
        Ok(()) => hear_account(session, say, Command::PhraseKept).await,
        Err(ended) => Err(ended),
    };
    if created.is_err() {
        // There is no account that it belongs to.
        if let Some(kept) = kept {
            kept.remove();
        } else {
            say.remark(&say.texts.get("remark-phrase-void"));
        }
    }
    let account = created?;
    account_event(say, &account)?;
    say.line(&say.texts.with("init-done", &[("name", tame_line(&account.name).into())]))
}

/// `nyx recover`
pub(crate) async fn recover(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    name: Option<String>,
) -> Result<(), Ended> {
    let here = is_here(session).await?;
    say.line(&say.texts.get(if here { "recover-here" } else { "recover-empty" }))?;
    let phrase = ask.phrase(say).await?;
    let password = ask.new_password(say, Given::PasswordFile, &[]).await?;
    let name = name.unwrap_or_else(|| say.texts.get("recover-name"));
    tell_account(session, say, Command::Recover { phrase, password, name }).await?;
    say.line(&say.texts.get(if here { "recover-here-done" } else { "recover-empty-done" }))
}

/// `nyx password`
pub(crate) async fn password(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    new_file: Option<&Path>,
) -> Result<(), Ended> {
    session.quietly(Command::Find).await?;
    let typed = ask.present_password(say).await?;
    // A wrong one is told before a new one is thought of.
    session.quietly(Command::Unlock { password: ask::password(&typed)? }).await?;
    let new = ask.new_password(say, new_file.into(), &[]).await?;
    let change = Command::ChangePassword { present: ask::password(&typed)?, new };
    session
        .run(change, |event| {
            about_keyring(say, &event);
            Ok(())
        })
        .await?;
    say.line(&say.texts.get("password-done"))
}

/// `nyx status`
pub(crate) async fn status(session: &mut Session, ask: &mut Ask, say: &mut Say) -> Result<(), Ended> {
    unlock(session, ask, say).await?;
    let account = tell_account(session, say, Command::Status).await?;
    let texts = &say.texts;
    let state = match &account.state {
        AccountState::Active if account.can_sign => texts.get("state-active"),
        AccountState::Active => texts.get("state-needs-phrase"),
        AccountState::Frozen => texts.get("state-frozen"),
        AccountState::Moved { to } => texts.with("state-moved", &[("to", tame_line(to).into())]),
    };
    let words = Aid::from_bytes(account.aid).words().join(" ");
    let lines = [
        texts.with("status-name", &[("name", tame_line(&account.name).into())]),
        texts.with("status-aid", &[("aid", hex(&account.aid).into())]),
        texts.with("status-words", &[("words", words.into())]),
        texts.with("status-state", &[("state", state.into())]),
        texts.with("status-messages", &[("count", account.messages.into())]),
        texts.with(
            "status-attachments",
            &[("count", account.attachments.into()), ("size", texts.bytes(account.attachment_bytes).into())],
        ),
    ];
    say.line(&lines.join("\n"))
}

/// `nyx erase`
pub(crate) async fn erase(session: &mut Session, ask: &mut Ask, say: &mut Say, yes: bool) -> Result<(), Ended> {
    // A damaged vault can be erased too; one that another process has cannot.
    let is_there = match session.quietly(Command::Find).await {
        Ok(()) | Err(Ended::Failure(Failure::Damaged(_) | Failure::LaterVersion)) => true,
        // Leftovers of an interrupted creation or restore are nobody's account yet: nobody is asked about them.
        Err(Ended::Failure(Failure::NoAccount)) => false,
        Err(ended) => return Err(ended),
    };
    if is_there && !yes {
        ask.confirm(say, "ask-erase").await?;
    }
    let mut done = "erase-done";
    session
        .run(Command::Erase, |event| {
            if let Event::OnlyLeftoversErased = event {
                done = "erase-leftovers-done";
            }
            about_keyring(say, &event);
            Ok(())
        })
        .await?;
    say.line(&say.texts.get(done))
}

/// Opens the vault, or says why not before a password is asked for nothing.
pub(crate) async fn unlock(session: &mut Session, ask: &mut Ask, say: &mut Say) -> Result<(), Ended> {
    session.quietly(Command::Find).await?;
    let password = ask.password(say).await?;
    session.quietly(Command::Unlock { password }).await
}

/// Whether there is a vault.
pub(crate) async fn is_here(session: &mut Session) -> Result<bool, Ended> {
    match session.quietly(Command::Find).await {
        Ok(()) => Ok(true),
        Err(Ended::Failure(Failure::NoAccount)) => Ok(false),
        Err(ended) => Err(ended),
    }
}

/// Has a command carried out that ends by telling the account, and tells programs.
pub(crate) async fn tell_account(session: &mut Session, say: &mut Say, command: Command) -> Result<AccountView, Ended> {
    let account = hear_account(session, say, command).await?;
    account_event(say, &account)?;
    Ok(account)
}

async fn hear_account(session: &mut Session, say: &mut Say, command: Command) -> Result<AccountView, Ended> {
    let mut told = None;
    session
        .run(command, |event| {
            about_keyring(say, &event);
            match event {
                Event::Account(account) => told = Some(account),
                Event::Progress { done, total } => say.progress_event(done, total)?,
                _ => {}
            }
            Ok(())
        })
        .await?;
    told.ok_or_else(|| Failure::Internal("no account was told".to_owned()).into())
}

/// What became of the desktop's keyring is a remark: what was wanted is done all the same.
fn about_keyring(say: &mut Say, event: &Event) {
    let name = match event {
        Event::KeyringTurnedOff => "keyring-turned-off",
        Event::KeyringEntryStays => "keyring-entry-stays",
        _ => return,
    };
    say.remark(&say.texts.get(name));
}

pub(super) fn account_event(say: &mut Say, account: &AccountView) -> Result<(), Ended> {
    let (state, moved_to) = match &account.state {
        AccountState::Active => ("active", None),
        AccountState::Frozen => ("frozen", None),
        AccountState::Moved { to } => ("moved", Some(to)),
    };
    say.event(
        "account",
        json!({
            "aid": hex(&account.aid),
            "name": account.name,
            "state": state,
            "messages": account.messages,
            "attachments": account.attachments,
            "moved_to": moved_to,
        }),
    )
}

fn show_phrase(say: &mut Say, phrase: &ShownPhrase, file: Option<&Path>) -> Result<(), Ended> {
    if let Some(file) = file {
        let values = [("file", file.display().to_string().into())];
        return say.line(&say.texts.with("phrase-in-file", &values));
    }
    say.event("phrase", json!({ "words": phrase.words().collect::<Vec<_>>() }))?;
    if say.json {
        return Ok(());
    }
    say.line(&say.texts.get("phrase-shown"))?;
    say.line("")?;
    // Numbered in rows of four, as one writes them down; in a pipe in one line, as a program takes them.
    if io::IsTerminal::is_terminal(&io::stdout()) {
        let words: Vec<&str> = phrase.words().collect();
        for (row, four) in words.chunks(4).enumerate() {
            let line: Vec<String> =
                four.iter().enumerate().map(|(place, word)| format!("{:>2} {word:<8}", row * 4 + place + 1)).collect();
            say.line(&format!("  {}", line.join("  ").trim_end()))?;
        }
    } else {
        say.line(phrase.line())?;
    }
    say.line("")
}

/// A file with the phrase; only its owner may read it.
struct PhraseFile(PathBuf);

impl PhraseFile {
    fn write(path: &Path, phrase: &ShownPhrase) -> Result<Self, Ended> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| trouble(path, error))?;
        let kept = Self(path.to_owned());
        match Self::fill(&mut file, phrase) {
            Ok(()) => Ok(kept),
            Err(error) => {
                kept.remove();
                Err(trouble(path, error))
            }
        }
    }

    fn fill(file: &mut File, phrase: &ShownPhrase) -> io::Result<()> {
        file.write_all(phrase.line().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    }

    fn remove(self) {
        let _ = fs::remove_file(self.0);
    }
}

fn trouble(path: &Path, error: io::Error) -> Ended {
    let trouble = match error.kind() {
        io::ErrorKind::AlreadyExists => FileTrouble::Exists,
        io::ErrorKind::NotFound => FileTrouble::Missing,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => return Failure::DiskFull.into(),
        _ => FileTrouble::Refused(error),
    };
    Failure::File { path: path.to_owned(), trouble }.into()
}

/// Bytes as people and programs write them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
