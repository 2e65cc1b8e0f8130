//! One message on the screen.

mod beside;
mod bubble;
mod foot;
mod stamps;

use super::prose;
use crate::{
    text::Texts,
    window::{sight::Sight, theme::space, times::Now, widgets::list},
};
use beside::{hover, reactions};
use bubble::Bubble;
pub(super) use bubble::wide;
use egui::{Color32, Pos2, Rect, Sense, Stroke, TextStyle, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2};
use jiff::civil::Date;
use nyx_p2p::{AttachmentId, Author, Message, MessageId, Row};
use stamps::Stamps;
use std::{collections::HashMap, fmt};

/// How a message stands among the others.
#[derive(Default)]
pub struct Standing<'a> {
    /// It is the first of this day.
    pub day: Option<Date>,
    /// It is the first that was not read when the conversation was opened.
    pub is_first_new: bool,
    /// It follows a message of the same author soon enough to belong to it.
    pub is_grouped: bool,
    /// It was jumped to.
    pub is_lit: bool,
    /// All of a long text is shown.
    pub is_unfolded: bool,
    /// Something about it is open: a menu, a picker.
    pub is_busy: bool,
    /// What somebody else is called.
    pub name: &'a str,
    /// What is searched for.
    pub marked: &'a [String],
}

impl Standing<'_> {
    /// The first message of all.
    #[must_use]
    pub fn first(row: &Row, now: &Now) -> Self {
        Self { day: Some(now.day(row.message.at_ms)), ..Self::default() }
    }

    /// A message after another one: whether another day begins with it, and whether the two belong together.
    #[must_use]
    pub fn after(before: &Row, row: &Row, now: &Now) -> Self {
        let (before, message) = (&before.message, &row.message);
        let day = now.day(message.at_ms);
        let is_new_day = now.day(before.at_ms) != day;
        let follows = before.author == message.author && (0..GROUP_MS).contains(&(message.at_ms - before.at_ms));
        Self { day: is_new_day.then_some(day), is_grouped: follows && !is_new_day, ..Self::default() }
    }
}

/// What somebody wants of a message.
#[derive(Clone, Debug)]
pub enum Act {
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

/// What was shaped for messages: shaping text is most of what they cost.
#[derive(Default)]
pub struct Shaped {
    /// Those that were measured in this frame, until they are drawn.
    measured: HashMap<u64, Bubble>,
    /// What stands beside many of them.
    stamps: Stamps,
}

impl Shaped {
    /// Before the messages of a frame, or of one that is laid out anew.
    pub fn begin(&mut self, ui: &Ui) {
        self.measured.clear();
        self.stamps.begin(ui.painter(), TextStyle::Small.resolve(ui.style()));
    }
}

impl fmt::Debug for Shaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shaped").field("measured", &self.measured.len()).finish_non_exhaustive()
    }
}

/// Draws a message as wide as `ui`.
pub fn show(
    ui: &mut Ui,
    sight: &mut Sight<'_>,
    place: &mut list::Row<'_>,
    row: &Row,
    standing: &Standing<'_>,
    shaped: &mut Shaped,
    acts: &mut Vec<(MessageId, Act)>,
) {
    if ui.spacing().item_spacing != Vec2::ZERO {
        // To change a style is to copy it: whoever draws many messages changes it before.
        ui.spacing_mut().item_spacing = Vec2::ZERO;
    }
    if let Some(day) = standing.day {
        let palette = &sight.theme.palette;
        separator(ui, &sight.now.date(sight.texts, day), palette.quiet, palette.line);
    }
    if standing.is_first_new {
        let accent = sight.theme.palette.accent;
        separator(ui, &sight.texts.get("chat-new-messages"), accent, accent);
    }
    ui.add_space(if standing.is_grouped { GROUPED_GAP } else { GAP });
    let body = match shaped.measured.remove(&place.at) {
        Some(body) => body,
        None => Bubble::of(ui, sight, row, standing, &mut shaped.stamps),
    };
    let width = ui.available_width();
    let strip_top = ui.cursor().top();
    let left = if body.is_mine { (width - SIDE - body.outer.x).max(SIDE) } else { SIDE };
    let rect = Rect::from_min_size(pos2(ui.max_rect().left() + left, strip_top), body.outer);
    let mut asked = Vec::new();
    // Where nothing shows, only the height is asked for.
    if ui.is_visible() {
        body.paint(ui, sight, rect, standing);
        body.fill(ui, sight, place, row, rect, &mut asked);
    }
    ui.advance_cursor_after_rect(Rect::from_min_max(
        pos2(ui.max_rect().left(), strip_top),
        pos2(ui.max_rect().right(), rect.bottom()),
    ));
    reactions(ui, sight, row, rect, body.is_mine, &mut asked);
    ui.add_space(2.0);
    let strip =
        Rect::from_min_max(pos2(ui.max_rect().left(), strip_top), pos2(ui.max_rect().right(), ui.cursor().top()));
    // What is open about it offers the same.
    if ui.is_visible() && !standing.is_busy {
        hover(ui, sight, rect, strip, body.is_mine, place.is_current, &mut asked);
    }
    if !ui.is_visible() {
        shaped.measured.insert(place.at, body);
    }
    acts.extend(asked.into_iter().map(|act| (row.message.id, act)));
}

/// A message in one line, as a screen reader says it.
pub(super) fn in_words(texts: &Texts, now: &Now, row: &Row, name: &str) -> String {
    let message = &row.message;
    let from = match message.author {
        Author::Me => texts.get("chat-you"),
        Author::Contact(_) => name.to_owned(),
    };
    let mut said = body_in_words(texts, message);
    for reaction in &message.reactions {
        said.push(' ');
        said.push_str(&reaction.emoji);
    }
    let at = now.full(texts, message.at_ms);
    texts.with("chat-message", &[("from", from.into()), ("at", at.into()), ("text", said.into())])
}

/// What a message says, in words alone.
pub(super) fn body_in_words(texts: &Texts, message: &Message) -> String {
    let mut said = match &message.body {
        Some(body) => prose::beginning(body, NAME_CHARS).unwrap_or(body).to_owned(),
        None => texts.get("chat-disappeared"),
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

/// Beside the bubbles.
const SIDE: f32 = 16.0;
/// Between messages, and between those that belong together.
const GAP: f32 = 10.0;
const GROUPED_GAP: f32 = 2.0;
/// What is said of a message before somebody reads all of it.
const NAME_CHARS: usize = 500;
/// Messages of the same author within five minutes stand together.
const GROUP_MS: i64 = 5 * 60 * 1000;
