//! A meeting that is about an account: from a code to two devices that their people mean. What they met for begins behind
//! it, on the link that they have by then. Specified in `p2p/docs/protocol/pairing.md`, section 8.

use super::{
    Talk,
    code::{Meet, Read},
    failing::{NetTrouble, PeerTrouble},
    hosted::Hosted,
    line::Line,
    questions::{Question, Reply},
    reach::Reach,
    session::Session,
    ways::{self, Ground},
};
use crate::{event::Event, failure::Failure, jobs::World, moving::Met};
use nyx_crypto::{
    account::{Aid, OperatingKey},
    moving::MoveKeys,
    pairing::Speaker,
    signature::Verified,
};
use nyx_net::{lane::Purpose, link::Path};
use nyx_proto::pairing::{Account, Intent, Peer, View};
use nyx_wire::{
    identity::{DeviceName, OpKeyCert},
    moving::{Frame, WayBack},
    pairing::Scanned,
};
use std::{net::SocketAddr, time::Duration};
use tokio::time::timeout;

/// What a move begins with, on either side.
pub(crate) struct Agreed {
    /// Its keys.
    pub(crate) keys: MoveKeys,
    /// Whose account it is that comes; none on the side that sends.
    pub(crate) aid: Option<Aid>,
    /// The link.
    pub(crate) line: Line,
    /// How both find each other again.
    pub(crate) way: WayBack,
    /// The place that this side keeps open, if it does.
    pub(crate) hosted: Hosted,
}

/// Who speaks for an account.
pub(crate) struct Speaks {
    /// Public half of the account root key.
    pub(crate) ark: [u8; 32],
    /// What the root key says about the operating key.
    pub(crate) cert: Verified<OpKeyCert>,
    /// The operating key.
    pub(crate) opkey: OperatingKey,
}

/// Meets the device that sends its account here: this side's person recognises it, and sees the digits.
pub(crate) async fn as_new(
    world: &World,
    talk: &mut Talk,
    meet: Meet,
    reach: &Reach,
    device: DeviceName,
) -> Result<Agreed, Failure> {
    let (mut session, ways) = open(world, talk, meet, reach, Intent::Receive { device }).await?;
    let wanted = talk.wanted.clone();
    let met = tokio::select! {
        biased;
        met = recognised(&mut session, talk) => Some(met),
        () = wanted.over() => None,
    };
    let agreed = ended(session, met, ways).await?;
    // The other side waits for this: until then it does not know that its last word has come.
    let alive = Frame::Alive.to_bytes();
    agreed.line.control().send(alive.into()).await.map_err(|_| NetTrouble::Lost)?;
    Ok(agreed)
}

/// Meets the device that receives this side's account: this side's person types the digits that it shows. `speaks` opens
/// the key that speaks for the account, once it is needed.
pub(crate) async fn as_old(
    world: &World,
    talk: &mut Talk,
    meet: Meet,
    reach: &Reach,
    account: Account,
    speaks: impl AsyncFnOnce() -> Result<Speaks, Failure>,
) -> Result<Agreed, Failure> {
    let bytes = account.bytes;
    let (mut session, ways) = open(world, talk, meet, reach, Intent::Send(account)).await?;
    let wanted = talk.wanted.clone();
    let met = tokio::select! {
        biased;
        met = typed(&mut session, talk, bytes, speaks) => Some(met),
        () = wanted.over() => None,
    };
    ended(session, met, ways).await
}

/// Where the two can find each other again.
struct Ways {
    hosts: bool,
    signal: Option<String>,
    places: Vec<SocketAddr>,
}

async fn open(
    world: &World,
    talk: &mut Talk,
    meet: Meet,
    reach: &Reach,
    intent: Intent,
) -> Result<(Session, Ways), Failure> {
    let mut ways = Ways { hosts: false, signal: reach.signal.clone(), places: Vec::new() };
    if let Meet::Read(code) = &meet
        && let Ok(Read::Scanned(Scanned::Ticket(ticket))) = code.read()
    {
        ways.places = ticket.hints.hosted().to_vec();
        ways.signal = ticket.hints.signal().map(|url| url.as_str().to_owned()).or(ways.signal);
    }
    let ground = Ground { world, tell: &talk.tell, reach, intent, carried: &mut talk.codes };
    let opening = tokio::select! {
        opening = ways::open(ground, meet) => opening?,
        () = talk.wanted.over() => return Err(Failure::Cancelled),
    };
    if !opening.hosted.addresses().is_empty() {
        ways.hosts = true;
        ways.places = opening.hosted.addresses().to_vec();
    }
    Ok((Session::new(world.clone(), talk.tell.clone(), opening), ways))
}

/// On the new device.
async fn recognised(session: &mut Session, talk: &Talk) -> Result<Path, Failure> {
    let path = session.until(|view| matches!(view, View::Recognise { .. } | View::Proven(_))).await?;
    if let View::Recognise { name, words, bytes } = session.view() {
        let met = Met { name: name.as_str().to_owned(), words: Some(words), path, bytes };
        talk.tell.tell(Event::Met(met)).await;
        let yes = loop {
            match session.beside(talk.questions.ask(&talk.tell, Question::Account)).await? {
                Some(Reply::Yes) => break true,
                Some(Reply::No) | None => break false,
                Some(Reply::Digits(_) | Reply::Password(_)) => {}
            }
        };
        session.decide(yes).await?;
    }
    session.until(|view| matches!(view, View::Show(_) | View::Proven(_))).await?;
    if let View::Show(digits) = session.view() {
        let digits = digits.clone();
        talk.tell.tell(Event::Digits(digits)).await;
    }
    session.until(|view| matches!(view, View::Proven(_))).await
}

/// On the old device.
async fn typed(
    session: &mut Session,
    talk: &Talk,
    bytes: u64,
    speaks: impl AsyncFnOnce() -> Result<Speaks, Failure>,
) -> Result<Path, Failure> {
    let path = session.until(|view| matches!(view, View::Type(_))).await?;
    if let View::Type(device) = session.view() {
        let met = Met { name: device.as_str().to_owned(), words: None, path, bytes };
        talk.tell.tell(Event::Met(met)).await;
    }
    let digits = loop {
        match session.beside(talk.questions.ask(&talk.tell, Question::Digits)).await? {
            Some(Reply::Digits(digits)) => break digits,
            Some(Reply::No) | None => return Err(Failure::Cancelled),
            Some(Reply::Yes | Reply::Password(_)) => {}
        }
    };
    let Speaks { ark, cert, opkey } = session.beside(speaks()).await??;
    session.type_digits(&digits, &Speaker { ark, cert: &cert, opkey: &opkey }).await?;
    let path = session.until(|view| matches!(view, View::Proven(_))).await?;
    heard(session).await?;
    Ok(path)
}

/// Whoever typed the digits goes on saying so until the other side is heard on the link: what it said last may be lost.
async fn heard(session: &mut Session) -> Result<(), Failure> {
    let control = session.lane(Purpose::Control)?;
    let said = session.beside(timeout(ANSWER_PATIENCE, control.receive())).await?.map_err(|_| NetTrouble::Lost)?;
    match said.ok().flatten().map(|said| Frame::parse(&said)) {
        Some(Ok(Frame::Alive)) => Ok(()),
        Some(Ok(Frame::Cancel(_))) => Err(PeerTrouble::Cancelled.into()),
        Some(_) => Err(PeerTrouble::Dishonest.into()),
        None => Err(NetTrouble::Lost.into()),
    }
}

/// What came of it; whoever ends it tells the other side.
async fn ended(session: Session, met: Option<Result<Path, Failure>>, ways: Ways) -> Result<Agreed, Failure> {
    match met {
        Some(Ok(_)) => {}
        None | Some(Err(Failure::Cancelled)) => {
            session.cancel().await;
            return Err(Failure::Cancelled);
        }
        Some(Err(failure)) => {
            session.part().await;
            return Err(failure);
        }
    }
    let (settled, linking, hosted) = session.settle()?;
    let line = Line::of(linking).ok_or(NetTrouble::Lost)?;
    let (name, aid) = match settled.peer {
        Peer::Device { name } => (name, None),
        Peer::Account { name, aid, .. } => (name, Some(aid)),
    };
    let Ways { hosts, signal, places } = ways;
    let way = WayBack::new(name, hosts, signal.as_deref(), &places);
    let keys = MoveKeys { file: settled.file, resume: settled.resume };
    Ok(Agreed { keys, aid, line, way, hosted })
}

impl Agreed {
    /// The account that comes; there is none on the side that sends.
    pub(crate) fn account(&self) -> Result<Aid, Failure> {
        self.aid.ok_or_else(|| PeerTrouble::Dishonest.into())
    }
}

/// As long as a word is said again that may have been lost, several times over.
const ANSWER_PATIENCE: Duration = Duration::from_secs(30);
