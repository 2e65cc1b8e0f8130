//! A move about which nothing is left to decide, and of which the other device may not know: whoever cancelled says so to
//! one that comes back, whoever let go takes the receipt, and whoever has the account delivers it. No person needs to ask
//! for that. It goes on while a program that stays is there, until both know, or for a day.

use super::{
    coming_back::{GoingOn, is_late, new_with_receipt, old},
    telling::{Reporter, blocking},
    way,
};
use crate::{account, event::Event, failure::Failure, jobs::World, pairing::Talk};
use nyx_proto::limits::MOVE_KEPT_MS;
use nyx_vault::{KeptMove, MoveSide, Vault};
use nyx_wire::{
    identity::Body,
    moving::{ReceiverPhase, ReceiverRecord, SenderPhase, SenderRecord},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// Does what is left to do, if there is anything.
pub(crate) async fn settle(world: World, talk: Talk, vault: Arc<Vault>, going: GoingOn) -> Result<(), Failure> {
    let (keeper, clock) = (Arc::clone(&vault), world.clone());
    let Some((kept, word)) = blocking(move || unsettled(&keeper, &clock)).await? else { return Ok(()) };
    let report = Reporter::new(talk.tell.clone(), world.clone());
    let tell = talk.tell.clone();
    match word {
        Word::Cancelled => {
            let (old, _) = old(world, talk, vault, kept, &going.reach, report).await?;
            // The record has said already how it ended: there is nothing to do but to answer.
            timeout(A_DAY, old.run(Vec::new())).await.unwrap_or(Ok(()))
        }
        Word::Wait => {
            let (old, outputs) = old(world, talk, Arc::clone(&vault), kept, &going.reach, report).await?;
            old.run(outputs).await?;
            let view = blocking(move || account::view(&vault)).await?;
            tell.tell(Event::Account(view)).await;
            Ok(())
        }
        Word::Receipt => {
            let (new, outputs) = new_with_receipt(world, talk, vault, kept, going, report).await?;
            timeout(A_DAY, new.patiently().run(outputs)).await.unwrap_or(Ok(()))
        }
    }
}

/// What is left to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Word {
    /// The old device cancelled, and the new one may come back.
    Cancelled,
    /// The old device has let go. It waits for the receipt as long as that takes.
    Wait,
    /// The account is here, and the old device may not know that.
    Receipt,
}

/// The last move of which the other side may not know how it ended. Of others nobody remembers the way to it.
fn unsettled(vault: &Vault, world: &World) -> Result<Option<(KeptMove, Word)>, Failure> {
    for kept in vault.moves()? {
        let is_late = is_late(kept.heard_ms, world.now_ms());
        let word = Word::of(&kept).filter(|word| *word == Word::Wait || !is_late);
        if let Some(word) = word
            && way::kept(vault, &kept.transfer)?.is_some()
        {
            return Ok(Some((kept, word)));
        }
    }
    Ok(None)
}

impl Word {
    fn of(kept: &KeptMove) -> Option<Self> {
        match kept.side {
            MoveSide::Old => match SenderRecord::parse(&kept.record).ok()?.phase {
                SenderPhase::Cancelled { .. } => Some(Self::Cancelled),
                SenderPhase::Released { .. } => Some(Self::Wait),
                SenderPhase::Offered | SenderPhase::Freezing | SenderPhase::Frozen { .. } | SenderPhase::Closed => None,
            },
            MoveSide::New => match ReceiverRecord::parse(&kept.record).ok()?.phase {
                ReceiverPhase::Released { .. } => Some(Self::Receipt),
                _ => None,
            },
        }
    }
}

/// As long as the other side may come back.
const A_DAY: Duration = Duration::from_millis(MOVE_KEPT_MS);
