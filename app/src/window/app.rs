//! One frame: events into the model, the screen over it, its wishes to the engine.

use super::{
    appearance::{
        Appearance, SCALES,
        kept::{Keeper, Kept},
    },
    banner,
    clipboard::Clipboard,
    cx::{Cx, Wishes},
    engine::Engine,
    errands::Errands,
    escape::Escape,
    eyes::Eyes,
    fonts,
    link::{Followed, Goal},
    model::{Model, VaultState},
    screens::{Aside, Route, Screen, Sending},
    theme::Theme,
    times::Now,
};
use crate::text::Texts;
use egui::{Context, Event as Input, Key, KeyboardShortcut, Modifiers, Ui, ViewportCommand};
use jiff::tz::TimeZone;
use nyx_p2p::{CarriedCode, Change, Clock, Command, Event, Failure, Reach, RequestId, Setup, Stage, Told};
use std::{io, sync::Arc, time::Duration};

/// The window's content, without a window: tests draw it too.
pub struct Nyx {
    model: Model,
    wishes: Wishes,
    screen: Screen,
    aside: Aside,
    sending: Sending,
    errands: Errands,
    appearance: Appearance,
    /// What of the appearance is in effect.
    shown: Option<Appearance>,
    texts: Texts,
    theme: Theme,
    /// The question whether there is a vault.
    finding: Option<RequestId>,
    /// The conversations were asked for, and the answer is not there yet.
    listing: Option<RequestId>,
    clock: Arc<dyn Clock>,
    zone: TimeZone,
    /// Everything is being removed.
    erasing: Option<RequestId>,
    keeper: Keeper,
    /// What was last kept of the appearance.
    kept: Kept,
    clipboard: Clipboard,
    /// When the engine last heard that the person is there.
    present_at: f64,
    /// Something had the keyboard after the last frame.
    had_focus: bool,
    /// A link that somebody followed, and what becomes of it is not said yet.
    link: Followed,
    eyes: Eyes,
    /// What meetings may use before anybody chooses.
    reach: Reach,
}

impl Nyx {
    /// Starts the engine and looks for the vault.
    pub fn new(ctx: &Context, setup: Setup, appearance: Appearance) -> io::Result<Self> {
        fonts::install(ctx);
        let wake = ctx.clone();
        let clock = Arc::clone(&setup.clock);
        let keeper = Keeper::start(setup.home.clone());
        let kept = Kept::read(&setup.home);
        let mut engine = Engine::start(setup, move || wake.request_repaint())?;
        let finding = engine.post(Command::Find);
        let mut nyx = Self {
            model: Model::default(),
            wishes: Wishes::new(engine),
            screen: Screen::Finding,
            aside: Aside::default(),
            sending: Sending::default(),
            errands: Errands::default(),
            appearance,
            shown: None,
            texts: Texts::of(appearance.language),
            theme: Theme::of(appearance.look),
            finding,
            listing: None,
            clock,
            zone: TimeZone::system(),
            erasing: None,
            keeper,
            kept,
            clipboard: Clipboard::default(),
            present_at: 0.0,
            had_focus: false,
            link: Followed::default(),
            eyes: Eyes::default(),
            reach: Reach::default(),
        };
        // Scale has steps of its own here, and is kept.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        // Before the first frame: it is drawn with what it finds.
        nyx.apply_appearance(ctx);
        Ok(nyx)
    }

    /// Shows times as they are in a zone, and not as they are on this machine.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Sees with something else than the cameras of this machine.
    pub fn see_with(&mut self, eyes: Eyes) {
        self.eyes = eyes;
    }

    /// Uses no more than this when it meets other devices.
    #[must_use]
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// What must happen even while the window is hidden.
    pub(super) fn think(&mut self, ctx: &Context) {
        self.apply_appearance(ctx);
        while let Some(told) = self.wishes.engine.take() {
            self.follow_move(&told);
            if let Some(conversation) = self.wishes.engine.ended_draft(&told) {
                self.model.ended_draft(conversation, told.event);
            } else if told.by.is_some()
                && told.by == self.finding
                && matches!(told.event, Event::Done | Event::Failed(_))
            {
                self.found(told.event);
            } else if told.by.is_some()
                && told.by == self.erasing
                && matches!(told.event, Event::Done | Event::Failed(_))
            {
                self.erased(ctx, told.event);
            } else if told.by.is_some()
                && told.by == self.listing
                && matches!(told.event, Event::Done | Event::Failed(_))
            {
                self.listing = None;
            } else if let Event::ShowWindow { link } = told.event {
                if let Some(link) = link {
                    self.link.follow(link);
                }
                for command in
                    [ViewportCommand::Visible(true), ViewportCommand::Minimized(false), ViewportCommand::Focus]
                {
                    ctx.send_viewport_cmd(command);
                }
            } else {
                if let Event::Changed(Change::Removed { conversation, seqs }) = &told.event {
                    self.screen.forget(*conversation, seqs);
                }
                let is_opened = matches!(told.event, Event::Opened);
                self.model.fold(told);
                if is_opened {
                    self.ask_for_account();
                }
            }
        }
        if self.wishes.engine.is_behind() || self.wishes.erase || self.wishes.find_again {
            ctx.request_repaint_after(BEHIND);
        }
        self.model.pictures.upload(ctx);
        self.list_chats();
        self.follow_vault(ctx);
        self.clipboard.think(ctx);
        self.follow_person(ctx);
        self.keep_appearance(ctx);
    }

    /// Draws the screen and carries out what it wishes.
    pub(super) fn draw(&mut self, ui: &mut Ui) {
        let now = Now::within(self.clock.unix_ms(), self.zone.clone());
        let mut cx = Cx {
            model: &self.model,
            texts: &self.texts,
            theme: &self.theme,
            appearance: &mut self.appearance,
            now: &now,
            passed: self.clock.passed(),
            eyes: &self.eyes,
            reach: &self.reach,
            escape: Escape::of(ui.ctx(), self.had_focus),
            aside: &mut self.aside,
            sending: &mut self.sending,
            wishes: &mut self.wishes,
        };
        if self.screen.needs_vault() {
            self.errands.show(ui, &mut cx);
            if !self.screen.is_transfer() {
                let mut sending = std::mem::take(cx.sending);
                banner::show(ui, &mut cx, &mut sending);
                *cx.sending = sending;
            }
        }
        self.screen.show(ui, &mut cx);
        let followed = self.link.show(ui.ctx(), (cx.theme, cx.texts), &cx.model.vault);
        if cx.wishes.route.is_some() || followed.is_some() {
            self.screen.leave(&mut cx);
        }
        if let Some((goal, code)) = followed {
            cx.wishes.route = None;
            self.screen = match goal {
                Goal::Check => Screen::connecting(code),
                Goal::Receive => Screen::receiving(code),
                Goal::Send => {
                    cx.sending.follow(code);
                    Screen::of(Route::Transfer)
                }
            };
            ui.ctx().request_repaint();
        }
        if std::mem::take(&mut self.wishes.lock) {
            self.lock();
        }
        self.follow_wishes();
        self.ask(ui.ctx());
        if let Some(secret) = self.wishes.copied.take() {
            self.clipboard.copy(ui.ctx(), &secret);
        }
        if std::mem::take(&mut self.wishes.is_entered) {
            self.wishes.engine.send(Command::Settle { reach: self.reach.clone() });
        }
        if self.wishes.find_again {
            self.model.vault = VaultState::Unknown;
            self.finding = self.wishes.engine.post(Command::Find);
            // One that was not taken is sent in the next frame.
            self.wishes.find_again = self.finding.is_none();
        }
        if std::mem::take(&mut self.wishes.is_move_over) {
            self.move_is_over();
        }
        if self.wishes.erase && self.erasing.is_none() {
            self.erasing = self.wishes.engine.post(Command::Erase);
            self.wishes.erase = self.erasing.is_none();
        }
        if let Some(route) = self.wishes.route.take() {
            self.screen = Screen::of(route);
            ui.ctx().request_repaint();
        }
        if self.shown != Some(self.appearance) {
            ui.ctx().request_repaint();
        }
        self.had_focus = ui.memory(|memory| memory.focused().is_some());
    }

    /// Somebody followed a link to Nyx.
    pub fn follow_link(&mut self, link: CarriedCode) {
        self.link.follow(link);
    }

    /// Wipes the keys from memory, after what was begun is kept. Works while the window is hidden.
    pub fn lock(&mut self) {
        self.keep();
        self.wishes.engine.send(Command::Lock);
    }

    /// Keeps what was begun and is not in the vault yet, down to the last letter.
    pub fn keep(&mut self) {
        let now = Now::within(self.clock.unix_ms(), self.zone.clone());
        let mut cx = Cx {
            model: &self.model,
            texts: &self.texts,
            theme: &self.theme,
            appearance: &mut self.appearance,
            now: &now,
            passed: self.clock.passed(),
            eyes: &self.eyes,
            reach: &self.reach,
            escape: Escape::Nothing,
            aside: &mut self.aside,
            sending: &mut self.sending,
            wishes: &mut self.wishes,
        };
        self.screen.keep(&mut cx);
        self.follow_wishes();
    }

    /// Takes note of what was sent by a screen.
    fn follow_wishes(&mut self) {
        for id in self.wishes.watched.drain(..) {
            self.model.jobs.watch(id);
        }
        for id in self.wishes.forgotten.drain(..) {
            self.model.jobs.forget(id);
        }
        for (conversation, draft) in self.wishes.drafts.drain(..) {
            self.model.begun(conversation, draft);
        }
        self.wishes.errands.drain(..).for_each(|errand| self.errands.begin(errand));
        self.wishes.complaints.drain(..).for_each(|text| self.errands.complain(text));
    }

    /// Every sentence.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// What is known.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Asks the engine for what the screen looked at and was not there.
    fn ask(&mut self, ctx: &Context) {
        let Wishes { engine, again, places, attached, pictures, .. } = &mut self.wishes;
        self.model.rows.begin_frame(ctx.input(|input| input.time));
        for (conversation, seq) in again.drain(..) {
            self.model.rows.read_again(conversation, seq);
        }
        for (conversation, places) in places.drain(..) {
            self.model.rows.want(conversation, places, |command| engine.post(command));
        }
        if let Some((conversation, count)) = attached.take() {
            self.model.attached.want(conversation, count, |command| engine.post(command));
        }
        if let Some(secs) = self.model.rows.again_in() {
            ctx.request_repaint_after_secs(secs as f32 + 0.01);
        }
        for wish in pictures.drain(..) {
            self.model.pictures.want(ctx, &wish, |command| engine.post(command));
        }
    }

    /// What a move changes of the account is asked for, whoever looks.
    fn follow_move(&mut self, told: &Told) {
        let is_of_it = told.by.is_some_and(|by| self.sending.is(by));
        match &told.event {
            Event::Moved { .. } | Event::Failed(Failure::MoveExpired | Failure::NoMove) => self.move_is_over(),
            Event::Stage(Stage::Finishing) | Event::Done | Event::Failed(_) if is_of_it => self.ask_for_account(),
            _ => {}
        }
    }

    fn move_is_over(&mut self) {
        self.model.unfinished = None;
        self.ask_for_account();
    }

    fn ask_for_account(&mut self) {
        if matches!(self.model.vault, VaultState::Open) {
            self.wishes.engine.send(Command::Status);
        }
    }

    /// Has the conversations told anew; however much changes, they are asked for once at a time.
    fn list_chats(&mut self) {
        if self.model.chats_are_stale && self.listing.is_none() && matches!(self.model.vault, VaultState::Open) {
            self.listing = self.wishes.engine.post(Command::ListChats);
            self.model.chats_are_stale = self.listing.is_none();
        }
    }

    /// How it looks.
    #[must_use]
    pub const fn appearance(&self) -> &Appearance {
        &self.appearance
    }

    fn apply_appearance(&mut self, ctx: &Context) {
        if self.shown == Some(self.appearance) {
            return;
        }
        self.texts = Texts::of(self.appearance.language);
        self.theme = Theme::of(self.appearance.look);
        self.theme.apply(ctx);
        ctx.set_zoom_factor(self.appearance.scale);
        self.shown = Some(self.appearance);
    }

    /// What lasts of the appearance goes to its file when it changes.
    fn keep_appearance(&mut self, ctx: &Context) {
        let Appearance { language, look, scale } = self.appearance;
        // Asked before: what is asked inside of another question waits for itself.
        let zoom = ctx.zoom_factor();
        let size = ctx.input(|input| {
            let window = input.viewport();
            let is_free = window.maximized != Some(true) && window.fullscreen != Some(true);
            window.inner_rect.filter(|_| is_free).map(|rect| (rect.size() * zoom).round().into())
        });
        let kept = Kept { language: Some(language), look, scale: Some(scale), size: size.or(self.kept.size) };
        if kept != self.kept {
            self.kept = kept;
            self.keeper.keep(kept);
        }
    }

    /// There is nothing left, or it is said why not.
    fn erased(&mut self, ctx: &Context, event: Event) {
        self.erasing = None;
        self.forget_widgets(ctx);
        self.aside = Aside::default();
        self.sending = Sending::default();
        self.errands = Errands::default();
        let vault = match event {
            Event::Failed(failure) => VaultState::Unusable(failure),
            _ => VaultState::Missing,
        };
        self.model = Model { vault, ..Model::default() };
        self.screen = Screen::Finding;
    }

    fn found(&mut self, event: Event) {
        self.model.vault = match event {
            Event::Done => VaultState::Locked,
            Event::Failed(Failure::NoAccount) => VaultState::Missing,
            Event::Failed(failure) => VaultState::Unusable(failure),
            _ => return,
        };
    }

    /// Goes where the state of the vault demands: nothing of an account is on the screen while it is locked.
    fn follow_vault(&mut self, ctx: &Context) {
        if self.erasing.is_some() {
            return;
        }
        if !matches!(self.model.vault, VaultState::Open) {
            self.aside.let_go(&self.model.jobs);
        }
        let route = match (&self.model.vault, self.screen.needs_vault()) {
            (VaultState::Locked, true) => Route::Unlock,
            (VaultState::Locked, false) if matches!(self.screen, Screen::Finding) => Route::Unlock,
            (VaultState::Missing, true) => Route::Welcome,
            (VaultState::Missing, false) if matches!(self.screen, Screen::Finding) => Route::Welcome,
            _ => return,
        };
        self.screen.let_go(&mut self.aside, &self.model.jobs);
        self.screen = Screen::of(route);
        self.errands.stop(&self.texts);
        self.sending = Sending::default();
        self.model.jobs.forget_all();
        self.forget_widgets(ctx);
    }

    /// Wipes what widgets remember: texts that were typed, with the history of each.
    fn forget_widgets(&self, ctx: &Context) {
        ctx.memory_mut(|memory| {
            memory.data.clear();
            memory.caches = Default::default();
        });
    }

    /// The keys that make everything larger or smaller, in the steps that the settings offer.
    fn follow_scale(&mut self, ctx: &Context) {
        let here = SCALES.iter().position(|scale| *scale == self.appearance.scale);
        let here = here.unwrap_or(SCALE_NORMAL);
        let to = ctx.input_mut(|input| {
            if input.consume_shortcut(&LARGER) || input.consume_shortcut(&LARGER_SHIFTED) {
                (here + 1).min(SCALES.len() - 1)
            } else if input.consume_shortcut(&SMALLER) {
                here.saturating_sub(1)
            } else if input.consume_shortcut(&NORMAL) {
                SCALE_NORMAL
            } else {
                here
            }
        });
        if to != here {
            self.appearance.scale = SCALES[to];
        }
    }

    /// Whoever types or points is there; whoever wants it locked says so from any screen.
    fn follow_person(&mut self, ctx: &Context) {
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
fn is_of_a_person(event: &Input) -> bool {
    matches!(
        event,
        Input::Key { .. }
            | Input::Text(_)
            | Input::Ime(_)
            | Input::Paste(_)
            | Input::PointerMoved(_)
            | Input::PointerButton { .. }
            | Input::MouseWheel { .. }
            | Input::Touch { .. }
    )
}

/// Locks, from any screen.
const LOCK: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::L);
/// As in other programs.
const SETTINGS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma);
const LARGER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus);
/// Where plus is typed with Shift.
const LARGER_SHIFTED: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals);
const SMALLER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Minus);
const NORMAL: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num0);
/// The system's own size among [`SCALES`].
const SCALE_NORMAL: usize = 2;
/// So long it takes the engine to do what waits before, about.
const BEHIND: Duration = Duration::from_millis(20);
/// The lock counts minutes: more often would tell the engine nothing.
const PRESENT_EVERY_SECS: f64 = 5.0;
