//! An account moves between two windows.

use crate::person::{PASSWORD, Person};
use egui::{Key, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::{
    text::Language,
    window::{appearance::Appearance, model::VaultState},
};
use nyx_p2p::{AccountState, CarriedCode};

/// What opens the vault on the new device.
pub(crate) const NEW_PASSWORD: &str = "pebble orchid quantum teapot";
/// The last word of the old device's person.
pub(crate) const YES: &str = "Yes, transfer everything";

impl Person {
    /// Somebody with an account and a message in it.
    pub(crate) fn with_something() -> Self {
        let mut person = crate::notes::at_notes();
        person.write("Teh tarik");
        person
    }

    /// Somebody at the first start, as far as the code.
    pub(crate) fn waits_for_account(language: Language) -> Self {
        let mut person = Self::with(Appearance { language, ..Appearance::default() });
        person.begins_to_receive();
        person
    }

    pub(crate) fn begins_to_receive(&mut self) {
        let say = self.texts();
        self.press(&say.get("welcome-receive"));
        self.fill(&say.get("window-new-password"), NEW_PASSWORD);
        self.fill(&say.get("window-new-password-again"), NEW_PASSWORD);
        self.press(&say.get("window-continue"));
    }

    /// Both have met; the new device says yes and tells the digits.
    pub(crate) fn recognises(&mut self) -> String {
        let say = self.texts();
        self.reads(&say.get("receive-account"));
        self.reads("Sari");
        self.press(&say.get("receive-account-yes"));
        self.digits()
    }

    /// The old device types the digits, the password, and says yes.
    pub(crate) fn lets_go(&mut self, digits: &str) {
        self.proves(digits);
        self.press(YES);
    }

    /// The same as far as the last question.
    pub(crate) fn proves(&mut self, digits: &str) {
        self.fill("Six digits", digits);
        self.press("Continue");
        self.reads("Your password");
        self.fill("Password", "not this one");
        self.press("Continue");
        self.reads("That is not the password");
        self.fill("Password", PASSWORD);
        self.press("Continue");
        self.reads("Is this the new device?");
        self.reads("this network");
        assert!(self.window.query_by_label("Cancel").is_none(), "no is the way to stop");
    }

    /// Everything has come: it is said what, and from there one goes to the chats.
    pub(crate) fn opens_what_arrived(&mut self) {
        let say = self.texts();
        self.reads(&say.get("arrived-title"));
        self.press(&say.get("arrived-open"));
        self.until(|window| matches!(window.state().model().vault, VaultState::Open));
    }

    pub(crate) fn has_moved(&mut self) {
        self.until(|window| {
            let account = window.state().model().account.as_ref();
            account.is_some_and(|account| matches!(account.state, AccountState::Moved { .. }))
        });
        let said = self.texts().with("transfer-moved", &[("name", "".into())]);
        self.reads(said.trim_end_matches([' ', '.']));
    }
}

#[test]
fn an_account_moves_and_the_old_device_says_where_it_went() {
    let mut old = Person::with_something();
    let mut new = Person::waits_for_account(Language::Indonesian);
    let link = new.shows_link();
    old.open_settings("Transfer to new device");
    old.reads("1 message and 0 files");
    old.reads_link(&link);
    let digits = new.recognises();
    old.lets_go(&digits);
    new.opens_what_arrived();
    new.until(|window| crate::notes::label(window, "Teh tarik").is_some());
    old.has_moved();
    // It is to be read and not to be written, and nothing is erased by itself.
    old.press("Back");
    old.reads("Here it can only be read");
    old.until(|window| crate::notes::label(window, "Teh tarik").is_some());
    is_only_read(&mut old);
    settings_are_only_read(&mut old);
    old.press("Show");
    old.press("Erase this device…");
    old.fill("Type erase to go on", "erase");
    old.press("Erase everything");
    old.reads("Create account");
    // The password of the new device opens it, and no other does.
    new.window.key_press_modifiers(egui::Modifiers::COMMAND, Key::L);
    new.reads(&new.texts().get("unlock-lead"));
    new.fill("Kata sandi", NEW_PASSWORD);
    new.press("Buka");
    new.until(|window| matches!(window.state().model().vault, VaultState::Open));
}

/// Nothing is offered that would fail; what can be read can be found and saved.
fn is_only_read(old: &mut Person) {
    old.reads("write there");
    for gone in ["Write a message", "Send", "Disappearing messages"] {
        assert!(old.window.query_by_label(gone).is_none(), "{gone}");
    }
    old.menu("Teh tarik");
    old.until(|window| window.query_by_label("Copy text").is_some());
    for gone in ["Reply", "Edit", "Delete", "React"] {
        assert!(old.window.query_by_role_and_label(Role::Button, gone).is_none(), "{gone}");
    }
    old.window.key_press(Key::Escape);
    old.window.key_press_modifiers(egui::Modifiers::COMMAND, Key::F);
    old.fill(&old.texts().get("search-field"), "tarik");
    let you = old.texts().get("chat-you");
    old.until(|window| {
        let mut found = window.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
        found.any(|label| label.starts_with(&you))
    });
    old.window.key_press(Key::Escape);
}

/// What goes with the account can be looked at, and it is said why it cannot be changed.
fn settings_are_only_read(old: &mut Person) {
    let is_offered =
        |old: &Person, role, name: &str| !old.window.get_by_role_and_label(role, name).accesskit_node().is_disabled();
    old.open_settings("Lock and privacy");
    old.reads("These settings go with the account, so here they cannot be changed");
    for fixed in ["5 min", "From whom", "Hide"] {
        assert!(!is_offered(old, Role::Button, fixed), "{fixed}");
    }
    // Whether this machine starts Nyx is its own affair.
    old.until(|window| window.query_by_role_and_label(Role::Button, "Off").is_some());
    assert!(is_offered(old, Role::Button, "Off"));
    old.press("Connection");
    old.reads("These settings go with the account");
    assert!(!is_offered(old, Role::TextInput, &old.texts().get("connection-service-address")));
    old.press("Back");
}

#[test]
fn the_old_device_may_show_the_code_and_a_link_leads_to_the_first_start() {
    let mut old = Person::with_something();
    old.open_settings("Transfer to new device");
    old.press("Show the code");
    let link = old.copies_link();
    let mut new = Person::new();
    new.until(|window| matches!(window.state().model().vault, VaultState::Missing));
    new.window.state_mut().follow_link(CarriedCode::new(&link));
    new.reads("wants to send its account here");
    new.press("Go on");
    new.fill("New password", NEW_PASSWORD);
    new.fill("New password, once more", NEW_PASSWORD);
    new.press("Continue");
    let digits = new.recognises();
    old.lets_go(&digits);
    new.opens_what_arrived();
    old.has_moved();
}

#[test]
fn wrong_digits_move_nothing_and_it_can_be_tried_again_at_once() {
    let mut old = Person::with_something();
    let mut new = Person::waits_for_account(Language::English);
    let link = new.shows_link();
    old.open_settings("Transfer to new device");
    old.reads_link(&link);
    let digits = new.recognises();
    old.fill("Six digits", "12");
    old.press("Continue");
    old.reads("These are not six digits");
    let wrong = if digits == "123456" { "654321" } else { "123456" };
    old.select_all_and_type("Six digits", wrong);
    old.press("Continue");
    old.reads("The digits were wrong");
    new.reads("The digits were wrong");
    // The page begins with it, also where there is room for little else.
    for person in [&mut old, &mut new] {
        person.window.set_size(vec2(400.0, 560.0));
        person.window.run_steps(4);
        let said = person.window.query_all_by_label_contains("The digits were wrong").next().unwrap().rect();
        assert!(said.top() > 0.0 && said.bottom() < 400.0, "{said}");
        person.window.set_size(vec2(1000.0, 700.0));
    }
    let link = new.shows_link();
    old.reads_link(&link);
    let digits = new.recognises();
    old.lets_go(&digits);
    old.has_moved();
}

#[test]
fn who_says_no_or_cancels_leaves_both_as_they_were() {
    let mut old = Person::with_something();
    let mut new = Person::waits_for_account(Language::English);
    old.open_settings("Transfer to new device");
    let link = new.shows_link();
    old.reads_link(&link);
    new.reads("Is this your account?");
    assert!(new.window.query_by_label("Cancel").is_none(), "no is the way to stop");
    new.press("No, take nothing");
    old.reads("The other device");
    new.until(|window| window.query_by_label("Show the code").is_some());
    let link = new.shows_link();
    old.reads_link(&link);
    new.recognises();
    old.until(|window| window.query_by_role_and_label(Role::TextInput, "Six digits").is_some());
    // The first leaves the field.
    for _ in 0..2 {
        old.window.key_press(Key::Escape);
        old.window.run_steps(2);
    }
    old.until(|window| window.query_by_label("Show a code").is_some());
    new.reads("The other device ended it");
    assert!(!new.file("nyx").exists(), "nothing has come");
    assert_eq!(old.window.state().model().account.as_ref().unwrap().state, AccountState::Active);
}

#[test]
fn who_else_tries_the_code_is_turned_away_and_that_is_said() {
    let mut old = Person::with_something();
    let mut new = Person::waits_for_account(Language::English);
    let link = new.shows_link();
    old.open_settings("Transfer to new device");
    old.reads_link(&link);
    new.reads("Is this your account?");
    let mut thief = Person::with_something();
    thief.open_settings("Transfer to new device");
    thief.reads_link(&link);
    new.reads("Somebody else tried this code");
    thief.reads("A second device used the same code");
    let digits = new.recognises();
    old.lets_go(&digits);
    old.has_moved();
}

#[test]
fn a_device_with_an_account_takes_no_other_one() {
    let mut old = Person::with_something();
    old.open_settings("Transfer to new device");
    old.press("Show the code");
    let link = old.copies_link();
    let mut other = Person::with_something();
    other.window.state_mut().follow_link(CarriedCode::new(&link));
    other.reads("there is one already");
    other.press("Close");
    other.open_settings("Transfer to new device");
    other.reads_link(&link);
    other.reads("That code is for something else");
    let node = other.window.get_by_role_and_label(Role::TextInput, "Link or code");
    assert!(node.accesskit_node().value().is_some());
}
