//! What goes along, and how much that is, before anything is begun.

use crate::window::{
    cx::Cx,
    theme::space,
    widgets::{choice::choice, field, page, task::Task},
};
use egui::{Label, Ui};
use nyx_p2p::{Command, Event, MoveSize, Selection};

/// What the widgets hold.
#[derive(Default)]
pub(in crate::window::screens) struct Choice {
    files: Files,
    since: Since,
    weigh: Task,
    /// What is being weighed.
    weighed: Option<Selection>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Files {
    #[default]
    With,
    Without,
}

/// How far back.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Since {
    #[default]
    Ever,
    Year,
    Months,
}

impl Choice {
    /// Shows it, with the size of what is chosen.
    pub(in crate::window::screens) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        field::label(ui, cx.theme, &cx.texts.get("transfer-since"));
        let since = [
            (Since::Ever, cx.texts.get("transfer-since-ever")),
            (Since::Year, cx.texts.with("transfer-since-months", &[("count", u64::from(YEAR).into())])),
            (Since::Months, cx.texts.with("transfer-since-months", &[("count", u64::from(MONTHS).into())])),
        ];
        choice(ui, cx.theme, &mut self.since, &since);
        field::label(ui, cx.theme, &cx.texts.get("transfer-files"));
        let files = [
            (Files::With, cx.texts.get("transfer-files-with")),
            (Files::Without, cx.texts.get("transfer-files-without")),
        ];
        choice(ui, cx.theme, &mut self.files, &files);
        ui.add_space(space::XS);
        let selection = self.selection();
        if self.weighed.as_ref() != Some(&selection) {
            if let Some(id) = self.weigh.id().filter(|_| self.weigh.is_running(cx)) {
                cx.cancel(id);
            }
            self.weighed = Some(selection);
            self.weigh.begin(cx, Command::WeighMove(selection));
        }
        self.show_size(ui, cx);
        if self.files == Files::Without || self.since != Since::Ever {
            field::caution(ui, cx.theme, &cx.texts.get("transfer-part"));
        }
    }

    /// What is chosen.
    pub(in crate::window::screens) const fn selection(&self) -> Selection {
        let months = match self.since {
            Since::Ever => None,
            Since::Year => Some(YEAR),
            Since::Months => Some(MONTHS),
        };
        Selection { attachments: matches!(self.files, Files::With), months }
    }

    /// Nobody waits for a size any more; messages come and go, so it is weighed anew the next time.
    pub(in crate::window::screens) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.weigh.end(cx);
        self.weighed = None;
    }

    fn show_size(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let size = self.weigh.job(cx).and_then(|job| {
            job.heard.iter().find_map(|event| match event {
                Event::MoveSize(size) => Some(*size),
                _ => None,
            })
        });
        match size {
            Some(MoveSize { messages, attachments, bytes }) => {
                let values = [
                    ("messages", messages.into()),
                    ("attachments", attachments.into()),
                    ("size", cx.texts.bytes(bytes).into()),
                ];
                ui.add(Label::new(cx.texts.with("transfer-size", &values)).wrap());
            }
            None if self.weigh.is_running(cx) => page::waiting(ui, cx.theme, &cx.texts.get("transfer-weighing")),
            None => self.weigh.show_failure(ui, cx),
        }
    }
}

const YEAR: u32 = 12;
/// What people look for is mostly younger.
const MONTHS: u32 = 3;
