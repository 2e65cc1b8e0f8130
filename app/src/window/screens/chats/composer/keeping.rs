//! What was begun goes to the vault as a draft a moment after the last letter. Where that fails it is said, and tried again,
//! each time later, until it is kept or something else was begun.

use super::Composer;
use crate::window::{cx::Cx, model, sentence::sentence};
use egui::{Label, RichText, Ui, accesskit::Live};
use nyx_p2p::ConversationId;

/// How far the draft is.
#[derive(Default)]
pub(super) struct Keeping {
    /// Something changed that is not in the draft yet.
    is_touched: bool,
    /// Since when.
    changed_at: Option<f64>,
    failed: Option<Failed>,
}

/// It could not be kept.
struct Failed {
    why: String,
    times: u32,
    /// When it is tried again; `None`: that is under way.
    again_at: Option<f64>,
}

impl Composer {
    /// What was begun is another, and will be kept.
    pub(super) fn touch(&mut self) {
        self.keeping.is_touched = true;
    }

    /// Keeps what was begun now, if it is not kept yet.
    pub(in super::super) fn keep(&mut self, cx: &mut Cx<'_>, conversation: ConversationId) {
        self.follow_sending(cx);
        self.keeping.is_touched = false;
        self.keeping.changed_at = None;
        let (text, reply_to) = self.begun();
        if (&text, reply_to) == (&self.kept.0, self.kept.1) && self.keeping.failed.is_none() {
            return;
        }
        cx.keep_draft(conversation, text.clone(), reply_to);
        self.forget_kept();
        self.kept = (text, reply_to);
    }

    /// Keeps it when it is time to.
    pub(super) fn follow_keeping(&mut self, ui: &Ui, cx: &mut Cx<'_>, conversation: ConversationId) {
        let now = ui.input(|input| input.time);
        if std::mem::take(&mut self.keeping.is_touched) {
            self.keeping.changed_at = Some(now);
        }
        match cx.model.keeping(conversation) {
            model::Keeping::Kept => self.keeping.failed = None,
            model::Keeping::UnderWay => {}
            model::Keeping::Failed(failure) => {
                let times = self.keeping.failed.as_ref().map_or(0, |failed| failed.times);
                if self.keeping.failed.as_ref().is_none_or(|failed| failed.again_at.is_none()) {
                    let again_at = Some(now + f64::from(1_u32 << (times + 1).min(AGAIN_DOUBLED_MAX)));
                    self.keeping.failed = Some(Failed { why: sentence(failure, cx.texts), times: times + 1, again_at });
                }
            }
        }
        let changed = self.keeping.changed_at.map(|at| at + KEEP_AFTER);
        let again = self.keeping.failed.as_ref().and_then(|failed| failed.again_at);
        match changed.or(again) {
            Some(at) if at <= now => {
                if let Some(failed) = &mut self.keeping.failed {
                    failed.again_at = None;
                }
                self.keep(cx, conversation);
            }
            Some(at) => ui.ctx().request_repaint_after_secs((at - now) as f32 + 0.01),
            None => {}
        }
    }

    /// Says that it is not kept, and why.
    pub(super) fn show_unkept(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(Failed { why, .. }) = &self.keeping.failed else { return };
        let said = cx.texts.with("chat-draft-unkept", &[("why", why.as_str().into())]);
        let label = ui.add(Label::new(RichText::new(said).small().color(cx.theme.palette.danger)).wrap());
        ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
    }
}

/// Short enough that little is lost, long enough that not every letter is written to the disk.
const KEEP_AFTER: f64 = 1.0;
/// After 64 seconds at the latest it is tried again.
const AGAIN_DOUBLED_MAX: u32 = 6;
