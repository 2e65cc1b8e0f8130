//! The header: slots that hold the master key, one for the password, one for the phrase, and perhaps one for the desktop's
//! keyring.

use crate::{
    error::{Damage, StorageError},
    files::{self, Home},
    origin::Origin,
    random,
};
use nyx_crypto::{
    kdf::{Password, PasswordError, PasswordParams, derive, password_key},
    purposes::{KeyringKek, KeyringSecret, MasterKey, PasswordKek},
    root::Root,
    sealed::{self, BoxAddress},
    secret::Secret,
    wrap,
};
use nyx_wire::vault::{HEADER_BYTES_MAX, Header, HeaderError, PASSWORD_SLOT_LEN, RESET_SLOT_LEN};
use rand_core::Rng;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::Read,
};

/// A password and what makes a guess at it dear.
#[derive(Debug)]
pub struct NewPassword<'a> {
    /// What the person typed.
    pub password: &'a Password,
    /// How dear a guess is; calibrated by the caller.
    pub params: PasswordParams,
}

/// A header for a new vault.
pub(crate) fn new(
    master: &Secret<MasterKey>,
    password: &NewPassword<'_>,
    origin: &Origin,
) -> Result<Header, SlotError> {
    let header = with_origin(blank(), master, origin)?;
    with_password(header, master, password, None)
}

/// A header for a vault whose origin is not known yet: only the password opens it. And the password's key, with which the
/// rest is added once it is known.
pub(crate) fn without_origin(
    master: &Secret<MasterKey>,
    password: &NewPassword<'_>,
) -> Result<(Header, Secret<PasswordKek>), SlotError> {
    let mut header = blank();
    let kek = new_password_key(&mut header, password)?;
    Ok((with_password_key(header, master, &kek)?, kek))
}

/// The same header for a vault of this origin. The password's slot is bound to all of it, so it is made anew.
pub(crate) fn completed(
    header: Header,
    master: &Secret<MasterKey>,
    kek: &Secret<PasswordKek>,
    origin: &Origin,
) -> Result<Header, SlotError> {
    with_password_key(with_origin(header, master, origin)?, master, kek)
}

fn blank() -> Header {
    let mut header = Header {
        vault_id: [0; 16],
        m_kib: 0,
        t: 0,
        p: 0,
        salt: [0; 16],
        reset_public: [0; 32],
        reset_slot: [0; RESET_SLOT_LEN],
        password_slot: [0; PASSWORD_SLOT_LEN],
        keyring_slot: None,
    };
    random().fill_bytes(&mut header.vault_id);
    header
}

fn with_origin(mut header: Header, master: &Secret<MasterKey>, origin: &Origin) -> Result<Header, SlotError> {
    header.reset_public = origin.reset_public();
    let slot = sealed::seal(&origin.reset, &origin.provenance, master.expose(), &header.reset_slot_ad(), &mut random())
        .map_err(|_| SlotError::ResetAddress)?;
    header.reset_slot = slot.try_into().map_err(|_| SlotError::ResetAddress)?;
    Ok(header)
}

/// The same header with another password, and with a slot of the keyring only if it has a secret of it. The master key
/// stays, so nothing else has to be written.
pub(crate) fn with_password(
    mut header: Header,
    master: &Secret<MasterKey>,
    new: &NewPassword<'_>,
    keyring: Option<&Secret<KeyringSecret>>,
) -> Result<Header, SlotError> {
    let kek = new_password_key(&mut header, new)?;
    let header = with_password_key(header, master, &kek)?;
    match keyring {
        Some(secret) => with_keyring(header, master, secret),
        None => Ok(header),
    }
}

/// Puts the parameters of a new password into the header, and gives its key.
fn new_password_key(header: &mut Header, new: &NewPassword<'_>) -> Result<Secret<PasswordKek>, SlotError> {
    header.m_kib = new.params.m_kib();
    header.t = new.params.t();
    header.p = new.params.p();
    random().fill_bytes(&mut header.salt);
    Ok(password_key(new.password, &header.salt, new.params)?)
}

fn with_password_key(
    mut header: Header,
    master: &Secret<MasterKey>,
    kek: &Secret<PasswordKek>,
) -> Result<Header, SlotError> {
    let slot = wrap::wrap(kek, master.expose(), &header.slot_ad(), &mut random());
    header.password_slot = slot.try_into().map_err(|_| SlotError::WrongPassword)?;
    header.keyring_slot = None;
    Ok(header)
}

/// The same header with a slot for this secret of the keyring.
pub(crate) fn with_keyring(
    mut header: Header,
    master: &Secret<MasterKey>,
    secret: &Secret<KeyringSecret>,
) -> Result<Header, SlotError> {
    let slot = wrap::wrap(&keyring_key(secret), master.expose(), &header.slot_ad(), &mut random());
    header.keyring_slot = Some(slot.try_into().map_err(|_| SlotError::WrongKeyringSecret)?);
    Ok(header)
}

/// Opens the password's slot.
pub(crate) fn open_with_password(header: &Header, password: &Password) -> Result<Secret<MasterKey>, SlotError> {
    open_password_slot(header, password).map(|(master, _)| master)
}

/// Opens the password's slot, and gives the password's key too.
pub(crate) fn open_password_slot(
    header: &Header,
    password: &Password,
) -> Result<(Secret<MasterKey>, Secret<PasswordKek>), SlotError> {
    let params = PasswordParams::new(header.m_kib, header.t, header.p)?;
    let kek = password_key(password, &header.salt, params)?;
    let master = wrap::unwrap(&kek, &header.password_slot, &header.slot_ad()).map_err(|_| SlotError::WrongPassword)?;
    Ok((Secret::from_slice(&master).ok_or(SlotError::WrongPassword)?, kek))
}

/// Opens the keyring's slot, if there is one.
pub(crate) fn open_with_keyring(
    header: &Header,
    secret: &Secret<KeyringSecret>,
) -> Result<Secret<MasterKey>, SlotError> {
    let slot = header.keyring_slot.as_ref().ok_or(SlotError::WrongKeyringSecret)?;
    let master = wrap::unwrap(&keyring_key(secret), slot, &header.slot_ad());
    Secret::from_slice(&master.map_err(|_| SlotError::WrongKeyringSecret)?).ok_or(SlotError::WrongKeyringSecret)
}

/// Opens the phrase's slot, if it was made by somebody who had the phrase or a vault of it.
pub(crate) fn open_with_phrase(header: &Header, root: &Root) -> Result<Secret<MasterKey>, SlotError> {
    let key = root.vault_reset_key();
    if *BoxAddress::of(&key).as_bytes() != header.reset_public {
        return Err(SlotError::WrongPhrase);
    }
    let master = sealed::open(&key, &root.provenance(), &header.reset_slot, &header.reset_slot_ad())
        .map_err(|_| SlotError::Foreign)?;
    Secret::from_slice(&master).ok_or(SlotError::Foreign)
}

/// Reads the header of a home.
pub(crate) fn read(home: &Home) -> Result<Header, ReadHeaderError> {
    // A link there was made by somebody else, and a pipe would keep whoever opens it waiting.
    if fs::symlink_metadata(home.header()).is_ok_and(|found| !found.is_file()) {
        return Err(StorageError::Damaged(Damage::Header).into());
    }
    let file = match File::open(home.header()) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(ReadHeaderError::NoVault),
        Err(error) => return Err(ReadHeaderError::Storage(error.into())),
    };
    let mut bytes = Vec::new();
    file.take(HEADER_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(StorageError::from)?;
    Header::from_file(&bytes, sha256).map_err(|error| match error {
        HeaderError::OtherVersion(version) => ReadHeaderError::OtherVersion(version),
        HeaderError::NotAVault | HeaderError::Damaged => StorageError::Damaged(Damage::Header).into(),
    })
}

/// Writes the header of a home, as a whole or not at all, and overwrites the one that it replaces: that one still opens
/// by the old password, which was perhaps changed because somebody knows it. Best effort.
pub(crate) fn write(home: &Home, header: &Header) -> Result<(), StorageError> {
    let path = home.header();
    let replaced = if files::is_regular(&path) { OpenOptions::new().write(true).open(&path).ok() } else { None };
    files::write_durably(&path, &header.to_file(sha256))?;
    if let Some(mut replaced) = replaced {
        let _ = files::overwrite(&mut replaced);
    }
    Ok(())
}

/// Why there is no header to try a password on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadHeaderError {
    #[error("no vault here")]
    NoVault,
    #[error("version {0}")]
    OtherVersion(u16),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why a slot did not open or close.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SlotError {
    /// The password is not this vault's.
    #[error("wrong password")]
    WrongPassword,
    /// The keyring's secret is not this vault's, or the keyring does not open it at all.
    #[error("the keyring's secret is not this vault's")]
    WrongKeyringSecret,
    /// The phrase is not this vault's.
    #[error("the phrase is not this vault's")]
    WrongPhrase,
    /// The slot is sealed to this phrase, but not by anybody who had it or a vault of it: another vault was put here.
    #[error("this vault was not made with the phrase it claims")]
    Foreign,
    /// The public key for the phrase's slot is none.
    #[error("the reset key is not a public key")]
    ResetAddress,
    /// The password or its parameters cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
}

fn keyring_key(secret: &Secret<KeyringSecret>) -> Secret<KeyringKek> {
    derive(secret)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
