//! A real signalling service, which may be killed.

use nyx_testkit::process::{Process, free_port};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A service on this machine, always in the same place.
pub(crate) struct Service {
    process: Process,
    port: u16,
}

impl Service {
    pub(crate) fn start() -> Self {
        let port = free_port();
        Self { process: serving(port), port }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Whoever was in its rooms has to come again.
    pub(crate) fn is_killed_and_started(&mut self) {
        self.process.kill();
        self.process = serving(self.port);
    }
}

fn serving(port: u16) -> Process {
    let mut command = Command::new(program());
    command.args(["--listen", &format!("127.0.0.1:{port}")]).stdout(Stdio::null());
    let mut process = Process::start(&mut command);
    process.wait_for("listening");
    process
}

/// The program, beside the one that is tested.
pub(crate) fn program() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_nyx")).with_file_name("nyx-signal");
    assert!(program.exists(), "`cargo build -p nyx-signal` makes {}; `make test` does too", program.display());
    program
}
