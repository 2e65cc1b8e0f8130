//! The time, handed in: a test decides what it is.

use std::time::{Duration, Instant, SystemTime};

/// What the engine asks for the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970, as the person's clock shows them. May be wrong and may jump.
    fn unix_ms(&self) -> i64;

    /// Time since some moment; never goes back.
    fn running(&self) -> Duration;
}

/// The machine's own clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Starts to count.
    #[must_use]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix_ms(&self) -> i64 {
        // Before 1970 a clock is so wrong that any number will do; it must only not stop the program.
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn running(&self) -> Duration {
        self.started.elapsed()
    }
}
