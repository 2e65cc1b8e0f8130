//! Backups, and whether everything is as it was written.

use super::{
    account::{hex, is_here, tell_account, unlock},
    arguments::{BackupWanted, To},
    ask::{self, Ask, Given},
    ended::{Ended, damaged},
    say::Say,
    session::Session,
};
use nyx_p2p::{BackupKey, BackupTarget, Command, Event, Failure, OpensBy};
use serde_json::json;
use std::path::{Path, PathBuf};

/// `nyx backup`
pub(crate) async fn backup(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    what: BackupWanted,
) -> Result<(), Ended> {
    match what {
        BackupWanted::Create { file, to, passphrase_file } => {
            create(session, ask, say, file, (to, passphrase_file)).await
        }
        BackupWanted::Restore { file, passphrase_file } => {
            restore(session, ask, say, file, passphrase_file.as_deref()).await
        }
    }
}

async fn create(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    file: PathBuf,
    (to, passphrase_file): (Option<To>, Option<PathBuf>),
) -> Result<(), Ended> {
    if to == Some(To::Phrase) && passphrase_file.is_some() {
        return Err(Ended::Usage(say.texts.get("usage-passphrase")));
    }
    unlock(session, ask, say).await?;
    let by_passphrase = to == Some(To::Passphrase) || passphrase_file.is_some();
    let to = if by_passphrase {
        BackupTarget::Passphrase(ask.new_passphrase(say, passphrase_file.as_deref().into()).await?)
    } else {
        BackupTarget::Phrase
    };
    session
        .run(Command::CreateBackup { file, to }, |event| match event {
            Event::Backup { file, bytes } => {
                say.event("backup", json!({ "file": file.to_string_lossy(), "bytes": bytes }))?;
                let values = [("file", file.display().to_string().into()), ("size", say.texts.bytes(bytes).into())];
                let done = if by_passphrase { "backup-done-passphrase" } else { "backup-done-phrase" };
                say.line(&say.texts.with(done, &values))
            }
            Event::Progress { done, total } => say.progress_event(done, total),
            _ => Ok(()),
        })
        .await
}

async fn restore(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    file: PathBuf,
    passphrase_file: Option<&Path>,
) -> Result<(), Ended> {
    if is_here(session).await? {
        return Err(Failure::AccountExists.into());
    }
    let mut opens_by = OpensBy::Phrase;
    session
        .run(Command::LookAtBackup { file: file.clone() }, |event| {
            if let Event::BackupOpensBy(by) = event {
                opens_by = by;
            }
            Ok(())
        })
        .await?;
    let typed = match opens_by {
        OpensBy::Passphrase => ask.typed_passphrase(say, passphrase_file).await?,
        OpensBy::Phrase if passphrase_file.is_some() => return Err(Failure::OtherBackupKey.into()),
        OpensBy::Phrase => ask.typed_phrase(say).await?,
    };
    let by = || match opens_by {
        OpensBy::Passphrase => ask::passphrase(&typed).map(BackupKey::Passphrase),
        OpensBy::Phrase => ask::phrase(&typed).map(BackupKey::Phrase),
    };
    // A wrong one is told before a new password is thought of.
    session.quietly(Command::TryBackup { file: file.clone(), by: by()? }).await?;
    let by = by()?;
    let password = ask.new_password(say, Given::PasswordFile, &[]).await?;
    let account = tell_account(session, say, Command::RestoreBackup { file, by, password }).await?;
    let values = [("messages", account.messages.into()), ("attachments", account.attachments.into())];
    say.line(&say.texts.with("restore-done", &values))?;
    if account.can_sign { Ok(()) } else { say.line(&say.texts.get("restore-needs-phrase")) }
}

/// `nyx verify`
pub(crate) async fn verify(session: &mut Session, ask: &mut Ask, say: &mut Say) -> Result<(), Ended> {
    let opened = unlock(session, ask, say).await;
    if let Err(Ended::Failure(Failure::Damaged(damage))) = &opened {
        // So damaged that it does not open: that is what was asked.
        say.event("damaged", json!({ "what": damage.to_string() }))?;
    }
    opened?;
    session
        .run(Command::Verify, |event| match event {
            Event::Damaged(damage) => {
                say.event("damaged", json!({ "what": damage.to_string() }))?;
                let what = damaged(&damage, &say.texts);
                say.line(&say.texts.with("verify-damaged", &[("what", what.into())]))
            }
            Event::Verified { content_hash } => {
                let hash = hex(&content_hash);
                say.event("verified", json!({ "content_hash": hash }))?;
                say.line(&say.texts.with("verify-done", &[("hash", hash.into())]))
            }
            Event::Progress { done, total } => say.progress_event(done, total),
            _ => Ok(()),
        })
        .await
}
