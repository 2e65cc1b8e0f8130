//! A place that a device hosts for one meeting: it has the rooms that its host names, and no others.
//!
//! Whoever is on the network can connect, and there is no list of who may. So nobody is refused a place because others
//! hold them all: whoever sits in no room makes way for who comes, first of the address that holds most. Who knows a room
//! sits down at once, and is never sent away.

use nyx_wire::signal::RoomId;
use std::{
    fmt,
    future::pending,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, time::timeout};

/// The host's word on who may come, and to which rooms.
pub struct Private {
    near: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
    rooms: Mutex<Vec<RoomId>>,
    guests: Mutex<Vec<Arc<Guest>>>,
}

/// A connection, from the moment it was accepted.
#[derive(Debug)]
pub(crate) struct Guest {
    address: IpAddr,
    is_seated: AtomicBool,
    sent_away: watch::Sender<bool>,
}

/// A guest for as long as its connection lasts.
pub(crate) struct Stay {
    place: Arc<Private>,
    guest: Arc<Guest>,
}

impl Private {
    /// A place without a room yet. `near` says who may connect at all, by address: to others not a byte is said, nor is one
    /// of theirs read.
    pub fn new(near: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self { near: Box::new(near), rooms: Mutex::default(), guests: Mutex::default() }
    }

    /// Whoever knows this room may sit in it from now on.
    pub fn open(&self, room: RoomId) {
        let mut rooms = lock(&self.rooms);
        if !rooms.contains(&room) {
            rooms.push(room);
        }
    }

    pub(crate) fn has(&self, room: &RoomId) -> bool {
        lock(&self.rooms).contains(room)
    }

    /// Lets a connection in, and sends another one away for it if there are too many. `None`: nobody from there.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Stay> {
        if !(self.near)(address) {
            return None;
        }
        let guest = Arc::new(Guest { address, is_seated: AtomicBool::new(false), sent_away: watch::Sender::default() });
        let mut guests = lock(&self.guests);
        if guests.len() >= GUESTS_MAX {
            let held = |address: IpAddr| guests.iter().filter(|guest| guest.address == address).count();
            // The oldest of those: they stand in the order in which they came.
            let idle = guests.iter().enumerate().rev().filter(|(_, guest)| !guest.is_seated());
            let (place, _) = idle.max_by_key(|(_, guest)| held(guest.address))?;
            guests.remove(place).sent_away.send_replace(true);
        }
        guests.push(Arc::clone(&guest));
        drop(guests);
        Some(Stay { place: Arc::clone(self), guest })
    }
}

impl Guest {
    /// It sits in a room.
    pub(crate) fn sits(&self) {
        self.is_seated.store(true, Ordering::Relaxed);
    }

    fn is_seated(&self) -> bool {
        self.is_seated.load(Ordering::Relaxed)
    }

    /// Returns when a guest's connection is to end: it was sent away, or has taken no seat in time. Never, where it is none.
    pub(crate) async fn is_over(guest: Option<&Self>) {
        let Some(guest) = guest else { return pending().await };
        let mut sent_away = guest.sent_away.subscribe();
        let is_late = timeout(SEAT_PATIENCE, sent_away.wait_for(|is_over| *is_over)).await.is_err();
        if is_late && guest.is_seated() {
            // The sender is the guest's own.
            let _ = sent_away.wait_for(|is_over| *is_over).await;
        }
    }
}

impl Stay {
    pub(crate) fn guest(&self) -> Arc<Guest> {
        Arc::clone(&self.guest)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        lock(&self.place.guests).retain(|guest| !Arc::ptr_eq(guest, &self.guest));
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(..)")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing in here can leave a list half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two devices, each twice where a connection broke without a word, and others who came to the wrong door.
const GUESTS_MAX: usize = 32;
/// Upgrade and join are two round trips; each packet of them may be lost once.
const SEAT_PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> IpAddr {
        [192, 168, 0, last].into()
    }

    fn is_sent_away(stay: &Stay) -> bool {
        *stay.guest.sent_away.borrow()
    }

    #[test]
    fn who_holds_most_makes_way_and_the_oldest_first() {
        let place = Arc::new(Private::new(|_| true));
        let alone = place.admit(from(1)).unwrap();
        let crowd: Vec<_> = (1..GUESTS_MAX).map(|_| place.admit(from(2)).unwrap()).collect();
        let _another = place.admit(from(3)).unwrap();
        assert!(is_sent_away(&crowd[0]) && !is_sent_away(&crowd[1]) && !is_sent_away(&alone));
    }

    #[test]
    fn who_sits_is_never_sent_away_and_who_is_not_near_never_let_in() {
        let place = Arc::new(Private::new(|address| address != from(9)));
        assert!(place.admit(from(9)).is_none());
        let seated: Vec<_> = (0..2).map(|_| place.admit(from(2)).unwrap()).collect();
        seated.iter().for_each(|stay| stay.guest().sits());
        let crowd: Vec<_> = (0..10 * GUESTS_MAX).map(|_| place.admit(from(2)).unwrap()).collect();
        assert!(!seated.iter().any(is_sent_away));
        assert_eq!(lock(&place.guests).len(), GUESTS_MAX);
        drop((seated, crowd));
        assert_eq!(lock(&place.guests).len(), 0);
    }
}
