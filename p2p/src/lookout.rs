//! How this machine stands on its networks: what is looked at when two devices do not find each other.

use crate::{
    event::{Event, Told},
    failure::Failure,
    jobs::Job,
    pairing::Reach,
};
use nyx_net::probe;
use std::{net::IpAddr, time::Duration};

/// One thing that was looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Finding {
    /// This machine is on a network.
    Network {
        /// By which interface.
        interface: String,
        /// With which address.
        address: IpAddr,
    },
    /// It is on none that may be used.
    NoNetwork,
    /// Whether devices on one network can find each other: what is said to all of them comes back.
    Discovery {
        /// On which interface.
        interface: String,
        /// Whether it does.
        works: bool,
    },
    /// The signalling service that was chosen.
    Service {
        /// After how long it answered; `None`: it did not.
        millis: Option<u64>,
    },
}

impl Finding {
    /// Whether it is as it should be.
    #[must_use]
    pub const fn is_well(&self) -> bool {
        match self {
            Self::Network { .. } => true,
            Self::NoNetwork => false,
            Self::Discovery { works, .. } => *works,
            Self::Service { millis } => millis.is_some(),
        }
    }
}

/// Looks, and tells each thing as it is found.
pub(crate) async fn look(job: &Job, reach: &Reach) -> Result<(), Failure> {
    let tell = async |finding| {
        // A front end that is gone needs no events.
        let _ = job.events.send(Told { by: Some(job.by), event: Event::Finding(finding) }).await;
    };
    let grant = reach.grant()?;
    let service = reach.service()?;
    let locals = probe::networks(&grant).map_err(|error| Failure::Internal(error.to_string()))?;
    if locals.is_empty() {
        tell(Finding::NoNetwork).await;
    }
    for local in &locals {
        tell(Finding::Network { interface: local.interface.clone(), address: local.address }).await;
    }
    if grant.drivers.lan_discovery {
        for local in locals.iter().filter(|local| local.address.is_ipv4() && !local.address.is_loopback()) {
            job.check()?;
            let works = probe::hears_itself(local, PATIENCE).await.unwrap_or_else(|error| {
                tracing::debug!(%error, "multicast is refused");
                false
            });
            tell(Finding::Discovery { interface: local.interface.clone(), works }).await;
        }
    }
    if let Some(service) = service {
        let began = job.clock.running();
        let answers = probe::answers(grant, service, CALL_PATIENCE).await;
        let took = u64::try_from(job.clock.running().saturating_sub(began).as_millis()).unwrap_or(u64::MAX);
        tell(Finding::Service { millis: answers.then_some(took) }).await;
    }
    Ok(())
}

/// What is sent to a network and to oneself is there at once, or never.
const PATIENCE: Duration = Duration::from_secs(1);
/// Name, TCP, TLS and upgrade on a slow line.
const CALL_PATIENCE: Duration = Duration::from_secs(5);
