//! Labelled SHA-256.

use sha2::{Digest, Sha256};

/// `H(label ‖ lp(body))`.
pub(crate) fn labelled(label: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(label);
    lp(body, |bytes| hash.update(bytes));
    hash.finalize().into()
}

/// Length as 32-bit big-endian, then the bytes: two neighbours cannot trade a byte.
pub(crate) fn lp(body: &[u8], mut put: impl FnMut(&[u8])) {
    // No structure comes near 4 GiB; one that did would not verify anywhere.
    put(&(body.len() as u32).to_be_bytes());
    put(body);
}
