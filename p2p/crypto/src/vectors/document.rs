//! The vectors in the specification are what this code makes. Each is made of inputs that the document spells out, so
//! that somebody with only the document can check another implementation.

use super::Given;
use crate::{
    account::{AccountRootKey, Aid, OperatingKey},
    agreement,
    device::DeviceKeys,
    device_list::Identity,
    kdf::{Password, PasswordParams, derive, password_key},
    phrase::Phrase,
    purposes::{ItemKey, KeyringKek, KeyringSecret, MasterKey, VaultResetKey},
    recovery,
    root::Root,
    sealed::{self, BoxAddress},
    secret::Secret,
    specification::{Specification, Vectors},
    stream,
    vault_keys::VaultKeys,
    wrap,
};
use alloc::vec;
use nyx_wire::identity::{
    Body, DEVICE_CERT_MAX, DEVICE_LIST_MAX, DeviceName, IDENTITY_BUNDLE_MAX, OPKEY_CERT_MAX, RECOVERY_CHALLENGE_MAX,
    RECOVERY_STATEMENT_MAX, RecoveryChallenge, Version,
};

const IDENTITY: Specification = Specification(include_str!("../../../docs/protocol/identity.md"));

#[test]
fn the_vectors_in_the_specification_are_what_the_code_makes() {
    let mut vectors = Vectors::new();
    at_rest(&mut vectors);
    identity(&mut vectors);
    IDENTITY.shows(&vectors);
}

/// A box cannot be made again from outside: its ephemeral key is derived inside HPKE. But it can be opened.
#[test]
fn the_sealed_box_in_the_specification_opens() {
    let (key, sender) = (root().vault_reset_key(), root().provenance());
    assert_eq!(
        **sealed::open(&key, &sender, &super::hex(IDENTITY.vector("sealed.box")), b"header").unwrap(),
        [0x08; 32]
    );
}

#[test]
fn the_specification_lists_every_label_and_no_other() {
    IDENTITY.lists_the_labels("nyx/v1/");
}

#[test]
fn the_specification_gives_the_limits_that_hold() {
    for (structure, limit) in [
        ("### OpKeyCert, at most", OPKEY_CERT_MAX),
        ("### DeviceCert, at most", DEVICE_CERT_MAX),
        ("Limit:", DEVICE_LIST_MAX),
        ("### IdentityBundle, at most", IDENTITY_BUNDLE_MAX),
        ("### RecoveryChallenge, at most", RECOVERY_CHALLENGE_MAX),
        ("### RecoveryStatement, at most", RECOVERY_STATEMENT_MAX),
    ] {
        IDENTITY.gives(structure, limit as u64);
    }
}

fn root() -> Root {
    let phrase = [["abandon"].repeat(23).join(" ").as_str(), " art"].concat();
    Root::from_phrase(&Phrase::parse(&phrase).unwrap())
}

fn identity(vectors: &mut Vectors) {
    let root = root();
    let ark = AccountRootKey::from_seed(&root.account_root_seed());
    vectors.secret("root.account", &root.account_root_seed());
    vectors.secret("root.vault_reset", &root.vault_reset_key());
    vectors.bytes("root.vault_reset.public", BoxAddress::of(&root.vault_reset_key()).as_bytes());
    vectors.secret("root.provenance", &root.provenance());
    vectors.secret("root.backup", &root.backup_identity());
    vectors.bytes("root.backup.public", &agreement::public(&root.backup_identity()));
    vectors.bytes("ark.public", &ark.public());
    vectors.bytes("aid", ark.aid().as_bytes());
    vectors.text("aid.words", &ark.aid().words().join(" "));

    let opkey = OperatingKey::from_seed(Secret::from_bytes([0x01; 32]));
    let cert = ark.certify(&opkey, 1_800_000_001).unwrap();
    vectors.bytes("opkey.public", &opkey.public());
    vectors.bytes("opkey_cert.body", cert.signed().body());
    vectors.bytes("opkey_cert.signature", cert.signed().signature());

    let keys = DeviceKeys {
        device_id: [0x02; 16],
        signing: Secret::from_bytes([0x03; 32]),
        agreement: Secret::from_bytes([0x04; 32]),
        kem: Secret::from_bytes([0x05; 64]),
    };
    let device = keys.certify(ark.aid(), DeviceName::new("Laptop").unwrap(), 0);
    vectors.bytes("device.ed25519", &device.ed25519);
    vectors.bytes("device.x25519", &device.x25519);
    vectors.hashed("device.ml_kem_768", &device.ml_kem_768);
    vectors.signed("device_cert", &device);

    let first = opkey.first_list(&cert, vec![device.signed().clone()]).unwrap();
    vectors.signed("device_list.0", &first);
    let first = Identity::new(ark.public(), cert.signed(), first.signed()).unwrap();
    vectors.bytes("device_list.0.chain_hash", &first.list().hash());
    let second = opkey.next_list(&cert, first.list(), vec![]).unwrap();
    vectors.bytes("device_list.1.body", second.signed().body());
    vectors.bytes("device_list.1.signature", second.signed().signature());
    vectors.hashed("bundle.0", &first.to_bundle());

    let verifier = Aid::from_bytes([0x07; 32]);
    let challenge = RecoveryChallenge {
        v: Version,
        aid: *ark.aid().as_bytes(),
        audience: *verifier.as_bytes(),
        nonce: [0x06; 32],
        opkey_cert: cert.signed().clone(),
        epoch: 0,
        list_hash: first.list().hash(),
    };
    vectors.bytes("challenge", &challenge.to_bytes());
    vectors.bytes("challenge.hash", &recovery::challenge_hash(&challenge));
    let newer = ark.certify(&opkey, 1_800_000_002).unwrap();
    let statement = recovery::sign(&ark, &newer, &device, recovery::challenge_hash(&challenge), verifier);
    vectors.hashed("statement", &statement);
}

fn at_rest(vectors: &mut Vectors) {
    let master = Secret::<MasterKey>::from_bytes([0x08; 32]);
    let keys = VaultKeys::from_master(&master);
    vectors.secret("vault.database", &keys.database);
    vectors.secret("vault.blobs", &keys.blobs);
    vectors.secret("vault.sessions", &keys.sessions);
    vectors.secret("vault.outbox", &keys.outbox);

    let password = Password::new("cafe\u{301} con leche").unwrap();
    vectors.secret("password", &password_key(&password, &[0x09; 16], PasswordParams::floor()).unwrap());
    let keyring = Secret::<KeyringSecret>::from_bytes([0x0a; 32]);
    vectors.secret("keyring", &derive::<KeyringSecret, KeyringKek, 32>(&keyring));

    let kek = Secret::<ItemKey>::from_bytes([0x0b; 32]);
    vectors.bytes("wrapped", &wrap::wrap(&kek, &[0x08; 32], b"row 1", &mut Given(&[0x0c; 24])));
    let address = BoxAddress::<VaultResetKey>::of(&root().vault_reset_key());
    let sender = root().provenance();
    let made = sealed::seal(&address, &sender, &[0x08; 32], b"header", &mut Given(&[0x0d; 32])).unwrap();
    vectors.bytes("sealed.box", &made);

    let sealed = |plain: &[u8]| stream::seal_whole(Secret::from_bytes([0x0e; 32]), plain).unwrap();
    vectors.bytes("stream.empty", &sealed(b""));
    vectors.bytes("stream.hello", &sealed(b"hello"));
    vectors.hashed("stream.65536_zeros", &sealed(&[0; 65_536]));
    vectors.hashed("stream.65537_zeros", &sealed(&[0; 65_537]));
}
