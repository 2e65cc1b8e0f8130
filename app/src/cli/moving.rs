//! `nyx send` and `nyx receive`: an account moves from the old device to the new one.

use super::{
    account::{account_event, hex},
    arguments::{Meeting, Reaching},
    ask::{self, Ask, Given},
    doctor::{grouped, question, shown, wanted, way, word},
    ended::Ended,
    say::{Say, tame_line},
    session::Session,
};
use nyx_p2p::{
    AccountState, CarriedCode, Command, Event, Failure, Met, MoveSize, Progress, Question, Reach, Reply, RequestId,
    Selection, Stage, Stall,
};
use serde_json::json;
use std::{collections::VecDeque, pin::pin};
use zeroize::Zeroizing;

/// What a person wants of a move, on either side.
pub(crate) struct Wish {
    /// What was begun is not wanted any more.
    pub(crate) discard: bool,
    pub(crate) meet: Meeting,
    pub(crate) reach: Reaching,
}

/// `nyx send`
pub(crate) async fn send(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    wish: Wish,
    selection: Selection,
) -> Result<(), Ended> {
    session.quietly(Command::Find).await?;
    let typed = ask.present_password(say).await?;
    session.quietly(Command::Unlock { password: ask::password(&typed)? }).await?;
    // From a file, nobody is asked for it again.
    let mut talk = Talk::of(ask, say);
    if talk.ask.has_password_file() {
        talk.password = Some(typed);
    }
    let Wish { discard, meet, reach } = wish;
    let reach = Reach { at: meet.address.clone(), ..reach.into() };
    if discard {
        session.quietly(Command::DropMove { password: None }).await?;
        return talk.say.line(&talk.say.texts.get("move-discarded"));
    }
    must_be_here_still(session).await?;
    // The same command goes on with what was begun.
    let go_on = Command::GoOn { password: None, reach: reach.clone() };
    match talk.carry_out(session, go_on).await {
        Err(Ended::Failure(Failure::NoMove)) => {}
        ended => return ended,
    }
    // Whoever comes back to a move that was cancelled hears so meanwhile.
    session.begin(Command::Settle { reach: reach.clone() }).await?;
    let meet = wanted(talk.ask, talk.say, meet, session.interrupt()).await?;
    talk.carry_out(session, Command::SendAccount { selection, meet, reach }).await
}

/// Whoever has moved is told so before a code is asked for.
async fn must_be_here_still(session: &mut Session) -> Result<(), Ended> {
    let mut state = None;
    session
        .run(Command::Status, |event| {
            if let Event::Account(account) = event {
                state = Some(account.state);
            }
            Ok(())
        })
        .await?;
    match state {
        Some(AccountState::Moved { to }) => Err(Failure::Moved { to }.into()),
        _ => Ok(()),
    }
}

/// `nyx receive`
pub(crate) async fn receive(session: &mut Session, ask: &mut Ask, say: &mut Say, wish: Wish) -> Result<(), Ended> {
    let Wish { discard, meet, reach } = wish;
    let reach = Reach { at: meet.address.clone(), ..reach.into() };
    let mut unfinished = false;
    let found = session
        .run(Command::Find, |event| {
            unfinished |= matches!(event, Event::Unfinished(_));
            Ok(())
        })
        .await;
    match found {
        Ok(()) => return with_receipt(session, ask, say, discard, reach).await,
        Err(Ended::Failure(Failure::NoAccount)) => {}
        Err(ended) => return Err(ended),
    }
    let command = if unfinished {
        say.line(&say.texts.get(if discard { "move-discard-password" } else { "move-go-on-password" }))?;
        let password = ask.password(say).await?;
        if discard {
            session.quietly(Command::DropMove { password: Some(password) }).await?;
            return say.line(&say.texts.get("move-discarded"));
        }
        Command::GoOn { password: Some(password), reach }
    } else if discard {
        return Err(Failure::NoMove.into());
    } else {
        let password = ask.new_password(say, Given::PasswordFile, &[]).await?;
        let meet = wanted(ask, say, shows_by_default(meet), session.interrupt()).await?;
        Command::ReceiveAccount { password, meet, reach }
    };
    Talk::of(ask, say).carry_out(session, command).await
}

/// The account is here. The old device may lack the receipt.
async fn with_receipt(
    session: &mut Session,
    ask: &mut Ask,
    say: &mut Say,
    discard: bool,
    reach: Reach,
) -> Result<(), Ended> {
    if discard {
        return Err(Failure::AccountExists.into());
    }
    let password = ask.password(say).await?;
    session.quietly(Command::Unlock { password }).await?;
    let mut talk = Talk::of(ask, say);
    match talk.carry_out(session, Command::GoOn { password: None, reach }).await {
        Err(Ended::Failure(Failure::NoMove)) => Err(Failure::AccountExists.into()),
        ended => ended,
    }
}

/// The new device shows the code, unless something else was said.
fn shows_by_default(meet: Meeting) -> Meeting {
    let reads = meet.camera.is_some() || meet.link_file.is_some() || meet.image.is_some() || meet.code || meet.by_hand;
    Meeting { show: meet.show || !reads, ..meet }
}

/// A move, and the person at the terminal.
struct Talk<'a> {
    ask: &'a mut Ask,
    say: &'a mut Say,
    /// From a file: asked for once more, it is this.
    password: Option<Zeroizing<String>>,
    met: Option<Met>,
    declined: bool,
    /// What goes on, as it was told last.
    stage: Option<Stage>,
}

impl<'a> Talk<'a> {
    const fn of(ask: &'a mut Ask, say: &'a mut Say) -> Self {
        Self { ask, say, password: None, met: None, declined: false, stage: None }
    }

    async fn carry_out(&mut self, session: &mut Session, command: Command) -> Result<(), Ended> {
        let by = session.begin(command).await?;
        match self.follow(session, by).await {
            Err(Ended::Failure(Failure::Cancelled)) if self.declined => Err(Ended::SaidNo),
            Err(ended) if !matches!(ended, Ended::Failure(_)) => {
                // Nobody answers any more: the other device is to know.
                session.cancel(by);
                while let Ok(Some(_)) = session.next(by).await {}
                Err(ended)
            }
            ended => ended,
        }
    }

    async fn follow(&mut self, session: &mut Session, by: RequestId) -> Result<(), Ended> {
        let mut waiting = VecDeque::new();
        loop {
            let event = match waiting.pop_front() {
                Some(event) => Some(event),
                None => session.next(by).await?,
            };
            match event {
                None => return Ok(()),
                Some(Event::CodeWanted { refused }) => {
                    question(self.say, refused)?;
                    let line = during(session, by, self.ask.code_line(), &mut waiting).await?;
                    let Some(line) = line else { return Ok(()) };
                    session.begin(Command::Carried(CarriedCode::new(&line))).await?;
                }
                Some(Event::Asked(asked)) => {
                    let answer = answer(
                        self.ask,
                        self.say,
                        self.password.as_deref().map(String::as_str),
                        self.met.as_ref(),
                        asked,
                    );
                    let Some(reply) = during(session, by, answer, &mut waiting).await? else { return Ok(()) };
                    self.declined |= matches!(reply, Reply::No);
                    session.begin(Command::Answer(reply)).await?;
                }
                Some(event) => self.told(event)?,
            }
        }
    }

    fn told(&mut self, event: Event) -> Result<(), Ended> {
        let say = &mut *self.say;
        match event {
            Event::Code(code) => shown(say, &code),
            Event::Calls { host } => {
                say.remark(&say.texts.with("meeting-calls", &[("host", tame_line(&host).into())]));
                Ok(())
            }
            Event::Stranger => {
                say.remark(&say.texts.get("meeting-stranger"));
                Ok(())
            }
            Event::Stage(stage) => {
                self.stage = Some(stage);
                tell_stage(say, stage)
            }
            Event::MoveSize(size) => tell_size(say, size),
            Event::Met(met) => {
                tell_met(say, &met)?;
                self.met = Some(met);
                Ok(())
            }
            Event::Digits(digits) => {
                let digits = grouped(&digits);
                say.event("sas", json!({ "digits": digits.replace(' ', "") }))?;
                say.line(&say.texts.with("move-digits", &[("digits", digits.into())]))
            }
            Event::Progress { done, total } => {
                say.progress(done, total);
                Ok(())
            }
            Event::Moving(progress) => tell_progress(say, progress),
            Event::Stalled(why) => {
                let is_handed_over = self.stage == Some(Stage::Waiting);
                let (word, text) = match why {
                    Stall::Link if is_handed_over => ("link", "move-stalled-handing-over"),
                    Stall::Silence if is_handed_over => ("no-answer", "move-stalled-handing-over"),
                    Stall::Link => ("link", "move-stalled-link"),
                    Stall::Silence => ("no-answer", "move-stalled-silence"),
                    Stall::TheirDisk => ("their-disk", "move-stalled-their-disk"),
                    Stall::OwnDisk => ("own-disk", "move-stalled-own-disk"),
                };
                say.event("stalled", json!({ "why": word }))?;
                say.remark(&say.texts.get(text));
                Ok(())
            }
            Event::MoveResumed => {
                say.event("resumed", json!({}))?;
                say.remark(&say.texts.get("move-resumed"));
                Ok(())
            }
            Event::ReceiptUnheard => {
                say.remark(&say.texts.get("move-receipt-unheard"));
                Ok(())
            }
            Event::MoveVerified => {
                say.event("verified", json!({}))?;
                say.line(&say.texts.get("move-verified"))
            }
            Event::Account(account) => account_event(say, &account),
            Event::Moved { manifest_hash, bytes, took_ms } => {
                #[expect(clippy::cast_precision_loss, reason = "seconds for people")]
                let secs = took_ms as f64 / 1000.0;
                say.event("done", json!({ "manifest_hash": hex(&manifest_hash), "bytes": bytes, "secs": secs }))?;
                let text = match &self.met {
                    Some(met) if met.words.is_none() => {
                        say.texts.with("move-sent", &[("name", tame_line(&met.name).into())])
                    }
                    Some(_) => say.texts.get("move-received"),
                    None => say.texts.get("move-done"),
                };
                say.line(&text)
            }
            _ => Ok(()),
        }
    }
}

/// Waits for an answer while the command goes on; `None`: the command is done before. If the program is to end, the command
/// says so itself.
async fn during<T>(
    session: &mut Session,
    by: RequestId,
    answer: impl Future<Output = Result<T, Ended>>,
    waiting: &mut VecDeque<Event>,
) -> Result<Option<T>, Ended> {
    let mut answer = pin!(answer);
    loop {
        tokio::select! {
            answer = &mut answer => return answer.map(Some),
            event = session.next(by) => match event? {
                None => return Ok(None),
                Some(event) => waiting.push_back(event),
            },
        }
    }
}

async fn answer(
    ask: &mut Ask,
    say: &mut Say,
    password: Option<&str>,
    met: Option<&Met>,
    asked: Question,
) -> Result<Reply, Ended> {
    match asked {
        Question::Account => Ok(if ask.yes_or_no(say, "ask-move-account").await? { Reply::Yes } else { Reply::No }),
        Question::Digits => Ok(Reply::Digits(ask.digits(say).await?)),
        Question::Password { refused: true } => Err(Failure::WrongPassword.into()),
        Question::Password { refused: false } => match password {
            Some(password) => Ok(Reply::Password(ask::password(password)?)),
            None => {
                say.line(&say.texts.get("move-password-again"))?;
                Ok(Reply::Password(ask.password(say).await?))
            }
        },
        Question::Consent => {
            let is_near = met.is_some_and(|met| met.path == nyx_p2p::Path::Lan);
            let question = if is_near { "ask-move-consent" } else { "ask-move-consent-far" };
            Ok(if ask.yes_or_no(say, question).await? { Reply::Yes } else { Reply::No })
        }
    }
}

fn tell_stage(say: &mut Say, stage: Stage) -> Result<(), Ended> {
    let text = match stage {
        Stage::Preparing => "move-preparing",
        Stage::Meeting => return Ok(()),
        Stage::Consenting => "move-consenting",
        Stage::Finding => "move-finding",
        Stage::Sending => "move-sending",
        Stage::Receiving => "move-receiving",
        Stage::Finishing => "move-finishing",
        Stage::Waiting => "move-waiting",
        Stage::Activating => "move-activating",
    };
    say.line(&say.texts.get(text))
}

fn tell_size(say: &mut Say, size: MoveSize) -> Result<(), Ended> {
    let values = [
        ("messages", size.messages.into()),
        ("attachments", size.attachments.into()),
        ("size", say.texts.bytes(size.bytes).into()),
    ];
    say.line(&say.texts.with("move-size", &values))
}

fn tell_met(say: &mut Say, met: &Met) -> Result<(), Ended> {
    let fields = json!({ "name": met.name, "words": met.words, "path": word(met.path), "bytes": met.bytes });
    say.event("peer", fields)?;
    let mut values = vec![
        ("name", tame_line(&met.name).into()),
        ("path", way(say, met.path).into()),
        ("size", say.texts.bytes(met.bytes).into()),
    ];
    let text = match met.words {
        Some(words) => {
            values.push(("words", words.join(" ").into()));
            "move-met-account"
        }
        None => "move-met-device",
    };
    say.line(&say.texts.with(text, &values))
}

fn tell_progress(say: &mut Say, progress: Progress) -> Result<(), Ended> {
    if say.json {
        let Progress { done, total, rate, eta_secs } = progress;
        return say.event("progress", json!({ "done": done, "total": total, "rate": rate, "eta_secs": eta_secs }));
    }
    say.progress_at(progress);
    Ok(())
}
