//! What of the tables is asked for, and for how long.

use crate::{carriers::Carrier, network::Network};
use std::time::{Duration, Instant};

/// Which of the tables.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Table {
    /// What each carrier does by itself.
    Alone,
    /// The same on paths without a line. Only where it is asked for.
    Paths,
    /// What two have of a line that they share.
    Shared,
}

/// Everything, unless something is named.
pub(crate) struct Selection {
    tables: Vec<Table>,
    carriers: Vec<Carrier>,
    /// A round trip, a loss and a line, or the first of them.
    network: Vec<f64>,
    until: Instant,
}

impl Selection {
    pub(crate) fn parse(arguments: &[String]) -> Self {
        let (mut tables, mut carriers, mut network, mut minutes) = (Vec::new(), Vec::new(), Vec::new(), MINUTES);
        for argument in arguments {
            match argument.as_str() {
                "alone" => tables.push(Table::Alone),
                "paths" => tables.push(Table::Paths),
                "shared" => tables.push(Table::Shared),
                other => match (other.strip_suffix("min").and_then(|number| number.parse().ok()), other.parse()) {
                    (Some(given), _) => minutes = given,
                    (_, Ok(number)) => network.push(number),
                    _ => carriers.push(Carrier::parse(other)),
                },
            }
        }
        Self { tables, carriers, network, until: Instant::now() + Duration::from_secs(60 * minutes) }
    }

    pub(crate) fn has_table(&self, table: Table) -> bool {
        self.tables.contains(&table) || (self.tables.is_empty() && table != Table::Paths)
    }

    pub(crate) fn networks(&self, table: Table) -> impl Iterator<Item = Network> {
        let all: Vec<_> = if table == Table::Paths { Network::paths().collect() } else { Network::all().collect() };
        all.into_iter().filter(|network| network.is(&self.network))
    }

    /// Whether it has a row of its own.
    pub(crate) fn has(&self, carrier: Carrier, network: Network, table: Table) -> bool {
        let is_wanted = match &self.carriers[..] {
            [] if table == Table::Paths => carrier.belongs_to_paths(),
            [] => carrier.belongs(network),
            named => named.contains(&carrier),
        };
        is_wanted && carrier.is_there()
    }

    /// Whether two have a row together; they are found by the first of them.
    pub(crate) fn has_pair(&self, [one, other]: [Carrier; 2], network: Network) -> bool {
        // The kernel's BBR takes all that this machine has where the line is not what ends it.
        other.is_there()
            && (network.is_narrow() || other != Carrier::TcpBbr)
            && (self.carriers.is_empty() || self.carriers.contains(&one))
    }

    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

/// As long as the whole takes where nothing stalls, and a third more.
const MINUTES: u64 = 20;
