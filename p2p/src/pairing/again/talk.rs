//! Both have proven themselves: what they say to each other now is how to connect.

use super::place::Place;
use crate::{
    failure::Failure,
    pairing::{
        failing::{NetTrouble, PeerTrouble},
        line::Line,
        linking::{LinkEvent, Linking},
    },
};
use nyx_crypto::pairing::{Channel, Side};
use nyx_net::link::State;
use nyx_proto::moving::Rejoined;
use nyx_wire::pairing::{Described, Frame, Inside, Sealed};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A conversation under fresh keys, and the link that it leads to.
pub(super) struct Talk<S: Side> {
    channel: Channel<S>,
    linking: Linking,
    /// What was said and may be lost.
    said: Vec<Vec<u8>>,
    ends: Instant,
}

impl<S: Side> Talk<S> {
    pub(super) fn new(Rejoined(channel): Rejoined<S>, linking: Linking) -> Self {
        Self { channel, linking, said: Vec::new(), ends: Instant::now() + PATIENCE }
    }

    /// Says a frame, and again when it may be lost.
    pub(super) fn say(&mut self, place: &mut Place, frame: Vec<u8>) {
        place.say(&frame);
        self.said.push(frame);
    }

    /// Says everything once more.
    pub(super) fn again(&self, place: &mut Place) {
        for frame in &self.said {
            place.say(frame);
        }
    }

    /// Answers the offer of the other side.
    pub(super) async fn answer(&mut self, place: &mut Place, offer: &Described) -> Result<(), Failure> {
        let link = self.linking.answer(offer, place.servers().await).await?;
        // The one offer of this meeting is the first thing that the other side sealed.
        self.seal(place, &Inside::Answer { link, offer: 0 })
    }

    /// Takes a frame; what is not of this conversation is ignored.
    pub(super) async fn hear(&mut self, frame: &[u8]) -> Result<(), Failure> {
        let Ok(Frame::Sealed(sealed)) = Frame::parse(frame) else { return Ok(()) };
        match self.channel.open(&sealed) {
            Ok(Inside::Answer { link, offer: 0 }) => self.linking.accept(&link).await,
            Ok(Inside::Candidate { place }) => self.linking.add(&place).await,
            Ok(_) => Err(PeerTrouble::Dishonest.into()),
            Err(_) => Ok(()),
        }
    }

    /// What happens to the link: a place that the other side should know, or `None`, when it stands.
    pub(super) async fn linked(&mut self) -> Result<Option<Described>, Failure> {
        loop {
            tokio::select! {
                event = self.linking.next() => match event {
                    LinkEvent::Place(found) => return Ok(Some(found)),
                    LinkEvent::State(State::Up(_)) => return Ok(None),
                    LinkEvent::State(State::Closed(_)) => return Err(NetTrouble::NoPath.into()),
                    LinkEvent::State(State::Connecting | State::Interrupted) | LinkEvent::Broken => {}
                },
                () = sleep_until(self.ends) => return Err(NetTrouble::NoPath.into()),
            }
        }
    }

    /// Tells one more place at which this side can be reached.
    pub(super) fn tell(&mut self, place: &mut Place, found: Described) -> Result<(), Failure> {
        self.seal(place, &Inside::Candidate { place: found })
    }

    /// The link that stands.
    pub(super) fn into_line(self) -> Option<Line> {
        Line::of(self.linking)
    }

    fn seal(&mut self, place: &mut Place, inside: &Inside) -> Result<(), Failure> {
        let sealed: Sealed = self.channel.seal(inside).ok_or(PeerTrouble::Dishonest)?;
        self.say(place, Frame::Sealed(sealed).to_bytes());
        Ok(())
    }
}

/// As long as a link looks for a way, and a little for the words before.
const PATIENCE: Duration = Duration::from_secs(20);
