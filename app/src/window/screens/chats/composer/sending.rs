//! Messages on their way into the vault. Whatever happens to one, its words and its files stay here until it is stored or
//! the person lets it go; and until then the draft of the conversation has its words too, for a program that ends.

use super::{super::attach::File, Composer, Writing};
use crate::window::{cx::Cx, jobs::Jobs, sentence::sentence};
use nyx_p2p::{Command, ConversationId, Failure, MessageId, NewNote, RequestId};
use std::time::Instant;
use zeroize::Zeroize;

/// What a message is made of.
pub(super) struct Content {
    pub(super) text: String,
    pub(super) task: Writing,
    pub(super) files: Vec<File>,
}

/// A message on its way into the vault.
pub(super) struct Sending {
    pub(super) id: RequestId,
    pub(super) content: Content,
    pub(super) began: Instant,
    /// The draft that goes when it is stored.
    takes: Option<(String, Option<MessageId>)>,
}

/// A message that was not stored, and why.
pub(super) struct Unsent {
    pub(super) content: Content,
    pub(super) why: String,
}

impl Composer {
    pub(super) fn can_send(&self) -> bool {
        let has_text = !self.text.trim().is_empty();
        match self.task {
            Writing::Edit { .. } => has_text,
            _ => (has_text || !self.waiting.is_empty()) && self.waiting.is_ready(),
        }
    }

    /// Sends what was written; whether that is a new message.
    pub(super) fn send(&mut self, cx: &mut Cx<'_>, conversation: ConversationId) -> bool {
        if !self.can_send() {
            return false;
        }
        let text = self.text.trim_end().trim_start_matches('\n').to_owned();
        if text.len() > TEXT_BYTES_MAX {
            self.problem = Some(cx.texts.get("chat-too-long"));
            return false;
        }
        // The last letters too: if this is not stored, they are in the draft.
        self.keep(cx, conversation);
        let is_new = !matches!(self.task, Writing::Edit { .. });
        let files = if is_new { self.waiting.take() } else { Vec::new() };
        let content = Content { text, task: self.task.clone(), files };
        let takes = (is_new && self.sending.is_empty() && self.unsent.is_empty()).then(|| self.kept.clone());
        if let Some(mut content) = self.post(cx, conversation, content, takes) {
            self.problem = Some(cx.texts.get("window-busy"));
            self.waiting.put_back(std::mem::take(&mut content.files));
            return false;
        }
        if is_new {
            self.text.zeroize();
            self.task = Writing::New;
            self.cursor = 0;
        } else {
            self.stop_editing();
        }
        self.wants_focus = true;
        is_new
    }

    /// Sends a message that was not stored once more.
    pub(super) fn send_again(&mut self, cx: &mut Cx<'_>, conversation: ConversationId, index: usize) {
        let Unsent { content, why } = self.unsent.remove(index);
        if let Some(content) = self.post(cx, conversation, content, None) {
            self.unsent.insert(index, Unsent { content, why });
            self.problem = Some(cx.texts.get("window-busy"));
        }
    }

    /// Lets a message go that was not stored.
    pub(super) fn discard(&mut self, index: usize) {
        self.unsent.remove(index);
        self.touch();
    }

    /// Sends it, or gives it back if the engine takes nothing.
    fn post(
        &mut self,
        cx: &mut Cx<'_>,
        conversation: ConversationId,
        content: Content,
        takes: Option<(String, Option<MessageId>)>,
    ) -> Option<Content> {
        let command = match &content.task {
            Writing::Edit { id, .. } => Command::Edit { id: *id, text: content.text.clone() },
            task => Command::Note(NewNote {
                conversation: Some(conversation),
                text: content.text.clone(),
                attachments: content.files.iter().filter_map(File::source).collect(),
                reply_to: task.reply_to(),
                clears_draft: takes.is_some(),
            }),
        };
        let Some(id) = cx.watch(command) else { return Some(content) };
        self.sending.push(Sending { id, content, began: Instant::now(), takes });
        None
    }

    /// Messages that are in the vault are forgotten; what could not be stored is put back, or kept beside what was begun
    /// meanwhile.
    pub(super) fn follow_sending(&mut self, cx: &mut Cx<'_>) {
        let mut index = 0;
        while index < self.sending.len() {
            let job = cx.model.jobs.get(self.sending[index].id);
            let Some(ended) = job.and_then(|job| job.ended.as_ref()) else {
                index += 1;
                continue;
            };
            let Sending { id, content, takes, .. } = self.sending.remove(index);
            cx.forget(id);
            match ended {
                Ok(()) => {
                    if takes.as_ref() == Some(&self.kept) {
                        self.forget_kept();
                    }
                }
                Err(failure) => self.take_back(cx, content, failure),
            }
            self.touch();
        }
    }

    /// What was not stored: into the field, if nothing else was begun there.
    fn take_back(&mut self, cx: &Cx<'_>, mut content: Content, failure: &Failure) {
        let why = sentence(failure, cx.texts);
        let is_free = self.text.is_empty() && self.waiting.is_empty() && self.task == Writing::New;
        if !is_free || matches!(content.task, Writing::Edit { .. }) {
            return self.unsent.push(Unsent { content, why });
        }
        self.text = std::mem::take(&mut content.text);
        self.task = content.task.clone();
        self.waiting.put_back(std::mem::take(&mut content.files));
        // Who cancels knows what happened.
        self.problem = Some(why).filter(|_| !matches!(failure, Failure::Cancelled));
        self.cursor_to_end();
        self.wants_focus = true;
    }

    /// Everything that was begun here and is not in the vault, as one draft.
    pub(super) fn begun(&self) -> (String, Option<MessageId>) {
        let sending = self.sending.iter().map(|sending| &sending.content);
        let elsewhere: Vec<&Content> = sending.chain(self.unsent.iter().map(|unsent| &unsent.content)).collect();
        let answers = elsewhere.iter().find_map(|content| content.task.reply_to());
        let mut parts: Vec<&str> = elsewhere.iter().map(|content| content.text.as_str()).collect();
        match &self.task {
            Writing::Edit { before, original, .. } => {
                parts.push(before);
                // Half a change is better found among what was begun than lost.
                parts.extend((*original != self.text).then_some(self.text.as_str()));
            }
            _ => parts.push(&self.text),
        }
        parts.retain(|part| !part.is_empty());
        (parts.join("\n\n"), self.task.reply_to().or(answers))
    }

    /// Whether there is more than words, which the draft keeps.
    pub(in super::super) fn holds_more_than_words(&self) -> bool {
        let is_edit = matches!(self.task, Writing::Edit { .. });
        let is_busy = !self.sending.is_empty() || !self.unsent.is_empty() || self.picking.is_some();
        is_edit || is_busy || !self.waiting.is_empty()
    }

    /// How many files are attached here and not in the vault.
    pub(in super::super) fn files(&self, jobs: &Jobs) -> usize {
        let is_stored = |id| jobs.get(id).is_some_and(|job| matches!(job.ended, Some(Ok(()))));
        let sending = self.sending.iter().filter(|sending| !is_stored(sending.id));
        let sending = sending.map(|sending| sending.content.files.len());
        let unsent = self.unsent.iter().map(|unsent| unsent.content.files.len());
        self.waiting.files.len() + sending.chain(unsent).sum::<usize>()
    }

    pub(super) fn forget_kept(&mut self) {
        self.kept.0.zeroize();
        self.kept = Default::default();
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// What the vault takes as the text of a message.
const TEXT_BYTES_MAX: usize = 256 << 10;
