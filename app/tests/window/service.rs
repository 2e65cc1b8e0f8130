//! A signalling service: chosen, asked, and used by codes that are typed. And what does without one.

use crate::person::Person;
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use nyx_app::text::Language;
use nyx_p2p::AccountState;
use nyx_signal::{Options, Server};
use std::net::{Ipv4Addr, TcpListener};
use tokio::runtime::{Builder, Runtime};

/// A service of this process; it ends with this.
struct Service {
    url: String,
    _runtime: Runtime,
}

impl Service {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(Server::bind((Ipv4Addr::LOCALHOST, 0).into(), Options::default())).unwrap();
        let url = format!("ws://{}", server.local_addr().unwrap());
        runtime.spawn(server.run(std::future::pending()));
        Self { url, _runtime: runtime }
    }
}

impl Person {
    /// Names a service for all meetings.
    fn keeps_service(&mut self, url: &str) {
        let say = self.texts();
        self.select_all_and_type(&say.get("connection-service-address"), url);
        self.press(&say.get("connection-service-keep"));
    }

    /// Shows a number and words, and gives them back.
    fn shows_words(&mut self) -> String {
        let say = self.texts();
        self.press(&say.get("meet-form-typed"));
        self.press(&say.get("meet-show-code"));
        self.until(|window| window.query_by_role_and_label(Role::Button, &say.get("code-copy-words")).is_some());
        self.press_once(&say.get("code-copy-words"));
        let words = self.copied().unwrap();
        assert_eq!(words.split(['-', ' ']).count(), 5, "{words}");
        words
    }

    /// Types what the other device shows.
    fn types_words(&mut self, words: &str) {
        let say = self.texts();
        self.press(&say.get("meet-read"));
        self.press(&say.get("scan-typed"));
        self.select_all_and_type(&say.get("scan-typed-name"), words);
        self.press(&say.get("scan-typed-take"));
    }
}

#[test]
fn a_service_that_is_kept_is_asked_and_used_and_a_typed_code_waits_until_one_is_named() {
    let service = Service::start();
    let mut shows = Person::connecting(Language::English);
    shows.keeps_service(&service.url);
    shows.reads("Signalling service: answers");
    assert_eq!(shows.window.state().model().settings.service.as_deref(), Some(service.url.as_str()));
    let words = shows.shows_words();
    let mut reads = Person::connecting(Language::English);
    reads.types_words(&words);
    reads.reads("This needs a signalling service");
    let typed = reads.window.get_by_role_and_label(Role::TextInput, "Link or code");
    assert_eq!(typed.accesskit_node().value().as_deref(), Some(words.as_str()), "nobody types it twice");
    reads.fill("Signalling service, if you use one (wss://…)", &service.url);
    reads.press("Go on");
    assert_eq!(shows.digits(), reads.digits());
    shows.is_connected();
    reads.is_connected();
    assert_eq!(reads.window.state().model().settings.service, None, "that was for once");
}

#[test]
fn which_service_a_code_leads_to_is_said_while_it_is_called() {
    let service = Service::start();
    let mut shows = Person::connecting(Language::English);
    shows.keeps_service(&service.url);
    shows.reads("Signalling service: answers");
    let link = shows.shows_link();
    // Nobody answers, so there is time to read.
    shows.press("Cancel");
    shows.until(|window| window.query_by_label("Show the code").is_some());
    for language in [Language::English, Language::Indonesian] {
        let mut reads = Person::connecting(language);
        reads.reads_link(&link);
        let host = Ipv4Addr::LOCALHOST.to_string();
        let said = reads.texts().with("meeting-calls", &[("host", host.into())]);
        reads.reads(&said);
        reads.reads(&reads.texts().get("meet-looking"));
    }
}

#[test]
fn what_is_no_service_is_refused_one_that_is_silent_is_said_and_none_is_a_choice() {
    let mut person = Person::connecting(Language::English);
    person.keeps_service("https://nyx.example");
    person.reads("That is not the address of a signalling service");
    // Taken and let go: nobody listens there.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    person.keeps_service(&format!("ws://{silent}"));
    let sentence = person.texts().get("doctor-no-service");
    person.reads(&sentence);
    assert!(person.window.state().model().settings.service.is_some(), "it may answer tomorrow");
    person.press("Networks and service");
    person.reads("is used. Another one for all meetings");
    let (name, keep) =
        (person.texts().get("connection-service-address"), person.texts().get("connection-service-keep"));
    person.window.get_by_role_and_label(Role::TextInput, &name).focus();
    person.window.step();
    person.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    person.window.key_press(Key::Backspace);
    person.window.step();
    person.press(&keep);
    person.reads("No service is used any more");
    assert_eq!(person.window.state().model().settings.service, None);
}

#[test]
fn a_device_that_is_not_found_is_called_where_it_says_that_it_is() {
    let mut shows = Person::connecting(Language::English);
    let link = shows.shows_link();
    let address = shows.window.query_all_by_label_contains("type this address there").find_map(|node| {
        let node = node.accesskit_node();
        let said = node.value().or(node.label())?;
        Some(said.rsplit(' ').next()?.trim_matches(['\u{2068}', '\u{2069}']).to_owned())
    });
    let address = address.unwrap();
    let mut reads = Person::connecting(Language::English);
    reads.press("Read a code");
    // What is said of the camera moves what stands below.
    reads.reads("No camera was found");
    reads.press("Networks and service");
    let name = reads.texts().get("meet-address");
    reads.fill(&name, "kitchen");
    reads.reads_link(&link);
    reads.reads("That is not an address");
    reads.select_all_and_type(&name, &address);
    reads.fill("Link or code", &link);
    reads.press("Go on");
    assert_eq!(shows.digits(), reads.digits());
}

#[test]
fn an_account_moves_by_a_code_that_is_typed() {
    let service = Service::start();
    let mut old = Person::with_something();
    old.open_settings("Connection");
    old.keeps_service(&service.url);
    old.reads("Signalling service: answers");
    old.press("Transfer to new device");
    let words = old.shows_words();
    let mut new = Person::waits_for_account(Language::Indonesian);
    let say = new.texts();
    new.press(&say.get("meet-read"));
    new.reads(&say.get("scan-no-camera"));
    new.press(&say.get("meet-ways"));
    new.fill(&say.get("meet-service-optional"), &service.url);
    new.types_words(&words);
    moves(old, new);
}

#[test]
fn an_account_moves_by_two_codes_that_are_carried_by_hand() {
    let mut old = Person::with_something();
    let mut new = Person::waits_for_account(Language::English);
    new.press("Two codes by hand");
    let first = new.shows_link();
    old.open_settings("Transfer to new device");
    old.reads_link(&first);
    let second = old.copies_link();
    new.press("Type or paste");
    new.fill("Link or code", &second);
    new.press("Go on");
    moves(old, new);
}

/// Both have met; the rest is as ever.
fn moves(mut old: Person, mut new: Person) {
    let digits = new.recognises();
    old.lets_go(&digits);
    new.opens_what_arrived();
    new.until(|window| crate::notes::label(window, "Teh tarik").is_some());
    old.has_moved();
    let kept = |person: &Person| person.window.state().model().settings.clone();
    new.until(|window| window.state().model().account.as_ref().is_some_and(|it| it.state == AccountState::Active));
    assert_eq!(kept(&new), kept(&old), "what is set goes along");
}
