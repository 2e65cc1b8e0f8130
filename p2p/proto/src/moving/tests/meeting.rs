//! The two find each other again, and nobody else gets between them.

use crate::{
    moving::{Answer, Greeting},
    pairing::Output,
};
use alloc::vec::Vec;
use nyx_crypto::{moving::meeting_secret, pairing::HelloGuard, purposes::ResumeKey, secret::Secret};
use nyx_wire::pairing::{Described, Frame, Inside};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn resume(byte: u8) -> Secret<ResumeKey> {
    Secret::from_bytes([byte; 32])
}

fn link() -> Described {
    Described::new(b"offer").unwrap()
}

fn sent(output: Output) -> Vec<u8> {
    let Output::Send(frame) = output else { panic!("a frame") };
    frame
}

#[test]
fn two_meet_again_and_can_talk_whatever_is_said_in_between() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut greeting = Greeting::new(resume(1), [1; 16], &mut rng);
    let mut answer = Answer::new(resume(1), [1; 16]);
    let stranger = Greeting::new(resume(2), [1; 16], &mut rng);
    let another = Greeting::new(resume(1), [2; 16], &mut rng);
    for frame in [stranger.frame(), another.frame(), Vec::new(), Frame::Over.to_bytes()] {
        assert!(!answer.is_greeted(&frame) && answer.handle_greeting(&frame, link(), &mut rng).is_none());
    }
    assert!(answer.is_greeted(&greeting.frame()));
    let reply = sent(answer.handle_greeting(&greeting.frame(), link(), &mut rng).unwrap());
    assert_eq!(sent(answer.handle_greeting(&greeting.frame(), link(), &mut rng).unwrap()), reply, "said again");

    // A stranger's answer, a bent one, and one to another hello change nothing.
    let mut other = Answer::new(resume(2), [1; 16]);
    let strange = sent(other.handle_greeting(&stranger.frame(), link(), &mut rng).unwrap());
    let mut bent = reply.clone();
    bent[40] ^= 1;
    for frame in [strange, bent] {
        greeting = greeting.handle_frame(&frame, &mut rng).unwrap_err();
    }
    let (mut a, outputs) = greeting.handle_frame(&reply, &mut rng).unwrap();
    let [Output::Send(proof), Output::Offer(offer)] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!(*offer, link());
    let mut wrong = proof.clone();
    *wrong.last_mut().unwrap() ^= 1;
    assert!(answer.handle_proof(&wrong).is_none());
    let mut b = answer.handle_proof(proof).unwrap();
    let said = Inside::Answer { link: link(), offer: 0 };
    assert_eq!(b.0.open(&a.0.seal(&said).unwrap()), Ok(said));
}

#[test]
fn replayed_hellos_of_before_do_not_make_it_forget_the_one_of_now() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut answer = Answer::new(resume(1), [1; 16]);
    let old: Vec<_> = (0..3).map(|_| Greeting::new(resume(1), [1; 16], &mut rng).frame()).collect();
    let greeting = Greeting::new(resume(1), [1; 16], &mut rng);
    let reply = sent(answer.handle_greeting(&greeting.frame(), link(), &mut rng).unwrap());
    for _ in 0..10 {
        for frame in &old {
            assert!(answer.handle_greeting(frame, link(), &mut rng).is_some());
        }
    }
    let (_, outputs) = greeting.handle_frame(&reply, &mut rng).unwrap();
    let Output::Send(proof) = &outputs[0] else { panic!("{outputs:?}") };
    assert!(answer.handle_proof(proof).is_some());
}

#[test]
fn a_right_hello_with_a_wrong_proof_costs_nothing_but_new_keys() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let greeting = Greeting::new(resume(1), [1; 16], &mut rng);
    let mut answer = Answer::new(resume(1), [1; 16]);
    let Ok(Frame::ResumeHello(hello)) = Frame::parse(&greeting.frame()) else { panic!("a hello") };
    let reply = sent(answer.handle_greeting(&greeting.frame(), link(), &mut rng).unwrap());
    let Ok(Frame::Reply(mut reply)) = Frame::parse(&reply) else { panic!("a reply") };
    reply.confirm[0] ^= 1;
    let reply = HelloGuard::new(&meeting_secret(&resume(1)), &hello.hello).sign(reply);
    let again = greeting.handle_frame(&Frame::Reply(reply).to_bytes(), &mut rng).unwrap_err();
    let reply = sent(answer.handle_greeting(&again.frame(), link(), &mut rng).unwrap());
    let (_, outputs) = again.handle_frame(&reply, &mut rng).unwrap();
    let Output::Send(proof) = &outputs[0] else { panic!("{outputs:?}") };
    assert!(answer.handle_proof(proof).is_some());
}
