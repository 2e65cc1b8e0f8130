//! The end of a lane that a connection beside its channel holds.

use super::{Shared, Violation};
use async_trait::async_trait;
use bytes::Bytes;
use nyx_wire::lane::{Numbered, Report};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// A connection beside the channel, as its writer needs it.
#[async_trait]
pub(crate) trait Beside: Send + Sync {
    /// Takes a message over, as far as the connection has room. An error says that it carries nothing any more.
    async fn put(&self, number: u64, message: Bytes) -> Result<(), Gone>;

    /// The other side has given it up.
    fn give_up(&self);
}

/// A connection has ended.
#[derive(Debug)]
pub(crate) struct Gone;

/// The end of a lane that a connection beside the channel holds.
#[derive(Clone)]
pub(crate) struct Strand(pub(super) Arc<Shared>);

impl Strand {
    /// A connection carries messages from now on, in place of any before it.
    pub(crate) fn begin(&self, attempt: u64, beside: Arc<dyn Beside>) {
        let mut books = self.0.books();
        books.braid.handle_fast(attempt);
        books.beside = Some((attempt, beside));
        drop(books);
        self.0.writer.notify_one();
    }

    /// Messages wait for a connection that may come about.
    pub(crate) fn hold(&self) {
        self.0.books().braid.hold(true);
    }

    /// They go on the channel as long as there is none.
    pub(crate) fn release(&self) {
        self.0.books().braid.hold(false);
        self.0.writer.notify_one();
    }

    /// It carries nothing any more. What was on it goes on the channel.
    pub(crate) fn end(&self, attempt: u64) {
        self.0.leave(attempt);
    }

    /// A message came on it, behind its number.
    pub(crate) fn take(&self, attempt: u64, bytes: &Bytes) {
        let taken = Numbered::decode(bytes).map_err(Violation::from).and_then(|(number, message)| {
            let message = bytes.slice_ref(message);
            self.0.books().deliver(|braid| braid.handle_numbered(attempt, number, message))
        });
        self.0.reporter.notify_one();
        self.0.judge(taken);
    }

    /// The other side has told something on it.
    pub(crate) fn hear(&self, attempt: u64, report: &[u8; Report::LEN]) {
        let report = Report::decode(report).map_err(Violation::from);
        let heard = report.and_then(|report| self.0.books().braid.handle_report(attempt, report));
        self.0.writer.notify_one();
        self.0.judge(heard);
    }

    /// The other side does on it what nobody of us does.
    pub(crate) fn condemn(&self) {
        self.0.judge(Err(Violation));
    }

    /// What is to be told on it next.
    pub(crate) async fn next_report(&self, attempt: u64) -> Report {
        let mut all = false;
        loop {
            let woken = self.0.reporter.notified();
            let waits = {
                let mut books = self.0.books();
                if let Some(report) = books.braid.poll_report(attempt, all) {
                    return report;
                }
                books.braid.waits_to_report()
            };
            if waits {
                // What waits for more of its kind does not wait long: somebody may want to end.
                all = timeout(REPORT_DELAY, woken).await.is_err();
            } else {
                woken.await;
            }
        }
    }
}

#[cfg(test)]
impl Strand {
    /// The connection that carries messages, to do with it what nobody of us does.
    pub(crate) fn beside(&self) -> Option<Arc<dyn Beside>> {
        self.0.books().beside.as_ref().map(|(_, beside)| Arc::clone(beside))
    }
}

/// A part of what people notice, and long enough for the few messages that make a word worth its packet.
const REPORT_DELAY: Duration = Duration::from_millis(25);
