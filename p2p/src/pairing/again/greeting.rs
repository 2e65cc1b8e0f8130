//! The new device goes to the place and greets, until a link stands.

use super::{Ground, place::Place, talk::Talk};
use crate::pairing::{line::Line, linking::Linking};
use nyx_crypto::pairing::A;
use nyx_proto::{moving::Greeting, pairing::Output};
use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

/// Greets until there is a link.
pub(super) async fn greet(ground: &Ground, found: &mpsc::Sender<Line>) {
    let mut place = ground.place().await;
    loop {
        if let Some(line) = once(ground, &mut place).await {
            let _ = found.send(line).await;
            return;
        }
        // A machine without an interface fails at once.
        sleep(FIRST).await;
    }
}

/// One hello with fresh keys, and what comes of it.
async fn once(ground: &Ground, place: &mut Place) -> Option<Line> {
    let mut greeting = Some(ground.world.random(|rng| Greeting::new(ground.resume(), ground.known.transfer, rng)));
    let (mut pause, mut due) = (FIRST, Instant::now());
    loop {
        let heard = tokio::select! {
            heard = place.next() => Some(heard),
            () = sleep_until(due) => None,
        };
        match heard {
            // Time, or somebody came: what was said may be lost.
            None | Some(None) => {
                if let Some(greeting) = &greeting {
                    place.say(&greeting.frame());
                }
                if heard.is_none() {
                    pause = (2 * pause).min(LAST);
                }
                due = Instant::now() + pause;
            }
            Some(Some(frame)) => {
                let Some(waiting) = greeting.take() else { continue };
                match ground.world.random(|rng| waiting.handle_frame(&frame, rng)) {
                    Err(back) => greeting = Some(back),
                    Ok((rejoined, outputs)) => {
                        let mut begun = Talk::new(rejoined, Linking::new(ground.reach.clone()));
                        for output in outputs {
                            match output {
                                Output::Send(frame) => begun.say(place, frame),
                                Output::Offer(offer) => begun.answer(place, &offer).await.ok()?,
                                Output::Answer(_) | Output::Candidate(_) => {}
                            }
                        }
                        return linked(place, begun).await;
                    }
                }
            }
        }
    }
}

/// Goes on until the link stands; `None`: it never will.
async fn linked(place: &mut Place, mut talk: Talk<A>) -> Option<Line> {
    let mut due = Instant::now() + FIRST;
    loop {
        let heard = tokio::select! {
            heard = place.next() => Some(heard),
            () = sleep_until(due) => None,
            stands = talk.linked() => {
                match stands {
                    Ok(None) => return talk.into_line(),
                    Ok(Some(found)) => talk.tell(place, found).ok()?,
                    Err(_) => return None,
                }
                continue;
            }
        };
        match heard {
            Some(Some(frame)) => talk.hear(&frame).await.ok()?,
            None | Some(None) => {
                talk.again(place);
                due = Instant::now() + FIRST;
            }
        }
    }
}

/// A frame to which nothing has come back is said again after this, then after twice as long.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause: who looks at a screen that does nothing does not wait longer.
const LAST: Duration = Duration::from_secs(8);
