//! The engine, as a command of the terminal uses it: one wish at a time, until it is done.

use super::{ended::Ended, interrupt::Interrupt};
use crate::setup::setup;
use nyx_p2p::{AutoLock, Command, Commands, Event, Events, Failure, RequestId, Setup, Stopped, start};
use std::path::{Path, PathBuf};

/// A running engine.
pub(crate) struct Session {
    home: PathBuf,
    commands: Commands,
    events: Events,
    interrupt: Interrupt,
    told_to_stop: bool,
}

impl Session {
    pub(crate) fn start(home: PathBuf, interrupt: Interrupt, has_door: bool) -> Self {
        // A command of the terminal is over long before anybody is gone.
        let (commands, events) = start(Setup { has_door, ..setup(home.clone(), AutoLock::Never) });
        Self { home, commands, events, interrupt, told_to_stop: false }
    }

    /// Where the vault lies or will lie.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Who says that the program is to end.
    pub(crate) fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Has one command carried out; `on` hears what happens. If it is interrupted, or `on` fails, the command is
    /// stopped and waited for, so that nothing is left half done.
    pub(crate) async fn run(
        &mut self,
        command: Command,
        mut on: impl FnMut(Event) -> Result<(), Ended>,
    ) -> Result<(), Ended> {
        let by = self.commands.send(command).await.map_err(stopped)?;
        let mut first = Ok(());
        let mut told_to_stop = false;
        loop {
            let told = tokio::select! {
                biased;
                told = self.events.next() => told.ok_or_else(|| stopped(Stopped))?,
                () = self.interrupt.heard(), if !told_to_stop => {
                    told_to_stop = true;
                    self.commands.cancel(by);
                    continue;
                }
            };
            if told.by != Some(by) {
                continue;
            }
            match told.event {
                Event::Done => return first,
                Event::Failed(Failure::Cancelled) if first.is_err() => return first,
                Event::Failed(failure) => return Err(failure.into()),
                event if first.is_ok() => {
                    first = on(event);
                    if first.is_err() {
                        self.commands.cancel(by);
                    }
                }
                _ => {}
            }
        }
    }

    /// Begins a command; what it tells is taken by [`next`](Self::next).
    pub(crate) async fn begin(&mut self, command: Command) -> Result<RequestId, Ended> {
        self.commands.send(command).await.map_err(stopped)
    }

    /// Asks a command to stop. It says so itself.
    pub(crate) fn cancel(&self, by: RequestId) {
        self.commands.cancel(by);
    }

    /// What a command tells next; `None`: it is done. If it is interrupted, it is stopped and says so itself.
    pub(crate) async fn next(&mut self, by: RequestId) -> Result<Option<Event>, Ended> {
        loop {
            let told = tokio::select! {
                biased;
                told = self.events.next() => told.ok_or_else(|| stopped(Stopped))?,
                () = self.interrupt.heard(), if !self.told_to_stop => {
                    self.told_to_stop = true;
                    self.commands.cancel(by);
                    continue;
                }
            };
            if told.by != Some(by) {
                continue;
            }
            return match told.event {
                Event::Done => Ok(None),
                Event::Failed(failure) => Err(failure.into()),
                event => Ok(Some(event)),
            };
        }
    }

    /// Has a command carried out whose events say nothing.
    pub(crate) async fn quietly(&mut self, command: Command) -> Result<(), Ended> {
        self.run(command, |_| Ok(())).await
    }

    /// Ends the engine: what runs is stopped, the keys are wiped, the home is given up.
    pub(crate) async fn close(self) {
        let Self { commands, mut events, .. } = self;
        drop(commands);
        while events.next().await.is_some() {}
    }
}

fn stopped(error: Stopped) -> Ended {
    Failure::Internal(error.to_string()).into()
}
