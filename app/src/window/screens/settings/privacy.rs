//! When the vault locks itself and what opens it besides the password, what a notification tells, whether Nyx starts on
//! login, and what other devices learn.

use super::{keyring::UseKeyring, read_only};
use crate::window::{
    cx::Cx,
    desktop::autostart::Switch,
    theme::space,
    widgets::{choice::choice, field, page},
};
use egui::Ui;
use nyx_p2p::{Command, KeyringUse, Notify};

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Privacy {
    keyring: UseKeyring,
    starts: Switch,
}

impl Privacy {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        read_only::note(ui, cx);
        let can_write = cx.model.can_write();
        ui.add_enabled_ui(can_write, |ui| settings(ui, cx));
        self.keyring.show(ui, cx);
        ui.add_space(space::L);
        page::subtitle(ui, &cx.texts.get("settings-autostart"));
        let opens = cx.model.keyring == KeyringUse::On;
        let lead = if opens { "settings-autostart-lead-keyring" } else { "settings-autostart-lead" };
        field::hint(ui, cx.theme, &cx.texts.get(lead));
        if let Some(is_on) = self.starts.is_on(ui.ctx()) {
            let mut wanted = is_on;
            let ways = [(true, cx.texts.get("settings-autostart-on")), (false, cx.texts.get("settings-autostart-off"))];
            if choice(ui, cx.theme, &mut wanted, &ways) {
                self.starts.set(ui.ctx(), wanted);
            }
        }
        ui.add_enabled_ui(can_write, |ui| hiding(ui, cx));
    }

    /// Nobody waits any more.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.keyring.leave(cx);
    }
}

fn settings(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut settings = cx.model.settings.clone();
    page::subtitle(ui, &cx.texts.get("settings-lock-after"));
    field::hint(ui, cx.theme, &cx.texts.get("settings-lock-after-lead"));
    let mut times: Vec<_> = LOCK_AFTER_MINUTES
        .map(|minutes| {
            (Some(minutes * 60), cx.texts.with("settings-lock-minutes", &[("count", u64::from(minutes).into())]))
        })
        .into();
    times.push((None, cx.texts.get("settings-lock-never")));
    choice(ui, cx.theme, &mut settings.lock_after_secs, &times);
    if settings.lock_after_secs.is_none() {
        field::caution(ui, cx.theme, &cx.texts.get("settings-lock-never-why"));
    }
    ui.add_space(space::L);
    page::subtitle(ui, &cx.texts.get("settings-notify"));
    field::hint(ui, cx.theme, &cx.texts.get("settings-notify-lead"));
    let ways = [
        (Notify::Nothing, cx.texts.get("settings-notify-nothing")),
        (Notify::Arrival, cx.texts.get("settings-notify-arrival")),
        (Notify::Sender, cx.texts.get("settings-notify-sender")),
        (Notify::Text, cx.texts.get("settings-notify-text")),
    ];
    choice(ui, cx.theme, &mut settings.notify, &ways);
    if settings != cx.model.settings {
        cx.wish(Command::ChangeSettings(settings));
    }
}

/// Whether other devices learn where this one is.
fn hiding(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut settings = cx.model.settings.clone();
    ui.add_space(space::L);
    page::subtitle(ui, &cx.texts.get("settings-hide"));
    field::hint(ui, cx.theme, &cx.texts.get("settings-hide-lead"));
    let ways = [(false, cx.texts.get("settings-hide-off")), (true, cx.texts.get("settings-hide-on"))];
    if choice(ui, cx.theme, &mut settings.hide_address, &ways) {
        cx.wish(Command::ChangeSettings(settings));
    }
}

/// From a desk among strangers to a room of one's own.
const LOCK_AFTER_MINUTES: [u32; 4] = [1, 5, 15, 60];
