//! The engine as the window has it: it runs on threads of its own, events wake the window.

use nyx_p2p::{Command, Commands, Events, NotPosted, RequestId, Setup, Told};
use std::{io, time::Duration};
use tokio::{runtime::Runtime, sync::mpsc, task::JoinHandle, time::timeout};

/// The engine's threads and the ways in and out.
#[derive(Debug)]
pub(crate) struct Engine {
    commands: Option<Commands>,
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
        Ok(Self { commands: Some(commands), told, pump: Some(pump), runtime: Some(runtime) })
    }

    /// Sends a command without waiting.
    pub(crate) fn post(&self, command: Command) -> Option<RequestId> {
        match self.commands.as_ref()?.post(command) {
            Ok(id) => Some(id),
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

    /// What happened since the last time.
    pub(crate) fn take(&mut self) -> Option<Told> {
        self.told.try_recv().ok()
    }
}

impl Drop for Engine {
    /// What runs is stopped, keys are wiped, the home is given up.
    fn drop(&mut self) {
        drop(self.commands.take());
        // The pump ends with the engine; nobody takes what it still tells.
        self.told.close();
        if let (Some(runtime), Some(pump)) = (self.runtime.take(), self.pump.take()) {
            let ended = runtime.block_on(async { timeout(ENDING, pump).await });
            if ended.is_err() {
                tracing::warn!("the engine did not end in time");
            }
            runtime.shutdown_background();
        }
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
