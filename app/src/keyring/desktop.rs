//! The Secret Service on the session's bus: GNOME's keyring, KWallet, KeePassXC and others speak it.
//!
//! Each wish has a connection of its own. They are rare, and a connection that outlives its service would have to be
//! noticed and made anew.

use nyx_p2p::{Answer, Keyring, KeyringError, KeyringKey};
use secret_service::{EncryptionType, Error, Item, SearchItemsResult};
use std::collections::HashMap;
use zeroize::Zeroizing;

/// The Secret Service.
#[derive(Debug)]
pub(super) struct SecretService;

impl Keyring for SecretService {
    fn keep<'a>(&'a self, vault: [u8; 16], key: &'a KeyringKey) -> Answer<'a, ()> {
        Box::pin(async move {
            let service = connected().await?;
            // A collection that ends with the session would keep nothing for the next start.
            let collection = service.get_default_collection().await.map_err(of_collection)?;
            if collection.is_locked().await.map_err(refused)? {
                collection.unlock().await.map_err(refused)?;
            }
            let vault = hex(vault);
            collection.create_item(LABEL, attributes(&vault), key.expose(), true, BYTES).await.map_err(refused)?;
            Ok(())
        })
    }

    fn find(&self, vault: [u8; 16]) -> Answer<'_, KeyringKey> {
        Box::pin(async move {
            let service = connected().await?;
            let vault = hex(vault);
            let found = service.search_items(attributes(&vault)).await.map_err(refused)?;
            let item = first_unlocked(&found).await?.ok_or(KeyringError::Lost)?;
            let secret = Zeroizing::new(item.get_secret().await.map_err(refused)?);
            // Somebody wrote something else there.
            KeyringKey::from_slice(&secret).ok_or(KeyringError::Foreign)
        })
    }

    fn forget(&self, vault: [u8; 16]) -> Answer<'_, ()> {
        Box::pin(async move {
            let service = connected().await?;
            let vault = hex(vault);
            let SearchItemsResult { unlocked, locked } =
                service.search_items(attributes(&vault)).await.map_err(refused)?;
            for item in &locked {
                item.unlock().await.map_err(refused)?;
            }
            for item in unlocked.iter().chain(&locked) {
                item.delete().await.map_err(refused)?;
            }
            Ok(())
        })
    }
}

/// A session of its own, in which secrets pass the bus encrypted.
async fn connected<'a>() -> Result<secret_service::SecretService<'a>, KeyringError> {
    secret_service::SecretService::connect(EncryptionType::Dh).await.map_err(|error| {
        // No bus, nobody on it who keeps secrets, or one who does not start: for a person it is the same.
        tracing::info!(%error, "no keyring");
        KeyringError::Absent
    })
}

async fn first_unlocked<'f, 's>(found: &'f SearchItemsResult<Item<'s>>) -> Result<Option<&'f Item<'s>>, KeyringError> {
    if let Some(item) = found.unlocked.first() {
        return Ok(Some(item));
    }
    let Some(item) = found.locked.first() else { return Ok(None) };
    item.unlock().await.map_err(refused)?;
    Ok(Some(item))
}

fn of_collection(error: Error) -> KeyringError {
    match error {
        Error::NoResult => KeyringError::Absent,
        error => refused(error),
    }
}

fn refused(error: Error) -> KeyringError {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected => KeyringError::Locked,
        Error::NoResult => KeyringError::Lost,
        Error::Unavailable => KeyringError::Absent,
        error => {
            // Of the bus and the service: it has no secrets in it.
            tracing::warn!(%error, "the keyring refused");
            KeyringError::Refused
        }
    }
}

/// By what an entry is found again. The vault's name is in its header too, for everybody to read.
fn attributes(vault: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "nyx"), ("vault", vault)])
}

fn hex(vault: [u8; 16]) -> String {
    vault.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a person sees who looks into the keyring.
const LABEL: &str = "Nyx";
const BYTES: &str = "application/octet-stream";
