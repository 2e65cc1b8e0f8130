//! A link of two devices that mean each other, as the job has it that they met for.

use super::linking::{LinkEvent, Linking};
use nyx_net::{
    lane::{Lane, Purpose},
    link::{Path, State},
};
use std::sync::Arc;

/// A link, with the lanes of a job.
pub(crate) struct Line {
    linking: Linking,
    control: Arc<dyn Lane>,
    bulk: Arc<dyn Lane>,
}

/// What happens on it.
#[derive(Debug)]
pub(crate) enum LineEvent {
    /// Something was said.
    Said(Vec<u8>),
    /// Nothing is heard any more; it may come back.
    Interrupted,
    /// It is heard again.
    Up,
    /// It is over.
    Gone,
}

impl Line {
    /// Of a link that stands.
    pub(super) fn of(linking: Linking) -> Option<Self> {
        let (control, bulk) = (linking.lane(Purpose::Control)?, linking.lane(Purpose::Bulk)?);
        Some(Self { linking, control, bulk })
    }

    /// The lane for short words.
    pub(crate) fn control(&self) -> Arc<dyn Lane> {
        Arc::clone(&self.control)
    }

    /// The lane for what is large.
    pub(crate) fn bulk(&self) -> Arc<dyn Lane> {
        Arc::clone(&self.bulk)
    }

    /// Which way the packets go, while they do.
    pub(crate) fn path(&self) -> Option<Path> {
        self.linking.path()
    }

    /// What happens next. Nothing is lost by giving up waiting.
    pub(crate) async fn next(&mut self) -> LineEvent {
        loop {
            tokio::select! {
                said = self.control.receive() => return match said {
                    Ok(Some(said)) => LineEvent::Said(said.into()),
                    Ok(None) | Err(_) => LineEvent::Gone,
                },
                event = self.linking.next() => match event {
                    LinkEvent::State(State::Closed(_)) => return LineEvent::Gone,
                    LinkEvent::State(State::Interrupted) => return LineEvent::Interrupted,
                    LinkEvent::State(State::Up(_)) => return LineEvent::Up,
                    // The carriers that would bring it to the other side are no longer there.
                    LinkEvent::State(State::Connecting) | LinkEvent::Place(_) => {}
                    LinkEvent::Broken => {}
                },
            }
        }
    }

    /// Ends it, after what is queued has arrived.
    pub(crate) async fn close(self) {
        self.linking.close().await;
    }
}
