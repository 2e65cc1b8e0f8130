//! Messages as people write them, and a list that shows them as the window does.

use egui::{Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, Sense, TouchPhase, Ui, Vec2, pos2, vec2};
use jiff::tz::TimeZone;
use nyx_app::{
    text::{Language, Texts},
    window::{
        appearance::Look,
        fonts,
        message::{self, Shaped, Standing},
        pictures::Pictures,
        sight::Sight,
        theme::Theme,
        times::Now,
        widgets::list::{self, Align, Height, List, Rows},
    },
};
use nyx_p2p::{
    About, Attachment, AttachmentId, Author, ContactId, ConversationId, Delivery, Message, MessageId, Quote, Reaction,
    Row,
};
use std::ops::RangeInclusive;

use crate::frames::{draw, mean};

/// The list in a window.
pub(crate) struct Screen {
    pub(crate) ctx: Context,
    pub(crate) list: List,
    pub(crate) book: Book,
    pub(crate) size: Vec2,
    pub(crate) frames: u64,
    events: Vec<Event>,
    pub(crate) time: f64,
}

impl Screen {
    /// So many messages, read at the newest.
    pub(crate) fn new(rows: u64) -> Self {
        let ctx = Context::default();
        fonts::install(&ctx);
        Theme::of(Look::Dark).apply(&ctx);
        let mut list = List::new("bench");
        list.set_ends(Some((1, rows)));
        let (book, size) = (Book::new(), vec2(1000.0, 700.0));
        let mut screen = Self { ctx, list, book, size, events: vec![], time: 0.0, frames: 0 };
        screen.events.push(Event::PointerMoved(pos2(300.0, 300.0)));
        // Fonts that were installed are there from the second frame on.
        screen.frame();
        screen.frame();
        screen
    }

    pub(crate) fn frame(&mut self) {
        self.time += 1.0 / 60.0;
        self.frames += 1;
        let events = std::mem::take(&mut self.events);
        let (list, book) = (&mut self.list, &mut self.book);
        draw(&self.ctx, self.size, self.time, events, |ui| {
            // Of this frame, or of a frame that is laid out anew.
            book.shaped.begin(ui);
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            list.show(ui, "Messages", book);
        });
    }

    pub(crate) fn wheel(&mut self, points: f32) {
        self.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
    }

    /// CPU milliseconds a frame.
    pub(crate) fn mean(&mut self, frames: u64, mut before: impl FnMut(&mut Self, u64)) -> f64 {
        let mut turn = 0;
        mean(frames, || {
            turn += 1;
            before(self, turn);
            self.frame();
        })
    }

    /// So that every height is measured.
    pub(crate) fn visit_all(&mut self, rows: u64) {
        self.book.is_bare = true;
        self.list.all_changed();
        self.list.jump_to(1, Align::Top);
        self.size.y = 20_000.0;
        for _ in 0..rows {
            self.frame();
            self.list.page(1.0);
            if self.book.last >= rows {
                break;
            }
        }
        self.book.is_bare = false;
        self.size.y = 700.0;
        self.list.jump_to(rows / 3, Align::Center);
        self.frame();
        self.frame();
    }
}

/// Messages, told over and over: nothing on one screen or the next is told twice.
pub(crate) struct Book {
    /// Rows are empty boxes.
    pub(crate) is_bare: bool,
    /// The row that was drawn last.
    pub(crate) last: u64,
    /// How many were drawn.
    pub(crate) drawn: u64,
    rows: Vec<Row>,
    shaped: Shaped,
    texts: Texts,
    theme: Theme,
    now: Now,
    pictures: Pictures,
}

impl Book {
    fn new() -> Self {
        Self {
            is_bare: false,
            last: 0,
            drawn: 0,
            rows: (0..TOLD).map(row).collect(),
            shaped: Shaped::default(),
            texts: Texts::of(Language::English),
            theme: Theme::of(Look::Dark),
            now: Now::within(1_780_488_000_000, TimeZone::UTC),
            pictures: Pictures::default(),
        }
    }

    pub(crate) fn row(&self, at: u64) -> &Row {
        &self.rows[(at % TOLD) as usize]
    }
}

impl Rows for Book {
    fn estimate(&self, _at: u64, _width: f32) -> Height {
        Height::Here
    }

    fn show(&mut self, ui: &mut Ui, place: &mut list::Row<'_>) {
        self.last = place.at;
        if self.is_bare {
            ui.allocate_exact_size(vec2(40.0, 40.0 + (place.at % 60) as f32), Sense::hover());
            return;
        }
        self.drawn += u64::from(ui.is_visible());
        let row = &self.rows[(place.at % TOLD) as usize];
        let before = &self.rows[((place.at + TOLD - 1) % TOLD) as usize];
        let standing = Standing::after(before, row, &self.now);
        let mut wanted = Vec::new();
        let mut sight = Sight {
            texts: &self.texts,
            theme: &self.theme,
            now: &self.now,
            pictures: &self.pictures,
            can_write: true,
            wanted: &mut wanted,
        };
        message::show(ui, &mut sight, place, row, &standing, &mut self.shaped, &mut Vec::new());
    }

    fn name(&self, at: u64) -> String {
        self.row(at).message.body.clone().unwrap_or_default()
    }

    fn want(&mut self, _page: RangeInclusive<u64>) {}
}

/// Of all lengths, from two people, three in an hour; every ninth with a picture, every fifth with reactions, every eleventh an answer.
fn row(number: u64) -> Row {
    let id = MessageId(u128::from(number).to_be_bytes());
    let author = if number.is_multiple_of(3) { Author::Me } else { Author::Contact(ContactId([7; 16])) };
    let reaction = |emoji: &str, author| Reaction { author, emoji: emoji.to_owned(), at_ms: 0 };
    let message = Message {
        id,
        conversation: ConversationId([1; 16]),
        seq: number,
        author,
        at_ms: 1_700_000_000_000 + number as i64 * 20 * 60_000,
        delivery: Delivery::Delivered,
        body: Some(text(number)),
        reply_to: None,
        edited_ms: number.is_multiple_of(13).then_some(0),
        disappears: None,
        attachments: number.is_multiple_of(9).then(|| picture(number)).into_iter().collect(),
        reactions: if number.is_multiple_of(5) {
            vec![reaction("👍", Author::Me), reaction("❤️", author)]
        } else {
            Vec::new()
        },
    };
    let quote = number.is_multiple_of(11).then(|| Quote {
        id,
        seq: number,
        author: Author::Me,
        text: text(number + 1),
        has_attachments: false,
    });
    Row { message, quote }
}

fn picture(number: u64) -> Attachment {
    Attachment {
        id: AttachmentId(number as i64),
        about: Some(About {
            name: format!("{number}.jpg"),
            media_type: "image/jpeg".to_owned(),
            width: Some(1600),
            height: Some(600 + (number % 11) as u32 * 100),
            ..About::default()
        }),
        size: 100_000,
        content: nyx_wire::content::ContentHash::sha256(&[0; 32]),
    }
}

/// From a word to a long paragraph, as people write.
pub(crate) fn text(number: u64) -> String {
    let mut random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let words = match next() % 20 {
        0 => 60 + next() % 80,
        1..=4 => 15 + next() % 30,
        _ => 1 + next() % 12,
    };
    let mut text = String::new();
    for _ in 0..words {
        if !text.is_empty() {
            text.push(' ');
        }
        for _ in 0..2 + next() % 8 {
            text.push(char::from(b'a' + (next() % 26) as u8));
        }
    }
    text
}

/// A prime: a jump by any other number comes past all of them.
const TOLD: u64 = 4093;
