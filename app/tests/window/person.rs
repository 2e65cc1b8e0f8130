//! Somebody in front of the window.

use egui::accesskit::Role;
use egui_kittest::{
    Harness, SnapshotOptions,
    kittest::{NodeT, Queryable},
};
use nyx_app::{
    text::{Language, Texts},
    window::{app::Nyx, appearance::Appearance, eyes::Eyes, model::VaultState},
};
use nyx_media::{
    scanner::Scanner,
    source::{SourceError, synthetic::Synthetic},
};
use nyx_p2p::{Clock, Keyring, PasswordCost, PasswordParams, Reach, Setup, SystemClock};
use nyx_testkit::seed::Seeded;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A window over a vault in a folder of its own.
pub(crate) struct Person {
    pub(crate) window: Harness<'static, Nyx>,
    // Goes after the window.
    home: Arc<TempDir>,
    keyring: Option<Arc<dyn Keyring>>,
}

impl Person {
    pub(crate) fn new() -> Self {
        Self::with(Appearance { language: Language::English, ..Appearance::default() })
    }

    /// Somebody who reads Indonesian.
    pub(crate) fn indonesian() -> Self {
        Self::with(Appearance { language: Language::Indonesian, ..Appearance::default() })
    }

    pub(crate) fn with(appearance: Appearance) -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), appearance, Arc::new(SystemClock::new()))
    }

    /// In a world where it is always the same time, and chance always the same, so that a picture of it is always the
    /// same. Each look has a chance of its own: codes of two that are drawn at once would lead to one place.
    pub(crate) fn at_noon(appearance: Appearance) -> Self {
        let home = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(Noon(SystemClock::new()));
        Self::with_all(home, appearance, clock, None, 7 + appearance.look as u64)
    }

    /// In a world with a clock of its own.
    pub(crate) fn by_clock(clock: Arc<dyn Clock>, language: Language) -> Self {
        let appearance = Appearance { language, ..Appearance::default() };
        Self::at(Arc::new(tempfile::tempdir().unwrap()), appearance, clock)
    }

    fn at(home: Arc<TempDir>, appearance: Appearance, clock: Arc<dyn Clock>) -> Self {
        Self::with_all(home, appearance, clock, None, chance())
    }

    /// On a desktop with a keyring.
    pub(crate) fn with_keyring(keyring: Arc<dyn Keyring>) -> Self {
        let appearance = Appearance { language: Language::English, ..Appearance::default() };
        let home = Arc::new(tempfile::tempdir().unwrap());
        Self::with_all(home, appearance, Arc::new(SystemClock::new()), Some(keyring), chance())
    }

    fn with_all(
        home: Arc<TempDir>,
        appearance: Appearance,
        clock: Arc<dyn Clock>,
        keyring: Option<Arc<dyn Keyring>>,
        seed: u64,
    ) -> Self {
        let kept = keyring.clone();
        let setup = Setup {
            home: home.path().join("nyx"),
            clock,
            rng: Box::new(ChaCha20Rng::seed_from_u64(seed)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring,
            auto_lock: nyx_p2p::AutoLock::AsSet,
            has_door: false,
        };
        let window = Harness::builder().with_size([1000.0, 700.0]).build_eframe(|cc| {
            let mut nyx = Nyx::new(&cc.egui_ctx, setup, appearance)
                .unwrap()
                .in_zone(jiff::tz::TimeZone::UTC)
                // It needs no rights and no network.
                .reaching(Reach { interfaces: vec!["lo".into()], ..Reach::default() });
            nyx.see_with(blind());
            nyx
        });
        Self { window, home, keyring: kept }
    }

    /// The same vault again, after the window was closed.
    pub(crate) fn come_back(self) -> Self {
        self.come_back_after(|_| {})
    }

    /// The same, after something happened to the vault meanwhile.
    pub(crate) fn come_back_after(self, meanwhile: impl FnOnce(&std::path::Path)) -> Self {
        let Self { window, home, keyring } = self;
        let appearance = *window.state().appearance();
        drop(window);
        meanwhile(&home.path().join("nyx"));
        Self::with_all(home, appearance, Arc::new(SystemClock::new()), keyring, chance())
    }

    /// Puts something before the camera, or another camera.
    pub(crate) fn sees_with(&mut self, eyes: Eyes) {
        self.window.state_mut().see_with(eyes);
    }

    /// Goes the whole way to an account with [`PASSWORD`], in whatever language the window has. Gives back the phrase.
    pub(crate) fn create_account(&mut self) -> Vec<String> {
        let say = self.texts();
        self.begin_account();
        self.press(&say.get("create-phrase-show"));
        let words = self.phrase();
        self.press(&say.get("create-phrase-written"));
        self.answer(&words);
        self.press(&say.get("create-button"));
        self.until(|window| matches!(window.state().model().vault, VaultState::Open));
        words
    }

    /// Comes to the locked vault, as soon as what ran before has let go of it.
    pub(crate) fn is_locked_out(&mut self) {
        let say = self.texts();
        self.until(|window| {
            if let Some(again) = window.query_by_role_and_label(Role::Button, &say.get("window-try-again")) {
                again.click_accesskit();
            }
            window.query_by_label(&say.get("unlock-lead")).is_some()
        });
    }

    /// Opens the locked vault with [`PASSWORD`].
    pub(crate) fn unlock(&mut self) {
        let say = self.texts();
        self.fill(&say.get("window-password"), PASSWORD);
        self.press(&say.get("unlock-button"));
        self.until(|window| matches!(window.state().model().vault, VaultState::Open));
    }

    /// As far as the phrase, which is not shown yet.
    pub(crate) fn begin_account(&mut self) {
        let say = self.texts();
        self.press(&say.get("welcome-create"));
        self.fill(&say.get("window-name"), "Sari");
        self.fill(&say.get("window-new-password"), PASSWORD);
        self.fill(&say.get("window-new-password-again"), PASSWORD);
        self.press(&say.get("window-continue"));
    }

    /// A second window over the same home.
    pub(crate) fn beside(&self) -> Self {
        Self::at(Arc::clone(&self.home), *self.window.state().appearance(), Arc::new(SystemClock::new()))
    }

    /// The numbered words that the window shows.
    pub(crate) fn phrase(&mut self) -> Vec<String> {
        self.window.step();
        let mut words: Vec<(usize, String)> = self
            .window
            .root()
            .children_recursive()
            .filter(|node| node.accesskit_node().role() == Role::Label)
            .filter_map(|node| {
                let text = node.accesskit_node().value().or(node.accesskit_node().label())?;
                let (number, word) = text.trim().split_once(char::is_whitespace)?;
                Some((number.parse().ok()?, word.trim().to_owned()))
            })
            .collect();
        words.sort();
        words.into_iter().map(|(_, word)| word).collect()
    }

    /// Answers which words stand at the places that are asked for.
    pub(crate) fn answer(&mut self, words: &[String]) {
        for (place, word) in words.iter().enumerate() {
            let name = self.texts().with("create-asked-word", &[("place", (place + 1).into())]);
            self.window.step();
            if self.window.query_by_role_and_label(Role::TextInput, &name).is_some() {
                self.fill(&name, word);
            }
        }
    }

    /// Waits for a button and presses it.
    #[track_caller]
    pub(crate) fn press(&mut self, name: &str) {
        self.until(|window| {
            window.query_by_role_and_label(Role::Button, name).is_some_and(|node| !node.accesskit_node().is_disabled())
        });
        self.window.get_by_role_and_label(Role::Button, name).click_accesskit();
        self.window.step();
        self.window.step();
    }

    /// Presses a button that is there, and draws one frame.
    #[track_caller]
    pub(crate) fn press_once(&mut self, name: &str) {
        self.window.get_by_role_and_label(Role::Button, name).click_accesskit();
        self.window.step();
    }

    /// Replaces what stands in a field.
    #[track_caller]
    pub(crate) fn select_all_and_type(&mut self, name: &str, text: &str) {
        self.fill(name, "");
        self.window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.window.step();
        self.window.event(egui::Event::Text(text.to_owned()));
        self.window.step();
        self.window.step();
    }

    /// What the last frame put into the clipboard.
    pub(crate) fn copied(&self) -> Option<String> {
        self.window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// Whether the last frame asked what the clipboard holds.
    pub(crate) fn wants_to_paste(&self) -> bool {
        let commands = self.window.output().viewport_output.values().flat_map(|viewport| &viewport.commands);
        commands.into_iter().any(|command| matches!(command, egui::ViewportCommand::RequestPaste))
    }

    /// Lets so much time go by between two frames.
    pub(crate) fn wait(&mut self, secs: f64) {
        let now = self.window.ctx.input(|input| input.time);
        self.window.input_mut().time = Some(now + secs);
        self.window.step();
    }

    /// Waits for a field and types into it by keys.
    #[track_caller]
    pub(crate) fn fill(&mut self, name: &str, text: &str) {
        let role = |window: &Harness<'static, Nyx>| {
            [Role::PasswordInput, Role::TextInput, Role::MultilineTextInput]
                .into_iter()
                .find(|role| window.query_by_role_and_label(*role, name).is_some())
        };
        self.until(|window| role(window).is_some());
        let role = role(&self.window).unwrap();
        self.window.get_by_role_and_label(role, name).focus();
        self.window.step();
        self.window.event(egui::Event::Text(text.to_owned()));
        self.window.step();
        self.window.step();
    }

    /// Opens the settings by keys, and a part of them.
    #[track_caller]
    pub(crate) fn open_settings(&mut self, part: &str) {
        self.until(|window| matches!(window.state().model().vault, VaultState::Open));
        let title = self.texts().get("settings-title");
        self.until(|window| {
            let is_shown = window.query_by_role_and_label(Role::Heading, &title).is_some();
            if !is_shown {
                // The screen before may not have heard yet that the vault is open.
                window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Comma);
            }
            is_shown
        });
        self.press(part);
    }

    /// A file in the folder that goes away with this person.
    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    /// Waits for a sentence.
    #[track_caller]
    pub(crate) fn reads(&mut self, sentence: &str) {
        self.until(|window| window.query_all_by_label_contains(sentence).next().is_some());
    }

    /// Compares the window with the picture of this name.
    ///
    /// Twenty pixels may differ: the driver rounds corners of glyphs in its own way from version to version, and a
    /// letter that is another one changes more.
    pub(crate) fn picture(&mut self, name: &str) {
        self.picture_without(name, &[]);
    }

    /// The same, without what stands at some places.
    pub(crate) fn picture_without(&mut self, name: &str, masked: &[egui::Rect]) {
        self.window.step();
        for place in masked {
            self.window.mask(*place);
        }
        let options = SnapshotOptions::new()
            .output_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/window/snapshots"))
            .max_failed_pixels(20);
        self.window.snapshot_options(name, &options);
    }

    /// The sentences of the language that the window has.
    pub(crate) fn texts(&self) -> Texts {
        Texts::of(self.window.state().appearance().language)
    }

    /// Lets time go by until the window shows what is waited for.
    #[track_caller]
    pub(crate) fn until(&mut self, shows: impl Fn(&Harness<'static, Nyx>) -> bool) {
        let begin = Instant::now();
        loop {
            self.window.step();
            if shows(&self.window) {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "never shown; the window has\n{:#?}", self.window.root());
            sleep(Duration::from_millis(5));
        }
    }
}

/// A seed for nobody else: two who have the same make the same codes, and meet where they did not want to.
fn chance() -> u64 {
    static PEOPLE: AtomicU64 = AtomicU64::new(0);
    let person = PEOPLE.fetch_add(1, Ordering::Relaxed);
    Seeded::from_environment(&format!("person {person}")).next_u64().wrapping_add(person)
}

/// A machine without a camera.
fn blind() -> Eyes {
    Eyes::of(Vec::new, |_, ctx| {
        Scanner::start(|| Err::<Synthetic, _>(SourceError::NoCamera), move || ctx.request_repaint())
    })
}

/// It is always noon of a day in June.
struct Noon(SystemClock);

impl Clock for Noon {
    fn unix_ms(&self) -> i64 {
        1_780_488_000_000
    }

    fn running(&self) -> Duration {
        self.0.running()
    }
}

/// Good enough for a vault that lives for seconds.
pub(crate) const PASSWORD: &str = "walrus lantern oblique ferry";
/// Long beyond anything that a busy machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
