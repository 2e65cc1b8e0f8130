//! What a person set, as a vault keeps it. Each setting is a value of its own, read strictly: what cannot be read is as if
//! it were not set, and stays for the version that wrote it.

use crate::codec::{self, DecodeError};
use alloc::{string::String, vec::Vec};
use core::fmt;
use minicbor::{Decode, Encode};

/// After how long without use the vault locks itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct LockAfter {
    /// In seconds; `None`: never.
    #[n(0)]
    pub secs: Option<u32>,
}

/// What a notification tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Encode, Decode)]
#[cbor(index_only)]
pub enum Notify {
    /// There is none.
    #[n(0)]
    Nothing,
    /// That there is a new message.
    #[n(1)]
    Arrival,
    /// From whom.
    #[n(2)]
    Sender,
    /// From whom, and its text.
    #[n(3)]
    Text,
}

/// The signalling service that meetings use.
#[derive(Clone, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Service {
    /// Its address; `None`: there is none. Whether it is one, whoever calls it decides.
    #[n(0)]
    pub url: Option<String>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service(redacted)")
    }
}

/// The value of a setting.
#[must_use]
pub fn encode<T: Encode<()>>(setting: &T) -> Vec<u8> {
    codec::encode(setting)
}

/// Reads the value of a setting.
pub fn decode<'b, T: Decode<'b, ()> + Encode<()>>(value: &'b [u8]) -> Result<T, DecodeError> {
    codec::decode_strict(value, SETTING_BYTES_MAX)
}

/// What a person can set with a switch, a number or an address; the longest is that of a service.
const SETTING_BYTES_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairing::SIGNAL_URL_MAX;

    #[test]
    fn settings_survive_and_nothing_else_is_one() {
        for secs in [None, Some(0), Some(900), Some(u32::MAX)] {
            assert_eq!(decode(&encode(&LockAfter { secs })), Ok(LockAfter { secs }));
        }
        for is_on in [false, true] {
            assert_eq!(decode(&encode(&is_on)), Ok(is_on));
        }
        for notify in [Notify::Nothing, Notify::Arrival, Notify::Sender, Notify::Text] {
            assert_eq!(decode(&encode(&notify)), Ok(notify));
        }
        for url in [None, Some("wss://nyx.example/v1".into())] {
            assert_eq!(decode(&encode(&Service { url: url.clone() })), Ok(Service { url }));
        }
        let longest = Service { url: Some("x".repeat(SIGNAL_URL_MAX)) };
        assert_eq!(decode(&encode(&longest)), Ok(longest));
        assert_eq!(decode::<Notify>(&[4]), Err(DecodeError::Malformed));
        assert_eq!(decode::<Notify>(&[0, 0]), Err(DecodeError::Trailing));
        assert_eq!(decode::<Notify>(&[0x18, 0]), Err(DecodeError::NotCanonical));
        assert_eq!(decode::<LockAfter>(&[0xa2, 0, 1, 1, 1]), Err(DecodeError::NotCanonical));
        assert_eq!(decode::<LockAfter>(&[0; SETTING_BYTES_MAX + 1]), Err(DecodeError::TooLarge));
    }
}
