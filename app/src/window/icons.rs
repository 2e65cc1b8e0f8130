//! Icons, by what they are for, and the widgets that show them. An icon alone says nothing to a screen reader: each
//! widget here takes the words as well.

use super::fonts;
use egui::{Button, Color32, FontId, Painter, Pos2, Response, RichText, Role, Sense, StrokeKind, Ui, Vec2, WidgetInfo};

/// A small picture in the colour of text.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Icon(pub(super) char);

impl Icon {
    /// As text of this size, for a place where words stand beside it.
    #[must_use]
    pub fn sized(self, size: f32) -> RichText {
        RichText::new(self.0).font(FontId::new(size, fonts::icons()))
    }
}

/// A button that shows only an icon; `name` is what it does, in words: shown on hovering, and read out.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let (place, response) = ui.allocate_exact_size(Vec2::splat(ui.spacing().interact_size.y), Sense::click());
    if ui.is_rect_visible(place) {
        let visuals = ui.style().interact(&response);
        if response.hovered() || response.has_focus() || response.is_pointer_button_down_on() {
            let (fill, stroke) = (visuals.weak_bg_fill, visuals.bg_stroke);
            ui.painter().rect(place, visuals.corner_radius, fill, stroke, StrokeKind::Inside);
        }
        centred(ui.painter(), icon, SIZE, place.center(), ui.visuals().text_color());
    }
    named(response, ui.is_enabled(), name).on_hover_text(name)
}

/// Paints an icon so that what is seen of it has its middle there: its letter has uneven room around it.
pub(super) fn centred(painter: &Painter, icon: Icon, size: f32, middle: Pos2, color: Color32) {
    let galley = painter.layout_no_wrap(icon.0.to_string(), FontId::new(size, fonts::icons()), color);
    let corner = middle - galley.mesh_bounds.center().to_vec2();
    painter.galley(corner, galley, color);
}

/// A button with an icon before its words.
pub fn labelled_button(ui: &mut Ui, icon: Icon, words: &str) -> Response {
    let response = ui.add(Button::new((icon.sized(SIZE), words)));
    named(response, ui.is_enabled(), words)
}

/// An icon that is only a picture: what it says stands in words beside it.
pub fn picture(ui: &mut Ui, icon: Icon, size: f32) -> Response {
    let font = FontId::new(size, fonts::icons());
    let color = ui.visuals().text_color();
    let galley = ui.painter().layout_no_wrap(icon.0.to_string(), font, color);
    let (place, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    ui.painter().galley(place.min, galley, color);
    response
}

fn named(response: Response, enabled: bool, name: &str) -> Response {
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response
}

/// As high as the lines of a paragraph.
const SIZE: f32 = 18.0;

macro_rules! icons {
    ($($(#[$meta:meta])* $name:ident = $char:literal;)*) => {
        $($(#[$meta])* pub const $name: Icon = Icon($char);)*

        #[cfg(test)]
        pub(super) const ALL: &[Icon] = &[$($name),*];
    };
}

icons! {
    /// Put away, out of sight.
    ARCHIVE = '\u{E041}';
    /// Add a file to a message.
    ATTACH = '\u{E12D}';
    /// Back to the screen before.
    BACK = '\u{E048}';
    /// Speak; listen.
    CALL = '\u{E133}';
    /// Done; chosen.
    CHECK = '\u{E06C}';
    /// When.
    CLOCK = '\u{E087}';
    /// Close, or take away what was added.
    CLOSE = '\u{E1B2}';
    /// Unfold, or fold away.
    CLOSED = '\u{E06F}';
    /// To the clipboard.
    COPY = '\u{E09E}';
    /// Light on dark.
    DARK = '\u{E11E}';
    /// What an account holds.
    DATA = '\u{E0AD}';
    /// For good.
    DELETE = '\u{E18E}';
    /// A machine.
    DEVICE = '\u{E11D}';
    /// To the end of a list.
    DOWN = '\u{E042}';
    /// Change what was written.
    EDIT = '\u{E1F9}';
    /// Pick an emoji.
    EMOJI = '\u{E164}';
    /// Show what is hidden.
    EYE = '\u{E0BA}';
    /// Hide it again.
    EYE_OFF = '\u{E0BB}';
    /// A file.
    FILE = '\u{E0C0}';
    /// What a thing is about.
    HELP = '\u{E082}';
    /// A picture.
    IMAGE = '\u{E0F6}';
    /// More to know.
    INFO = '\u{E0F9}';
    /// The recovery phrase; a password.
    KEY = '\u{E4A3}';
    /// The language.
    LANGUAGE = '\u{E0FE}';
    /// Dark on light.
    LIGHT = '\u{E178}';
    /// Where something else is to be found.
    LINK = '\u{E102}';
    /// Lock, or locked.
    LOCK = '\u{E10B}';
    /// How it looks.
    LOOK = '\u{E1DD}';
    /// What else can be done.
    MORE = '\u{E0B7}';
    /// A conversation.
    MESSAGES = '\u{E117}';
    /// A voice.
    MICROPHONE = '\u{E118}';
    /// The conversation with oneself.
    NOTES = '\u{E596}';
    /// What draws attention.
    NOTIFY = '\u{E059}';
    /// In the program that its owner chose for it.
    OPEN = '\u{E0B9}';
    /// Where files lie.
    FOLDER = '\u{E247}';
    /// Unfolded.
    OPENED = '\u{E06D}';
    /// Somebody.
    PERSON = '\u{E19F}';
    /// Somebody new.
    PERSON_ADD = '\u{E1A2}';
    /// One more.
    PLUS = '\u{E13D}';
    /// A code for a camera.
    QR = '\u{E1DF}';
    /// Leave.
    QUIT = '\u{E10E}';
    /// Answer a message.
    REPLY = '\u{E22A}';
    /// As it was before.
    RESTORE = '\u{E148}';
    /// To a file.
    SAVE = '\u{E0B2}';
    /// Find.
    SEARCH = '\u{E151}';
    /// Send what is written.
    SEND = '\u{E4F2}';
    /// Settings.
    SETTINGS = '\u{E154}';
    /// What protects.
    SHIELD = '\u{E158}';
    /// Stop what is under way.
    STOP = '\u{E167}';
    /// It disappears after a while.
    TIMER = '\u{E1E0}';
    /// Size of type.
    TYPE = '\u{E198}';
    /// To the beginning of a list.
    UP = '\u{E070}';
    /// From a file.
    UPLOAD = '\u{E19E}';
    /// It is under way.
    WAIT = '\u{E296}';
    /// It asks for care.
    WARNING = '\u{E193}';
    /// It went wrong.
    WRONG = '\u{E077}';
}
