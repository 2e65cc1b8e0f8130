//! Where tests cut the power. A build for development ends, as if it was killed, right before or right after the step that
//! `NYX_POWER_CUT` names ("before old-released"); a release has no such step.

use nyx_wire::{
    identity::Body,
    moving::{ReceiverPhase, ReceiverRecord, SenderPhase, SenderRecord},
};

/// Carries out something after which a restart goes on elsewhere than before.
pub(super) fn step<T, E>(name: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    may_go("before", name);
    let done = work()?;
    may_go("after", name);
    Ok(done)
}

#[cfg(debug_assertions)]
fn may_go(when: &str, step: &str) {
    let cut = std::env::var("NYX_POWER_CUT");
    if cut.is_ok_and(|cut| cut.split_once(' ') == Some((when, step))) {
        // Nothing is written, said or cleared away any more.
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
fn may_go(_: &str, _: &str) {}

/// What it is called to keep this on the old device.
pub(super) fn of_old(record: &[u8]) -> &'static str {
    match SenderRecord::parse(record).map(|record| record.phase) {
        Ok(SenderPhase::Offered) => "old-offered",
        Ok(SenderPhase::Freezing) => "old-freezing",
        Ok(SenderPhase::Frozen { .. }) => "old-frozen",
        Ok(SenderPhase::Released { .. }) => "old-released",
        Ok(SenderPhase::Closed) => "old-closed",
        Ok(SenderPhase::Cancelled { .. }) | Err(_) => "old-cancelled",
    }
}

/// The same on the new one.
pub(super) fn of_new(record: &[u8]) -> &'static str {
    match ReceiverRecord::parse(record).map(|record| record.phase) {
        Ok(ReceiverPhase::Receiving { last: None }) => "new-receiving",
        Ok(ReceiverPhase::Receiving { last: Some(_) }) => "new-complete",
        Ok(ReceiverPhase::Ready { .. }) => "new-ready",
        Ok(ReceiverPhase::Released { .. }) => "new-released",
        Ok(ReceiverPhase::Over) => "new-over",
        Ok(ReceiverPhase::Cancelled { .. }) | Err(_) => "new-cancelled",
    }
}
