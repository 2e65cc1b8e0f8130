//! Recovery: somebody who has the phrase shows a contact that the account is still theirs.
//!
//! ```text
//! Verifier ── challenge ──▶ Claim
//! Challenged ◀── statement ── Claim → Claimed
//! Challenged → Recovered
//! ```
//!
//! No password and nothing encrypted under one leaves the device. Every refusal is the same [`Refused`], because what
//! is wrong with a forged statement is of use only to the forger.
//! Specified in `p2p/docs/protocol/identity.md`, "Recovery".

mod claim;
mod verifier;

pub use claim::{Claim, Claimed};
pub use verifier::{Challenged, Recovered, Verifier};

/// No. Deliberately without a reason, towards the peer and in the program alike.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("refused")]
pub struct Refused;

#[cfg(test)]
mod tests;
