//! The keys of two devices that meet for the first time.
//!
//! One shows a code (side [`A`]), the other scans or types it (side [`B`]). Both make a key out of three secrets: X25519,
//! ML-KEM-768, and the one in the code; who lacks any of them has nothing. Each step is a type, and the next can be had
//! only from the one before:
//!
//! ```text
//! A: HelloKeys ── hello, commitment ──▶ B
//!    AnswerKeys of B ── hello ──▶ A
//! both: Unconfirmed → (the other's proof) → Confirmed → (digits) → Proven
//! ```
//!
//! Nothing is opened before the other's proof was right, and the keys of a transfer exist only in [`Proven`].
//!
//! Specified in `p2p/docs/protocol/pairing.md`.

mod account;
mod digits;
mod envelope;
mod hello;
mod schedule;
mod side;
mod ticket;
mod typed;

pub use account::Speaker;
pub use digits::{Digits, DigitsError};
pub use envelope::{Channel, ENVELOPES_MAX, OpenError};
pub use hello::{AnswerKeys, Context, HelloError, HelloGuard, HelloKeys, commitment};
pub use schedule::{Confirmed, Introduced, Proven, Unconfirmed, WrongDigits};
pub use side::{A, B, Side};
pub use ticket::{IceCredentials, code_two_mac, ice_of_a, ice_of_b, is_code_two_mac, room_id};
pub use typed::{CodeWords, PakeA, WordError, answer_pake, is_pake};

use crate::hash::lp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// `H(lp(label) ‖ body)`.
fn hashed(label: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    lp(label.as_bytes(), |bytes| hash.update(bytes));
    hash.update(body);
    hash.finalize().into()
}

/// HMAC-SHA256 over the parts, each with its length; to be finished or compared in constant time.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::new_from_slice(key).expect("any length");
    for part in parts {
        lp(part, |bytes| mac.update(bytes));
    }
    mac
}

#[cfg(test)]
mod document;
#[cfg(test)]
mod tests;
