use super::*;
use crate::{
    account::{AccountRootKey, Aid},
    device::DeviceKeys,
    device_list::{self, VerifiedList},
    pairing::{AnswerKeys, HelloGuard, HelloKeys},
    purposes::{ResumeKey, SessionsKey},
    stream::{CHUNK, SEALED_CHUNK, seal_whole},
};
use alloc::{vec, vec::Vec};
use nyx_wire::{
    identity::{DeviceCert, DeviceName, OpKeyCert, Version},
    moving::Selection,
    pairing::{Reply, ResumeHello},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

pub(super) struct Owner {
    pub(super) opkey: OperatingKey,
    pub(super) cert: Verified<OpKeyCert>,
}

pub(super) fn owner(seed: u8) -> Owner {
    let ark = AccountRootKey::from_seed(&Secret::from_bytes([seed; 32]));
    let opkey = OperatingKey::from_seed(Secret::from_bytes([seed + 1; 32]));
    let cert = ark.certify(&opkey, 1).unwrap();
    Owner { opkey, cert }
}

pub(super) fn device(aid: [u8; 32], seed: u64) -> (DeviceKeys, Verified<DeviceCert>) {
    let keys = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed));
    let cert = keys.certify(Aid::from_bytes(aid), DeviceName::new("Laptop").unwrap(), 0);
    (keys, cert)
}

pub(super) fn last(aid: [u8; 32]) -> Manifest {
    Manifest {
        v: Version,
        transfer: [0x71; 16],
        aid,
        prev: [0x72; 32],
        index_bytes: 5,
        index_hash: [0x73; 32],
        items: 0,
        bytes: 0,
        schema: 2,
        selection: Selection::ALL,
        reset_public: [0x74; 32],
        backup_public: [0x75; 32],
        content: Some([0x76; 32]),
    }
}

fn keys() -> TransferKeys {
    TransferKeys::new(Secret::from_bytes([0x77; 32]), [0x71; 16])
}

/// A finished stream under some key of a vault, and its chunks under the item's.
fn resealed(keys: &TransferKeys, plain: &[u8]) -> (Content, Vec<Vec<u8>>) {
    // Of each kind of hash some.
    let kind = if plain.len().is_multiple_of(2) { HashKind::Blake3 } else { HashKind::Sha256 };
    let content = Content::of(kind, plain);
    let own = || Secret::<StreamKey>::from_bytes([5; 32]);
    let source = seal_whole(own(), plain).unwrap();
    let last = source.chunks(SEALED_CHUNK).last().unwrap();
    let reader = Reader::new(&own(), source.len() as u64, &mut last.to_vec()).unwrap();
    let resealer = keys.reseals(&content, reader).unwrap();
    let again = |(place, chunk): (usize, &[u8])| {
        let mut chunk = chunk.to_vec();
        resealer.reseal_chunk(place as u64, &mut chunk).unwrap();
        chunk
    };
    (content, source.chunks(SEALED_CHUNK).enumerate().map(again).collect())
}

fn plain(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place / 7) as u8).collect()
}

#[test]
fn an_item_opens_in_order_and_says_that_it_is_right() {
    for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let plain = plain(length);
        let (content, chunks) = resealed(&keys(), &plain);
        let mut opener = keys().opens(&content);
        let mut got = Vec::new();
        for chunk in &chunks {
            assert_eq!(opener.finished(), Finished::Not);
            let mut chunk = chunk.clone();
            let opened = opener.open_chunk(&mut chunk).unwrap();
            got.extend_from_slice(&chunk[..opened]);
        }
        assert_eq!((opener.finished(), got == plain), (Finished::Right, true), "{length}");
        assert!(opener.open_chunk(&mut [0; 16]).is_err(), "there is only one end");
    }
}

#[test]
fn a_chunk_of_another_item_or_place_opens_nothing_and_spoils_nothing() {
    let (content, chunks) = resealed(&keys(), &plain(2 * CHUNK + 9));
    let (_, others) = resealed(&keys(), &vec![1; 2 * CHUNK + 9]);
    let mut opener = keys().opens(&content);
    for place in 0..3 {
        for wrong in others.iter().chain(chunks.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, c)| c)) {
            assert!(opener.open_chunk(&mut wrong.clone()).is_err());
        }
        opener.open_chunk(&mut chunks[place].clone()).unwrap();
    }
    assert_eq!(opener.finished(), Finished::Right);
}

#[test]
fn a_sender_whose_content_is_another_than_it_signed_for_is_found_out() {
    // It has the keys, so it can make a stream under the item's key: of the right length and of something else.
    let content = Content { bytes: 100, hash: ContentHash::sha256(&[1; 32]) };
    let own = || Secret::<StreamKey>::from_bytes([5; 32]);
    let source = seal_whole(own(), &plain(100)).unwrap();
    let reader = Reader::new(&own(), source.len() as u64, &mut source.clone()).unwrap();
    let mut chunk = source.clone();
    keys().reseals(&content, reader).unwrap().reseal_chunk(0, &mut chunk).unwrap();
    let mut opener = keys().opens(&content);
    opener.open_chunk(&mut chunk).unwrap();
    assert_eq!(opener.finished(), Finished::Wrong);
    let reader = Reader::new(&own(), source.len() as u64, &mut source.clone()).unwrap();
    assert!(keys().reseals(&Content { bytes: 99, ..content }, reader).is_err());
}

#[test]
fn after_a_restart_the_rest_opens_and_the_whole_is_unknown() {
    let (content, chunks) = resealed(&keys(), &plain(2 * CHUNK + 9));
    let mut opener = keys().opens_after(&content, 1);
    assert!(opener.open_chunk(&mut chunks[0].clone()).is_err());
    opener.open_chunk(&mut chunks[1].clone()).unwrap();
    assert_eq!(opener.open_chunk(&mut chunks[2].clone()), Ok(9));
    assert_eq!(opener.finished(), Finished::Unknown);
}

#[test]
fn the_operating_key_opens_for_its_move_and_its_last_manifest_only() {
    let owner = owner(1);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let right = owner.opkey.sign_manifest(last(owner.cert.aid));
    let wrapped = keys().wrap_operating_key(&owner.opkey, &right, &mut rng).unwrap();
    let opened = keys().unwrap_operating_key(&wrapped, &right).unwrap();
    assert_eq!(opened.public(), owner.opkey.public());
    let other = owner.opkey.sign_manifest(Manifest { content: Some([0; 32]), ..last(owner.cert.aid) });
    assert!(keys().unwrap_operating_key(&wrapped, &other).is_none());
    let another_move = TransferKeys::new(Secret::from_bytes([0x77; 32]), [0; 16]);
    assert!(another_move.unwrap_operating_key(&wrapped, &right).is_none());
    let another_meeting = TransferKeys::new(Secret::from_bytes([0; 32]), [0x71; 16]);
    assert!(another_meeting.unwrap_operating_key(&wrapped, &right).is_none());
}

#[test]
fn a_manifest_of_another_account_is_refused() {
    let (one, other) = (owner(1), owner(11));
    let foreign = other.opkey.sign_manifest(last(other.cert.aid));
    assert!(verify_manifest(&other.cert, foreign.signed()).is_ok());
    assert!(verify_manifest(&one.cert, foreign.signed()).is_err());
    let usurped = other.opkey.sign_manifest(last(one.cert.aid));
    assert!(verify_manifest(&one.cert, usurped.signed()).is_err());
    assert!(verify_manifest(&other.cert, usurped.signed()).is_err());
}

#[test]
fn a_ready_fits_one_manifest_one_content_and_one_device() {
    let owner = owner(1);
    let aid = owner.cert.aid;
    let end = owner.opkey.sign_manifest(last(aid));
    let (keys, cert) = device(aid, 1);
    let right = sign_ready(&keys, &cert, &end, [0x76; 32]);
    assert!(verify_ready(&end, right.signed()).is_ok());
    let replayed = owner.opkey.sign_manifest(Manifest { transfer: [0; 16], ..last(aid) });
    assert!(verify_ready(&replayed, right.signed()).is_err());
    let earlier = owner.opkey.sign_manifest(Manifest { prev: [1; 32], ..last(aid) });
    assert!(verify_ready(&earlier, right.signed()).is_err());
    assert!(verify_ready(&end, sign_ready(&keys, &cert, &end, [0; 32]).signed()).is_err());
    let (stranger, of_stranger) = device([9; 32], 2);
    assert!(verify_ready(&end, sign_ready(&stranger, &of_stranger, &end, [0x76; 32]).signed()).is_err());
    assert!(verify_ready(&end, sign_ready(&stranger, &cert, &end, [0x76; 32]).signed()).is_err(), "another's name");
}

fn lists(owner: &Owner, new: &Verified<DeviceCert>) -> [VerifiedList; 2] {
    let (_, old) = device(owner.cert.aid, 3);
    let first = owner.opkey.first_list(&owner.cert, vec![old.signed().clone()]).unwrap();
    let first = device_list::verify(&owner.cert, first.signed()).unwrap();
    let next = owner.opkey.next_list(&owner.cert, &first, vec![new.signed().clone()]).unwrap();
    [device_list::verify(&owner.cert, next.signed()).unwrap(), first]
}

#[test]
fn a_receipt_is_of_the_device_in_the_list_and_for_this_move() {
    let owner = owner(1);
    let aid = owner.cert.aid;
    let end = owner.opkey.sign_manifest(last(aid));
    let (keys, cert) = device(aid, 1);
    let [list, before] = lists(&owner, &cert);
    let right = sign_done(&keys, &end, &list);
    assert!(verify_done(&list, &end, right.signed()).is_ok());
    assert!(verify_done(&before, &end, right.signed()).is_err());
    let replayed = owner.opkey.sign_manifest(Manifest { transfer: [0; 16], ..last(aid) });
    assert!(verify_done(&list, &replayed, right.signed()).is_err());
    assert!(verify_done(&list, &end, sign_done(&device(aid, 2).0, &end, &list).signed()).is_err());
    assert!(verify_done(&list, &end, sign_done(&keys, &end, &before).signed()).is_err());
}

#[test]
fn the_keys_of_a_move_are_kept_wrapped_and_for_that_move() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let sessions = Secret::<SessionsKey>::random(&mut rng);
    let keys = MoveKeys { file: Secret::random(&mut rng), resume: Secret::random(&mut rng) };
    let wrapped = keys.wrap(&sessions, &[1; 16], &mut rng);
    let kept = MoveKeys::unwrap(&sessions, &[1; 16], &wrapped).unwrap();
    assert!(kept.file == keys.file && kept.resume == keys.resume);
    assert!(!wrapped.windows(32).any(|part| part == keys.file.expose() || part == keys.resume.expose()));
    assert!(MoveKeys::unwrap(&sessions, &[2; 16], &wrapped).is_none());
    assert!(MoveKeys::unwrap(&Secret::random(&mut rng), &[1; 16], &wrapped).is_none());
}

#[test]
fn two_meet_again_by_what_they_kept_and_a_stranger_gets_no_answer() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let resume = Secret::<ResumeKey>::random(&mut rng);
    let (secret, context) = (meeting_secret(&resume), meeting_context(&[1; 16]));
    let a = HelloKeys::generate(&mut rng);
    let hello = greet(&resume, &[1; 16], &a);
    assert!(is_greeting(&resume, &[1; 16], &hello));
    assert!(!is_greeting(&resume, &[2; 16], &hello));
    assert!(!is_greeting(&Secret::random(&mut rng), &[1; 16], &hello));
    let other = HelloKeys::generate(&mut rng).hello().to_vec();
    assert!(!is_greeting(&resume, &[1; 16], &ResumeHello { hello: other.into(), ..hello.clone() }));

    let (hello_b, b) = AnswerKeys::generate(&mut rng).answer(&secret, &context, &hello.hello, &mut rng).unwrap();
    let proof = b.confirm();
    let reply = HelloGuard::new(&secret, &hello.hello).sign(Reply::new(&hello_b, proof, None));
    let (a, confirm) = a.agree(&secret, &context, &reply).unwrap().check(&proof).unwrap();
    let (mut a, mut b) = (a.into_channel(), b.check(&confirm).unwrap().into_channel());
    let said = nyx_wire::pairing::Inside::Agreed;
    assert_eq!(b.open(&a.seal(&said).unwrap()), Ok(said.clone()));
    assert_eq!(a.open(&b.seal(&said).unwrap()), Ok(said));
}
