//! Who this device is: the operating key, this device's own keys, and what vouches for them (`protocol/identity.md`).

use crate::{failure::Failure, jobs::World};
use nyx_crypto::{
    account::{Aid, OperatingKey, next_generation, verify_opkey_cert},
    device::DeviceKeys,
    device_list::Identity,
    root::Root,
    secret::Secret,
    signature::Verified,
};
use nyx_vault::{
    ConversationId, Damage, DeviceId, OPERATING_KEY, Reader, Tx, backup_address,
    model::{Account, AccountState, Conversation, ConversationKind, Device, Setting},
};
use nyx_wire::{
    codec,
    identity::{DEVICE_LIST_MAX, DeviceCert, DeviceName, OPKEY_CERT_MAX, OpKeyCert, SIGNED_OVERHEAD, Signed},
};

/// Everything of an account that begins a generation on this device.
pub(crate) struct Beginning {
    account: Account,
    ark_public: [u8; 32],
    device: Device,
    keys: DeviceKeys,
    opkey: OperatingKey,
}

impl Beginning {
    /// Makes a new operating key and new device keys, and lets the account root key vouch for them. The root exists
    /// only while the phrase is in hand. `known` is the last generation that this vault has seen.
    pub(crate) fn new(world: &World, root: &Root, name: &str, known: u64) -> Result<Self, Failure> {
        let ark = root.account_root_key();
        let (aid, now_ms) = (ark.aid(), world.now_ms());
        let (opkey, keys) = world.random(|rng| (OperatingKey::generate(rng), DeviceKeys::generate(rng)));
        let unix_secs = u64::try_from(now_ms / 1000).unwrap_or(0);
        let generation = next_generation(known, 0, unix_secs).map_err(internal)?;
        let cert = ark.certify(&opkey, generation).map_err(internal)?;
        let device_name = device_name(world)?;
        let device = keys.certify(aid, device_name.clone(), CAPABILITIES);
        // The first list of a generation names this device alone: every other one is revoked by the generation itself.
        let list = opkey.first_list(&cert, vec![device.signed().clone()]).map_err(internal)?;
        Ok(Self {
            account: Account {
                aid: *aid.as_bytes(),
                name: name.to_owned(),
                created_ms: now_ms,
                state: AccountState::Active,
                backup_public: backup_address(&root.backup_identity()),
                opkey_cert: codec::encode(cert.signed()),
                device_list: codec::encode(list.signed()),
            },
            ark_public: ark.public(),
            device: Device {
                id: DeviceId(keys.device_id),
                name: device_name.as_str().to_owned(),
                certificate: codec::encode(device.signed()),
                this: true,
                revoked: false,
            },
            keys,
            opkey,
        })
    }

    /// Writes it. Whatever device this vault was before, it is no longer.
    pub(crate) fn write(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let mut account = self.account.clone();
        if let Some(present) = tx.account()? {
            account.created_ms = present.created_ms;
        }
        tx.put_account(&account)?;
        tx.put_setting(ARK_PUBLIC, &Setting { value: self.ark_public.to_vec(), moves: true })?;
        write_device(tx, &self.device, &self.keys)?;
        tx.put_session(OPERATING_KEY, &[], self.opkey.seed().expose())?;
        Ok(())
    }
}

/// Writes the conversation with oneself, unless there is one.
pub(crate) fn write_notes(world: &World, tx: &mut Tx<'_>) -> Result<(), Failure> {
    if tx.notes()?.is_none() {
        let now_ms = world.now_ms();
        tx.put_conversation(&Conversation {
            id: world.random(|rng| ConversationId::new(now_ms, rng)),
            kind: ConversationKind::Notes,
            title: String::new(),
            created_ms: now_ms,
            ttl_secs: 0,
            last_seq: 0,
            read_seq: 0,
        })?;
    }
    Ok(())
}

/// Whether the key that speaks for the account is in this vault.
pub(crate) fn can_sign(reader: &Reader<'_>) -> Result<bool, Failure> {
    Ok(reader.session(OPERATING_KEY, &[], |seed| seed.is_some())?)
}

/// The generation that this vault has seen, as the account root key signed it.
pub(crate) fn known_generation(account: &Account, ark_public: &[u8; 32]) -> Result<u64, Failure> {
    let cert: Signed<OpKeyCert> =
        codec::decode_strict(&account.opkey_cert, OPKEY_CERT_MAX + SIGNED_OVERHEAD).map_err(internal)?;
    let cert = verify_opkey_cert(Aid::from_bytes(account.aid), ark_public, &cert).map_err(internal)?;
    Ok(cert.generation)
}

/// Checks what a vault says of its account as a contact would: the id vouches for the root key, that for the operating
/// key, and that for the devices.
pub(crate) fn check(reader: &Reader<'_>) -> Result<(), Failure> {
    known(reader).map(|_| ())
}

/// What this vault says of its account, checked as a contact would check it.
pub(crate) fn known(reader: &Reader<'_>) -> Result<Identity, Failure> {
    let account = reader.account()?.ok_or(Failure::NoAccount)?;
    let damaged = || Failure::Damaged(Damage::Row("accounts", 1));
    let ark: [u8; 32] =
        reader.setting(ARK_PUBLIC)?.and_then(|setting| setting.value.try_into().ok()).ok_or_else(damaged)?;
    let cert = codec::decode_strict(&account.opkey_cert, OPKEY_CERT_MAX + SIGNED_OVERHEAD).map_err(|_| damaged())?;
    let list = codec::decode_strict(&account.device_list, DEVICE_LIST_MAX + SIGNED_OVERHEAD).map_err(|_| damaged())?;
    let identity = Identity::new(ark, &cert, &list).map_err(|_| damaged())?;
    if identity.aid().as_bytes() == &account.aid { Ok(identity) } else { Err(damaged()) }
}

/// The key that speaks for the account, for one operation.
pub(crate) fn operating_key(reader: &Reader<'_>) -> Result<OperatingKey, Failure> {
    let seed = reader.session(OPERATING_KEY, &[], |seed| seed.and_then(Secret::from_slice))?;
    seed.map(OperatingKey::from_seed).ok_or(Failure::NeedsPhrase)
}

/// The keys of this device.
pub(crate) fn device_keys(reader: &Reader<'_>) -> Result<DeviceKeys, Failure> {
    let damaged = || Failure::Damaged(Damage::Row("devices", 1));
    let own = reader.devices()?.into_iter().find(|device| device.this).ok_or_else(damaged)?;
    let id = own.id.0;
    let signing = reader.session(DEVICE_SIGNING, &id, |key| key.and_then(Secret::from_slice))?;
    let agreement = reader.session(DEVICE_AGREEMENT, &id, |key| key.and_then(Secret::from_slice))?;
    let kem = reader.session(DEVICE_KEM, &id, |key| key.and_then(Secret::from_slice))?;
    Ok(DeviceKeys {
        device_id: id,
        signing: signing.ok_or_else(damaged)?,
        agreement: agreement.ok_or_else(damaged)?,
        kem: kem.ok_or_else(damaged)?,
    })
}

/// A device that an account is to move to: its keys, and what it says of itself.
pub(crate) struct Newcomer {
    pub(crate) keys: DeviceKeys,
    pub(crate) certificate: Verified<DeviceCert>,
}

impl Newcomer {
    /// Makes its keys.
    pub(crate) fn new(world: &World, aid: Aid) -> Result<Self, Failure> {
        let keys = world.random(DeviceKeys::generate);
        let certificate = keys.certify(aid, device_name(world)?, CAPABILITIES);
        Ok(Self { keys, certificate })
    }

    /// Writes them into the vault that is to be the account's: whatever device spoke there before is no longer one.
    pub(crate) fn write(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let device = Device {
            id: DeviceId(self.keys.device_id),
            name: self.certificate.name.as_str().to_owned(),
            certificate: codec::encode(self.certificate.signed()),
            this: true,
            revoked: false,
        };
        write_device(tx, &device, &self.keys)
    }
}

/// Writes this device in place of whatever this vault was before.
fn write_device(tx: &mut Tx<'_>, device: &Device, keys: &DeviceKeys) -> Result<(), Failure> {
    for device in tx.devices()? {
        tx.put_device(&Device { this: false, revoked: true, ..device })?;
    }
    for kind in [DEVICE_SIGNING, DEVICE_AGREEMENT, DEVICE_KEM] {
        for id in tx.session_ids(kind)? {
            tx.remove_session(kind, &id)?;
        }
    }
    tx.put_device(device)?;
    tx.put_session(DEVICE_SIGNING, &keys.device_id, keys.signing.expose())?;
    tx.put_session(DEVICE_AGREEMENT, &keys.device_id, keys.agreement.expose())?;
    tx.put_session(DEVICE_KEM, &keys.device_id, keys.kem.expose())?;
    Ok(())
}

/// What this device is called.
pub(crate) fn device_name(world: &World) -> Result<DeviceName, Failure> {
    world.device.clone().map_or_else(|| Ok(DeviceName::new(DEVICE_NAME)?), Ok)
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(error.to_string())
}

/// For a machine without a name.
const DEVICE_NAME: &str = "Nyx";
/// Nothing yet that one device could do and another could not.
const CAPABILITIES: u64 = 0;
/// The account root key's public half: contacts check the account's id by it.
const ARK_PUBLIC: &str = "identity/account-root-public";
/// Session rows are wrapped once more and never part of a backup: no device is cloned. The vault names the operating key's,
/// because it leaves with the account.
const DEVICE_SIGNING: &str = "device-signing";
const DEVICE_AGREEMENT: &str = "device-agreement";
const DEVICE_KEM: &str = "device-kem";
