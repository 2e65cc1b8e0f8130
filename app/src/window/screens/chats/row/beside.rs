//! What stands below and beside a message: reactions, and what can be done.

use super::{Act, SIDE};
use crate::window::{
    icons::{self, icon_button},
    sight::Sight,
    theme::space,
};
use egui::{
    Align, CornerRadius, Layout, Rect, Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};
use nyx_p2p::{Author, Row};

/// Reactions below a message; a click joins or takes back.
pub(super) fn reactions(ui: &mut Ui, sight: &Sight<'_>, row: &Row, bubble: Rect, is_mine: bool, asked: &mut Vec<Act>) {
    let mut chips: Vec<(&str, usize, bool)> = Vec::new();
    for reaction in &row.message.reactions {
        let mine = reaction.author == Author::Me;
        match chips.iter_mut().find(|(emoji, ..)| *emoji == reaction.emoji) {
            Some((_, count, is_mine)) => {
                *count += 1;
                *is_mine |= mine;
            }
            None => chips.push((&reaction.emoji, 1, mine)),
        }
    }
    if chips.is_empty() {
        return;
    }
    let rect = Rect::from_min_max(
        pos2(bubble.left().min(bubble.right() - 120.0).max(ui.max_rect().left() + SIDE), bubble.bottom() + 3.0),
        pos2(bubble.right().max(bubble.left() + 200.0), bubble.bottom() + 40.0),
    );
    let rect = if is_mine {
        rect.with_max_x(bubble.right()).with_min_x(ui.max_rect().left() + SIDE)
    } else {
        rect.with_min_x(bubble.left())
    };
    let layout = if is_mine { Layout::right_to_left(Align::Min) } else { Layout::left_to_right(Align::Min) }
        .with_main_wrap(true);
    let mut line = ui.new_child(UiBuilder::new().id_salt("reactions").max_rect(rect).layout(layout));
    line.spacing_mut().item_spacing = vec2(space::XS, space::XS);
    line.spacing_mut().button_padding = vec2(8.0, 2.0);
    line.spacing_mut().interact_size.y = 24.0;
    for (emoji, count, mine) in chips {
        let shown = if count > 1 { format!("{emoji} {count}") } else { emoji.to_owned() };
        let palette = &sight.theme.palette;
        let (fill, edge) = if mine { (palette.accent_soft, palette.accent) } else { (palette.surface, palette.line) };
        let chip = egui::Button::new(shown.as_str())
            .fill(fill)
            .stroke(Stroke::new(1.0, edge))
            .corner_radius(CornerRadius::same(12));
        if !sight.can_write {
            let response = line.add(chip.sense(Sense::hover()));
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &shown));
            continue;
        }
        let response = line.add(chip);
        response.widget_info(|| {
            let name = if mine { "chat-reaction-mine" } else { "chat-reaction" };
            let name = sight.texts.with(name, &[("emoji", emoji.into()), ("count", count.into())]);
            WidgetInfo::selected(Role::Button, true, mine, name)
        });
        if response.clicked() {
            asked.push(Act::React(emoji.to_owned()));
        }
    }
    let used = line.min_rect();
    ui.advance_cursor_after_rect(Rect::from_min_max(
        pos2(ui.max_rect().left(), bubble.bottom()),
        pos2(ui.max_rect().right(), used.bottom()),
    ));
}

/// What can be done, beside the message that the pointer or the keyboard is at.
pub(super) fn hover(
    ui: &mut Ui,
    sight: &Sight<'_>,
    rect: Rect,
    strip: Rect,
    is_mine: bool,
    is_chosen: bool,
    asked: &mut Vec<Act>,
) {
    if ui.rect_contains_pointer(rect) && ui.input(|input| input.pointer.secondary_clicked()) {
        let at = ui.input(|input| input.pointer.interact_pos()).unwrap_or(rect.center());
        asked.push(Act::Menu(at));
    }
    if !is_chosen && !ui.rect_contains_pointer(strip) {
        return;
    }
    let buttons = if sight.can_write { 3.0 } else { 1.0 };
    let size = vec2(buttons * BUTTON, BUTTON);
    let x = if is_mine { rect.left() - space::XS - size.x } else { rect.right() + space::XS };
    let inside = ui.max_rect();
    let x = x.clamp(inside.left(), (inside.right() - size.x).max(inside.left()));
    let over = Rect::from_min_size(pos2(x, rect.top().max(ui.clip_rect().top()).min(rect.bottom() - BUTTON)), size);
    let layout = Layout::left_to_right(Align::Center);
    let mut bar = ui.new_child(UiBuilder::new().id_salt("actions").max_rect(over).layout(layout));
    bar.spacing_mut().interact_size.y = BUTTON;
    bar.spacing_mut().item_spacing = Vec2::ZERO;
    if over.intersects(rect) {
        bar.painter().rect_filled(over, CornerRadius::same(8), sight.theme.palette.surface);
    }
    if sight.can_write {
        let react = icon_button(&mut bar, icons::EMOJI, &sight.texts.get("chat-react"));
        if react.clicked() {
            asked.push(Act::PickReaction(react.rect));
        }
        if icon_button(&mut bar, icons::REPLY, &sight.texts.get("chat-reply")).clicked() {
            asked.push(Act::Reply);
        }
    }
    let more = icon_button(&mut bar, icons::MORE, &sight.texts.get("chat-more"));
    if more.clicked() {
        asked.push(Act::Menu(more.rect.left_bottom()));
    }
}

const BUTTON: f32 = 28.0;
