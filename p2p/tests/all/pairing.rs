//! Two engines that meet over loopback: a service, a place that one hosts, a typed code, codes by hand.

use crate::front::{Front, NOW_MS, SetClock};
use nyx_p2p::{
    AutoLock, CarriedCode, Clock, CodeTrouble, Command, Commands, Event, Events, Failure, Form, Meet, NetTrouble,
    PasswordCost, PasswordParams, PeerTrouble, Reach, RequestId, Settings, Setup, ShownKind, SystemClock,
};
use nyx_signal::{Options, Server};
use nyx_testkit::seed::Seeded;
use nyx_wire::pairing::{Hints, Kind, Scanned, Ticket};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, time::timeout};

/// One device in a meeting. Its clock runs: what is measured takes time.
pub(crate) struct Device {
    pub(crate) commands: Commands,
    events: Events,
    by: RequestId,
    /// What it told so far, by name.
    heard: Vec<&'static str>,
    digits: Option<String>,
    _dir: TempDir,
}

/// What came next of what a test waits for.
enum Next {
    Code(ShownKind, String),
    Wanted(Option<CodeTrouble>),
    Ended(Result<(), Failure>),
}

/// Loopback only: it needs no rights and no network.
fn loopback() -> Reach {
    Reach { interfaces: vec!["lo".into()], ..Reach::default() }
}

fn through(service: &str) -> Reach {
    Reach { signal: Some(service.into()), ..loopback() }
}

async fn service() -> String {
    let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), Options::default()).await.unwrap();
    let address = server.local_addr().unwrap();
    tokio::spawn(server.run(std::future::pending()));
    format!("ws://{address}")
}

impl Device {
    pub(crate) async fn begin(meet: Meet, reach: Reach) -> Self {
        Self::at(Arc::new(SystemClock::new()), meet, reach).await
    }

    async fn at(clock: Arc<dyn Clock>, meet: Meet, reach: Reach) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let seed = Seeded::from_environment(&dir.path().display().to_string()).next_u64();
        let (commands, events) = nyx_p2p::start(Setup {
            home: dir.path().join("home"),
            clock,
            rng: Box::new(ChaCha20Rng::seed_from_u64(seed)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring: None,
            auto_lock: AutoLock::Never,
            has_door: false,
        });
        let by = commands.send(Command::CheckLink { meet, reach }).await.unwrap();
        Self { commands, events, by, heard: Vec::new(), digits: None, _dir: dir }
    }

    pub(crate) async fn reads(code: &str, reach: Reach) -> Self {
        Self::begin(Meet::Read(CarriedCode::new(code)), reach).await
    }

    async fn next(&mut self) -> Next {
        loop {
            let told = self.events.next().await.unwrap();
            let mine = told.by == Some(self.by);
            match told.event {
                Event::Code(code) => return Next::Code(code.kind, code.text().to_owned()),
                Event::CodeWanted { refused } => return Next::Wanted(refused),
                Event::Peer { .. } => self.heard.push("peer"),
                Event::Stranger => self.heard.push("stranger"),
                Event::Digits(digits) => self.digits = Some(digits.groups().as_flattened().iter().collect()),
                Event::Measured { measured, .. } => {
                    assert!(measured.to_peer > 0 && measured.from_peer > 0 && !measured.round_trip.is_zero());
                    self.heard.push("measured");
                }
                Event::Done if mine => return Next::Ended(Ok(())),
                Event::Failed(failure) if mine => return Next::Ended(Err(failure)),
                _ => {}
            }
        }
    }

    pub(crate) async fn code(&mut self, expected: ShownKind) -> String {
        match self.next().await {
            Next::Code(kind, code) if kind == expected => code,
            Next::Ended(ended) => panic!("{ended:?}"),
            _ => panic!("something else"),
        }
    }

    pub(crate) async fn wanted(&mut self) -> Option<CodeTrouble> {
        let Next::Wanted(refused) = self.next().await else { panic!("no code is wanted") };
        refused
    }

    /// Until the link stands.
    async fn met(&mut self) {
        while !matches!(self.events.next().await.unwrap().event, Event::Peer { .. }) {}
    }

    pub(crate) async fn ended(&mut self) -> Result<(), Failure> {
        loop {
            if let Next::Ended(ended) = self.next().await {
                return ended;
            }
        }
    }
}

/// Both end well, with the same digits.
async fn both(mut one: Device, mut other: Device) {
    let (first, second) = tokio::join!(one.ended(), other.ended());
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    assert_eq!((&one.heard, &other.heard), (&vec!["peer", "measured"], &vec!["peer", "measured"]));
    assert!(one.digits.is_some() && one.digits == other.digits);
}

#[tokio::test]
async fn a_ticket_leads_to_the_place_that_the_other_hosts() {
    let mut shows = Device::begin(Meet::Show(Form::Ticket), loopback()).await;
    let link = shows.code(ShownKind::Ticket).await;
    let reads = Device::reads(&link, loopback()).await;
    both(shows, reads).await;
}

#[tokio::test]
async fn a_typed_code_leads_through_a_service() {
    let service = service().await;
    let mut shows = Device::begin(Meet::Show(Form::Typed), through(&service)).await;
    let code = shows.code(ShownKind::Typed).await;
    // As a person types it.
    let reads = Device::reads(&code.replace('-', " ").to_uppercase(), through(&service)).await;
    both(shows, reads).await;
}

#[tokio::test]
async fn two_codes_by_hand_need_nothing_but_the_link() {
    let mut shows = Device::begin(Meet::Show(Form::ByHand), loopback()).await;
    let first = shows.code(ShownKind::First).await;
    assert_eq!(shows.wanted().await, None);
    let mut reads = Device::reads(&first, loopback()).await;
    let second = reads.code(ShownKind::Second).await;
    // What does not belong to it may be followed by the right one.
    for (wrong, why) in [("hello", CodeTrouble::Unreadable), (first.as_str(), CodeTrouble::OtherMeeting)] {
        shows.commands.send(Command::Carried(CarriedCode::new(wrong))).await.unwrap();
        assert_eq!(shows.wanted().await, Some(why));
    }
    shows.commands.send(Command::Carried(CarriedCode::new(&second))).await.unwrap();
    both(shows, reads).await;
}

#[tokio::test]
async fn a_wrong_word_ends_it_on_both_sides() {
    let service = service().await;
    let mut shows = Device::begin(Meet::Show(Form::Typed), through(&service)).await;
    let code = shows.code(ShownKind::Typed).await;
    let number = code.split('-').next().unwrap();
    let guess = format!("{number} zoo zoo zoo zoo");
    let mut reads = Device::reads(&guess, through(&service)).await;
    let (first, second) = tokio::join!(shows.ended(), reads.ended());
    for ended in [first, second] {
        assert!(matches!(ended, Err(Failure::Peer(PeerTrouble::WrongCode))), "{ended:?}");
    }
    // The number is used up too.
    let late = Device::reads(&code, through(&service)).await.ended().await;
    assert!(matches!(late, Err(Failure::Network(NetTrouble::UnknownNumber))), "{late:?}");
}

#[tokio::test]
async fn a_second_device_with_the_same_code_is_kept_out() {
    let service = service().await;
    let mut shows = Device::begin(Meet::Show(Form::Ticket), through(&service)).await;
    let link = shows.code(ShownKind::Ticket).await;
    let mut one = Device::reads(&link, loopback()).await;
    shows.met().await;
    let mut thief = Device::reads(&link, loopback()).await;
    let (shown, one, thief) = tokio::join!(shows.ended(), one.ended(), thief.ended());
    assert!(shown.is_ok() && one.is_ok(), "{shown:?} {one:?}");
    assert!(matches!(thief, Err(Failure::Peer(PeerTrouble::Intruder))), "{thief:?}");
    assert_eq!(shows.heard.iter().filter(|heard| **heard == "stranger").count(), 1, "{:?}", shows.heard);
}

#[tokio::test]
async fn a_service_that_dies_after_the_meeting_takes_nothing_along() {
    // On a runtime of its own, so that it dies with all its connections, as in a crash.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let service = runtime.spawn(service()).await.unwrap();
    let mut shows = Device::begin(Meet::Show(Form::Typed), through(&service)).await;
    let code = shows.code(ShownKind::Typed).await;
    let mut reads = Device::reads(&code, through(&service)).await;
    tokio::join!(shows.met(), reads.met());
    runtime.shutdown_background();
    let (first, second) = tokio::join!(shows.ended(), reads.ended());
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_ticket_that_nobody_used_dies_also_while_the_machine_sleeps() {
    let clock = SetClock::at(NOW_MS);
    let mut shows = Device::at(clock.clone(), Meet::Show(Form::Ticket), loopback()).await;
    shows.code(ShownKind::Ticket).await;
    clock.sleep(Duration::from_secs(2 * 60));
    let ended = shows.ended().await;
    assert!(matches!(ended, Err(Failure::Network(NetTrouble::Expired))), "{ended:?}");
}

#[tokio::test]
async fn cancelling_shows_on_the_other_side() {
    let mut shows = Device::begin(Meet::Show(Form::Ticket), loopback()).await;
    let link = shows.code(ShownKind::Ticket).await;
    let mut reads = Device::reads(&link, loopback()).await;
    shows.met().await;
    shows.commands.cancel(shows.by);
    let (first, second) = tokio::join!(shows.ended(), reads.ended());
    assert!(matches!(first, Err(Failure::Cancelled)), "{first:?}");
    assert!(matches!(second, Err(Failure::Peer(PeerTrouble::Cancelled))), "{second:?}");
}

#[tokio::test]
async fn what_is_no_code_or_one_for_something_else_begins_nothing() {
    for (text, why) in [
        ("", CodeTrouble::Unreadable),
        ("nyx:aeaa", CodeTrouble::Unreadable),
        ("hello there", CodeTrouble::Unreadable),
        // As far as this version knows.
        ("nyx:aiaacmjrgeytcmjr", CodeTrouble::LaterVersion),
        // The ticket of the specification: somebody receives an account.
        (
            "nyx:aeaacmjrgeytcmjrgeytcmjrgeytcmjrgeytcmjrgeytcmjrgeytcmjr2zch46huah6hohyym2n6x53yaqari53tom5c6l3opf4c4zlymfwxa3\
             dff53dcaqgycuacbypua",
            CodeTrouble::OtherPurpose,
        ),
    ] {
        let ended = Device::reads(text, loopback()).await.ended().await;
        assert!(matches!(&ended, Err(Failure::Code(trouble)) if *trouble == why), "{text}: {ended:?}");
    }
    let ended = Device::reads("7-zoo-zoo-zoo-zoz", through("ws://127.0.0.1:1")).await.ended().await;
    assert!(matches!(ended, Err(Failure::Code(CodeTrouble::Word(4)))), "{ended:?}");
}

#[tokio::test]
async fn what_the_settings_leave_no_way_for_is_said_at_once() {
    let contradiction = Reach { lan_only: true, relay_only: true, ..loopback() };
    let no_such = Reach { interfaces: vec!["none0".into()], ..Reach::default() };
    let relay_only = Reach { relay_only: true, ..loopback() };
    for (form, reach, why) in [
        (Form::Ticket, contradiction.clone(), NetTrouble::Contradiction),
        (Form::ByHand, contradiction, NetTrouble::Contradiction),
        (Form::Ticket, no_such.clone(), NetTrouble::NoNetwork),
        (Form::ByHand, no_such, NetTrouble::NoNetwork),
        (Form::Typed, loopback(), NetTrouble::ServiceNeeded),
        // Hosting tells an own address, and so does a code by hand.
        (Form::Ticket, relay_only.clone(), NetTrouble::NoRelay),
        (Form::ByHand, relay_only, NetTrouble::NoRelay),
        (Form::Ticket, through("https://example.org"), NetTrouble::NotAService),
    ] {
        let ended = Device::begin(Meet::Show(form), reach).await.ended().await;
        assert!(matches!(&ended, Err(Failure::Network(trouble)) if *trouble == why), "{form:?} {ended:?}");
    }
}

#[tokio::test]
async fn a_stranger_s_ticket_leads_to_no_program_of_this_machine() {
    let program = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let ticket = ticket_to(program.local_addr().unwrap());
    let ended = Device::reads(&ticket, Reach::default()).await.ended().await;
    assert!(matches!(ended, Err(Failure::Network(NetTrouble::NoWay))), "{ended:?}");
    assert!(timeout(Duration::ZERO, program.accept()).await.is_err(), "it was called");
}

#[tokio::test]
async fn who_wants_only_a_relay_calls_no_place_that_the_other_hosts() {
    let place = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let ticket = ticket_to(place.local_addr().unwrap());
    let ended = Device::reads(&ticket, Reach { relay_only: true, ..loopback() }).await.ended().await;
    assert!(matches!(ended, Err(Failure::Network(NetTrouble::NoWay))), "{ended:?}");
}

/// A ticket of somebody who says to be met there.
fn ticket_to(place: SocketAddr) -> String {
    let hints = Hints::new(None, &[place], &[place]).unwrap();
    let ticket = Ticket { kind: Kind::Check, secret: [7; 32].into(), commitment: [7; 16], hints };
    Scanned::Ticket(ticket).to_link().to_string()
}

#[tokio::test]
async fn one_meeting_at_a_time_and_no_code_without_one() {
    let mut device = Device::begin(Meet::Show(Form::Ticket), loopback()).await;
    // Nobody waits for a second code here, but somebody might: it is taken, and the meeting goes on.
    device.code(ShownKind::Ticket).await;
    let meet = Meet::Show(Form::Ticket);
    device.by = device.commands.send(Command::CheckLink { meet, reach: loopback() }).await.unwrap();
    let busy = device.ended().await;
    assert!(matches!(busy, Err(Failure::Busy)), "{busy:?}");
    let mut over = Device::reads("", loopback()).await;
    assert!(over.ended().await.is_err());
    over.by = over.commands.send(Command::Carried(CarriedCode::new("7"))).await.unwrap();
    let refused = over.ended().await;
    assert!(matches!(refused, Err(Failure::Code(CodeTrouble::NotWanted))), "{refused:?}");
    // An engine that ends takes its meeting along.
    let Device { commands, mut events, .. } = device;
    drop(commands);
    while events.next().await.is_some() {}
}

#[tokio::test]
async fn a_meeting_that_nobody_wants_any_more_makes_room_for_the_next_one() {
    let mut device = Device::begin(Meet::Show(Form::Ticket), loopback()).await;
    device.code(ShownKind::Ticket).await;
    device.commands.cancel(device.by);
    let before = device.by;
    device.by =
        device.commands.send(Command::CheckLink { meet: Meet::Show(Form::Ticket), reach: loopback() }).await.unwrap();
    let mut is_over = false;
    loop {
        let told = device.events.next().await.unwrap();
        match told.event {
            Event::Failed(Failure::Cancelled) if told.by == Some(before) => is_over = true,
            Event::Code(_) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(is_over, "the next one began before the one before had ended");
}

/// How a meeting of this device ends at once, or that it shows a code.
async fn shows(front: &mut Front, reach: Reach) -> Result<(), Failure> {
    shows_as(front, Form::Ticket, reach).await
}

async fn shows_as(front: &mut Front, form: Form, reach: Reach) -> Result<(), Failure> {
    let by = front.commands.send(Command::CheckLink { meet: Meet::Show(form), reach }).await.unwrap();
    loop {
        let told = front.events.next().await.unwrap();
        match told.event {
            Event::Failed(failure) if told.by == Some(by) => return Err(failure),
            Event::Code(_) => break,
            _ => {}
        }
    }
    front.commands.cancel(by);
    while !matches!(front.events.next().await.unwrap().event, Event::Failed(Failure::Cancelled)) {}
    Ok(())
}

#[tokio::test]
async fn who_hides_stays_hidden_with_the_vault_open_locked_or_not_even_found() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    shows(&mut front, loopback()).await.unwrap();
    let hide = Settings { hide_address: true, ..Settings::default() };
    front.run(Command::ChangeSettings(hide.clone())).await.unwrap();
    let is_hidden = |ended: Result<(), Failure>| matches!(ended, Err(Failure::Network(NetTrouble::NoRelay)));
    assert!(is_hidden(shows(&mut front, loopback()).await));
    // Said for this one meeting: nothing crosses a router.
    let lan_only = Reach { lan_only: true, ..loopback() };
    shows(&mut front, lan_only).await.unwrap();
    front.run(Command::Lock).await.unwrap();
    assert!(is_hidden(shows(&mut front, loopback()).await));
    front.close().await;
    let mut front = Front::at(&home);
    assert!(is_hidden(shows(&mut front, loopback()).await), "the vault was not even looked for");
    // What the vault says counts once it is open: somebody may have taken the file away.
    std::fs::remove_file(dir.path().join("home.hide-address")).unwrap();
    front.unlock().await.unwrap();
    front.run(Command::Lock).await.unwrap();
    assert!(is_hidden(shows(&mut front, loopback()).await));
    front.unlock().await.unwrap();
    front.run(Command::ChangeSettings(Settings::default())).await.unwrap();
    shows(&mut front, loopback()).await.unwrap();
    front.run(Command::ChangeSettings(hide)).await.unwrap();
    front.run(Command::Erase).await.unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing of it stays");
}

#[tokio::test]
async fn the_service_of_all_meetings_is_used_where_one_names_none_and_only_while_the_vault_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let settings = Settings { service: Some(service().await), ..Settings::default() };
    front.run(Command::ChangeSettings(settings)).await.unwrap();
    shows_as(&mut front, Form::Typed, loopback()).await.unwrap();
    let needs_one = |ended: Result<(), Failure>| matches!(ended, Err(Failure::Network(NetTrouble::ServiceNeeded)));
    // What is to stay on this network calls none, and a locked vault tells of none.
    let lan_only = Reach { lan_only: true, ..loopback() };
    assert!(needs_one(shows_as(&mut front, Form::Typed, lan_only).await));
    front.run(Command::Lock).await.unwrap();
    assert!(needs_one(shows_as(&mut front, Form::Typed, loopback()).await));
}
