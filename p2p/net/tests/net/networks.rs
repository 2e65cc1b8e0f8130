//! Links between two network namespaces.

use crate::{
    ends::{CHUNK, PATIENCE, Post, anywhere, drain, pour, reaches, run, up},
    log::Log,
};
use bytes::Bytes;
use nyx_net::{
    lane::Purpose,
    link::{Link, Options, Path, State},
    policy::{Grant, IceServer, Settings},
};
use nyx_testkit::{
    hosts::{Capture, Conditions, INTERFACE, LEFT, Pair, RIGHT, possible},
    process::{Process, wait_for_port},
    soak,
};
use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::timeout;

#[test]
fn two_hosts_without_route_or_name_service_link() {
    if !possible("two_hosts_without_route_or_name_service_link") {
        return;
    }
    let pair = Pair::cable();
    let (left, right) = both_ways(&pair, anywhere(), 16);
    assert_eq!((left, right), (Path::Lan, Path::Lan));
}

#[test]
fn a_hundred_megabytes_each_way_arrive_unchanged() {
    if possible("a_hundred_megabytes_each_way_arrive_unchanged") {
        both_ways(&Pair::cable(), anywhere(), HUNDRED_MB);
    }
}

#[test]
fn a_path_that_swallows_large_packets_without_a_word_carries_a_link() {
    if !possible("a_path_that_swallows_large_packets_without_a_word_carries_a_link") {
        return;
    }
    let pair = Pair::cable();
    for namespace in [&pair.left, &pair.right] {
        namespace.swallow_above(1000);
    }
    both_ways(&pair, anywhere(), 64);
}

#[test]
fn lan_only_speaks_to_the_other_host_and_nobody_else() {
    if !possible("lan_only_speaks_to_the_other_host_and_nobody_else") {
        return;
    }
    let two: BTreeSet<String> = [format!("{LEFT} > {RIGHT}"), format!("{RIGHT} > {LEFT}")].into();
    let seen = |lan_only| {
        let pair = Pair::cable();
        // A way out, so that whatever wants out is seen.
        pair.left.run("ip", &["route", "add", "default", "via", &RIGHT.to_string()]);
        let capture = Capture::start(&pair.left);
        let servers = ["stun:198.51.100.7:3478", "turn:198.51.100.8:3478"].map(|url| IceServer {
            url: url.into(),
            username: "u".into(),
            credential: "c".into(),
        });
        let settings = Settings { lan_only, servers: servers.into(), ..Settings::default() };
        both_ways(&pair, settings.decide().unwrap(), 1);
        capture.conversations()
    };
    assert_eq!(seen(true), two);
    // The same without the switch shows that the capture would have seen it.
    assert!(seen(false).contains(&format!("{LEFT} > 198.51.100.7")));
}

#[test]
fn relay_only_speaks_to_the_relay_and_nobody_else() {
    if !possible("relay_only_speaks_to_the_relay_and_nobody_else") {
        return;
    }
    let pair = Pair::cable();
    let relay = Relay::start(&pair);
    let capture = Capture::start(&pair.left);
    let began = Instant::now();
    // At the pace of keep-alives, which it once had, this would take minutes.
    let paths = both_ways(&pair, relay.grant(), 16);
    println!("through a relay: {:?}", began.elapsed());
    assert_eq!(paths, (Path::Relay, Path::Relay));
    let relay: BTreeSet<String> = [format!("{LEFT} > {RELAY}"), format!("{RELAY} > {LEFT}")].into();
    assert_eq!(capture.conversations(), relay);
}

#[test]
fn a_link_resumes_after_either_side_changed_its_address_or_both() {
    if !possible("a_link_resumes_after_either_side_changed_its_address_or_both") {
        return;
    }
    for moving in [[false, true], [true, false], [true, true]] {
        resumes(moving);
    }
}

fn resumes([left_moves, right_moves]: [bool; 2]) {
    let pair = Pair::cable();
    let (took, ()) = run(
        &pair.left,
        &pair.right,
        async |mut post: Post| {
            let link = post.offer(Options::new(anywhere())).await;
            up(&link).await;
            link.lane(Purpose::Chat).send(Bytes::from_static(b"before")).await.unwrap();
            post.receive().await;
            if left_moves {
                pair.left.readdress(Ipv4Addr::new(10, 77, 0, 98));
            }
            let moved = Instant::now();
            // Said into the silence; it must not be lost.
            link.lane(Purpose::Chat).send(Bytes::from_static(b"between")).await.unwrap();
            reaches(&link, |state| *state == State::Interrupted).await;
            post.restart(&link).await;
            reaches(&link, |state| matches!(state, State::Up(_))).await;
            link.lane(Purpose::Chat).send(Bytes::from_static(b"after")).await.unwrap();
            post.receive().await;
            moved.elapsed()
        },
        async |mut post: Post| {
            let link = post.answer(Options::new(anywhere())).await;
            up(&link).await;
            let chat = link.lane(Purpose::Chat);
            assert_eq!(chat.receive().await.unwrap().unwrap(), "before");
            if right_moves {
                pair.right.readdress(Ipv4Addr::new(10, 77, 0, 99));
            }
            post.send(b"moved");
            post.answer_restart(&link).await;
            for expected in ["between", "after"] {
                assert_eq!(timeout(PATIENCE, chat.receive()).await.unwrap().unwrap().unwrap(), expected);
            }
            post.send(b"heard");
        },
    );
    println!("left moves: {left_moves}, right moves: {right_moves}; silent for {took:?}");
}

#[test]
fn what_is_under_way_goes_on_after_a_long_time_without_a_network() {
    if !possible("what_is_under_way_goes_on_after_a_long_time_without_a_network") {
        return;
    }
    // SCTP gives up after a minute.
    let time = Duration::from_secs(soak(1, 120) as u64);
    let (near, far) = (Pair::cable(), Pair::cable());
    let relay = Relay::start(&far);
    thread::scope(|scope| {
        scope.spawn(|| goes_on_after(&near, anywhere(), time));
        scope.spawn(|| goes_on_after(&far, relay.grant(), time));
    });
}

/// Nothing tells the two that the network is back, and nobody carries a new description.
fn goes_on_after(pair: &Pair, grant: Grant, time: Duration) {
    let ends = [&pair.left, &pair.right];
    let end = async |link: Link, mut post: Post, own: u8, cut: &dyn Fn(bool)| {
        up(&link).await;
        let chat = link.lane(Purpose::Chat);
        chat.send(Bytes::from_static(b"before")).await.unwrap();
        assert_eq!(chat.receive().await.unwrap().unwrap(), "before");
        post.send(b"seen");
        post.receive().await;
        cut(true);
        // More than fits into one packet, so that nothing new can go out before it.
        for number in 0..SAID {
            chat.send(vec![own ^ number; CHUNK].into()).await.unwrap();
        }
        reaches(&link, |state| *state == State::Interrupted).await;
        tokio::time::sleep(time).await;
        cut(false);
        for number in 0..SAID {
            let heard = timeout(PATIENCE, chat.receive()).await.expect("it goes on").unwrap().unwrap();
            assert_eq!(heard, vec![!own ^ number; CHUNK]);
        }
        // Neither goes while the other one waits.
        post.send(b"heard");
        post.receive().await;
    };
    let cut = |is_cut: bool| {
        for end in ends {
            if is_cut {
                end.filter("meta l4proto udp drop");
            } else {
                end.swallow_nothing();
            }
        }
    };
    let other = grant.clone();
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| end(post.offer(Options::new(grant)).await, post, 0, &cut).await,
        async |mut post: Post| end(post.answer(Options::new(other)).await, post, !0, &|_| {}).await,
    );
}

#[test]
fn loss_and_delay_change_nothing_but_the_time() {
    if !possible("loss_and_delay_change_nothing_but_the_time") {
        return;
    }
    for (lost, chunks) in [(0, soak(160, HUNDRED_MB)), (100, soak(32, HUNDRED_MB)), (500, soak(4, 160))] {
        let conditions =
            Conditions { lost, doubled: 50, overtaken: 50, ..Conditions::delayed(7, Duration::from_millis(20)) };
        let began = Instant::now();
        both_ways(&Pair::path(conditions), anywhere(), chunks);
        println!("{lost} of 10,000 lost, 40 ms: {chunks} chunks each way in {:?}", began.elapsed());
    }
}

/// Bulk both ways at once, compared by hash. Returns the paths.
fn both_ways(pair: &Pair, grant: Grant, chunks: usize) -> (Path, Path) {
    let end = async |link: Link, mut post: Post, seed: u8| {
        let log = Log::start();
        up(&link).await;
        let State::Up(path) = *link.state().borrow() else { panic!("the link is up") };
        let bulk = link.lane(Purpose::Bulk);
        let (sent, received) = tokio::join!(pour(&link, chunks, seed), drain(&bulk, chunks));
        post.send(&sent);
        assert_eq!(post.receive().await, received);
        // Never through a relay, which would see a second connection.
        assert_eq!(log.said("QUIC may run"), path != Path::Relay);
        path
    };
    let other = grant.clone();
    run(
        &pair.left,
        &pair.right,
        async |mut post: Post| end(post.offer(Options::new(grant)).await, post, 1).await,
        async |mut post: Post| end(post.answer(Options::new(other)).await, post, 2).await,
    )
}

/// A relay at a second address beside the right one's, so that who is spoken to can be told apart.
struct Relay {
    _server: Process,
    _folder: TempDir,
}

impl Relay {
    fn start(pair: &Pair) -> Self {
        pair.right.run("ip", &["address", "add", &format!("{RELAY}/24"), "dev", INTERFACE]);
        let folder = tempfile::tempdir().unwrap();
        let mut command = pair.right.command("turnserver");
        command.args([
            "-n",
            "--no-cli",
            "--no-tls",
            "--no-dtls",
            "--lt-cred-mech",
            "--user",
            "u:c",
            "--realm",
            "nyx.test",
        ]);
        command.args(["-L", RELAY, "-E", RELAY, "--log-file", "stdout", "--pidfile"]).arg(folder.path().join("pid"));
        command.stdout(Stdio::null()).current_dir(folder.path());
        let server = Process::start(&mut command);
        pair.right.enter(|| wait_for_port(format!("{RELAY}:3478").parse().unwrap()));
        Self { _server: server, _folder: folder }
    }

    /// Nothing but it.
    fn grant(&self) -> Grant {
        let url = format!("turn:{RELAY}:3478?transport=udp");
        let server = IceServer { url, username: "u".into(), credential: "c".into() };
        Settings { relay_only: true, servers: vec![server], ..Settings::default() }.decide().unwrap()
    }
}

const RELAY: &str = "10.77.0.3";
/// In chunks of 64 KiB.
pub(crate) const HUNDRED_MB: usize = 1526;
/// Long messages that are said into the silence.
const SAID: u8 = 8;
