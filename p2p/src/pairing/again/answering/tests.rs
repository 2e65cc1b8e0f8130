use super::*;
use crate::{
    clock::SystemClock,
    engine::PasswordCost,
    jobs::World,
    pairing::{again::Known, hosted::Hosted, reach::Reach},
};
use nyx_crypto::{kdf::PasswordParams, secret::Secret};
use nyx_proto::moving::Greeting;
use nyx_wire::{identity::DeviceName, moving::WayBack};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{path::PathBuf, sync::Arc};

fn ground() -> Ground {
    let world = World {
        home: PathBuf::new(),
        clock: Arc::new(SystemClock::new()),
        rng: Arc::new(std::sync::Mutex::new(Box::new(ChaCha20Rng::seed_from_u64(7)))),
        cost: PasswordCost::Fixed(PasswordParams::floor()),
        device: None,
        keyring: None,
    };
    let way = WayBack::new(DeviceName::new("New laptop").unwrap(), false, None, &[]);
    let known = Known { transfer: [5; 16], resume: Secret::from_bytes([6; 32]), way };
    let reach = Reach { interfaces: vec!["lo".into()], ..Reach::default() };
    Ground { world, reach, known, hosted: tokio::sync::Mutex::new(Hosted::default()) }
}

fn hello(ground: &Ground) -> Vec<u8> {
    ground.world.random(|rng| Greeting::new(ground.resume(), ground.known.transfer, rng)).frame()
}

/// Whoever carries frames can record hellos and say them all again.
#[tokio::test]
async fn hellos_of_yesterday_cost_one_link_together() {
    let ground = ground();
    let mut place = ground.place().await;
    let mut asked = Asked::default();
    let mut offers = Vec::new();
    for _ in 0..3 * MOVE_ANSWERS_MAX {
        asked.greeted(&ground, &mut place, &hello(&ground)).await.unwrap();
        offers.push(asked.offered.as_ref().unwrap().offer.clone());
    }
    offers.dedup();
    assert_eq!(offers.len(), 1);
    assert_eq!(asked.answers.len(), MOVE_ANSWERS_MAX);
}

#[tokio::test]
async fn an_offer_that_is_old_is_made_anew() {
    let ground = ground();
    let mut place = ground.place().await;
    let mut asked = Asked::default();
    let hello = hello(&ground);
    asked.greeted(&ground, &mut place, &hello).await.unwrap();
    let first = asked.offered.as_mut().unwrap();
    first.ends = Instant::now();
    let first = first.offer.clone();
    asked.greeted(&ground, &mut place, &hello).await.unwrap();
    assert_ne!(asked.offered.unwrap().offer, first);
    assert_eq!(asked.answers.len(), 1);
}

#[tokio::test]
async fn what_is_no_hello_of_this_move_costs_nothing() {
    let (ground, mut asked) = (ground(), Asked::default());
    let mut place = ground.place().await;
    let strange = ground.world.random(|rng| Greeting::new(Secret::from_bytes([1; 32]), [5; 16], rng)).frame();
    for frame in [&strange[..], b"", &[0; 100]] {
        asked.greeted(&ground, &mut place, frame).await.unwrap();
    }
    assert!(asked.offered.is_none() && asked.answers.is_empty());
}
