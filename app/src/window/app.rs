//! One frame: events into the model, the screen over it, its wishes to the engine.

mod looks;
mod person;
mod standing;

use super::{
    appearance::{
        Appearance,
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
use egui::{Context, Ui, ViewportCommand};
use jiff::tz::TimeZone;
use nyx_p2p::{CarriedCode, Change, Clock, Command, Event, Reach, RequestId, Setup};
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
}

/// So long it takes the engine to do what waits before, about.
const BEHIND: Duration = Duration::from_millis(20);
