//! What really went over a network, as a third program saw it.

use super::{INTERFACE, Namespace};
use crate::process::Process;
use std::{collections::BTreeSet, path::PathBuf, process::Command};

/// A packet capture on the one interface of a namespace through which anything can leave.
#[derive(Debug)]
pub struct Capture {
    process: Process,
    file: PathBuf,
}

impl Capture {
    /// Starts, and returns once every packet is seen.
    pub fn start(namespace: &Namespace) -> Self {
        let file = std::env::temp_dir().join(format!("{}.pcap", namespace.name()));
        let mut command = namespace.command("tcpdump");
        // As root: it would give up its rights and then could not write the file.
        command.args(["-i", INTERFACE, "-n", "-s", "128", "-U", "--immediate-mode", "-Z", "root", "-w"]).arg(&file);
        let mut process = Process::start(&mut command);
        process.wait_for("listening on");
        Self { process, file }
    }

    /// Ends, and returns `source > destination` of every packet, without ports, each once. What the kernel itself says
    /// to find its neighbours is left out.
    pub fn conversations(mut self) -> BTreeSet<String> {
        self.process.terminate();
        self.process.wait();
        let read = Command::new("tcpdump").args(["-n", "-q", "-t", "-r"]).arg(&self.file).output();
        let read = read.expect("tcpdump reads what it wrote");
        // Another test may need the space; what is left over harms nobody.
        let _ = std::fs::remove_file(&self.file);
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        String::from_utf8_lossy(&read.stdout)
            .lines()
            .filter(|line| !line.starts_with("ARP") && !line.contains("ICMP6"))
            .filter_map(conversation)
            .collect()
    }
}

/// `IP 10.0.0.1.5000 > 10.0.0.2.6000: UDP, length 9` becomes `10.0.0.1 > 10.0.0.2`.
fn conversation(line: &str) -> Option<String> {
    let (before, after) = line.split_once(" > ")?;
    let from = before.rsplit(' ').next()?;
    let to = after.split(':').next().filter(|to| to.contains('.')).unwrap_or(after.split(' ').next()?);
    Some(format!("{} > {}", without_port(from), without_port(to)))
}

fn without_port(address: &str) -> &str {
    let address = address.trim_end_matches(':');
    let is_v4_alone = address.split('.').count() == 4 && !address.contains(':');
    if is_v4_alone { address } else { address.rsplit_once('.').map_or(address, |(host, _)| host) }
}
