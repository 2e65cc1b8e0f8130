//! Where a move stands, from what it told: one look at all of it each frame, so nothing here can be out of step.

use crate::window::{
    cx::Cx,
    screens::meeting::met,
    theme::space,
    widgets::{field, page, task::Task},
};
use egui::{Label, ProgressBar, RichText, Ui};
use nyx_p2p::{Digits, Event, Met, Path, Progress, Question, Stage, Stall};

/// Where a move stands.
pub(in crate::window::screens) struct Course<'m> {
    /// What goes on; `None`: nothing was told yet.
    pub(in crate::window::screens) stage: Option<Stage>,
    /// Whom this device has met.
    pub(in crate::window::screens) met: Option<&'m Met>,
    /// Which way the packets go, as far as it is known.
    path: Option<Path>,
    /// To be typed on the device that sends.
    pub(in crate::window::screens) digits: Option<&'m Digits>,
    /// What was asked last, and how much was asked before.
    pub(in crate::window::screens) asked: Option<(usize, &'m Question)>,
    stalled: Option<Stall>,
    progress: Option<Progress>,
    prepared: Option<(u64, Option<u64>)>,
}

impl<'m> Course<'m> {
    /// Of a command that moves.
    pub(in crate::window::screens) fn of(task: &Task, cx: &Cx<'m>) -> Self {
        let mut course = Self {
            stage: None,
            met: None,
            path: None,
            digits: None,
            asked: None,
            stalled: None,
            progress: None,
            prepared: None,
        };
        let Some(job) = task.job(cx) else { return course };
        let mut asked = 0;
        for event in &job.heard {
            match event {
                Event::Stage(stage) => (course.stage, course.stalled) = (Some(*stage), None),
                Event::Met(met) => (course.met, course.path) = (Some(met), Some(met.path)),
                Event::MovePath(path) => course.path = Some(*path),
                Event::Digits(digits) => course.digits = Some(digits),
                Event::Asked(question) => {
                    course.asked = Some((asked, question));
                    asked += 1;
                }
                Event::Stalled(why) => course.stalled = Some(*why),
                Event::MoveResumed => course.stalled = None,
                _ => {}
            }
        }
        (course.progress, course.prepared) = (job.moving, job.progress);
        course
    }

    /// Whether it is past codes, digits and questions.
    pub(in crate::window::screens) const fn is_under_way(&self) -> bool {
        matches!(
            self.stage,
            Some(
                Stage::Finding
                    | Stage::Sending
                    | Stage::Receiving
                    | Stage::Finishing
                    | Stage::Waiting
                    | Stage::Activating
            )
        )
    }

    /// Whether it may still be ended by this side.
    pub(in crate::window::screens) const fn can_stop(&self) -> bool {
        !matches!(self.stage, Some(Stage::Waiting | Stage::Activating))
    }

    /// What goes on and how far it is: never nothing.
    pub(in crate::window::screens) fn show(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if let Some(path) = self.path.filter(|_| self.is_under_way() && self.is_heard()) {
            let path = ("path", met::path_in_words(path, cx.texts).into());
            let said = match self.met {
                Some(met) => cx.texts.with("meeting-peer", &[("name", met.name.as_str().into()), path]),
                // They came back to each other, and know each other from before.
                None => cx.texts.with("moving-path", &[path]),
            };
            ui.add(Label::new(said).wrap());
            ui.add_space(space::S);
        }
        page::waiting(ui, cx.theme, &cx.texts.get(self.name()));
        match self.stage {
            Some(Stage::Preparing) => {
                if let Some((done, Some(total))) = self.prepared {
                    bar(ui, cx, done, total);
                }
            }
            Some(Stage::Sending | Stage::Receiving | Stage::Finishing) => {
                if let Some(Progress { done, total, rate, eta_secs }) = self.progress {
                    bar(ui, cx, done, total);
                    field::hint(ui, cx.theme, &cx.texts.progress_at(done, total, rate, eta_secs));
                }
            }
            _ => {}
        }
        if let Some(why) = self.stalled {
            field::caution(ui, cx.theme, &cx.texts.get(stalled(why, self.stage)));
        }
        if self.is_apart() {
            // Perhaps somebody closed it there, or it had nothing yet and knows of no move.
            field::hint(ui, cx.theme, &cx.texts.get("moving-finding-lead"));
        }
    }

    /// Whether there is no link to the other device.
    fn is_apart(&self) -> bool {
        self.stage == Some(Stage::Finding) || self.stalled == Some(Stall::Link)
    }

    /// Whether something is known to go to the other device and come back.
    fn is_heard(&self) -> bool {
        !self.is_apart() && self.stalled != Some(Stall::Silence)
    }

    /// In a few words, for a line elsewhere.
    pub(in crate::window::screens) fn in_short(&self, cx: &Cx<'_>) -> String {
        let what = cx.texts.get(self.name());
        match (self.stalled, self.progress) {
            (Some(why), _) => cx.texts.get(stalled(why, self.stage)),
            (None, Some(Progress { done, total, rate, eta_secs })) if self.is_under_way() => {
                format!("{what} · {}", cx.texts.progress_at(done, total, rate, eta_secs))
            }
            _ => what,
        }
    }

    const fn name(&self) -> &'static str {
        match self.stage {
            None => "moving-beginning",
            Some(Stage::Preparing) => "moving-preparing",
            Some(Stage::Meeting) => "meet-waiting",
            Some(Stage::Consenting) => "moving-consenting",
            Some(Stage::Finding) => "moving-finding",
            Some(Stage::Sending) => "moving-sending",
            Some(Stage::Receiving) => "moving-receiving",
            Some(Stage::Finishing) => "moving-finishing",
            Some(Stage::Waiting) => "moving-waiting",
            Some(Stage::Activating) => "moving-activating",
        }
    }
}

/// Whom this device is about to move with: the name, the four words of an account, the way and the size.
pub(in crate::window::screens) fn show_met(ui: &mut Ui, cx: &Cx<'_>, met: &Met) {
    field::label(ui, cx.theme, &cx.texts.get("moving-met-name"));
    ui.add(Label::new(RichText::new(&met.name).heading()).wrap());
    if let Some(words) = met.words {
        field::label(ui, cx.theme, &cx.texts.get("moving-met-words"));
        ui.add(Label::new(RichText::new(words.join(" ")).monospace()).wrap());
    }
    let values = [("path", met::path_in_words(met.path, cx.texts).into()), ("size", cx.texts.bytes(met.bytes).into())];
    ui.add(Label::new(cx.texts.with("moving-met-way", &values)).wrap());
    if met.path != Path::Lan {
        field::caution(ui, cx.theme, &cx.texts.get("moving-met-far"));
    }
}

fn bar(ui: &mut Ui, cx: &Cx<'_>, done: u64, total: u64) {
    if total > 0 {
        let bar = ProgressBar::new(done as f32 / total as f32).desired_height(8.0).fill(cx.theme.palette.accent);
        let shown = ui.add(bar);
        ui.ctx().accesskit_node_builder(shown.id, |node| node.set_label(cx.texts.get("moving-bar")));
    }
}

const fn stalled(why: Stall, stage: Option<Stage>) -> &'static str {
    match (why, stage) {
        // Nothing here brings it on: the other device is not open.
        (Stall::Link | Stall::Silence, Some(Stage::Waiting)) => "moving-stalled-handing-over",
        (Stall::Link, _) => "moving-stalled-link",
        (Stall::Silence, _) => "moving-stalled-silence",
        (Stall::TheirDisk, _) => "moving-stalled-their-disk",
        (Stall::OwnDisk, _) => "moving-stalled-own-disk",
    }
}
