//! magic-wormhole with a mailbox and a relay of its own. One file, which is the best that it does: a folder it packs first. What
//! it received it leaves to the system to write.

use crate::{account::Noise, device::Place, installed, peers::Carried, spent};
use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    net::{Ipv4Addr, TcpListener},
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

/// Carries a file from here to there. `at` is where there reaches here.
pub(crate) fn carry(bytes: u64, here: &Place<'_>, there: &Place<'_>, at: &str) -> Option<Carried> {
    let twist = installed(VARIABLE, "twist")?;
    let wormhole = installed(VARIABLE, "wormhole")?;
    let folder = tempfile::tempdir().unwrap();
    let [mailbox, transit] = [free_port(), free_port()];
    let server = |kind: &str, port: u16, option: &str| {
        let mut command = here.command(twist.to_str().unwrap());
        command.arg(kind).arg(format!("{option}=tcp:{port}")).current_dir(folder.path());
        Served::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))
    };
    let _servers = [server("wormhole-mailbox", mailbox, "--port"), server("transitrelay", transit, "--port")];
    let file = folder.path().join("file");
    io::copy(&mut Noise(7).take(bytes), &mut File::create(&file).unwrap()).unwrap();
    let client = |place: &Place<'_>, address: &str| {
        let mut command = place.command(wormhole.to_str().unwrap());
        command
            .arg("--relay-url")
            .arg(format!("ws://{address}:{mailbox}/v1"))
            .arg("--transit-helper")
            .arg(format!("tcp:{address}:{transit}"))
            .current_dir(folder.path());
        command
    };
    let mut sender = client(here, at).args(["send", "--hide-progress", "--no-qr", "--code", CODE]).arg(&file).quiet();
    let got = folder.path().join("got");
    let mut receiver = client(there, at)
        .args(["receive", "--hide-progress", "--accept-file", "--output-file"])
        .arg(&got)
        .arg(CODE)
        .quiet();
    // As with an account: from where both have agreed what comes.
    heard(receiver.stderr.take().unwrap(), "Receiving file");
    let begin = Instant::now();
    let (before_sender, before_receiver) = (spent::cpu(sender.id()), spent::cpu(receiver.id()));
    let (status, received) = spent::ended(&mut receiver, before_receiver, 0);
    let took = begin.elapsed();
    assert!(status.success() && fs::metadata(&got).is_ok_and(|file| file.len() == bytes), "wormhole receive");
    let (_, sent) = spent::ended(&mut sender, before_sender, 0);
    Some(Carried { bytes, took, sender: sent, receiver: received })
}

trait Quiet {
    fn quiet(&mut self) -> Child;
}

impl Quiet for Command {
    fn quiet(&mut self) -> Child {
        self.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// Waits for a line, and takes what comes behind it.
fn heard(said: impl Read + Send + 'static, words: &str) {
    let mut lines = BufReader::new(said).lines();
    assert!(lines.by_ref().any(|line| line.is_ok_and(|line| line.contains(words))), "{words}");
    thread::spawn(move || lines.for_each(drop));
}

/// A server that ends with the measurement.
struct Served(Child);

impl Served {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        heard(child.stdout.take().unwrap(), "Starting reactor");
        Self(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The folder of programs in which magic-wormhole is installed.
const VARIABLE: &str = "NYX_WORMHOLE";
const CODE: &str = "7-benchmark-measure";
