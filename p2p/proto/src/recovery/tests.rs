//! One way in, and ten thousand that are not.

use super::*;
use crate::limits::RECOVERY_CHALLENGE_MS;
use alloc::{collections::BTreeMap, vec, vec::Vec};
use ed25519_dalek::{Signer, SigningKey};
use nyx_crypto::{
    account::{AccountRootKey, Aid, OperatingKey},
    device::DeviceKeys,
    device_list::{Identity, JudgeError, Judgement, Pin},
    labels,
    secret::Secret,
    signature::Verified,
};
use nyx_wire::{
    codec::{decode_strict, encode},
    identity::{Body, COUNT_MAX, DeviceCert, DeviceName, OpKeyCert, RecoveryChallenge, RecoveryStatement, Signed},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

const ARK_SEED: [u8; 32] = [1; 32];
const VERIFIER: Aid = Aid::from_bytes([0xEE; 32]);
const UNIX_SECS: u64 = 1_800_000_000;

/// An account as it was before and as it is after the recovery.
struct Account {
    ark: AccountRootKey,
    old: Identity,
    old_opkey: OperatingKey,
    old_device: Verified<DeviceCert>,
    opkey: OperatingKey,
    cert: Verified<OpKeyCert>,
    device: Verified<DeviceCert>,
}

impl Account {
    fn new(rng: &mut ChaCha20Rng) -> Self {
        let ark = AccountRootKey::from_seed(&Secret::from_bytes(ARK_SEED));
        let name = || DeviceName::new("Device").unwrap();
        let old_opkey = OperatingKey::generate(rng);
        let old_cert = ark.certify(&old_opkey, 1).unwrap();
        let old_device = DeviceKeys::generate(rng).certify(ark.aid(), name(), 0);
        let list = old_opkey.first_list(&old_cert, vec![old_device.signed().clone()]).unwrap();
        let old = Identity::new(ark.public(), old_cert.signed(), list.signed()).unwrap();
        let opkey = OperatingKey::generate(rng);
        let cert = ark.certify(&opkey, UNIX_SECS + 1).unwrap();
        let device = DeviceKeys::generate(rng).certify(ark.aid(), name(), 0);
        Self { ark, old, old_opkey, old_device, opkey, cert, device }
    }

    fn pin(&self) -> Pin {
        Pin::first(&self.old)
    }

    fn verifier(&self) -> Verifier {
        self.verifier_named(VERIFIER)
    }

    fn verifier_named(&self, audience: Aid) -> Verifier {
        Verifier::new(self.pin(), self.old.opkey().clone(), audience).unwrap()
    }

    fn claim(&self) -> Claim<'_> {
        Claim::new(&self.ark, &self.opkey, &self.cert, &self.device, VERIFIER)
    }
}

fn setup(seed: u64) -> (ChaCha20Rng, Account) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let account = Account::new(&mut rng);
    (rng, account)
}

fn statement_of(bytes: &[u8]) -> (RecoveryStatement, [u8; 64]) {
    let signed: Signed<RecoveryStatement> = decode_strict(bytes, 1 << 16).unwrap();
    (RecoveryStatement::parse(signed.body()).unwrap(), *signed.signature())
}

fn sealed(statement: &RecoveryStatement, signature: [u8; 64]) -> Vec<u8> {
    encode(&Signed::<RecoveryStatement>::new(statement.to_bytes(), signature))
}

fn signed_by(seed: [u8; 32], statement: &RecoveryStatement) -> Vec<u8> {
    let body = statement.to_bytes();
    let message = [labels::SIGN_RECOVERY.as_bytes(), &(body.len() as u32).to_be_bytes(), &body].concat();
    sealed(statement, SigningKey::from_bytes(&seed).sign(&message).to_bytes())
}

#[test]
fn the_phrase_convinces_a_contact() {
    let (mut rng, account) = setup(1);
    let (asked, challenge) = account.verifier().challenge(5_000, &mut rng);
    let claimed = account.claim().handle_challenge(&challenge, UNIX_SECS).unwrap();
    let recovered =
        asked.handle_statement(&claimed.statement, &account.pin(), 5_000 + RECOVERY_CHALLENGE_MS - 1).unwrap();
    assert_eq!(recovered.pin.generation, UNIX_SECS + 1);
    assert_eq!(recovered.pin.opkey, account.opkey.public());
    assert_eq!(*recovered.device, *account.device);

    let list = account.opkey.first_list(&account.cert, vec![account.device.signed().clone()]).unwrap();
    let new = Identity::new(account.ark.public(), account.cert.signed(), list.signed()).unwrap();
    assert!(matches!(recovered.pin.judge(&new), Ok(Judgement::Newer(_))));
    assert_eq!(recovered.pin.judge(&account.old), Err(JudgeError::Lower));
}

#[test]
fn a_challenge_dies_after_five_minutes_and_when_the_clock_runs_backwards() {
    let (mut rng, account) = setup(2);
    for now in [1_000_000 + RECOVERY_CHALLENGE_MS, u64::MAX, 999_999, 0] {
        let (asked, challenge) = account.verifier().challenge(1_000_000, &mut rng);
        let claimed = account.claim().handle_challenge(&challenge, UNIX_SECS).unwrap();
        assert_eq!(asked.handle_statement(&claimed.statement, &account.pin(), now).unwrap_err(), Refused);
    }
}

#[test]
fn what_became_known_since_the_question_is_not_replaced_by_something_lower() {
    let (mut rng, account) = setup(10);
    let convinced = |stored: Pin, rng: &mut ChaCha20Rng| {
        let (asked, challenge) = account.verifier().challenge(0, rng);
        let claimed = account.claim().handle_challenge(&challenge, UNIX_SECS).unwrap();
        asked.handle_statement(&claimed.statement, &stored, 1)
    };
    let same = Pin { generation: account.cert.generation, ..account.pin() };
    let later = Pin { generation: account.cert.generation + 1, ..account.pin() };
    let before = Pin { generation: account.cert.generation - 1, ..account.pin() };
    assert_eq!(convinced(same, &mut rng).unwrap_err(), Refused);
    assert_eq!(convinced(later, &mut rng).unwrap_err(), Refused);
    assert_eq!(convinced(Pin { aid: VERIFIER, ..account.pin() }, &mut rng).unwrap_err(), Refused);
    convinced(before, &mut rng).unwrap();
    // A memory that went back is not asked alone: what the question said counts too.
    let (asked, challenge) = account.verifier().challenge(0, &mut rng);
    let lower = account.ark.certify(&account.opkey, 1).unwrap();
    let (mut statement, _) = statement_of(&account.claim().handle_challenge(&challenge, UNIX_SECS).unwrap().statement);
    statement.opkey_cert = lower.signed().clone();
    let forgotten = Pin { generation: 0, ..account.pin() };
    assert_eq!(asked.handle_statement(&signed_by(ARK_SEED, &statement), &forgotten, 1).unwrap_err(), Refused);
}

#[test]
fn a_verifier_that_saw_a_higher_generation_gets_a_still_higher_one() {
    let (mut rng, account) = setup(3);
    // A device whose clock ran years ahead had recovered before.
    let seen = account.ark.certify(&account.old_opkey, UNIX_SECS * 2).unwrap();
    let verifier = Verifier::new(Pin::recovered(&seen), seen, VERIFIER).unwrap();
    let (asked, challenge) = verifier.challenge(0, &mut rng);
    let claimed = account.claim().handle_challenge(&challenge, UNIX_SECS).unwrap();
    assert_eq!(claimed.opkey_cert.generation, UNIX_SECS * 2 + 1);
    assert_eq!(
        asked.handle_statement(&claimed.statement, &account.pin(), 1).unwrap().pin.generation,
        UNIX_SECS * 2 + 1
    );
}

#[test]
fn all_contacts_get_the_same_generation_unless_one_has_seen_more() {
    let (mut rng, account) = setup(4);
    for _ in 0..3 {
        let (_, challenge) = account.verifier().challenge(0, &mut rng);
        let claimed = account.claim().handle_challenge(&challenge, UNIX_SECS + 500).unwrap();
        assert_eq!(claimed.opkey_cert.signed(), account.cert.signed());
    }
}

#[test]
fn a_verifier_cannot_invent_a_generation_to_use_them_all_up() {
    let (mut rng, account) = setup(5);
    let liar = AccountRootKey::from_seed(&Secret::from_bytes([66; 32]));
    let (_, challenge) = account.verifier().challenge(0, &mut rng);
    let mut challenge = RecoveryChallenge::parse(&challenge).unwrap();
    challenge.opkey_cert = liar.certify(&account.old_opkey, COUNT_MAX).unwrap().signed().clone();
    assert_eq!(account.claim().handle_challenge(&challenge.to_bytes(), UNIX_SECS).unwrap_err(), Refused);

    let body = OpKeyCert { generation: COUNT_MAX, ..(**account.old.opkey()).clone() }.to_bytes();
    challenge.opkey_cert = Signed::new(body, *account.old.opkey().signed().signature());
    assert_eq!(account.claim().handle_challenge(&challenge.to_bytes(), UNIX_SECS).unwrap_err(), Refused);
}

#[test]
fn a_contact_cannot_pass_on_the_challenge_of_another() {
    let (mut rng, account) = setup(6);
    let (_, foreign) = account.verifier_named(Aid::from_bytes([0xDD; 32])).challenge(0, &mut rng);
    assert_eq!(account.claim().handle_challenge(&foreign, UNIX_SECS).unwrap_err(), Refused);
}

#[test]
fn a_challenge_about_another_account_or_damaged_is_not_answered() {
    let (mut rng, account) = setup(7);
    let (_, challenge) = account.verifier().challenge(0, &mut rng);
    let other = RecoveryChallenge { aid: [3; 32], ..RecoveryChallenge::parse(&challenge).unwrap() };
    assert!(account.claim().handle_challenge(&other.to_bytes(), UNIX_SECS).is_err());
    for length in 0..challenge.len() {
        assert!(account.claim().handle_challenge(&challenge[..length], UNIX_SECS).is_err());
    }
}

#[test]
fn a_challenge_changed_on_the_way_makes_an_answer_that_is_refused() {
    let (mut rng, account) = setup(8);
    for field in 0..3 {
        let (asked, challenge) = account.verifier().challenge(0, &mut rng);
        let mut challenge = RecoveryChallenge::parse(&challenge).unwrap();
        match field {
            0 => challenge.nonce[0] ^= 1,
            1 => challenge.list_hash[0] ^= 1,
            _ => challenge.epoch += 1,
        }
        let claimed = account.claim().handle_challenge(&challenge.to_bytes(), UNIX_SECS).unwrap();
        assert_eq!(
            asked.handle_statement(&claimed.statement, &account.pin(), 1).unwrap_err(),
            Refused,
            "field {field}"
        );
    }
}

#[test]
fn a_verifier_needs_the_certificate_that_it_pinned() {
    let (_, account) = setup(9);
    assert_eq!(Verifier::new(Pin::first(&account.old), account.cert.clone(), VERIFIER).unwrap_err(), Refused);
}

/// The ways to be wrong. Each attempt takes one of them at random and must be refused.
const WAYS: u64 = 16;

/// A statement that is wrong in the given way, made from the right answer to the question that was asked.
fn wrong(way: u64, right: &[u8], stale: &[u8], account: &Account, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let (mut statement, signature) = statement_of(right);
    let mut byte = || (rng.next_u32() as usize % 32, 1u8 << (rng.next_u32() % 8));
    let (place, bit) = byte();
    let resign = |statement: &RecoveryStatement| signed_by(ARK_SEED, statement);
    match way {
        // Any bit of the whole.
        0 => {
            let mut bytes = right.to_vec();
            let place = rng.next_u64() as usize % bytes.len();
            bytes[place] ^= bit;
            return bytes;
        }
        // Cut, or continued.
        1 => return right[..rng.next_u64() as usize % right.len()].to_vec(),
        2 => return [right, &[bit]].concat(),
        // An answer to an earlier question.
        3 => return stale.to_vec(),
        // Each field changed, the signature kept.
        4 => statement.aid[place] ^= bit,
        5 => statement.ark[place] ^= bit,
        6 => statement.challenge[place] ^= bit,
        7 => statement.audience[place] ^= bit,
        8 => statement.opkey_cert = account.old.opkey().signed().clone(),
        9 => statement.device = account.old_device.signed().clone(),
        // Signed by the right key, but not what was asked for: a captured signer, or another verifier's answer.
        10 => {
            statement.challenge[place] ^= bit;
            return resign(&statement);
        }
        11 => {
            statement.audience[place] ^= bit;
            return resign(&statement);
        }
        // Signed by the right key, with a generation that is not higher.
        12 => {
            let generation = rng.next_u64() % 2;
            statement.opkey_cert = account.ark.certify(&account.opkey, generation).unwrap().signed().clone();
            return resign(&statement);
        }
        // Signed by the right key, with a certificate or a device of somebody else.
        13 => {
            let other = AccountRootKey::from_seed(&Secret::from_bytes([bit; 32]));
            let other = if bit == 1 { AccountRootKey::from_seed(&Secret::from_bytes([77; 32])) } else { other };
            statement.opkey_cert = other.certify(&account.opkey, COUNT_MAX).unwrap().signed().clone();
            return resign(&statement);
        }
        14 => {
            let device = DeviceKeys::generate(rng).certify(VERIFIER, DeviceName::new("Other").unwrap(), 0);
            statement.device = device.signed().clone();
            return resign(&statement);
        }
        // Another account in its own name, with everything else right.
        _ => {
            let seed = [2 + (bit.trailing_zeros() as u8); 32];
            let other = AccountRootKey::from_seed(&Secret::from_bytes(seed));
            statement.ark = other.public();
            statement.opkey_cert = other.certify(&account.opkey, COUNT_MAX).unwrap().signed().clone();
            return signed_by(seed, &statement);
        }
    }
    sealed(&statement, signature)
}

#[test]
fn of_ten_thousand_changed_or_replayed_statements_none_is_accepted() {
    let seed = 0x5EED_0003;
    let (mut rng, account) = setup(seed);
    let (_, first) = account.verifier().challenge(0, &mut rng);
    let mut stale = account.claim().handle_challenge(&first, UNIX_SECS).unwrap().statement;
    let mut tried = BTreeMap::<u64, u32>::new();
    for attempt in 0..10_000u64 {
        let now = rng.next_u64() >> 1;
        let (asked, challenge) = account.verifier().challenge(now, &mut rng);
        let right = account.claim().handle_challenge(&challenge, UNIX_SECS).unwrap().statement;
        let way = rng.next_u64() % WAYS;
        let statement = wrong(way, &right, &stale, &account, &mut rng);
        let result = asked.handle_statement(&statement, &account.pin(), now + 1);
        assert_eq!(result.err(), Some(Refused), "seed {seed:#x}, attempt {attempt}, way {way}");
        *tried.entry(way).or_default() += 1;
        stale = right;
    }
    assert_eq!(tried.len() as u64, WAYS, "every way was tried");
}
