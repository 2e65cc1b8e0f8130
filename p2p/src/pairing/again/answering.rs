//! The old device waits at the place: for hellos, and for the proof of one of those who said them.

use super::{Ground, place::Place, talk::Talk};
use crate::{
    failure::Failure,
    pairing::{line::Line, linking::Linking},
};
use nyx_crypto::pairing::B;
use nyx_proto::{limits::MOVE_ANSWERS_MAX, moving::Answer, pairing::Output};
use nyx_wire::pairing::Described;
use std::{collections::VecDeque, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Somebody said hello who knows the secret; it may be a hello of yesterday.
struct Asked {
    hello: Vec<u8>,
    answer: Answer,
    offer: Described,
    linking: Linking,
}

/// Waits for the other device, whenever it comes.
pub(super) async fn wait(ground: &Ground, found: &mpsc::Sender<Line>) {
    let mut place = ground.place().await;
    let mut asked: VecDeque<Asked> = VecDeque::new();
    let mut talk: Option<Talk<B>> = None;
    let mut due = Instant::now() + AGAIN;
    loop {
        let heard = tokio::select! {
            heard = place.next() => heard,
            () = sleep_until(due) => None,
            linked = linked(&mut talk) => {
                talk = match (talk.take(), linked) {
                    (Some(talk), Ok(None)) => {
                        if let Some(line) = talk.into_line() {
                            let _ = found.send(line).await;
                        }
                        None
                    }
                    (Some(mut talk), Ok(Some(found))) => talk.tell(&mut place, found).is_ok().then_some(talk),
                    _ => None,
                };
                continue;
            }
        };
        let Some(frame) = heard else {
            if let Some(talk) = &talk {
                talk.again(&mut place);
            }
            due = Instant::now() + AGAIN;
            continue;
        };
        if let Err(error) = greeted(ground, &mut place, &mut asked, &frame).await {
            tracing::debug!(%error, "a hello got no answer");
        }
        if let Some(begun) = proven(&mut asked, &frame) {
            // Whoever comes anew has lost what was before.
            talk = Some(begun);
            asked.clear();
        } else if let Some(present) = &mut talk
            && present.hear(&frame).await.is_err()
        {
            talk = None;
        }
    }
}

/// Answers a hello: the same one in the same way.
async fn greeted(ground: &Ground, place: &mut Place, asked: &mut VecDeque<Asked>, frame: &[u8]) -> Result<(), Failure> {
    let mut one = match asked.iter().position(|one| one.hello == frame).and_then(|at| asked.remove(at)) {
        Some(one) => one,
        None => {
            let answer = Answer::new(ground.resume(), ground.known.transfer);
            if !answer.is_greeted(frame) {
                return Ok(());
            }
            let mut linking = Linking::new(ground.reach.clone());
            let offer = linking.offer(place.servers().await).await?;
            Asked { hello: frame.to_vec(), answer, offer, linking }
        }
    };
    let offer = one.offer.clone();
    let reply = ground.world.random(|rng| one.answer.handle_greeting(frame, offer, rng));
    if let Some(Output::Send(reply)) = reply {
        place.say(&reply);
    }
    if asked.len() == MOVE_ANSWERS_MAX {
        asked.pop_front();
    }
    asked.push_back(one);
    Ok(())
}

/// Whether somebody proves that the hello was said now.
fn proven(asked: &mut VecDeque<Asked>, frame: &[u8]) -> Option<Talk<B>> {
    for at in 0..asked.len() {
        if let Some(rejoined) = asked.get_mut(at)?.answer.handle_proof(frame) {
            return Some(Talk::new(rejoined, asked.remove(at)?.linking));
        }
    }
    None
}

async fn linked(talk: &mut Option<Talk<B>>) -> Result<Option<Described>, Failure> {
    match talk {
        Some(talk) => talk.linked().await,
        None => std::future::pending().await,
    }
}

/// What may be lost is said again this often.
const AGAIN: Duration = Duration::from_secs(1);
