//! Two devices that meet: the machine, the ways on which its frames travel, and the link. One task owns all three; what
//! the meeting is for (a job) begins when both know each other and the link stands, and runs beside it.

mod people;

use super::{
    carriers::{Carriers, WayId},
    failing::{NetTrouble, PeerTrouble, of_burnt},
    linking::{LinkEvent, Linking},
    teller::Teller,
};
use crate::{event::Event, failure::Failure, jobs::World};
use nyx_net::{
    carrier::{CarrierEvent, End},
    lane::{Lane, Purpose},
    link::{BulkCarrier, Path, State},
};
use nyx_proto::pairing::{Meeting, Output, View};
use nyx_wire::pairing::Described;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

/// A meeting under way.
pub(super) struct Session {
    pub(super) world: World,
    pub(super) tell: Teller,
    /// Always there but within one step.
    meeting: Option<Meeting>,
    carriers: Carriers,
    linking: Linking,
    /// On which way the other side was heard first.
    heard_on: Option<WayId>,
    /// Whether it has proven that it has the keys.
    has_met: bool,
    /// What keeps a place open where the two meet.
    hosted: super::hosted::Hosted,
    /// Whether this side shows the code.
    pub(super) shows: bool,
    interrupted: bool,
    /// Whether the person knows that somebody else tried the code.
    warned: bool,
}

/// What a meeting begins with.
pub(super) struct Opening {
    pub(super) meeting: Meeting,
    pub(super) carriers: Carriers,
    pub(super) linking: Linking,
    pub(super) hosted: super::hosted::Hosted,
    pub(super) shows: bool,
}

impl Session {
    pub(super) fn new(world: World, tell: Teller, opening: Opening) -> Self {
        let Opening { meeting, carriers, linking, hosted, shows } = opening;
        Self {
            world,
            tell,
            meeting: Some(meeting),
            carriers,
            linking,
            heard_on: None,
            has_met: false,
            hosted,
            shows,
            interrupted: false,
            warned: false,
        }
    }

    /// Goes on until both know each other and the link stands; which way its packets go.
    pub(super) async fn meet(&mut self) -> Result<Path, Failure> {
        loop {
            if let Some(path) = self.linking.path()
                && matches!(self.view(), View::Known { .. })
            {
                return Ok(path);
            }
            self.turn().await?;
        }
    }

    /// Goes on beside a job, until something ends it.
    pub(super) async fn keep(&mut self) -> Failure {
        loop {
            if let Err(failure) = self.turn().await {
                return failure;
            }
        }
    }

    /// What the machine waits for.
    pub(super) fn view(&self) -> View<'_> {
        self.meeting.as_ref().map_or(View::Other, Meeting::view)
    }

    /// A lane of the link.
    pub(super) fn lane(&self, purpose: Purpose) -> Result<Arc<dyn Lane>, Failure> {
        self.linking.lane(purpose).ok_or_else(|| NetTrouble::Lost.into())
    }

    /// What carries bulk, of the link that this meeting has now.
    pub(super) fn bulk_carrier(&self) -> Result<watch::Receiver<BulkCarrier>, Failure> {
        self.linking.bulk_carrier().ok_or_else(|| NetTrouble::Lost.into())
    }

    /// The job is done: what is queued arrives, and then it is over.
    pub(super) async fn close(self) {
        self.linking.close().await;
    }

    /// This side's person ended it. The other side hears so, if anything reaches it.
    pub(super) async fn cancel(mut self) {
        for output in self.change(Meeting::cancel) {
            if let Output::Send(frame) = output {
                self.carriers.send(&frame);
            }
        }
        self.part().await;
    }

    /// Something ended it. The last words are handed over already.
    pub(super) async fn part(self) {
        if !self.carriers.is_empty() {
            sleep(LAST_WORDS).await;
        }
    }

    /// One step: whatever happens first.
    async fn turn(&mut self) -> Result<(), Failure> {
        let (due, in_vain) = (self.due(), self.carriers.in_vain(self.shows));
        tokio::select! {
            (way, event) = self.carriers.next() => self.carried(way, event).await,
            event = self.linking.next() => self.linked(event).await,
            () = due => {
                let now_ms = self.world.passed_ms();
                let outputs = self.change(|meeting| meeting.handle_time(now_ms));
                self.follow(outputs).await
            }
            end = in_vain, if !self.has_met => Err(match end {
                // Two others have the seats: somebody else has the code.
                Some(End::Full) => PeerTrouble::Intruder.into(),
                Some(End::Alone | End::Expired | End::Unavailable) => NetTrouble::Unreached.into(),
                None => NetTrouble::NoWay.into(),
            }),
        }
    }

    async fn carried(&mut self, way: WayId, event: CarrierEvent) -> Result<(), Failure> {
        if event.asks_again() {
            let frames = self.meeting.as_ref().map(Meeting::frames).unwrap_or_default();
            self.carriers.send_on(way, &frames);
        }
        let frame = match event {
            CarrierEvent::Frame(frame) => frame,
            CarrierEvent::Stranger => {
                self.warn_of_stranger().await;
                return Ok(());
            }
            _ => return Ok(()),
        };
        let now_ms = self.world.passed_ms();
        let world = self.world.clone();
        let outputs = self.change(|meeting| world.random(|rng| meeting.handle_frame(&frame, now_ms, rng)));
        // Whatever moved the machine was said by somebody who has the code: a hello that waits for an offer, or a proof.
        self.has_met |= !outputs.is_empty();
        if self.has_met || matches!(self.view(), View::Offer) {
            self.heard_on.get_or_insert(way);
        }
        self.follow(outputs).await
    }

    /// Once a meeting; and not when people have settled whom they met: a used code is anybody's.
    async fn warn_of_stranger(&mut self) {
        if !self.warned && !matches!(self.view(), View::Proven(_) | View::Introduced { .. }) {
            self.warned = true;
            self.tell.tell(Event::Stranger).await;
        }
    }

    async fn linked(&mut self, event: LinkEvent) -> Result<(), Failure> {
        let now_ms = self.world.passed_ms();
        match event {
            LinkEvent::Place(place) => {
                let outputs = self.change(|meeting| meeting.handle_candidate(place, now_ms));
                self.follow(outputs).await
            }
            LinkEvent::State(State::Closed(_)) => Err(self.linking.ended().unwrap_or(NetTrouble::Lost.into())),
            LinkEvent::State(State::Interrupted) => {
                self.interrupted = true;
                self.tell.tell(Event::LinkStalled).await;
                Ok(())
            }
            LinkEvent::Broken => {
                let Some(offer) = self.linking.restart().await? else { return Ok(()) };
                let outputs = self.change(|meeting| meeting.handle_restart(offer, now_ms));
                self.follow(outputs).await
            }
            LinkEvent::State(State::Up(_)) if std::mem::take(&mut self.interrupted) => {
                self.tell.tell(Event::LinkResumed).await;
                Ok(())
            }
            LinkEvent::State(State::Up(_) | State::Connecting) => Ok(()),
        }
    }

    /// Does what the machine says, and what that leads to.
    async fn follow(&mut self, outputs: Vec<Output>) -> Result<(), Failure> {
        let mut outputs = VecDeque::from(outputs);
        loop {
            while let Some(output) = outputs.pop_front() {
                outputs.extend(self.obey(output).await?);
            }
            match self.view() {
                View::Offer => {
                    // By hand the link stands already.
                    let offer = match self.linking.path() {
                        Some(_) => None,
                        None => Some(self.linking.offer(self.carriers.servers(self.heard_on).await).await?),
                    };
                    let now_ms = self.world.passed_ms();
                    outputs.extend(self.change(|meeting| meeting.handle_offer(offer, now_ms)));
                }
                View::Over(burnt) => return Err(of_burnt(burnt.why, self.carriers.was_reached())),
                _ => return Ok(()),
            }
        }
    }

    async fn obey(&mut self, output: Output) -> Result<Vec<Output>, Failure> {
        match output {
            Output::Send(frame) => self.carriers.send(&frame),
            Output::Offer(offer) => {
                let servers = self.carriers.servers(self.heard_on).await;
                let answer: Described = self.linking.answer(&offer, servers).await?;
                let now_ms = self.world.passed_ms();
                return Ok(self.change(|meeting| meeting.handle_answer(answer, now_ms)));
            }
            Output::Answer(answer) => self.linking.accept(&answer).await?,
            Output::Candidate(place) => self.linking.add(&place).await?,
        }
        Ok(Vec::new())
    }

    fn change(&mut self, change: impl FnOnce(Meeting) -> (Meeting, Vec<Output>)) -> Vec<Output> {
        let Some(meeting) = self.meeting.take() else { return Vec::new() };
        let (meeting, outputs) = change(meeting);
        self.meeting = Some(meeting);
        outputs
    }

    /// Returns when the machine wants to know the time.
    fn due(&self) -> impl Future<Output = ()> + use<> {
        let due_ms = self.meeting.as_ref().and_then(Meeting::due_ms);
        let wait = due_ms.map(|due_ms| Duration::from_millis(due_ms.saturating_sub(self.world.passed_ms())));
        async move {
            match wait {
                Some(wait) => sleep(wait).await,
                None => std::future::pending().await,
            }
        }
    }
}

/// What was said last is on its way to a service within this; nobody tells when it has arrived.
const LAST_WORDS: Duration = Duration::from_millis(300);
