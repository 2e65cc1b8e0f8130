//! The engine behind a window that is open, in the tests' own process.

use crate::nyx::{PASSWORD, Place};
use nyx_p2p::{
    AutoLock, Command, Commands, Event, Events, Password, PasswordCost, PasswordParams, RequestId, Setup, SystemClock,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// A front end that stays, as the window does.
pub(crate) struct Window {
    runtime: Runtime,
    commands: Option<Commands>,
    events: Events,
}

impl Window {
    pub(crate) fn at(place: &Place) -> Self {
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

    pub(crate) fn run(&mut self, command: Command) {
        let by = self.begin(command);
        self.until(|by_whom, event| by_whom == Some(by) && matches!(event, Event::Done));
    }

    pub(crate) fn begin(&self, command: Command) -> RequestId {
        self.runtime.block_on(self.commands.as_ref().unwrap().send(command)).unwrap()
    }

    pub(crate) fn until(&mut self, mut is_it: impl FnMut(Option<RequestId>, &Event) -> bool) {
        loop {
            let told = self.runtime.block_on(self.events.next()).unwrap();
            if is_it(told.by, &told.event) {
                return;
            }
        }
    }

    pub(crate) fn close(mut self) {
        drop(self.commands.take());
        while self.runtime.block_on(self.events.next()).is_some() {}
    }
}
