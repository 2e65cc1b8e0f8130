//! What Escape means in a frame. It leaves the innermost thing first: a dialog or a popup, then the field that has the
//! keyboard, then the screen. A key that is held leaves one of them and not all.

use egui::{Context, Event, Key, Popup};

/// What Escape means in this frame.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Escape {
    /// Nothing: it was not pressed, or something over the screen takes it.
    #[default]
    Nothing,
    /// To leave the field that has the keyboard.
    Field,
    /// To leave the screen.
    Screen,
}

impl Escape {
    /// Before the screen is drawn. The toolkit has taken the focus away by then, so it must be known whether there was one.
    pub(super) fn of(ctx: &Context, had_focus: bool) -> Self {
        let is_new = |event: &Event| matches!(event, Event::Key { key: Key::Escape, pressed: true, repeat: false, modifiers, .. } if modifiers.is_none());
        let is_free = !Popup::is_any_open(ctx) && ctx.memory(|memory| memory.top_modal_layer().is_none());
        match is_free && ctx.input(|input| input.events.iter().any(is_new)) {
            false => Self::Nothing,
            true if had_focus => Self::Field,
            true => Self::Screen,
        }
    }
}
