//! Where a message is written: text, what it answers, files, and what of all that is kept as a draft.

mod field;
mod keeping;
mod order;
mod pasted;
mod reading;
mod sending;
mod strips;

use super::attach::Waiting;
use crate::window::{cx::Cx, desktop::pick::Pick, widgets::emoji::EmojiPicker};
use egui::{Event, Ui, text_edit::TextEditState};
use field::field_id;
use keeping::Keeping;
use nyx_p2p::{ConversationId, Draft, Message, MessageId};
use sending::{Sending, Unsent};
use std::path::PathBuf;
use zeroize::Zeroize;

/// Where a message is written.
#[derive(Default)]
pub(super) struct Composer {
    text: String,
    task: Writing,
    waiting: Waiting,
    sending: Vec<Sending>,
    unsent: Vec<Unsent>,
    picking: Option<Pick>,
    emoji: EmojiPicker,
    emoji_is_open: bool,
    /// What the engine has as a draft.
    kept: (String, Option<MessageId>),
    keeping: Keeping,
    /// An input method is at work: Enter chooses a word there and sends nothing.
    is_composing: bool,
    /// What was typed after Enter in the same frame: it belongs to the next message.
    late: Vec<Event>,
    wants_focus: bool,
    /// Where the cursor was, in characters.
    cursor: usize,
    /// What went wrong last.
    problem: Option<String>,
    ctx: Option<egui::Context>,
}

/// What is being written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
enum Writing {
    /// A new message, which may answer one.
    #[default]
    New,
    Reply(MessageId),
    /// Another text for a message; what was written before is put back afterwards.
    Edit {
        id: MessageId,
        /// What the message said.
        original: String,
        before: String,
        reply_to: Option<MessageId>,
    },
}

/// What somebody wants that the composer can't do itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    /// To edit the newest own message.
    pub(super) edit_newest: bool,
    /// A message was sent: the end of the conversation is what matters now.
    pub(super) sent: bool,
    /// To scroll by so many views.
    pub(super) pages: f32,
}

impl Composer {
    /// With what was begun.
    pub(super) fn with(draft: Option<&Draft>) -> Self {
        let mut composer = Self::default();
        composer.wants_focus = true;
        if let Some(draft) = draft {
            composer.text.clone_from(&draft.body);
            composer.task = draft.reply_to.map_or(Writing::New, Writing::Reply);
            composer.kept = (draft.body.clone(), draft.reply_to);
            composer.cursor = composer.text.chars().count();
        }
        composer
    }

    /// So many files that were attached here were let go when the vault was locked.
    pub(super) fn has_lost(&mut self, cx: &Cx<'_>, files: usize) {
        if files > 0 {
            self.problem = Some(cx.texts.with("chat-files-let-go", &[("count", files.into())]));
        }
    }

    /// It is not shown any more. The toolkit keeps what was typed, to undo it, and only one such history.
    pub(super) fn close(&mut self) {
        self.wants_focus = true;
        if let Some(ctx) = self.ctx.take() {
            ctx.data_mut(|data| data.remove::<TextEditState>(field_id()));
        }
    }

    pub(super) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Answers a message.
    pub(super) fn reply(&mut self, id: MessageId) {
        self.stop_editing();
        self.task = Writing::Reply(id);
        self.touch();
        self.wants_focus = true;
    }

    /// Writes another text for a message.
    pub(super) fn edit(&mut self, message: &Message) {
        let Some(body) = message.body.as_ref().filter(|body| !body.is_empty()) else { return };
        self.stop_editing();
        let reply_to = self.task.reply_to();
        let before = std::mem::replace(&mut self.text, body.clone());
        self.task = Writing::Edit { id: message.id, original: body.clone(), before, reply_to };
        self.touch();
        self.cursor_to_end();
        self.wants_focus = true;
    }

    /// Takes files that were dropped or picked.
    pub(super) fn attach(&mut self, ctx: &egui::Context, paths: Vec<PathBuf>) {
        if !paths.is_empty() {
            self.waiting.add_paths(ctx, paths);
            self.wants_focus = true;
        }
    }

    /// Leaves what is being done besides writing; whether there was something to leave.
    pub(super) fn escape(&mut self) -> bool {
        if self.emoji_is_open {
            self.emoji_is_open = false;
            self.wants_focus = true;
            return true;
        }
        match self.task {
            Writing::New => false,
            Writing::Reply(_) => {
                self.task = Writing::New;
                self.touch();
                true
            }
            Writing::Edit { .. } => {
                self.stop_editing();
                true
            }
        }
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        conversation: ConversationId,
        quoted: impl Fn(MessageId) -> Option<String>,
    ) -> Wanted {
        self.ctx.get_or_insert_with(|| ui.ctx().clone());
        let mut wanted = Wanted::default();
        self.waiting.poll(ui.ctx());
        if let Some(paths) = self.picking.as_ref().and_then(Pick::poll) {
            self.picking = None;
            self.attach(ui.ctx(), paths);
        }
        self.follow_sending(cx);
        for name in self.waiting.refused.drain(..) {
            self.problem = Some(cx.texts.with("chat-file-refused", &[("name", name.into())]));
        }
        self.show_problem(ui, cx);
        self.show_unkept(ui, cx);
        self.show_sending(ui, cx);
        self.show_unsent(ui, cx, conversation);
        self.show_task(ui, cx, &quoted);
        self.show_waiting(ui, cx);
        self.show_order(ui, cx);
        self.show_line(ui, cx, conversation, &mut wanted);
        self.follow_keeping(ui, cx, conversation);
        wanted
    }

    fn stop_editing(&mut self) {
        if let Writing::Edit { before, reply_to, .. } = &mut self.task {
            let (before, reply_to) = (std::mem::take(before), *reply_to);
            self.text.zeroize();
            self.text = before;
            self.task = reply_to.map_or(Writing::New, Writing::Reply);
            self.cursor_to_end();
            self.wants_focus = true;
            self.touch();
        }
    }

    fn cursor_to_end(&mut self) {
        self.cursor = self.text.chars().count();
    }
}

impl Writing {
    fn reply_to(&self) -> Option<MessageId> {
        match self {
            Self::New => None,
            Self::Reply(id) => Some(*id),
            Self::Edit { reply_to, .. } => *reply_to,
        }
    }
}

impl Drop for Composer {
    /// Nothing of what was written stays in memory that this program has a hold of.
    fn drop(&mut self) {
        self.close();
        self.text.zeroize();
        self.kept.0.zeroize();
        if let Writing::Edit { before, .. } = &mut self.task {
            before.zeroize();
        }
    }
}
