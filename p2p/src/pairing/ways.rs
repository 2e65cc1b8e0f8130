//! From what a person chose to a meeting under way: its machine, and the ways on which it takes place.

use super::{
    carriers::{Carriers, WayId},
    code::{CarriedCode, CodeTrouble, Form, Meet, Read, ShownCode},
    failing::NetTrouble,
    hosted::Hosted,
    linking::Linking,
    reach::Reach,
    session::Opening,
    teller::Teller,
};
use crate::{event::Event, failure::Failure, jobs::World};
use nyx_net::{
    Interfaces,
    lan::Lan,
    policy::Grant,
    signal::{AskFailure, Refusal, Service, SignalClient},
};
use nyx_proto::pairing::{Intent, Meeting, Scanned, Showing, TicketBegun};
use nyx_wire::{
    pairing::{Hints, HintsError, Scanned as Text, SignalUrl, Ticket, TypedCode},
    signal::RoomId,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// What every way needs.
pub(super) struct Ground<'a> {
    pub(super) world: &'a World,
    pub(super) tell: &'a Teller,
    pub(super) reach: &'a Reach,
    /// What this device came for.
    pub(super) intent: Intent,
    /// Codes that are carried here while the meeting waits for one.
    pub(super) carried: &'a mut mpsc::Receiver<CarriedCode>,
}

/// Opens every way that there is. The code is told as soon as there is one.
pub(super) async fn open(ground: Ground<'_>, meet: Meet) -> Result<Opening, Failure> {
    match meet {
        Meet::Show(Form::Ticket) => show(ground).await,
        Meet::Show(Form::Typed) => show_typed(ground).await,
        Meet::Show(Form::ByHand) => super::by_hand::show(ground).await,
        Meet::Read(code) => match code.read()? {
            Read::Scanned(Text::Ticket(ticket)) => follow(ground, &ticket).await,
            Read::Scanned(Text::CodeOne(code)) => super::by_hand::answer(ground, &code).await,
            Read::Scanned(Text::CodeTwo(_)) => Err(CodeTrouble::OtherMeeting.into()),
            Read::Typed(code) => typed(ground, &code).await,
        },
    }
}

/// A ticket: a service, if one was chosen, a place on this network that is hosted here, and one where this device is called.
async fn show(ground: Ground<'_>) -> Result<Opening, Failure> {
    let Ground { world, tell, reach, intent, .. } = ground;
    let grant = reach.grant()?;
    let service = reach.service()?;
    let begun = world.random(TicketBegun::new);
    let room = begun.room();
    let hosted = Hosted::begin(&grant, room);
    let mut carriers = Carriers::default();
    let lan = search(&mut carriers, &grant, room, &[]).await.map(|(_, addresses)| addresses).unwrap_or_default();
    let hints = hints(reach.signal.as_deref(), hosted.addresses(), &lan)?;
    if hints.signal().is_none() && hints.hosted().is_empty() && hints.lan().is_empty() {
        // Hosting and being called tell an own address: whoever hides it has no place but a service.
        let why = if reach.relay_only { NetTrouble::NoRelay } else { NetTrouble::NoNetwork };
        return Err(why.into());
    }
    sit(&mut carriers, &grant, room, service, hints.hosted()).await;
    let now_ms = world.passed_ms();
    let (showing, ticket) = world.random(|rng| Showing::ticket(begun, intent, hints, now_ms, rng));
    tell.tell(Event::Code(ShownCode::scanned(&Text::Ticket(ticket)).at(lan))).await;
    let linking = Linking::new(reach.clone());
    Ok(Opening { meeting: Meeting::showing(showing), carriers, linking, hosted, shows: true })
}

async fn follow(ground: Ground<'_>, ticket: &Ticket) -> Result<Opening, Failure> {
    let Ground { world, tell, reach, intent, .. } = ground;
    let grant = reach.grant()?;
    let meeting = Meeting::of_ticket(ticket, intent, world.passed_ms()).map_err(CodeTrouble::from)?;
    let room = meeting.room().ok_or_else(|| Failure::Internal("a ticket without a room".into()))?;
    // What does not parse is no way; the others remain.
    let named = ticket.hints.signal().map(SignalUrl::as_str);
    let service = named.and_then(|url| Service::parse(url).ok());
    // Who has chosen the same one is sent nowhere by the code.
    let is_chosen = named == reach.signal.as_deref();
    let service = service.map(|service| if is_chosen { service } else { service.followed() });
    if let Some(service) = &service {
        tell.tell(Event::Calls { host: service.host().to_owned() }).await;
    }
    let mut carriers = Carriers::default();
    // What a person typed comes first: where both are too many, it is the ticket's that are left out.
    search(&mut carriers, &grant, room, &[&reach.at, ticket.hints.lan()].concat()).await;
    sit(&mut carriers, &grant, room, service, &callable(&grant, ticket.hints.hosted())).await;
    if carriers.is_empty() {
        return Err(NetTrouble::NoWay.into());
    }
    let linking = Linking::new(reach.clone());
    Ok(Opening { meeting, carriers, linking, hosted: Hosted::default(), shows: false })
}

async fn show_typed(ground: Ground<'_>) -> Result<Opening, Failure> {
    let Ground { world, tell, reach, intent, .. } = ground;
    let client = SignalClient::start(reach.grant()?, reach.service()?.ok_or(NetTrouble::ServiceNeeded)?);
    let (number, room, _) = answered(client.allocate()).await?;
    let now_ms = world.passed_ms();
    let (showing, text) = world.random(|rng| Showing::typed(intent, number, now_ms, rng));
    let mut carriers = Carriers::default();
    carriers.add_service(client, room).await;
    tell.tell(Event::Code(ShownCode::typed(text))).await;
    let (linking, hosted) = (Linking::new(reach.clone()), Hosted::default());
    Ok(Opening { meeting: Meeting::showing(showing), carriers, linking, hosted, shows: true })
}

async fn typed(ground: Ground<'_>, code: &TypedCode) -> Result<Opening, Failure> {
    let Ground { world, reach, intent, .. } = ground;
    let grant = reach.grant()?;
    let service = reach.service()?.ok_or(NetTrouble::ServiceNeeded)?;
    // A word that is in no list costs no guess: the number is claimed only after this.
    let scanned =
        Scanned::typed(code, intent, world.passed_ms()).map_err(|error| CodeTrouble::Word(error.index + 1))?;
    let client = SignalClient::start(grant, service);
    let room = answered(client.claim(code.number)).await?;
    let mut carriers = Carriers::default();
    carriers.add_service(client, room).await;
    let (linking, hosted) = (Linking::new(reach.clone()), Hosted::default());
    Ok(Opening { meeting: Meeting::scanned(scanned), carriers, linking, hosted, shows: false })
}

/// The places of a ticket that may be called: it is a stranger's until the meeting is over, so it must not send us to
/// programs of this machine, nor to its own when nobody is to learn our address.
pub(super) fn callable(grant: &Arc<Grant>, places: &[SocketAddr]) -> Vec<SocketAddr> {
    let locals = Interfaces::new(Arc::clone(grant)).now().unwrap_or_default();
    places.iter().copied().filter(|place| grant.may_meet(*place, &locals)).take(PLACES_MAX).collect()
}

/// Searches this network, if the policy lets it, and calls at these addresses. The way, and where this device itself can be
/// called.
pub(super) async fn search(
    carriers: &mut Carriers,
    grant: &Arc<Grant>,
    room: RoomId,
    at: &[SocketAddr],
) -> Option<(WayId, Vec<SocketAddr>)> {
    if !grant.drivers.lan_discovery {
        return None;
    }
    match Lan::start(Arc::clone(grant), room, at).await {
        Ok(lan) => {
            let addresses = lan.addresses();
            Some((carriers.add_search(lan), addresses))
        }
        Err(error) => {
            tracing::warn!(%error, "this network is not searched");
            None
        }
    }
}

/// Takes a seat in each room. The policy is asked by whoever calls: an address that may not be spoken to gives no carrier that
/// ever opens.
async fn sit(
    carriers: &mut Carriers,
    grant: &Arc<Grant>,
    room: RoomId,
    service: Option<Service>,
    hosted: &[SocketAddr],
) {
    for place in hosted {
        if let Ok(place) = Service::parse(&format!("ws://{place}")) {
            carriers.add_hosted(SignalClient::start(Arc::clone(grant), place), room).await;
        }
    }
    if let Some(service) = service {
        carriers.add_service(SignalClient::start(Arc::clone(grant), service), room).await;
    }
}

/// The service, and as many addresses as a ticket has room for beside it: one of each kind in turns.
fn hints(signal: Option<&str>, hosted: &[SocketAddr], lan: &[SocketAddr]) -> Result<Hints, Failure> {
    let signal = signal.map(SignalUrl::new).transpose().map_err(|_| NetTrouble::NotAService)?;
    for count in (0..=2 * hosted.len().max(lan.len())).rev() {
        let first = |addresses: &[SocketAddr], count: usize| addresses[..count.min(addresses.len())].to_vec();
        match Hints::new(signal.clone(), &first(hosted, count.div_ceil(2)), &first(lan, count / 2)) {
            Ok(hints) => return Ok(hints),
            Err(HintsError::TooLong) => {}
            Err(HintsError::NoAddress) => break,
        }
    }
    Err(NetTrouble::NotAService.into())
}

/// A service that says nothing for longer is not there for somebody who waits.
async fn answered<T>(asked: impl Future<Output = Result<T, AskFailure>>) -> Result<T, Failure> {
    timeout(ANSWER_PATIENCE, asked).await.map_err(|_| NetTrouble::NoService)?.map_err(of_ask)
}

fn of_ask(failure: AskFailure) -> Failure {
    match failure {
        AskFailure::Refused { why: Refusal::UnknownNumber, .. } => NetTrouble::UnknownNumber.into(),
        AskFailure::Refused { .. } | AskFailure::NoAnswer | AskFailure::TooLarge => NetTrouble::NoService.into(),
    }
}

/// Name, TCP, TLS and upgrade, one of them lost once.
const ANSWER_PATIENCE: Duration = Duration::from_secs(8);
/// A ticket has room for more; but each is a connection that somebody else's code makes this device open.
const PLACES_MAX: usize = 8;
