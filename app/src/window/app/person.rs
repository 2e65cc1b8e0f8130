//! Somebody is there: what keys mean on every screen, and that the engine hears of it.

use super::Nyx;
use crate::window::{model::VaultState, screens::Route};
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};
use nyx_p2p::Command;

impl Nyx {
    /// Whoever types or points is there; whoever wants it locked says so from any screen.
    pub(super) fn follow_person(&mut self, ctx: &Context) {
        self.follow_scale(ctx);
        if !matches!(self.model.vault, VaultState::Open) {
            return;
        }
        if ctx.input_mut(|input| input.consume_shortcut(&LOCK)) {
            return self.lock();
        }
        if self.screen.needs_vault() && ctx.input_mut(|input| input.consume_shortcut(&SETTINGS)) {
            self.wishes.route = Some(Route::Settings);
        }
        let (now, is_present) = ctx.input(|input| (input.time, input.events.iter().any(is_of_a_person)));
        if is_present && now - self.present_at >= PRESENT_EVERY_SECS {
            self.present_at = now;
            self.wishes.engine.send(Command::Present);
        }
    }
}

/// What a window hears only when somebody is there.
fn is_of_a_person(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { .. }
            | Event::Text(_)
            | Event::Ime(_)
            | Event::Paste(_)
            | Event::PointerMoved(_)
            | Event::PointerButton { .. }
            | Event::MouseWheel { .. }
            | Event::Touch { .. }
    )
}

/// Locks, from any screen.
const LOCK: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::L);
/// As in other programs.
const SETTINGS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma);
/// The lock counts minutes: more often would tell the engine nothing.
const PRESENT_EVERY_SECS: f64 = 5.0;
