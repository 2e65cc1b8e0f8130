//! What a secret can be for. Zero-sized types, so that the wrong key in the wrong place does not compile:
//!
//! ```compile_fail,E0277
//! # use nyx_crypto::{purposes::DatabaseKey, secret::Secret, wrap};
//! # fn open(key: &Secret<DatabaseKey>) {
//! wrap::unwrap(key, b"", b""); // the database key wraps nothing
//! # }
//! ```
//!
//! The traits below say what a purpose may do; nothing outside this crate can add a purpose or widen one.

mod closed {
    pub trait Closed {}
}

/// A purpose that a [`Secret`](crate::secret::Secret) can have.
pub trait Purpose: closed::Closed {
    /// Its name, for redacted `Debug` output.
    const NAME: &'static str;
}

/// A key that [`wrap`](crate::wrap) may encrypt under.
pub trait Wraps: Purpose {}

/// An X25519 private key with which [`agreement`](crate::agreement) works.
pub trait Agrees: Purpose {}

/// A private key that a [`sealed`](crate::sealed) box may be addressed to.
pub trait Receives: Purpose {
    /// What only those have from whom such a box may come.
    type Sender: Purpose;
    /// The HPKE `info`: binds a box to this one use.
    const INFO: &'static str;
    /// The HPKE `psk_id`: the name of the sender's key.
    const SENDER: &'static str;
}

/// A key from which [`kdf::derive`](crate::kdf::derive) makes a key for the purpose `To`.
pub trait Derives<To: Purpose>: Purpose {
    /// The HKDF `info`.
    const LABEL: &'static str;
}

macro_rules! purposes {
    ($($(#[$doc:meta])+ $purpose:ident = $name:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $purpose;
        impl closed::Closed for $purpose {}
        impl Purpose for $purpose {
            const NAME: &'static str = $name;
        }
    )+};
}

purposes! {
    /// Comes out of the phrase and nothing else; 64 bytes.
    RootKey = "root";
    /// Seed of the account root key (Ed25519).
    AccountRootSeed = "account root seed";
    /// X25519 private key to which the vault's second key slot is sealed.
    VaultResetKey = "vault reset key";
    /// Shows that a vault's second key slot, or a backup, was made by whoever had the phrase or a vault of the account.
    /// Opens nothing by itself; lies in the vault and in its backups.
    Provenance = "provenance key";
    /// X25519 private key of the age identity that opens backups.
    BackupIdentity = "backup identity";
    /// Seed of the operating key (Ed25519).
    OperatingSeed = "operating seed";
    /// Seed of a device's signing key (Ed25519).
    DeviceSigningSeed = "device signing seed";
    /// A device's X25519 private key.
    DeviceAgreementKey = "device agreement key";
    /// What two X25519 keys make together; only ever the input of a key derivation.
    SharedSecret = "shared secret";
    /// Seed `d ‖ z` of a device's ML-KEM-768 key; 64 bytes.
    DeviceKemSeed = "device KEM seed";
    /// Comes from a password; opens the vault's first key slot.
    PasswordKek = "password key";
    /// What the desktop's keyring keeps for a vault.
    KeyringSecret = "keyring secret";
    /// Comes from the keyring's secret; opens the vault's third key slot.
    KeyringKek = "keyring key";
    /// What every key slot of a vault holds.
    MasterKey = "master key";
    /// Raw key of the database.
    DatabaseKey = "database key";
    /// Wraps the keys of blobs.
    BlobsKey = "blobs key";
    /// Wraps session rows and the operating key.
    SessionsKey = "sessions key";
    /// Wraps what waits to be sent.
    OutboxKey = "outbox key";
    /// A random key for one small item, such as a message that disappears.
    ItemKey = "item key";
    /// Key of one stream: one attachment, one item of a transfer.
    StreamKey = "stream key";
    /// What a ticket or a typed code gives to both sides.
    PairingSecret = "pairing secret";
    /// X25519 private key for one meeting.
    PairingAgreementKey = "pairing agreement key";
    /// Seed `d ‖ z` of an ML-KEM-768 key for one meeting; 64 bytes.
    PairingKemSeed = "pairing KEM seed";
    /// Told only after the other's hello was taken; goes into the digits.
    PairingNonce = "pairing nonce";
    /// What both sides have agreed on, extracted; 64 bytes.
    PairingPrk = "pairing key";
    /// Tells answers of those who have the ticket from strangers'.
    ReplyMacKey = "reply MAC key";
    /// Covers the second code by hand.
    CodeTwoMacKey = "second code MAC key";
    /// Names the room; 16 bytes.
    RoomName = "room name";
    /// User fragment and password of A's side of an ICE connection; 25 bytes.
    IceOfA = "ICE secret of A";
    /// User fragment and password of B's side of an ICE connection; 25 bytes.
    IceOfB = "ICE secret of B";
    /// Seals what A sends to B.
    AToBKey = "envelope key A to B";
    /// Seals what B sends to A.
    BToAKey = "envelope key B to A";
    /// Key of A's proof.
    ConfirmAKey = "confirm key of A";
    /// Key of B's proof.
    ConfirmBKey = "confirm key of B";
    /// What the digits are made of; 8 bytes.
    DigitsSeed = "digits";
    /// Key of a transfer: every item's key is derived from it.
    FileKey = "file key";
    /// Authenticates those who resume a transfer.
    ResumeKey = "resume key";
    /// Tells hellos of the two who move an account from strangers'.
    MeetMacKey = "meeting MAC key";
    /// Wraps the operating key when it changes hands.
    ReleaseKey = "release key";
    /// What two contacts keep, to find each other again.
    ContactSecret = "contact secret";
}

impl Agrees for DeviceAgreementKey {}
impl Agrees for BackupIdentity {}
impl Agrees for PairingAgreementKey {}

impl Wraps for PasswordKek {}
impl Wraps for KeyringKek {}
impl Wraps for BlobsKey {}
impl Wraps for SessionsKey {}
impl Wraps for OutboxKey {}
impl Wraps for ItemKey {}
impl Wraps for ReleaseKey {}

impl Receives for VaultResetKey {
    type Sender = Provenance;
    const INFO: &'static str = crate::labels::SEALED_VAULT_RESET;
    const SENDER: &'static str = crate::labels::ROOT_PROVENANCE;
}

impl Derives<AccountRootSeed> for RootKey {
    const LABEL: &'static str = crate::labels::ROOT_ACCOUNT;
}
impl Derives<VaultResetKey> for RootKey {
    const LABEL: &'static str = crate::labels::ROOT_VAULT_RESET;
}
impl Derives<BackupIdentity> for RootKey {
    const LABEL: &'static str = crate::labels::ROOT_BACKUP;
}
impl Derives<Provenance> for RootKey {
    const LABEL: &'static str = crate::labels::ROOT_PROVENANCE;
}
impl Derives<KeyringKek> for KeyringSecret {
    const LABEL: &'static str = crate::labels::VAULT_KEYRING;
}
impl Derives<DatabaseKey> for MasterKey {
    const LABEL: &'static str = crate::labels::VAULT_DATABASE;
}
impl Derives<BlobsKey> for MasterKey {
    const LABEL: &'static str = crate::labels::VAULT_BLOBS;
}
impl Derives<SessionsKey> for MasterKey {
    const LABEL: &'static str = crate::labels::VAULT_SESSIONS;
}
impl Derives<OutboxKey> for MasterKey {
    const LABEL: &'static str = crate::labels::VAULT_OUTBOX;
}
impl Derives<ReplyMacKey> for PairingSecret {
    const LABEL: &'static str = crate::labels::PAIR_REPLY_MAC;
}
impl Derives<CodeTwoMacKey> for PairingSecret {
    const LABEL: &'static str = crate::labels::PAIR_CODE_TWO_MAC;
}
impl Derives<RoomName> for PairingSecret {
    const LABEL: &'static str = crate::labels::PAIR_ROOM;
}
impl Derives<IceOfA> for PairingSecret {
    const LABEL: &'static str = crate::labels::PAIR_ICE_A;
}
impl Derives<IceOfB> for PairingSecret {
    const LABEL: &'static str = crate::labels::PAIR_ICE_B;
}
impl Derives<AToBKey> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_A_TO_B;
}
impl Derives<BToAKey> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_B_TO_A;
}
impl Derives<ConfirmAKey> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_CONFIRM_A;
}
impl Derives<ConfirmBKey> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_CONFIRM_B;
}
impl Derives<DigitsSeed> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_DIGITS;
}
impl Derives<FileKey> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_FILE;
}
impl Derives<ResumeKey> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_RESUME;
}
impl Derives<StreamKey> for FileKey {
    const LABEL: &'static str = crate::labels::MOVE_ITEM;
}
impl Derives<ReleaseKey> for FileKey {
    const LABEL: &'static str = crate::labels::MOVE_RELEASE;
}
impl Derives<PairingSecret> for ResumeKey {
    const LABEL: &'static str = crate::labels::MOVE_MEET;
}
impl Derives<MeetMacKey> for ResumeKey {
    const LABEL: &'static str = crate::labels::MOVE_MEET_MAC;
}
impl Derives<ContactSecret> for PairingPrk {
    const LABEL: &'static str = crate::labels::PAIR_CONTACT;
}
