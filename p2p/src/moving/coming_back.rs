//! After a restart: what is kept of a move, and going on with it.

use super::{
    connection::Connection,
    incoming::{Home, transfer_of},
    new::{Coming, New},
    old::{Going, Old},
    telling::{Arrived, Reporter, Role, Stage, Unfinished, blocking},
    way,
    window::window,
};
use crate::{
    account::{claim::Claim, creation::must_be_free},
    commit::look,
    failure::Failure,
    jobs::World,
    pairing::{Again, Hosted, Known, Reach, Side, Talk},
};
use nyx_crypto::{
    account::Aid,
    device_list::Identity,
    kdf::Password,
    moving::{MoveKeys, verify_manifest},
};
use nyx_proto::{
    limits::MOVE_KEPT_MS,
    moving::{Output, Receiver, Sender, Stored},
};
use nyx_vault::{Arrival, KeptMove, MoveSide, Turn, Vault};
use nyx_wire::{
    identity::{Body, DeviceName},
    moving::{Manifest, ReceiverPhase, ReceiverRecord, SenderPhase, SenderRecord, StopReason, WayBack},
};
use std::{path::Path, sync::Arc};
use tokio::sync::mpsc;

/// What going on needs.
pub(crate) struct GoingOn {
    pub(crate) reach: Reach,
    pub(crate) arrived: mpsc::Sender<Arrived>,
}

/// What is kept in an open vault of a move that is not over. What is over for long enough is forgotten, and what was
/// waited for in vain is given up.
pub(crate) fn kept_in(vault: &Vault, world: &World) -> Result<Option<Unfinished>, Failure> {
    let now_ms = world.now_ms();
    let mut unfinished = None;
    for kept in vault.moves()? {
        let is_late = is_late(kept.heard_ms, now_ms);
        match Phase::of(&kept) {
            Phase::Over if is_late => forget(vault, &kept),
            // The account is here; the old device has not asked for its receipt for a day.
            Phase::LetGo if is_late && kept.side == MoveSide::New => forget(vault, &kept),
            // What is decided needs no person; see `settling`.
            Phase::Over => {}
            Phase::LetGo if kept.side == MoveSide::New => {}
            Phase::CanStop if is_late => give_up(vault, world, &kept, StopReason::Late)?,
            phase => {
                let role = if kept.side == MoveSide::Old { Role::Sending } else { Role::Receiving };
                let peer = way::kept(vault, &kept.transfer)?.map(|way| way.peer.as_str().to_owned());
                unfinished.get_or_insert(Unfinished { role, peer, can_stop: phase == Phase::CanStop });
            }
        }
    }
    Ok(unfinished)
}

/// Whether an account was on its way into this home.
pub(crate) fn kept_beside(home: &Path) -> Result<Option<Unfinished>, Failure> {
    let found = Arrival::find(home)?;
    Ok(found.map(|_| Unfinished { role: Role::Receiving, peer: None, can_stop: true }))
}

/// Gives up what is kept in an open vault.
pub(crate) fn drop_kept(vault: &Vault, world: &World) -> Result<(), Failure> {
    let kept = unfinished(vault)?;
    match Phase::of(&kept) {
        Phase::CanStop => give_up(vault, world, &kept, StopReason::Person),
        Phase::LetGo | Phase::Over => Err(Failure::TooLate),
    }
}

/// Gives up what is kept beside the home: nothing of it stays. The old device may have let go already; that is seen only
/// with the password.
pub(crate) fn drop_beside(world: &World, password: &Password) -> Result<(), Failure> {
    let (arrival, _claim) = unlock(world, password)?;
    let record = arrival.record().and_then(|record| ReceiverRecord::parse(record).ok());
    match record.map(|record| record.phase) {
        Some(ReceiverPhase::Ready { .. } | ReceiverPhase::Released { .. }) => Err(Failure::TooLate),
        _ => Ok(arrival.discard()?),
    }
}

/// Goes on with what is kept in an open vault.
pub(crate) async fn go_on(world: World, talk: Talk, vault: Arc<Vault>, going: GoingOn) -> Result<(), Failure> {
    let mut report = Reporter::new(talk.tell.clone(), world.clone());
    report.stage(Stage::Finding).await;
    let found = Arc::clone(&vault);
    let kept = blocking(move || unfinished(&found)).await?;
    match kept.side {
        MoveSide::Old => {
            let (old, outputs) = old(world, talk, vault, kept, &going.reach, report).await?;
            old.run(outputs).await
        }
        MoveSide::New => {
            let (new, outputs) = new_with_receipt(world, talk, vault, kept, going, report).await?;
            new.run(outputs).await
        }
    }
}

/// Goes on with what is kept beside the home.
pub(crate) async fn go_on_receiving(
    world: World,
    talk: Talk,
    password: Password,
    going: GoingOn,
) -> Result<(), Failure> {
    let mut report = Reporter::new(talk.tell.clone(), world.clone());
    report.stage(Stage::Finding).await;
    let opener = world.clone();
    let found = blocking(move || {
        must_be_free(&opener.home)?;
        let (mut arrival, claim) = unlock(&opener, &password)?;
        let record = arrival.record().ok_or(Failure::NoMove)?.to_vec();
        let keys = arrival.move_keys().ok_or(Failure::NoMove)?;
        let parsed = ReceiverRecord::parse(&record).map_err(|_| Failure::NoMove)?;
        let can_stop = matches!(parsed.phase, ReceiverPhase::Receiving { .. });
        let is_over = matches!(parsed.phase, ReceiverPhase::Cancelled { .. } | ReceiverPhase::Over);
        if is_over || (can_stop && is_late(arrival.heard_ms(), opener.now_ms())) {
            arrival.discard()?;
            return Err(if is_over { Failure::NoMove } else { Failure::MoveExpired });
        }
        let stored = arrival.stored()?;
        let stored = Stored { kept: stored.kept, first: stored.first, last: stored.last };
        let way = arrival.note()?.and_then(|note| WayBack::parse(&note).ok());
        Ok((arrival, claim, record, keys, stored, way))
    });
    let (arrival, claim, record, keys, stored, way) = found.await?;
    let aid = account_in(&record)?;
    let transfer = transfer_of(&record).ok_or(Failure::NoMove)?;
    let back = way.clone();
    let again = again(&world, &going.reach, transfer, &keys, way, Side::New);
    let (receiver, outputs) =
        Receiver::restore(&record, keys, aid, stored, window(), world.passed_ms()).map_err(|_| Failure::NoMove)?;
    let GoingOn { arrived, .. } = going;
    let home = Home::Staging(Box::new(arrival), claim);
    let transfer = Some(transfer);
    let coming = Coming { world, wanted: talk.wanted, arrived, home, aid, transfer, way: None, back };
    New::begin(coming, receiver, Connection::new(Side::New, again), report).run(outputs).await
}

/// The old device, where its record says, and what follows from that.
pub(super) async fn old(
    world: World,
    talk: Talk,
    vault: Arc<Vault>,
    kept: KeptMove,
    reach: &Reach,
    report: Reporter,
) -> Result<(Old, Vec<Output>), Failure> {
    let KeptMove { transfer, record, .. } = kept;
    let reader = Arc::clone(&vault);
    let (aid, keys, indexes, way) = blocking(move || {
        let aid = look(&reader, |reader| Ok(reader.account()?.ok_or(Failure::NoAccount)?.aid))?;
        let keys = reader.move_keys(&transfer)?.ok_or(Failure::NoMove)?;
        Ok((Aid::from_bytes(aid), keys, reader.move_indexes(&transfer)?, way::kept(&reader, &transfer)?))
    })
    .await?;
    let first = {
        let record = SenderRecord::parse(&record).map_err(|_| Failure::NoMove)?;
        let identity = Identity::from_bundle(aid, &record.bundle).map_err(|_| Failure::NoMove)?;
        verify_manifest(identity.opkey(), &record.first).map_err(|_| Failure::NoMove)?
    };
    let again = again(&world, reach, transfer, &keys, way, Side::Old);
    let (keys, _) = keys.into_transfer(transfer);
    let last = indexes.last.as_deref();
    let (sender, outputs) =
        Sender::restore(&record, keys, aid, &indexes.first, last, world.passed_ms()).map_err(|_| Failure::NoMove)?;
    let going = Going { world, wanted: talk.wanted, vault, transfer, first, is_kept: true };
    Ok((Old::begin(going, sender, Connection::new(Side::Old, again), report), outputs))
}

/// The new device, whose account is here; the old one lacks the receipt.
pub(super) async fn new_with_receipt(
    world: World,
    talk: Talk,
    vault: Arc<Vault>,
    kept: KeptMove,
    going: GoingOn,
    report: Reporter,
) -> Result<(New, Vec<Output>), Failure> {
    let KeptMove { transfer, record, .. } = kept;
    let reader = Arc::clone(&vault);
    let (keys, way) =
        blocking(move || Ok((reader.move_keys(&transfer)?.ok_or(Failure::NoMove)?, way::kept(&reader, &transfer)?)))
            .await?;
    let aid = account_in(&record)?;
    let back = way.clone();
    let again = again(&world, &going.reach, transfer, &keys, way, Side::New);
    let stored = Stored::default();
    let (receiver, outputs) =
        Receiver::restore(&record, keys, aid, stored, window(), world.passed_ms()).map_err(|_| Failure::NoMove)?;
    let GoingOn { arrived, .. } = going;
    let (home, transfer) = (Home::Vault(vault), Some(transfer));
    let coming = Coming { world, wanted: talk.wanted, arrived, home, aid, transfer, way: None, back };
    Ok((New::begin(coming, receiver, Connection::new(Side::New, again), report), outputs))
}

fn again(world: &World, reach: &Reach, transfer: [u8; 16], keys: &MoveKeys, way: Option<WayBack>, side: Side) -> Again {
    let resume = nyx_crypto::secret::Secret::from_bytes(*keys.resume.expose());
    // One that was not kept leads nowhere but to the service that is named now.
    let way = way.unwrap_or_else(|| WayBack::new(nobody(), false, None, &[]));
    let known = Known { transfer, resume, way };
    Again::new(world.clone(), reach.clone(), known, Hosted::default(), side)
}

fn unlock(world: &World, password: &Password) -> Result<(Arrival, Claim), Failure> {
    let claim = Claim::take(&world.home)?;
    let found = Arrival::find(&world.home)?.ok_or(Failure::NoMove)?;
    let arrival = found.unlock(password).map_err(|still| Failure::from(still.error))?;
    Ok((arrival, claim))
}

/// The move that is not over: one that a person would go on with first.
fn unfinished(vault: &Vault) -> Result<KeptMove, Failure> {
    let kept = vault.moves()?.into_iter().find(|kept| Phase::of(kept) != Phase::Over);
    kept.ok_or(Failure::NoMove)
}

/// How far a move is that is kept, as far as going on or giving up goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    CanStop,
    LetGo,
    Over,
}

impl Phase {
    fn of(kept: &KeptMove) -> Self {
        match kept.side {
            MoveSide::Old => match SenderRecord::parse(&kept.record).map(|record| record.phase) {
                Ok(SenderPhase::Offered | SenderPhase::Freezing | SenderPhase::Frozen { .. }) => Self::CanStop,
                Ok(SenderPhase::Released { .. }) => Self::LetGo,
                Ok(SenderPhase::Closed | SenderPhase::Cancelled { .. }) | Err(_) => Self::Over,
            },
            MoveSide::New => match ReceiverRecord::parse(&kept.record).map(|record| record.phase) {
                Ok(ReceiverPhase::Released { .. }) => Self::LetGo,
                _ => Self::Over,
            },
        }
    }
}

/// Says in the record that it came to nothing: the account can be changed again.
fn give_up(vault: &Vault, world: &World, kept: &KeptMove, why: StopReason) -> Result<(), Failure> {
    let record = SenderRecord::parse(&kept.record).map_err(|_| Failure::NoMove)?;
    let record = SenderRecord { phase: SenderPhase::Cancelled { why }, ..record };
    Ok(vault.keep_move(&kept.transfer, &record.to_bytes(), Turn::Thaw, world.now_ms())?)
}

fn forget(vault: &Vault, kept: &KeptMove) {
    if let Err(error) = vault.forget_move(&kept.transfer) {
        tracing::warn!(%error, "a move that is over could not be forgotten");
    }
}

fn account_in(record: &[u8]) -> Result<Aid, Failure> {
    let record = ReceiverRecord::parse(record).map_err(|_| Failure::NoMove)?;
    let first = Manifest::parse(record.first.body()).map_err(|_| Failure::NoMove)?;
    Ok(Aid::from_bytes(first.aid))
}

/// Whether nobody can come back any more. A clock that was set back only makes it wait longer.
pub(super) fn is_late(heard_ms: i64, now_ms: i64) -> bool {
    now_ms.saturating_sub(heard_ms) >= MOVE_KEPT_MS.cast_signed()
}

fn nobody() -> DeviceName {
    #[expect(clippy::expect_used, reason = "three letters are a name")]
    DeviceName::new("Nyx").expect("a name")
}
