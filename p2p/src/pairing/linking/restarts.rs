//! When a link that broke is offered anew. It is asked once a second while the link is broken, and decides by what this
//! machine's network is like then: the network may be gone for an hour, or be another one when it is back.

use std::{net::IpAddr, time::Duration};
use tokio::time::Instant;

/// The books of the side that offers.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    broken: Option<Broken>,
    made: u32,
}

/// A link of which nothing is heard.
#[derive(Debug)]
struct Broken {
    look_at: Instant,
    last: Option<Offered>,
    wait: Duration,
}

#[derive(Debug)]
struct Offered {
    at: Instant,
    /// The addresses of this machine, whose sockets it names.
    from: Vec<IpAddr>,
    is_answered: bool,
}

impl Restarts {
    /// Nothing is heard any more.
    pub(super) fn interrupted(&mut self, now: Instant) {
        self.broken.get_or_insert(Broken { look_at: now, last: None, wait: FIRST });
    }

    /// It is up.
    pub(super) fn up(&mut self) {
        self.broken = None;
    }

    /// The other side has answered: both try to reach each other.
    pub(super) fn answered(&mut self) {
        if let Some(last) = self.broken.as_mut().and_then(|broken| broken.last.as_mut()) {
            last.is_answered = true;
        }
    }

    /// It was time to look; it is again in a while, whether or not anybody did.
    pub(super) fn passed(&mut self, now: Instant) {
        if let Some(broken) = &mut self.broken {
            broken.look_at = now + LOOK;
        }
    }

    /// When to look at the network next.
    pub(super) fn look_at(&self) -> Option<Instant> {
        self.broken.as_ref().map(|broken| broken.look_at)
    }

    /// Whether to offer now, from these addresses.
    ///
    /// Without an address there is nothing to offer. From others than before, what was offered leads nowhere. From the same
    /// ones only an answer that came to nothing is worth another try: an offer that nobody answered is said again by itself.
    pub(super) fn look(&mut self, now: Instant, own: &[IpAddr]) -> bool {
        let Some(broken) = &mut self.broken else { return false };
        if own.is_empty() || self.made >= RESTARTS_MAX {
            return false;
        }
        let offers = match &broken.last {
            None => true,
            Some(last) => last.from != own || (last.is_answered && now >= last.at + broken.wait),
        };
        if offers {
            if broken.last.as_ref().is_some_and(|last| last.from == own) {
                broken.wait = (2 * broken.wait).min(LONGEST);
            }
            broken.last = Some(Offered { at: now, from: own.to_vec(), is_answered: false });
            self.made += 1;
        }
        offers
    }
}

/// Each binds new sockets and takes envelopes, of which a meeting has 256.
pub(super) const RESTARTS_MAX: u32 = 100;
/// Where this machine is on the network is asked for this often: a link that broke with its address has five seconds.
const LOOK: Duration = Duration::from_secs(1);
/// Two ends that can reach each other have by then (three seconds a pair of addresses).
const FIRST: Duration = Duration::from_secs(8);
/// With [`RESTARTS_MAX`] it goes on for more than an hour.
const LONGEST: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn home() -> [IpAddr; 1] {
        [[192, 168, 1, 7].into()]
    }

    fn train() -> [IpAddr; 1] {
        [[10, 9, 8, 7].into()]
    }

    /// Looks every second; in which of them something is offered.
    fn offers(restarts: &mut Restarts, begin: Instant, secs: u64, own: impl Fn(u64) -> Vec<IpAddr>) -> Vec<u64> {
        let looked = (0..secs).filter(|second| restarts.look(begin + Duration::from_secs(*second), &own(*second)));
        looked.collect()
    }

    #[test]
    fn an_offer_that_nobody_answers_is_made_once() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        assert!(!restarts.look(now, &home()), "nothing is broken");
        restarts.interrupted(now);
        assert_eq!(offers(&mut restarts, now, HOUR, |_| home().into()), [0]);
    }

    #[test]
    fn a_machine_without_a_network_waits_for_one_and_offers_from_the_next() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        restarts.interrupted(now);
        let own = |second| match second {
            0..60 => home().into(),
            60..HOUR => Vec::new(),
            _ => train().into(),
        };
        assert_eq!(offers(&mut restarts, now, 2 * HOUR, own), [0, HOUR]);
    }

    #[test]
    fn answers_that_come_to_nothing_are_followed_by_offers_further_and_further_apart() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        restarts.interrupted(now);
        let mut made = Vec::new();
        for second in 0..HOUR {
            if restarts.look(now + Duration::from_secs(second), &home()) {
                made.push(second);
                restarts.answered();
            }
        }
        assert_eq!(made[..6], [0, 8, 24, 56, 116, 176]);
        assert!(made.len() < 70 && HOUR - made[made.len() - 1] <= 60, "{}", made.len());
    }

    #[test]
    fn a_link_that_came_back_and_breaks_again_is_offered_at_once() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        for minute in 0..5 {
            let broke = now + Duration::from_secs(60 * minute);
            restarts.interrupted(broke);
            assert!(restarts.look(broke, &home()));
            restarts.up();
            assert_eq!(restarts.look_at(), None);
        }
    }

    #[test]
    fn what_never_ends_ends_before_the_envelopes_do() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        restarts.interrupted(now);
        let flapping = |second: u64| if second.is_multiple_of(2) { home().into() } else { train().into() };
        assert_eq!(offers(&mut restarts, now, HOUR, flapping).len(), RESTARTS_MAX as usize);
    }
}
