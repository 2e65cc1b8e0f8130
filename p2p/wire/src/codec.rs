//! Deterministic CBOR, strict or tolerant.
//!
//! Signed and key-agreement structures go through [`decode_strict`]: unknown keys, trailing bytes and
//! any encoding but the deterministic one are refused, because what is not understood must not be signed for.
//! Everything else goes through [`decode`], which skips keys it does not know, so that a later version may add some.

use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// Why bytes are not a value. Deliberately without detail: it would only help whoever made them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// Larger than the format allows.
    #[error("larger than the format allows")]
    TooLarge,
    /// Not CBOR of the expected shape.
    #[error("not of the expected shape")]
    Malformed,
    /// Bytes follow the value.
    #[error("bytes follow the value")]
    Trailing,
    /// The same value has another, deterministic encoding, or there are keys that this version does not know.
    #[error("not the deterministic encoding")]
    NotCanonical,
    /// Of a version that came after this one.
    #[error("of a later version")]
    LaterVersion,
}

/// The one encoding of a value.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // The writer is memory and our own `Encode` implementations never refuse, so there is no error to hand on.
    let _ = minicbor::encode(value, &mut out);
    out
}

/// Reads a value of at most `max` bytes; unknown keys are skipped.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], max: usize) -> Result<T, DecodeError> {
    if bytes.len() > max {
        return Err(DecodeError::TooLarge);
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().map_err(|_| DecodeError::Malformed)?;
    if decoder.position() != bytes.len() {
        return Err(DecodeError::Trailing);
    }
    Ok(value)
}

/// Reads a value of at most `max` bytes whose bytes must be exactly what [`encode`] makes of it.
pub fn decode_strict<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8], max: usize) -> Result<T, DecodeError> {
    let value = decode(bytes, max)?;
    if encode(&value) != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}
