//! The typed code: four words, and SPAKE2 to make of them what a ticket has in full.
//!
//! Somebody on the way gets one guess out of 2^44, and only by taking part. The crate does not wipe its own
//! intermediates; they are worth nothing after the one exchange for which they were made, because every key also comes
//! from X25519 and ML-KEM.

use crate::{labels, phrase::Nearest, purposes::PairingSecret, secret::Secret};
use alloc::string::String;
use bip39::Language;
use core::fmt;
use curve25519_dalek::edwards::CompressedEdwardsY;
use nyx_wire::pairing::{PAKE_LEN, TypedCode};
use rand_core::CryptoRng;
use spake2::{Ed25519Group, Identity, Password, Spake2};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The four words of a typed code, 44 bits, used once.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct CodeWords([u16; 4]);

impl CodeWords {
    /// Four random words.
    #[must_use]
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 8]);
        rng.fill_bytes(bytes.as_mut());
        let mut words = Self([0; 4]);
        for (word, pair) in words.0.iter_mut().zip(bytes.as_chunks().0) {
            *word = u16::from_be_bytes(*pair) % 2048;
        }
        words
    }

    /// Looks the words up. The first that is not in the list is named by its place, with the words it was probably meant
    /// to be: that costs no guess, because nothing was sent.
    pub fn from_typed(typed: &TypedCode) -> Result<Self, WordError> {
        let mut words = Self([0; 4]);
        for (index, word) in typed.words().enumerate() {
            let found = Language::English.find_word(word);
            words.0[index] = found.ok_or_else(|| WordError { index, nearest: Nearest::to(word) })?;
        }
        Ok(words)
    }

    /// The words, to be shown.
    #[must_use]
    pub fn words(&self) -> [&'static str; 4] {
        crate::account::words_at(self.0)
    }

    fn password(&self) -> Password {
        let mut text = Zeroizing::new(String::with_capacity(4 * 9));
        for word in self.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        Password::new(text.as_bytes())
    }
}

impl fmt::Debug for CodeWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeWords(redacted)")
    }
}

/// A word that is not in the list.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("word {} is not in the list", index + 1)]
pub struct WordError {
    /// Its place, from 0.
    pub index: usize,
    /// What it was probably meant to be, best first. As secret as the code.
    pub nearest: Nearest,
}

/// The side that shows the code, waiting for the one answer.
pub struct PakeA {
    state: Spake2<Ed25519Group>,
    message: [u8; PAKE_LEN],
}

impl PakeA {
    /// Begins.
    #[must_use]
    pub fn start(words: &CodeWords, rng: &mut impl CryptoRng) -> Self {
        let (a, b) = identities();
        let (state, message) = Spake2::start_a_with_rng(&words.password(), &a, &b, Older(rng));
        Self { state, message: without_side(&message) }
    }

    /// What to send.
    #[must_use]
    pub const fn message(&self) -> &[u8; PAKE_LEN] {
        &self.message
    }

    /// Takes the one answer. Whether the words were the same shows only in what the result is used for.
    #[must_use]
    pub fn finish(self, answer: &[u8; PAKE_LEN]) -> Option<Secret<PairingSecret>> {
        finish(self.state, b'B', answer)
    }
}

impl fmt::Debug for PakeA {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PakeA(redacted)")
    }
}

/// The side where the code was typed: what to send, and the secret.
#[must_use]
pub fn answer_pake(
    words: &CodeWords,
    message_of_a: &[u8; PAKE_LEN],
    rng: &mut impl CryptoRng,
) -> Option<([u8; PAKE_LEN], Secret<PairingSecret>)> {
    let (a, b) = identities();
    let (state, message) = Spake2::<Ed25519Group>::start_b_with_rng(&words.password(), &a, &b, Older(rng));
    Some((without_side(&message), finish(state, b'A', message_of_a)?))
}

/// Whether a message is one at all. The crate takes any point of the curve; one outside of the prime-order group would
/// make the result depend on fewer bits of the other's secret than there are.
#[must_use]
pub fn is_pake(message: &[u8; PAKE_LEN]) -> bool {
    CompressedEdwardsY(*message).decompress().is_some_and(|point| {
        point.compress().to_bytes() == *message && !point.is_small_order() && point.is_torsion_free()
    })
}

fn finish(state: Spake2<Ed25519Group>, side: u8, message: &[u8; PAKE_LEN]) -> Option<Secret<PairingSecret>> {
    if !is_pake(message) {
        return None;
    }
    let mut with_side = [side; PAKE_LEN + 1];
    with_side[1..].copy_from_slice(message);
    let key = Zeroizing::new(state.finish(&with_side).ok()?);
    Secret::from_slice(&key)
}

fn identities() -> (Identity, Identity) {
    (Identity::new(labels::PAIR_TYPED_A.as_bytes()), Identity::new(labels::PAIR_TYPED_B.as_bytes()))
}

/// The frame says whose message it is, so the byte that says it again is left out.
fn without_side(message: &[u8]) -> [u8; PAKE_LEN] {
    let mut bare = [0; PAKE_LEN];
    bare.copy_from_slice(&message[1..]);
    bare
}

/// The random source in the older form that the crate asks for.
struct Older<'a, R>(&'a mut R);

impl<R: CryptoRng> rand_core_06::RngCore for Older<'_, R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, place: &mut [u8]) {
        self.0.fill_bytes(place);
    }

    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.0.fill_bytes(place);
        Ok(())
    }
}

impl<R: CryptoRng> rand_core_06::CryptoRng for Older<'_, R> {}
