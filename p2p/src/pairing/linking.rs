//! The link of a meeting: made once both have met, and made anew when its way breaks.

mod restarts;

use super::{
    failing::{PeerTrouble, of_closed, of_link},
    reach::Reach,
};
use crate::failure::Failure;
use nyx_net::{
    Interfaces,
    lane::{Lane, Purpose},
    link::{BulkCarrier, Candidate, Closed, Description, Link, LinkFailure, Options, Path, State},
    policy::IceServer,
};
use nyx_wire::pairing::Described;
use restarts::{RESTARTS_MAX, Restarts};
use std::{net::IpAddr, sync::Arc};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// A link that is to be, or is.
#[derive(Debug)]
pub(super) struct Linking {
    reach: Reach,
    link: Option<(Link, watch::Receiver<State>)>,
    /// Places that were told before there was a link to try them.
    early: Vec<Candidate>,
    /// Of the side that offers.
    restarts: Option<Restarts>,
    /// How often the other side has looked for a new way.
    restarted: u32,
}

/// What happens on it.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// It has one more place.
    Place(Described),
    /// It stands otherwise than before.
    State(State),
    /// It is broken, and it is time to [`restart`](Linking::restart) it.
    Broken,
}

impl Linking {
    pub(super) const fn new(reach: Reach) -> Self {
        Self { reach, link: None, early: Vec::new(), restarts: None, restarted: 0 }
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
        self.restarts = Some(Restarts::default());
        self.keep(link);
        told(&description)
    }

    /// Accepts what the other side proposes: the link, or a new way for it.
    pub(super) async fn answer(&mut self, offer: &Described, servers: Vec<IceServer>) -> Result<Described, Failure> {
        let offer = read(offer)?;
        if let Some((link, _)) = &self.link {
            self.restarted += 1;
            if self.restarted > RESTARTS_MAX {
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
        link.accept(&read(answer)?).await.map_err(of_link)?;
        if let Some(restarts) = &mut self.restarts {
            restarts.answered();
        }
        Ok(())
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

    /// Looks for a new way, if it is this side that does and there is anything to look for.
    pub(super) async fn restart(&mut self) -> Result<Option<Described>, Failure> {
        let own = self.own_addresses();
        let (Some((link, _)), Some(restarts)) = (&self.link, &mut self.restarts) else { return Ok(None) };
        if !restarts.look(Instant::now(), &own) {
            return Ok(None);
        }
        match link.restart().await {
            Ok(description) => told(&description).map(Some),
            // The network went between two looks at it.
            Err(LinkFailure::NoInterface | LinkFailure::Io(_)) => Ok(None),
            Err(failure) => Err(of_link(failure)),
        }
    }

    fn own_addresses(&self) -> Vec<IpAddr> {
        let locals = self.reach.grant().ok().and_then(|grant| Interfaces::new(grant).now().ok());
        locals.into_iter().flatten().map(|local| local.address).collect()
    }

    /// What happens next; waits for ever as long as there is no link.
    pub(super) async fn next(&mut self) -> LinkEvent {
        let Some((link, state)) = &mut self.link else { return std::future::pending().await };
        let look_at = self.restarts.as_ref().and_then(Restarts::look_at);
        tokio::select! {
            changed = state.changed() => {
                let state = *state.borrow_and_update();
                if let Some(restarts) = &mut self.restarts {
                    match state {
                        State::Interrupted => restarts.interrupted(Instant::now()),
                        State::Up(_) => restarts.up(),
                        State::Connecting | State::Closed(_) => {}
                    }
                }
                // Whoever watches the link says how it ended before it goes.
                LinkEvent::State(if changed.is_ok() { state } else { State::Closed(Closed::Lost) })
            }
            Some(place) = link.next_candidate() => match Described::place(&place.encode()) {
                Some(place) => LinkEvent::Place(place),
                None => std::future::pending().await,
            },
            () = sleep_until(look_at.unwrap_or_else(Instant::now)), if look_at.is_some() => {
                if let Some(restarts) = &mut self.restarts {
                    restarts.passed(Instant::now());
                }
                LinkEvent::Broken
            }
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

    pub(super) fn bulk_carrier(&self) -> Option<watch::Receiver<BulkCarrier>> {
        self.link.as_ref().map(|(link, _)| link.bulk_carrier())
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
