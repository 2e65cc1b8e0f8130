//! A password becomes a key: Argon2id, as dear as the machine bears.

use crate::{labels, purposes::PasswordKek, secret::Secret};
use alloc::{string::String, vec::Vec};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use core::fmt;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

/// The key-encryption key of a password.
///
/// Takes about as long as the parameters were calibrated for, and as much memory as they say.
pub fn password_key(
    password: &Password,
    salt: &[u8; 16],
    params: PasswordParams,
) -> Result<Secret<PasswordKek>, PasswordError> {
    let inner = Params::new(params.m_kib, params.t, params.p, Some(32)).map_err(|_| PasswordError::OutOfBounds)?;
    let mut memory = Memory::reserve(inner.block_count())?;
    let mut hash = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, inner)
        .hash_password_into_with_memory(password.0.as_bytes(), salt, hash.as_mut(), &mut memory)
        .map_err(|_| PasswordError::OutOfBounds)?;
    Ok(super::expanded(&super::extracted(None, hash.as_ref()), labels::VAULT_PASSWORD, &[]))
}

/// How dear a guess is. There is no way to make a value below the floor, not even by reading one: a header that claims
/// less is refused, so nobody can cheapen a vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PasswordParams {
    m_kib: u32,
    t: u32,
    p: u32,
}

impl PasswordParams {
    /// Least memory, in KiB: RFC 9106's second recommended option.
    pub const M_KIB_MIN: u32 = 64 * 1024;
    /// Most memory that reading a header accepts: a hostile header must not be able to take the machine down.
    pub const M_KIB_MAX: u32 = 2 * 1024 * 1024;
    /// Most memory that a new vault asks for: it has to open on the next, smaller machine too.
    pub const M_KIB_NEW_MAX: u32 = 1024 * 1024;
    /// Fewest passes (RFC 9106, second recommended option).
    pub const T_MIN: u32 = 3;
    /// Most passes: at the greatest memory still within a minute, so that a hostile header cannot freeze the program.
    pub const T_MAX: u32 = 16;
    /// Lanes, always (RFC 9106).
    pub const P: u32 = 4;

    /// The cheapest parameters there are: 64 MiB, 3 passes, 4 lanes.
    #[must_use]
    pub const fn floor() -> Self {
        Self { m_kib: Self::M_KIB_MIN, t: Self::T_MIN, p: Self::P }
    }

    /// Parameters from a header.
    pub const fn new(m_kib: u32, t: u32, p: u32) -> Result<Self, PasswordError> {
        let bounded = Self::M_KIB_MIN <= m_kib
            && m_kib <= Self::M_KIB_MAX
            && Self::T_MIN <= t
            && t <= Self::T_MAX
            && p == Self::P;
        if bounded { Ok(Self { m_kib, t, p }) } else { Err(PasswordError::OutOfBounds) }
    }

    /// Parameters for a new vault that take about `target_ms`, if these took `measured_ms`. Memory grows first, because
    /// it is what an attacker's hardware has least of; never below these, never above what another machine can open.
    #[must_use]
    pub fn calibrated(self, measured_ms: u32, target_ms: u32) -> Self {
        let grown = |value: u32, times: u64, per: u64| u64::from(value).saturating_mul(times) / per.max(1);
        let m_kib = grown(self.m_kib, target_ms.into(), measured_ms.into())
            .clamp(self.m_kib.into(), u64::from(Self::M_KIB_NEW_MAX).max(self.m_kib.into()));
        // What memory could not take up goes into passes.
        let expected_ms = u64::from(measured_ms).saturating_mul(m_kib) / u64::from(self.m_kib);
        let t = grown(self.t, target_ms.into(), expected_ms).clamp(self.t.into(), Self::T_MAX.into());
        // Both were clamped to what fits.
        Self { m_kib: m_kib as u32, t: t as u32, p: self.p }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn m_kib(self) -> u32 {
        self.m_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn t(self) -> u32 {
        self.t
    }

    /// Lanes.
    #[must_use]
    pub const fn p(self) -> u32 {
        self.p
    }
}

/// A password as bytes: normalised to NFC, because the same keys pressed on two systems must open the same vault
/// (RFC 8265 §4.2). Wiped on drop.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Most bytes of a password: far above what anybody types, far below what would cost time to hash.
    pub const BYTES_MAX: usize = 1024;

    /// Takes what was typed. Empty is refused here; how good a password is, is for the caller to judge.
    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if typed.len() > Self::BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        // NFC makes UTF-8 at most three times as long: reserved at once, so that growing leaves no copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() * 3));
        normal.extend(typed.nfc());
        Ok(Self(normal))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// Why a password does not become a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PasswordError {
    /// No character at all.
    #[error("the password is empty")]
    Empty,
    /// More than [`Password::BYTES_MAX`] bytes.
    #[error("the password is too long")]
    TooLong,
    /// Parameters cheaper than the floor, or dearer than a header may ask for.
    #[error("the password parameters are out of bounds")]
    OutOfBounds,
    /// The machine does not have the memory that the parameters ask for.
    #[error("not enough memory for the password parameters")]
    OutOfMemory,
}

/// Argon2's memory. The crate frees it as it is; here it is wiped first, because its last blocks are the hash.
struct Memory(Vec<Block>);

impl Memory {
    fn reserve(blocks: usize) -> Result<Self, PasswordError> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|_| PasswordError::OutOfMemory)?;
        memory.resize(blocks, Block::default());
        Ok(Self(memory))
    }
}

impl AsMut<[Block]> for Memory {
    fn as_mut(&mut self) -> &mut [Block] {
        &mut self.0
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn parameters_below_the_floor_or_above_the_ceiling_do_not_exist() {
        let floor = PasswordParams::floor();
        assert_eq!(PasswordParams::new(65_536, 3, 4), Ok(floor));
        for (m_kib, t, p) in [
            (65_535, 3, 4),
            (65_536, 2, 4),
            (65_536, 3, 1),
            (65_536, 3, 5),
            (2_097_153, 3, 4),
            (65_536, 17, 4),
            (0, 0, 0),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            assert_eq!(PasswordParams::new(m_kib, t, p), Err(PasswordError::OutOfBounds));
        }
    }

    #[test]
    fn calibration_only_ever_makes_it_dearer_and_stays_in_bounds() {
        let floor = PasswordParams::floor();
        assert_eq!(floor.calibrated(700, 700), floor);
        assert_eq!(floor.calibrated(5_000, 700), floor);
        assert_eq!(floor.calibrated(100, 700), PasswordParams::new(7 * 65_536, 3, 4).unwrap());
        assert_eq!(floor.calibrated(10, 700), PasswordParams::new(1_048_576, 13, 4).unwrap());
        for measured in [0, 1, 10, 699, u32::MAX] {
            for target in [0, 1, 700, u32::MAX] {
                let new = floor.calibrated(measured, target);
                assert_eq!(PasswordParams::new(new.m_kib(), new.t(), new.p()), Ok(new));
            }
        }
    }

    #[test]
    fn password_and_salt_each_change_the_key() {
        let floor = PasswordParams::floor();
        let typed = Password::new("correct horse").unwrap();
        let other = Password::new("correct horsf").unwrap();
        let key = password_key(&typed, &[1; 16], floor).unwrap();
        assert_eq!(key, password_key(&typed, &[1; 16], floor).unwrap());
        assert_ne!(key, password_key(&other, &[1; 16], floor).unwrap());
        assert_ne!(key, password_key(&typed, &[2; 16], floor).unwrap());
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_password() {
        assert_eq!(Password::new("caf\u{e9}").unwrap().0, Password::new("cafe\u{301}").unwrap().0);
    }

    #[test]
    fn normalising_never_outgrows_its_reservation() {
        // U+1D160 is among the characters that grow most under NFC.
        for letter in ["\u{1D160}", "\u{FB2C}", "\u{0344}", "a"] {
            let typed = letter.repeat(Password::BYTES_MAX / letter.len());
            let password = Password::new(&typed).unwrap();
            assert_eq!(password.0.capacity(), typed.len() * 3);
        }
    }

    #[test]
    fn empty_and_endless_passwords_are_refused() {
        assert_eq!(Password::new("").unwrap_err(), PasswordError::Empty);
        assert_eq!(Password::new(&"a".repeat(1025)).unwrap_err(), PasswordError::TooLong);
    }

    #[test]
    fn debug_of_a_password_is_redacted() {
        assert_eq!(format!("{:?}", Password::new("hunter2").unwrap()), "Password(redacted)");
    }
}
