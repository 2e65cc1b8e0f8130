//! PeerServer, the signalling service of PeerJS, under the same load.

use super::{
    Protocol, Socket, connect, next,
    server::{Running, pinned},
};
use nyx_testkit::process::{Process, free_port, wait_for_port};
use std::{
    net::SocketAddr,
    process::{Command, Stdio},
};
use tokio_tungstenite::tungstenite::Message;

pub(crate) struct PeerServer;

/// Starts it, if it is there.
pub(crate) fn start() -> Option<Running> {
    let program = std::env::var("NYX_PEERJS").unwrap_or_else(|_| "peerjs".to_owned());
    Command::new(&program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    let port = free_port();
    let mut command = pinned(&program);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--concurrent_limit", "50000"]);
    let process = Process::start(command.stdout(Stdio::null()));
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    wait_for_port(address);
    Some(Running::other("PeerServer", address, process))
}

impl Protocol for PeerServer {
    async fn enter(&self, address: SocketAddr, pair: u64, side: u8) -> Socket {
        let url = format!("ws://{address}/peerjs?key=peerjs&id={pair:x}-{side}&token=t{pair:x}&version=1.5");
        let mut socket = connect(address, &url).await;
        match next(&mut socket).await {
            Message::Text(text) if text.contains("OPEN") => socket,
            other => panic!("PeerServer says {other:?}"),
        }
    }

    fn message(&self, pair: u64, from: u8, payload: &[u8]) -> Message {
        let (kind, to) = (if from == 0 { "OFFER" } else { "ANSWER" }, 1 - from);
        let payload = String::from_utf8_lossy(payload);
        Message::Text(format!(r#"{{"type":"{kind}","dst":"{pair:x}-{to}","payload":{{"sdp":"{payload}"}}}}"#).into())
    }

    fn is_payload(&self, message: &Message) -> bool {
        matches!(message, Message::Text(text) if text.contains("\"sdp\""))
    }

    fn leave(&self, pair: u64) -> Message {
        Message::Text(format!(r#"{{"type":"LEAVE","src":"{pair:x}-0"}}"#).into())
    }
}
