//! Every label of the protocol. ASCII, and nowhere else, so that two uses of one key cannot end up with one label.

/// HKDF-Extract salt of the root.
pub const ROOT: &str = "nyx/v1/root";
/// Root → seed of the account root key.
pub const ROOT_ACCOUNT: &str = "nyx/v1/root/account";
/// Root → vault-reset key.
pub const ROOT_VAULT_RESET: &str = "nyx/v1/root/vault-reset";
/// Root → backup identity.
pub const ROOT_BACKUP: &str = "nyx/v1/root/backup";
/// Root → provenance key; also the name of that key in a box that needs it.
pub const ROOT_PROVENANCE: &str = "nyx/v1/root/provenance";

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
/// Keyring secret → key-encryption key.
pub const VAULT_KEYRING: &str = "nyx/v1/vault/keyring";
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

/// The commitment to the first hello, by which a ticket says who may answer for it.
pub const PAIR_COMMITMENT: &str = "nyx/pair/v1/hello";
/// Hash of the nonce that is promised in the first hello.
pub const PAIR_PROMISE: &str = "nyx/pair/v1/promise";
/// Ticket secret → key of the MAC in an answer.
pub const PAIR_REPLY_MAC: &str = "nyx/pair/v1/reply-mac";
/// Ticket secret → key of the MAC in the second code by hand.
pub const PAIR_CODE_TWO_MAC: &str = "nyx/pair/v1/code-two-mac";
/// Ticket secret → room id.
pub const PAIR_ROOM: &str = "nyx/pair/v1/room";
/// Ticket secret → ICE credentials of the side that shows.
pub const PAIR_ICE_A: &str = "nyx/pair/v1/ice/a";
/// Ticket secret → ICE credentials of the other side.
pub const PAIR_ICE_B: &str = "nyx/pair/v1/ice/b";
/// SPAKE2 identity of the side that shows a typed code.
pub const PAIR_TYPED_A: &str = "nyx/pair/v1/typed/a";
/// SPAKE2 identity of the side where it is typed.
pub const PAIR_TYPED_B: &str = "nyx/pair/v1/typed/b";
/// Agreed key → key of the envelopes from A to B.
pub const PAIR_A_TO_B: &str = "nyx/pair/v1/a2b";
/// Agreed key → key of the envelopes from B to A.
pub const PAIR_B_TO_A: &str = "nyx/pair/v1/b2a";
/// Agreed key → key of A's proof.
pub const PAIR_CONFIRM_A: &str = "nyx/pair/v1/confirm/a";
/// Agreed key → key of B's proof.
pub const PAIR_CONFIRM_B: &str = "nyx/pair/v1/confirm/b";
/// Agreed key and the promised nonce → six digits.
pub const PAIR_DIGITS: &str = "nyx/pair/v1/sas";
/// Signature over a transcript by the key that acts for an account.
pub const PAIR_SIGN_ACCOUNT: &str = "nyx/pair/v1/sign/account";
/// Agreed key → key of the transfer.
pub const PAIR_FILE: &str = "nyx/pair/v1/file";
/// Agreed key → key for resuming the transfer.
pub const PAIR_RESUME: &str = "nyx/pair/v1/resume";
/// Agreed key → what two contacts keep.
pub const PAIR_CONTACT: &str = "nyx/pair/v1/contact";

/// Signature over a manifest of a move, by the operating key.
pub const MOVE_SIGN_MANIFEST: &str = "nyx/move/v1/sign/manifest";
/// Signature over Ready, by the new device.
pub const MOVE_SIGN_READY: &str = "nyx/move/v1/sign/ready";
/// Signature over Done, by the new device.
pub const MOVE_SIGN_DONE: &str = "nyx/move/v1/sign/done";
/// Hash of a manifest.
pub const MOVE_HASH_MANIFEST: &str = "nyx/move/v1/hash/manifest";
/// File key → key of one item.
pub const MOVE_ITEM: &str = "nyx/move/v1/item";
/// File key → key that wraps the operating key when it changes hands.
pub const MOVE_RELEASE: &str = "nyx/move/v1/release";
/// Resume key → secret of the standing meeting; also begins its transcript.
pub const MOVE_MEET: &str = "nyx/move/v1/meet";
/// Resume key → key of the MAC in a hello of that meeting.
pub const MOVE_MEET_MAC: &str = "nyx/move/v1/meet-mac";
/// Associated data of the wrapped keys of a move.
pub const MOVE_KEPT: &str = "nyx/move/v1/kept";

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeSet, vec::Vec};

    /// Version 1, of what lasts, of the meeting of two devices and of moving: each may get a second version alone.
    const IN_USE: [&str; 3] = ["nyx/v1/", "nyx/pair/v1/", "nyx/move/v1/"];

    #[test]
    fn labels_are_ascii_of_this_version_and_different() {
        let source = include_str!("labels.rs");
        let labels: Vec<&str> =
            source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1)).collect();
        assert!(labels.len() > 15);
        assert!(labels.iter().all(|label| label.is_ascii() && IN_USE.iter().any(|start| label.starts_with(start))));
        assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), labels.len());
    }
}
