//! The left side: conversations, and what a search found.

mod search;

pub(super) use search::Search;

use super::prose;
use crate::window::{
    cx::Cx,
    fonts,
    icons::{self, icon_button},
    theme::{space, type_scale},
};
use egui::{
    Align, CornerRadius, FontId, Id, Layout, Rect, Response, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextEdit,
    TextStyle, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};
use nyx_p2p::{Chat, ConversationId};

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Chosen {
    /// A conversation.
    Chat(ConversationId),
    /// A message that a search found.
    Found { conversation: ConversationId, seq: u64 },
    /// To hide everything.
    Lock,
    /// The settings.
    Settings,
    /// What keys do.
    Shortcuts,
}

/// Draws the left side.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, search: &mut Search, open: Option<ConversationId>) -> Option<Chosen> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = space::S;
    ui.horizontal(|ui| {
        ui.add_space(space::XS);
        ui.label(RichText::new(cx.texts.get("chats-title")).text_style(type_scale::title()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icon_button(ui, icons::LOCK, &cx.texts.get("chats-lock")).clicked() {
                chosen = Some(Chosen::Lock);
            }
            if icon_button(ui, icons::SETTINGS, &cx.texts.get("chats-settings")).clicked() {
                chosen = Some(Chosen::Settings);
            }
            if icon_button(ui, icons::HELP, &cx.texts.get("chats-shortcuts")).clicked() {
                chosen = Some(Chosen::Shortcuts);
            }
        });
    });
    if search.is_open {
        return chosen.or(search.show(ui, cx));
    }
    let response = field(ui, cx, &mut search.words, Id::unique("search field at rest"));
    if response.clicked() || response.changed() {
        search.open(None);
        search.typed_at = ui.input(|input| input.time);
    }
    ScrollArea::vertical().id_salt("chats").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for chat in &cx.model.chats {
            if row(ui, cx, chat, open == Some(chat.conversation.id)).clicked() {
                chosen = Some(Chosen::Chat(chat.conversation.id));
            }
        }
    });
    chosen
}

/// What a conversation is called.
pub(super) fn name(cx: &Cx<'_>, chat: &Chat) -> String {
    match &chat.contact {
        _ if !chat.conversation.title.is_empty() => chat.conversation.title.clone(),
        Some(contact) => contact.name.clone(),
        None => cx.texts.get("chat-notes"),
    }
}

/// The sign of a conversation in a circle.
pub(super) fn sign(ui: &Ui, cx: &Cx<'_>, chat: &Chat, place: Rect) {
    let palette = &cx.theme.palette;
    ui.painter().circle_filled(
        place.center(),
        place.width() / 2.0,
        palette.accent_soft.lerp_to_gamma(palette.accent, 0.2),
    );
    let (text, font) = match &chat.contact {
        None => (icons::NOTES.0.to_string(), FontId::new(place.width() * 0.5, fonts::icons())),
        Some(contact) => {
            let first = contact.name.chars().next().unwrap_or('?').to_uppercase().to_string();
            (first, FontId::new(place.width() * 0.45, fonts::strong()))
        }
    };
    let galley = ui.painter().layout_no_wrap(text, font, palette.accent);
    ui.painter().galley(place.center() - galley.size() / 2.0, galley, palette.accent);
}

fn field(ui: &mut Ui, cx: &Cx<'_>, words: &mut String, id: Id) -> Response {
    let name = cx.texts.get("search-field");
    let field = TextEdit::singleline(words)
        .id(id)
        .hint_text(RichText::new(&name).color(cx.theme.palette.quiet))
        .margin(egui::Margin::symmetric(12, 7))
        .desired_width(f32::INFINITY)
        .event_filter(egui::EventFilter { escape: true, horizontal_arrows: true, vertical_arrows: true, tab: false });
    let response = ui.add(field);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

/// The raised or chosen ground of a row, and the response to it.
fn ground(ui: &mut Ui, cx: &Cx<'_>, height: f32, is_chosen: bool) -> (Rect, Response) {
    let palette = &cx.theme.palette;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let fill = if is_chosen {
        Some(palette.accent_soft)
    } else if response.hovered() {
        Some(palette.raised)
    } else {
        None
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::same(space::ROUND), fill);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(space::ROUND), stroke, StrokeKind::Inside);
    }
    (rect, response)
}

fn row(ui: &mut Ui, cx: &Cx<'_>, chat: &Chat, is_open: bool) -> Response {
    let palette = &cx.theme.palette;
    let (rect, response) = ground(ui, cx, 64.0, is_open);
    let name = name(cx, chat);
    let at = chat.newest.as_ref().map(|newest| cx.now.short(cx.texts, newest.at_ms));
    let draft = chat.draft.as_ref().filter(|draft| !draft.body.trim().is_empty() && !is_open);
    let (mark, said) = match (draft, &chat.newest) {
        (Some(draft), _) => (Some(cx.texts.get("chats-draft")), prose::line(&draft.body)),
        (None, Some(newest)) => (None, prose::line(&super::row::body_in_words(cx.texts, newest))),
        (None, None) => (None, cx.texts.get("chats-empty")),
    };
    response.widget_info(|| {
        let unread = if chat.unread > 0 {
            cx.texts.with("chats-unread", &[("count", u64::from(chat.unread).into())])
        } else {
            String::new()
        };
        let parts = [Some(name.as_str()), Some(unread.as_str()), mark.as_deref(), Some(said.as_str()), at.as_deref()];
        let words: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        WidgetInfo::selected(Role::Button, true, is_open, words.join(", "))
    });
    let inside = rect.shrink2(vec2(10.0, 10.0));
    let circle = Rect::from_min_size(inside.min, vec2(44.0, 44.0));
    sign(ui, cx, chat, circle);
    let painter = ui.painter();
    let small = TextStyle::Small.resolve(ui.style());
    let left = circle.right() + 12.0;
    let mut right = inside.right();
    if let Some(at) = at {
        let galley = painter.layout_no_wrap(at, small.clone(), palette.quiet);
        right -= galley.size().x;
        painter.galley(pos2(right, inside.top() + 4.0), galley, palette.quiet);
        right -= space::S;
    }
    let one_line = |text: String, font: FontId, color, width: f32| {
        let mut job = egui::text::LayoutJob::simple_singleline(text, font, color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(10.0));
        painter.layout_job(job)
    };
    let title = one_line(name, FontId::new(15.0, fonts::strong()), palette.text, right - left);
    painter.galley(pos2(left, inside.top() + 1.0), title, palette.text);
    let bottom = inside.top() + 24.0;
    let mut right = inside.right();
    if chat.unread > 0 {
        let text = if chat.unread >= nyx_p2p::UNREAD_MAX { "99+".to_owned() } else { chat.unread.to_string() };
        let galley = painter.layout_no_wrap(text, small.clone(), palette.on_accent);
        let size = vec2((galley.size().x + 12.0).max(20.0), 20.0);
        let badge = Rect::from_min_size(pos2(right - size.x, bottom), size);
        painter.rect_filled(badge, CornerRadius::same(10), palette.accent);
        painter.galley(badge.center() - galley.size() / 2.0, galley, palette.on_accent);
        right = badge.left() - space::S;
    }
    let mut begin = left;
    if let Some(mark) = mark {
        let galley = painter.layout_no_wrap(
            format!("{mark}: "),
            FontId::new(13.5, egui::FontFamily::Proportional),
            palette.warning,
        );
        let width = galley.size().x;
        painter.galley(pos2(begin, bottom), galley, palette.warning);
        begin += width;
    }
    let said = one_line(said, FontId::new(13.5, egui::FontFamily::Proportional), palette.quiet, right - begin);
    painter.galley(pos2(begin, bottom), said, palette.quiet);
    response
}
