//! The attachments of a message: pictures in the room that their stored size gives them, other files as cards.

use super::row::Act;
use crate::window::{
    attached,
    icons::{self, icon_button},
    pictures::{Pictures, Seen},
    sight::Sight,
    theme::space,
};
use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Label, Layout, Pos2, Rect, RichText, Sense, Shape, Ui, UiBuilder,
    Vec2, WidgetInfo, accesskit::Role, epaint::RectShape, pos2, vec2,
};
use nyx_p2p::{Attachment, Message};

/// Where each attachment goes.
pub(super) struct Plan {
    /// What all of them take.
    pub(super) size: Vec2,
    /// A place for each, and whether a picture is shown there.
    places: Vec<(Rect, bool)>,
}

impl Plan {
    pub(super) fn of(sight: &Sight<'_>, message: &Message, widest: f32) -> Self {
        let pictures: Vec<usize> = (0..message.attachments.len())
            .filter(|index| is_picture(sight.pictures, &message.attachments[*index]))
            .collect();
        let mut places = vec![(Rect::ZERO, false); message.attachments.len()];
        let mut size = Vec2::ZERO;
        let room = widest.min(PICTURE_MAX.x);
        if let [only] = pictures[..] {
            let shown = fitted(&message.attachments[only], room);
            places[only] = (Rect::from_min_size(Pos2::ZERO, shown), true);
            size = shown;
        } else if !pictures.is_empty() {
            let columns = if pictures.len() == 2 || pictures.len() == 4 { 2 } else { 3 };
            let side = ((room - GAP * (columns - 1) as f32) / columns as f32).floor();
            for (nth, index) in pictures.iter().enumerate() {
                let at = vec2((nth % columns) as f32, (nth / columns) as f32) * (side + GAP);
                places[*index] = (Rect::from_min_size(at.to_pos2(), Vec2::splat(side)), true);
            }
            let lines = pictures.len().div_ceil(columns) as f32;
            size = vec2(columns as f32 * (side + GAP) - GAP, lines * (side + GAP) - GAP);
        }
        let card = widest.min(CARD.x);
        for place in places.iter_mut().filter(|(_, is_picture)| !is_picture) {
            let top = if size.y > 0.0 { size.y + GAP } else { 0.0 };
            place.0 = Rect::from_min_size(pos2(0.0, top), vec2(card, CARD.y));
            size = vec2(size.x.max(card), top + CARD.y);
        }
        Self { size, places }
    }

    pub(super) fn show(&self, ui: &mut Ui, sight: &mut Sight<'_>, message: &Message, at: Pos2, asked: &mut Vec<Act>) {
        for (attachment, (place, is_picture)) in message.attachments.iter().zip(&self.places) {
            let place = place.translate(at.to_vec2());
            if !ui.is_visible() || !ui.is_rect_visible(place) {
                continue;
            }
            if *is_picture {
                picture(ui, sight, attachment, place, asked);
            } else {
                card(ui, sight, attachment, place, asked);
            }
        }
    }
}

/// Whether an attachment is shown as a picture: it says so, and nothing has shown otherwise yet.
pub(super) fn is_picture(pictures: &Pictures, attachment: &Attachment) -> bool {
    attachment.about.as_ref().is_some_and(attached::is_picture)
        && !matches!(pictures.get(attachment.id), Seen::Unreadable)
}

/// The size of a picture in this width: never larger than it is, never so flat that nobody could hit it.
fn fitted(attachment: &Attachment, room: f32) -> Vec2 {
    let about = attachment.about.as_ref();
    let side = |side: Option<u32>| side.unwrap_or(1).max(1) as f32;
    let (width, height) = (side(about.and_then(|about| about.width)), side(about.and_then(|about| about.height)));
    let scale = (room / width).min(PICTURE_MAX.y / height).min(1.0);
    vec2((width * scale).clamp(PICTURE_MIN.min(room), room), (height * scale).clamp(PICTURE_MIN, PICTURE_MAX.y)).round()
}

fn picture(ui: &mut Ui, sight: &mut Sight<'_>, attachment: &Attachment, place: Rect, asked: &mut Vec<Act>) {
    let Some(about) = &attachment.about else { return };
    let response = ui.interact(place, Id::unique(("picture", attachment.id)), Sense::click());
    response.widget_info(|| {
        let name = sight.texts.with("chat-picture", &[("name", about.name.as_str().into())]);
        WidgetInfo::labeled(Role::Button, true, name)
    });
    paint(ui, sight, attachment, place, Fit::Cover);
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, sight.theme.palette.accent);
        ui.painter().rect_stroke(place, CornerRadius::same(ROUND), stroke, egui::StrokeKind::Outside);
    }
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        asked.push(Act::View(attachment.id));
    }
}

/// How a picture fills a place of another shape.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Fit {
    /// All of the place, the middle of the picture.
    Cover,
    /// All of the picture.
    Contain,
}

/// Paints what there is of a picture and asks for what is missing.
pub(super) fn paint(ui: &Ui, sight: &mut Sight<'_>, attachment: &Attachment, place: Rect, fit: Fit) {
    let preview = attachment.about.as_ref().and_then(|about| about.preview.as_deref());
    let longer = match fit {
        Fit::Contain => place.size().max_elem(),
        // The shorter side fills the place, so the longer one is longer than that.
        Fit::Cover => place.size().max_elem() * stretch(attachment, place),
    };
    let edge = (longer * ui.pixels_per_point()).ceil().clamp(1.0, 8192.0) as u32;
    let seen = sight.picture(attachment.id, edge, preview);
    let rounding = CornerRadius::same(if fit == Fit::Cover { ROUND } else { 0 });
    match seen {
        Seen::Picture(texture) | Seen::Blur(texture) => {
            let real = texture.size_vec2();
            let shape = match attachment.about.as_ref().and_then(|about| about.width.zip(about.height)) {
                Some((width, height)) if width > 0 && height > 0 => vec2(width as f32, height as f32),
                _ => real,
            };
            let (place, uv) = match fit {
                Fit::Contain => {
                    let scale = (place.width() / shape.x).min(place.height() / shape.y);
                    (Rect::from_center_size(place.center(), shape * scale), FULL)
                }
                Fit::Cover => (place, middle(shape, place.size())),
            };
            ui.painter()
                .add(Shape::Rect(RectShape::filled(place, rounding, Color32::WHITE).with_texture(texture.id(), uv)));
        }
        Seen::Nothing | Seen::Unreadable => {
            ui.painter().rect_filled(place, rounding, sight.theme.palette.sunken);
        }
    }
}

/// How much longer the longer side of a picture is than the place that it covers.
fn stretch(attachment: &Attachment, place: Rect) -> f32 {
    let Some((width, height)) = attachment.about.as_ref().and_then(|about| about.width.zip(about.height)) else {
        return 1.0;
    };
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (place.width() / width).max(place.height() / height);
    (width.max(height) * scale / place.size().max_elem()).clamp(1.0, 8.0)
}

/// The part of a picture of this shape that fills a place.
fn middle(shape: Vec2, place: Vec2) -> Rect {
    let scale = (place.x / shape.x).max(place.y / shape.y);
    let part = vec2(place.x / (shape.x * scale), place.y / (shape.y * scale)).min(Vec2::splat(1.0));
    Rect::from_center_size(pos2(0.5, 0.5), part)
}

fn card(ui: &mut Ui, sight: &Sight<'_>, attachment: &Attachment, place: Rect, asked: &mut Vec<Act>) {
    let palette = &sight.theme.palette;
    let name = match &attachment.about {
        Some(about) if !about.name.is_empty() => about.name.clone(),
        Some(_) => sight.texts.get("chat-attachment"),
        None => sight.texts.get("chat-disappeared"),
    };
    ui.painter().rect_filled(place, CornerRadius::same(ROUND), palette.sunken.gamma_multiply(0.6));
    let inside = place.shrink2(vec2(10.0, 6.0));
    let layout = Layout::left_to_right(Align::Center);
    let mut line = ui.new_child(UiBuilder::new().id_salt(("card", attachment.id)).max_rect(inside).layout(layout));
    line.spacing_mut().item_spacing.x = space::S;
    icons::picture(&mut line, icons::FILE, 22.0);
    let words = (inside.right() - line.cursor().left() - 2.0 * 30.0 - 2.0 * space::S).max(40.0);
    line.allocate_ui_with_layout(vec2(words, inside.height()), Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.set_min_width(words);
        ui.add(Label::new(&name).truncate().selectable(false));
        let size = RichText::new(sight.texts.bytes(attachment.size)).small().color(palette.quiet);
        ui.add(Label::new(size).selectable(false));
    });
    if attachment.about.is_none() {
        return;
    }
    line.spacing_mut().interact_size.y = 30.0;
    line.spacing_mut().item_spacing.x = 0.0;
    let named = |text: &str| sight.texts.with(text, &[("name", name.as_str().into())]);
    if icon_button(&mut line, icons::OPEN, &named("chat-open-file")).clicked() {
        asked.push(Act::Open(attachment.id));
    }
    if icon_button(&mut line, icons::SAVE, &named("chat-save-file")).clicked() {
        asked.push(Act::Save(attachment.id));
    }
}

const FULL: Rect = Rect { min: Pos2::ZERO, max: Pos2 { x: 1.0, y: 1.0 } };
/// A picture leaves room for the words around it.
const PICTURE_MAX: Vec2 = vec2(380.0, 340.0);
const PICTURE_MIN: f32 = 64.0;
const CARD: Vec2 = vec2(320.0, 52.0);
const GAP: f32 = 4.0;
const ROUND: u8 = 10;
