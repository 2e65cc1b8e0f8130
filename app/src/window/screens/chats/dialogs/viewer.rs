//! A picture as large as the window, and the way to the ones beside it.

use super::{
    super::{
        media::{self, Fit},
        row::Act,
    },
    Next, Outcome,
};
use crate::window::{
    appearance::Look,
    attached::Shown,
    cx::Cx,
    icons::{self, icon_button},
    theme::Theme,
    widgets::question::focus_first,
};
use egui::{
    Align, Align2, Area, Id, Key, Layout, Modifiers, Order, Rect, RichText, Sense, Ui, UiBuilder, Vec2, WidgetInfo,
    accesskit::Role,
};
use nyx_p2p::{Attachment, AttachmentId, ConversationId, MessageId, Row};

/// Pictures that stand beside each other, and where each belongs.
pub(super) struct Among<'a> {
    pictures: Vec<(MessageId, &'a Attachment)>,
    /// The place of the message, where that is not what is looked at anyway.
    seq: Option<u64>,
}

/// The pictures of a message.
pub(super) fn of_message<'a>(cx: &Cx<'_>, row: &'a Row) -> Among<'a> {
    let attachments =
        row.message.attachments.iter().filter(|attachment| media::is_picture(&cx.model.pictures, attachment));
    Among { pictures: attachments.map(|attachment| (row.message.id, attachment)).collect(), seq: None }
}

/// A picture of a conversation, with the newer one before it and the older one after it.
pub(super) fn of_conversation<'a>(cx: &mut Cx<'a>, conversation: ConversationId, here: AttachmentId) -> Among<'a> {
    let model = cx.model;
    let (shown, _) = model.attached.of(conversation);
    let Some(index) = shown.iter().position(|shown| shown.attachment.id == here) else {
        return Among { pictures: Vec::new(), seq: None };
    };
    // Beyond what is known there may be more.
    cx.look_through(conversation, index + AHEAD);
    let is_picture = |shown: &&Shown| shown.is_picture && media::is_picture(&cx.model.pictures, &shown.attachment);
    let newer = shown[..index].iter().rfind(is_picture);
    let older = shown[index + 1..].iter().find(is_picture);
    let beside = newer.into_iter().chain([&shown[index]]).chain(older);
    Among { pictures: beside.map(|shown| (shown.message, &shown.attachment)).collect(), seq: Some(shown[index].seq) }
}

/// Draws the picture that is `shown`, over everything.
pub(super) fn show(ui: &Ui, cx: &mut Cx<'_>, among: &Among<'_>, shown: &mut AttachmentId) -> Option<Next> {
    let pictures = &among.pictures;
    let Some(index) = pictures.iter().position(|(_, picture)| picture.id == *shown) else { return Some(Next::Close) };
    let (message, picture) = pictures[index];
    let mut next = None;
    let mut step: isize = 0;
    let room = ui.ctx().content_rect();
    let area = Area::new(Id::unique("viewer"))
        .order(Order::Foreground)
        .anchor(Align2::LEFT_TOP, Vec2::ZERO)
        .fixed_pos(room.min);
    // Pictures are looked at in the dark, whatever surrounds them otherwise.
    let theme = if cx.theme.palette.is_dark { cx.theme.clone() } else { Theme::of(Look::Dark) };
    area.show(ui.ctx(), |ui| {
        let palette = theme.palette;
        ui.set_style(theme.style());
        let mut whole = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::top_down(Align::Min)));
        whole.set_min_size(room.size());
        // Nothing that the keyboard goes to or that is read out: there is a button that says the same.
        let behind = whole.interact(room, Id::unique("behind the picture"), Sense::CLICK);
        whole.painter().rect_filled(room, 0.0, palette.ground.lerp_to_gamma(egui::Color32::BLACK, 0.4));
        let about = picture.about.as_ref();
        let bar = Rect::from_min_size(room.min, egui::vec2(room.width(), 52.0)).shrink2(egui::vec2(12.0, 8.0));
        let place = Rect::from_min_max(room.min + egui::vec2(16.0, 60.0), room.max - egui::vec2(16.0, 16.0));
        // Never larger than it is: a small picture does not become clearer.
        let real = about
            .and_then(|about| about.width.zip(about.height))
            .map_or(place.size(), |(width, height)| Vec2::new(width as f32, height as f32) / ui.pixels_per_point());
        let scale = (place.width() / real.x).min(place.height() / real.y).min(1.0);
        let place = Rect::from_center_size(place.center(), real * scale);
        media::paint(&whole, &mut cx.sight(), picture, place, Fit::Contain);
        let name = about.map_or_else(String::new, |about| about.name.clone());
        let seen = whole.interact(place, Id::unique("viewed"), Sense::hover());
        seen.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        let mut line = whole.new_child(UiBuilder::new().max_rect(bar).layout(Layout::right_to_left(Align::Center)));
        let close = icon_button(&mut line, icons::CLOSE, &cx.texts.get("viewer-close"));
        focus_first(ui, &close);
        if close.clicked() || (behind.clicked() && !ui.rect_contains_pointer(place)) {
            next = Some(Next::Close);
        }
        let named = |text: &str| cx.texts.with(text, &[("name", name.as_str().into())]);
        if icon_button(&mut line, icons::SAVE, &named("chat-save-file")).clicked() {
            next = Some(Next::Aside(Outcome::Act(message, Act::Save(picture.id))));
        }
        if icon_button(&mut line, icons::OPEN, &named("chat-open-file")).clicked() {
            next = Some(Next::Aside(Outcome::Act(message, Act::Open(picture.id))));
        }
        if let Some(seq) = among.seq
            && icon_button(&mut line, icons::MESSAGES, &cx.texts.get("gallery-jump")).clicked()
        {
            next = Some(Next::Out(Outcome::Act(message, Act::Jump(seq))));
        }
        if pictures.len() > 1 {
            if line.button(cx.texts.get("viewer-next")).clicked() {
                step = 1;
            }
            if line.button(cx.texts.get("viewer-previous")).clicked() {
                step = -1;
            }
        }
        line.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(&name).truncate());
            ui.label(RichText::new(cx.texts.bytes(picture.size)).small().color(palette.quiet));
        });
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Escape) {
            next = Some(Next::Close);
        }
        step += isize::from(pressed(Key::ArrowRight)) - isize::from(pressed(Key::ArrowLeft));
    });
    if let Some((_, other)) = index.checked_add_signed(step).and_then(|index| pictures.get(index)) {
        *shown = other.id;
    }
    next
}

/// Nobody looks at more pictures before the next page is there.
const AHEAD: usize = 64;
