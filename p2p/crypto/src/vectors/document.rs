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
    purposes::{ItemKey, KeyringKek, KeyringSecret, MasterKey, Purpose, VaultResetKey},
    recovery,
    root::Root,
    sealed::{self, BoxAddress},
    secret::Secret,
    signature::Verified,
    stream,
    vault_keys::VaultKeys,
    wrap,
};
use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use nyx_wire::identity::{
    Body, DEVICE_CERT_MAX, DEVICE_LIST_MAX, DeviceName, IDENTITY_BUNDLE_MAX, OPKEY_CERT_MAX, RECOVERY_CHALLENGE_MAX,
    RECOVERY_STATEMENT_MAX, RecoveryChallenge, Version,
};
use sha2::{Digest, Sha256};

const DOCUMENT: &str = include_str!("../../../docs/protocol/identity.md");

#[test]
fn the_vectors_in_the_specification_are_what_the_code_makes() {
    let written: Vec<&str> = DOCUMENT
        .lines()
        .skip_while(|line| *line != "<!-- vectors begin -->")
        .take_while(|line| *line != "<!-- vectors end -->")
        .filter(|line| line.contains(" = "))
        .collect();
    let made = vectors();
    let shown = made.join("\n");
    assert_eq!(written, made, "the vectors now are:\n{shown}");
}

/// A box cannot be made again from outside: its ephemeral key is derived inside HPKE. But it can be opened.
#[test]
fn the_sealed_box_in_the_specification_opens() {
    let line = DOCUMENT.lines().find_map(|line| line.strip_prefix("sealed.box = ")).unwrap();
    let (key, sender) = (root().vault_reset_key(), root().provenance());
    assert_eq!(**sealed::open(&key, &sender, &super::hex(line), b"header").unwrap(), [0x08; 32]);
}

#[test]
fn the_specification_lists_every_label_and_no_other() {
    let table = DOCUMENT.split("## 11. Labels").nth(1).unwrap().split("## 12.").next().unwrap();
    let mut written: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let mut used: Vec<&str> = include_str!("../labels.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1))
        .filter(|label| label.starts_with("nyx/v1/"))
        .collect();
    written.sort_unstable();
    used.sort_unstable();
    assert_eq!(written, used);
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
        let line = DOCUMENT.lines().find_map(|line| line.strip_prefix(structure)).unwrap();
        let digits: String = line.chars().take_while(|letter| *letter != 'b').filter(char::is_ascii_digit).collect();
        assert_eq!(digits, limit.to_string(), "{structure}");
    }
}

fn root() -> Root {
    let phrase = [["abandon"].repeat(23).join(" ").as_str(), " art"].concat();
    Root::from_phrase(&Phrase::parse(&phrase).unwrap())
}

fn vectors() -> Vec<String> {
    let mut lines = Lines(Vec::new());
    at_rest(&mut lines);
    identity(&mut lines);
    lines.0
}

fn identity(lines: &mut Lines) {
    let root = root();
    let ark = AccountRootKey::from_seed(&root.account_root_seed());
    lines.secret("root.account", &root.account_root_seed());
    lines.secret("root.vault_reset", &root.vault_reset_key());
    lines.bytes("root.vault_reset.public", BoxAddress::of(&root.vault_reset_key()).as_bytes());
    lines.secret("root.provenance", &root.provenance());
    lines.secret("root.backup", &root.backup_identity());
    lines.bytes("root.backup.public", &agreement::public(&root.backup_identity()));
    lines.bytes("ark.public", &ark.public());
    lines.bytes("aid", ark.aid().as_bytes());
    lines.text("aid.words", &ark.aid().words().join(" "));

    let opkey = OperatingKey::from_seed(Secret::from_bytes([0x01; 32]));
    let cert = ark.certify(&opkey, 1_800_000_001).unwrap();
    lines.bytes("opkey.public", &opkey.public());
    lines.bytes("opkey_cert.body", cert.signed().body());
    lines.bytes("opkey_cert.signature", cert.signed().signature());

    let keys = DeviceKeys {
        device_id: [0x02; 16],
        signing: Secret::from_bytes([0x03; 32]),
        agreement: Secret::from_bytes([0x04; 32]),
        kem: Secret::from_bytes([0x05; 64]),
    };
    let device = keys.certify(ark.aid(), DeviceName::new("Laptop").unwrap(), 0);
    lines.bytes("device.ed25519", &device.ed25519);
    lines.bytes("device.x25519", &device.x25519);
    lines.hashed("device.ml_kem_768", &device.ml_kem_768);
    lines.signed("device_cert", &device);

    let first = opkey.first_list(&cert, vec![device.signed().clone()]).unwrap();
    lines.signed("device_list.0", &first);
    let first = Identity::new(ark.public(), cert.signed(), first.signed()).unwrap();
    lines.bytes("device_list.0.chain_hash", &first.list().hash());
    let second = opkey.next_list(&cert, first.list(), vec![]).unwrap();
    lines.bytes("device_list.1.body", second.signed().body());
    lines.bytes("device_list.1.signature", second.signed().signature());
    lines.hashed("bundle.0", &first.to_bundle());

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
    lines.bytes("challenge", &challenge.to_bytes());
    lines.bytes("challenge.hash", &recovery::challenge_hash(&challenge));
    let newer = ark.certify(&opkey, 1_800_000_002).unwrap();
    let statement = recovery::sign(&ark, &newer, &device, recovery::challenge_hash(&challenge), verifier);
    lines.hashed("statement", &statement);
}

fn at_rest(lines: &mut Lines) {
    let master = Secret::<MasterKey>::from_bytes([0x08; 32]);
    let keys = VaultKeys::from_master(&master);
    lines.secret("vault.database", &keys.database);
    lines.secret("vault.blobs", &keys.blobs);
    lines.secret("vault.sessions", &keys.sessions);
    lines.secret("vault.outbox", &keys.outbox);

    let password = Password::new("cafe\u{301} con leche").unwrap();
    lines.secret("password", &password_key(&password, &[0x09; 16], PasswordParams::floor()).unwrap());
    let keyring = Secret::<KeyringSecret>::from_bytes([0x0a; 32]);
    lines.secret("keyring", &derive::<KeyringSecret, KeyringKek, 32>(&keyring));

    let kek = Secret::<ItemKey>::from_bytes([0x0b; 32]);
    lines.bytes("wrapped", &wrap::wrap(&kek, &[0x08; 32], b"row 1", &mut Given(&[0x0c; 24])));
    let address = BoxAddress::<VaultResetKey>::of(&root().vault_reset_key());
    let sender = root().provenance();
    let made = sealed::seal(&address, &sender, &[0x08; 32], b"header", &mut Given(&[0x0d; 32])).unwrap();
    lines.bytes("sealed.box", &made);

    let sealed = |plain: &[u8]| stream::seal_whole(Secret::from_bytes([0x0e; 32]), plain).unwrap();
    lines.bytes("stream.empty", &sealed(b""));
    lines.bytes("stream.hello", &sealed(b"hello"));
    lines.hashed("stream.65536_zeros", &sealed(&[0; 65_536]));
    lines.hashed("stream.65537_zeros", &sealed(&[0; 65_537]));
}

/// Lines as the document has them.
struct Lines(Vec<String>);

impl Lines {
    fn text(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name} = {value}"));
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.text(name, &hex);
    }

    fn secret<P: Purpose>(&mut self, name: &str, secret: &Secret<P>) {
        self.bytes(name, secret.expose());
    }

    /// Long ones by length and SHA-256.
    fn hashed(&mut self, name: &str, bytes: &[u8]) {
        self.text(&format!("{name}.length"), &bytes.len().to_string());
        self.bytes(&format!("{name}.sha256"), &Sha256::digest(bytes));
    }

    fn signed<T>(&mut self, name: &str, value: &Verified<T>) {
        self.hashed(&format!("{name}.body"), value.signed().body());
        self.bytes(&format!("{name}.signature"), value.signed().signature());
    }
}
