//! The books of a lane, without any I/O: what may be sent, what has arrived, and on which of its two ways each message goes.
//!
//! Every lane has a channel, which is reliable as long as the link lives. Bulk may have QUIC beside it, which comes and goes. Messages
//! are counted from zero in the order in which they were sent; over QUIC each says its number, on the channel it follows from
//! what came before. So the receiver gives them out in order, each once, whatever way each came.
//!
//! What went over QUIC is kept until the other side has it. When that way ends, the sender says [`Frame::Back`] on the channel, the
//! receiver throws away what came out of turn and says from where to go on ([`Frame::Resume`]), and only what follows is sent
//! again. Nothing goes out between the two, so the next message on the channel has the number that was named.

use super::credit::{Allowance, Room, Violation};
use bytes::Bytes;
use nyx_wire::lane::{Frame, Report, charge};
use std::collections::{BTreeMap, VecDeque};

/// The books of one side of a lane.
#[derive(Debug)]
pub(super) struct Braid {
    room: Room,
    allowance: Allowance,
    /// The attempt whose connection carries messages, in both directions.
    fast: Option<u64>,
    /// It is not settled yet whether there will be a connection: what went on the channel now could hold up all that follows.
    is_held: bool,
    sending: Sending,
    receiving: Receiving,
}

/// What a user of the lane wants to go out.
#[derive(Debug)]
pub(super) enum Outgoing {
    Message(Bytes),
    End,
}

/// What is to be done next.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// A message, on the channel.
    Channel(Bytes),
    /// A message, on the connection of an attempt.
    Fast { attempt: u64, number: u64, message: Bytes },
    /// The end, on the channel. Nothing follows.
    End,
}

#[derive(Debug, Default)]
struct Sending {
    /// The number of the next message that goes out, for the first time or again.
    next: u64,
    /// The last ones before it, as far as they went over QUIC and nobody has said that they arrived.
    kept: VecDeque<Bytes>,
    kept_bytes: u64,
    /// What goes out before anything new. It is paid for already.
    again: VecDeque<Bytes>,
    lost: Option<Lost>,
}

/// A way that ended with messages on it.
#[derive(Debug)]
struct Lost {
    attempt: u64,
    /// The other side was asked.
    asked: bool,
}

#[derive(Debug, Default)]
struct Receiving {
    /// The number of the next message for the reader.
    next: u64,
    beyond: BTreeMap<u64, Bytes>,
    arrived: VecDeque<Bytes>,
    /// Up to where the other side was told that it need not keep anything.
    told: u64,
    /// The connection that carries messages has not been told any credit.
    credit_untold: bool,
    resume: bool,
    ended: bool,
}

impl Braid {
    pub(super) fn new(window: u64) -> Self {
        Self {
            room: Room::new(window),
            allowance: Allowance::default(),
            fast: None,
            is_held: false,
            sending: Sending::default(),
            receiving: Receiving::default(),
        }
    }

    /// Whether messages wait for a connection, rather than go on the channel.
    pub(super) fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// A connection carries messages from now on.
    pub(super) fn handle_fast(&mut self, attempt: u64) {
        if let Some(old) = self.fast {
            self.handle_fast_gone(old);
        }
        self.fast = Some(attempt);
        // What the channel said may be waiting there for a packet that was lost.
        self.receiving.credit_untold = true;
    }

    /// A connection carries nothing any more.
    pub(super) fn handle_fast_gone(&mut self, attempt: u64) {
        if self.fast != Some(attempt) {
            return;
        }
        self.fast = None;
        // The last credit may have been lost with it.
        self.room.repeat();
        // While the answer about one is awaited, nothing goes out on another.
        if self.sending.lost.is_none() && !self.sending.kept.is_empty() {
            self.sending.lost = Some(Lost { attempt, asked: false });
        }
    }

    /// A message on the channel.
    pub(super) fn handle_message(&mut self, message: Bytes) -> Result<(), Violation> {
        self.arrive(message.len())?;
        self.receiving.take_next(message);
        Ok(())
    }

    /// A message on the connection of an attempt.
    pub(super) fn handle_numbered(&mut self, attempt: u64, number: u64, message: Bytes) -> Result<(), Violation> {
        if self.fast != Some(attempt) {
            // The last words of a way that was given up. They are said again.
            return Ok(());
        }
        if number < self.receiving.next || self.receiving.beyond.contains_key(&number) {
            return Err(Violation);
        }
        self.arrive(message.len())?;
        if number == self.receiving.next {
            self.receiving.take_next(message);
        } else {
            self.receiving.beyond.insert(number, message);
        }
        Ok(())
    }

    /// What the receiver says on the connection of an attempt.
    pub(super) fn handle_report(&mut self, attempt: u64, report: Report) -> Result<(), Violation> {
        match report {
            Report::Credit(total) => self.allowance.raise_beside(total),
            Report::Have(next) if next > self.sending.next => return Err(Violation),
            Report::Have(next) if self.fast == Some(attempt) => self.sending.forget_below(next),
            Report::Have(_) => {}
        }
        Ok(())
    }

    /// Any other frame on the channel.
    pub(super) fn handle_frame(&mut self, frame: Frame<'_>) -> Result<(), Violation> {
        match frame {
            Frame::Credit(granted) => {
                if self.allowance.raise(granted)? {
                    self.room.repeat();
                }
            }
            Frame::End => {
                // Whoever ends has made sure that all of it arrived.
                if std::mem::replace(&mut self.receiving.ended, true) || !self.receiving.beyond.is_empty() {
                    return Err(Violation);
                }
            }
            Frame::Back(attempt) => {
                if let Some(fast) = self.fast.filter(|fast| *fast <= attempt) {
                    self.handle_fast_gone(fast);
                }
                for message in std::mem::take(&mut self.receiving.beyond).into_values() {
                    self.room.forget(message.len());
                }
                self.receiving.resume = true;
            }
            Frame::Resume(next) => self.sending.resume(next)?,
            Frame::Message(_) | Frame::Ended => {}
        }
        Ok(())
    }

    /// The reader has a message.
    pub(super) fn handle_taken(&mut self, message_len: usize) {
        self.room.take(message_len);
    }

    /// Whether the reader has made enough room to tell.
    pub(super) fn is_grant_due(&self) -> bool {
        self.room.is_grant_due()
    }

    /// The next message for the reader.
    pub(super) fn poll_arrived(&mut self) -> Option<Bytes> {
        self.receiving.arrived.pop_front()
    }

    /// What is to be said on the channel before anything else.
    pub(super) fn poll_say(&mut self) -> Option<Frame<'static>> {
        if std::mem::take(&mut self.receiving.resume) {
            return Some(Frame::Resume(self.receiving.next));
        }
        if let Some(lost) = self.sending.lost.as_mut().filter(|lost| !lost.asked) {
            lost.asked = true;
            return Some(Frame::Back(lost.attempt));
        }
        let is_due = self.room.must_be_said() || (self.fast.is_none() && self.room.is_grant_due());
        is_due.then(|| Frame::Credit(self.room.grant()))
    }

    /// What is to be said on the connection of an attempt. `all` asks for what could still wait for more of its kind.
    pub(super) fn poll_report(&mut self, attempt: u64, all: bool) -> Option<Report> {
        if self.fast != Some(attempt) {
            return None;
        }
        if std::mem::take(&mut self.receiving.credit_untold) || self.room.is_grant_due() {
            return Some(Report::Credit(self.room.grant_beside()));
        }
        let unsaid = self.receiving.next - self.receiving.told;
        (unsaid >= if all { 1 } else { TELL_EVERY }).then(|| {
            self.receiving.told = self.receiving.next;
            Report::Have(self.receiving.next)
        })
    }

    /// Whether something arrived that is told only with more, or after a while.
    pub(super) fn waits_to_report(&self) -> bool {
        self.fast.is_some() && self.receiving.next > self.receiving.told
    }

    /// What goes out next, if it may.
    pub(super) fn poll_step(&mut self, next: &mut Option<Outgoing>) -> Option<Step> {
        if self.sending.lost.is_some() || (self.fast.is_some() && self.sending.kept_bytes >= KEPT_MAX) {
            return None;
        }
        let waits = self.is_held && self.fast.is_none();
        if let Some(message) = self.sending.again.pop_front_if(|_| !waits) {
            return Some(self.send(message));
        }
        let may_go = match next.as_ref()? {
            Outgoing::Message(message) => !waits && self.allowance.spend(message.len()),
            // What was sent beside the channel would come after it.
            Outgoing::End => self.sending.kept.is_empty() && self.sending.again.is_empty(),
        };
        match next.take_if(|_| may_go)? {
            Outgoing::Message(message) => Some(self.send(message)),
            Outgoing::End => Some(Step::End),
        }
    }

    fn send(&mut self, message: Bytes) -> Step {
        let number = self.sending.next;
        self.sending.next += 1;
        match self.fast {
            Some(attempt) => {
                self.sending.kept_bytes += charge(message.len());
                self.sending.kept.push_back(message.clone());
                Step::Fast { attempt, number, message }
            }
            None => Step::Channel(message),
        }
    }

    fn arrive(&mut self, message_len: usize) -> Result<(), Violation> {
        if self.receiving.ended {
            return Err(Violation);
        }
        self.room.arrive(message_len)
    }
}

impl Sending {
    /// The number of the oldest message that is kept.
    fn first_kept(&self) -> u64 {
        self.next - self.kept.len() as u64
    }

    fn forget_below(&mut self, next: u64) {
        while self.first_kept() < next {
            match self.kept.pop_front() {
                Some(message) => self.kept_bytes -= charge(message.len()),
                None => break,
            }
        }
    }

    /// The other side has all below this number.
    fn resume(&mut self, next: u64) -> Result<(), Violation> {
        let asked = self.lost.take_if(|lost| lost.asked);
        if asked.is_none() || next < self.first_kept() || next > self.next {
            return Err(Violation);
        }
        self.forget_below(next);
        self.next = next;
        self.kept_bytes = 0;
        while let Some(message) = self.kept.pop_back() {
            self.again.push_front(message);
        }
        Ok(())
    }
}

impl Receiving {
    fn take_next(&mut self, message: Bytes) {
        self.arrived.push_back(message);
        self.next += 1;
        while let Some(message) = self.beyond.remove(&self.next) {
            self.arrived.push_back(message);
            self.next += 1;
        }
    }
}

/// Four windows of a megabyte: what is under way at 200 MiB/s over 40 ms and its acknowledgement on the way back. It bounds what a
/// peer that grants everything and acknowledges nothing can make this side keep.
const KEPT_MAX: u64 = 16 * 1024 * 1024;
/// A megabyte of chunks: a word of nine bytes for each costs nothing.
const TELL_EVERY: u64 = 16;

#[cfg(test)]
mod tests;
