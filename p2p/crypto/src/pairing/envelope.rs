//! Envelopes: ChaCha20-Poly1305 under a key of the direction, the counter as the nonce.

use super::side::Side;
use crate::secret::Secret;
use alloc::vec::Vec;
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{AeadInOut, inout::InOutBuf},
};
use core::fmt;
use nyx_wire::pairing::{INSIDE_MAX, Inside, Sealed};
use zeroize::Zeroizing;

/// Most envelopes of one side: descriptions and candidates of a few connections, and the little that is said beside
/// them. The numbers of all that arrived fit into 32 bytes.
pub const ENVELOPES_MAX: u32 = 256;

/// Both directions as one side sees them.
pub struct Channel<S: Side> {
    seals: Secret<S::Seals>,
    opens: Secret<S::Opens>,
    next: u32,
    seen: [u64; ENVELOPES_MAX as usize / 64],
}

impl<S: Side> Channel<S> {
    pub(super) const fn new(seals: Secret<S::Seals>, opens: Secret<S::Opens>) -> Self {
        Self { seals, opens, next: 0, seen: [0; ENVELOPES_MAX as usize / 64] }
    }

    /// Seals one thing. Nothing after [`ENVELOPES_MAX`]: a nonce is never used twice.
    pub fn seal(&mut self, inside: &Inside) -> Option<Sealed> {
        if self.next >= ENVELOPES_MAX {
            return None;
        }
        let plain = Zeroizing::new(inside.to_bytes());
        let mut ciphertext = Vec::with_capacity(plain.len() + TAG);
        ciphertext.extend_from_slice(&plain);
        let tag = ChaCha20Poly1305::new(self.seals.expose().into())
            .encrypt_inout_detached(&nonce(self.next).into(), &[], InOutBuf::from(ciphertext.as_mut_slice()))
            .ok()?;
        ciphertext.extend_from_slice(&tag);
        let sealed = Sealed { counter: self.next, ciphertext };
        self.next += 1;
        Some(sealed)
    }

    /// Opens what the other side sealed, each once, in whatever order it arrives.
    pub fn open(&mut self, sealed: &Sealed) -> Result<Inside, OpenError> {
        let (word, bit) = (sealed.counter as usize / 64, 1u64 << (sealed.counter % 64));
        let seen = self.seen.get(word).ok_or(OpenError::Ignored)?;
        if seen & bit != 0 || sealed.ciphertext.len() > INSIDE_MAX + TAG {
            return Err(OpenError::Ignored);
        }
        let (text, tag) = sealed.ciphertext.split_last_chunk::<TAG>().ok_or(OpenError::Ignored)?;
        let mut plain = Zeroizing::new(text.to_vec());
        ChaCha20Poly1305::new(self.opens.expose().into())
            .decrypt_inout_detached(
                &nonce(sealed.counter).into(),
                &[],
                InOutBuf::from(plain.as_mut_slice()),
                tag.into(),
            )
            .map_err(|_| OpenError::Ignored)?;
        self.seen[word] |= bit;
        Inside::parse(&plain).map_err(|_| OpenError::Dishonest)
    }
}

impl<S: Side> fmt::Debug for Channel<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({} sent, redacted)", self.next)
    }
}

/// Why an envelope says nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// It was not sealed by the other side, or it came before: to be ignored.
    #[error("not sealed by the other side, or not for the first time")]
    Ignored,
    /// The other side sealed something that says nothing in this version.
    #[error("sealed by the other side, and not understood")]
    Dishonest,
}

fn nonce(counter: u32) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[8..].copy_from_slice(&counter.to_be_bytes());
    nonce
}

const TAG: usize = 16;
