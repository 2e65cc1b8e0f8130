//! What lies over the messages: the way to the newest one, files that are about to fall onto them, and what stands there
//! while there are none.

use super::Conversation;
use crate::window::{cx::Cx, icons, theme::space};
use egui::{
    Align, Align2, CornerRadius, FontId, Id, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo,
    accesskit::Role, vec2,
};

impl Conversation {
    pub(super) fn down_button(&mut self, ui: &mut Ui, cx: &Cx<'_>, room: Rect) {
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
        icons::centred(painter, icons::DOWN, 20.0, place.center(), palette.text);
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

    pub(super) fn take_dropped(&mut self, ui: &Ui) {
        let dropped = ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        self.composer.attach(ui.ctx(), dropped);
    }

    pub(super) fn drop_overlay(&self, ui: &Ui, cx: &Cx<'_>, room: Rect) {
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

/// In a conversation without a message.
pub(super) fn nothing_yet(ui: &mut Ui, cx: &Cx<'_>) {
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
