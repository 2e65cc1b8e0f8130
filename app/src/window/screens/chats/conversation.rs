//! A conversation: its messages, what can be done with them, and where the next one is written.

mod copying;
mod view;

use super::{
    aside::Aside,
    composer::Composer,
    dialogs::{Dialog, Outcome},
    files::{self, Files},
    gallery::Gallery,
    media, pane,
    row::Act,
    side,
};
use crate::window::{
    cx::Cx,
    fonts,
    icons::{self, icon_button},
    jobs::Jobs,
    rows::Place,
    theme::space,
    widgets::list::{self, List},
};
use copying::Copying;
use egui::{
    Align, Align2, CentralPanel, CornerRadius, FontId, Frame, Id, Key, Layout, Margin, Modifiers, Panel, Rect,
    RichText, Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use nyx_p2p::{AttachmentId, Author, Chat, Command, ConversationId, MessageId};
use std::collections::HashSet;
use view::View;

/// A conversation that is open.
pub(super) struct Conversation {
    pub(super) id: ConversationId,
    list: List,
    composer: Composer,
    dialog: Dialog,
    files: Files,
    pane_is_open: bool,
    /// It is open, and there is no room beside it.
    pane_covers: bool,
    gallery: Gallery,
    /// The message that was jumped to, and until when it is lit.
    lit: Option<(u64, f64)>,
    copying: Option<Copying>,
    /// Long texts that are shown whole.
    unfolded: HashSet<MessageId>,
    /// The first message that was not read when the conversation was opened.
    first_new: Option<u64>,
    /// What was told to be read.
    read_to: u64,
    at_bottom: bool,
    /// Messages further down than the person has ever been.
    new: u64,
    /// What the texts were measured for.
    measured: Option<(crate::text::Language, Vec<String>)>,
}

/// What somebody wants that is not this conversation's to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Leads {
    /// Back to the conversations.
    Back,
    /// To search here.
    Search,
}

impl Conversation {
    pub(super) fn open(cx: &mut Cx<'_>, chat: &Chat) -> Self {
        let read = chat.conversation.read_seq;
        let (aside, lost) = cx.aside.take(chat.conversation.id);
        let mut composer = aside.unwrap_or_else(|| Composer::with(chat.draft.as_ref()));
        composer.has_lost(cx, lost);
        Self {
            id: chat.conversation.id,
            list: List::new("messages"),
            composer,
            dialog: Dialog::default(),
            files: Files::default(),
            pane_is_open: false,
            pane_covers: false,
            gallery: Gallery::default(),
            lit: None,
            copying: None,
            unfolded: HashSet::new(),
            first_new: (chat.unread > 0).then_some(read + 1),
            read_to: read,
            at_bottom: true,
            new: 0,
            measured: None,
        }
    }

    /// Goes to a message and lights it.
    pub(super) fn jump(&mut self, seq: u64) {
        self.list.jump_to(seq, list::Align::Center);
        // It is lit from when it is there; a jump far back may take a moment.
        self.lit = Some((seq, f64::INFINITY));
    }

    pub(super) fn focus(&mut self) {
        self.composer.focus();
    }

    /// What was begun is kept.
    pub(super) fn keep(&mut self, cx: &mut Cx<'_>) {
        self.composer.keep(cx, self.id);
    }

    /// Something else takes its place; what was begun waits for it.
    pub(super) fn put_aside(&mut self, cx: &mut Cx<'_>) {
        self.keep(cx);
        self.composer.close();
        if self.composer.holds_more_than_words() {
            cx.aside.put(self.id, std::mem::take(&mut self.composer));
        }
    }

    /// The vault is locked, and so many files that were attached here are let go.
    pub(super) fn let_go(&self, aside: &mut Aside, jobs: &Jobs) {
        aside.count(self.id, self.composer.files(jobs));
    }

    /// Whether something lies over it that takes the keys.
    pub(super) fn is_covered(&self) -> bool {
        !matches!(self.dialog, Dialog::None)
    }

    /// Leaves the innermost thing that can be left; whether there was one.
    pub(super) fn escape(&mut self) -> bool {
        self.composer.escape() || std::mem::take(&mut self.pane_is_open)
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        chat: &Chat,
        is_narrow: bool,
        marked: &[String],
    ) -> Option<Leads> {
        let mut leads = None;
        let palette = cx.theme.palette;
        self.take_dropped(ui);
        self.files.poll(cx);
        let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(12, 8));
        Panel::top("conversation").frame(bar).show_separator_line(false).show(ui, |ui| {
            leads = self.header(ui, cx, chat, is_narrow);
        });
        if self.pane_is_open {
            let is_narrow = is_narrow || ui.available_width() < 620.0;
            let over = pane::show(ui, cx, chat, is_narrow, &mut self.dialog, &mut self.gallery);
            self.pane_covers = over.covers;
            if over.closed {
                self.pane_is_open = false;
                self.composer.focus();
            }
            for (id, act) in over.acts {
                self.act(ui, cx, id, act);
            }
            if over.covers {
                self.dialogs(ui, cx);
                return leads;
            }
        }
        let id = self.id;
        let model = cx.model;
        let mut wanted = super::composer::Wanted::default();
        let below = Frame::new().fill(palette.ground).inner_margin(Margin { left: 12, right: 12, top: 6, bottom: 12 });
        Panel::bottom("composer").frame(below).show_separator_line(false).show(ui, |ui| {
            let said = |message: MessageId| {
                let row = model.rows.find(id, message)?;
                let attached = row
                    .message
                    .attachments
                    .first()
                    .and_then(|file| file.about.as_ref())
                    .map(|about| about.name.clone());
                row.message.body.clone().filter(|body| !body.is_empty()).or(attached)
            };
            if self.copying.as_ref().is_some_and(|copying| copying.show(ui, cx)) {
                self.copying = None;
            }
            wanted = self.composer.show(ui, cx, id, said);
        });
        if wanted.sent {
            self.list.to_bottom();
            self.first_new = None;
        }
        if wanted.pages != 0.0 {
            self.list.page(wanted.pages);
        }
        if wanted.edit_newest {
            self.edit_newest(cx, chat);
        }
        CentralPanel::default().frame(Frame::new().fill(palette.ground)).show(ui, |ui| {
            let room = ui.available_rect_before_wrap();
            if chat.ends.is_some() {
                self.messages(ui, cx, chat, marked);
                self.down_button(ui, cx, room);
            } else {
                nothing_yet(ui, cx);
            }
            self.drop_overlay(ui, cx, room);
        });
        self.dialogs(ui, cx);
        leads
    }

    fn header(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat, is_narrow: bool) -> Option<Leads> {
        let mut leads = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            if is_narrow && icon_button(ui, icons::BACK, &cx.texts.get("chat-back")).clicked() {
                leads = Some(Leads::Back);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::INFO, &cx.texts.get("chat-about")).clicked() {
                    self.toggle_pane(cx);
                }
                self.timer_button(ui, cx, chat);
                if icon_button(ui, icons::SEARCH, &cx.texts.get("chat-search")).clicked() {
                    leads = Some(Leads::Search);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
                    let name = side::name(cx, chat);
                    let circle = Rect::from_min_size(place.min + vec2(0.0, 2.0), Vec2::splat(36.0));
                    side::sign(ui, cx, chat, circle);
                    if response.has_focus() {
                        let stroke = Stroke::new(2.0, cx.theme.palette.accent);
                        ui.painter().circle_stroke(circle.center(), 19.0, stroke);
                    }
                    let left = circle.right() + 10.0;
                    let palette = &cx.theme.palette;
                    let title = FontId::new(16.0, fonts::strong());
                    let below = match chat.conversation.ttl_secs {
                        0 if chat.contact.is_none() => Some(cx.texts.get("chat-notes-hint")),
                        0 => None,
                        secs => {
                            Some(cx.texts.with("chat-timer-is", &[("time", cx.texts.time_left(secs.into()).into())]))
                        }
                    };
                    response.widget_info(|| {
                        let words: Vec<&str> = [Some(name.as_str()), below.as_deref()].into_iter().flatten().collect();
                        WidgetInfo::labeled(Role::Button, true, words.join(", "))
                    });
                    let painter = ui.painter().with_clip_rect(place);
                    let top = if below.is_some() { place.top() } else { place.center().y - 10.0 };
                    painter.text(pos2(left, top), Align2::LEFT_TOP, name, title, palette.text);
                    if let Some(below) = below {
                        painter.text(
                            pos2(left, place.top() + 21.0),
                            Align2::LEFT_TOP,
                            below,
                            FontId::proportional(12.5),
                            palette.quiet,
                        );
                    }
                    if response.clicked() {
                        self.toggle_pane(cx);
                    }
                });
            });
        });
        leads
    }

    fn toggle_pane(&mut self, cx: &mut Cx<'_>) {
        self.pane_is_open = !self.pane_is_open;
        if self.pane_is_open {
            // How much there is.
            cx.send(Command::Status);
        }
    }

    fn timer_button(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat) {
        let button = icon_button(ui, icons::TIMER, &cx.texts.get("chat-timer"));
        egui::Popup::menu(&button).show(|ui| {
            ui.set_min_width(200.0);
            for (name, secs) in pane::TIMERS {
                let is_on = chat.conversation.ttl_secs == secs;
                if ui.selectable_label(is_on, cx.texts.get(name)).clicked() {
                    cx.wish(Command::SetTimer { conversation: Some(self.id), ttl_secs: secs });
                    // A press that a screen reader makes is no click of the pointer, which would close it.
                    ui.close();
                }
            }
            if ui.button(cx.texts.get("timer-other")).clicked() {
                self.dialog = Dialog::timer(chat.conversation.ttl_secs);
                ui.close();
            }
        });
    }

    fn messages(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat, marked: &[String]) {
        self.list.set_ends(chat.ends);
        let measured = (cx.texts.language(), marked.to_vec());
        if self.measured.as_ref() != Some(&measured) {
            self.list.all_changed();
            self.measured = Some(measured);
        }
        let time = ui.input(|input| input.time);
        if self.lit.is_some_and(|(_, until)| until <= time) {
            self.lit = None;
        }
        let mut acts = Vec::new();
        let name = side::name(cx, chat);
        let about = cx.texts.with("chat-messages", &[("name", name.as_str().into())]);
        let mut view = View {
            chat,
            name: &name,
            lit: self.lit.map(|(seq, _)| seq),
            unfolded: &self.unfolded,
            first_new: self.first_new,
            busy: self.dialog.message(),
            marked,
            acts: &mut acts,
            cx,
        };
        let seen = self.list.show(ui, &about, &mut view);
        self.at_bottom = seen.at_bottom;
        self.new = seen.new;
        if let Some(arrived) = seen.arrived
            && let Some((seq, until)) = &mut self.lit
            && (*seq == arrived || *until == f64::INFINITY)
        {
            *until = time + LIT;
        }
        if let Some((_, until)) = self.lit
            && until.is_finite()
        {
            ui.ctx().request_repaint_after_secs((until - time).max(0.0) as f32 + 0.01);
        }
        if let Some(places) = &seen.places
            && *places.end() > self.read_to
            && ui.input(|input| input.focused)
        {
            self.read_to = *places.end();
            if chat.unread > 0 {
                cx.wish(Command::MarkRead { conversation: self.id, seq: self.read_to });
            }
        }
        // Where something is selected in a field that has the keyboard, that is meant.
        let is_copied = |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::CopyText(_));
        let is_taken = ui.output(|output| output.commands.iter().any(is_copied));
        if let Some(selected) = seen.copy.filter(|_| !is_taken) {
            self.copying = Some(Copying::of(selected, time));
        }
        if let Some(copying) = &mut self.copying
            && copying.advance(ui.ctx(), cx, self.id)
        {
            self.copying = None;
        }
        if let Some(current) = seen.current {
            self.keys(ui, cx, current, &mut acts);
        }
        for (id, act) in acts {
            self.act(ui, cx, id, act);
        }
    }

    /// What can be done with the message that the keyboard is at.
    fn keys(&mut self, ui: &Ui, cx: &Cx<'_>, current: u64, acts: &mut Vec<(MessageId, Act)>) {
        let Place::Here(row) = cx.model.rows.at(self.id, current) else { return };
        let id = row.message.id;
        let is_mine = row.message.author == Author::Me;
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let middle = ui.max_rect().center();
        if pressed(Modifiers::NONE, Key::Enter) || pressed(Modifiers::SHIFT, Key::F10) {
            acts.push((id, Act::Menu(middle)));
        } else if pressed(Modifiers::NONE, Key::R) {
            acts.push((id, Act::Reply));
        } else if pressed(Modifiers::NONE, Key::E) && is_mine {
            self.composer.edit(&row.message);
        } else if pressed(Modifiers::NONE, Key::Plus) || pressed(Modifiers::NONE, Key::Colon) {
            acts.push((id, Act::PickReaction(Rect::from_center_size(middle, Vec2::ZERO))));
        } else if pressed(Modifiers::NONE, Key::Delete) {
            self.dialog = Dialog::Delete(id);
        } else if pressed(Modifiers::NONE, Key::Space)
            && let Some(picture) = row.message.attachments.iter().find(|attachment| media::is_picture(cx, attachment))
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

    fn act(&mut self, ui: &Ui, cx: &mut Cx<'_>, id: MessageId, act: Act) {
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

    fn dialogs(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let outcome = super::dialogs::show(&mut self.dialog, ui, cx, self.id);
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
    fn edit_newest(&mut self, cx: &Cx<'_>, chat: &Chat) {
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

    fn down_button(&mut self, ui: &mut Ui, cx: &Cx<'_>, room: Rect) {
        if self.at_bottom {
            return;
        }
        let palette = &cx.theme.palette;
        let place = Rect::from_center_size(room.right_bottom() - vec2(44.0, 40.0), Vec2::splat(42.0));
        let response = ui.interact(place, Id::unique("to the newest"), Sense::click());
        let name = if self.new > 0 {
            cx.texts.with("chat-down-new", &[("count", self.new.into())])
        } else {
            cx.texts.get("chat-down")
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let painter = ui.painter();
        let fill = if response.hovered() { palette.raised.lerp_to_gamma(palette.text, 0.08) } else { palette.raised };
        let edge = if response.has_focus() { palette.accent } else { palette.line };
        painter.circle(place.center(), 20.0, fill, Stroke::new(1.0, edge));
        let icon = FontId::new(20.0, fonts::icons());
        painter.text(place.center(), Align2::CENTER_CENTER, icons::DOWN.0, icon, palette.text);
        if self.new > 0 {
            let count = if self.new > 99 { "99+".to_owned() } else { self.new.to_string() };
            let galley = painter.layout_no_wrap(count, FontId::proportional(12.0), palette.on_accent);
            let badge = Rect::from_center_size(place.center_top(), vec2((galley.size().x + 12.0).max(20.0), 18.0));
            painter.rect_filled(badge, CornerRadius::same(9), palette.accent);
            painter.galley(badge.center() - galley.size() / 2.0, galley, palette.on_accent);
        }
        if response.on_hover_text(name).clicked() {
            self.list.to_bottom();
            ui.ctx().request_repaint();
        }
    }

    fn take_dropped(&mut self, ui: &Ui) {
        let dropped = ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        self.composer.attach(ui.ctx(), dropped);
    }

    fn drop_overlay(&self, ui: &Ui, cx: &Cx<'_>, room: Rect) {
        if ui.input(|input| input.raw.hovered_files.is_empty()) {
            return;
        }
        let palette = &cx.theme.palette;
        let place = room.shrink(12.0);
        ui.painter().rect(
            place,
            CornerRadius::same(space::ROUND_L),
            palette.ground.gamma_multiply(0.9),
            Stroke::new(2.0, palette.accent),
            egui::StrokeKind::Inside,
        );
        let word = cx.texts.get("chat-drop-here");
        ui.painter().text(place.center(), Align2::CENTER_CENTER, word, FontId::proportional(18.0), palette.text);
    }
}

fn nothing_yet(ui: &mut Ui, cx: &Cx<'_>) {
    let room = ui.available_rect_before_wrap();
    let mut middle =
        ui.new_child(UiBuilder::new().max_rect(room.shrink(space::L)).layout(Layout::top_down(Align::Center)));
    middle.add_space((room.height() * 0.3).max(0.0));
    middle.visuals_mut().override_text_color = Some(cx.theme.palette.quiet);
    icons::picture(&mut middle, icons::NOTES, 44.0);
    middle.add_space(space::S);
    middle.label(RichText::new(cx.texts.get("chat-notes-empty-title")).size(17.0).color(cx.theme.palette.text));
    middle.set_max_width(440.0);
    middle.label(cx.texts.get("chat-notes-empty"));
    ui.advance_cursor_after_rect(room);
}

/// Long enough to be found with the eyes.
const LIT: f64 = 2.0;
/// How many places are looked through for a message beside another one.
const NEAR: usize = 64;
