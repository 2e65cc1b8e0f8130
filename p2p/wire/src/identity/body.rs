//! Bytes to identity structures, strictly and within limits.

use super::{
    COUNT_MAX, DEVICE_CERT_MAX, DEVICE_LIST_MAX, DEVICES_MAX, DeviceCert, DeviceList, IDENTITY_BUNDLE_MAX,
    IdentityBundle, OPKEY_CERT_MAX, OpKeyCert, RECOVERY_CHALLENGE_MAX, RECOVERY_STATEMENT_MAX, REVOKED_MAX,
    RecoveryChallenge, RecoveryStatement,
};
use crate::codec::{DecodeError, decode_strict, encode};
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// A structure with one encoding, a greatest size, and rules that its fields keep.
pub trait Body: Encode<()> + for<'b> Decode<'b, ()> {
    /// Most bytes.
    const MAX: usize;

    /// Whether the fields keep their limits and fit each other.
    fn is_well_formed(&self) -> bool;

    /// The one encoding.
    fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads exactly that encoding of a well-formed value.
    fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        let value: Self = decode_strict(bytes, Self::MAX)?;
        if value.is_well_formed() { Ok(value) } else { Err(DecodeError::Malformed) }
    }
}

impl Body for OpKeyCert {
    const MAX: usize = OPKEY_CERT_MAX;

    fn is_well_formed(&self) -> bool {
        self.generation <= COUNT_MAX
    }
}

impl Body for DeviceCert {
    const MAX: usize = DEVICE_CERT_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}

impl Body for DeviceList {
    const MAX: usize = DEVICE_LIST_MAX;

    /// Only the first list of a generation has nothing before it; no device is revoked twice.
    fn is_well_formed(&self) -> bool {
        let chained = (self.epoch == 0) == (self.prev_hash == [0; 32]);
        let counted = self.generation <= COUNT_MAX && self.epoch <= COUNT_MAX;
        let short = self.devices.len() <= DEVICES_MAX && self.revoked.len() <= REVOKED_MAX;
        chained && counted && short && {
            let mut ids = self.revoked.clone();
            ids.sort_unstable();
            ids.windows(2).all(|pair| pair[0] != pair[1])
        }
    }
}

impl Body for IdentityBundle {
    const MAX: usize = IDENTITY_BUNDLE_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}

impl Body for RecoveryChallenge {
    const MAX: usize = RECOVERY_CHALLENGE_MAX;

    fn is_well_formed(&self) -> bool {
        self.epoch <= COUNT_MAX && (self.epoch == 0 || self.list_hash != [0; 32])
    }
}

impl Body for RecoveryStatement {
    const MAX: usize = RECOVERY_STATEMENT_MAX;

    fn is_well_formed(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{DeviceId, Signed, Version};
    use alloc::vec;

    fn list(epoch: u64, prev_hash: [u8; 32]) -> DeviceList {
        DeviceList { v: Version, aid: [1; 32], generation: 1, epoch, prev_hash, devices: vec![], revoked: vec![] }
    }

    fn parses(list: &DeviceList) -> bool {
        DeviceList::parse(&list.to_bytes()).is_ok()
    }

    #[test]
    fn only_the_first_list_of_a_generation_has_nothing_before_it() {
        assert!(parses(&list(0, [0; 32])) && parses(&list(1, [1; 32])));
        assert!(!parses(&list(0, [1; 32])) && !parses(&list(1, [0; 32])));
    }

    #[test]
    fn too_many_devices_too_many_revoked_or_one_twice_are_refused() {
        let device = Signed::new(vec![], [0; 64]);
        let id = |number: u16| DeviceId([[number.to_be_bytes(); 8].as_flattened(), &[]].concat().try_into().unwrap());
        let with = |devices, revoked| DeviceList { devices, revoked, ..list(0, [0; 32]) };
        assert!(parses(&with(vec![device.clone(); DEVICES_MAX], (0..REVOKED_MAX as u16).map(id).collect())));
        assert!(!parses(&with(vec![device; DEVICES_MAX + 1], vec![])));
        assert!(!parses(&with(vec![], (0..=REVOKED_MAX as u16).map(id).collect())));
        assert!(!parses(&with(vec![], vec![id(1), id(2), id(1)])));
    }

    #[test]
    fn counts_that_do_not_fit_a_signed_integer_are_refused() {
        assert!(parses(&DeviceList { generation: COUNT_MAX, ..list(COUNT_MAX, [1; 32]) }));
        assert!(!parses(&DeviceList { generation: COUNT_MAX + 1, ..list(1, [1; 32]) }));
        assert!(!parses(&list(COUNT_MAX + 1, [1; 32])));
        let cert = |generation| OpKeyCert { v: Version, aid: [1; 32], generation, opkey: [1; 32] }.to_bytes();
        assert!(OpKeyCert::parse(&cert(COUNT_MAX)).is_ok());
        assert!(OpKeyCert::parse(&cert(COUNT_MAX + 1)).is_err());
    }
}
