//! Work inside SQLite that takes long, while somebody is asked whether it is still wanted.

use rusqlite::Connection;
use std::{panic::resume_unwind, sync::mpsc::sync_channel, thread};

/// Carries out `work` on a thread of its own and lets SQLite ask, every so many of its steps, whether to go on; `is_wanted`
/// answers on the calling thread, so it may be anything. `None`: it said no.
///
/// SQLite asks between its steps. What SQLCipher does in one (the MAC of every page) runs to its end.
pub(crate) fn interruptible<T: Send>(
    connection: &mut Connection,
    is_wanted: &mut dyn FnMut() -> bool,
    work: impl FnOnce(&Connection) -> T + Send,
) -> Option<T> {
    let (ask, asked) = sync_channel(0);
    let (answer, answered) = sync_channel(0);
    thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let handler = move || ask.send(()).is_err() || !answered.recv().unwrap_or(false);
            let asking = Asking::by(connection, handler);
            work(asking.0)
        });
        let mut goes_on = true;
        // Ends when SQLite has no handler any more, which holds the other end.
        while asked.recv().is_ok() {
            goes_on = goes_on && is_wanted();
            if answer.send(goes_on).is_err() {
                break;
            }
        }
        let done = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        goes_on.then_some(done)
    })
}

/// A connection that asks, until this is dropped.
struct Asking<'c>(&'c mut Connection);

impl<'c> Asking<'c> {
    fn by(connection: &'c mut Connection, handler: impl FnMut() -> bool + Send + 'static) -> Self {
        // Refused only by a connection that is not ours; then nobody is asked, and the work runs to its end.
        let _ = connection.progress_handler(STEPS, Some(handler));
        Self(connection)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let _ = self.0.progress_handler(0, None::<fn() -> bool>);
    }
}

/// A millisecond or less of work: an answer costs a hundredth of that.
const STEPS: i32 = 5_000;
