//! The link of a meeting: made once both have met, and made anew when its way breaks.

use super::{
    failing::{PeerTrouble, of_closed, of_link},
    reach::Reach,
};
use crate::failure::Failure;
use nyx_net::{
    lane::{Lane, Purpose},
    link::{Candidate, Description, Link, Options, Path, State},
    policy::IceServer,
};
use nyx_wire::pairing::Described;
use std::sync::Arc;
use tokio::sync::watch;

/// A link that is to be, or is.
#[derive(Debug)]
pub(super) struct Linking {
    reach: Reach,
    link: Option<(Link, watch::Receiver<State>)>,
    /// Places that were told before there was a link to try them.
    early: Vec<Candidate>,
    offers: bool,
    restarts: u32,
}

/// What happens on it.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// It has one more place.
    Place(Described),
    /// It stands otherwise than before.
    State(State),
}

impl Linking {
    pub(super) const fn new(reach: Reach) -> Self {
        Self { reach, link: None, early: Vec::new(), offers: false, restarts: 0 }
    }

    /// One that was made already, with codes that were carried by hand.
    pub(super) fn of(reach: Reach, link: Link) -> Self {
        let mut linking = Self::new(reach);
        linking.keep(link);
        linking
    }

    /// Proposes it.
    pub(super) async fn offer(&mut self, servers: Vec<IceServer>) -> Result<Described, Failure> {
        let options = Options::new(self.reach.link_grant(servers)?);
        let (link, description) = Link::offer(options).await.map_err(of_link)?;
        self.offers = true;
        self.keep(link);
        told(&description)
    }

    /// Accepts what the other side proposes: the link, or a new way for it.
    pub(super) async fn answer(&mut self, offer: &Described, servers: Vec<IceServer>) -> Result<Described, Failure> {
        let offer = read(offer)?;
        if let Some((link, _)) = &self.link {
            self.restarts += 1;
            if self.restarts > RESTARTS_MAX {
                return Err(PeerTrouble::Dishonest.into());
            }
            return told(&link.answer_restart(&offer).await.map_err(of_link)?);
        }
        let options = Options::new(self.reach.link_grant(servers)?);
        let (link, description) = Link::answer(options, &offer).await.map_err(of_link)?;
        for place in std::mem::take(&mut self.early) {
            link.add_candidate(&place).await.map_err(of_link)?;
        }
        self.keep(link);
        told(&description)
    }

    /// Takes the other side's answer.
    pub(super) async fn accept(&mut self, answer: &Described) -> Result<(), Failure> {
        let Some((link, _)) = &self.link else { return Err(PeerTrouble::Dishonest.into()) };
        link.accept(&read(answer)?).await.map_err(of_link)
    }

    /// Takes one more place of the other side.
    pub(super) async fn add(&mut self, place: &Described) -> Result<(), Failure> {
        let place = Candidate::decode(place.as_bytes()).map_err(|_| PeerTrouble::Dishonest)?;
        match &self.link {
            Some((link, _)) => link.add_candidate(&place).await.map_err(of_link),
            None if self.early.len() < EARLY_MAX => {
                self.early.push(place);
                Ok(())
            }
            None => Err(PeerTrouble::Dishonest.into()),
        }
    }

    /// Looks for a new way, if it is this side that does.
    pub(super) async fn restart(&mut self) -> Result<Option<Described>, Failure> {
        if !self.offers || self.restarts >= RESTARTS_MAX {
            return Ok(None);
        }
        self.restarts += 1;
        let Some((link, _)) = &self.link else { return Ok(None) };
        told(&link.restart().await.map_err(of_link)?).map(Some)
    }

    /// What happens next; waits for ever as long as there is no link.
    pub(super) async fn next(&mut self) -> LinkEvent {
        let Some((link, state)) = &mut self.link else { return std::future::pending().await };
        tokio::select! {
            changed = state.changed() => {
                let state = *state.borrow_and_update();
                // Whoever watches the link says how it ended before it goes.
                LinkEvent::State(if changed.is_ok() { state } else { State::Closed(nyx_net::link::Closed::Lost) })
            }
            Some(place) = link.next_candidate() => match Described::place(&place.encode()) {
                Some(place) => LinkEvent::Place(place),
                None => std::future::pending().await,
            },
        }
    }

    /// The way of the packets, while it is up.
    pub(super) fn path(&self) -> Option<Path> {
        match self.link.as_ref().map(|(_, state)| *state.borrow()) {
            Some(State::Up(path)) => Some(path),
            _ => None,
        }
    }

    /// Why it is over, if it is.
    pub(super) fn ended(&self) -> Option<Failure> {
        match self.link.as_ref().map(|(_, state)| *state.borrow()) {
            Some(State::Closed(why)) => Some(of_closed(why)),
            _ => None,
        }
    }

    /// A lane of it.
    pub(super) fn lane(&self, purpose: Purpose) -> Option<Arc<dyn Lane>> {
        self.link.as_ref().map(|(link, _)| link.lane(purpose))
    }

    /// Ends it, after what is queued.
    pub(super) async fn close(self) {
        if let Some((link, _)) = self.link
            && let Err(error) = link.close().await
        {
            tracing::debug!(%error, "a link ended without a last word");
        }
    }

    fn keep(&mut self, link: Link) {
        let state = link.state();
        self.link = Some((link, state));
    }
}

fn told(description: &Description) -> Result<Described, Failure> {
    Described::new(&description.encode()).ok_or_else(|| Failure::Internal("a description is too long".into()))
}

fn read(described: &Described) -> Result<Description, Failure> {
    Description::decode(described.as_bytes()).map_err(|_| PeerTrouble::Dishonest.into())
}

/// As many as a description has.
const EARLY_MAX: usize = nyx_wire::link::MAX_CANDIDATES;
/// Each binds new sockets. Somebody who walks from one network to another needs a few; the envelopes of a meeting end at
/// 256.
const RESTARTS_MAX: u32 = 32;
