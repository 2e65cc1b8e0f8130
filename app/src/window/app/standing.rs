//! How the vault stands, and what the window makes of it: where to go, what to ask for, what to forget.

use super::Nyx;
use crate::window::{
    errands::Errands,
    model::{Model, VaultState},
    screens::{Aside, Route, Screen, Sending},
};
use egui::Context;
use nyx_p2p::{Command, Event, Failure, Stage, Told};

impl Nyx {
    /// There is nothing left, or it is said why not.
    pub(super) fn erased(&mut self, ctx: &Context, event: Event) {
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

    pub(super) fn found(&mut self, event: Event) {
        self.model.vault = match event {
            Event::Done => VaultState::Locked,
            Event::Failed(Failure::NoAccount) => VaultState::Missing,
            Event::Failed(failure) => VaultState::Unusable(failure),
            _ => return,
        };
    }

    /// Goes where the state of the vault demands: nothing of an account is on the screen while it is locked.
    pub(super) fn follow_vault(&mut self, ctx: &Context) {
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

    /// What a move changes of the account is asked for, whoever looks.
    pub(super) fn follow_move(&mut self, told: &Told) {
        let is_of_it = told.by.is_some_and(|by| self.sending.is(by));
        match &told.event {
            Event::Moved { .. } | Event::Failed(Failure::MoveExpired | Failure::NoMove) => self.move_is_over(),
            Event::Stage(Stage::Finishing) | Event::Done | Event::Failed(_) if is_of_it => self.ask_for_account(),
            _ => {}
        }
    }

    pub(super) fn move_is_over(&mut self) {
        self.model.unfinished = None;
        self.ask_for_account();
    }

    pub(super) fn ask_for_account(&mut self) {
        if matches!(self.model.vault, VaultState::Open) {
            self.wishes.engine.send(Command::Status);
        }
    }

    /// Has the conversations told anew; however much changes, they are asked for once at a time.
    pub(super) fn list_chats(&mut self) {
        if self.model.chats_are_stale && self.listing.is_none() && matches!(self.model.vault, VaultState::Open) {
            self.listing = self.wishes.engine.post(Command::ListChats);
            self.model.chats_are_stale = self.listing.is_none();
        }
    }
}
