//! A real keyring, GNOME's, on a bus of its own: what the engine's own tests show with one in memory, over D-Bus.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends by panicking, and says how far it came"
)]
#![cfg(target_os = "linux")]

use nyx_app::keyring::{of_this_desktop, works};
use nyx_p2p::{
    AutoLock, Command, Commands, Event, Events, Failure, KeyringError, Password, PasswordCost, PasswordParams, Setup,
    SystemClock, WordCount, start,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use secret_service::{EncryptionType, SecretService};
use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{self, Child, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Starts the bus and the keyring, and the other test with them in its environment: a process has one session bus.
#[test]
fn a_real_keyring_opens_the_vault_and_what_becomes_of_it_locks_nobody_out() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("bus.conf");
    fs::write(&config, bus_config(dir.path())).unwrap();
    let mut bus = Process::of(
        process::Command::new("dbus-daemon")
            .args(["--nofork", "--print-address"])
            .arg(format!("--config-file={}", config.display()))
            .stdout(Stdio::piped()),
    );
    let address = bus.line();
    let mut keyring = Process::of(
        process::Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", dir.path())
            .env("XDG_DATA_HOME", dir.path())
            .env("XDG_RUNTIME_DIR", dir.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    // The password of the keyring itself.
    keyring.0.stdin.take().unwrap().write_all(b"of the keyring").unwrap();
    let ended = process::Command::new(env::current_exe().unwrap())
        .args(["--exact", "inside", "--ignored", "--nocapture"])
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .env(KEYRING, keyring.0.id().to_string())
        .status()
        .unwrap();
    assert!(ended.success());
}

#[tokio::test]
#[ignore = "the other test runs it, with a bus in its environment"]
async fn inside() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("nyx");
    // It says nowhere that it is on the bus.
    let begin = Instant::now();
    while works().await == Err(KeyringError::Absent) {
        assert!(begin.elapsed() < PATIENCE, "the keyring never came");
        sleep(Duration::from_millis(20)).await;
    }
    works().await.unwrap();
    assert_eq!(doctor(dir.path())["works"], true);
    let mut front = Front::at(&home);
    front
        .run(Command::NewAccount { name: "Sari".to_owned(), password: password(), words: WordCount::Twelve })
        .await
        .unwrap();
    front.run(Command::PhraseKept).await.unwrap();
    front.run(Command::UseKeyring { password: password() }).await.unwrap();
    front.close().await;
    println!("opened by the keyring");
    front = Front::at(&home);
    front.open_by_keyring().await.unwrap();
    front.close().await;

    println!("the entry is lost");
    let service = SecretService::connect(EncryptionType::Dh).await.unwrap();
    for item in service.search_items(HashMap::from([("application", "nyx")])).await.unwrap().unlocked {
        item.delete().await.unwrap();
    }
    let mut front = password_opens_after(KeyringError::Lost, &home).await;
    front.run(Command::UseKeyring { password: password() }).await.unwrap();
    front.close().await;

    println!("locked, and nobody there to open it");
    service.get_default_collection().await.unwrap().lock().await.unwrap();
    password_opens_after(KeyringError::Locked, &home).await.close().await;

    println!("the keyring is gone");
    let killed = process::Command::new("kill").arg(env::var(KEYRING).unwrap()).status().unwrap();
    assert!(killed.success());
    let begin = Instant::now();
    while works().await != Err(KeyringError::Absent) {
        assert!(begin.elapsed() < PATIENCE, "the keyring never went");
        sleep(Duration::from_millis(20)).await;
    }
    password_opens_after(KeyringError::Absent, &home).await.close().await;
    assert_eq!(doctor(dir.path())["works"], false);
}

/// What `nyx doctor` says of the keyring.
fn doctor(folder: &Path) -> serde_json::Value {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_nyx"));
    let said =
        command.args(["doctor", "--interface", "lo", "--json", "--home"]).arg(folder.join("none")).output().unwrap();
    let out = String::from_utf8(said.stdout).unwrap();
    let mut events = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    events.find(|event| event["what"] == "keyring").expect("it looks at the keyring")
}

async fn password_opens_after(expected: KeyringError, home: &Path) -> Front {
    let mut front = Front::at(home);
    let refused = front.open_by_keyring().await.unwrap_err();
    assert!(matches!(&refused, Failure::Keyring(error) if *error == expected), "{refused:?}");
    front.run(Command::Unlock { password: password() }).await.unwrap();
    front
}

/// An engine with the real keyring.
struct Front(Commands, Events);

impl Front {
    fn at(home: &Path) -> Self {
        let (commands, events) = start(Setup {
            home: home.to_owned(),
            clock: Arc::new(SystemClock::new()),
            rng: Box::new(ChaCha20Rng::seed_from_u64(7)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring: of_this_desktop(),
            auto_lock: AutoLock::Never,
            has_door: false,
        });
        Self(commands, events)
    }

    async fn open_by_keyring(&mut self) -> Result<(), Failure> {
        self.run(Command::Find).await?;
        self.run(Command::UnlockWithKeyring).await
    }

    async fn run(&mut self, command: Command) -> Result<(), Failure> {
        let by = self.0.send(command).await.unwrap();
        loop {
            let told = self.1.next().await.unwrap();
            match told.event {
                Event::Done if told.by == Some(by) => return Ok(()),
                Event::Failed(failure) if told.by == Some(by) => return Err(failure),
                _ => {}
            }
        }
    }

    async fn close(self) {
        let Self(commands, mut events) = self;
        drop(commands);
        while events.next().await.is_some() {}
    }
}

/// A process that ends with the test.
struct Process(Child);

impl Process {
    fn of(command: &mut process::Command) -> Self {
        Self(command.spawn().expect("the packages of .ci/packages.txt are there"))
    }

    /// The next line that it says.
    fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "it ended without a word");
        line.trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A bus that starts nothing by itself: a keyring that is gone stays gone, and nobody asks a person for passwords.
fn bus_config(dir: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
            "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
            <type>session</type>
            <listen>unix:dir={}</listen>
            <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
            </policy>
        </busconfig>"#,
        dir.display()
    )
}

fn password() -> Password {
    Password::new("walrus lantern oblique ferry").unwrap()
}

/// Long beyond anything that a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(60);
/// The number of the process that is the keyring.
const KEYRING: &str = "NYX_TEST_KEYRING";
