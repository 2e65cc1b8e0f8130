//! The phrase's backup key in the form that age takes and writes: Bech32.

use age::secrecy::SecretString;
use bech32::{FromBase32, ToBase32, Variant};
use nyx_crypto::{purposes::BackupIdentity, secret::Secret};
use zeroize::Zeroizing;

/// The public half of the phrase's backup identity, to be kept with the account: backups can then be made without the
/// phrase.
#[must_use]
pub fn backup_address(identity: &Secret<BackupIdentity>) -> [u8; 32] {
    identity_of(identity).and_then(|identity| public_of(&identity.to_public().to_string())).unwrap_or_default()
}

/// The backup identity as the `age` command takes it, `AGE-SECRET-KEY-1…`: `age -d -i` opens a backup with it.
#[must_use]
pub fn backup_identity_text(identity: &Secret<BackupIdentity>) -> Zeroizing<String> {
    let digits = identity.expose().to_base32();
    let text = Zeroizing::new(bech32::encode(SECRET, digits, Variant::Bech32).unwrap_or_default());
    Zeroizing::new(text.to_uppercase())
}

pub(super) fn identity_of(identity: &Secret<BackupIdentity>) -> Option<age::x25519::Identity> {
    backup_identity_text(identity).parse().ok()
}

pub(super) fn recipient_of(public: &[u8; 32]) -> Option<age::x25519::Recipient> {
    bech32::encode(PUBLIC, public.to_base32(), Variant::Bech32).ok()?.parse().ok()
}

pub(super) fn passphrase(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn public_of(text: &str) -> Option<[u8; 32]> {
    let (_, digits, _) = bech32::decode(text).ok()?;
    Vec::from_base32(&digits).ok()?.try_into().ok()
}

const PUBLIC: &str = "age";
const SECRET: &str = "age-secret-key-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_key_pair_of_age_is_the_same_here() {
        // From age's own documentation and tests.
        let secret = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
        let public = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
        let (_, digits, _) = bech32::decode(secret).unwrap();
        let identity = Secret::from_slice(&Vec::from_base32(&digits).unwrap()).unwrap();
        assert_eq!(*backup_identity_text(&identity), secret);
        assert_eq!(recipient_of(&backup_address(&identity)).unwrap().to_string(), public);
    }
}
