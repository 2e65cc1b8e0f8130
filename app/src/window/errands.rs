//! What goes on whichever screen is shown: a backup, a check, files on their way out of the vault. A strip at the lower
//! edge says how far each is and how it ended, and can stop it. What was wished and failed is said there too.

use super::{
    cx::Cx,
    icons::{self, icon_button},
    jobs::{Job, Jobs},
    sentence::sentence,
    theme::space,
};
use crate::text::Texts;
use egui::{Align, Frame, Label, Layout, Margin, Panel, ProgressBar, RichText, Ui, accesskit::Live};
use nyx_p2p::{Event, Failure, OpensBy, RequestId};
use std::{path::PathBuf, thread, time::Instant};

/// What goes on, and what is to be said.
#[derive(Debug, Default)]
pub(super) struct Errands {
    under_way: Vec<Errand>,
    notices: Vec<Notice>,
}

/// Something that goes on.
#[derive(Debug)]
pub(super) struct Errand {
    pub(super) id: RequestId,
    pub(super) what: What,
    pub(super) began: Instant,
}

/// What goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum What {
    /// Something short; only that it failed is said.
    Wish,
    /// Everything goes into one file, which will open so.
    Backup(OpensBy),
    /// The vault is checked.
    Check,
    /// There will be another password.
    Password,
    /// An attachment goes into a file.
    Save,
    /// An attachment goes into another program.
    Open,
}

/// What is said.
#[derive(Debug)]
struct Notice {
    text: String,
    is_problem: bool,
    /// A problem stays until it is dismissed.
    until: f64,
}

impl Errands {
    /// From now on this is followed.
    pub(super) fn begin(&mut self, errand: Errand) {
        self.under_way.push(errand);
    }

    /// Says that something did not work.
    pub(super) fn complain(&mut self, text: String) {
        self.say(Notice { text, is_problem: true, until: 0.0 });
    }

    /// The vault is locked: nothing of it is said any more, but that something was stopped.
    pub(super) fn stop(&mut self, texts: &Texts) {
        let is_stopped = self.under_way.iter().any(|errand| errand.what != What::Wish);
        *self = Self::default();
        if is_stopped {
            self.complain(texts.get("errand-stopped"));
        }
    }

    /// Draws the strip, where there is something to say.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let now = ui.input(|input| input.time);
        self.follow(cx, now);
        self.notices.retain(|notice| notice.is_problem || notice.until > now);
        if let Some(next) =
            self.notices.iter().filter(|notice| !notice.is_problem).map(|notice| notice.until).reduce(f64::min)
        {
            ui.ctx().request_repaint_after_secs((next - now) as f32 + 0.01);
        }
        let is_long = |errand: &&Errand| errand.what != What::Wish;
        if self.under_way.iter().any(|errand| is_long(&errand)) {
            ui.ctx().request_repaint_after_secs(AT_ONCE);
        }
        let shown: Vec<&Errand> = self
            .under_way
            .iter()
            .filter(is_long)
            .filter(|errand| errand.began.elapsed().as_secs_f32() >= AT_ONCE)
            .collect();
        if shown.is_empty() && self.notices.is_empty() {
            return;
        }
        let margin = Margin::symmetric(space::M as i8, space::S as i8);
        let frame = Frame::new().fill(cx.theme.palette.raised).inner_margin(margin);
        let mut dismissed = None;
        Panel::bottom("errands").frame(frame).show_separator_line(false).show(ui, |ui| {
            for errand in shown {
                show_errand(ui, cx, errand);
            }
            for (index, notice) in self.notices.iter().enumerate() {
                if show_notice(ui, cx, notice) {
                    dismissed = Some(index);
                }
            }
        });
        if let Some(index) = dismissed {
            self.notices.remove(index);
        }
    }

    fn follow(&mut self, cx: &mut Cx<'_>, now: f64) {
        for id in self.ended(&cx.model.jobs, cx.texts, now) {
            cx.forget(id);
        }
    }

    /// Says how what has ended did so, and gives it back.
    fn ended(&mut self, jobs: &Jobs, texts: &Texts, now: f64) -> Vec<RequestId> {
        let is_over = |errand: &Errand| jobs.get(errand.id).is_none_or(|job| job.ended.is_some());
        let (over, under_way) = std::mem::take(&mut self.under_way).into_iter().partition(is_over);
        self.under_way = under_way;
        let over: Vec<Errand> = over;
        for Errand { id, what, .. } in &over {
            let Some((job, ended)) = jobs.get(*id).and_then(|job| Some((job, job.ended.as_ref()?))) else { continue };
            match ended {
                // Who cancels knows what happened; and of what was wished, the lock is the answer.
                Err(Failure::Cancelled | Failure::Locked) => {}
                Err(failure) => self.complain(sentence(failure, texts)),
                Ok(()) => {
                    if let Some(text) = done(*what, job, texts) {
                        self.say(Notice { text, is_problem: false, until: now + SHOWN });
                    }
                }
            }
        }
        over.into_iter().map(|errand| errand.id).collect()
    }

    /// The same is said once, and what was said longest ago makes room.
    fn say(&mut self, notice: Notice) {
        self.notices.retain(|other| other.text != notice.text);
        self.notices.push(notice);
        if self.notices.len() > NOTICES_MAX {
            self.notices.remove(0);
        }
    }
}

/// What is said of something that went well; an attachment that was to be opened is opened.
fn done(what: What, job: &Job, texts: &Texts) -> Option<String> {
    match what {
        What::Wish => None,
        What::Check => Some(texts.get("settings-check-done")),
        What::Password => Some(texts.get("password-done")),
        What::Backup(by) => job.heard.iter().find_map(|event| match event {
            Event::Backup { file, bytes } => Some(backup_in_words(by, file.display().to_string(), *bytes, texts)),
            _ => None,
        }),
        What::Save | What::Open => {
            let path = job.heard.iter().find_map(|event| match event {
                Event::Saved { path, .. } => Some(path.clone()),
                _ => None,
            })?;
            if what == What::Open {
                open(path);
                return None;
            }
            Some(texts.with("chat-saved-as", &[("file", path.display().to_string().into())]))
        }
    }
}

/// That a backup is made, where it is and what opens it.
pub(super) fn backup_in_words(by: OpensBy, file: String, bytes: u64, texts: &Texts) -> String {
    let name = match by {
        OpensBy::Phrase => "backup-done-phrase",
        OpensBy::Passphrase => "backup-done-passphrase",
    };
    texts.with(name, &[("file", file.into()), ("size", texts.bytes(bytes).into())])
}

fn show_errand(ui: &mut Ui, cx: &mut Cx<'_>, errand: &Errand) {
    let what = cx.texts.get(match errand.what {
        What::Wish | What::Save | What::Open => "chat-writing-file",
        What::Backup(_) => "settings-backup-running",
        What::Check => "settings-check-running",
        What::Password => "settings-password-running",
    });
    let progress = cx.model.jobs.get(errand.id).and_then(|job| job.progress);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let stop = cx.texts.with("errand-stop", &[("what", what.as_str().into())]);
        // Another password is there or not; there is nothing in between to stop at.
        if errand.what != What::Password && icon_button(ui, icons::STOP, &stop).clicked() {
            cx.cancel(errand.id);
        }
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let said = match progress {
                Some((done, total)) => format!("{what} · {}", cx.texts.progress(done, total, errand.began.elapsed())),
                None => what.clone(),
            };
            ui.label(RichText::new(said).small());
            if let Some((done, Some(total))) = progress.filter(|(_, total)| total.is_some_and(|total| total > 0)) {
                let part = done as f32 / total as f32;
                let bar = ui.add(ProgressBar::new(part).desired_height(6.0).fill(cx.theme.palette.accent));
                ui.ctx().accesskit_node_builder(bar.id, |node| node.set_label(what));
            }
        });
    });
}

/// Says it; whether that was enough.
fn show_notice(ui: &mut Ui, cx: &Cx<'_>, notice: &Notice) -> bool {
    let color = if notice.is_problem { cx.theme.palette.danger } else { cx.theme.palette.good };
    let shown = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let is_dismissed = icon_button(ui, icons::CLOSE, &cx.texts.get("chat-dismiss")).clicked();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let label = ui.add(Label::new(RichText::new(&notice.text).color(color)).wrap());
            ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
        });
        is_dismissed
    });
    shown.inner
}

/// In the program that the person chose for such files. It may take its time to start.
fn open(path: PathBuf) {
    let spawned = thread::Builder::new().name("nyx-open".into()).spawn(move || {
        if let Err(error) = opener::open(path) {
            tracing::warn!(%error, "no program for this file");
        }
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "no thread to open a file");
    }
}

/// What is over sooner is not shown.
const AT_ONCE: f32 = 0.3;
/// Long enough to read a path.
const SHOWN: f64 = 8.0;
/// More would hide what the person is doing.
const NOTICES_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        text::Language,
        window::{engine::tests::idle, jobs::Jobs},
    };
    use nyx_p2p::Command;

    #[test]
    fn what_goes_on_is_said_when_it_ends_and_a_lock_says_that_it_was_stopped() {
        let texts = Texts::of(Language::English);
        let (mut engine, _home) = idle();
        let mut begin = |errands: &mut Errands, jobs: &mut Jobs, what| {
            let id = engine.post(Command::Find).unwrap();
            jobs.watch(id);
            errands.begin(Errand { id, what, began: Instant::now() });
            id
        };
        let (mut errands, mut jobs) = (Errands::default(), Jobs::default());
        let backup = begin(&mut errands, &mut jobs, What::Backup(OpensBy::Phrase));
        let wish = begin(&mut errands, &mut jobs, What::Wish);
        assert!(errands.ended(&jobs, &texts, 0.0).is_empty());
        jobs.fold(backup, Event::Backup { file: "all.age".into(), bytes: 1 });
        jobs.fold(backup, Event::Done);
        jobs.fold(wish, Event::Failed(Failure::WrongPassword));
        assert_eq!(errands.ended(&jobs, &texts, 0.0), [backup, wish]);
        let said: Vec<_> = errands.notices.iter().map(|notice| (notice.is_problem, notice.text.as_str())).collect();
        assert!(matches!(said[..], [(false, done), (true, _)] if done.contains("all.age")), "{said:?}");
        begin(&mut errands, &mut jobs, What::Wish);
        errands.stop(&texts);
        assert!(errands.notices.is_empty(), "nothing of the vault is said any more");
        begin(&mut errands, &mut jobs, What::Check);
        errands.stop(&texts);
        assert_eq!(errands.notices.len(), 1);
    }
}
