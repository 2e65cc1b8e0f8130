//! What a conversation is about: with whom, how much there is, how long messages stay.

use super::{dialogs::Dialog, gallery::Gallery, row::Act, side};
use crate::window::{
    cx::Cx,
    icons::{self, icon_button},
    theme::{Theme, space},
    widgets::radio::radio,
};
use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Rect, RichText, ScrollArea, Sense, Ui, Vec2, vec2};
use nyx_p2p::{Aid, Chat, Command, MessageId};

/// What the pane is in the way of, and what somebody wants of what it shows.
#[derive(Debug, Default)]
pub(super) struct Over {
    pub(super) closed: bool,
    /// There is no room for anything beside it.
    pub(super) covers: bool,
    pub(super) acts: Vec<(MessageId, Act)>,
}

/// How long messages may stay, in seconds.
pub(super) const TIMERS: [(&str, u32); 4] =
    [("timer-off", 0), ("timer-hour", 3600), ("timer-day", 86_400), ("timer-week", 604_800)];

/// Draws it beside the conversation, or over it where it is narrow.
pub(super) fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    chat: &Chat,
    is_narrow: bool,
    dialog: &mut Dialog,
    gallery: &mut Gallery,
) -> Over {
    let mut over = Over { covers: is_narrow, ..Over::default() };
    let frame = Frame::new().fill(cx.theme.palette.surface).inner_margin(Margin::same(space::M as i8));
    if is_narrow {
        CentralPanel::default().frame(frame).show(ui, |ui| content(ui, cx, chat, dialog, gallery, &mut over));
    } else {
        let panel = Panel::right("about").exact_size(280.0).resizable(false).frame(frame).show_separator_line(false);
        panel.show(ui, |ui| content(ui, cx, chat, dialog, gallery, &mut over));
    }
    over
}

fn content(ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat, dialog: &mut Dialog, gallery: &mut Gallery, over: &mut Over) {
    ScrollArea::vertical().id_salt("about").auto_shrink([false, false]).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(cx.texts.get("pane-title")).heading());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                over.closed = icon_button(ui, icons::CLOSE, &cx.texts.get("pane-close")).clicked();
            });
        });
        ui.add_space(space::M);
        ui.vertical_centered(|ui| {
            let (place, _) = ui.allocate_exact_size(Vec2::splat(80.0), Sense::hover());
            side::sign(ui, cx, chat, Rect::from_center_size(place.center(), vec2(80.0, 80.0)));
            ui.add_space(space::S);
            ui.label(RichText::new(side::name(cx, chat)).size(20.0));
            if chat.contact.is_none() {
                let text = RichText::new(cx.texts.get("pane-notes")).color(cx.theme.palette.quiet);
                ui.label(text);
            }
        });
        ui.add_space(space::M);
        if let (None, Some(account)) = (&chat.contact, &cx.model.account) {
            title(ui, cx.theme, &cx.texts.get("pane-account"));
            ui.label(&account.name);
            let words = Aid::from_bytes(account.aid).words().join(" ");
            ui.label(RichText::new(words).monospace());
            ui.label(RichText::new(cx.texts.get("pane-words")).small().color(cx.theme.palette.quiet));
            ui.add_space(space::M);
            title(ui, cx.theme, &cx.texts.get("pane-kept"));
            let count = |name: &str, count: u64| cx.texts.with(name, &[("count", count.into())]);
            ui.label(count("pane-messages", account.messages));
            let size = cx.texts.bytes(account.attachment_bytes);
            ui.label(cx.texts.with("pane-files", &[("count", account.attachments.into()), ("size", size.into())]));
            ui.add_space(space::M);
        }
        if cx.model.can_write() {
            timers(ui, cx, chat, dialog);
        }
        title(ui, cx.theme, &cx.texts.get("pane-media"));
        gallery.show(ui, cx, chat.conversation.id, &mut over.acts);
    });
}

/// How long messages stay.
fn timers(ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat, dialog: &mut Dialog) {
    title(ui, cx.theme, &cx.texts.get("chat-timer"));
    let present = chat.conversation.ttl_secs;
    for (name, secs) in TIMERS {
        if radio(ui, cx.theme, present == secs, cx.texts.get(name)).clicked() {
            cx.wish(Command::SetTimer { conversation: Some(chat.conversation.id), ttl_secs: secs });
        }
    }
    let is_other = TIMERS.iter().all(|(_, secs)| *secs != present);
    let other = if is_other {
        cx.texts.with("timer-other-is", &[("time", cx.texts.time_left(present.into()).into())])
    } else {
        cx.texts.get("timer-other")
    };
    if radio(ui, cx.theme, is_other, other).clicked() {
        *dialog = Dialog::timer(present);
    }
    ui.label(RichText::new(cx.texts.get("timer-hint")).small().color(cx.theme.palette.quiet));
    ui.add_space(space::M);
}

fn title(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.label(RichText::new(text).small().color(theme.palette.accent));
}
