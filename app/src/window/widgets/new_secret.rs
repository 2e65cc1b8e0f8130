//! A new password or passphrase: typed twice, with an honest opinion.

use super::{secret::SecretField, strength::Meter};
use crate::window::cx::Cx;
use egui::Ui;
use nyx_p2p::{Passphrase, Password, PasswordError};

/// Two fields and a meter.
#[derive(Debug)]
pub(crate) struct NewSecret {
    first: SecretField,
    again: SecretField,
    meter: Meter,
}

impl Default for NewSecret {
    fn default() -> Self {
        Self { first: SecretField::password(), again: SecretField::password(), meter: Meter::default() }
    }
}

impl NewSecret {
    /// Shows the fields under these names. `about` are words of the person. Tells whether Enter ended the second one.
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, (first, again): (&str, &str), about: &[&str]) -> bool {
        let typed = self.first.show(ui, cx, "new-secret", &cx.texts.get(first));
        if typed.is_changed {
            self.meter.judge(self.first.text(), about);
        }
        self.meter.show(ui, cx);
        if typed.is_submitted {
            self.again.focus();
        }
        self.again.show(ui, cx, "new-secret-again", &cx.texts.get(again)).is_submitted
    }

    /// The caret into the first field.
    pub(crate) fn focus(&mut self) {
        self.first.focus();
    }

    /// As a password, or the name of the sentence why not.
    pub(crate) fn password(&self) -> Result<Password, &'static str> {
        self.check()?;
        Password::new(self.first.text()).map_err(|error| refused(&error))
    }

    /// As the passphrase of a backup, or the name of the sentence why not.
    pub(crate) fn passphrase(&self) -> Result<Passphrase, &'static str> {
        self.check()?;
        Passphrase::new(self.first.text()).map_err(|error| refused(&error))
    }

    /// Wipes both fields.
    pub(crate) fn wipe(&mut self) {
        self.first.wipe();
        self.again.wipe();
        self.meter = Meter::default();
    }

    fn check(&self) -> Result<(), &'static str> {
        match (self.first.text(), self.again.text()) {
            ("", _) => Err("error-password-empty"),
            (first, again) if first == again => Ok(()),
            _ => Err("window-passwords-differ"),
        }
    }
}

/// Why what was typed can be no password.
pub(crate) const fn refused(error: &PasswordError) -> &'static str {
    match error {
        PasswordError::TooLong => "error-password-too-long",
        _ => "error-password-empty",
    }
}
