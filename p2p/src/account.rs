//! The account: creating, opening, the password, coming back by the phrase, erasing.

pub(crate) mod claim;
pub(crate) mod creation;
mod ground;
pub(crate) mod identity;
pub(crate) mod keyring;

use crate::{
    account::{creation::Opener, identity::Beginning, keyring::KeyringKey},
    commit::{commit, look},
    event::{AccountView, Event},
    failure::Failure,
    jobs::{Job, World},
};
use nyx_crypto::{kdf::Password, phrase::Phrase, root::Root};
use nyx_vault::{FindError, LockedVault, Origin, StillLocked, Vault, model::AccountState};
use nyx_wire::identity::DeviceName;

/// An account that is being made: its phrase was shown and waits to be kept.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) name: String,
    pub(crate) password: Password,
    pub(crate) phrase: Phrase,
}

/// Makes the account whose phrase was kept.
pub(crate) fn create(job: &Job, world: &World, begun: &Begun) -> Result<Vault, Failure> {
    let root = Root::from_phrase(&begun.phrase);
    let vault = begin(job, world, &root, &begun.name, &begun.password)?;
    job.tell(Event::Account(view(&vault)?));
    Ok(vault)
}

/// A new vault with an identity and nothing else.
fn begin(job: &Job, world: &World, root: &Root, name: &str, password: &Password) -> Result<Vault, Failure> {
    creation::create(job, world, &Opener::Phrase(root), |home| {
        let beginning = Beginning::new(world, root, name, 0)?;
        let vault = LockedVault::create(home, &world.new_password(password)?, &Origin::of(root))?;
        commit(&vault, |tx| {
            beginning.write(tx)?;
            identity::write_notes(world, tx)
        })?;
        Ok(vault)
    })
}

/// An open vault, or why it is none; and then the locked one, to try again with without giving its home up.
pub(crate) type Entered = (Result<Vault, Failure>, Option<Box<LockedVault>>);

/// Opens the vault.
pub(crate) fn unlock(vault: LockedVault, password: &Password) -> Entered {
    entered(vault.unlock(password))
}

/// Opens the vault with what the desktop's keyring keeps.
pub(crate) fn unlock_with_keyring(vault: LockedVault, key: &KeyringKey) -> Entered {
    entered(vault.unlock_with_keyring(key))
}

fn entered(opened: Result<Vault, Box<StillLocked>>) -> Entered {
    match opened {
        Ok(vault) => (Ok(vault), None),
        Err(still) => given_back(*still),
    }
}

fn given_back(still: StillLocked) -> Entered {
    let StillLocked { vault, error } = still;
    (Err(error.into()), Some(Box::new(vault)))
}

fn closed(vault: Vault, failure: Failure) -> Entered {
    (Err(failure), Some(Box::new(vault.lock())))
}

/// Comes back by the phrase.
pub(crate) fn recover(
    job: &Job,
    world: &World,
    held: Option<Box<LockedVault>>,
    (phrase, password, name): (&Phrase, &Password, &str),
) -> Entered {
    let root = Root::from_phrase(phrase);
    let found = match held {
        Some(vault) => Ok(*vault),
        None => LockedVault::find(&world.home),
    };
    let entered = match found {
        Ok(vault) => reset(job, world, vault, &root, password),
        Err(FindError::NoVault) => (identity_only(job, world, &root, password, name), None),
        Err(error) => (Err(error.into()), None),
    };
    match entered {
        (Ok(vault), _) => match view(&vault) {
            Ok(view) => {
                job.tell(Event::Account(view));
                (Ok(vault), None)
            }
            Err(failure) => closed(vault, failure),
        },
        refused => refused,
    }
}

fn identity_only(job: &Job, world: &World, root: &Root, password: &Password, name: &str) -> Result<Vault, Failure> {
    let vault = begin(job, world, root, &account_name(name)?, password)?;
    job.tell(Event::IdentityOnly);
    Ok(vault)
}

/// Everything that is here stays; only what opens it is new. Whatever can be refused is refused before that changes.
fn reset(job: &Job, world: &World, vault: LockedVault, root: &Root, password: &Password) -> Entered {
    // The cheap checks first: whoever mistook the phrase does not wait for the password.
    let opened = match vault.unlock_with_phrase(root) {
        Ok(opened) => opened,
        Err(still) => return given_back(*still),
    };
    let beginning = match beginning_for(world, root, &opened) {
        Ok(beginning) => beginning,
        Err(failure) => return closed(opened, failure),
    };
    let mut vault = opened.lock();
    let had_keyring = vault.has_keyring();
    let renewed = world.new_password(password).and_then(|new| {
        job.check()?;
        Ok(vault.reset_password(root, &new)?)
    });
    if let Err(failure) = renewed {
        return (Err(failure), Some(Box::new(vault)));
    }
    if had_keyring {
        keyring::forget(job, world, vault.vault_id());
    }
    let vault = match vault.unlock_with_phrase(root) {
        Ok(vault) => vault,
        Err(still) => return given_back(*still),
    };
    match beginning.map_or(Ok(()), |beginning| commit(&vault, |tx| beginning.write(tx))) {
        Ok(()) => (Ok(vault), None),
        Err(failure) => closed(vault, failure),
    }
}

/// What the phrase adds to a vault: a new generation, if the account is active and its operating key is not here (it came
/// out of a backup). A vault whose account moved has no such key either, and a generation of its own would outbid the
/// device that the person moved to.
fn beginning_for(world: &World, root: &Root, vault: &Vault) -> Result<Option<Beginning>, Failure> {
    let (account, can_sign) = look(vault, |reader| {
        let account = reader.account()?.ok_or(Failure::NoAccount)?;
        Ok((account, identity::can_sign(reader)?))
    })?;
    let ark = root.account_root_key();
    // The second line: the slot opened, so whoever made this vault had the phrase or a vault of it.
    if account.aid != *ark.aid().as_bytes() {
        return Err(Failure::WrongPhrase);
    }
    if can_sign || account.state != AccountState::Active {
        return Ok(None);
    }
    let known = identity::known_generation(&account, &ark.public())?;
    Beginning::new(world, root, &account.name, known).map(Some)
}

/// Tells the account and how much there is.
pub(crate) fn status(job: &Job, vault: &Vault) -> Result<(), Failure> {
    job.tell(Event::Account(view(vault)?));
    Ok(())
}

/// What people see of the account.
pub(crate) fn view(vault: &Vault) -> Result<AccountView, Failure> {
    look(vault, |reader| {
        let account = reader.account()?.ok_or(Failure::NoAccount)?;
        let counts = reader.counts()?;
        Ok(AccountView {
            aid: account.aid,
            name: account.name,
            state: account.state,
            can_sign: identity::can_sign(reader)?,
            messages: counts.messages,
            attachments: counts.attachments,
            attachment_bytes: counts.attachment_bytes,
        })
    })
}

/// A name for an account: shown to other people in one line, so the same rules as for a device's name.
pub(crate) fn account_name(name: &str) -> Result<String, Failure> {
    Ok(DeviceName::new(name.trim())?.as_str().to_owned())
}
