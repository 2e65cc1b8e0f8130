//! Holds the documents in `p2p/docs/protocol/` to the code: their vectors, their table of labels and their limits.

use crate::{purposes::Purpose, secret::Secret, signature::Verified};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use sha2::{Digest, Sha256};

/// The text of one of them.
pub(crate) struct Specification(pub(crate) &'static str);

impl Specification {
    pub(crate) fn shows(&self, made: &Vectors) {
        let written: Vec<&str> = self
            .0
            .lines()
            .skip_while(|line| *line != "<!-- vectors begin -->")
            .take_while(|line| *line != "<!-- vectors end -->")
            .filter(|line| line.contains(" = "))
            .collect();
        assert_eq!(written, made.0, "the vectors now are:\n{}", made.0.join("\n"));
    }

    /// What stands after the name of a vector.
    pub(crate) fn vector(&self, name: &str) -> &'static str {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = ")).unwrap()
    }

    /// Every label that begins so, and no other.
    pub(crate) fn lists_the_labels(&self, beginning: &str) {
        let table = self.0.split(". Labels\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let mut written: Vec<&str> =
            table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let mut used: Vec<&str> = include_str!("labels.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("pub const ")?.split('"').nth(1))
            .filter(|label| label.starts_with(beginning))
            .collect();
        written.sort_unstable();
        used.sort_unstable();
        assert_eq!(written, used);
    }

    /// The first number after these words is this limit.
    pub(crate) fn gives(&self, words: &str, limit: u64) {
        let rest = self.0.lines().find_map(|line| line.strip_prefix(words)).unwrap();
        let figure = rest.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let figure = figure.split(|letter: char| !letter.is_ascii_digit() && letter != ',').next().unwrap();
        assert_eq!(figure.replace(',', ""), limit.to_string(), "{words}");
    }
}

/// Lines of vectors as a document shows them.
pub(crate) struct Vectors(Vec<String>);

impl Vectors {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.0.push(format!("{name} = {text}"));
    }

    pub(crate) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.text(name, &digits);
    }

    pub(crate) fn secret<P: Purpose>(&mut self, name: &str, secret: &Secret<P>) {
        self.bytes(name, secret.expose());
    }

    /// Long ones by length and SHA-256.
    pub(crate) fn hashed(&mut self, name: &str, bytes: &[u8]) {
        self.text(&format!("{name}.length"), &bytes.len().to_string());
        self.bytes(&format!("{name}.sha256"), &Sha256::digest(bytes));
    }

    pub(crate) fn signed<T>(&mut self, name: &str, value: &Verified<T>) {
        self.hashed(&format!("{name}.body"), value.signed().body());
        self.bytes(&format!("{name}.signature"), value.signed().signature());
    }
}
