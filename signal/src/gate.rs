//! What one address may do: how many connections, and how often it may join, allocate and claim.

use crate::{
    address::AddressKey,
    limits::Limits,
    private::{Guest, Stay},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use std::{
    collections::{HashMap, hash_map},
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Counts and rates, by address.
pub(crate) struct Gate {
    addresses: Mutex<HashMap<AddressKey, Address>>,
    total: AtomicUsize,
    max_total: usize,
    max_per_address: usize,
    joins: Rate,
    allocates: Rate,
    claims: Rate,
}

/// What one address holds. It lives as long as one of its connections.
#[derive(Default)]
struct Address {
    connections: usize,
    rooms: Arc<AtomicUsize>,
}

struct Rate(DefaultKeyedRateLimiter<AddressKey>);

/// One open connection of an address. Dropping it gives the place back.
pub(crate) struct Permit {
    gate: Arc<Gate>,
    address: AddressKey,
    rooms: Arc<AtomicUsize>,
    /// In a private place.
    stay: Option<Stay>,
}

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Crowded {
    /// This address holds as many as it may.
    Address,
    /// The service holds as many as it may.
    Service,
}

/// Ask again after this many seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooOften(pub(crate) u32);

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            addresses: Mutex::default(),
            total: AtomicUsize::new(0),
            max_total: limits.connections,
            max_per_address: limits.connections_per_address,
            joins: Rate::per_minute(limits.joins_per_minute),
            allocates: Rate::per_minute(limits.allocates_per_minute),
            claims: Rate::per_minute(limits.claims_per_minute),
        })
    }

    /// A place for one more connection.
    pub(crate) fn admit(self: &Arc<Self>, address: AddressKey) -> Result<Permit, Crowded> {
        let mut addresses = self.lock();
        if self.total.load(Ordering::Relaxed) >= self.max_total {
            return Err(Crowded::Service);
        }
        let held = addresses.entry(address).or_default();
        if held.connections >= self.max_per_address {
            return Err(Crowded::Address);
        }
        held.connections += 1;
        let rooms = Arc::clone(&held.rooms);
        self.total.fetch_add(1, Ordering::Relaxed);
        drop(addresses);
        Ok(Permit { gate: Arc::clone(self), address, rooms, stay: None })
    }

    /// Forgets addresses that have been quiet long enough to start afresh anyway.
    pub(crate) fn sweep(&self) {
        for rate in [&self.joins, &self.allocates, &self.claims] {
            rate.0.retain_recent();
            rate.0.shrink_to_fit();
        }
        let mut addresses = self.lock();
        if addresses.capacity() > 4 * addresses.len().max(64) {
            addresses.shrink_to_fit();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AddressKey, Address>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// It is a guest's.
    pub(crate) fn of(mut self, stay: Option<Stay>) -> Self {
        self.stay = stay;
        self
    }

    /// Whose it is, in a private place.
    pub(crate) fn guest(&self) -> Option<Arc<Guest>> {
        self.stay.as_ref().map(Stay::guest)
    }

    /// Counts the rooms that all connections of this address sit in.
    pub(crate) fn rooms(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.rooms)
    }

    pub(crate) fn rooms_held(&self) -> usize {
        self.rooms.load(Ordering::Relaxed)
    }

    pub(crate) fn join(&self) -> Result<(), TooOften> {
        self.gate.joins.check(&self.address)
    }

    pub(crate) fn allocate(&self) -> Result<(), TooOften> {
        self.gate.allocates.check(&self.address)
    }

    pub(crate) fn claim(&self) -> Result<(), TooOften> {
        self.gate.claims.check(&self.address)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut addresses = self.gate.lock();
        if let hash_map::Entry::Occupied(mut entry) = addresses.entry(self.address) {
            entry.get_mut().connections -= 1;
            if entry.get().connections == 0 {
                entry.remove();
            }
        }
        self.gate.total.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Rate {
    fn per_minute(count: u32) -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN))))
    }

    fn check(&self, address: &AddressKey) -> Result<(), TooOften> {
        self.0.check_key(address).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            TooOften(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
        })
    }
}
