//! Streams that fit in memory.

use super::{CHUNK, OpenError, Opener, SEALED_CHUNK, SealError, Sealer, TAG, plain_len, sealed_len};
use crate::{purposes::StreamKey, secret::Secret};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// Seals all of `plain` as one stream.
pub fn seal_whole(key: Secret<StreamKey>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let length = sealed_len(plain.len() as u64).and_then(|length| usize::try_from(length).ok());
    let mut out = Vec::with_capacity(length.ok_or(SealError::TooLong)?);
    let mut sealer = Sealer::new(key);
    let (full, last) = plain.split_at(plain.len().saturating_sub(1) / CHUNK * CHUNK);
    for chunk in full.chunks_exact(CHUNK) {
        let begin = out.len();
        out.extend_from_slice(chunk);
        out.extend_from_slice(&[0; TAG]);
        let buffer = out[begin..].first_chunk_mut().ok_or(SealError::Length)?;
        sealer.seal_chunk(buffer)?;
    }
    let begin = out.len();
    out.extend_from_slice(last);
    out.extend_from_slice(&[0; TAG]);
    sealer.seal_last(&mut out[begin..])?;
    Ok(out)
}

/// Opens a whole stream, or nothing of it.
pub fn open_whole(key: &Secret<StreamKey>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    plain_len(sealed.len() as u64).ok_or(OpenError)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let mut opener = Opener::new(key);
    let (full, last) = sealed.split_at(sealed.len().saturating_sub(1) / SEALED_CHUNK * SEALED_CHUNK);
    for chunk in full.chunks_exact(SEALED_CHUNK) {
        let begin = plain.len();
        plain.extend_from_slice(chunk);
        let buffer = plain[begin..].first_chunk_mut().ok_or(OpenError)?;
        opener.open_chunk(buffer)?;
        plain.truncate(begin + CHUNK);
    }
    let begin = plain.len();
    plain.extend_from_slice(last);
    let opened = opener.open_last(&mut plain[begin..])?;
    plain.truncate(begin + opened);
    Ok(plain)
}
