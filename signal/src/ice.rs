//! STUN and TURN servers, with credentials that are short-lived and made for one room.
//!
//! coturn's shared-secret scheme (`use-auth-secret`): the user name is the time of expiry and a random tag, the password
//! is an HMAC over it, so the relay needs no word from us. The scheme prescribes HMAC-SHA1.

use hmac::{Hmac, KeyInit, Mac};
use nyx_wire::signal::IceServer;
use sha1::Sha1;
use std::fmt;

/// The servers of the configuration.
#[derive(Clone, Debug, Default)]
pub struct IceServers {
    /// `stun:host:port`; open to everybody, so no secret.
    pub stun: Vec<String>,
    /// `turn:host:port?transport=udp` or `turns:…`.
    pub turn: Vec<String>,
    /// Shared with the relay.
    pub turn_secret: Option<TurnSecret>,
}

/// What this service and the relay share.
#[derive(Clone)]
pub struct TurnSecret(zeroize::Zeroizing<String>);

impl TurnSecret {
    /// From the relay's `static-auth-secret`.
    pub fn new(secret: String) -> Self {
        Self(zeroize::Zeroizing::new(secret))
    }
}

impl fmt::Debug for TurnSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TurnSecret(..)")
    }
}

impl IceServers {
    /// Whether anything is configured.
    pub fn is_empty(&self) -> bool {
        self.stun.is_empty() && self.turn.is_empty()
    }

    /// The list for one room: `tag` keeps two rooms' user names apart without naming the room to the relay.
    pub fn hand_out(&self, unix_secs: u64, ttl_secs: u64, tag: [u8; 8]) -> Vec<IceServer> {
        let open = self.stun.iter().map(|url| IceServer {
            url: url.clone(),
            username: String::new(),
            credential: String::new(),
        });
        let Some(secret) = &self.turn_secret else { return open.collect() };
        let username = format!("{}:{:016x}", unix_secs.saturating_add(ttl_secs), u64::from_be_bytes(tag));
        let credential = secret.password(&username);
        let relays = self.turn.iter().map(|url| IceServer {
            url: url.clone(),
            username: username.clone(),
            credential: credential.clone(),
        });
        open.chain(relays).collect()
    }
}

impl TurnSecret {
    fn password(&self, username: &str) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha1>::new_from_slice(self.0.as_bytes()).expect("a key of any length");
        mac.update(username.as_bytes());
        data_encoding::BASE64.encode(&mac.finalize().into_bytes())
    }
}
