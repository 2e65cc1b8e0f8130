//! An honest opinion about a password.

/// How hard it is to guess.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Strength {
    /// Found at once or soon.
    VeryWeak,
    /// Keeps a curious person out.
    Weak,
    /// Holds against somebody with time, behind a slow password hash.
    Fair,
    /// Not found.
    Strong,
}

/// Judges. `about` are words that belong to the person. The estimate is made of copies that it does not wipe itself; the
/// program's allocator does when they are freed.
pub(crate) fn strength(typed: &str, about: &[&str]) -> Strength {
    let judged = &typed[..typed.floor_char_boundary(JUDGED_BYTES)];
    match zxcvbn::zxcvbn(judged, about).score() {
        zxcvbn::Score::Two => Strength::Weak,
        zxcvbn::Score::Three => Strength::Fair,
        zxcvbn::Score::Four => Strength::Strong,
        _ => Strength::VeryWeak,
    }
}

/// The estimate takes longer than in proportion, and what is this long is judged by then: more only makes it stronger.
const JUDGED_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_called_weak_and_unusual_words_strong() {
        assert_eq!(strength("password1", &[]), Strength::VeryWeak);
        assert_eq!(strength("Margaret", &["margaret"]), Strength::VeryWeak);
        assert_eq!(strength("walrus-lantern-oblique-ferry", &[]), Strength::Strong);
        assert!(strength(&"é".repeat(2000), &[]) <= Strength::Strong);
    }
}
