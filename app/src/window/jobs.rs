//! The commands that a screen waits for: how far each is, and what it told.

use nyx_p2p::{ConversationId, Event, Failure, Progress, RequestId};
use std::collections::HashMap;

/// Commands that somebody waits for.
#[derive(Debug, Default)]
pub struct Jobs {
    jobs: HashMap<RequestId, Job>,
}

/// One command that somebody waits for.
#[derive(Debug, Default)]
pub struct Job {
    /// How it ended, if it did.
    pub ended: Option<Result<(), Failure>>,
    /// Bytes done, and of how many.
    pub progress: Option<(u64, Option<u64>)>,
    /// How far a move is.
    pub moving: Option<Progress>,
    /// What it told besides.
    pub heard: Vec<Event>,
}

impl Jobs {
    /// A command, as long as it is not forgotten.
    #[must_use]
    pub fn get(&self, id: RequestId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// From now on what this command tells is kept.
    pub(super) fn watch(&mut self, id: RequestId) {
        self.jobs.insert(id, Job::default());
    }

    /// Nobody waits for it any more. What it told is dropped; secrets wipe themselves.
    pub(super) fn forget(&mut self, id: RequestId) {
        self.jobs.remove(&id);
    }

    /// These messages are gone, also from what was told of them.
    pub(super) fn forget_messages(&mut self, conversation: ConversationId, seqs: &[u64]) {
        for event in self.jobs.values_mut().flat_map(|job| &mut job.heard) {
            if let Event::Found { found, .. } = event {
                found.retain(|message| message.conversation != conversation || !seqs.contains(&message.seq));
            }
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.jobs.clear();
    }

    /// Keeps an event for whoever waits for it; gives it back if nobody does.
    pub(super) fn fold(&mut self, id: RequestId, event: Event) -> Option<Event> {
        let Some(job) = self.jobs.get_mut(&id) else { return Some(event) };
        match event {
            Event::Done => job.ended = Some(Ok(())),
            Event::Failed(failure) => job.ended = Some(Err(failure)),
            Event::Progress { done, total } => job.progress = Some((done, total)),
            Event::Moving(progress) => job.moving = Some(progress),
            event => job.heard.push(event),
        }
        None
    }
}
