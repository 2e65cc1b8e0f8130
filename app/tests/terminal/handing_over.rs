//! A note while another process holds the vault.

use crate::nyx::{PASSWORD, Place};
use nyx_p2p::{AutoLock, Command, Commands, Event, Events, Password, PasswordCost, PasswordParams, Setup, SystemClock};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{fs, sync::Arc};
use tokio::runtime::Runtime;

/// A front end that stays, as the window does.
struct Window {
    runtime: Runtime,
    commands: Option<Commands>,
    events: Events,
}

impl Window {
    fn at(place: &Place) -> Self {
        let runtime = Runtime::new().unwrap();
        let entered = runtime.enter();
        let (commands, events) = nyx_p2p::start(Setup {
            home: place.home(),
            clock: Arc::new(SystemClock::new()),
            rng: Box::new(ChaCha20Rng::seed_from_u64(9)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring: None,
            auto_lock: AutoLock::AsSet,
            has_door: true,
        });
        drop(entered);
        let mut window = Self { runtime, commands: Some(commands), events };
        window.run(Command::Unlock { password: Password::new(PASSWORD).unwrap() });
        window
    }

    fn run(&mut self, command: Command) {
        let by = self.runtime.block_on(self.commands.as_ref().unwrap().send(command)).unwrap();
        self.until(|by_whom, event| by_whom == Some(by) && matches!(event, Event::Done));
    }

    fn until(&mut self, mut is_it: impl FnMut(Option<nyx_p2p::RequestId>, &Event) -> bool) {
        loop {
            let told = self.runtime.block_on(self.events.next()).unwrap();
            if is_it(told.by, &told.event) {
                return;
            }
        }
    }

    fn close(mut self) {
        drop(self.commands.take());
        while self.runtime.block_on(self.events.next()).is_some() {}
    }
}

#[test]
fn a_note_is_handed_to_the_process_that_holds_the_vault() {
    let place = Place::with_account();
    let mut window = Window::at(&place);
    fs::write(place.path("resep baru.txt"), "garam").unwrap();
    let file = place.path("resep baru.txt");
    // No password: nobody is asked, and there is nobody who could answer.
    let noted = place.run_bare(&["note", "dari terminal", "--attach", file.to_str().unwrap(), "--json"], "");
    noted.assert_done();
    assert_eq!(noted.event("note")["id"].as_str().unwrap().len(), 32);
    window.until(|by, event| by.is_none() && matches!(event, Event::Changed(_)));
    place.run_bare(&["note", "--json", "x", "--attach", "/nowhere/at/all"], "").assert_error(1, "file-missing");
    place.run(&["messages", "--json"], PASSWORD).assert_error(8, "in-use");
    window.run(Command::Lock);
    place.run_bare(&["note", "--json", "terkunci"], "").assert_error(1, "locked");
    window.close();
    assert!(!place.home().join("door").exists());
    let read = place.run(&["messages", "--json"], PASSWORD);
    assert!(read.out.contains("dari terminal") && read.out.contains("resep baru.txt"), "{}", read.out);
}
