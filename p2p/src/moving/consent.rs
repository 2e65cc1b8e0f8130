//! The last questions on the old device, after the digits: the password once more, and whether this is what is meant. The
//! other device is there already and waits; it hears that this one lives, and may change its mind.

use super::telling::blocking;
use crate::{
    failure::Failure,
    pairing::{Agreed, Line, LineEvent, NetTrouble, PeerTrouble, Question, Reply, Talk},
};
use nyx_proto::limits::MOVE_ALIVE_MS;
use nyx_vault::Vault;
use nyx_wire::moving::{Frame, StopReason};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// Asks; whatever is not a yes ends it on both sides.
pub(super) async fn consented(talk: &Talk, vault: &Arc<Vault>, agreed: Agreed) -> Result<Agreed, Failure> {
    let mut agreed = agreed;
    let wanted = talk.wanted.clone();
    let asked = tokio::select! {
        biased;
        asked = beside(&mut agreed.line, ask(talk, vault)) => asked,
        () = wanted.over() => Err(Failure::Cancelled),
    };
    match asked {
        Ok(()) => Ok(agreed),
        Err(failure) => {
            let why = Frame::Cancel(StopReason::Person).to_bytes();
            if agreed.line.control().send(why.into()).await.is_ok() {
                agreed.line.close().await;
            }
            Err(failure)
        }
    }
}

async fn ask(talk: &Talk, vault: &Arc<Vault>) -> Result<(), Failure> {
    let mut refused = false;
    loop {
        match talk.questions.ask(&talk.tell, Question::Password { refused }).await {
            Some(Reply::Password(password)) => {
                let keeper = Arc::clone(vault);
                let checked = blocking(move || Ok(keeper.check_password(&password)?)).await;
                match checked {
                    Ok(()) => break,
                    Err(Failure::WrongPassword) => refused = true,
                    Err(failure) => return Err(failure),
                }
            }
            Some(Reply::No) | None => return Err(Failure::Cancelled),
            Some(Reply::Yes | Reply::Digits(_)) => {}
        }
    }
    loop {
        match talk.questions.ask(&talk.tell, Question::Consent).await {
            Some(Reply::Yes) => return Ok(()),
            Some(Reply::No) | None => return Err(Failure::Cancelled),
            Some(Reply::Password(_) | Reply::Digits(_)) => {}
        }
    }
}

/// Keeps the line alive while a person thinks, and listens whether the other side gives up.
async fn beside(line: &mut Line, asked: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let control = line.control();
    let mut asked = std::pin::pin!(asked);
    let mut due = Instant::now();
    loop {
        tokio::select! {
            asked = &mut asked => return asked,
            event = line.next() => match event {
                LineEvent::Said(said) => match Frame::parse(&said) {
                    Ok(Frame::Alive) => {}
                    Ok(Frame::Cancel(_)) => return Err(PeerTrouble::Cancelled.into()),
                    // Nothing else can be said before there was an offer.
                    _ => return Err(PeerTrouble::Dishonest.into()),
                },
                LineEvent::Gone => return Err(NetTrouble::Lost.into()),
                LineEvent::Interrupted | LineEvent::Up => {}
            },
            () = sleep_until(due) => {
                // What can't be said now is said again soon; a link that is over says so itself.
                let _ = control.send(Frame::Alive.to_bytes().into()).await;
                due = Instant::now() + Duration::from_millis(MOVE_ALIVE_MS);
            }
        }
    }
}
