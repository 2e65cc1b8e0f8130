//! The raised surface of a message: measured once, and painted where it stands.

use super::super::{
    media,
    prose::{self, Ink, Prose},
};
use super::{Act, SIDE, Standing, foot::Foot, stamps::Stamps};
use crate::window::{sight::Sight, theme::space, widgets::list};
use egui::{
    Align, Color32, CornerRadius, CursorIcon, FontId, Galley, Layout, OpenUrl, Painter, Rect, Sense, Stroke,
    StrokeKind, TextStyle, Ui, UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use nyx_p2p::{Author, MessageId, Row};
use std::{borrow::Cow, sync::Arc};

/// The raised surface of a message, measured.
pub(super) struct Bubble {
    pub(super) is_mine: bool,
    pub(super) outer: Vec2,
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
    pub(super) fn of(ui: &Ui, sight: &Sight<'_>, row: &Row, standing: &Standing<'_>, stamps: &mut Stamps) -> Self {
        let message = &row.message;
        let is_mine = message.author == Author::Me;
        let palette = &sight.theme.palette;
        let room = (ui.available_width() - 2.0 * SIDE).max(120.0);
        let widest = (room * SHARE).min(WIDEST).max(room.min(280.0)) - 2.0 * PAD;
        let small = TextStyle::Small.resolve(ui.style());
        let painter = ui.painter();

        let name = (!is_mine && !standing.is_grouped && !standing.name.is_empty())
            .then(|| painter.layout(standing.name.to_owned(), small.clone(), palette.accent, widest));
        let quote = row.quote.as_ref().map(|quote| {
            let who = match quote.author {
                Author::Me => sight.texts.get("chat-you"),
                Author::Contact(_) => standing.name.to_owned(),
            };
            let mut said = prose::line(&quote.text);
            if said.is_empty() && quote.has_attachments {
                said = sight.texts.get("chat-attachment");
            }
            let line = |text: String, color| {
                let mut job = egui::text::LayoutJob::simple_singleline(text, small.clone(), color);
                job.wrap = egui::text::TextWrapping::truncate_at_width(widest - QUOTE_PAD * 2.0);
                painter.layout_job(job)
            };
            [line(who, palette.accent), line(said, palette.text)]
        });
        let media = media::Plan::of(sight, message, widest);

        let mut is_folded = false;
        let prose = match &message.body {
            None => Some((Cow::Owned(sight.texts.get("chat-disappeared")), palette.quiet)),
            Some(body) if body.is_empty() => None,
            Some(body) => {
                let beginning = prose::beginning(body, FOLDED_CHARS).filter(|_| !standing.is_unfolded);
                is_folded = beginning.is_some();
                Some((Cow::Borrowed(beginning.unwrap_or(body)), palette.text))
            }
        }
        .map(|(text, color)| {
            let body = TextStyle::Body.resolve(ui.style());
            let size = if prose::is_emoji_only(&text) { EMOJI_SIZE } else { body.size };
            let mark = palette.warning.gamma_multiply(0.45);
            let ink = Ink { size, text: color, link: palette.accent, mark };
            let mut prose = Prose::of(&text, ink, standing.marked, widest, |piece| wide(painter, piece, size));
            let galley = painter.layout_job(std::mem::take(&mut prose.job));
            (prose, galley)
        });

        let foot = Foot::of(ui.painter(), sight, message, stamps);
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

    pub(super) fn paint(&self, ui: &Ui, sight: &Sight<'_>, rect: Rect, standing: &Standing<'_>) {
        let palette = &sight.theme.palette;
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

    pub(super) fn fill(
        &self,
        ui: &mut Ui,
        sight: &mut Sight<'_>,
        place: &mut list::Row<'_>,
        row: &Row,
        rect: Rect,
        asked: &mut Vec<Act>,
    ) {
        let left = rect.left() + PAD;
        let mut top = rect.top() + PAD_Y;
        if let Some(name) = &self.name {
            ui.painter().galley(pos2(left, top), Arc::clone(name), sight.theme.palette.accent);
            top += name.size().y + 2.0;
        }
        if let (Some(lines), Some(quote)) = (&self.quote, &row.quote) {
            let size = vec2(self.inner_width, quote_height(lines));
            let place = Rect::from_min_size(pos2(left, top), size);
            if quoted(ui, sight, lines, place, row.message.id) {
                asked.push(Act::Jump(quote.seq));
            }
            top = place.bottom() + space::XS;
        }
        if self.media.size.y > 0.0 {
            self.media.show(ui, sight, &row.message, pos2(left, top), asked);
            top += self.media.size.y + if self.prose.is_some() { space::XS + 2.0 } else { 0.0 };
        }
        if let Some((prose, galley)) = &self.prose {
            let size = vec2(self.inner_width, galley.size().y);
            let rect = Rect::from_min_size(pos2(left, top), size);
            text(ui, sight, place, prose, galley, rect);
            top = rect.bottom();
            if self.is_folded {
                let rect = Rect::from_min_size(pos2(left, top), vec2(self.inner_width, UNFOLD));
                let mut line =
                    ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
                if line.link(sight.texts.get("chat-unfold")).clicked() {
                    asked.push(Act::Unfold);
                }
                top = rect.bottom();
            }
        }
        let foot = if self.foot_is_inline { rect.bottom() - PAD_Y - self.foot.size.y + 2.0 } else { top + 2.0 };
        self.foot.show(ui, sight, row, pos2(rect.right() - PAD - self.foot.size.x, foot), asked);
    }
}

/// How wide a piece of a line is.
pub(in super::super) fn wide(painter: &Painter, piece: &str, size: f32) -> f32 {
    painter.layout_no_wrap(piece.to_owned(), FontId::proportional(size), Color32::PLACEHOLDER).size().x
}

fn text(ui: &mut Ui, sight: &Sight<'_>, place: &mut list::Row<'_>, prose: &Prose, galley: &Arc<Galley>, rect: Rect) {
    let left = if prose.is_rtl { rect.right() - galley.size().x } else { rect.left() };
    let response = place.galley(ui, Rect::from_min_size(pos2(left, rect.top()), galley.size()), galley);
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
    let opens = sight.texts.with("chat-link-opens", &[("target", link.target.as_str().into())]);
    let response = response.on_hover_text(opens);
    if response.clicked() {
        ui.ctx().open_url(OpenUrl::new_tab(&link.target));
    }
}

/// What a message answers; whether somebody wants to go there.
fn quoted(ui: &mut Ui, sight: &Sight<'_>, lines: &[Arc<Galley>; 2], rect: Rect, id: MessageId) -> bool {
    let palette = &sight.theme.palette;
    let response = ui.interact(rect, ui.scope_id().with(("quote", id)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, sight.texts.get("chat-quote-go")));
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

/// Inside of a bubble.
const PAD: f32 = 12.0;
const PAD_Y: f32 = 8.0;
const ROUND: u8 = 14;
/// A bubble leaves room at the other side: one sees who speaks.
const SHARE: f32 = 0.78;
/// Longer lines are hard to read.
const WIDEST: f32 = 620.0;
const QUOTE_PAD: f32 = 10.0;
/// The line that unfolds a long text.
const UNFOLD: f32 = 24.0;
/// A longer text is folded: laying it out would take more than a frame has.
const FOLDED_CHARS: usize = 3000;
const EMOJI_SIZE: f32 = 36.0;
