//! The time, handed in: a test decides what it is.

use std::time::{Duration, Instant, SystemTime};

/// What the engine asks for the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970, as the person's clock shows them. May be wrong and may jump.
    fn unix_ms(&self) -> i64;

    /// Time since some moment; never goes back.
    fn running(&self) -> Duration;

    /// Time since some moment, also that in which the machine slept; never goes back. By it a vault is left alone: who
    /// closes a laptop and opens it the next day was gone for a night. A clock that knows of no sleep tells the time
    /// that it was running.
    fn passed(&self) -> Duration {
        self.running()
    }
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

    /// Since the machine was started.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn passed(&self) -> Duration {
        let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Duration::try_from(since).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_is_never_less_than_what_was_running() {
        let clock = SystemClock::new();
        let (passed, running) = (clock.passed(), clock.running());
        let (more_running, more_passed) = (clock.running() - running, clock.passed() - passed);
        assert!(more_passed >= more_running, "{more_passed:?} {more_running:?}");
    }

    /// Of a machine that slept the system says so; of any it says that it counts from its start.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_passed_is_counted_from_the_start_of_the_machine() {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
        let passed = SystemClock::new().passed().as_secs_f64();
        assert!(passed >= uptime - 1.0, "{passed} {uptime}");
    }
}
