//! The engine as the window has it: it runs on threads of its own, events wake the window.

use nyx_p2p::{Command, Commands, ConversationId, Event, Events, NotPosted, RequestId, Setup, Told};
use std::{
    collections::{HashMap, VecDeque},
    io,
    time::Duration,
};
use tokio::{runtime::Runtime, sync::mpsc, task::JoinHandle, time::timeout};

/// The engine's threads and the ways in and out.
#[derive(Debug)]
pub(crate) struct Engine {
    commands: Option<Commands>,
    /// What it had no room for, in its order.
    waiting: VecDeque<Command>,
    /// Drafts that it has taken and not answered yet.
    drafts: HashMap<RequestId, ConversationId>,
    told: mpsc::Receiver<Told>,
    pump: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Engine {
    /// Starts it; `wake` is called whenever there is something to [`take`](Self::take).
    pub(crate) fn start(setup: Setup, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("nyx-engine")
            .enable_all()
            .build()?;
        let (commands, events) = {
            let _entered = runtime.enter();
            nyx_p2p::start(setup)
        };
        let (tell, told) = mpsc::channel(TOLD_MAX);
        let pump = runtime.spawn(pump(events, tell, wake));
        Ok(Self {
            commands: Some(commands),
            waiting: VecDeque::new(),
            drafts: HashMap::new(),
            told,
            pump: Some(pump),
            runtime: Some(runtime),
        })
    }

    /// Sends a command without waiting; `None`: there is no room for it, and nothing overtakes what waits.
    pub(crate) fn post(&mut self, command: Command) -> Option<RequestId> {
        if matches!(command, Command::Erase) {
            // It needs no room, and nothing that waits has a meaning after it.
            self.waiting.clear();
            return self.hand_over(command);
        }
        self.catch_up();
        if self.is_behind() {
            tracing::warn!("the engine is behind; a command was not taken");
            return None;
        }
        self.hand_over(command)
    }

    /// Sends a command, now or as soon as there is room.
    pub(crate) fn send(&mut self, command: Command) {
        // The newer says everything that the older says.
        self.waiting.retain(|waiting| !is_outdone(waiting, &command));
        self.waiting.push_back(command);
        self.catch_up();
    }

    /// Whether something waits for room.
    pub(crate) fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn catch_up(&mut self) {
        while self.commands.as_ref().is_none_or(Commands::has_room) {
            let Some(command) = self.waiting.pop_front() else { return };
            self.hand_over(command);
        }
    }

    fn hand_over(&mut self, command: Command) -> Option<RequestId> {
        let draft = draft_of(&command);
        match self.commands.as_ref()?.post(command) {
            Ok(id) => {
                self.drafts.extend(draft.map(|conversation| (id, conversation)));
                Some(id)
            }
            Err(NotPosted::Busy) => {
                tracing::warn!("the engine is behind; a command was not taken");
                None
            }
            Err(NotPosted::Stopped) => None,
        }
    }

    pub(crate) fn cancel(&self, id: RequestId) {
        if let Some(commands) = &self.commands {
            commands.cancel(id);
        }
    }

    /// The conversation whose draft this answers, if nothing newer of it is under way: what it says is how it stands.
    pub(crate) fn ended_draft(&mut self, told: &Told) -> Option<ConversationId> {
        if !matches!(told.event, Event::Done | Event::Failed(_)) {
            return None;
        }
        let ended = self.drafts.remove(&told.by?)?;
        let is_newest = !self.drafts.values().any(|other| *other == ended)
            && !self.waiting.iter().any(|waiting| draft_of(waiting) == Some(ended));
        is_newest.then_some(ended)
    }

    /// What happened since the last time.
    pub(crate) fn take(&mut self) -> Option<Told> {
        self.catch_up();
        self.told.try_recv().ok()
    }
}

impl Drop for Engine {
    /// What runs is stopped, keys are wiped, the home is given up.
    fn drop(&mut self) {
        // What was begun last is kept before the end, unless the engine hangs.
        if let (Some(commands), Some(runtime)) = (&self.commands, &self.runtime) {
            self.told.close();
            let rest = async {
                for command in self.waiting.drain(..) {
                    if commands.send(command).await.is_err() {
                        return;
                    }
                }
            };
            if runtime.block_on(async { timeout(ENDING, rest).await }).is_err() {
                tracing::warn!("the engine did not take everything in time");
            }
        }
        drop(self.commands.take());
        // The pump ends with the engine; nobody takes what it still tells.
        if let (Some(runtime), Some(pump)) = (self.runtime.take(), self.pump.take()) {
            let ended = runtime.block_on(async { timeout(ENDING, pump).await });
            if ended.is_err() {
                tracing::warn!("the engine did not end in time");
            }
            runtime.shutdown_background();
        }
    }
}

/// Whether a command that waits is without a meaning once this one follows.
fn is_outdone(waiting: &Command, next: &Command) -> bool {
    match (waiting, next) {
        (Command::KeepDraft { conversation: of, .. }, Command::KeepDraft { conversation, .. }) => of == conversation,
        (Command::MarkRead { conversation: of, .. }, Command::MarkRead { conversation, .. }) => of == conversation,
        (Command::ChangeSettings(_), Command::ChangeSettings(_))
        | (Command::Present, Command::Present)
        | (Command::Status, Command::Status)
        | (Command::Lock, Command::Lock) => true,
        _ => false,
    }
}

fn draft_of(command: &Command) -> Option<ConversationId> {
    match command {
        Command::KeepDraft { conversation, .. } => *conversation,
        _ => None,
    }
}

async fn pump(mut events: Events, tell: mpsc::Sender<Told>, wake: impl Fn() + Send) {
    while let Some(told) = events.next().await {
        // A window that is gone needs no events, but the engine is listened to until it has ended.
        let _ = tell.send(told).await;
        wake();
    }
}

/// The engine is one task; what blocks has threads of its own.
const WORKERS: usize = 1;
/// A page of messages goes through between two frames.
const TOLD_MAX: usize = 256;
/// Copying an attachment stops within a chunk; wiping takes no time.
const ENDING: Duration = Duration::from_secs(5);

#[cfg(test)]
pub(in crate::window) mod tests {
    use super::*;
    use nyx_p2p::{AutoLock, Event, PasswordCost, PasswordParams, SystemClock};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
    use std::sync::Arc;

    /// An engine without a vault, for those who need answers to tell apart.
    pub(in crate::window) fn idle() -> (Engine, tempfile::TempDir) {
        let home = tempfile::tempdir().unwrap();
        let setup = Setup {
            home: home.path().join("nyx"),
            clock: Arc::new(SystemClock::new()),
            rng: Box::new(ChaCha20Rng::seed_from_u64(7)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring: None,
            auto_lock: AutoLock::AsSet,
            has_door: false,
        };
        (Engine::start(setup, || {}).unwrap(), home)
    }

    #[test]
    fn what_the_engine_has_no_room_for_is_done_later_and_nothing_overtakes_it() {
        let (mut engine, _home) = idle();
        // Nobody takes what it tells, so it stands still after a while.
        while !engine.is_behind() {
            engine.send(Command::Status);
        }
        engine.send(Command::Lock);
        assert_eq!(engine.post(Command::Find), None, "it would overtake the lock");
        while !matches!(engine.take(), Some(Told { event: Event::Locked, .. })) {
            std::thread::yield_now();
        }
        assert!(!engine.is_behind());
    }
}
