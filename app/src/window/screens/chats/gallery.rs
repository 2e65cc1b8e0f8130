//! The pictures and files of a conversation, newest first: pictures side by side, other files a line each. Only what is in
//! view is drawn, and only as much is asked for as somebody looks at.

use super::{
    media::{self, Fit},
    row::Act,
};
use crate::window::{
    attached::Shown,
    cx::Cx,
    icons::{self, icon_button},
    pictures::Seen,
    theme::space,
};
use egui::{
    Align, CornerRadius, CursorIcon, Id, Label, Layout, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use nyx_p2p::{ConversationId, MessageId};

/// Where each attachment stands.
#[derive(Default)]
pub(super) struct Gallery {
    lines: Vec<Line>,
    height: f32,
    /// What the lines were made of: the attachments' version and the width.
    made_of: Option<(u64, f32)>,
}

/// Pictures side by side, or a file.
struct Line {
    first: usize,
    count: usize,
    top: f32,
    height: f32,
}

impl Gallery {
    /// Draws what of it is in view, as wide as `ui`.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        conversation: ConversationId,
        acts: &mut Vec<(MessageId, Act)>,
    ) {
        let attached = &cx.model.attached;
        let (shown, version) = attached.of(conversation);
        if shown.is_empty() && attached.is_whole(conversation) {
            ui.label(RichText::new(cx.texts.get("gallery-none")).color(cx.theme.palette.quiet));
        }
        let width = ui.available_width();
        let columns = (width / TILE_MIN).floor().max(1.0);
        let tile = ((width - GAP * (columns - 1.0)) / columns).floor();
        if self.made_of != Some((version, width)) {
            self.make(shown, columns as usize, tile);
            self.made_of = Some((version, width));
        }
        let (room, _) = ui.allocate_exact_size(vec2(width, self.height), Sense::hover());
        let view = ui.clip_rect();
        // Other things stand where others stood.
        ui.ctx().allow_widget_id_changes_in(room.intersect(view));
        let (above, below) = (view.top() - room.top(), view.bottom() - room.top());
        // One more on both sides: the keyboard goes there.
        let from = self.lines.partition_point(|line| line.top + line.height < above).saturating_sub(1);
        let to = (self.lines.partition_point(|line| line.top < below) + 1).min(self.lines.len());
        for line in &self.lines[from..to.max(from)] {
            let top = room.top() + line.top;
            for (column, shown) in shown[line.first..line.first + line.count].iter().enumerate() {
                let response = if shown.is_picture {
                    let left = room.left() + column as f32 * (tile + GAP);
                    picture(ui, cx, shown, Rect::from_min_size(pos2(left, top), Vec2::splat(tile)), acts)
                } else {
                    let place = Rect::from_min_size(pos2(room.left(), top), vec2(width, line.height));
                    file(ui, cx, shown, place, acts)
                };
                if response.gained_focus() {
                    response.scroll_to_me(None);
                }
            }
        }
        let last = self.lines[..to].last().map_or(0, |line| line.first + line.count);
        cx.look_through(conversation, last + AHEAD);
    }

    fn make(&mut self, shown: &[Shown], columns: usize, tile: f32) {
        self.lines.clear();
        let mut top = 0.0;
        let mut first = 0;
        while first < shown.len() {
            let pictures = shown[first..].iter().take(columns).take_while(|shown| shown.is_picture).count();
            let (count, height) = if pictures > 0 { (pictures, tile) } else { (1, FILE) };
            self.lines.push(Line { first, count, top, height });
            top += height + GAP;
            first += count;
        }
        self.height = (top - GAP).max(0.0);
    }
}

fn picture(ui: &Ui, cx: &mut Cx<'_>, shown: &Shown, place: Rect, acts: &mut Vec<(MessageId, Act)>) -> Response {
    let attachment = &shown.attachment;
    let response = ui.interact(place, Id::unique(("gallery", attachment.id)), Sense::click());
    let name = attachment.about.as_ref().map_or("", |about| &about.name);
    let day = cx.now.date(cx.texts, cx.now.day(shown.at_ms));
    let name = cx.texts.with("gallery-picture", &[("name", name.into()), ("day", day.into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    media::paint(ui, &mut cx.sight(), attachment, place, Fit::Cover);
    mark(ui, cx, &response, place);
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name);
    if response.clicked() {
        let is_unreadable = matches!(cx.model.pictures.get(attachment.id), Seen::Unreadable);
        let act = if is_unreadable { Act::Jump(shown.seq) } else { Act::ViewAmong(attachment.id) };
        acts.push((shown.message, act));
    }
    response
}

fn file(ui: &mut Ui, cx: &Cx<'_>, shown: &Shown, place: Rect, acts: &mut Vec<(MessageId, Act)>) -> Response {
    let (attachment, palette) = (&shown.attachment, &cx.theme.palette);
    let response = ui.interact(place, Id::unique(("gallery", attachment.id)), Sense::click());
    let name = match &attachment.about {
        Some(about) if !about.name.is_empty() => about.name.clone(),
        Some(_) => cx.texts.get("chat-attachment"),
        None => cx.texts.get("chat-disappeared"),
    };
    let day = cx.now.date(cx.texts, cx.now.day(shown.at_ms));
    let about = format!("{} · {day}", cx.texts.bytes(attachment.size));
    let said = cx.texts.with("gallery-file", &[("name", name.as_str().into()), ("about", about.as_str().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    let fill = if response.hovered() { palette.raised } else { palette.sunken.gamma_multiply(0.6) };
    ui.painter().rect_filled(place, CornerRadius::same(space::ROUND), fill);
    mark(ui, cx, &response, place);
    let inside = place.shrink2(vec2(10.0, 6.0));
    let layout = Layout::right_to_left(Align::Center);
    let mut line = ui.new_child(UiBuilder::new().id_salt(("file", attachment.id)).max_rect(inside).layout(layout));
    line.spacing_mut().item_spacing.x = 0.0;
    if attachment.about.is_some() {
        line.spacing_mut().interact_size.y = 30.0;
        let named = |text: &str| cx.texts.with(text, &[("name", name.as_str().into())]);
        if icon_button(&mut line, icons::SAVE, &named("chat-save-file")).clicked() {
            acts.push((shown.message, Act::Save(attachment.id)));
        }
        if icon_button(&mut line, icons::OPEN, &named("chat-open-file")).clicked() {
            acts.push((shown.message, Act::Open(attachment.id)));
        }
    }
    line.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.add(Label::new(&name).truncate().selectable(false));
        ui.add(Label::new(RichText::new(about).small().color(palette.quiet)).truncate().selectable(false));
    });
    if response.clicked() {
        acts.push((shown.message, Act::Jump(shown.seq)));
    }
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(cx.texts.get("gallery-jump"))
}

fn mark(ui: &Ui, cx: &Cx<'_>, response: &Response, place: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, cx.theme.palette.accent);
        ui.painter().rect_stroke(place, CornerRadius::same(space::ROUND), stroke, StrokeKind::Inside);
    }
}

/// Three stand beside each other in the pane, more where it is the whole window.
const TILE_MIN: f32 = 78.0;
const FILE: f32 = 52.0;
const GAP: f32 = 4.0;
/// So many more than are in view are asked for.
const AHEAD: usize = 64;
