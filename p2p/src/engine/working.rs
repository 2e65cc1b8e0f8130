//! What is done with an open vault: in the engine's own task, or beside it.

use super::{Engine, Open, State, lanes::Lane};
use crate::{
    chats::posting::Posting,
    command::{NewNote, Settings},
    event::Event,
    failure::Failure,
    front::RequestId,
    hiding,
    jobs::Job,
    pairing::Reach,
    settings,
};
use nyx_vault::Vault;
use std::sync::Arc;
use tokio::task::spawn_blocking;

impl Engine {
    /// Carries out something short with the open vault; the next command waits, so that what is sent in order happens in
    /// order, and an answer never tells less than one before it.
    pub(super) async fn with_vault(
        &mut self,
        job: Job,
        work: impl FnOnce(&Job, &Vault) -> Result<(), Failure> + Send + 'static,
    ) {
        let State::Open(Open { vault, .. }) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        self.finish(job, move |job| work(job, &vault)).await;
    }

    /// Carries out something long with the open vault; other commands go on meanwhile.
    pub(super) async fn beside(
        &mut self,
        lane: Lane,
        job: Job,
        work: impl FnOnce(&Job, Open) -> Result<(), Failure> + Send + 'static,
    ) {
        let State::Open(open) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let open = open.clone();
        self.lanes.add(lane, job, move |job| work(job, open)).await;
    }

    pub(super) async fn finish(&mut self, job: Job, work: impl FnOnce(&Job) -> Result<(), Failure> + Send + 'static) {
        let by = job.by;
        let ended = blocking(move || work(&job)).await.map_or_else(Event::Failed, |()| Event::Done);
        self.tell(by, ended).await;
    }

    /// Words alone are written at once, whatever runs; files take as long as they are long.
    pub(super) async fn post(&mut self, job: Job, note: NewNote) {
        let world = self.world.clone();
        if note.attachments.is_empty() {
            let post = move |job: &Job, vault: &Vault| Posting::of(vault, note)?.write(job, &world, vault);
            return self.with_vault(job, post).await;
        }
        let State::Open(Open { vault, .. }) = &self.state else {
            return self.tell(job.by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        match blocking(move || Posting::of(&vault, note)).await {
            Ok(posting) => {
                self.beside(Lane::Long, job, move |job, open| posting.write(job, &world, &open.vault)).await;
            }
            Err(failure) => self.tell(job.by, Event::Failed(failure)).await,
        }
    }

    pub(super) async fn change_settings(&mut self, by: RequestId, wanted: Settings) {
        let State::Open(Open { vault, .. }) = &self.state else {
            return self.tell(by, Event::Failed(Failure::Locked)).await;
        };
        let vault = Arc::clone(vault);
        let home = self.world.home.clone();
        match blocking(move || settings::change(&home, &vault, wanted)).await {
            Ok(settings) => {
                self.settings = settings.clone();
                self.tell(by, Event::Settings(settings)).await;
                self.tell(by, Event::Done).await;
            }
            Err(failure) => self.tell(by, Event::Failed(failure)).await,
        }
    }

    /// What a meeting may use: what was chosen for this one, and what its person set for all of them.
    pub(super) async fn reach(&mut self, chosen: Reach) -> Reach {
        if let State::Open(_) = self.state {
            return chosen.hidden(self.settings.hide_address).through(self.settings.service.as_deref());
        }
        let home = self.world.home.clone();
        chosen.hidden(spawn_blocking(move || hiding::is_wanted(&home)).await.unwrap_or(true))
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    spawn_blocking(work).await.unwrap_or_else(|panic| Err(Failure::Internal(panic.to_string())))
}
