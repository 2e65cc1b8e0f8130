//! Before there is anything to go on with: what both sides prepare, how they meet, and what their people say.

use super::{
    connection::Connection,
    consent::consented,
    incoming::Home,
    new::{Coming, New, Way},
    old::{Going, Old},
    outgoing::not_prepared,
    telling::{Arrived, MoveSize, Reporter, Selection, Stage, blocking},
    way,
    window::window,
};
use crate::{
    account::{
        claim::Claim,
        creation::{must_be_free, must_not_be_awaited},
        identity,
    },
    commit::{commit, look},
    event::Event,
    failure::Failure,
    jobs::{Job, World},
    pairing::{Again, Agreed, Known, Meet, Reach, Side, Speaks, Talk, as_new, as_old},
};
use nyx_crypto::{device_list::Identity, kdf::Password, secret::Secret, signature::Verified};
use nyx_proto::{
    moving::{Incoming, Outgoing, Receiver, Sender},
    pairing::Account,
};
use nyx_vault::{Arrival, Vault};
use nyx_wire::{
    identity::DeviceName,
    moving::{Manifest, Selection as Selected},
};
use std::{path::Path, sync::Arc};
use tokio::sync::mpsc;

/// What a device is to send, and how the two meet.
pub(crate) struct Sending {
    pub(crate) selection: Selection,
    pub(crate) meet: Meet,
    pub(crate) reach: Reach,
}

/// What a device is to receive an account with.
pub(crate) struct Receiving {
    pub(crate) password: Password,
    pub(crate) meet: Meet,
    pub(crate) reach: Reach,
    pub(crate) arrived: mpsc::Sender<Arrived>,
}

/// Tells how much would go.
pub(crate) fn weigh(job: &Job, world: &World, vault: &Vault, selection: Selection) -> Result<(), Failure> {
    job.tell(Event::MoveSize(size(world, vault, selection)?));
    Ok(())
}

fn size(world: &World, vault: &Vault, selection: Selection) -> Result<MoveSize, Failure> {
    let sizes = vault.move_sizes(&[selection.since_ms(world.now_ms())])?;
    let size = sizes.first().ok_or_else(|| Failure::Internal("no size".into()))?;
    let (attachments, bytes) = if selection.attachments { (size.attachments, size.attachment_bytes) } else { (0, 0) };
    Ok(MoveSize { messages: size.messages, attachments, bytes: size.row_bytes.saturating_add(bytes) })
}

/// Everything that lies ready before the code is shown.
struct Prepared {
    manifest: Verified<Manifest>,
    index: Vec<u8>,
    identity: Identity,
    name: DeviceName,
    size: MoveSize,
}

/// Sends the account of this vault away.
pub(crate) async fn send(world: World, mut talk: Talk, vault: Arc<Vault>, sending: Sending) -> Result<(), Failure> {
    let Sending { selection, meet, reach } = sending;
    let mut report = Reporter::new(talk.tell.clone(), world.clone());
    report.stage(Stage::Preparing).await;
    let prepared = {
        let (world, vault, wanted, mut tell) =
            (world.clone(), Arc::clone(&vault), talk.wanted.clone(), talk.tell.clone());
        blocking(move || {
            prepare(&world, &vault, selection, &mut |done, total| {
                tell.progress_of(done, Some(total));
                wanted.is_wanted()
            })
        })
        .await?
    };
    report.tell(Event::MoveSize(prepared.size)).await;
    report.stage(Stage::Meeting).await;
    let transfer = prepared.manifest.transfer;
    match agree(&world, &mut talk, &vault, &prepared, meet, &reach).await {
        Ok(agreed) => offer(world, talk, vault, prepared, agreed, reach).await,
        Err(failure) => {
            let dropped = blocking(move || Ok(vault.drop_prepared(&transfer)?)).await;
            if let Err(failure) = dropped {
                tracing::warn!(%failure, "what was prepared could not be removed");
            }
            Err(failure)
        }
    }
}

fn prepare(
    world: &World,
    vault: &Vault,
    selection: Selection,
    progress: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Prepared, Failure> {
    let size = size(world, vault, selection)?;
    let since_ms = selection.since_ms(world.now_ms()).and_then(|since_ms| u64::try_from(since_ms).ok());
    let (identity, name, opkey) = look(vault, |reader| {
        let name = reader.account()?.ok_or(Failure::NoAccount)?.name;
        Ok((identity::known(reader)?, DeviceName::new(&name)?, identity::operating_key(reader)?))
    })?;
    let selected = Selected { attachments: selection.attachments, since_ms };
    let prepared = vault.prepare_move(selected, progress).map_err(not_prepared)?;
    let manifest = opkey.sign_manifest(prepared.manifest);
    Ok(Prepared { manifest, index: prepared.index, identity, name, size })
}

/// Both meet, and the person here says that this is the device.
async fn agree(
    world: &World,
    talk: &mut Talk,
    vault: &Arc<Vault>,
    prepared: &Prepared,
    meet: Meet,
    reach: &Reach,
) -> Result<Agreed, Failure> {
    let bytes = prepared.manifest.index_bytes.saturating_add(prepared.manifest.bytes);
    let account = Account { name: prepared.name.clone(), aid: prepared.identity.aid(), bytes };
    let (ark, cert) = (*prepared.identity.ark(), prepared.identity.opkey().clone());
    let keeper = Arc::clone(vault);
    let speaks = async move || {
        let opkey = blocking(move || look(&keeper, identity::operating_key)).await?;
        Ok(Speaks { ark, cert, opkey })
    };
    let agreed = as_old(world, talk, meet, reach, account, speaks).await?;
    consented(talk, vault, agreed).await
}

async fn offer(
    world: World,
    talk: Talk,
    vault: Arc<Vault>,
    prepared: Prepared,
    agreed: Agreed,
    reach: Reach,
) -> Result<(), Failure> {
    let Prepared { manifest, index, identity, .. } = prepared;
    let Agreed { keys, line, way, hosted, .. } = agreed;
    let transfer = manifest.transfer;
    let (bound, back) = (Arc::clone(&vault), way.clone());
    let resume = Secret::from_bytes(*keys.resume.expose());
    let keys = blocking(move || {
        bound.bind_move(&transfer, &keys)?;
        commit(&bound, |tx| way::keep(tx, &transfer, &back))?;
        Ok(keys.into_transfer(transfer).0)
    })
    .await?;
    let first = manifest.clone();
    let outgoing = Outgoing { keys, identity, manifest, index };
    let (sender, outputs) =
        Sender::offer(outgoing, world.passed_ms()).map_err(|error| Failure::Internal(error.to_string()))?;
    let mut connection = Connection::with(Side::Old, line);
    let known = Known { transfer, resume, way };
    connection.comes_back(Again::new(world.clone(), reach, known, hosted, Side::Old));
    let report = Reporter::new(talk.tell, world.clone());
    let going = Going { world, wanted: talk.wanted, vault, transfer, first, is_kept: false };
    Old::begin(going, sender, connection, report).run(outputs).await
}

/// Receives an account into this home, which has none.
pub(crate) async fn receive(world: World, mut talk: Talk, receiving: Receiving) -> Result<(), Failure> {
    let Receiving { password, meet, reach, arrived } = receiving;
    let mut report = Reporter::new(talk.tell.clone(), world.clone());
    report.stage(Stage::Preparing).await;
    let maker = world.clone();
    let (mut arrival, claim) = blocking(move || {
        must_be_free(&maker.home)?;
        must_not_be_awaited(&maker.home)?;
        let claim = Claim::take(&maker.home)?;
        must_be_free(&maker.home)?;
        let new = maker.new_password(&password)?;
        Ok((Arrival::begin(&maker.home, &new)?, claim))
    })
    .await?;
    report.stage(Stage::Meeting).await;
    let device = identity::device_name(&world)?;
    let agreed = as_new(&world, &mut talk, meet, &reach, device).await?;
    let aid = agreed.account()?;
    let Agreed { keys, line, way, hosted, .. } = agreed;
    let (note, place) = (way.to_bytes(), world.home.clone());
    let (arrival, keys, free_bytes) = blocking(move || {
        arrival.expect(&keys);
        arrival.keep_note(&note)?;
        Ok((arrival, keys, room(&place)?))
    })
    .await?;
    let incoming = Incoming { keys, aid, schema: nyx_vault::SCHEMA, free_bytes, window: window() };
    let receiver = Receiver::new(incoming, world.passed_ms());
    let connection = Connection::with(Side::New, line);
    let report = Reporter::new(talk.tell, world.clone());
    let way = Some(Way { reach, back: way, hosted });
    let home = Home::Staging(Box::new(arrival), claim);
    let coming = Coming { world, wanted: talk.wanted, arrived, home, aid, transfer: None, way, back: None };
    New::begin(coming, receiver, connection, report).run(Vec::new()).await
}

/// How much room there is where the account is to lie.
#[cfg(unix)]
fn room(home: &Path) -> Result<u64, Failure> {
    let parent = home.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let there = rustix::fs::statvfs(parent).map_err(|error| Failure::file(parent, error.into()))?;
    Ok(there.f_bavail.saturating_mul(there.f_frsize))
}

/// Where nobody says, the disk says so when it is full.
#[cfg(not(unix))]
fn room(_: &Path) -> Result<u64, Failure> {
    Ok(u64::MAX)
}
