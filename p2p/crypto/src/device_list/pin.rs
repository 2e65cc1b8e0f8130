//! What a contact remembers of an account, and what it makes of news.

use super::Identity;
use crate::account::Aid;
use crate::signature::Verified;
use nyx_wire::identity::OpKeyCert;

/// The last that was seen of an account. Goes only forward.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pin {
    /// The account.
    pub aid: Aid,
    /// Its generation.
    pub generation: u64,
    /// The operating key of that generation.
    pub opkey: [u8; 32],
    /// The last list of that generation; none yet right after a recovery.
    pub head: Option<Head>,
}

/// A place in the chain of lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Head {
    /// Its number.
    pub epoch: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// What news about an account is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// Nothing new.
    Same,
    /// A later list of the same generation: store this pin, drop sessions with devices that are gone.
    Newer(Pin),
    /// A new generation, signed by the account root key: the owner recovered the account. Store this pin, drop every
    /// session, and show it.
    Recovered(Pin),
}

/// Why news about an account is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum JudgeError {
    /// About another account.
    #[error("this is about another account")]
    OtherAccount,
    /// Older than what is known: perhaps late, perhaps replayed to bring a revoked device back.
    #[error("older than what is already known")]
    Lower,
    /// Something else at the same place, or the next list does not follow from the known one. Somebody holds a copy of
    /// the account's keys: to be shown.
    #[error("two different histories of the same account")]
    Fork,
}

impl Pin {
    /// The first that is seen of an account, whose id came by a way that the person trusts.
    #[must_use]
    pub fn first(identity: &Identity) -> Self {
        let list = identity.list();
        let head = Head { epoch: list.list().epoch, hash: list.hash() };
        Self { head: Some(head), ..Self::recovered(identity.opkey()) }
    }

    /// Right after a recovery: a generation of which no list was seen yet.
    #[must_use]
    pub fn recovered(opkey: &Verified<OpKeyCert>) -> Self {
        let aid = Aid::from_bytes(opkey.aid);
        Self { aid, generation: opkey.generation, opkey: opkey.opkey, head: None }
    }

    /// What `news`, which was verified, means to somebody who remembers this.
    pub fn judge(&self, news: &Identity) -> Result<Judgement, JudgeError> {
        let new = Self::first(news);
        if new.aid != self.aid {
            return Err(JudgeError::OtherAccount);
        }
        if new.generation != self.generation {
            return if new.generation > self.generation {
                Ok(Judgement::Recovered(new))
            } else {
                Err(JudgeError::Lower)
            };
        }
        if new.opkey != self.opkey {
            return Err(JudgeError::Fork);
        }
        let (Some(head), Some(next)) = (self.head, new.head) else { return Ok(Judgement::Newer(new)) };
        if next.epoch < head.epoch {
            Err(JudgeError::Lower)
        } else if next.epoch == head.epoch {
            if next.hash == head.hash { Ok(Judgement::Same) } else { Err(JudgeError::Fork) }
        } else if next.epoch == head.epoch + 1 && news.list().list().prev_hash != head.hash {
            // Only the very next list can be checked against the pin; a contact that was away misses links.
            Err(JudgeError::Fork)
        } else {
            Ok(Judgement::Newer(new))
        }
    }
}
