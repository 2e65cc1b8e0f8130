//! By what content is called: a hash that says which one it is.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// What a hash is made with.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum HashKind {
    /// What rows and lists are called, and what attachments were before there was another.
    Sha256 = 0,
    /// What attachments are: several times as fast where a processor has wide registers.
    Blake3 = 1,
}

/// The hash of some content. As bytes, SHA-256 stands alone (32), any other behind the number of its kind (33), so that no two
/// of different kinds are the same.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ContentHash {
    kind: HashKind,
    /// The number of the kind, and the hash.
    bytes: [u8; 33],
}

impl ContentHash {
    /// Of this kind.
    #[must_use]
    pub fn new(kind: HashKind, digest: &[u8; 32]) -> Self {
        let mut bytes = [kind as u8; 33];
        bytes[1..].copy_from_slice(digest);
        Self { kind, bytes }
    }

    /// SHA-256.
    #[must_use]
    pub fn sha256(digest: &[u8; 32]) -> Self {
        Self::new(HashKind::Sha256, digest)
    }

    /// Reads one; none if there is no such kind.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if let Ok(digest) = bytes.try_into() {
            return Some(Self::sha256(digest));
        }
        let digest = bytes.strip_prefix(&[HashKind::Blake3 as u8])?.try_into().ok()?;
        Some(Self::new(HashKind::Blake3, digest))
    }

    /// The one encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self.kind {
            HashKind::Sha256 => &self.bytes[1..],
            HashKind::Blake3 => &self.bytes,
        }
    }

    /// What it was made with.
    #[must_use]
    pub const fn kind(&self) -> HashKind {
        self.kind
    }

    /// The hash alone.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = [0; 32];
        digest.copy_from_slice(&self.bytes[1..]);
        digest
    }
}

impl core::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}(", self.kind)?;
        self.bytes[1..].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

impl<C> Encode<C> for ContentHash {
    fn encode<W: encode::Write>(&self, to: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        to.bytes(self.as_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ContentHash {
    fn decode(from: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_bytes(from.bytes()?).ok_or_else(|| decode::Error::message("no such hash"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode_strict, encode};

    #[test]
    fn a_hash_is_its_bytes_and_nothing_else_is_one() {
        for kind in [HashKind::Sha256, HashKind::Blake3] {
            let hash = ContentHash::new(kind, &[7; 32]);
            assert_eq!((hash.kind(), ContentHash::from_bytes(hash.as_bytes())), (kind, Some(hash)));
            assert_eq!(decode_strict(&encode(&hash), 35), Ok(hash));
        }
        assert_ne!(ContentHash::new(HashKind::Sha256, &[7; 32]), ContentHash::new(HashKind::Blake3, &[7; 32]));
        // Nothing, too little, a second way to say SHA-256, a kind that nobody knows, too much.
        for (first, length) in [(0, 0), (1, 31), (0, 33), (2, 33), (1, 34)] {
            let mut bytes = [7; 34];
            bytes[0] = first;
            assert_eq!(ContentHash::from_bytes(&bytes[..length]), None, "{first} {length}");
        }
    }
}
