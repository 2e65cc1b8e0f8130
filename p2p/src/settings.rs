//! What a person set, kept in the vault: each setting under a name of its own, so that an earlier version of the program
//! leaves alone what it does not know.

use crate::{
    command::{Notify, Settings},
    commit::{commit, look, may_write},
    failure::Failure,
    hiding,
    pairing::{NetTrouble, Reach},
};
use nyx_vault::{Vault, model::Setting};
use nyx_wire::settings::{self as stored, LockAfter};
use std::path::Path;

/// The settings of a vault that was just opened: what is said of them outside of it is put right.
pub(crate) fn on_opening(home: &Path, vault: &Vault) -> Result<Settings, Failure> {
    let settings = of(vault)?;
    if let Err(error) = hiding::keep(home, settings.hide_address) {
        tracing::warn!(%error, "whether this device stays hidden could not be kept beside the home");
    }
    Ok(settings)
}

fn of(vault: &Vault) -> Result<Settings, Failure> {
    look(vault, |reader| {
        let mut settings = Settings::default();
        // One that a later version wrote is as if it were not there, and stays.
        if let Some(setting) = reader.setting(LOCK_AFTER)?
            && let Ok(LockAfter { secs }) = stored::decode(&setting.value)
        {
            settings.lock_after_secs = secs;
        }
        if let Some(setting) = reader.setting(NOTIFY)?
            && let Ok(notify) = stored::decode(&setting.value)
        {
            settings.notify = match notify {
                stored::Notify::Nothing => Notify::Nothing,
                stored::Notify::Arrival => Notify::Arrival,
                stored::Notify::Sender => Notify::Sender,
                stored::Notify::Text => Notify::Text,
            };
        }
        if let Some(setting) = reader.setting(HIDE_ADDRESS)?
            && let Ok(is_wanted) = stored::decode(&setting.value)
        {
            settings.hide_address = is_wanted;
        }
        if let Some(setting) = reader.setting(SERVICE)?
            && let Ok(stored::Service { url }) = stored::decode(&setting.value)
        {
            // One that this version can't call is as if there were none.
            settings.service = url.filter(|url| Reach::takes(url));
        }
        Ok(within(settings))
    })
}

/// Changes them, and tells what holds from now on.
pub(crate) fn change(home: &Path, vault: &Vault, wanted: Settings) -> Result<Settings, Failure> {
    let settings = within(wanted);
    if settings.service.as_ref().is_some_and(|url| !Reach::takes(url)) {
        return Err(NetTrouble::NotAService.into());
    }
    // Hidden a moment too early, never too late; and it is not said to be so where it does not hold.
    if settings.hide_address {
        hiding::keep(home, true).map_err(|error| Failure::file(home, error))?;
    }
    let lock_after = LockAfter { secs: settings.lock_after_secs };
    let notify = match settings.notify {
        Notify::Nothing => stored::Notify::Nothing,
        Notify::Arrival => stored::Notify::Arrival,
        Notify::Sender => stored::Notify::Sender,
        Notify::Text => stored::Notify::Text,
    };
    commit(vault, |tx| {
        may_write(tx)?;
        // Each says how careful a person is, and that does not change with the device.
        tx.put_setting(LOCK_AFTER, &Setting { value: stored::encode(&lock_after), moves: true })?;
        tx.put_setting(NOTIFY, &Setting { value: stored::encode(&notify), moves: true })?;
        let hide_address = stored::encode(&settings.hide_address);
        tx.put_setting(HIDE_ADDRESS, &Setting { value: hide_address, moves: true })?;
        // Who runs a service of their own runs it for every device.
        let service = stored::encode(&stored::Service { url: settings.service.clone() });
        tx.put_setting(SERVICE, &Setting { value: service, moves: true })?;
        Ok(())
    })?;
    if !settings.hide_address
        && let Err(error) = hiding::keep(home, false)
    {
        tracing::warn!(%error, "this device stays hidden until the vault is opened again");
    }
    Ok(settings)
}

fn within(settings: Settings) -> Settings {
    let secs = settings.lock_after_secs.map(|secs| secs.clamp(LOCK_AFTER_SECS_MIN, LOCK_AFTER_SECS_MAX));
    let service = settings.service.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
    Settings { lock_after_secs: secs, service, ..settings }
}

const LOCK_AFTER: &str = "lock_after";
const NOTIFY: &str = "notify";
const HIDE_ADDRESS: &str = "hide_address";
const SERVICE: &str = "service";
/// Below this nobody could type a sentence, or the setting back.
const LOCK_AFTER_SECS_MIN: u32 = 10;
/// Above this "never" is meant.
const LOCK_AFTER_SECS_MAX: u32 = 7 * 24 * 3600;
