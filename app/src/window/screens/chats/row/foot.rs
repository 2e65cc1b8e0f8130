//! The last line of a message: when, whether it was edited, how far it has come, how long it stays.

use super::{Act, stamps::Stamps};
use crate::window::{icons, sight::Sight};
use egui::{CursorIcon, Galley, Painter, Pos2, Rect, Sense, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2};
use nyx_p2p::{Delivery, Message, Row};
use std::sync::Arc;

/// Time and state of a message.
pub(super) struct Foot {
    parts: Vec<(Part, Arc<Galley>)>,
    pub(super) size: Vec2,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Timer,
    Left,
    Edited,
    Clock,
    Delivery,
}

impl Foot {
    pub(super) fn of(painter: &Painter, sight: &Sight<'_>, message: &Message, stamps: &mut Stamps) -> Self {
        // Timer, what is left of it, edited, clock, delivery.
        let mut parts = Vec::with_capacity(5);
        if let Some(disappears) = message.disappears {
            parts.push((Part::Timer, stamps.icon(painter, icons::TIMER)));
            let left =
                disappears.at_ms.map_or(i64::from(disappears.ttl_secs), |at| (at - sight.now.ms()).max(0) / 1000 + 1);
            let left = sight.texts.time_left(u64::try_from(left).unwrap_or(0));
            parts.push((Part::Left, stamps.words(painter, &left)));
        }
        if message.edited_ms.is_some() {
            parts.push((Part::Edited, stamps.words(painter, &sight.texts.get("chat-edited"))));
        }
        parts.push((Part::Clock, stamps.words(painter, &sight.now.clock(sight.texts, message.at_ms))));
        let delivery = match message.delivery {
            Delivery::Here => None,
            Delivery::Waiting => Some(icons::CLOCK),
            Delivery::Sent => Some(icons::UP),
            Delivery::Delivered | Delivery::Read => Some(icons::CHECK),
            Delivery::Failed => Some(icons::WRONG),
        };
        parts.extend(delivery.map(|sign| (Part::Delivery, stamps.icon(painter, sign))));
        let gaps = FOOT_GAP * parts.len().saturating_sub(1) as f32;
        let width = parts.iter().map(|(_, galley)| galley.size().x).sum::<f32>() + gaps;
        let height = parts.iter().map(|(_, galley)| galley.size().y).fold(0.0, f32::max);
        Self { parts, size: vec2(width, height) }
    }

    pub(super) fn show(&self, ui: &mut Ui, sight: &Sight<'_>, row: &Row, at: Pos2, asked: &mut Vec<Act>) {
        let message = &row.message;
        let mut left = at.x;
        for (part, galley) in &self.parts {
            let rect = Rect::from_min_size(pos2(left, at.y), vec2(galley.size().x, self.size.y));
            let top = rect.center().y - galley.size().y / 2.0;
            left = rect.right() + FOOT_GAP;
            let mut color = sight.theme.palette.quiet;
            if *part == Part::Edited {
                let response = ui.interact(rect, ui.scope_id().with(("edited", message.id)), Sense::click());
                response
                    .widget_info(|| WidgetInfo::labeled(Role::Button, true, sight.texts.get("chat-edited-earlier")));
                if response.hovered() || response.has_focus() {
                    color = sight.theme.palette.accent;
                }
                let response = response.on_hover_cursor(CursorIcon::PointingHand);
                let hint = |ui: &mut Ui| drop(ui.label(sight.texts.get("chat-edited-earlier")));
                if response.on_hover_ui(hint).clicked() {
                    asked.push(Act::Earlier);
                }
            } else if *part == Part::Clock {
                let response = ui.interact(rect, ui.scope_id().with(("clock", message.id)), Sense::hover());
                response.on_hover_ui(|ui| {
                    ui.label(sight.now.full(sight.texts, message.at_ms));
                });
            }
            ui.painter().galley_with_override_text_color(pos2(rect.left(), top), Arc::clone(galley), color);
        }
        // What is left of its time is said anew when it says something else.
        if let Some(at_ms) = message.disappears.and_then(|disappears| disappears.at_ms) {
            let left = u64::try_from(at_ms - sight.now.ms()).unwrap_or(0) / 1000;
            let step = match left {
                0..90 => 1,
                90..5400 => left % 60 + 1,
                _ => left % 3600 + 1,
            };
            ui.ctx().request_repaint_after(std::time::Duration::from_secs(step));
        }
    }
}

const FOOT_GAP: f32 = 5.0;
