//! What works: on this machine, and on the way to another one.

mod camera;

pub(crate) use camera::CameraTrouble;
#[cfg(feature = "desktop")]
pub(crate) use camera::camera_in_words;

use super::{
    arguments::{Meeting, Reaching},
    ask::Ask,
    ended::{Ended, of_code, of_keyring},
    interrupt::Interrupt,
    say::{Say, tame_line},
    session::Session,
};
use crate::{
    keyring,
    text::{Texts, Value},
};
use nyx_media::{reading::Effort, source::SourceError};
use nyx_p2p::{
    BulkCarrier, CarriedCode, CodeTrouble, Command, Digits, Event, Failure, FileTrouble, Finding, Form, Measured, Meet,
    Path, Reach, ShownCode, ShownKind,
};
use serde_json::json;
use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};
use zeroize::Zeroizing;

/// `nyx doctor --peer`
pub(crate) async fn peer(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    meet: Meeting,
    reach: Reaching,
) -> Result<(), Ended> {
    let interrupt = session.interrupt();
    let reach = Reach { at: meet.address.clone(), ..reach.into() };
    let meet = wanted(ask, say, meet, interrupt).await?;
    let by = session.begin(Command::CheckLink { meet, reach }).await?;
    let mut asked = false;
    loop {
        let event = if asked {
            // The other device may end it while somebody looks for the code.
            tokio::select! {
                event = session.next(by) => event?,
                line = ask.code_line() => {
                    asked = false;
                    session.begin(Command::Carried(CarriedCode::new(&line?))).await?;
                    continue;
                }
            }
        } else {
            session.next(by).await?
        };
        match event {
            None => return Ok(()),
            Some(Event::CodeWanted { refused }) => {
                question(say, refused)?;
                asked = true;
            }
            Some(event) => told(say, event)?,
        }
    }
}

/// `nyx doctor`
pub(crate) async fn here(session: &mut Session, say: &mut Say, reach: Reaching) -> Result<(), Ended> {
    let mut well = true;
    session
        .run(Command::LookAround { reach: reach.into() }, |event| match event {
            Event::Finding(finding) => {
                well &= finding.is_well();
                found(say, &finding)
            }
            _ => Ok(()),
        })
        .await?;
    well &= look_at_camera(session.interrupt(), say).await?;
    look_at_keyring(session.interrupt(), say).await?;
    if well { Ok(()) } else { Err(Ended::Unwell) }
}

/// Whether the camera is as it should be. A machine without one shows codes and reads none, which is well.
async fn look_at_camera(mut interrupt: Interrupt, say: &mut Say) -> Result<bool, Ended> {
    let works = tokio::select! {
        works = camera::works() => works,
        () = interrupt.heard() => return Err(Ended::Interrupted),
    };
    let sentence = camera::camera_in_words(works.err(), &say.texts);
    say.event("found", json!({ "what": "camera", "name": "", "works": works.is_ok(), "message": sentence }))?;
    say.line(&sentence)?;
    Ok(matches!(works, Ok(()) | Err(SourceError::NoCamera)))
}

/// Whether the keyring could open the vault. The password does in any case, so it is always well enough.
async fn look_at_keyring(mut interrupt: Interrupt, say: &mut Say) -> Result<(), Ended> {
    let works = tokio::select! {
        works = keyring::works() => works,
        () = interrupt.heard() => return Err(Ended::Interrupted),
    };
    let sentence = match works {
        Ok(()) => say.texts.get("doctor-keyring"),
        Err(why) => {
            let why = ("why", Value::from(say.texts.get(of_keyring(why))));
            say.texts.with("doctor-no-keyring", &[why])
        }
    };
    say.event("found", json!({ "what": "keyring", "name": "", "works": works.is_ok(), "message": sentence }))?;
    say.line(&sentence)
}

impl From<Reaching> for Reach {
    fn from(reaching: Reaching) -> Self {
        let Reaching { lan_only, relay_only, signal, interface } = reaching;
        Self { lan_only, relay_only, interfaces: interface, signal, at: Vec::new() }
    }
}

/// Shows a code, or gets the other device's.
pub(super) async fn wanted(ask: &mut Ask, say: &mut Say, meet: Meeting, interrupt: Interrupt) -> Result<Meet, Ended> {
    let Meeting { show, camera, link_file, image, code, by_hand, address: _ } = meet;
    if show {
        let form = match (code, by_hand) {
            (true, _) => Form::Typed,
            (_, true) => Form::ByHand,
            _ => Form::Ticket,
        };
        return Ok(Meet::Show(form));
    }
    let text = match (link_file, image, camera) {
        (Some(file), ..) if file.as_os_str() != "-" => read(file)?,
        (_, Some(picture), _) => seen(picture).await?,
        (.., Some(name)) => camera::code(say, interrupt, name).await?,
        _ => {
            question(say, None)?;
            ask.code_line().await?
        }
    };
    Ok(Meet::Read(CarriedCode::new(&text)))
}

/// A file with a code in it: a few hundred letters.
fn read(file: PathBuf) -> Result<Zeroizing<String>, Ended> {
    let mut text = Zeroizing::new(String::with_capacity(CODE_MAX as usize + 1));
    match File::open(&file).and_then(|open| open.take(CODE_MAX).read_to_string(&mut text)) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Failure::File { path: file, trouble: FileTrouble::Missing }.into())
        }
        Err(error) => Err(Failure::File { path: file, trouble: FileTrouble::Refused(error) }.into()),
    }
}

/// The code in a picture. Pixels of a stranger: what they say is read as any other code.
async fn seen(picture: PathBuf) -> Result<Zeroizing<String>, Ended> {
    let texts = tokio::task::spawn_blocking(move || {
        let grey = nyx_media::file::open(&picture)?;
        Ok(nyx_media::reading::read(&grey, Effort::Picture))
    });
    // Where the thread of the search died, there was no code to be found.
    let texts = texts.await.unwrap_or_else(|_| Ok(Vec::new())).map_err(|why| Ended::Picture(Some(why)))?;
    texts.into_iter().next().ok_or(Ended::Picture(None))
}

/// Asks for the other device's code.
pub(super) fn question(say: &mut Say, refused: Option<CodeTrouble>) -> Result<(), Ended> {
    if let Some(trouble) = refused {
        say.remark(&of_code(trouble, &say.texts).message);
    }
    if say.json {
        let refused = refused.map(|trouble| of_code(trouble, &say.texts).kind);
        return say.event("ask", json!({ "what": "link", "refused": refused }));
    }
    say.question(&say.texts.get("ask-link"));
    Ok(())
}

fn told(say: &mut Say, event: Event) -> Result<(), Ended> {
    match event {
        Event::Code(code) => shown(say, &code),
        Event::Calls { host } => {
            say.remark(&say.texts.with("meeting-calls", &[("host", tame_line(&host).into())]));
            Ok(())
        }
        Event::Stranger => {
            say.remark(&say.texts.get("meeting-stranger"));
            Ok(())
        }
        Event::Peer { name, path } => {
            say.event("peer", json!({ "name": name, "path": word(path) }))?;
            let values = [("name", tame_line(&name).into()), ("path", way(say, path).into())];
            say.line(&say.texts.with("meeting-peer", &values))
        }
        Event::Digits(digits) => {
            let digits = grouped(&digits);
            say.event("sas", json!({ "digits": digits.replace(' ', "") }))?;
            say.line(&say.texts.with("check-digits", &[("digits", digits.into())]))
        }
        Event::Progress { done, total } => say.progress_event(done, total),
        Event::LinkStalled => {
            say.event("stalled", json!({ "why": "no-answer" }))?;
            say.remark(&say.texts.get("meeting-stalled"));
            Ok(())
        }
        Event::LinkResumed => {
            say.event("resumed", json!({}))?;
            say.remark(&say.texts.get("meeting-resumed"));
            Ok(())
        }
        Event::Measured { measured, path } => figures(say, &measured, path),
        _ => Ok(()),
    }
}

pub(super) fn shown(say: &mut Say, code: &ShownCode) -> Result<(), Ended> {
    let (kind, lead) = match code.kind {
        ShownKind::Ticket => ("ticket", "meeting-show"),
        ShownKind::Typed => ("typed", "meeting-show-typed"),
        ShownKind::First => ("first", "meeting-show-first"),
        ShownKind::Second => ("second", "meeting-show-second"),
    };
    let field = if code.kind == ShownKind::Typed { "code" } else { "link" };
    let addresses: Vec<String> = code.at.iter().map(ToString::to_string).collect();
    say.event("ticket", json!({ field: code.text(), "kind": kind, "addresses": addresses }))?;
    say.line(&say.texts.get(lead))?;
    if code.kind != ShownKind::Typed {
        say.code(code.text())?;
    }
    // Indented, it is not broken where a terminal is narrow.
    say.line(&format!("  {}", code.text()))?;
    match addresses.first() {
        Some(address) => say.line(&say.texts.with("meeting-show-address", &[("address", address.as_str().into())])),
        None => Ok(()),
    }
}

fn figures(say: &mut Say, measured: &Measured, path: Path) -> Result<(), Ended> {
    let Measured { round_trip, to_peer, from_peer, carrier } = measured;
    // A detail: people are told the path.
    let bulk = match carrier {
        BulkCarrier::Quic => "quic",
        BulkCarrier::Channel => "channel",
    };
    let millis = (round_trip.as_secs_f64() * 100_000.0).round() / 100.0;
    let fields = json!({ "round_trip_ms": millis, "to_peer": to_peer, "from_peer": from_peer, "path": word(path), "bulk": bulk });
    say.event("measured", fields)?;
    let values = [
        ("millis", Value::from(say.texts.decimal(millis))),
        ("there", say.texts.bytes(*to_peer).into()),
        ("back", say.texts.bytes(*from_peer).into()),
        ("path", way(say, path).into()),
    ];
    say.line(&say.texts.with("check-figures", &values))
}

fn found(say: &mut Say, finding: &Finding) -> Result<(), Ended> {
    let (what, name) = match finding {
        Finding::Network { interface, address } => ("network", format!("{interface} {address}")),
        Finding::NoNetwork => ("network", String::new()),
        Finding::Discovery { interface, .. } => ("discovery", interface.clone()),
        Finding::Service { .. } => ("service", String::new()),
    };
    let sentence = finding_in_words(finding, &say.texts);
    say.event("found", json!({ "what": what, "name": name, "works": finding.is_well(), "message": sentence }))?;
    say.line(&sentence)
}

/// What was found, in a sentence.
pub(crate) fn finding_in_words(finding: &Finding, texts: &Texts) -> String {
    let (text, values): (_, Vec<(&str, Value)>) = match finding {
        Finding::Network { interface, address } => {
            ("doctor-network", vec![("interface", interface.as_str().into()), ("address", address.to_string().into())])
        }
        Finding::NoNetwork => ("doctor-no-network", vec![]),
        Finding::Discovery { interface, works } => (
            if *works { "doctor-discovery" } else { "doctor-no-discovery" },
            vec![("interface", interface.as_str().into())],
        ),
        Finding::Service { millis: Some(millis) } => ("doctor-service", vec![("millis", (*millis).into())]),
        Finding::Service { millis: None } => ("doctor-no-service", vec![]),
    };
    texts.with(text, &values)
}

pub(super) fn grouped(digits: &Digits) -> String {
    digits.groups().map(|group| group.iter().collect::<String>()).join(" ")
}

pub(super) fn word(path: Path) -> &'static str {
    match path {
        Path::Lan => "lan",
        Path::Direct => "direct",
        Path::Relay => "relay",
    }
}

pub(super) fn way(say: &Say, path: Path) -> String {
    say.texts.get(match path {
        Path::Lan => "path-lan",
        Path::Direct => "path-direct",
        Path::Relay => "path-relay",
    })
}

/// Longer than any code with white space in it.
const CODE_MAX: u64 = 4096;
