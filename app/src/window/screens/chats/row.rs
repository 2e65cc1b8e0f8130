//! One message on the screen.

mod beside;
mod foot;

use super::{
    media,
    prose::{self, Ink, Prose},
};
use crate::window::{cx::Cx, theme::space, widgets::list};
use beside::{hover, reactions};
use egui::{
    Align, Color32, CornerRadius, CursorIcon, FontId, Galley, Layout, OpenUrl, Painter, Pos2, Rect, Sense, Stroke,
    StrokeKind, TextStyle, Ui, UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use foot::Foot;
use jiff::civil::Date;
use nyx_p2p::{AttachmentId, Author, Message, MessageId, Row};
use std::sync::Arc;

/// How a message stands among the others.
#[derive(Default)]
pub(super) struct Standing<'a> {
    /// It is the first of this day.
    pub(super) day: Option<Date>,
    /// It is the first that was not read when the conversation was opened.
    pub(super) is_first_new: bool,
    /// It follows a message of the same author soon enough to belong to it.
    pub(super) is_grouped: bool,
    /// It was jumped to.
    pub(super) is_lit: bool,
    /// All of a long text is shown.
    pub(super) is_unfolded: bool,
    /// Something about it is open: a menu, a picker.
    pub(super) is_busy: bool,
    /// What somebody else is called.
    pub(super) name: &'a str,
    /// What is searched for.
    pub(super) marked: &'a [String],
}

/// What somebody wants of a message.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Everything that can be done, at a place on the screen.
    Menu(Pos2),
    /// To answer it.
    Reply,
    /// To choose a reaction, beside a place on the screen.
    PickReaction(Rect),
    /// To react so, or to take that back.
    React(String),
    /// To go to what it answers.
    Jump(u64),
    /// To see a picture large.
    View(AttachmentId),
    /// To see a picture large, among the others of the conversation.
    ViewAmong(AttachmentId),
    /// To open an attachment in another program.
    Open(AttachmentId),
    /// To write it to a file.
    Save(AttachmentId),
    /// To see its earlier texts.
    Earlier,
    /// To read all of it.
    Unfold,
}

/// Draws a message as wide as `ui`.
pub(super) fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    place: &mut list::Row<'_>,
    row: &Row,
    standing: &Standing<'_>,
    acts: &mut Vec<(MessageId, Act)>,
) {
    ui.spacing_mut().item_spacing = Vec2::ZERO;
    if let Some(day) = standing.day {
        separator(ui, &cx.now.date(cx.texts, day), cx.theme.palette.quiet, cx.theme.palette.line);
    }
    if standing.is_first_new {
        separator(ui, &cx.texts.get("chat-new-messages"), cx.theme.palette.accent, cx.theme.palette.accent);
    }
    ui.add_space(if standing.is_grouped { GROUPED_GAP } else { GAP });
    let body = Bubble::of(ui, cx, row, standing);
    let width = ui.available_width();
    let strip_top = ui.cursor().top();
    let left = if body.is_mine { (width - SIDE - body.outer.x).max(SIDE) } else { SIDE };
    let rect = Rect::from_min_size(pos2(ui.max_rect().left() + left, strip_top), body.outer);
    let mut asked = Vec::new();
    // Where nothing shows, only the height is asked for.
    if ui.is_visible() {
        body.paint(ui, cx, rect, standing);
        body.fill(ui, cx, place, row, rect, standing, &mut asked);
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(
        pos2(ui.max_rect().left(), strip_top),
        pos2(ui.max_rect().right(), rect.bottom()),
    ));
    reactions(ui, cx, row, rect, body.is_mine, &mut asked);
    ui.add_space(2.0);
    let strip =
        Rect::from_min_max(pos2(ui.max_rect().left(), strip_top), pos2(ui.max_rect().right(), ui.cursor().top()));
    // What is open about it offers the same.
    if ui.is_visible() && !standing.is_busy {
        hover(ui, cx, rect, strip, body.is_mine, place.is_current, &mut asked);
    }
    acts.extend(asked.into_iter().map(|act| (row.message.id, act)));
}

/// A message in one line, as a screen reader says it.
pub(super) fn in_words(cx: &Cx<'_>, row: &Row, name: &str) -> String {
    let message = &row.message;
    let from = match message.author {
        Author::Me => cx.texts.get("chat-you"),
        Author::Contact(_) => name.to_owned(),
    };
    let mut said = body_in_words(cx, message);
    for reaction in &message.reactions {
        said.push(' ');
        said.push_str(&reaction.emoji);
    }
    let at = cx.now.full(cx.texts, message.at_ms);
    cx.texts.with("chat-message", &[("from", from.into()), ("at", at.into()), ("text", said.into())])
}

/// What a message says, in words alone.
pub(super) fn body_in_words(cx: &Cx<'_>, message: &Message) -> String {
    let mut said = match &message.body {
        Some(body) => prose::beginning(body, NAME_CHARS).unwrap_or(body).to_owned(),
        None => cx.texts.get("chat-disappeared"),
    };
    for attachment in &message.attachments {
        if !said.is_empty() {
            said.push_str(", ");
        }
        said.push_str(attachment.about.as_ref().map_or("", |about| &about.name));
    }
    said
}

/// A line across the conversation with a word in its middle.
fn separator(ui: &mut Ui, word: &str, color: Color32, line: Color32) {
    ui.add_space(space::S);
    let galley = ui.painter().layout_no_wrap(word.to_owned(), TextStyle::Small.resolve(ui.style()), color);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), galley.size().y + space::S), Sense::hover());
    let middle = rect.center();
    let half = galley.size().x / 2.0 + space::M;
    let stroke = Stroke::new(1.0, line);
    if half * 2.0 + space::L < rect.width() {
        ui.painter().hline(rect.left() + space::M..=middle.x - half, middle.y, stroke);
        ui.painter().hline(middle.x + half..=rect.right() - space::M, middle.y, stroke);
    }
    ui.painter().galley(middle - galley.size() / 2.0, galley, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
}

/// The raised surface of a message, measured.
struct Bubble {
    is_mine: bool,
    outer: Vec2,
    inner_width: f32,
    prose: Option<(Prose, Arc<Galley>)>,
    is_folded: bool,
    name: Option<Arc<Galley>>,
    quote: Option<[Arc<Galley>; 2]>,
    media: media::Plan,
    foot: Foot,
    /// The foot stands at the end of the last line of text.
    foot_is_inline: bool,
}

impl Bubble {
    fn of(ui: &Ui, cx: &Cx<'_>, row: &Row, standing: &Standing<'_>) -> Self {
        let message = &row.message;
        let is_mine = message.author == Author::Me;
        let palette = &cx.theme.palette;
        let room = (ui.available_width() - 2.0 * SIDE).max(120.0);
        let widest = (room * SHARE).min(WIDEST).max(room.min(280.0)) - 2.0 * PAD;
        let small = TextStyle::Small.resolve(ui.style());
        let painter = ui.painter();

        let name = (!is_mine && !standing.is_grouped && !standing.name.is_empty())
            .then(|| painter.layout(standing.name.to_owned(), small.clone(), palette.accent, widest));
        let quote = row.quote.as_ref().map(|quote| {
            let who = match quote.author {
                Author::Me => cx.texts.get("chat-you"),
                Author::Contact(_) => standing.name.to_owned(),
            };
            let mut said = prose::line(&quote.text);
            if said.is_empty() && quote.has_attachments {
                said = cx.texts.get("chat-attachment");
            }
            let line = |text: String, color| {
                let mut job = egui::text::LayoutJob::simple_singleline(text, small.clone(), color);
                job.wrap = egui::text::TextWrapping::truncate_at_width(widest - QUOTE_PAD * 2.0);
                painter.layout_job(job)
            };
            [line(who, palette.accent), line(said, palette.text)]
        });
        let media = media::Plan::of(cx, message, widest);

        let mut is_folded = false;
        let prose = match &message.body {
            None => Some((cx.texts.get("chat-disappeared"), palette.quiet)),
            Some(body) if body.is_empty() => None,
            Some(body) => {
                let beginning = prose::beginning(body, FOLDED_CHARS).filter(|_| !standing.is_unfolded);
                is_folded = beginning.is_some();
                Some((beginning.unwrap_or(body).to_owned(), palette.text))
            }
        }
        .map(|(text, color)| {
            let body = TextStyle::Body.resolve(ui.style());
            let size = if prose::is_emoji_only(&text) { EMOJI_SIZE } else { body.size };
            let mark = palette.warning.gamma_multiply(0.45);
            let ink = Ink { size, text: color, link: palette.accent, mark };
            let prose = Prose::of(&text, ink, standing.marked, widest, |piece| wide(painter, piece, size));
            let galley = painter.layout_job(prose.job.clone());
            (prose, galley)
        });

        let foot = Foot::of(ui, cx, message, &small);
        let mut inner = media.size.x;
        let mut foot_is_inline = false;
        if let Some((prose, galley)) = &prose {
            inner = inner.max(galley.size().x.ceil());
            let last = galley.rows.last().map_or(0.0, |row| row.size.x) + space::S + foot.size.x;
            foot_is_inline = !prose.is_rtl && !is_folded && last <= widest;
            if foot_is_inline {
                inner = inner.max(last.ceil());
            }
        }
        if !foot_is_inline {
            inner = inner.max(foot.size.x.ceil());
        }
        let lines = name.iter().chain(quote.iter().flatten());
        inner = lines.map(|line| line.size().x + 2.0 * QUOTE_PAD).fold(inner, f32::max).min(widest).ceil();

        let mut height = 2.0 * PAD_Y;
        height += name.as_ref().map_or(0.0, |name| name.size().y + 2.0);
        height += quote.as_ref().map_or(0.0, |lines| quote_height(lines) + space::XS);
        height +=
            if media.size.y > 0.0 { media.size.y + if prose.is_some() { space::XS + 2.0 } else { 0.0 } } else { 0.0 };
        height += prose.as_ref().map_or(0.0, |(_, galley)| galley.size().y);
        height += if is_folded { UNFOLD } else { 0.0 };
        height += if foot_is_inline { 0.0 } else { foot.size.y + 2.0 };
        let outer = vec2(inner + 2.0 * PAD, height);
        Self { is_mine, outer, inner_width: inner, prose, is_folded, name, quote, media, foot, foot_is_inline }
    }

    fn paint(&self, ui: &Ui, cx: &Cx<'_>, rect: Rect, standing: &Standing<'_>) {
        let palette = &cx.theme.palette;
        let mut corners = CornerRadius::same(ROUND);
        // The corner at the speaker's side is sharper: one sees who speaks without colours.
        match (self.is_mine, standing.is_grouped) {
            (true, false) => corners.ne = 4,
            (false, false) => corners.nw = 4,
            (true, true) => (corners.ne, corners.se) = (4, ROUND),
            (false, true) => (corners.nw, corners.sw) = (4, ROUND),
        }
        let fill = if self.is_mine { palette.accent_soft } else { palette.raised };
        let fill = if standing.is_lit { fill.lerp_to_gamma(palette.accent, 0.3) } else { fill };
        let edge = if palette.is_dark && palette.ground != Color32::BLACK {
            fill.lerp_to_gamma(palette.line, 0.6)
        } else {
            palette.line
        };
        let stroke = if standing.is_lit { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, edge) };
        ui.painter().rect(rect, corners, fill, stroke, StrokeKind::Inside);
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is about one message")]
    fn fill(
        &self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        place: &mut list::Row<'_>,
        row: &Row,
        rect: Rect,
        standing: &Standing<'_>,
        asked: &mut Vec<Act>,
    ) {
        let left = rect.left() + PAD;
        let mut top = rect.top() + PAD_Y;
        if let Some(name) = &self.name {
            ui.painter().galley(pos2(left, top), Arc::clone(name), cx.theme.palette.accent);
            top += name.size().y + 2.0;
        }
        if let (Some(lines), Some(quote)) = (&self.quote, &row.quote) {
            let size = vec2(self.inner_width, quote_height(lines));
            let place = Rect::from_min_size(pos2(left, top), size);
            if quoted(ui, cx, lines, place, row.message.id) {
                asked.push(Act::Jump(quote.seq));
            }
            top = place.bottom() + space::XS;
        }
        if self.media.size.y > 0.0 {
            self.media.show(ui, cx, &row.message, pos2(left, top), asked);
            top += self.media.size.y + if self.prose.is_some() { space::XS + 2.0 } else { 0.0 };
        }
        if let Some((prose, galley)) = &self.prose {
            let size = vec2(self.inner_width, galley.size().y);
            let rect = Rect::from_min_size(pos2(left, top), size);
            text(ui, cx, place, prose, galley, rect);
            top = rect.bottom();
            if self.is_folded {
                let rect = Rect::from_min_size(pos2(left, top), vec2(self.inner_width, UNFOLD));
                let mut line =
                    ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
                if line.link(cx.texts.get("chat-unfold")).clicked() {
                    asked.push(Act::Unfold);
                }
                top = rect.bottom();
            }
        }
        let foot = if self.foot_is_inline { rect.bottom() - PAD_Y - self.foot.size.y + 2.0 } else { top + 2.0 };
        self.foot.show(ui, cx, row, pos2(rect.right() - PAD - self.foot.size.x, foot), asked);
        let _ = standing;
    }
}

/// How wide a piece of a line is.
pub(super) fn wide(painter: &Painter, piece: &str, size: f32) -> f32 {
    painter.layout_no_wrap(piece.to_owned(), FontId::proportional(size), Color32::PLACEHOLDER).size().x
}

fn text(ui: &mut Ui, cx: &Cx<'_>, place: &mut list::Row<'_>, prose: &Prose, galley: &Arc<Galley>, rect: Rect) {
    let align = if prose.is_rtl { Align::Max } else { Align::Min };
    // A little wider: the same text must break at the same places.
    let room = rect.expand2(vec2(0.5, 0.0));
    let builder = UiBuilder::new().id_salt("text").max_rect(room).layout(Layout::top_down(align));
    let mut child = ui.new_child(builder);
    let response = place.text(&mut child, Arc::clone(galley));
    if prose.links.is_empty() || !ui.is_visible() {
        return;
    }
    let Some(pointer) = response.hover_pos() else { return };
    let origin = if prose.is_rtl { response.rect.right_top() } else { response.rect.left_top() };
    let cursor = usize::from(galley.cursor_from_pos(pointer - origin).index);
    // Beside the end of a line the nearest letter is not the one that is pointed at.
    let over = |link: &&prose::Link| {
        link.chars.contains(&cursor) && galley.rect.expand(2.0).contains((pointer - origin).to_pos2())
    };
    let Some(link) = prose.links.iter().find(over) else { return };
    ui.set_cursor_icon(CursorIcon::PointingHand);
    let opens = cx.texts.with("chat-link-opens", &[("target", link.target.as_str().into())]);
    let response = response.on_hover_text(opens);
    if response.clicked() {
        ui.ctx().open_url(OpenUrl::new_tab(&link.target));
    }
}

/// What a message answers; whether somebody wants to go there.
fn quoted(ui: &mut Ui, cx: &Cx<'_>, lines: &[Arc<Galley>; 2], rect: Rect, id: MessageId) -> bool {
    let palette = &cx.theme.palette;
    let response = ui.interact(rect, ui.scope_id().with(("quote", id)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, cx.texts.get("chat-quote-go")));
    let lift = if response.hovered() || response.has_focus() { 0.22 } else { 0.12 };
    let fill = palette.accent.gamma_multiply(lift);
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    ui.painter().rect_filled(bar, CornerRadius::same(2), palette.accent);
    let mut top = rect.top() + 4.0;
    for line in lines {
        ui.painter().galley(pos2(rect.left() + QUOTE_PAD, top), Arc::clone(line), palette.text);
        top += line.size().y + 1.0;
    }
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

fn quote_height(lines: &[Arc<Galley>; 2]) -> f32 {
    lines[0].size().y + lines[1].size().y + 9.0
}

/// Beside the bubbles.
const SIDE: f32 = 16.0;
/// Inside of a bubble.
const PAD: f32 = 12.0;
const PAD_Y: f32 = 8.0;
const ROUND: u8 = 14;
/// A bubble leaves room at the other side: one sees who speaks.
const SHARE: f32 = 0.78;
/// Longer lines are hard to read.
const WIDEST: f32 = 620.0;
/// Between messages, and between those that belong together.
const GAP: f32 = 10.0;
const GROUPED_GAP: f32 = 2.0;
const QUOTE_PAD: f32 = 10.0;
/// The line that unfolds a long text.
const UNFOLD: f32 = 24.0;
/// A longer text is folded: laying it out would take more than a frame has.
const FOLDED_CHARS: usize = 3000;
const EMOJI_SIZE: f32 = 36.0;
/// What is said of a message before somebody reads all of it.
const NAME_CHARS: usize = 500;
