//! How long the newest messages take from the key on.
//!
//! A keyring opens the vault here: its secret is one, and no key is derived. Taken as a difference of two openings by a
//! password, the little that is to be measured would drown in what deriving varies by.

use nyx_p2p::{
    Answer, AutoLock, Command, Commands, Event, Events, Keyring, KeyringError, KeyringKey, Password, PasswordCost,
    PasswordParams, Setup, SystemClock,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What an opening took.
#[derive(Clone, Copy)]
pub(crate) struct Opened {
    /// Until the newest page of messages was told.
    pub(crate) page: Duration,
    /// Until the account was, with how much there is.
    pub(crate) counted: Duration,
    /// To derive a key from the password.
    pub(crate) derived: Duration,
}

/// The best of five times.
pub(crate) fn measure(home: &Path, password: fn() -> Password) -> Opened {
    let ring = Arc::new(Ring::default());
    let derived = on_a_runtime(use_keyring(home, &ring, password));
    let times = || on_a_runtime(open(home, &ring));
    let (mut page, mut counted) = times();
    for _ in 1..TIMES {
        let again = times();
        (page, counted) = (page.min(again.0), counted.min(again.1));
    }
    Opened { page, counted, derived }
}

/// Lets the keyring open the vault from now on; tells how long the password took to open it.
async fn use_keyring(home: &Path, ring: &Arc<Ring>, password: fn() -> Password) -> Duration {
    let (commands, mut events) = start(home, ring).await;
    let begin = Instant::now();
    run(&commands, &mut events, Command::Unlock { password: password() }).await;
    let derived = begin.elapsed();
    run(&commands, &mut events, Command::UseKeyring { password: password() }).await;
    end(commands, events).await;
    derived
}

/// What the window asks for as soon as it hears that the vault is open: the account with how much there is, and beside that
/// the conversations and the newest messages of the first.
async fn open(home: &Path, ring: &Arc<Ring>) -> (Duration, Duration) {
    let (commands, mut events) = start(home, ring).await;
    let begin = Instant::now();
    let (mut page, mut counted) = (None, None);
    commands.send(Command::UnlockWithKeyring).await.unwrap();
    while page.is_none() || counted.is_none() {
        let event = events.next().await.unwrap().event;
        assert!(!matches!(event, Event::Failed(_)), "{event:?}");
        match event {
            Event::Opened => {
                commands.send(Command::Status).await.unwrap();
                commands.send(Command::ListChats).await.unwrap();
            }
            Event::Chats(chats) => {
                let (_, last) = chats[0].ends.unwrap();
                let (conversation, first) = (chats[0].conversation.id, last.saturating_sub(PAGE - 1));
                commands.send(Command::Rows { conversation, first, last }).await.unwrap();
            }
            Event::Rows(_) => page = Some(begin.elapsed()),
            Event::Account(_) => counted = Some(begin.elapsed()),
            _ => {}
        }
    }
    end(commands, events).await;
    (page.unwrap(), counted.unwrap())
}

async fn start(home: &Path, ring: &Arc<Ring>) -> (Commands, Events) {
    let keyring: Arc<dyn Keyring> = Arc::<Ring>::clone(ring);
    let (commands, mut events) = nyx_p2p::start(Setup {
        home: home.to_owned(),
        clock: Arc::new(SystemClock::new()),
        rng: Box::new(ChaCha20Rng::seed_from_u64(1)),
        cost: PasswordCost::Fixed(PasswordParams::floor()),
        device: None,
        keyring: Some(keyring),
        auto_lock: AutoLock::AsSet,
        has_door: false,
    });
    run(&commands, &mut events, Command::Find).await;
    (commands, events)
}

async fn run(commands: &Commands, events: &mut Events, command: Command) {
    let by = commands.send(command).await.unwrap();
    loop {
        let told = events.next().await.unwrap();
        assert!(!matches!(told.event, Event::Failed(_)), "{:?}", told.event);
        if told.by == Some(by) && matches!(told.event, Event::Done) {
            return;
        }
    }
}

async fn end(commands: Commands, mut events: Events) {
    drop(commands);
    while events.next().await.is_some() {}
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(work)
}

/// A keyring that answers at once.
#[derive(Default)]
struct Ring(Mutex<Option<[u8; 32]>>);

impl Keyring for Ring {
    fn keep<'a>(&'a self, _vault: [u8; 16], key: &'a KeyringKey) -> Answer<'a, ()> {
        *self.0.lock().unwrap() = Some(*key.expose());
        Box::pin(async { Ok(()) })
    }

    fn find(&self, _vault: [u8; 16]) -> Answer<'_, KeyringKey> {
        let kept = *self.0.lock().unwrap();
        Box::pin(async move { kept.map(KeyringKey::from_bytes).ok_or(KeyringError::Lost) })
    }

    fn forget(&self, _vault: [u8; 16]) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// As many messages as the window asks for at once.
const PAGE: u64 = 64;
const TIMES: u32 = 5;
