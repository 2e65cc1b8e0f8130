//! Which command is done where.

use super::{Engine, Open, State, lanes::Lane, working::blocking};
use crate::{
    account::{self, Begun, creation, keyring},
    backup,
    chats::{self, drafts, notes, reading, rows},
    command::Command,
    event::{Event, ShownPhrase, Told},
    failure::Failure,
    files::{picture, saving},
    front::Request,
    jobs::Job,
    lookout,
    moving::{self, GoingOn, Receiving, Sending},
    pairing::What,
    verify,
};
use nyx_crypto::phrase::Phrase;
use std::sync::{Arc, atomic::AtomicU64};

impl Engine {
    pub(super) async fn route(&mut self, request: Request) {
        let job = Job {
            by: request.by,
            events: self.events.clone(),
            stop: Arc::clone(&request.stop),
            clock: Arc::clone(&self.world.clock),
            told_at_ms: AtomicU64::new(0),
        };
        let world = self.world.clone();
        let is_spoken_for =
            self.making.is_under_way() || (self.pairings.is(What::Receive) && matches!(self.state, State::Away));
        if is_spoken_for && takes_the_home(&request.command) {
            return self.tell(request.by, Event::Failed(Failure::Busy)).await;
        }
        match request.command {
            Command::Find => self.find(job).await,
            Command::NewAccount { name, password, words } => {
                // Before anybody writes a phrase down for nothing.
                let home = match self.state {
                    State::Away => Ok(world.home.clone()),
                    State::Locked(_) | State::Open(_) => Err(Failure::AccountExists),
                };
                let free = blocking(move || creation::must_be_free(&home?)).await;
                let begun = free.and_then(|()| account::account_name(&name)).map(|name| {
                    let phrase = world.random(|rng| Phrase::generate(words, rng));
                    Begun { name, password, phrase }
                });
                match begun {
                    Ok(begun) => {
                        self.tell(request.by, Event::Phrase(ShownPhrase::of(&begun.phrase))).await;
                        self.begun = Some((begun, self.world.clock.passed()));
                        self.tell(request.by, Event::Done).await;
                    }
                    Err(failure) => self.tell(request.by, Event::Failed(failure)).await,
                }
            }
            Command::PhraseKept => match self.begun.take() {
                None => self.tell(request.by, Event::Failed(Failure::NothingToConfirm)).await,
                Some((begun, _)) => self.enter(job, move |job| (account::create(job, &world, &begun), None)).await,
            },
            Command::PhraseNotKept => {
                self.begun = None;
                self.tell(request.by, Event::Done).await;
            }
            Command::Recover { phrase, password, name } => {
                let held = self.leave().await;
                self.enter(job, move |job| account::recover(job, &world, held, (&phrase, &password, &name))).await;
            }
            // Beside the engine: the file may never answer.
            Command::LookAtBackup { file } => {
                self.lanes.add(Lane::Long, job, move |job| backup::opens_by(job, &file)).await;
            }
            Command::TryBackup { file, by } => {
                self.lanes.add(Lane::Password, job, move |job| backup::try_key(job, &file, &by)).await;
            }
            Command::RestoreBackup { file, by, password } => {
                if !matches!(self.state, State::Away) {
                    return self.tell(request.by, Event::Failed(Failure::AccountExists)).await;
                }
                self.making.begin(job, move |job| backup::restore(job, &world, &file, &by, &password));
            }
            Command::Unlock { password } => self.unlock(job, password).await,
            Command::UnlockWithKeyring => self.ask_keyring(job).await,
            Command::UseKeyring { password } => {
                self.beside(Lane::Password, job, move |job, open| {
                    keyring::turn_on(job, &world, &open.vault, &password)
                })
                .await;
            }
            Command::LeaveKeyring => {
                self.beside(Lane::Password, job, move |job, open| keyring::turn_off(job, &world, &open.vault)).await;
            }
            // Whatever arrives puts the lock off.
            Command::Present => self.tell(request.by, Event::Done).await,
            Command::Lock => self.lock(Some(request.by)).await,
            Command::Erase => {
                let kept = self.leave().await.filter(|vault| vault.has_keyring()).map(|vault| vault.vault_id());
                self.entrance.close();
                self.begun = None;
                let erase = move |job: &Job| {
                    creation::erase(job, &world)?;
                    if let Some(vault) = kept {
                        keyring::forget(job, &world, vault);
                    }
                    Ok(())
                };
                self.finish(job, erase).await;
            }
            Command::ChangePassword { present, new } => {
                self.beside(Lane::Password, job, move |job, open| {
                    keyring::change_password(job, &world, &open.vault, (&present, &new))
                })
                .await;
            }
            Command::Status => {
                self.beside(Lane::Counting, job, |job, open| account::status(job, &open.vault)).await;
            }
            Command::ListChats => self.with_vault(job, chats::list).await,
            Command::Rows { conversation, first, last } => {
                self.with_vault(job, move |job, vault| rows::rows(job, vault, conversation, first..=last)).await;
            }
            Command::Attached { conversation, before, limit } => {
                self.with_vault(job, move |job, vault| rows::attached(job, vault, conversation, before, limit)).await;
            }
            Command::Show { id } => self.with_vault(job, move |job, vault| rows::show(job, vault, id)).await,
            Command::ShowEdits { id } => {
                self.with_vault(job, move |job, vault| notes::show_edits(job, vault, id)).await;
            }
            Command::Search(query) => {
                self.beside(Lane::Search, job, move |job, open| rows::search(job, &open.vault, &query)).await;
            }
            Command::MarkRead { conversation, seq } => {
                self.with_vault(job, move |job, vault| chats::mark_read(job, &world, vault, conversation, seq)).await;
            }
            Command::SetTimer { conversation, ttl_secs } => {
                self.with_vault(job, move |job, vault| chats::set_timer(job, vault, conversation, ttl_secs)).await;
            }
            Command::KeepDraft { conversation, text, reply_to } => {
                self.with_vault(job, move |job, vault| drafts::keep(job, &world, vault, conversation, text, reply_to))
                    .await;
            }
            Command::ShowDraft { conversation } => {
                self.with_vault(job, move |job, vault| drafts::show(job, vault, conversation)).await;
            }
            Command::Note(note) => self.post(job, note).await,
            Command::Edit { id, text } => {
                self.with_vault(job, move |job, vault| notes::edit(job, &world, vault, id, &text)).await;
            }
            Command::React { id, emoji } => {
                self.with_vault(job, move |job, vault| notes::react(job, &world, vault, id, &emoji)).await;
            }
            Command::Unreact { id, emoji } => {
                self.with_vault(job, move |job, vault| notes::unreact(job, vault, id, &emoji)).await;
            }
            Command::Delete { id } => self.with_vault(job, move |job, vault| notes::delete(job, vault, id)).await,
            Command::ShowPicture { attachment, edge } => {
                self.beside(Lane::Picture, job, move |job, open| picture::show(job, open.vault, attachment, edge))
                    .await;
            }
            Command::SaveAttachment { attachment, to } => {
                self.beside(Lane::Long, job, move |job, open| {
                    saving::save_to(job, &world, &open.vault, &open.passing, attachment, &to)
                })
                .await;
            }
            Command::ShowSettings => {
                if let State::Open(_) = self.state {
                    self.tell(request.by, Event::Settings(self.settings.clone())).await;
                    self.tell(request.by, Event::Done).await;
                } else {
                    self.tell(request.by, Event::Failed(Failure::Locked)).await;
                }
            }
            Command::ChangeSettings(wanted) => self.change_settings(request.by, wanted).await,
            Command::Read(reading) => {
                self.beside(Lane::Long, job, move |job, open| reading::read(job, &world, &open.vault, &reading)).await;
            }
            Command::CreateBackup { file, to } => {
                self.beside(Lane::Long, job, move |job, open| backup::create(job, &world, &open.vault, &file, &to))
                    .await;
            }
            Command::CheckLink { meet, reach } => {
                let reach = self.reach(reach).await;
                self.pairings.check(job, world, meet, reach).await;
            }
            Command::WeighMove(selection) => {
                let weigh = move |job: &Job, open: Open| moving::weigh(job, &world, &open.vault, selection);
                self.beside(Lane::Long, job, weigh).await;
            }
            Command::SendAccount { selection, meet, reach } => {
                let reach = self.reach(reach).await;
                let State::Open(Open { vault, .. }) = &self.state else {
                    return self.tell(request.by, Event::Failed(Failure::Locked)).await;
                };
                let (vault, sending) = (Arc::clone(vault), Sending { selection, meet, reach });
                self.pairings.begin(What::Send, job, move |talk| moving::send(world, talk, vault, sending)).await;
            }
            Command::ReceiveAccount { password, meet, reach } => {
                if !matches!(self.state, State::Away) {
                    return self.tell(request.by, Event::Failed(Failure::AccountExists)).await;
                }
                let reach = self.reach(reach).await;
                let receiving = Receiving { password, meet, reach, arrived: self.arrived.clone() };
                self.pairings.begin(What::Receive, job, move |talk| moving::receive(world, talk, receiving)).await;
            }
            Command::GoOn { password, reach } => {
                let reach = self.reach(reach).await;
                let going = GoingOn { reach, arrived: self.arrived.clone() };
                self.settling.stop().await;
                match (&self.state, password) {
                    (State::Open(Open { vault, .. }), _) => {
                        let vault = Arc::clone(vault);
                        self.pairings
                            .begin(What::Send, job, move |talk| moving::go_on(world, talk, vault, going))
                            .await;
                    }
                    (State::Away, Some(password)) => {
                        let go_on = move |talk| moving::go_on_receiving(world, talk, password, going);
                        self.pairings.begin(What::Receive, job, go_on).await;
                    }
                    (State::Away | State::Locked(_), _) => {
                        self.tell(request.by, Event::Failed(Failure::Locked)).await;
                    }
                }
            }
            Command::Settle { reach } => {
                let reach = self.reach(reach).await;
                let State::Open(Open { vault, .. }) = &self.state else {
                    return self.tell(request.by, Event::Failed(Failure::Locked)).await;
                };
                let (vault, going) = (Arc::clone(vault), GoingOn { reach, arrived: self.arrived.clone() });
                self.settling.stop().await;
                if self.pairings.is(What::Send) || self.pairings.is(What::Receive) {
                    // A move that goes on says it itself.
                    return self.tell(request.by, Event::Done).await;
                }
                self.settling.begin(What::Send, job, move |talk| moving::settle(world, talk, vault, going)).await;
            }
            Command::DropMove { password } => match (&self.state, password) {
                (State::Open(_), _) => self.with_vault(job, move |_, vault| moving::drop_kept(vault, &world)).await,
                (State::Away, Some(password)) => {
                    self.finish(job, move |_| moving::drop_beside(&world, &password)).await;
                }
                (State::Away | State::Locked(_), _) => self.tell(request.by, Event::Failed(Failure::Locked)).await,
            },
            Command::Answer(reply) => {
                let ended = self.pairings.answer(reply).map_or_else(Event::Failed, |()| Event::Done);
                self.tell(request.by, ended).await;
            }
            Command::LookAround { reach } => {
                let reach = self.reach(reach).await;
                // Beside the engine: it waits for others.
                self.looking.spawn(async move {
                    let ended = lookout::look(&job, &reach).await.map_or_else(Event::Failed, |()| Event::Done);
                    let _ = job.events.send(Told { by: Some(job.by), event: ended }).await;
                });
            }
            Command::Carried(code) => {
                let ended = self.pairings.carry(code).map_or_else(Event::Failed, |()| Event::Done);
                self.tell(request.by, ended).await;
            }
            Command::Verify => self.beside(Lane::Long, job, |job, open| verify::verify(job, &open.vault)).await,
        }
    }
}

/// What a front end asks by itself, to show what changed, keeps no vault open that its person left.
pub(super) const fn is_of_a_person(command: &Command) -> bool {
    !matches!(
        command,
        Command::ListChats
            | Command::Rows { .. }
            | Command::Attached { .. }
            | Command::Show { .. }
            | Command::MarkRead { .. }
            | Command::ShowDraft { .. }
            | Command::ShowPicture { .. }
            | Command::ShowSettings
            | Command::Settle { .. }
    )
}

/// What finds, makes or opens the vault of the home; nothing of that can happen while one is on its way into it.
const fn takes_the_home(command: &Command) -> bool {
    matches!(
        command,
        Command::Find
            | Command::NewAccount { .. }
            | Command::PhraseKept
            | Command::Recover { .. }
            | Command::RestoreBackup { .. }
            | Command::ReceiveAccount { .. }
            | Command::Unlock { .. }
            | Command::UnlockWithKeyring
    )
}
