//! The two sides of a lane's credit, without any I/O.

use nyx_wire::lane::charge;

/// What the other side allows.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    sent: u64,
    granted: u64,
    /// What the channel has said. What came beside it may have been more, and is heard sooner.
    told: u64,
}

/// What this side allows.
#[derive(Debug)]
pub(super) struct Room {
    window: u64,
    arrived: u64,
    taken: u64,
    granted: u64,
    must_be_said: bool,
}

/// The other side does not keep to the rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Violation;

impl Allowance {
    /// Whether a message may go, and if so, it has gone.
    pub(super) fn spend(&mut self, message_len: usize) -> bool {
        let sent = self.sent.saturating_add(charge(message_len));
        let allowed = sent <= self.granted;
        if allowed {
            self.sent = sent;
        }
        allowed
    }

    /// The channel grants more; never less. True the first time.
    pub(super) fn raise(&mut self, granted: u64) -> Result<bool, Violation> {
        if granted < self.told {
            return Err(Violation);
        }
        let first = self.told == 0;
        self.told = granted;
        self.raise_beside(granted);
        Ok(first)
    }

    /// As much was granted beside the channel.
    pub(super) fn raise_beside(&mut self, granted: u64) {
        self.granted = self.granted.max(granted);
    }
}

impl Room {
    pub(super) fn new(window: u64) -> Self {
        Self { window, arrived: 0, taken: 0, granted: 0, must_be_said: true }
    }

    /// A message has come.
    pub(super) fn arrive(&mut self, message_len: usize) -> Result<(), Violation> {
        self.arrived = self.arrived.saturating_add(charge(message_len));
        if self.arrived > self.granted { Err(Violation) } else { Ok(()) }
    }

    /// One that had come is thrown away, and will come again.
    pub(super) fn forget(&mut self, message_len: usize) {
        self.arrived = self.arrived.saturating_sub(charge(message_len));
    }

    /// Its reader has it.
    pub(super) fn take(&mut self, message_len: usize) {
        self.taken = self.taken.saturating_add(charge(message_len));
    }

    /// Whether enough room was made to be worth telling. A quarter of the window, so that the other side never stands
    /// still while half of it is free.
    pub(super) fn is_grant_due(&self) -> bool {
        self.taken + self.window - self.granted >= self.window / 4
    }

    /// Whether the channel has to say it, whatever was said beside it.
    pub(super) fn must_be_said(&self) -> bool {
        self.must_be_said
    }

    /// What the channel said last may not have been heard. Of two ends that open, the grant of the first comes before the second can hear
    /// it; and what was said beside the channel may be lost with the way it went.
    pub(super) fn repeat(&mut self) {
        self.must_be_said = true;
    }

    /// The grant to tell now on the channel. From here on that much may arrive.
    pub(super) fn grant(&mut self) -> u64 {
        self.must_be_said = false;
        self.grant_beside()
    }

    /// The grant to tell now beside it.
    pub(super) fn grant_beside(&mut self) -> u64 {
        self.granted = self.taken + self.window;
        self.granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_before_the_first_grant() {
        let mut allowance = Allowance::default();
        assert!(!allowance.spend(0));
        allowance.raise(charge(10)).unwrap();
        assert!(!allowance.spend(11));
        assert!(allowance.spend(10));
        assert!(!allowance.spend(0));
    }

    #[test]
    fn the_first_grant_is_repeated_once_the_other_side_was_heard() {
        let (mut allowance, mut room) = (Allowance::default(), Room::new(1000));
        assert!(room.must_be_said());
        let lost = room.grant();
        assert!(!room.must_be_said() && !room.is_grant_due());
        if allowance.raise(5).unwrap() {
            room.repeat();
        }
        assert!(room.must_be_said());
        assert_eq!(room.grant(), lost);
        assert!(!room.must_be_said());
        assert!(!allowance.raise(6).unwrap());
    }

    #[test]
    fn a_grant_never_shrinks() {
        let mut allowance = Allowance::default();
        allowance.raise(100).unwrap();
        assert_eq!(allowance.raise(99), Err(Violation));
        assert_eq!(allowance.raise(100), Ok(false));
    }

    #[test]
    fn what_waits_for_its_reader_never_exceeds_the_window() {
        let (mut allowance, mut room) = (Allowance::default(), Room::new(10 * charge(100)));
        let (mut waiting, mut sent) = (0u64, 0);
        for step in 0..10_000u32 {
            if room.is_grant_due() {
                allowance.raise(room.grant()).unwrap();
            }
            if allowance.spend(100) {
                room.arrive(100).unwrap();
                waiting += 1;
                sent += 1;
            }
            assert!(waiting <= 10);
            // A reader that takes one of three.
            if step % 3 == 0 && waiting > 0 {
                room.take(100);
                waiting -= 1;
            }
        }
        assert!(sent > 3_000, "{sent}");
    }

    #[test]
    fn who_sends_more_than_granted_is_caught_at_once() {
        let mut room = Room::new(1000);
        assert_eq!(room.arrive(0), Err(Violation));
        let mut room = Room::new(1000);
        room.grant();
        assert_eq!(room.arrive(900), Ok(()));
        assert_eq!(room.arrive(0), Err(Violation));
    }
}
