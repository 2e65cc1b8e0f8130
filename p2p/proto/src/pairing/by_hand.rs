//! Two codes carried by people. They open a channel; the handshake runs first inside it, with the same machines.

use super::{Burnt, BurntReason, Intent, MismatchError, Showing, outbox::Span, scans::Scanned};
use crate::limits::PAIRING_BY_HAND_MS;
use alloc::vec::Vec;
use core::fmt;
use nyx_crypto::{
    pairing::{AnswerKeys, Context, HelloKeys, IceCredentials, code_two_mac, ice_of_a, ice_of_b, is_code_two_mac},
    purposes::PairingSecret,
    secret::Secret,
};
use nyx_wire::pairing::{Candidate, CodeOne, CodeTwo};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// What the driver needs to open the channel. The side that showed the first code offers.
#[derive(Debug)]
pub struct OtherEnd {
    /// SHA-256 of the certificate that the other must show in DTLS.
    pub fingerprint: [u8; 32],
    /// Where it can be reached.
    pub candidates: Vec<Candidate>,
    /// This side's ICE credentials.
    pub own_ice: IceCredentials,
    /// The other side's.
    pub other_ice: IceCredentials,
}

/// Begins: has the secret, so that the channel can be prepared whose fingerprint and places the first code tells.
pub struct HandBegun(Secret<PairingSecret>);

impl HandBegun {
    /// A fresh secret.
    #[must_use]
    pub fn new(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::random(rng))
    }

    /// This side's ICE credentials, for the offer.
    #[must_use]
    pub fn ice(&self) -> IceCredentials {
        ice_of_a(&self.0)
    }
}

impl fmt::Debug for HandBegun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandBegun(redacted)")
    }
}

/// Shows the first code and waits for the second.
pub struct HandShowing {
    keys: HelloKeys,
    secret: Secret<PairingSecret>,
    code_one: Zeroizing<Vec<u8>>,
    intent: Intent,
    span: Span,
}

impl HandShowing {
    /// The first code.
    #[must_use]
    pub fn new(
        begun: HandBegun,
        intent: Intent,
        fingerprint: [u8; 32],
        candidates: Vec<Candidate>,
        now_ms: u64,
        rng: &mut impl CryptoRng,
    ) -> (Self, CodeOne) {
        let HandBegun(secret) = begun;
        let keys = HelloKeys::generate(rng);
        let code = CodeOne {
            kind: intent.kind(),
            secret: Zeroizing::new(*secret.expose()),
            commitment: keys.commitment(),
            fingerprint,
            candidates,
        };
        let span = Span::new(now_ms, PAIRING_BY_HAND_MS);
        (Self { keys, secret, code_one: code.to_bytes(), intent, span }, code)
    }

    /// When [`handle_time`](Self::handle_time) is to be called next.
    #[must_use]
    pub const fn due_ms(&self) -> u64 {
        self.span.end_ms()
    }

    /// Time went by.
    pub fn handle_time(self, now_ms: u64) -> Result<Self, Burnt> {
        if self.span.holds(now_ms) { Ok(self) } else { Err(Burnt::silent(BurntReason::Expired)) }
    }

    /// The second code was pasted or scanned. One that does not belong to the first is most likely an old one: the person
    /// may try again.
    #[expect(clippy::result_large_err, reason = "the state goes back to where it came from")]
    pub fn handle_code(self, code: &CodeTwo, now_ms: u64) -> Result<(Showing, OtherEnd), Self> {
        if !self.span.holds(now_ms) || !is_code_two_mac(&self.secret, &self.code_one, code) {
            return Err(self);
        }
        let end = OtherEnd {
            fingerprint: code.fingerprint,
            candidates: code.candidates.clone(),
            own_ice: ice_of_a(&self.secret),
            other_ice: ice_of_b(&self.secret),
        };
        let context = Context::by_hand(&self.code_one, &code.to_bytes());
        let showing = Showing::by_hand(self.keys, self.secret, context, code.e, self.intent, self.span, now_ms);
        Ok((showing, end))
    }
}

impl fmt::Debug for HandShowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HandShowing({:?}, redacted)", self.intent.kind())
    }
}

/// Has read the first code and made the second.
#[derive(Debug)]
pub struct HandScanned {
    /// To be carried back.
    pub code: CodeTwo,
    /// To open the channel with.
    pub end: OtherEnd,
    /// Goes on inside the channel.
    pub scanned: Scanned,
}

impl HandScanned {
    /// This side's ICE credentials, for the answer, and the other's.
    #[must_use]
    pub fn ice(code_one: &CodeOne) -> (IceCredentials, IceCredentials) {
        let secret = Secret::<PairingSecret>::from_bytes(*code_one.secret);
        (ice_of_b(&secret), ice_of_a(&secret))
    }

    /// Answers the first code.
    pub fn new(
        code_one: &CodeOne,
        intent: Intent,
        fingerprint: [u8; 32],
        candidates: Vec<Candidate>,
        now_ms: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, MismatchError> {
        intent.answers(code_one.kind)?;
        let secret = Secret::<PairingSecret>::from_bytes(*code_one.secret);
        let bytes = code_one.to_bytes();
        let keys = AnswerKeys::generate(rng);
        let mut code = CodeTwo { e: keys.public(), fingerprint, candidates, mac: [0; 32] };
        code.mac = code_two_mac(&secret, &bytes, &code);
        let end = OtherEnd {
            fingerprint: code_one.fingerprint,
            candidates: code_one.candidates.clone(),
            own_ice: ice_of_b(&secret),
            other_ice: ice_of_a(&secret),
        };
        let context = Context::by_hand(&bytes, &code.to_bytes());
        let scanned = Scanned::by_hand(secret, context, code_one.commitment, keys, intent, now_ms);
        Ok(Self { code, end, scanned })
    }
}
