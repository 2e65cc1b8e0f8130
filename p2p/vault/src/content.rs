//! One number for what an account holds: equal on two devices exactly when they hold the same.

use crate::{
    error::StorageError,
    ids::MessageId,
    limits::PAGE_MAX,
    model::{Author, ConversationKind, Message},
    reader::{Page, Reader},
    scope::Scope,
};
use sha2::{Digest, Sha256};

impl Reader<'_> {
    /// SHA-256 over history, contacts, attachments, drafts and the settings that move. Independent of keys, of the
    /// numbers of rows and of where things lie on the disk; specified in `vault.md`.
    pub fn content_hash(&self) -> Result<[u8; 32], StorageError> {
        // Nobody asks it to stop.
        Ok(hash(self, Scope::ALL, &mut |_| true)?.unwrap_or_default())
    }
}

/// Of what is meant. `None`: `progress` said stop. It hears how many messages are done.
pub(crate) fn hash(
    reader: &Reader<'_>,
    scope: Scope,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<[u8; 32]>, StorageError> {
    let mut done = 0;
    let mut sum = Sum(Sha256::new_with_prefix(LABEL));
    if let Some(account) = reader.account()? {
        sum.part(b"account");
        sum.part(&account.aid);
        sum.part(account.name.as_bytes());
    }
    let mut contacts = reader.contacts()?;
    contacts.sort_by_key(|contact| contact.id);
    for contact in contacts {
        sum.part(b"contact");
        sum.part(&contact.id.0);
        sum.maybe(contact.aid.as_ref().map(<[u8; 32]>::as_slice));
        sum.part(contact.name.as_bytes());
        sum.number(contact.state as i64);
        sum.number(contact.verified.into());
        sum.maybe(contact.pin.as_ref().map(|pin| pin.hash.as_slice()));
        if let Some(pin) = contact.pin {
            sum.number(pin.generation.cast_signed());
            sum.number(pin.epoch.cast_signed());
        }
        sum.maybe(contact.device_list.as_deref());
        sum.maybe(contact.profile.as_deref());
        sum.maybe(reader.contact_secret(contact.id)?.as_ref().map(|secret| secret.expose().as_slice()));
        sum.number(contact.created_ms);
    }
    let mut conversations = reader.conversations()?;
    conversations.sort_by_key(|conversation| conversation.id);
    for conversation in conversations {
        sum.part(b"conversation");
        sum.part(&conversation.id.0);
        match conversation.kind {
            ConversationKind::Notes => sum.maybe(None),
            ConversationKind::Direct(contact) => sum.maybe(Some(&contact.0)),
        }
        sum.part(conversation.title.as_bytes());
        sum.number(conversation.created_ms);
        sum.number(conversation.ttl_secs.into());
        if let Some(draft) = reader.draft(conversation.id)? {
            sum.part(b"draft");
            sum.part(draft.body.as_bytes());
            sum.id(draft.reply_to);
            sum.number(draft.updated_ms);
        }
        let mut seq = 0;
        loop {
            let mut messages = reader.messages(conversation.id, Page::After(seq), PAGE_MAX)?;
            let Some(last) = messages.last() else { break };
            seq = last.seq;
            for message in &mut messages {
                if !scope.takes(message) {
                    continue;
                }
                sum.message(message);
                if message.edited_ms.is_some() {
                    for edit in reader.edits(message.id)? {
                        sum.part(b"edit");
                        sum.number(edit.at_ms);
                        sum.maybe(edit.body.as_deref().map(str::as_bytes));
                    }
                }
            }
            done += messages.len() as u64;
            if !progress(done) {
                return Ok(None);
            }
        }
    }
    for (name, setting) in reader.settings()?.into_iter().filter(|(_, setting)| setting.moves) {
        sum.part(b"setting");
        sum.part(name.as_bytes());
        sum.part(&setting.value);
    }
    Ok(Some(sum.0.finalize().into()))
}

struct Sum(Sha256);

impl Sum {
    /// With its length before it, so that no two contents give the same bytes.
    fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn maybe(&mut self, bytes: Option<&[u8]>) {
        self.0.update([u8::from(bytes.is_some())]);
        self.part(bytes.unwrap_or_default());
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    fn maybe_number(&mut self, number: Option<i64>) {
        self.0.update([u8::from(number.is_some())]);
        self.number(number.unwrap_or(0));
    }

    fn id(&mut self, id: Option<MessageId>) {
        self.maybe(id.as_ref().map(|id| id.0.as_slice()));
    }

    fn message(&mut self, message: &Message) {
        self.part(b"message");
        self.part(&message.id.0);
        self.part(message.author.as_bytes());
        self.number(message.at_ms);
        self.number(message.delivery as i64);
        self.maybe(message.body.as_deref().map(str::as_bytes));
        self.id(message.reply_to);
        self.maybe_number(message.edited_ms);
        self.maybe_number(message.disappears.map(|disappears| disappears.ttl_secs.into()));
        self.maybe_number(message.disappears.and_then(|disappears| disappears.at_ms));
        for attachment in &message.attachments {
            self.part(b"attachment");
            self.number(attachment.size.cast_signed());
            self.part(attachment.content.as_bytes());
            self.0.update([u8::from(attachment.about.is_some())]);
            if let Some(about) = &attachment.about {
                self.part(about.name.as_bytes());
                self.part(about.media_type.as_bytes());
                self.maybe_number(about.width.map(i64::from));
                self.maybe_number(about.height.map(i64::from));
                self.maybe_number(about.duration_ms.map(u64::cast_signed));
                self.maybe(about.preview.as_deref());
            }
        }
        let mut reactions: Vec<(Author, &str, i64)> = message
            .reactions
            .iter()
            .map(|reaction| (reaction.author, reaction.emoji.as_str(), reaction.at_ms))
            .collect();
        reactions.sort_unstable();
        for (author, emoji, at_ms) in reactions {
            self.part(b"reaction");
            self.part(author.as_bytes());
            self.part(emoji.as_bytes());
            self.number(at_ms);
        }
    }
}

const LABEL: &[u8] = b"nyx/v1/vault/content";
