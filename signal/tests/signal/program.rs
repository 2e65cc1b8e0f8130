//! The program `nyx-signal`: flags, TLS, metrics, logs, and restarts under load.

use crate::client::{Client, Ended, PATIENCE, heard, room};
use nyx_testkit::{process::Process, soak};
use nyx_wire::signal::{Notice, Request, RoomId};
use rustls::pki_types::ServerName;
use std::{
    net::SocketAddr,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct Program {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", arguments)
    }

    fn start_at(listen: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nyx-signal"));
        command.args(["--listen", listen]).args(arguments).env("NYX_SIGNAL_LOG", "trace");
        let mut process = Process::start(&mut command);
        let address = address_in(&process.wait_for("listening"));
        Self { process, address }
    }
}

/// The address at the end of a log line.
fn address_in(line: &str) -> SocketAddr {
    let (_, address) = line.rsplit_once("address=").unwrap();
    // Colours surround the value where the logger thinks it has a terminal.
    address.trim().parse().unwrap_or_else(|_| panic!("no address in {line:?}"))
}

async fn http(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: nyx\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn health_readiness_and_metrics_answer_where_the_operator_wants_them() {
    let mut program = Program::start(&["--metrics", "127.0.0.1:0"]);
    let metrics = address_in(&program.process.wait_for("metrics"));
    assert!(http(program.address, "/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(http(program.address, "/readyz").await.starts_with("HTTP/1.1 200"));
    assert!(http(program.address, "/metrics").await.starts_with("HTTP/1.1 404"), "counts are not for the world");
    let mut ann = Client::connect(program.address).await;
    ann.join(room(1)).await;
    ann.say(room(1), b"hello").await;
    let (mut bob, expected) = (Client::connect(program.address).await, b"hello");
    bob.join(room(1)).await;
    assert_eq!(bob.hear().await, expected);
    let text = http(metrics, "/metrics").await;
    for line in
        ["nyx_signal_connections 2", "nyx_signal_rooms 1", "nyx_signal_joins_total 2", "nyx_signal_frames_total 1"]
    {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[tokio::test]
async fn rooms_addresses_and_payloads_reach_no_log_and_no_metric() {
    let mut program =
        Program::start(&["--metrics", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1", "--alone-secs", "1"]);
    let metrics = address_in(&program.process.wait_for("metrics"));
    let (secret, from) = (RoomId(*b"canary-room-0123"), [("x-forwarded-for", "203.0.113.77")]);
    let mut ann = Client::try_connect(program.address, &from).await.ok().unwrap();
    let mut bob = Client::try_connect(program.address, &from).await.ok().unwrap();
    ann.join(secret).await;
    bob.join(secret).await;
    heard!(ann, Notice::PeerCame { .. });
    ann.say(secret, b"canary-payload-4567").await;
    bob.hear().await;
    // Refusals, an expiry and a malformed message log as well, if anything does.
    let mut eve = Client::try_connect(program.address, &from).await.ok().unwrap();
    eve.send(&Request::Join { room: secret, seat: None, standing: false }).await;
    heard!(eve, Notice::Refused { .. });
    eve.join(RoomId(*b"canary-room-89ab")).await;
    heard!(eve, Notice::Closed { .. });
    eve.send_raw(tokio_tungstenite::tungstenite::Message::Binary(b"canary-malformed".as_slice().into())).await;
    eve.ended().await;
    let said = [program.process.stderr().join("\n"), http(metrics, "/metrics").await].concat();
    // As text, in hexadecimal, and as a list of numbers.
    for canary in ["canary", "203.0.113.77", "63616e617279", "99, 97, 110"] {
        assert!(!said.contains(canary), "{canary} is in {said}");
    }
}

#[tokio::test]
async fn it_speaks_tls_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["nyx.test".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let program = Program::start(&["--tls-cert", certificate, "--tls-key", key, "--header-secs", "1"]);
    // A client that never begins its handshake holds nobody up, and is not held itself.
    let mut silent = TcpStream::connect(program.address).await.unwrap();

    let mut roots = rustls::RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(program.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = connector.connect(ServerName::try_from("nyx.test").unwrap(), stream).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async("ws://nyx.test/v1", stream).await.unwrap();
    use futures_util::{SinkExt, StreamExt};
    let join = Request::Join { room: room(1), seat: None, standing: false };
    socket.send(tokio_tungstenite::tungstenite::Message::Binary(join.encode().into())).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap().into_data();
    assert!(matches!(Notice::decode(&answer), Ok(Notice::Joined { .. })));
    let closed = tokio::time::timeout(PATIENCE, silent.read(&mut [0])).await.expect("the service closes it");
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
}

#[test]
fn settings_that_do_not_go_together_are_refused_with_a_sentence() {
    for (arguments, sentence) in [
        (&["--trusted-proxies", "nowhere"][..], "is not an address or a network"),
        (&["--config", "/nonexistent/file"], "cannot read /nonexistent/file"),
        (&["--frame-bytes", "99999999"], "frame-bytes is at most"),
        (&["--listen", "192.0.2.1:1"], "cannot listen on 192.0.2.1:1"),
        (&["--listen", "127.0.0.1:0", "--redis", "redis://127.0.0.1:1/"], "cannot use Redis"),
        (&["--turn", "turn:a:1"], "turn needs turn-secret-file as well"),
        (&["--stun", "a,b,c,d,e,f,g,h,i"], "at most 8 STUN and TURN servers"),
    ] {
        let mut process = Process::start(Command::new(env!("CARGO_BIN_EXE_nyx-signal")).args(arguments));
        process.wait_for(sentence);
        assert_eq!(process.wait().code(), Some(1), "{arguments:?}");
    }
}

/// What a pair of clients may learn of a handshake: that it worked, or that it must be tried again. Never nothing.
#[derive(Default)]
struct Tally {
    met: AtomicUsize,
    told: AtomicUsize,
    silent: AtomicUsize,
}

/// One meeting: two sockets, one room, an offer and an answer. `Err` is how it ended before that.
async fn meet(address: SocketAddr, room: RoomId) -> Result<(), Ended> {
    // Not being let in at all is not an acknowledged handshake.
    let refused = |_| Ended::Closed(0, "refused".to_owned());
    let mut ann = Client::try_connect(address, &[]).await.map_err(refused)?;
    let bob = Client::try_connect(address, &[]).await.map_err(refused)?;
    join(&mut ann, room).await?;
    // Ann's join is acknowledged: whatever becomes of Bob, her connection says how it ends.
    let bob = match exchange(&mut ann, bob, room).await {
        Ok(()) => return Ok(()),
        Err((ended, Side::Ann)) => return Err(ended),
        Err((ended, Side::Bob)) => ended,
    };
    match ann.ended().await {
        Ended::Cut => Err(Ended::Cut),
        Ended::Closed(..) => Err(bob),
    }
}

/// Whose connection said that it is over.
enum Side {
    Ann,
    Bob,
}

async fn exchange(ann: &mut Client, mut bob: Client, room: RoomId) -> Result<(), (Ended, Side)> {
    join(&mut bob, room).await.map_err(|ended| (ended, Side::Bob))?;
    ann.say(room, b"offer").await;
    frame(&mut bob).await.map_err(|ended| (ended, Side::Bob))?;
    bob.say(room, b"answer").await;
    frame(ann).await.map_err(|ended| (ended, Side::Ann))
}

async fn join(client: &mut Client, room: RoomId) -> Result<(), Ended> {
    client.send(&Request::Join { room, seat: None, standing: false }).await;
    loop {
        let bytes = match client.try_next().await {
            // Before the join is acknowledged, a cut is a refusal like any other.
            Err(Ended::Cut) => return Err(Ended::Closed(0, "cut before the join".to_owned())),
            other => other?,
        };
        match Notice::decode(&bytes).unwrap() {
            Notice::Joined { .. } => return Ok(()),
            Notice::Refused { .. } => return Err(Ended::Closed(0, "refused".to_owned())),
            _ => {}
        }
    }
}

async fn frame(client: &mut Client) -> Result<(), Ended> {
    loop {
        let bytes = client.try_next().await?;
        match Notice::decode(&bytes).unwrap() {
            Notice::Frame { .. } => return Ok(()),
            Notice::PeerWent { .. } | Notice::Refused { .. } | Notice::Closed { .. } => {
                return Err(Ended::Closed(0, "told".to_owned()));
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_100_restarts_under_load_no_acknowledged_handshake_is_lost_in_silence() {
    let arguments = ["--drain-secs", "1", "--connections-per-address", "1000", "--joins-per-minute", "10000000"];
    let mut program = Program::start(&arguments);
    let address = program.address;
    let (tally, over) = (Arc::new(Tally::default()), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = (0..4u64)
        .map(|client| {
            let (tally, over) = (Arc::clone(&tally), Arc::clone(&over));
            tokio::spawn(async move {
                for round in 0u64.. {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&client.to_le_bytes());
                    id[8..].copy_from_slice(&round.to_le_bytes());
                    let count = match tokio::time::timeout(PATIENCE, meet(address, RoomId(id))).await.unwrap() {
                        Ok(()) => &tally.met,
                        Err(Ended::Closed(..)) => {
                            tokio::time::sleep(Duration::from_millis(2)).await;
                            &tally.told
                        }
                        Err(Ended::Cut) => &tally.silent,
                    };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let restarts = soak(100, 1_000);
    for _ in 0..restarts {
        tokio::time::sleep(Duration::from_millis(30)).await;
        program.process.terminate();
        let status = tokio::task::block_in_place(|| program.process.wait());
        assert!(status.success(), "{status}");
        program = tokio::task::block_in_place(|| Program::start_at(&address.to_string(), &arguments));
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let [met, told, silent] = [&tally.met, &tally.told, &tally.silent].map(|count| count.load(Ordering::Relaxed));
    println!("{restarts} restarts: {met} met, {told} told to try again, {silent} lost in silence");
    assert_eq!(silent, 0);
    assert!(met > restarts, "there was load: {met}");
}
