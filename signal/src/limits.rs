//! Every limit of the service: its name, its value, its reason. Each can be set by the operator.

use std::time::Duration;

/// Writes the limits once and lets the settings (flags, environment, file) be made from the same list.
macro_rules! limits {
    ($( $(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr; )+) => {
        /// What one client, one address and all together may use.
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub struct Limits {
            $( $(#[doc = $doc])+ pub $name: $type, )+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $( $name: $default, )+ }
            }
        }

        /// The limits as an operator may set them; what is not set keeps its default.
        #[cfg(feature = "service")]
        #[derive(Clone, Debug, Default, clap::Args, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[command(next_help_heading = "Limits")]
        pub struct LimitSettings {
            $(
                $(#[doc = $doc])+
                #[arg(
                    long,
                    value_name = "N",
                    help = concat!($($doc,)+ " [default: ", stringify!($default), "]").trim_start()
                )]
                pub $name: Option<$type>,
            )+
        }

        #[cfg(feature = "service")]
        impl LimitSettings {
            /// What the limits are called in a file and in the environment.
            pub(crate) const NAMES: &[&str] = &[$( stringify!($name), )+];

            /// What is set here wins over `other`.
            pub fn or(self, other: Self) -> Self {
                Self { $( $name: self.$name.or(other.$name), )+ }
            }

            /// The limits in force.
            pub fn resolve(self) -> Limits {
                let default = Limits::default();
                Limits { $( $name: self.$name.unwrap_or(default.$name), )+ }
            }
        }
    };
}

limits! {
    /// Bytes in one frame's payload. Sealed SDP with thirty candidates takes under 8 KiB.
    frame_bytes: usize = 16 * 1024;
    /// Frames that wait in a room until the other member arrives. A pairing sends three.
    waiting_frames: usize = 32;
    /// Bytes that wait in a room until the other member arrives. A room costs no more than this.
    waiting_bytes: usize = 256 * 1024;
    /// Bytes that wait in all rooms together, so that no crowd of rooms takes the machine's memory.
    waiting_bytes_in_all: usize = 256 * 1024 * 1024;
    /// Bytes that wait for a member that reads too slowly, before its connection is closed: all that can wait in a room, twice.
    outgoing_bytes: usize = 512 * 1024;
    /// Seconds that a room lives with one member. A shown code is good for two minutes.
    alone_secs: u64 = 120;
    /// Seconds that a room lives in all: two devices need seconds; nobody is to keep a private channel here.
    room_secs: u64 = 600;
    /// Rooms that one connection sits in. A contact list keeps one standing room a contact.
    rooms_per_connection: usize = 1024;
    /// Rooms that one address (IPv6: a /64) sits in, so that none can take all there are.
    rooms_per_address: usize = 8_192;
    /// Rooms in all. An empty one takes half a KiB; what waits in them has a limit of its own.
    rooms: usize = 65_536;
    /// Connections in all. Each needs a file descriptor.
    connections: usize = 65_536;
    /// Connections an address (IPv6: a /64), because homes and offices share one.
    connections_per_address: usize = 64;
    /// Joins a minute an address. A pairing makes one a device; a contact list at start makes many, hence the burst of as many.
    joins_per_minute: u32 = 1_200;
    /// Numbers handed out a minute an address. A person types one code at a time.
    allocates_per_minute: u32 = 12;
    /// Numbers tried a minute an address. A guesser of three digits must not get through them.
    claims_per_minute: u32 = 12;
    /// Numbers alive at a time. More would make the codes long to type.
    numbers: usize = 10_000;
    /// Seconds until an unclaimed number is dead. As long as the code that it is part of.
    number_secs: u64 = 120;
    /// Bytes a second that a connection may send, averaged; what is over waits. A pairing sends 10 KiB in all.
    bytes_per_second: u32 = 64 * 1024;
    /// Bytes that a connection may send at once before the average counts.
    burst_bytes: u32 = 1024 * 1024;
    /// Seconds until the whole request head must have arrived (and the TLS handshake before it), against half-open requests.
    header_secs: u64 = 10;
    /// Seconds between pings. A connection that answers none within one more interval is dead.
    ping_secs: u64 = 20;
    /// Seconds that one write may take before the connection counts as dead.
    write_secs: u64 = 20;
    /// Seconds between SIGTERM and the end, for pairings that are under way.
    drain_secs: u64 = 5;
    /// Milliseconds over which clients spread their return after a drain.
    return_spread_ms: u32 = 5_000;
    /// Seconds that credentials for a TURN server are good: long enough to set up a call after pairing, and no longer.
    turn_secs: u64 = 3_600;
}

impl Limits {
    pub(crate) fn alone(&self) -> Duration {
        Duration::from_secs(self.alone_secs)
    }

    pub(crate) fn lifetime(&self) -> Duration {
        Duration::from_secs(self.room_secs)
    }

    pub(crate) fn ping(&self) -> Duration {
        Duration::from_secs(self.ping_secs)
    }
}
