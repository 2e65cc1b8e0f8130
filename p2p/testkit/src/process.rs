//! Real processes that never outlive their test.

use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Longer than anything takes on a busy machine; only a hang gets here.
const PATIENCE: Duration = Duration::from_secs(60);

/// A child process. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stderr: Arc<Mutex<Vec<String>>>,
    /// Ends when standard error does.
    listener: Option<JoinHandle<()>>,
}

impl Process {
    /// Starts a program; its standard error is collected.
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child =
            command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap_or_else(|error| {
                panic!("{name} does not start ({error}); `make test` installs what tests need")
            });
        let stderr = Arc::new(Mutex::new(Vec::new()));
        let listener = child.stderr.take().map(|pipe| {
            let lines = Arc::clone(&stderr);
            thread::spawn(move || collect(pipe, &lines))
        });
        Self { child, stderr, listener }
    }

    /// Waits for a line on standard error that contains `text`, and returns it.
    pub fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Asked before reading: what a process says last is often there only after it has ended.
            let silent = self.listener.as_ref().is_none_or(JoinHandle::is_finished);
            if let Some(line) = self.stderr().into_iter().find(|line| line.contains(text)) {
                return line;
            }
            assert!(!silent, "the process ended before it said {text:?}: {:#?}", self.stderr());
            assert!(Instant::now() < deadline, "no {text:?} in {:#?}", self.stderr());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has written to standard error.
    pub fn stderr(&self) -> Vec<String> {
        self.stderr.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let told = Command::new("kill").arg("-TERM").arg(self.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()), "the process can be told to stop");
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits until it has ended by itself and all that it said was heard.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ended = self.child.try_wait().expect("the child can be asked");
            if let Some(status) = ended
                && self.listener.as_ref().is_none_or(JoinHandle::is_finished)
            {
                return status;
            }
            assert!(Instant::now() < deadline, "the process does not end: {:#?}", self.stderr());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn collect(pipe: ChildStderr, lines: &Mutex<Vec<String>>) {
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Runs a program to its end, which must be a good one.
pub fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} does not start ({error})"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A free port on loopback, for programs that must be told theirs.
///
/// Below the range that the kernel hands out, and never the same one twice in a process: whoever asks the kernel for any
/// port in the meantime does not get this one.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let spread = u16::try_from(std::process::id() % 150).expect("a small number") * 128;
    loop {
        let port = 10_000 + spread + NEXT.fetch_add(1, Ordering::Relaxed) % 128;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Waits until something listens on a TCP address.
pub fn wait_for_port(address: SocketAddr) {
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "nothing listens on {address}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A Redis of the test's own, in memory, on a port of its own.
pub fn redis() -> (Process, String) {
    let port = free_port();
    let mut command = Command::new("redis-server");
    command.args(["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port", &port.to_string()]);
    let process = Process::start(command.stdout(Stdio::null()));
    wait_for_port(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    (process, format!("redis://127.0.0.1:{port}/"))
}
