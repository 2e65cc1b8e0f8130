//! What stands in place of the field where nothing may be written: the account lives elsewhere, or is being handed over.

use super::Composer;
use crate::window::{cx::Cx, icons, model::Keeping, theme::space};
use egui::{Label, RichText, Ui, accesskit::Live};
use nyx_p2p::{AccountState, ConversationId};

impl Composer {
    /// Says why, and shows what was written and went nowhere: it can still be copied.
    pub(in super::super) fn show_read_only(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, conversation: ConversationId) {
        self.follow_sending(cx);
        let said = match cx.model.account.as_ref().map(|account| &account.state) {
            Some(AccountState::Moved { to }) => cx.texts.with("chat-moved", &[("name", to.as_str().into())]),
            _ => cx.texts.get("chat-being-moved"),
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            icons::picture(ui, icons::LOCK, 18.0);
            let label = ui.add(Label::new(RichText::new(said).color(cx.theme.palette.quiet)).wrap());
            ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
        });
        let is_kept = matches!(cx.model.keeping(conversation), Keeping::Kept) && self.text == self.kept.0;
        let begun = Some(self.text.as_str()).filter(|text| !is_kept && !text.trim().is_empty());
        let unsent = self.unsent.iter().map(|unsent| unsent.content.text.as_str());
        for text in unsent.chain(begun) {
            ui.add(Label::new(cx.texts.with("chat-unsent", &[("text", text.into())])).wrap());
        }
    }
}
