//! What of an account is meant: all of it, or what a person has selected for a move.

use crate::model::Message;
use nyx_wire::moving::Selection;

/// Which messages are meant, and whether with their attachments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    since_ms: i64,
    attachments: bool,
    unreadable: bool,
}

impl Scope {
    /// Everything that is there, also messages whose key is gone and whose row is not yet.
    pub(crate) const ALL: Self = Self { since_ms: i64::MIN, attachments: true, unreadable: true };

    /// What goes along in a move. A message whose key is gone is none any more.
    pub(crate) fn of(selection: &Selection) -> Self {
        let since_ms = selection.since_ms.map_or(i64::MIN, |since| i64::try_from(since).unwrap_or(i64::MAX));
        Self { since_ms, attachments: selection.attachments, unreadable: false }
    }

    /// For a query that says the same in the words of SQL.
    pub(crate) const fn params(&self) -> [i64; 2] {
        [self.since_ms, self.attachments as i64]
    }

    /// Whether attachments are meant at all.
    pub(crate) const fn has_attachments(&self) -> bool {
        self.attachments
    }

    /// Whether a message is meant. Takes its attachments away if they are not. One that is nothing but attachments which
    /// are not meant is not meant either: an empty line would be left of it.
    pub(crate) fn takes(&self, message: &mut Message) -> bool {
        let is_nothing_else = !message.attachments.is_empty() && message.body.as_deref() == Some("");
        let is_meant = message.at_ms >= self.since_ms
            && (self.unreadable || message.body.is_some())
            && (self.attachments || !is_nothing_else);
        if !self.attachments {
            message.attachments.clear();
        }
        is_meant
    }
}
