//! What works on this machine: its networks, finding others on them, the camera. Each with what to do.

use crate::{
    cli::{camera_in_words, finding_in_words},
    window::{
        cx::Cx,
        theme::space,
        widgets::{button, field, page, task::Task},
    },
};
use egui::Ui;
use nyx_media::{
    scanner::{Scanner, Sight},
    source::SourceError,
};
use nyx_p2p::{Command, Event, Finding};

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Look {
    task: Task,
    camera: Camera,
}

/// Whether a camera gives pictures.
#[derive(Default)]
enum Camera {
    #[default]
    Unasked,
    /// It is open, and a picture is waited for.
    Asked(Scanner),
    Found(Result<(), SourceError>),
}

impl Look {
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::hint(ui, cx.theme, &cx.texts.get("connection-here-lead"));
        ui.add_space(space::S);
        self.camera.follow();
        for event in self.task.job(cx).map_or(&[][..], |job| &job.heard) {
            if let Event::Finding(finding) = event {
                let said = match finding {
                    Finding::NoNetwork => cx.texts.get("window-no-network"),
                    finding => finding_in_words(finding, cx.texts),
                };
                if finding.is_well() {
                    field::success(ui, cx.theme, &said);
                } else {
                    field::caution(ui, cx.theme, &said);
                }
            }
        }
        if let Camera::Found(found) = &self.camera {
            let said = camera_in_words(found.err(), cx.texts);
            match found {
                Ok(()) => field::success(ui, cx.theme, &said),
                // Nothing is wrong, and nothing works: who has no camera shows the code here and reads it there.
                Err(SourceError::NoCamera) => field::note(ui, cx.theme, &said),
                Err(_) => field::caution(ui, cx.theme, &said),
            }
        }
        self.task.show_failure(ui, cx);
        if self.task.is_running(cx) || matches!(self.camera, Camera::Asked(_)) {
            return page::waiting(ui, cx.theme, &cx.texts.get("connection-looking"));
        }
        if button::secondary(ui, &cx.texts.get("connection-look"), true).clicked() {
            self.task.begin(cx, Command::LookAround { reach: cx.reach.clone() });
            self.camera = Camera::Asked(cx.eyes.open(None, ui.ctx()));
        }
    }

    /// Nobody waits any more, and the camera is let go.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.task.end(cx);
        self.camera = Camera::Unasked;
    }
}

impl Camera {
    fn follow(&mut self) {
        let Self::Asked(scanner) = self else { return };
        let failed = std::iter::from_fn(|| scanner.poll()).find_map(|sight| match sight {
            Sight::Failed(error) => Some(error),
            Sight::Found(_) | Sight::Nothing => None,
        });
        match (failed, scanner.preview()) {
            (Some(error), _) => *self = Self::Found(Err(error)),
            (None, Some(_)) => *self = Self::Found(Ok(())),
            (None, None) => {}
        }
    }
}
