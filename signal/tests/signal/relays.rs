//! STUN and TURN: who gets credentials, and whether a real relay accepts them.

use crate::client::{Local, heard, room};
use nyx_signal::{IceServers, Limits, Options, TurnSecret};
use nyx_testkit::process::{Process, free_port, wait_for_port};
use nyx_wire::signal::{IceServer, Notice, Refusal, Request, RequestKind};
use std::process::{Command, Stdio};

fn options(turn_port: u16, turn_secs: u64) -> Options {
    Options {
        limits: Limits { turn_secs, ..Limits::default() },
        ice: IceServers {
            stun: vec![format!("stun:127.0.0.1:{turn_port}")],
            turn: vec![format!("turn:127.0.0.1:{turn_port}?transport=udp")],
            turn_secret: Some(TurnSecret::new("a secret of the test's".to_owned())),
        },
        ..Options::default()
    }
}

async fn handed_out(service: &Local) -> IceServer {
    let (mut ann, _bob) = service.pair(room(1)).await;
    ann.send(&Request::IceServers { room: room(1) }).await;
    let servers = heard!(ann, Notice::IceServers { servers, .. } => servers);
    assert_eq!((servers[0].url.split(':').next(), servers[0].credential.as_str()), (Some("stun"), ""));
    servers[1].clone()
}

#[tokio::test]
async fn relays_are_named_only_to_a_pair() {
    let service = Local::start(options(3478, 600)).await;
    let mut ann = service.connect().await;
    ann.send(&Request::IceServers { room: room(1) }).await;
    heard!(ann, Notice::Refused { what: RequestKind::IceServers, why: Refusal::NotInRoom, .. });
    ann.join(room(1)).await;
    ann.send(&Request::IceServers { room: room(1) }).await;
    heard!(ann, Notice::Refused { what: RequestKind::IceServers, why: Refusal::NeedsBoth, .. });
    let mut eve = service.connect().await;
    service.pair(room(2)).await;
    eve.send(&Request::IceServers { room: room(2) }).await;
    heard!(eve, Notice::Refused { what: RequestKind::IceServers, why: Refusal::NotInRoom, .. });
}

#[tokio::test]
async fn a_real_coturn_accepts_the_credentials_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    // The secret stands in a file: an argument could be read by every user of the machine.
    let config = folder.path().join("turnserver.conf");
    std::fs::write(&config, "use-auth-secret\nstatic-auth-secret=a secret of the test's\nrealm=nyx.test\n").unwrap();
    let mut command = Command::new("turnserver");
    command.arg("-c").arg(&config).args(["--no-cli", "--no-tls", "--no-dtls", "--allow-loopback-peers"]);
    command.args(["-L", "127.0.0.1", "-p", &port.to_string(), "--log-file", "stdout", "--pidfile"]);
    command.arg(folder.path().join("pid")).stdout(Stdio::null()).current_dir(folder.path());
    let _relay = Process::start(&mut command);
    wait_for_port(([127, 0, 0, 1], port).into());

    let good = handed_out(&Local::start(options(port, 600)).await).await;
    assert!(relays(port, &good.username, &good.credential), "coturn refuses what the service handed out");
    assert!(!relays(port, &good.username, "bm90IHRoZSBjcmVkZW50aWFs"), "coturn accepts anything");
    let (_, tag) = good.username.split_once(':').unwrap();
    assert!(!relays(port, &format!("9999999999:{tag}"), &good.credential), "the time can be changed");
    let expired = IceServers::hand_out(&options(port, 600).ice, 1_000_000_000, 600, [1; 8]);
    assert!(!relays(port, &expired[1].username, &expired[1].credential), "an old credential is accepted");
}

/// Whether coturn's own client gets an allocation and its packets through.
fn relays(port: u16, username: &str, credential: &str) -> bool {
    let mut client = Command::new("turnutils_uclient");
    client.args([
        "-y",
        "-c",
        "-n",
        "2",
        "-m",
        "1",
        "-p",
        &port.to_string(),
        "-u",
        username,
        "-w",
        credential,
        "127.0.0.1",
    ]);
    let output = client.stdin(Stdio::null()).output().expect("turnutils_uclient is installed by `make test`");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // Two clients that talk through the relay, two messages each.
    output.status.success() && said.contains("Total lost packets 0 (0.000000%)") && said.contains("tot_recv_msgs=4")
}
