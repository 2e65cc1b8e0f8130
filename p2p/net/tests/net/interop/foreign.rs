//! The other end: a process, and the wire on which the test tells it what to do.

use crate::{
    ends::{PATIENCE, up},
    sdp::{described, sdp},
};
use futures_util::{SinkExt, StreamExt};
use nyx_net::link::{DescriptionKind, Link, Options};
use nyx_testkit::process::Process;
use std::{
    net::Ipv4Addr,
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

/// An end of a link that another implementation makes.
pub(super) struct Foreign {
    wire: Wire,
    process: Process,
    _profile: TempDir,
}

/// A word, a line break, and what belongs to it, one message each.
enum Wire {
    Browser(Box<WebSocketStream<TcpStream>>),
    /// Each message ends with a zero byte.
    Plain(BufStream<TcpStream>),
}

impl Foreign {
    /// A page in Chromium.
    pub(super) async fn browser() -> Option<Self> {
        if !Path::new(CHROMIUM).exists() {
            println!("NOT RUN. It needs a browser, {CHROMIUM}; `make test` installs it.");
            return None;
        }
        let (listener, port) = listener().await;
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(CHROMIUM);
        command.args(SWITCHES).arg(format!("--user-data-dir={}", profile.path().display()));
        command.arg(format!("file://{PAGE}#{port}")).stdout(Stdio::null());
        let mut process = Process::start(&mut command);
        let stream = called(&listener, &mut process).await;
        let wire = Wire::Browser(Box::new(accept_async(stream).await.unwrap()));
        Some(Self { wire, process, _profile: profile })
    }

    /// A program in Python.
    pub(super) async fn aiortc() -> Option<Self> {
        let there = Command::new(PYTHON).args(["-c", "import aiortc"]).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            println!("NOT RUN. It needs aiortc for {PYTHON}; `make test` installs it.");
            return None;
        }
        let (listener, port) = listener().await;
        let profile = tempfile::tempdir().unwrap();
        let mut command = Command::new(PYTHON);
        command.args([PROGRAM, &port.to_string()]).current_dir(profile.path()).stdout(Stdio::null());
        let mut process = Process::start(&mut command);
        let stream = called(&listener, &mut process).await;
        Some(Self { wire: Wire::Plain(BufStream::new(stream)), process, _profile: profile })
    }

    /// A link that this end offers and the other answers.
    pub(super) async fn answers(&mut self, options: Options) -> Link {
        let (link, offer) = Link::offer(options).await.unwrap();
        self.tell("offer", &sdp(&offer)).await;
        let answer = self.told("answer").await;
        link.accept(&described(DescriptionKind::Answer, &answer)).await.unwrap();
        up(&link).await;
        link
    }

    /// A link that the other end offers.
    pub(super) async fn offers(&mut self, options: Options) -> Link {
        self.tell("invite", "").await;
        let offer = self.told("offer").await;
        let (link, answer) = Link::answer(options, &described(DescriptionKind::Offer, &offer)).await.unwrap();
        self.tell("answer", &sdp(&answer)).await;
        up(&link).await;
        link
    }

    /// A new way for a link that this end offered.
    pub(super) async fn answers_restart(&mut self, link: &Link) {
        self.tell("offer", &sdp(&link.restart().await.unwrap())).await;
        let answer = self.told("answer").await;
        link.accept(&described(DescriptionKind::Answer, &answer)).await.unwrap();
    }

    /// A new way for a link that the other end offered.
    pub(super) async fn restarts(&mut self, link: &Link) {
        self.tell("restart", "").await;
        let offer = described(DescriptionKind::Offer, &self.told("offer").await);
        self.tell("answer", &sdp(&link.answer_restart(&offer).await.unwrap())).await;
    }

    pub(super) async fn tell(&mut self, word: &str, rest: &str) {
        let message = format!("{word}\n{rest}");
        match &mut self.wire {
            Wire::Browser(socket) => socket.send(Message::text(message)).await.unwrap(),
            Wire::Plain(stream) => {
                stream.write_all(message.as_bytes()).await.unwrap();
                stream.write_all(&[0]).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
    }

    /// Waits for a word, and returns what belongs to it.
    pub(super) async fn told(&mut self, expected: &str) -> String {
        let heard = timeout(PATIENCE, self.wire.hear()).await;
        let message = heard.unwrap_or_else(|_| panic!("no {expected:?}: {:#?}", self.process.stderr()));
        let (word, rest) = message.split_once('\n').unwrap();
        assert_eq!(word, expected, "{rest}");
        rest.into()
    }
}

impl Wire {
    async fn hear(&mut self) -> String {
        match self {
            Self::Browser(socket) => socket.next().await.unwrap().unwrap().into_text().unwrap().to_string(),
            Self::Plain(stream) => {
                let mut bytes = Vec::new();
                stream.read_until(0, &mut bytes).await.unwrap();
                assert_eq!(bytes.pop(), Some(0), "the other end is gone");
                String::from_utf8(bytes).unwrap()
            }
        }
    }
}

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

async fn called(listener: &TcpListener, process: &mut Process) -> TcpStream {
    let called = timeout(PATIENCE, listener.accept()).await;
    called.unwrap_or_else(|_| panic!("it does not start: {:#?}", process.stderr())).unwrap().0
}

const CHROMIUM: &str = "/usr/bin/chromium";
/// Debian's, for which Debian's aiortc is made; another Python may stand before it in the path.
const PYTHON: &str = "/usr/bin/python3";
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/net/interop/browser.html");
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/net/interop/peer.py");
const SWITCHES: [&str; 10] = [
    "--headless",
    // Root may not have one, and the only page is ours.
    "--no-sandbox",
    "--disable-gpu",
    // Containers have little of it.
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    // Addresses and not names that only mDNS finds, and among them the one on which both ends are.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--allow-loopback-in-peer-connection",
    // A headless browser without a way in may end when the page is loaded.
    "--remote-debugging-port=0",
];
