//! A copy of what was selected across messages. A selection reaches further than what is kept of a conversation, so its
//! text is gathered on the way, as far as messages are known, and goes to the clipboard once all of it is there.

use super::super::bidi;
use crate::window::{
    cx::Cx,
    icons::{self, icon_button},
    rows::Place,
    widgets::list::Selected,
};
use egui::{Align, Context, Layout, RichText, Ui};
use nyx_p2p::{ConversationId, ROWS_MAX};
use zeroize::Zeroizing;

/// A copy that is being made.
pub(super) struct Copying {
    selected: Selected,
    /// The place that is next.
    next: u64,
    text: Zeroizing<String>,
    /// When it began, in seconds.
    began: f64,
}

impl Copying {
    pub(super) fn of(selected: Selected, now: f64) -> Self {
        Self { selected, next: selected.from.0, text: Zeroizing::default(), began: now }
    }

    /// Goes on as far as messages are known; whether that was the end.
    pub(super) fn advance(&mut self, ctx: &Context, cx: &mut Cx<'_>, conversation: ConversationId) -> bool {
        let last = self.selected.to.0;
        for _ in 0..AT_ONCE {
            if self.next > last {
                ctx.copy_text(std::mem::take(&mut *self.text));
                return true;
            }
            match cx.model.rows.at(conversation, self.next) {
                Place::Here(row) => {
                    if let Some(body) = &row.message.body {
                        self.add(body);
                    }
                }
                Place::Gone => {}
                Place::Unknown => {
                    cx.look_at(conversation, self.next..=last.min(self.next.saturating_add(ROWS_MAX / 2)));
                    return false;
                }
                Place::Failed => {
                    cx.complain(cx.texts.get("copy-unreadable"));
                    return true;
                }
            }
            if self.text.len() > BYTES_MAX {
                cx.complain(cx.texts.get("copy-too-much"));
                return true;
            }
            self.next += 1;
        }
        ctx.request_repaint();
        false
    }

    /// Says how far it is, if it takes a while; whether it is to be stopped.
    pub(super) fn show(&self, ui: &mut Ui, cx: &Cx<'_>) -> bool {
        if ui.input(|input| input.time) - self.began < SHOWN_AFTER {
            return false;
        }
        let (first, last) = (self.selected.from.0, self.selected.to.0);
        let part = (self.next - first) * 100 / (last - first).max(1);
        let said = cx.texts.with("copy-running", &[("percent", part.into())]);
        let shown = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_stopped = icon_button(ui, icons::STOP, &cx.texts.get("copy-stop")).clicked();
            ui.label(RichText::new(said).small());
            is_stopped
        });
        shown.inner
    }

    fn add(&mut self, body: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        // What is shown in another order than it is written is copied whole: a part of it would be another part.
        self.text.push_str(if bidi::has_rtl(body) { body } else { self.selected.of(self.next, body) });
    }
}

/// So many messages are gathered in a frame, without a delay that is seen.
const AT_ONCE: usize = 2_000;
/// A longer text is no use in a clipboard, and holds up the programs that look at it.
const BYTES_MAX: usize = 64 << 20;
/// What is over sooner is not shown.
const SHOWN_AFTER: f64 = 0.5;
