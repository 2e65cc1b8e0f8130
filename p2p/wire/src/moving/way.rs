//! What a side remembers beside its record: how the two find each other again, and what the other is called. It never
//! leaves the device.

use crate::{
    codec::{DecodeError, decode_strict, encode},
    identity::{DeviceName, Version},
};
use alloc::{string::String, vec::Vec};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use minicbor::{Decode, Encode, bytes::ByteVec};

/// How the two find each other again.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct WayBack {
    /// Format version.
    #[n(0)]
    v: Version,
    /// What the other side is called, for people.
    #[n(1)]
    pub peer: DeviceName,
    /// Whether this side hosts the places.
    #[n(2)]
    pub hosts: bool,
    /// A service in which both can meet.
    #[n(3)]
    pub signal: Option<String>,
    #[n(4)]
    places: Vec<ByteVec>,
}

impl WayBack {
    /// One that fits its limits: what is too much of it is left out.
    #[must_use]
    pub fn new(peer: DeviceName, hosts: bool, signal: Option<&str>, places: &[SocketAddr]) -> Self {
        Self {
            v: Version,
            peer,
            hosts,
            signal: signal.filter(|url| url.len() <= SIGNAL_MAX).map(Into::into),
            places: places.iter().take(PLACES_MAX).map(|place| written(place).into()).collect(),
        }
    }

    /// Where a room was hosted.
    #[must_use]
    pub fn places(&self) -> Vec<SocketAddr> {
        self.places.iter().filter_map(|place| read(place)).collect()
    }

    /// The bytes to keep.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// What was kept.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        let way: Self = decode_strict(bytes, WAY_BACK_MAX)?;
        let fits = way.places.len() <= PLACES_MAX && way.places.iter().all(|place| read(place).is_some());
        if fits { Ok(way) } else { Err(DecodeError::Malformed) }
    }
}

fn written(place: &SocketAddr) -> Vec<u8> {
    let mut bytes = match place.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    bytes.extend_from_slice(&place.port().to_be_bytes());
    bytes
}

fn read(bytes: &[u8]) -> Option<SocketAddr> {
    let (ip, port) = bytes.split_last_chunk::<2>()?;
    let ip = match ip.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(ip).ok()?)),
        _ => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(ip).ok()?)),
    };
    let port = u16::from_be_bytes(*port);
    (port != 0 && !ip.is_unspecified()).then_some(SocketAddr::new(ip, port))
}

/// As many as a ticket names.
const PLACES_MAX: usize = 8;
/// As long as a URL may be for it.
const SIGNAL_MAX: usize = 256;
/// A name of 64 bytes, a URL, eight places of IPv6, and their frames.
const WAY_BACK_MAX: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_is_kept_is_what_is_read() {
        let places = ["192.168.1.7:4000".parse().unwrap(), "[2001:db8::7]:5000".parse().unwrap()];
        let way = WayBack::new(DeviceName::new("Old laptop").unwrap(), true, Some("wss://nyx.example/v1"), &places[..]);
        let read = WayBack::parse(&way.to_bytes()).unwrap();
        assert_eq!(read, way);
        assert_eq!(read.places(), places);
        let many = [places[1]; 20];
        let longest = WayBack::new(DeviceName::new(&"n".repeat(64)).unwrap(), true, Some(&"u".repeat(256)), &many);
        assert_eq!(WayBack::parse(&longest.to_bytes()).unwrap().places().len(), PLACES_MAX);
    }

    #[test]
    fn half_a_place_is_none() {
        let mut way = WayBack::new(DeviceName::new("Old laptop").unwrap(), false, None, &[]);
        for bytes in [vec![], vec![1, 2, 3], vec![0, 0, 0, 0, 1, 1], vec![1, 1, 1, 1, 0, 0], vec![1; 19]] {
            way.places = vec![bytes.into()];
            assert!(WayBack::parse(&way.to_bytes()).is_err());
        }
    }
}
