//! The messages, as the list asks for them.

use super::super::row::{self, Act, Shaped, Standing};
use super::NEAR;
use crate::window::{
    cx::Cx,
    rows::Place,
    widgets::list::{self},
};
use egui::{RichText, Ui};
use nyx_p2p::{Author, Chat, MessageId, Row};
use std::{collections::HashSet, ops::RangeInclusive};

/// The messages, as the list asks for them.
pub(super) struct View<'v, 'c> {
    pub(super) chat: &'v Chat,
    pub(super) name: &'v str,
    pub(super) lit: Option<u64>,
    pub(super) unfolded: &'v HashSet<MessageId>,
    pub(super) first_new: Option<u64>,
    pub(super) busy: Option<MessageId>,
    pub(super) marked: &'v [String],
    pub(super) shaped: &'v mut Shaped,
    pub(super) acts: &'v mut Vec<(MessageId, Act)>,
    pub(super) cx: &'v mut Cx<'c>,
}

impl View<'_, '_> {
    fn at(&self, seq: u64) -> Place<'_> {
        self.cx.model.rows.at(self.chat.conversation.id, seq)
    }

    /// The message before a place, if it is known.
    fn before(&self, seq: u64) -> Option<&Row> {
        let (first, _) = self.chat.ends?;
        (first..seq).rev().take(NEAR).find_map(|seq| match self.at(seq) {
            Place::Here(row) => Some(Some(row)),
            Place::Gone => None,
            Place::Unknown | Place::Failed => Some(None),
        })?
    }

    /// What stands where messages could not be read.
    fn show_failed(&mut self, ui: &mut Ui, at: u64) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(self.cx.texts.get("chat-unreadable")).color(self.cx.theme.palette.danger));
            if ui.button(self.cx.texts.get("window-try-again")).clicked() {
                self.cx.read_again(self.chat.conversation.id, at);
            }
        });
    }

    fn is_first(&self, seq: u64) -> bool {
        self.chat.ends.is_some_and(|(first, _)| first >= seq)
    }
}

impl list::Rows for View<'_, '_> {
    fn estimate(&self, at: u64, _width: f32) -> list::Height {
        match self.at(at) {
            Place::Here(_) => list::Height::Here,
            Place::Gone => list::Height::Gap,
            Place::Unknown => list::Height::Away,
            // Often enough that one is in view, and not so often that nothing else is.
            Place::Failed if at.is_multiple_of(FAILED_SAID_EVERY) => list::Height::Here,
            Place::Failed => list::Height::Away,
        }
    }

    fn show(&mut self, ui: &mut Ui, place: &mut list::Row<'_>) {
        let model = self.cx.model;
        let row = match model.rows.at(self.chat.conversation.id, place.at) {
            Place::Here(row) => row,
            Place::Failed => return self.show_failed(ui, place.at),
            Place::Gone | Place::Unknown => return,
        };
        let message = &row.message;
        let before = self.before(place.at);
        let is_first_new = self.first_new.is_some_and(|first| {
            place.at >= first && before.is_none_or(|before| before.message.seq < first) && message.author != Author::Me
        });
        let among = match before {
            Some(before) => Standing::after(before, row, self.cx.now),
            None if self.is_first(place.at) => Standing::first(row, self.cx.now),
            None => Standing::default(),
        };
        let standing = Standing {
            is_first_new,
            is_grouped: among.is_grouped && !is_first_new,
            is_lit: self.lit == Some(place.at),
            is_unfolded: self.unfolded.contains(&message.id),
            is_busy: self.busy == Some(message.id),
            name: self.name,
            marked: self.marked,
            ..among
        };
        row::show(ui, &mut self.cx.sight(), place, row, &standing, self.shaped, self.acts);
    }

    fn name(&self, at: u64) -> String {
        match self.at(at) {
            Place::Here(row) => row::in_words(self.cx.texts, self.cx.now, row, self.name),
            Place::Failed => self.cx.texts.get("chat-unreadable"),
            _ => String::new(),
        }
    }

    fn want(&mut self, page: RangeInclusive<u64>) {
        let Some((first, last)) = self.chat.ends else { return };
        let places = first.max(*page.start())..=last.min(*page.end());
        self.cx.look_at(self.chat.conversation.id, places);
    }
}

/// So many messages that can't be read share one sentence about it.
const FAILED_SAID_EVERY: u64 = 8;
