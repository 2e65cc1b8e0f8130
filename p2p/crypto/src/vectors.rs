//! Vectors from public sources. The data and where it comes from are in `tests/vectors/`.

mod aes_gcm;
mod argon2;
mod bip39;
mod document;
mod ed25519;
mod hkdf;
mod ml_kem;
mod x25519;
mod xchacha20_poly1305;

use alloc::{string::ToString, vec::Vec};
use rand_core::{Infallible, TryCryptoRng, TryRng};
use serde_json::Value;

/// Bytes of a hexadecimal text.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2) && text.is_ascii(), "hexadecimal digits come in pairs");
    (0..text.len()).step_by(2).map(|place| u8::from_str_radix(&text[place..place + 2], 16).unwrap()).collect()
}

/// Exactly `N` bytes of a hexadecimal text.
pub(crate) fn hex_array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

/// A random source that gives these bytes, once.
pub(crate) struct Given<'a>(pub(crate) &'a [u8]);

impl TryRng for Given<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), Infallible> {
        let (now, later) = self.0.split_at(place.len().min(self.0.len()));
        place[..now.len()].copy_from_slice(now);
        self.0 = later;
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}

/// Calls `test(group, test)` for every test of a Wycheproof file whose result is one of `results`; says how many.
fn wycheproof(file: &str, results: &[&str], mut test: impl FnMut(&Value, &Case<'_>)) -> usize {
    let file: Value = serde_json::from_str(file).unwrap();
    let mut count = 0;
    for group in file["groups"].as_array().unwrap() {
        for case in group["tests"].as_array().unwrap() {
            if results.contains(&case["result"].as_str().unwrap()) {
                test(group, &Case(case));
                count += 1;
            }
        }
    }
    count
}

struct Case<'a>(&'a Value);

impl Case<'_> {
    fn bytes(&self, name: &str) -> Vec<u8> {
        hex(self.0[name].as_str().unwrap())
    }

    fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap()
    }

    fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    fn has_flag(&self, flag: &str) -> bool {
        self.0["flags"].as_array().unwrap().iter().any(|found| found == flag)
    }

    fn id(&self) -> alloc::string::String {
        [&self.0["tcId"].to_string(), " ", self.0["comment"].as_str().unwrap()].concat()
    }
}
