//! How long it takes from a code that was read to a channel that is open and two devices that know each other, for each place
//! where they can meet, each by itself: `cargo bench -p nyx-p2p --bench meeting`, as root; `-- 100` for a hundred of each.
//!
//! Two engines, each on a network of its own; what would lead them elsewhere is blocked there.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a bench ends by panicking")]

use nyx_p2p::{
    AutoLock, CarriedCode, Command, Commands, Event, Events, Form, Meet, PasswordCost, PasswordParams, Reach, Setup,
    SystemClock,
};
use nyx_signal::{Options, Server};
use nyx_testkit::hosts::{Between, MIDDLE, Namespace, Pair, possible};
use nyx_wire::pairing::{Hints, Scanned};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
};

fn main() {
    if !possible("meeting bench") {
        return;
    }
    let times = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(TIMES);
    println!("\n| place | meetings | p50 | p95 | longest |");
    println!("|---|---|---|---|---|");
    for (name, place) in [
        ("hosted by the one that shows", Place::Hosted),
        ("a search of the network, without multicast", Place::Address),
        ("a search of the network, by multicast", Place::Multicast),
        ("a service", Place::Service),
    ] {
        let mut took: Vec<Duration> = (0..times).map(|_| meeting(place)).collect();
        took.sort_unstable();
        let of_hundred = |part: usize| millis(took[(took.len() * part / 100).min(took.len() - 1)]);
        println!("| {name} | {times} | {} | {} | {} |", of_hundred(50), of_hundred(95), of_hundred(100));
    }
}

/// Where the two meet, and nowhere else.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place {
    Hosted,
    Address,
    Multicast,
    Service,
}

/// One meeting, on networks that were never used before.
fn meeting(place: Place) -> Duration {
    if place == Place::Service {
        let between = Between::routed();
        between.left.filter(&format!("ip saddr != {MIDDLE} ip protocol tcp drop"));
        let service = SocketAddr::from((MIDDLE, PORT));
        between.middle.enter(|| {
            let (listens, listening) = mpsc::channel();
            thread::spawn(move || {
                runtime().block_on(async {
                    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT));
                    let server = Server::bind(everywhere, Options::default()).await.unwrap();
                    listens.send(()).unwrap();
                    server.run(std::future::pending()).await;
                });
            });
            listening.recv().unwrap();
        });
        let reach = Reach { signal: Some(format!("ws://{service}")), ..Reach::default() };
        return measured(&between.left, &between.right, reach, |_| {});
    }
    let pair = Pair::cable();
    if place != Place::Multicast {
        for network in [&pair.left, &pair.right] {
            network.filter("ip daddr 224.0.0.0/4 drop");
        }
    }
    measured(&pair.left, &pair.right, Reach::default(), |hints| match place {
        Place::Hosted => block(&pair.left, hints.lan()),
        Place::Address => block(&pair.left, hints.hosted()),
        // Nothing is where the code says any more; the search has noticed, and announces itself elsewhere.
        Place::Multicast => {
            pair.left.readdress(Ipv4Addr::new(10, 77, 0, 98));
            thread::sleep(NOTICED);
        }
        Place::Service => {}
    })
}

/// The left one shows a code, and then this is done to its network; the right one reads it. How long that took.
fn measured(left: &Namespace, right: &Namespace, reach: Reach, then: impl FnOnce(&Hints)) -> Duration {
    let (shown, show) = mpsc::channel();
    let (over, end) = oneshot::channel::<()>();
    left.enter(|| {
        thread::spawn(move || {
            runtime().block_on(async {
                let mut device = Device::begin(Meet::Show(Form::Ticket), reach).await;
                shown.send(device.code().await).unwrap();
                device.met().await;
                // The other one may still wait for a word of this one; it ends with its thread if it fails.
                let _ = end.await;
            });
        });
    });
    let code = show.recv().unwrap();
    let Ok(Scanned::Ticket(ticket)) = Scanned::parse(&code) else { panic!("not a ticket") };
    then(&ticket.hints);
    let took = right.enter(|| {
        runtime().block_on(async {
            let mut device = Device::begin(Meet::Read(CarriedCode::new(&code)), Reach::default()).await;
            device.met().await;
            device.began.elapsed()
        })
    });
    // Whoever has ended already needs no word.
    let _ = over.send(());
    took
}

fn block(network: &Namespace, places: &[SocketAddr]) {
    for place in places {
        network.filter(&format!("tcp dport {} drop", place.port()));
    }
}

/// An engine and what it was asked to do.
struct Device {
    events: Events,
    began: Instant,
    _commands: Commands,
    _dir: TempDir,
}

impl Device {
    async fn begin(meet: Meet, reach: Reach) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (commands, events) = nyx_p2p::start(Setup {
            home: dir.path().join("home"),
            clock: Arc::new(SystemClock::new()),
            rng: Box::new(ChaCha20Rng::seed_from_u64(DEVICES.fetch_add(1, Ordering::Relaxed))),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring: None,
            auto_lock: AutoLock::Never,
            has_door: false,
        });
        let began = Instant::now();
        commands.send(Command::CheckLink { meet, reach }).await.unwrap();
        Self { events, began, _commands: commands, _dir: dir }
    }

    async fn code(&mut self) -> String {
        loop {
            if let Event::Code(code) = self.next().await {
                return code.text().to_owned();
            }
        }
    }

    /// Both know each other, and the channel is open.
    async fn met(&mut self) {
        while !matches!(self.next().await, Event::Peer { .. }) {}
    }

    async fn next(&mut self) -> Event {
        match self.events.next().await.unwrap().event {
            Event::Failed(failure) => panic!("{failure}"),
            event => event,
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn millis(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

/// Each device is another one, and the same in every run.
static DEVICES: AtomicU64 = AtomicU64::new(0);
/// Enough for a middle and a rare one.
const TIMES: usize = 20;
/// Longer than a search takes to notice that its address has changed.
const NOTICED: Duration = Duration::from_secs(2);
const PORT: u16 = 8440;
