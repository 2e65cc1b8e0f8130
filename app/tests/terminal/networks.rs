//! Two programs on networks of their own, and what there is of services: nothing, or real ones.

use crate::{
    doctor::{done, expect, figures, introduced, measured},
    nyx::{Place, Talk},
    service,
};
use nyx_testkit::{
    hosts::{Between, Capture, FAR, LEFT, MIDDLE, Namespace, Pair, RIGHT, possible},
    process::{Process, wait_for_port},
};
use nyx_wire::pairing::{Hints, Scanned};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Stdio,
    thread,
    time::Instant,
};

#[test]
fn two_whose_code_is_out_of_date_find_each_other_by_announcing_themselves() {
    if !possible("two_whose_code_is_out_of_date_find_each_other_by_announcing_themselves") {
        return;
    }
    let (place, pair) = (Place::empty(), Pair::cable());
    let capture = Capture::start(&pair.left);
    let mut shows = doctor(&place, &pair.left, &["--show", "--lan-only"]);
    let ticket = expect(&mut shows, "ticket");
    // Neither the hosted room nor the search is any more where the code says.
    pair.left.readdress(MOVED);
    let mut reads = reading(&place, &pair.right, &ticket, &["--lan-only"]);
    figures(&mut shows, &mut reads, "lan");
    done(shows);
    done(reads);
    only_the_two_spoke(capture, &[LEFT, MOVED]);
}

#[test]
fn where_multicast_is_dropped_the_address_in_the_code_leads_there() {
    if !possible("where_multicast_is_dropped_the_address_in_the_code_leads_there") {
        return;
    }
    let (place, pair) = (Place::empty(), Pair::cable());
    without_multicast(&pair);
    let capture = Capture::start(&pair.left);
    let mut shows = doctor(&place, &pair.left, &["--show", "--lan-only"]);
    let ticket = expect(&mut shows, "ticket");
    let hints = hints(&ticket);
    assert_eq!(hints.lan()[0].ip(), LEFT);
    block(&pair.left, hints.hosted());
    let mut reads = reading(&place, &pair.right, &ticket, &["--lan-only"]);
    figures(&mut shows, &mut reads, "lan");
    done(shows);
    done(reads);
    only_the_two_spoke(capture, &[LEFT]);
}

#[test]
fn where_the_code_leads_nowhere_a_typed_address_does() {
    if !possible("where_the_code_leads_nowhere_a_typed_address_does") {
        return;
    }
    let (place, pair) = (Place::empty(), Pair::cable());
    without_multicast(&pair);
    let mut shows = doctor(&place, &pair.left, &["--show"]);
    let ticket = expect(&mut shows, "ticket");
    let hints = hints(&ticket);
    assert_eq!(ticket["addresses"][0], hints.lan()[0].to_string());
    block(&pair.left, &[hints.hosted(), hints.lan()].concat());
    // Somebody who knows this network has opened another way in.
    let opened = opened(&pair.left, hints.lan()[0]);
    let mut reads = reading(&place, &pair.right, &ticket, &["--address", &opened.to_string()]);
    figures(&mut shows, &mut reads, "lan");
    done(shows);
    done(reads);
}

#[test]
fn a_service_that_is_killed_after_it_introduced_two_takes_nothing_along() {
    if !possible("a_service_that_is_killed_after_it_introduced_two_takes_nothing_along") {
        return;
    }
    for typed in [false, true] {
        let (place, between) = (Place::empty(), Between::routed());
        let mut service = service_at(&between.middle, &[]);
        only_the_service_leads_to(&between.left);
        let (mut shows, mut reads) = meet_at_the_service(&place, &between, typed, &[]);
        introduced(&mut shows, &mut reads, "direct");
        service.kill();
        measured(&mut shows, &mut reads);
        done(shows);
        done(reads);
    }
}

#[test]
fn where_no_direct_path_is_a_relay_of_the_service_carries_the_link() {
    if !possible("where_no_direct_path_is_a_relay_of_the_service_carries_the_link") {
        return;
    }
    for relay_only in [false, true] {
        let (place, between) = (Place::empty(), Between::apart());
        let folder = tempfile::tempdir().unwrap();
        let _relay = relay(&between.middle, folder.path());
        let secret = folder.path().join("secret");
        fs::write(&secret, SECRET).unwrap();
        let turn = format!("turn:{MIDDLE}:3478?transport=udp");
        let _service = service_at(&between.middle, &["--turn", &turn, "--turn-secret-file", secret.to_str().unwrap()]);
        let capture = Capture::start(&between.left);
        let more: &[&str] = if relay_only { &["--relay-only"] } else { &[] };
        let (mut shows, mut reads) = meet_at_the_service(&place, &between, false, more);
        figures(&mut shows, &mut reads, "relay");
        done(shows);
        done(reads);
        let seen = conversations(capture);
        if relay_only {
            let relay = [(LEFT, MIDDLE), (MIDDLE, LEFT)].map(|(from, to)| format!("{from} > {to}"));
            assert_eq!(seen, relay.into());
        } else {
            // What else it tried shows that the capture would have seen it.
            assert!(seen.contains(&format!("{LEFT} > {FAR}")), "{seen:?}");
        }
    }
}

#[test]
fn a_link_resumes_after_its_device_moved_because_both_find_each_other_again() {
    if !possible("a_link_resumes_after_its_device_moved_because_both_find_each_other_again") {
        return;
    }
    for left_moves in [true, false] {
        let (place, pair) = (Place::empty(), Pair::cable());
        let mut shows = doctor(&place, &pair.left, &["--show"]);
        let ticket = expect(&mut shows, "ticket");
        let reads = reading(&place, &pair.right, &ticket, &[]);
        let moving = if left_moves { &pair.left } else { &pair.right };
        resumes(shows, reads, "lan", || moving.readdress(MOVED));
    }
}

#[test]
fn a_link_resumes_after_its_device_moved_because_both_come_back_to_the_service() {
    if !possible("a_link_resumes_after_its_device_moved_because_both_come_back_to_the_service") {
        return;
    }
    let (place, between) = (Place::empty(), Between::routed());
    let _service = service_at(&between.middle, &[]);
    only_the_service_leads_to(&between.left);
    let (shows, reads) = meet_at_the_service(&place, &between, false, &[]);
    resumes(shows, reads, "direct", || between.move_left(MOVED));
}

/// Both say that the link broke and came back, and end well. Five seconds are what a person should wait at most; how long it
/// took is printed.
fn resumes(mut shows: Talk, mut reads: Talk, path: &str, moves: impl FnOnce()) {
    introduced(&mut shows, &mut reads, path);
    moves();
    let moved = Instant::now();
    for talk in [&mut shows, &mut reads] {
        expect(talk, "stalled");
    }
    for talk in [&mut shows, &mut reads] {
        expect(talk, "resumed");
    }
    println!("{path}: resumed {:?} after one moved", moved.elapsed());
    measured(&mut shows, &mut reads);
    done(shows);
    done(reads);
}

fn doctor(place: &Place, network: &Namespace, arguments: &[&str]) -> Talk {
    place.start_on(network, &[&["doctor", "--peer", "--json"], arguments].concat())
}

/// The other program, with the code of the first.
fn reading(place: &Place, network: &Namespace, ticket: &Value, arguments: &[&str]) -> Talk {
    let mut reads = doctor(place, network, arguments);
    reads.asked("link");
    let field = if ticket["kind"] == "typed" { "code" } else { "link" };
    reads.answer(ticket[field].as_str().unwrap());
    reads
}

fn meet_at_the_service(place: &Place, between: &Between, typed: bool, more: &[&str]) -> (Talk, Talk) {
    let signal = format!("ws://{MIDDLE}:{PORT}");
    let through: &[&str] = if typed { &["--code", "--signal", &signal] } else { &["--signal", &signal] };
    let mut shows = doctor(place, &between.left, &[&["--show"], through, more].concat());
    let ticket = expect(&mut shows, "ticket");
    // A code that is scanned names the service.
    let reads = reading(place, &between.right, &ticket, &[if typed { through } else { &[] }, more].concat());
    (shows, reads)
}

/// A real service, which everybody reaches.
pub(crate) fn service_at(network: &Namespace, arguments: &[&str]) -> Process {
    let mut command = network.command(service::program().to_str().unwrap());
    command.args(["--listen", &format!("{}:{PORT}", Ipv4Addr::UNSPECIFIED)]).args(arguments).stdout(Stdio::null());
    let mut service = Process::start(&mut command);
    service.wait_for("listening");
    service
}

/// A real relay, which takes the credentials that the service makes.
fn relay(network: &Namespace, folder: &Path) -> Process {
    let address = MIDDLE.to_string();
    let mut command = network.command("turnserver");
    command.args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", "--realm", "nyx.test"]);
    command.args(["--static-auth-secret", SECRET, "-L", &address, "-E", &address, "--log-file", "stdout"]);
    command.arg("--pidfile").arg(folder.join("pid")).stdout(Stdio::null()).current_dir(folder);
    let relay = Process::start(&mut command);
    network.enter(|| wait_for_port(SocketAddr::from((MIDDLE, 3478))));
    relay
}

/// Whoever wants to meet the device there has to go to the service.
fn only_the_service_leads_to(network: &Namespace) {
    network.filter(&format!("ip saddr != {MIDDLE} ip protocol tcp drop"));
}

fn without_multicast(pair: &Pair) {
    for network in [&pair.left, &pair.right] {
        network.filter("ip daddr 224.0.0.0/4 drop");
    }
}

fn block(network: &Namespace, places: &[SocketAddr]) {
    for place in places {
        network.filter(&format!("tcp dport {} drop", place.port()));
    }
}

/// Passes on what comes to another port; where that is.
fn opened(network: &Namespace, to: SocketAddr) -> SocketAddr {
    network.enter(|| {
        let listener = TcpListener::bind((LEFT, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        thread::spawn(move || {
            for from in listener.incoming().map_while(Result::ok) {
                let to = TcpStream::connect(to).unwrap();
                for (mut from, mut to) in [(from.try_clone().unwrap(), to.try_clone().unwrap()), (to, from)] {
                    thread::spawn(move || io::copy(&mut from, &mut to));
                }
            }
        });
        at
    })
}

fn hints(ticket: &Value) -> Hints {
    let Scanned::Ticket(ticket) = Scanned::parse(ticket["link"].as_str().unwrap()).unwrap() else { panic!("a ticket") };
    ticket.hints
}

/// Without what the kernel itself tells switches about groups.
fn conversations(capture: Capture) -> BTreeSet<String> {
    let mut seen = capture.conversations();
    seen.retain(|line| !line.ends_with("> 224.0.0.22"));
    seen
}

/// The left one, last at the last of these addresses, and the right one spoke to each other, and nobody else was spoken to; whoever
/// is found soon need not announce itself.
fn only_the_two_spoke(capture: Capture, left: &[Ipv4Addr]) {
    let seen = conversations(capture);
    let line = |from: Ipv4Addr, to: Ipv4Addr| format!("{from} > {to}");
    let left_now = left[left.len() - 1];
    assert!(seen.contains(&line(left_now, RIGHT)) && seen.contains(&line(RIGHT, left_now)), "{seen:?}");
    let announced = left.iter().chain([&RIGHT]).map(|from| line(*from, GROUP));
    let may: BTreeSet<_> = announced.chain([line(left_now, RIGHT), line(RIGHT, left_now)]).collect();
    assert!(seen.is_subset(&may), "{seen:?}");
}

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
/// Where a device is after it moved.
pub(crate) const MOVED: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 98);
const PORT: u16 = 8440;
const SECRET: &str = "between the service and its relay";
