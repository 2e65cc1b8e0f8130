//! One item as it comes in.

use super::Content;
use crate::{
    content::ContentHasher,
    purposes::StreamKey,
    secret::Secret,
    stream::{CHUNK, OpenError, Opener, SEALED_CHUNK, TAG},
};
use core::fmt;

/// Opens the chunks of one item, in order, and watches what they add up to.
pub struct ItemOpener {
    opener: Option<Opener>,
    hash: Option<ContentHasher>,
    content: Content,
    next: u64,
}

/// What came of an item whose last chunk was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Finished {
    /// More is to come.
    Not,
    /// It is the content that was signed for.
    Right,
    /// It is another.
    Wrong,
    /// Its beginning was opened before a restart: to be hashed where it is stored.
    Unknown,
}

impl ItemOpener {
    pub(super) fn new(key: &Secret<StreamKey>, content: Content, opened: u64) -> Self {
        let hash = (opened == 0).then(|| ContentHasher::new(content.hash.kind()));
        Self { opener: Some(Opener::resume(key, opened)), hash, content, next: opened }
    }

    /// Opens the next chunk in place and says how many bytes of plaintext it has. A chunk that does not open leaves
    /// everything as it was.
    pub fn open_chunk(&mut self, sealed: &mut [u8]) -> Result<usize, OpenError> {
        let before = self.next.checked_mul(CHUNK as u64).ok_or(OpenError)?;
        let left = self.content.bytes.checked_sub(before).ok_or(OpenError)?;
        let plain = if left > CHUNK as u64 {
            let full: &mut [u8; SEALED_CHUNK] = sealed.try_into().map_err(|_| OpenError)?;
            self.opener.as_mut().ok_or(OpenError)?.open_chunk(full)?;
            CHUNK
        } else {
            if sealed.len() as u64 != left + TAG as u64 {
                return Err(OpenError);
            }
            // The last chunk consumes its opener; a wrong one must not.
            let mut opener = self.opener.take().ok_or(OpenError)?;
            match opener.try_last(sealed) {
                Ok(plain) => plain,
                Err(error) => {
                    self.opener = Some(opener);
                    return Err(error);
                }
            }
        };
        if let Some(hash) = &mut self.hash {
            hash.update(&sealed[..plain]);
        }
        self.next += 1;
        Ok(plain)
    }

    /// What the item is, once its last chunk was opened.
    #[must_use]
    pub fn finished(&self) -> Finished {
        match (&self.opener, &self.hash) {
            (Some(_), _) => Finished::Not,
            (None, None) => Finished::Unknown,
            (None, Some(hash)) if hash.finish() == self.content.hash => Finished::Right,
            (None, Some(_)) => Finished::Wrong,
        }
    }
}

impl fmt::Debug for ItemOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemOpener(at chunk {}, key redacted)", self.next)
    }
}
