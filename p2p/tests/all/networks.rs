//! Two devices on a network of their own: no route, no name service, nobody else.

use crate::pairing::Device;
use nyx_p2p::{CarriedCode, Command, Form, Meet, Reach, ShownKind};
use nyx_signal::{IceServers, Options, Server, TurnSecret};
use nyx_testkit::{
    hosts::{Capture, INTERFACE, LEFT, Namespace, Pair, RIGHT, possible},
    process::{Process, wait_for_port},
};
use std::{collections::BTreeSet, fs, net::Ipv4Addr, path::Path, process::Stdio, sync::mpsc};

/// A way on which people carry codes.
type Hand = (mpsc::SyncSender<String>, mpsc::Receiver<String>);

fn hands() -> (Hand, Hand) {
    let ((to_right, from_left), (to_left, from_right)) = (mpsc::sync_channel(4), mpsc::sync_channel(4));
    ((to_right, from_right), (to_left, from_left))
}

/// Each in a namespace and on a runtime of its own.
fn run(
    left: &Namespace,
    right: &Namespace,
    at_left: impl AsyncFnOnce(Hand) + Send,
    at_right: impl AsyncFnOnce(Hand) + Send,
) {
    let (left_hand, right_hand) = hands();
    std::thread::scope(|scope| {
        let left = scope.spawn(move || left.enter(move || block_on(at_left(left_hand))));
        let right = scope.spawn(move || right.enter(move || block_on(at_right(right_hand))));
        for end in [left, right] {
            end.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
}

async fn ends_well(mut device: Device) {
    let ended = device.ended().await;
    assert!(ended.is_ok(), "{ended:?}");
}

#[test]
fn a_ticket_is_enough_where_there_is_neither_route_nor_name_service() {
    if !possible("a_ticket_is_enough_where_there_is_neither_route_nor_name_service") {
        return;
    }
    let pair = Pair::cable();
    let lan_only = || Reach { lan_only: true, ..Reach::default() };
    run(
        &pair.left,
        &pair.right,
        async |(to, _): Hand| {
            let mut shows = Device::begin(Meet::Show(Form::Ticket), Reach::default()).await;
            to.send(shows.code(ShownKind::Ticket).await).unwrap();
            ends_well(shows).await;
        },
        async |(_, from): Hand| ends_well(Device::reads(&from.recv().unwrap(), lan_only()).await).await,
    );
}

#[test]
fn by_hand_no_socket_is_made_but_the_links() {
    if !possible("by_hand_no_socket_is_made_but_the_links") {
        return;
    }
    let pair = Pair::cable();
    let capture = Capture::start(&pair.left);
    run(
        &pair.left,
        &pair.right,
        async |(to, from): Hand| {
            let mut shows = Device::begin(Meet::Show(Form::ByHand), Reach::default()).await;
            to.send(shows.code(ShownKind::First).await).unwrap();
            shows.wanted().await;
            only_the_links_sockets();
            let second = from.recv().unwrap();
            shows.commands.send(Command::Carried(CarriedCode::new(&second))).await.unwrap();
            ends_well(shows).await;
        },
        async |(to, from): Hand| {
            let mut reads = Device::reads(&from.recv().unwrap(), Reach::default()).await;
            to.send(reads.code(ShownKind::Second).await).unwrap();
            only_the_links_sockets();
            ends_well(reads).await;
        },
    );
    let two: BTreeSet<String> = [format!("{LEFT} > {RIGHT}"), format!("{RIGHT} > {LEFT}")].into();
    assert_eq!(capture.conversations(), two);
}

#[test]
fn two_who_want_only_a_relay_speak_to_nobody_else() {
    if !possible("two_who_want_only_a_relay_speak_to_nobody_else") {
        return;
    }
    let pair = Pair::cable();
    // The service and the relay, at an address of their own beside the peer's.
    pair.right.run("ip", &["address", "add", &format!("{PUBLIC}/24"), "dev", INTERFACE]);
    let folder = tempfile::tempdir().unwrap();
    let _relay = relay(&pair.right, folder.path());
    let capture = Capture::start(&pair.left);
    let relay_only = |service| Reach { relay_only: true, signal: Some(service), ..Reach::default() };
    run(
        &pair.left,
        &pair.right,
        async |(to, from): Hand| {
            let mut shows = Device::begin(Meet::Show(Form::Ticket), relay_only(from.recv().unwrap())).await;
            to.send(shows.code(ShownKind::Ticket).await).unwrap();
            ends_well(shows).await;
        },
        async |(to, from): Hand| {
            let ice = IceServers {
                turn: vec![format!("turn:{PUBLIC}:3478?transport=udp")],
                turn_secret: Some(TurnSecret::new(SHARED.into())),
                ..IceServers::default()
            };
            let server = Server::bind((PUBLIC, 0).into(), Options { ice, ..Options::default() }).await.unwrap();
            let service = format!("ws://{}", server.local_addr().unwrap());
            tokio::spawn(server.run(std::future::pending()));
            to.send(service.clone()).unwrap();
            // The other end's thread waits; this one serves it meanwhile.
            let code = tokio::task::spawn_blocking(move || from.recv().unwrap()).await.unwrap();
            ends_well(Device::reads(&code, relay_only(service)).await).await;
        },
    );
    let two: BTreeSet<String> = [format!("{LEFT} > {PUBLIC}"), format!("{PUBLIC} > {LEFT}")].into();
    assert_eq!(capture.conversations(), two);
}

fn relay(namespace: &Namespace, folder: &Path) -> Process {
    // The secret stands in a file: an argument could be read by every user of the machine.
    let config = folder.join("turnserver.conf");
    fs::write(&config, format!("use-auth-secret\nstatic-auth-secret={SHARED}\nrealm=nyx.test\n")).unwrap();
    let address = PUBLIC.to_string();
    let mut command = namespace.command("turnserver");
    command.arg("-c").arg(&config).args(["--no-cli", "--no-tls", "--no-dtls", "-L", &address, "-E", &address]);
    command.args(["--log-file", "stdout", "--pidfile"]).arg(folder.join("pid"));
    let relay = Process::start(command.stdout(Stdio::null()).current_dir(folder));
    namespace.enter(|| wait_for_port((PUBLIC, 3478).into()));
    relay
}

/// No TCP at all, one UDP socket an address, and none of mDNS.
fn only_the_links_sockets() {
    let sockets = |kind: &str| -> Vec<String> {
        let table = fs::read_to_string(format!("/proc/thread-self/net/{kind}")).unwrap_or_default();
        table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1).map(str::to_owned)).collect()
    };
    assert_eq!((sockets("tcp"), sockets("tcp6")), (vec![], vec![]));
    let udp = sockets("udp");
    // 5353 in hexadecimal.
    assert!(udp.len() == 1 && !udp[0].ends_with(":14E9"), "{udp:?}");
}

/// Where both are known, besides their own addresses.
const PUBLIC: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 3);
/// What service and relay share.
const SHARED: &str = "a secret of the test's";
