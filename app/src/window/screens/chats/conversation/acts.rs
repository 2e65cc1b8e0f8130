//! What is done with a message: by keys, by what stands beside it, and in what lies over it.

use super::super::{
    dialogs::{self, Dialog, Outcome},
    files, media,
    row::Act,
};
use super::{Conversation, NEAR};
use crate::window::{cx::Cx, rows::Place};
use egui::{Key, Modifiers, Rect, Ui, Vec2};
use nyx_p2p::{AttachmentId, Author, Chat, Command, MessageId};

impl Conversation {
    /// What can be done with the message that the keyboard is at.
    pub(super) fn keys(&mut self, ui: &Ui, cx: &Cx<'_>, current: u64, acts: &mut Vec<(MessageId, Act)>) {
        let Place::Here(row) = cx.model.rows.at(self.id, current) else { return };
        let id = row.message.id;
        let can_write = cx.model.can_write();
        let is_mine = row.message.author == Author::Me;
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let middle = ui.max_rect().center();
        if pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::SHIFT, Key::F10) {
            acts.push((id, Act::Menu(middle)));
        } else if can_write && pressed(Modifiers::NONE, Key::R) {
            acts.push((id, Act::Reply));
        } else if can_write && pressed(Modifiers::NONE, Key::E) && is_mine {
            self.composer.edit(&row.message);
        } else if can_write && (pressed(Modifiers::NONE, Key::Plus) || pressed(Modifiers::NONE, Key::Colon)) {
            acts.push((id, Act::PickReaction(Rect::from_center_size(middle, Vec2::ZERO))));
        } else if can_write && pressed(Modifiers::NONE, Key::Delete) {
            self.dialog = Dialog::Delete(id);
        } else if pressed(Modifiers::NONE, Key::Space)
            && let Some(picture) =
                row.message.attachments.iter().find(|attachment| media::is_picture(&cx.model.pictures, attachment))
        {
            acts.push((id, Act::View(picture.id)));
        } else if pressed(Modifiers::NONE, Key::Escape) {
            self.composer.focus();
        } else if ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Copy)))
            && let Some(body) = &row.message.body
        {
            ui.ctx().copy_text(body.clone());
        }
    }

    pub(super) fn act(&mut self, ui: &Ui, cx: &mut Cx<'_>, id: MessageId, act: Act) {
        match act {
            Act::Menu(at) => self.dialog = Dialog::Menu { id, at },
            Act::Reply => self.composer.reply(id),
            Act::PickReaction(beside) => self.dialog = Dialog::react(id, beside),
            Act::React(emoji) => self.react(cx, id, emoji),
            Act::Jump(seq) => {
                self.pane_is_open &= !self.pane_covers;
                self.jump(seq);
            }
            Act::View(attachment) => self.dialog = Dialog::View { id, attachment },
            Act::ViewAmong(attachment) => self.dialog = Dialog::ViewAmong { attachment },
            Act::Open(attachment) => {
                let name = self.name_of(cx, id, attachment);
                if files::is_harmless(&name) {
                    files::open(cx, attachment);
                } else {
                    self.dialog = Dialog::Open { attachment, name };
                }
            }
            Act::Save(attachment) => {
                let name = self.name_of(cx, id, attachment);
                self.files.save(ui.ctx(), cx, attachment, name);
            }
            Act::Earlier => self.dialog = Dialog::earlier(cx, self.id, id),
            Act::Unfold => {
                self.unfolded.insert(id);
            }
        }
        ui.ctx().request_repaint();
    }

    /// What an attachment of a message is called.
    fn name_of(&self, cx: &Cx<'_>, id: MessageId, attachment: AttachmentId) -> String {
        let row = cx.model.rows.find(self.id, id);
        let beside = || cx.model.attached.find(attachment).map(|shown| &shown.attachment);
        let attachment =
            row.and_then(|row| row.message.attachments.iter().find(|other| other.id == attachment)).or_else(beside);
        attachment.and_then(|attachment| attachment.about.as_ref()).map_or_else(String::new, |about| about.name.clone())
    }

    fn react(&mut self, cx: &mut Cx<'_>, id: MessageId, emoji: String) {
        let Some(row) = cx.model.rows.find(self.id, id) else { return };
        let is_on = row.message.reactions.iter().any(|other| other.author == Author::Me && other.emoji == emoji);
        cx.wish(if is_on { Command::Unreact { id, emoji } } else { Command::React { id, emoji } });
    }

    pub(super) fn dialogs(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let outcome = dialogs::show(&mut self.dialog, ui, cx, self.id);
        match outcome {
            None => {}
            Some(Outcome::Act(id, act)) => self.act(ui, cx, id, act),
            Some(Outcome::Edit(id)) => {
                if let Some(row) = cx.model.rows.find(self.id, id) {
                    self.composer.edit(&row.message);
                }
            }
            Some(Outcome::Open(attachment)) => files::open(cx, attachment),
            Some(Outcome::Closed) => self.composer.focus(),
        }
    }

    /// Edits the newest own message, if it is among those that are known.
    pub(super) fn edit_newest(&mut self, cx: &Cx<'_>, chat: &Chat) {
        let Some((first, last)) = chat.ends else { return };
        let newest = (first..=last).rev().take(NEAR).find_map(|seq| match cx.model.rows.at(self.id, seq) {
            Place::Here(row)
                if row.message.author == Author::Me
                    && row.message.body.as_ref().is_some_and(|body| !body.is_empty()) =>
            {
                Some(row)
            }
            _ => None,
        });
        if let Some(row) = newest {
            self.composer.edit(&row.message);
        }
    }
}
