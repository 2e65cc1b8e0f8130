//! What stands above the field: what is answered or edited, files that wait, what is under way, what went wrong.

use super::super::prose;
use super::{Composer, Writing, sending::Unsent};
use crate::window::{
    cx::Cx,
    icons::{self, icon_button},
};
use egui::{
    Align, Color32, CornerRadius, Label, Layout, ProgressBar, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder,
    WidgetInfo, accesskit::Role, vec2,
};
use nyx_p2p::{ConversationId, MessageId};

impl Composer {
    pub(super) fn show_task(&mut self, ui: &mut Ui, cx: &Cx<'_>, quoted: &impl Fn(MessageId) -> Option<String>) {
        let (icon, title, id) = match &self.task {
            Writing::New => return,
            Writing::Reply(id) => (icons::REPLY, "chat-replying", *id),
            Writing::Edit { id, .. } => (icons::EDIT, "chat-editing", *id),
        };
        let said = quoted(id).unwrap_or_default();
        let said = prose::line(&said);
        ui.horizontal(|ui| {
            icons::picture(ui, icon, 18.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::CLOSE, &cx.texts.get("chat-leave-task")).clicked() {
                    self.escape();
                    self.wants_focus = true;
                }
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.label(RichText::new(cx.texts.get(title)).small().color(cx.theme.palette.accent));
                        ui.add(Label::new(RichText::new(said).small()).truncate());
                    });
                });
            });
        });
    }

    pub(super) fn show_waiting(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        if self.waiting.is_empty() {
            return;
        }
        let mut removed = None;
        ScrollArea::horizontal().id_salt("waiting").show(ui, |ui| {
            ui.horizontal(|ui| {
                for (index, file) in self.waiting.files.iter().enumerate() {
                    let palette = &cx.theme.palette;
                    let (rect, response) = ui.allocate_exact_size(WAITING, Sense::hover());
                    let said = file.bytes.map_or_else(String::new, |bytes| cx.texts.bytes(bytes));
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{} {said}", file.name)));
                    ui.painter().rect_filled(rect, CornerRadius::same(10), palette.sunken);
                    let mut inner = ui.new_child(
                        UiBuilder::new()
                            .id_salt(("waiting", index))
                            .max_rect(rect.shrink(6.0))
                            .layout(Layout::left_to_right(Align::Center)),
                    );
                    match &file.small {
                        Some(small) => {
                            let side = WAITING.y - 12.0;
                            let place = Rect::from_min_size(inner.cursor().min, vec2(side, side));
                            let size = small.size_vec2();
                            let part = vec2(size.y.min(size.x) / size.x, size.x.min(size.y) / size.y);
                            let uv = Rect::from_center_size(egui::pos2(0.5, 0.5), part);
                            let shape = egui::epaint::RectShape::filled(place, CornerRadius::same(6), Color32::WHITE);
                            inner.painter().add(shape.with_texture(small.id(), uv));
                            inner.advance_cursor_after_rect(place);
                        }
                        None => {
                            icons::picture(&mut inner, icons::FILE, 22.0);
                        }
                    }
                    inner.allocate_ui_with_layout(vec2(100.0, 36.0), Layout::top_down(Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        ui.set_min_width(100.0);
                        ui.add(Label::new(RichText::new(&file.name).small()).truncate());
                        // Until its size is known there is nothing to read out.
                        if !said.is_empty() {
                            ui.label(RichText::new(said).small().color(palette.quiet));
                        }
                    });
                    let name = cx.texts.with("chat-remove-file", &[("name", file.name.as_str().into())]);
                    if icon_button(&mut inner, icons::CLOSE, &name).clicked() {
                        removed = Some(index);
                    }
                }
            });
        });
        if let Some(index) = removed {
            self.waiting.remove(index);
            self.wants_focus = true;
        }
    }

    pub(super) fn show_problem(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(problem) = self.problem.clone() else { return };
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icons::CLOSE, &cx.texts.get("chat-dismiss")).clicked() {
                    self.problem = None;
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(RichText::new(problem).color(cx.theme.palette.danger)).wrap());
                });
            });
        });
    }

    /// What was not stored while something else was begun: it can be sent again, or let go.
    pub(super) fn show_unsent(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, conversation: ConversationId) {
        if self.unsent.is_empty() {
            return;
        }
        let (mut again, mut gone) = (None, None);
        ScrollArea::vertical().id_salt("unsent").max_height(UNSENT_MAX).show(ui, |ui| {
            for (index, Unsent { content, why }) in self.unsent.iter().enumerate() {
                let files = content.files.iter().map(|file| file.name.as_str());
                let text = prose::line(&content.text);
                let parts = std::iter::once(text.as_str()).chain(files).filter(|part| !part.is_empty());
                let said = cx.texts.with("chat-unsent", &[("text", parts.collect::<Vec<_>>().join(", ").into())]);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if ui.button(cx.texts.get("chat-unsent-discard")).clicked() {
                        gone = Some(index);
                    }
                    if ui.button(cx.texts.get("chat-unsent-again")).clicked() {
                        again = Some(index);
                    }
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        ui.add(Label::new(said).truncate());
                        ui.add(Label::new(RichText::new(why).small().color(cx.theme.palette.danger)).wrap());
                    });
                });
            }
        });
        if let Some(index) = again {
            self.send_again(cx, conversation, index);
        } else if let Some(index) = gone {
            self.discard(index);
        }
    }

    pub(super) fn show_sending(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        for sending in &self.sending {
            // What takes no time needs no bar.
            if sending.content.files.is_empty() || sending.began.elapsed().as_millis() < 300 {
                continue;
            }
            let progress = cx.model.jobs.get(sending.id).and_then(|job| job.progress);
            let (done, total) = progress.unwrap_or((0, None));
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icons::STOP, &cx.texts.get("chat-cancel-sending")).clicked() {
                        cx.cancel(sending.id);
                    }
                    ui.vertical(|ui| {
                        let said = cx.texts.progress(done, total, sending.began.elapsed());
                        ui.label(
                            RichText::new(cx.texts.with("chat-keeping-files", &[("progress", said.into())])).small(),
                        );
                        let part = total.filter(|total| *total > 0).map_or(0.0, |total| done as f32 / total as f32);
                        let bar = ui.add(ProgressBar::new(part).desired_height(6.0).fill(cx.theme.palette.accent));
                        let name = cx.texts.get("chat-progress");
                        ui.ctx().accesskit_node_builder(bar.id, |node| node.set_label(name));
                    });
                });
            });
        }
        if self.sending.iter().any(|sending| !sending.content.files.is_empty()) {
            ui.ctx().request_repaint_after_secs(0.3);
        }
    }
}

/// What was not sent, as high as three of it.
const UNSENT_MAX: f32 = 168.0;
/// The card of a file that waits.
const WAITING: egui::Vec2 = vec2(212.0, 56.0);
