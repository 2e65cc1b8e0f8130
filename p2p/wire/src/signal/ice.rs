//! STUN and TURN servers, as the service hands them out: short texts and short lists.

use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Encode};

/// One STUN or TURN server.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct IceServer {
    /// `stun:host:port`, `turn:host:port?transport=udp`, `turns:…`.
    #[cbor(n(0), with = "short_text")]
    pub url: String,
    /// Empty for STUN.
    #[cbor(n(1), with = "short_text")]
    pub username: String,
    /// Empty for STUN. Short-lived, and good for relaying only.
    #[cbor(n(2), with = "short_text")]
    pub credential: String,
}

/// The service must not be talked into handing out long lists.
pub const MAX_ICE_SERVERS: usize = 8;
/// coturn's own user names are under 100 bytes; a URL of a relay is shorter still.
pub const MAX_ICE_TEXT: usize = 512;

mod short_text {
    use super::{MAX_ICE_TEXT, String};
    use minicbor::{
        Decoder, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(super) fn encode<C, W: Write>(text: &str, e: &mut Encoder<W>, _: &mut C) -> Result<(), WriteError<W::Error>> {
        e.str(text)?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<String, ReadError> {
        let text = d.str()?;
        if text.len() > MAX_ICE_TEXT {
            return Err(ReadError::message("text too long"));
        }
        Ok(text.into())
    }
}

pub(super) mod list {
    use super::{IceServer, MAX_ICE_SERVERS, Vec};
    use minicbor::{
        Decode, Decoder, Encode, Encoder,
        decode::Error as ReadError,
        encode::{Error as WriteError, Write},
    };

    pub(in crate::signal) fn encode<C, W: Write>(
        servers: &[IceServer],
        e: &mut Encoder<W>,
        c: &mut C,
    ) -> Result<(), WriteError<W::Error>> {
        e.array(servers.len() as u64)?;
        servers.iter().try_for_each(|server| server.encode(e, c))
    }

    pub(in crate::signal) fn decode<C>(d: &mut Decoder<'_>, c: &mut C) -> Result<Vec<IceServer>, ReadError> {
        // Only the definite length is deterministic, and it is checked before anything is allocated.
        let len = d.array()?.ok_or_else(|| ReadError::message("indefinite array"))?;
        if len > MAX_ICE_SERVERS as u64 {
            return Err(ReadError::message("too many servers"));
        }
        (0..len).map(|_| IceServer::decode(d, c)).collect()
    }
}
