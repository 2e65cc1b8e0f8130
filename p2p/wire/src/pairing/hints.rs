//! Where the device that shows a ticket can be met. Hints only: nothing that is reached through them is believed.

use super::{SIGNAL_URL_MAX, TICKET_HEAD, TICKET_MAX, layout::Rest};
use crate::codec::DecodeError;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// The hints of a ticket, each `tag ‖ length ‖ value`, tags ascending, none empty and none twice. `Debug` shows no
/// address.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Hints {
    signal: Option<SignalUrl>,
    hosted: Vec<SocketAddr>,
    lan: Vec<SocketAddr>,
}

impl Hints {
    /// Hints that fit a ticket. The order of the addresses is kept, IPv4 before IPv6; scopes of IPv6 addresses mean
    /// nothing elsewhere and are dropped.
    pub fn new(signal: Option<SignalUrl>, hosted: &[SocketAddr], lan: &[SocketAddr]) -> Result<Self, HintsError> {
        if hosted.iter().chain(lan).any(|address| address.port() == 0 || address.ip().is_unspecified()) {
            return Err(HintsError::NoAddress);
        }
        let hints = Self { signal, hosted: in_order(hosted), lan: in_order(lan) };
        let mut bytes = Vec::new();
        hints.write(&mut bytes);
        if bytes.len() <= TICKET_MAX - TICKET_HEAD { Ok(hints) } else { Err(HintsError::TooLong) }
    }

    /// The signalling service in which the room is.
    #[must_use]
    pub const fn signal(&self) -> Option<&SignalUrl> {
        self.signal.as_ref()
    }

    /// Where the device that shows hosts a room itself.
    #[must_use]
    pub fn hosted(&self) -> &[SocketAddr] {
        &self.hosted
    }

    /// Where it can be called for a meeting on the network that both are on.
    #[must_use]
    pub fn lan(&self) -> &[SocketAddr] {
        &self.lan
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if let Some(SignalUrl(url)) = &self.signal {
            hint(out, TAG_SIGNAL, url.as_bytes());
        }
        for (addresses, tag_v4, tag_v6) in
            [(&self.hosted, TAG_HOSTED_V4, TAG_HOSTED_V6), (&self.lan, TAG_LAN_V4, TAG_LAN_V6)]
        {
            let (mut v4, mut v6) = (Vec::new(), Vec::new());
            for address in addresses {
                let out = if address.is_ipv4() { &mut v4 } else { &mut v6 };
                match address.ip() {
                    IpAddr::V4(ip) => out.extend_from_slice(&ip.octets()),
                    IpAddr::V6(ip) => out.extend_from_slice(&ip.octets()),
                }
                out.extend_from_slice(&address.port().to_be_bytes());
            }
            hint(out, tag_v4, &v4);
            hint(out, tag_v6, &v6);
        }
    }

    pub(super) fn read(mut rest: Rest<'_>) -> Result<Self, DecodeError> {
        let (mut hints, mut last) = (Self::default(), 0);
        while !rest.0.is_empty() {
            let tag = rest.byte()?;
            let length = usize::from(rest.byte()?);
            let mut value = Rest(rest.slice(length)?);
            if tag <= last || length == 0 {
                return Err(DecodeError::NotCanonical);
            }
            last = tag;
            let addresses = match tag {
                TAG_SIGNAL => {
                    let url = core::str::from_utf8(value.0).map_err(|_| DecodeError::Malformed)?;
                    hints.signal = Some(SignalUrl::new(url).map_err(|_| DecodeError::Malformed)?);
                    continue;
                }
                TAG_HOSTED_V4 | TAG_HOSTED_V6 => &mut hints.hosted,
                TAG_LAN_V4 | TAG_LAN_V6 => &mut hints.lan,
                // What is not understood must not be agreed on.
                _ => return Err(DecodeError::Malformed),
            };
            let is_v4 = matches!(tag, TAG_HOSTED_V4 | TAG_LAN_V4);
            while !value.0.is_empty() {
                addresses.push(read_address(is_v4, &mut value)?);
            }
        }
        Ok(hints)
    }
}

impl fmt::Debug for Hints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { signal, hosted, lan } = self;
        write!(f, "Hints(signal: {}, hosted: {}, lan: {})", signal.is_some(), hosted.len(), lan.len())
    }
}

/// The address of a signalling service: `ws://` or `wss://` and printable ASCII. Whether it leads anywhere is for whoever
/// follows it.
#[derive(Clone, Eq, PartialEq)]
pub struct SignalUrl(String);

impl SignalUrl {
    /// Takes an address.
    pub fn new(url: &str) -> Result<Self, HintsError> {
        if url.len() > SIGNAL_URL_MAX {
            return Err(HintsError::TooLong);
        }
        let host = url.strip_prefix("wss://").or_else(|| url.strip_prefix("ws://")).ok_or(HintsError::NoAddress)?;
        if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(HintsError::NoAddress);
        }
        Ok(Self(url.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignalUrl(redacted)")
    }
}

/// Why hints do not go into a ticket.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HintsError {
    /// More than fits a code that cameras read well.
    #[error("too long for a ticket")]
    TooLong,
    /// Not an address that anybody could connect to.
    #[error("not an address")]
    NoAddress,
}

fn hint(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    if !value.is_empty() {
        // Longer than a byte can say is longer than a ticket: `new` refuses it by the length of the whole.
        out.extend_from_slice(&[tag, value.len().min(255) as u8]);
        out.extend_from_slice(value);
    }
}

/// IPv4 first, and without what means nothing elsewhere.
fn in_order(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let (v4, v6): (Vec<SocketAddr>, Vec<_>) = addresses.iter().copied().partition(SocketAddr::is_ipv4);
    v4.into_iter().chain(v6.into_iter().map(|address| SocketAddr::new(address.ip(), address.port()))).collect()
}

fn read_address(is_v4: bool, value: &mut Rest<'_>) -> Result<SocketAddr, DecodeError> {
    let ip: IpAddr = if is_v4 { value.array::<4>()?.into() } else { value.array::<16>()?.into() };
    let address = SocketAddr::new(ip, u16::from_be_bytes(value.array()?));
    let usable = address.port() != 0 && !ip.is_unspecified();
    if usable { Ok(address) } else { Err(DecodeError::Malformed) }
}

const TAG_SIGNAL: u8 = 1;
const TAG_HOSTED_V4: u8 = 2;
const TAG_HOSTED_V6: u8 = 3;
const TAG_LAN_V4: u8 = 4;
const TAG_LAN_V6: u8 = 5;
