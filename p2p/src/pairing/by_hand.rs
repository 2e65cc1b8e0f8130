//! Two codes carried by people: they open the link, and the meeting takes place on it. No other socket is made.

use super::{
    carriers::Carriers,
    code::{CarriedCode, CodeTrouble, Read, ShownCode},
    failing::{NetTrouble, of_closed, of_link},
    hosted::Hosted,
    linking::Linking,
    session::Opening,
    teller::Teller,
    ways::Ground,
};
use crate::{event::Event, failure::Failure};
use nyx_crypto::pairing::IceCredentials;
use nyx_net::{
    carrier::LaneCarrier,
    lane::Purpose,
    link::{Link, Options},
};
use nyx_proto::{
    limits::PAIRING_BY_HAND_MS,
    pairing::{HandBegun, HandScanned, HandShowing, Meeting, OtherEnd, Showing},
};
use nyx_wire::{
    link::{self, Description, DescriptionKind, Fingerprint},
    pairing::{CANDIDATES_MAX, Candidate, CandidateKind, CodeOne, CodeTwo, Scanned as Text},
};
use std::{net::SocketAddr, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// Shows the first code and waits for the second.
pub(super) async fn show(ground: Ground<'_>) -> Result<Opening, Failure> {
    let Ground { world, tell, reach, intent, carried } = ground;
    let begun = world.random(HandBegun::new);
    let (link, offer) = Link::offer(options(reach, begun.ice())?).await.map_err(of_link)?;
    let now_ms = world.passed_ms();
    let (showing, code) =
        world.random(|rng| HandShowing::new(begun, intent, offer.fingerprint.0, carriable(&offer), now_ms, rng));
    tell.tell(Event::Code(ShownCode::scanned(&Text::CodeOne(code)))).await;
    let (showing, other) = timeout(LIFE, second(showing, || world.passed_ms(), tell, carried))
        .await
        .map_err(|_| NetTrouble::Expired)??;
    link.accept(&description(DescriptionKind::Answer, &other)?).await.map_err(of_link)?;
    let (carriers, linking) = on_link(link, reach).await?;
    Ok(Opening { meeting: Meeting::showing(showing), carriers, linking, hosted: Hosted::default(), shows: true })
}

/// Answers the first code with the second.
pub(super) async fn answer(ground: Ground<'_>, code: &CodeOne) -> Result<Opening, Failure> {
    let Ground { world, tell, reach, intent, .. } = ground;
    let (own, other_ice) = HandScanned::ice(code);
    let offer = description(
        DescriptionKind::Offer,
        &OtherEnd {
            fingerprint: code.fingerprint,
            candidates: code.candidates.clone(),
            own_ice: HandScanned::ice(code).0,
            other_ice,
        },
    )?;
    let (link, answer) = Link::answer(options(reach, own)?, &offer).await.map_err(of_link)?;
    let now_ms = world.passed_ms();
    let HandScanned { code, scanned, .. } = world
        .random(|rng| HandScanned::new(code, intent, answer.fingerprint.0, carriable(&answer), now_ms, rng))
        .map_err(CodeTrouble::from)?;
    tell.tell(Event::Code(ShownCode::scanned(&Text::CodeTwo(code)))).await;
    let (carriers, linking) = on_link(link, reach).await?;
    Ok(Opening { meeting: Meeting::scanned(scanned), carriers, linking, hosted: Hosted::default(), shows: false })
}

/// Waits for the second code. A person may paste an old one, or half of one, and try again.
async fn second(
    mut showing: HandShowing,
    now_ms: impl Fn() -> u64,
    tell: &Teller,
    carried: &mut mpsc::Receiver<CarriedCode>,
) -> Result<(Showing, OtherEnd), Failure> {
    let mut refused = None;
    loop {
        tell.tell(Event::CodeWanted { refused }).await;
        // The engine keeps the other end as long as the meeting is wanted.
        let code = carried.recv().await.ok_or(Failure::Cancelled)?;
        showing = showing.handle_time(now_ms()).map_err(|_| NetTrouble::Expired)?;
        refused = Some(match code.read() {
            Ok(Read::Scanned(Text::CodeTwo(code))) => match took(showing, &code, now_ms()) {
                Ok(done) => return Ok(done),
                Err(back) => {
                    showing = *back;
                    CodeTrouble::OtherMeeting
                }
            },
            Ok(_) => CodeTrouble::OtherMeeting,
            Err(trouble) => trouble,
        });
    }
}

fn took(showing: HandShowing, code: &CodeTwo, now_ms: u64) -> Result<(Showing, OtherEnd), Box<HandShowing>> {
    showing.handle_code(code, now_ms).map_err(Box::new)
}

/// The lane *chat* carries the meeting; nothing is believed that comes on another before both have proved themselves.
async fn on_link(link: Link, reach: &super::reach::Reach) -> Result<(Carriers, Linking), Failure> {
    link.opened().await.map_err(of_closed)?;
    let mut carriers = Carriers::default();
    carriers.add_lane(LaneCarrier::new(link.lane(Purpose::Chat)));
    Ok((carriers, Linking::of(reach.clone(), link)))
}

fn options(reach: &super::reach::Reach, ice: IceCredentials) -> Result<Options, Failure> {
    let grant = reach.link_grant(Vec::new())?;
    if !grant.drivers.by_hand {
        return Err(NetTrouble::Contradiction.into());
    }
    Ok(Options { ice: Some(credentials(&ice)?), patience: LIFE, ..Options::new(grant) })
}

fn credentials(ice: &IceCredentials) -> Result<link::IceCredentials, Failure> {
    link::IceCredentials::new(&ice.ufrag, &ice.password)
        .ok_or_else(|| Failure::Internal("ICE credentials of another form".into()))
}

/// The other end, as its code describes it.
fn description(kind: DescriptionKind, end: &OtherEnd) -> Result<Description, Failure> {
    let candidates = (0u32..).zip(&end.candidates).map(|(place, candidate)| {
        let (kind, preference) = match candidate.kind {
            CandidateKind::Host => (link::CandidateKind::Host, 126),
            CandidateKind::ServerReflexive => (link::CandidateKind::Reflexive, 100),
            CandidateKind::Relayed => (link::CandidateKind::Relayed, 0),
        };
        // RFC 8445 §5.1.2.1, for the one component that there is.
        let priority = (preference << 24) + ((u32::from(u16::MAX) - place) << 8) + 255;
        link::Candidate { kind, address: candidate.address.ip(), port: candidate.address.port(), priority }
    });
    Ok(Description {
        kind,
        ice: credentials(&end.other_ice)?,
        fingerprint: Fingerprint(end.fingerprint),
        candidates: candidates.collect(),
    })
}

/// What fits into a code: the shorter IPv4 addresses first.
fn carriable(own: &Description) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = own
        .candidates
        .iter()
        .map(|candidate| Candidate {
            kind: match candidate.kind {
                link::CandidateKind::Host => CandidateKind::Host,
                link::CandidateKind::Reflexive => CandidateKind::ServerReflexive,
                link::CandidateKind::Relayed => CandidateKind::Relayed,
            },
            address: SocketAddr::new(candidate.address, candidate.port),
        })
        .collect();
    candidates.sort_by_key(|candidate| candidate.address.is_ipv6());
    candidates.truncate(CANDIDATES_MAX);
    candidates
}

/// As long as the codes live.
const LIFE: Duration = Duration::from_millis(PAIRING_BY_HAND_MS);
