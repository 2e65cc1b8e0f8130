//! Every limit of the protocols, with its reason.

/// How long a recovery challenge may be answered: time to type 24 words is not needed (the phrase is in hand before the
/// challenge is asked for), so a slow link and a person who reads what they confirm decide. 5 minutes.
pub const RECOVERY_CHALLENGE_MS: u64 = 5 * 60 * 1000;
