//! What stands above the messages: whose they are, and what can be done with all of them.

use super::super::{dialogs::Dialog, pane, side};
use super::{Conversation, Leads};
use crate::window::{
    cx::Cx,
    fonts,
    icons::{self, icon_button},
    theme::space,
};
use egui::{Align, Align2, FontId, Layout, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2};
use nyx_p2p::{Chat, Command};

impl Conversation {
    pub(super) fn header(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, chat: &Chat, is_narrow: bool) -> Option<Leads> {
        let mut leads = None;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), HEIGHT), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_height(HEIGHT);
            ui.spacing_mut().item_spacing.x = space::XS;
            if is_narrow && icon_button(ui, icons::BACK, &cx.texts.get("chat-back")).clicked() {
                leads = Some(Leads::Back);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::INFO, &cx.texts.get("chat-about")).clicked() {
                    self.toggle_pane(cx);
                }
                if cx.model.can_write() {
                    self.timer_button(ui, cx, chat);
                }
                if icon_button(ui, icons::SEARCH, &cx.texts.get("chat-search")).clicked() {
                    leads = Some(Leads::Search);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
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
}

/// Two lines, and the sign beside them.
const HEIGHT: f32 = 40.0;
