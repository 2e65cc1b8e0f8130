//! Settings: a list of parts, and the part that is open. Beside each other in a wide window, one after the other in a
//! narrow one.

mod about;
mod account;
mod backup;
mod check;
mod connection;
mod erase;
mod keyring;
mod look;
mod password;
mod privacy;
mod read_only;

use super::{Route, Sending};
use crate::window::{
    cx::Cx,
    escape::Escape,
    icons::{self, Icon},
    theme::{Theme, space},
    widgets::{button, page},
};
use egui::{
    Button, CentralPanel, Frame, Margin, Panel, RichText, ScrollArea, Stroke, Ui, WidgetInfo, accesskit::Role, vec2,
};
use nyx_p2p::CarriedCode;

/// What the widgets hold.
#[derive(Default)]
pub(crate) struct Settings {
    /// `None`: the list, where only one of both fits.
    part: Option<Part>,
    password: password::ChangePassword,
    backup: backup::Backup,
    privacy: privacy::Privacy,
    check: check::Check,
    connection: connection::Connection,
    erase: erase::Erase,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Account,
    Password,
    Backup,
    Transfer,
    Connection,
    Privacy,
    Look,
    Check,
    About,
    Erase,
}

impl Settings {
    /// Open at the link to another device, with its code.
    pub(crate) fn connecting(code: CarriedCode) -> Self {
        let mut settings = Self { part: Some(Part::Connection), ..Self::default() };
        settings.connection.follow(code);
        settings
    }

    /// Open where the account goes to another device.
    pub(crate) fn transferring() -> Self {
        Self { part: Some(Part::Transfer), ..Self::default() }
    }

    pub(crate) fn is_transfer(&self) -> bool {
        self.part == Some(Part::Transfer)
    }

    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // A meeting is left before its page is.
        if cx.escape == Escape::Screen && (self.connection.cancel(cx) || with_sending(cx, Sending::cancel)) {
            cx.escape = Escape::Nothing;
        }
        if ui.available_width() >= SIDE_BY_SIDE {
            let side = Panel::left("parts-side").exact_size(SIDE).resizable(false).frame(side_frame(cx.theme));
            side.show(ui, |ui| self.show_list(ui, cx, self.part.or(Some(Part::Account))));
            self.show_part(ui, cx, self.part.unwrap_or(Part::Account), false);
        } else if let Some(part) = self.part {
            self.show_part(ui, cx, part, true);
        } else {
            let frame = side_frame(cx.theme);
            CentralPanel::default().frame(frame).show(ui, |ui| self.show_list(ui, cx, None));
        }
    }

    /// What is under way goes on; nobody waits for its answer any more.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.password.leave(cx);
        self.backup.leave(cx);
        self.check.leave(cx);
        self.connection.leave(cx);
        with_sending(cx, Sending::leave);
        self.privacy.leave(cx);
    }

    /// A secret that was begun in one part does not wait there until somebody comes back to it.
    fn leave_part(&mut self, cx: &mut Cx<'_>) {
        self.password.leave(cx);
        self.password = Default::default();
        self.backup.leave(cx);
        self.check.leave(cx);
        self.connection.leave(cx);
        with_sending(cx, Sending::leave);
        self.privacy.leave(cx);
        self.erase = Default::default();
    }

    fn show_list(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: Option<Part>) {
        if page::title_with_back(ui, cx, &cx.texts.get("settings-title")) {
            return cx.go(Route::Chats);
        }
        ScrollArea::vertical().id_salt("parts").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for part in PARTS {
                if row(ui, cx.theme, (part.icon(), &cx.texts.get(part.name())), open == Some(part)) {
                    self.leave_part(cx);
                    self.part = Some(part);
                }
            }
            ui.add_space(space::M);
            let lock = button::quiet(ui, cx.theme, &cx.texts.get("settings-lock"));
            if lock.on_hover_text(cx.texts.get("settings-lock-keys")).clicked() {
                cx.lock();
            }
        });
    }

    fn show_part(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, part: Part, has_back: bool) {
        let frame = Frame::new().fill(cx.theme.palette.ground).inner_margin(Margin::same(space::L as i8));
        CentralPanel::default().frame(frame).show(ui, |ui| {
            ScrollArea::vertical().id_salt(part.name()).auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(WIDTH.min(ui.available_width()));
                let title = cx.texts.get(part.name());
                if !has_back {
                    page::title(ui, &title);
                } else if page::title_with_back(ui, cx, &title) {
                    self.leave_part(cx);
                    self.part = None;
                    return;
                }
                ui.add_space(space::S);
                match part {
                    Part::Account => account::show(ui, cx),
                    Part::Password => self.password.show(ui, cx),
                    Part::Backup => self.backup.show(ui, cx),
                    Part::Transfer => {
                        if with_sending(cx, |sending, cx| sending.show(ui, cx)) {
                            self.part = Some(Part::Erase);
                        }
                    }
                    Part::Connection => self.connection.show(ui, cx),
                    Part::Privacy => self.privacy.show(ui, cx),
                    Part::Look => look::show(ui, cx),
                    Part::Check => self.check.show(ui, cx),
                    Part::About => about::show(ui, cx),
                    Part::Erase => self.erase.show(ui, cx),
                }
                ui.add_space(space::L);
            });
        });
    }
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Account => "settings-account",
            Self::Password => "settings-password",
            Self::Backup => "settings-backup",
            Self::Transfer => "settings-transfer",
            Self::Connection => "settings-connection",
            Self::Privacy => "settings-privacy",
            Self::Look => "settings-look",
            Self::Check => "settings-check",
            Self::About => "settings-about",
            Self::Erase => "settings-erase",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Account => icons::PERSON,
            Self::Password => icons::KEY,
            Self::Backup => icons::SAVE,
            Self::Transfer => icons::DEVICE,
            Self::Connection => icons::LINK,
            Self::Privacy => icons::LOCK,
            Self::Look => icons::LOOK,
            Self::Check => icons::SHIELD,
            Self::About => icons::INFO,
            Self::Erase => icons::DELETE,
        }
    }
}

/// What sends the account outlives this screen, so the window holds it; here it has its turn.
fn with_sending<R>(cx: &mut Cx<'_>, act: impl FnOnce(&mut Sending, &mut Cx<'_>) -> R) -> R {
    let mut sending = std::mem::take(cx.sending);
    let acted = act(&mut sending, cx);
    *cx.sending = sending;
    acted
}

/// A part in the list; tells whether it was chosen.
fn row(ui: &mut Ui, theme: &Theme, (icon, name): (Icon, &str), is_open: bool) -> bool {
    let colors = &theme.palette;
    let ink = if is_open { colors.text } else { colors.quiet };
    let words = (icon.sized(18.0).color(ink), RichText::new(name).color(colors.text));
    let mut button = Button::selectable(is_open, words)
        .min_size(vec2(ui.available_width(), ROW))
        .gap(space::S + space::XS)
        .frame_when_inactive(is_open);
    if is_open {
        button = button.fill(colors.accent_soft).stroke(Stroke::new(1.0, colors.accent_soft));
    }
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_open, name));
    response.clicked()
}

fn side_frame(theme: &Theme) -> Frame {
    Frame::new().fill(theme.palette.surface).inner_margin(Margin::same(space::M as i8))
}

/// The everyday first, what ends everything last.
const PARTS: [Part; 10] = [
    Part::Account,
    Part::Password,
    Part::Backup,
    Part::Transfer,
    Part::Connection,
    Part::Privacy,
    Part::Look,
    Part::Check,
    Part::About,
    Part::Erase,
];
/// From this width on, list and part fit beside each other.
const SIDE_BY_SIDE: f32 = 720.0;
const SIDE: f32 = 240.0;
const ROW: f32 = 36.0;
/// Lines that are still easy to read.
const WIDTH: f32 = 560.0;
