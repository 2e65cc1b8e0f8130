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

/// Those who said hello, and what they are offered.
#[derive(Default)]
struct Asked {
    answers: VecDeque<Hello>,
    offered: Option<Offered>,
}

/// Somebody said hello who knows the secret; it may be a hello of yesterday.
struct Hello {
    said: Vec<u8>,
    answer: Answer,
}

/// The end of one link, offered to all of them: a hello that anybody has recorded must not cost a link each time. Only who proves
/// that the hello was said now can read the offer.
struct Offered {
    offer: Described,
    linking: Linking,
    ends: Instant,
}

/// Waits for the other device, whenever it comes.
pub(super) async fn wait(ground: &Ground, found: &mpsc::Sender<Line>) {
    let mut place = ground.place().await;
    let mut asked = Asked::default();
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
        if let Err(error) = asked.greeted(ground, &mut place, &frame).await {
            tracing::debug!(%error, "a hello got no answer");
        }
        if let Some(begun) = asked.proven(&frame) {
            // Whoever comes anew has lost what was before.
            talk = Some(begun);
            asked = Asked::default();
        } else if let Some(present) = &mut talk
            && present.hear(&frame).await.is_err()
        {
            talk = None;
        }
    }
}

impl Asked {
    /// Answers a hello: the same one in the same way, as long as the offer in it holds.
    async fn greeted(&mut self, ground: &Ground, place: &mut Place, frame: &[u8]) -> Result<(), Failure> {
        if self.offered.as_ref().is_some_and(|offered| offered.ends <= Instant::now()) {
            *self = Self::default();
        }
        let known = self.answers.iter().position(|hello| hello.said == frame).and_then(|at| self.answers.remove(at));
        let mut hello = match known {
            Some(hello) => hello,
            None => {
                let answer = Answer::new(ground.resume(), ground.known.transfer);
                if !answer.is_greeted(frame) {
                    return Ok(());
                }
                Hello { said: frame.to_vec(), answer }
            }
        };
        let offer = self.offer(ground, place).await?;
        let reply = ground.world.random(|rng| hello.answer.handle_greeting(frame, offer, rng));
        if let Some(Output::Send(reply)) = reply {
            place.say(&reply);
        }
        if self.answers.len() == MOVE_ANSWERS_MAX {
            self.answers.pop_front();
        }
        self.answers.push_back(hello);
        Ok(())
    }

    async fn offer(&mut self, ground: &Ground, place: &mut Place) -> Result<Described, Failure> {
        if let Some(offered) = &self.offered {
            return Ok(offered.offer.clone());
        }
        let mut linking = Linking::new(ground.reach.clone());
        let offer = linking.offer(place.servers().await).await?;
        self.offered = Some(Offered { offer: offer.clone(), linking, ends: Instant::now() + OFFER_LASTS });
        Ok(offer)
    }

    /// Whether somebody proves that the hello was said now.
    fn proven(&mut self, frame: &[u8]) -> Option<Talk<B>> {
        let rejoined = self.answers.iter_mut().find_map(|hello| hello.answer.handle_proof(frame))?;
        Some(Talk::new(rejoined, self.offered.take()?.linking))
    }
}

async fn linked(talk: &mut Option<Talk<B>>) -> Result<Option<Described>, Failure> {
    match talk {
        Some(talk) => talk.linked().await,
        None => std::future::pending().await,
    }
}

/// What may be lost is said again this often.
const AGAIN: Duration = Duration::from_secs(1);
/// Longer than a proof is on its way, and short beside the patience of the link that has begun with it.
const OFFER_LASTS: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
