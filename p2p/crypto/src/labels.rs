//! Every label of the protocol. ASCII, and nowhere else, so that two uses of one key cannot end up with one label.

/// HKDF-Extract salt of the root.
pub const ROOT: &str = "nyx/v1/root";
/// Root → seed of the account root key.
pub const ROOT_ACCOUNT: &str = "nyx/v1/root/account";
/// Root → vault-reset key.
pub const ROOT_VAULT_RESET: &str = "nyx/v1/root/vault-reset";
/// Root → backup identity.
pub const ROOT_BACKUP: &str = "nyx/v1/root/backup";

/// Hash of the account root public key: the account's name.
pub const AID: &str = "nyx/v1/aid";
/// Hash that picks the four words by which people compare accounts.
pub const AID_WORDS: &str = "nyx/v1/aid/words";
/// Signature over an operating key certificate.
pub const SIGN_OPKEY_CERT: &str = "nyx/v1/sign/opkey-cert";
/// Signature over a device certificate, by the device itself.
pub const SIGN_DEVICE_CERT: &str = "nyx/v1/sign/device-cert";
/// Signature over a device list.
pub const SIGN_DEVICE_LIST: &str = "nyx/v1/sign/device-list";
/// Signature over a recovery statement.
pub const SIGN_RECOVERY: &str = "nyx/v1/sign/recovery";
/// Hash of a signed device list, the link of the chain.
pub const HASH_DEVICE_LIST: &str = "nyx/v1/hash/device-list";
/// Hash of a recovery challenge, by which a statement answers it.
pub const HASH_RECOVERY_CHALLENGE: &str = "nyx/v1/hash/recovery-challenge";

/// Password → key-encryption key.
pub const VAULT_PASSWORD: &str = "nyx/v1/vault/password";
/// Password and keyring secret → key-encryption key.
pub const VAULT_PASSWORD_KEYRING: &str = "nyx/v1/vault/password+keyring";
/// Master key → database key.
pub const VAULT_DATABASE: &str = "nyx/v1/vault/database";
/// Master key → blobs key.
pub const VAULT_BLOBS: &str = "nyx/v1/vault/blobs";
/// Master key → sessions key.
pub const VAULT_SESSIONS: &str = "nyx/v1/vault/sessions";
/// Master key → outbox key.
pub const VAULT_OUTBOX: &str = "nyx/v1/vault/outbox";
/// HPKE info of the box sealed to the vault-reset key.
pub const SEALED_VAULT_RESET: &str = "nyx/v1/sealed/vault-reset";

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeSet, vec::Vec};

    #[test]
    fn labels_are_ascii_of_this_version_and_different() {
        let source = include_str!("labels.rs");
        let labels: Vec<&str> =
            source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1)).collect();
        assert!(labels.len() > 15);
        assert!(labels.iter().all(|label| label.is_ascii() && label.starts_with("nyx/v1/")));
        assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), labels.len());
    }
}
