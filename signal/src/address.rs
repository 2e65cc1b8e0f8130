//! Which address a client counts as.

use axum::http::HeaderMap;
use std::net::IpAddr;

/// One client for the limits: an IPv4 address, or an IPv6 /64, because a home gets at least that many.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) struct AddressKey(u128);

// Addresses reach no log.
impl std::fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressKey(..)")
    }
}

impl AddressKey {
    /// The key of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(v4.to_ipv6_mapped().to_bits()),
            IpAddr::V6(v6) => Self(v6.to_bits() & !(u128::from(u64::MAX))),
        }
    }
}

/// A network in CIDR notation, such as `10.0.0.0/8` or `::1`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network {
    /// IPv4 as mapped addresses, so that one comparison does.
    bits: u128,
    mask: u128,
}

/// Not a network.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not an address or a network like 10.0.0.0/8")]
pub struct NotANetwork(String);

impl std::str::FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || NotANetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().map_err(|_| refused())?)),
            None => (text, None),
        };
        let (bits, width) = match address.parse().map_err(|_| refused())? {
            IpAddr::V4(v4) => (v4.to_ipv6_mapped().to_bits(), 32),
            IpAddr::V6(v6) => (v6.to_bits(), 128),
        };
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return Err(refused());
        }
        let mask =
            u128::MAX.checked_shl(width - prefix).unwrap_or(0) | if width == 32 { !u128::from(u32::MAX) } else { 0 };
        Ok(Self { bits: bits & mask, mask })
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let bits = match address {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        bits.to_bits() & self.mask == self.bits
    }
}

/// The proxies whose word about a client's address is taken.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<Network>);

impl TrustedProxies {
    /// Whether this peer is one of them.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(peer.to_canonical()))
    }

    /// The client's address. `X-Forwarded-For` is read from the right, only as long as the one who wrote an entry is
    /// trusted: what a client itself put there stands further left and is never reached.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        // A line that is no text ends the walk: what stands left of it was written by others.
        let lines: Vec<_> =
            headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default()).collect();
        let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
        while self.trusts(client) {
            match entries.next().map(|entry| entry.trim().trim_matches(['[', ']']).parse::<IpAddr>()) {
                Some(Ok(named)) => client = named.to_canonical(),
                // Nothing more is said, or nothing readable: the last one known is the client.
                Some(Err(_)) | None => break,
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn an_ipv6_home_counts_as_one_client() {
        assert_eq!(AddressKey::of(ip("2001:db8:1:2::1")), AddressKey::of(ip("2001:db8:1:2:ffff::9")));
        assert_ne!(AddressKey::of(ip("2001:db8:1:2::1")), AddressKey::of(ip("2001:db8:1:3::1")));
        assert_eq!(AddressKey::of(ip("::ffff:192.0.2.1")), AddressKey::of(ip("192.0.2.1")));
        assert_ne!(AddressKey::of(ip("192.0.2.1")), AddressKey::of(ip("192.0.2.2")));
    }

    #[test]
    fn networks_contain_what_their_prefix_says() {
        let network: Network = "10.0.0.0/8".parse().unwrap();
        assert!(network.contains(ip("10.255.1.1")) && !network.contains(ip("11.0.0.1")));
        assert!("::1".parse::<Network>().unwrap().contains(ip("::1")));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains(ip("192.0.2.1")));
        assert!(!"0.0.0.0/0".parse::<Network>().unwrap().contains(ip("2001:db8::1")));
        assert!("::/0".parse::<Network>().unwrap().contains(ip("2001:db8::1")));
        for wrong in ["", "10.0.0.0/33", "::/129", "ten", "10.0.0.0/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_header_from_a_stranger_is_not_believed() {
        let proxies = TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(proxies.client(ip("192.0.2.7"), &headers(&["198.51.100.1"])), ip("192.0.2.7"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &headers(&["198.51.100.1"])), ip("198.51.100.1"));
        // The client wrote the first entry, a trusted proxy the last.
        assert_eq!(proxies.client(ip("10.0.0.1"), &headers(&["203.0.113.9, 198.51.100.1"])), ip("198.51.100.1"));
        assert_eq!(
            proxies.client(ip("10.0.0.1"), &headers(&["203.0.113.9", "198.51.100.1, 10.0.0.2"])),
            ip("198.51.100.1")
        );
        assert_eq!(proxies.client(ip("10.0.0.1"), &headers(&["garbage"])), ip("10.0.0.1"));
        assert_eq!(proxies.client(ip("10.0.0.1"), &headers(&[])), ip("10.0.0.1"));
    }
}
