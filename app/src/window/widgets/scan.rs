//! Takes in a code of the other device: through a camera, from a picture, or typed and pasted.
//!
//! A screen keeps a [`Scan`] and calls [`Scan::show`] each frame; a text that comes back is a stranger's, to be parsed
//! by `nyx-wire`. If it is none that is wanted, [`Scan::refuse`] says why and it goes on. Dropping it, or
//! [`Scan::stop`], lets the camera go. Nothing here waits: cameras, files and dialogs have threads of their own.

mod taken;
mod through;

use super::{button, choice, field, secret::SecretField};
use crate::{
    text::Texts,
    window::{
        desktop::pick::Pick,
        eyes::Eyes,
        theme::{Theme, space},
    },
};
use egui::{Context, Ui};
use nyx_media::{
    file::FileError,
    scanner::{Scanner, Sight},
    source::SourceError,
};
use std::{fmt, path::PathBuf};
use taken::Taken;
use through::Through;
use zeroize::Zeroizing;

/// The ways to take in a code, and how far it is.
pub struct Scan {
    way: Way,
    through: Through,
    /// Looks at a picture.
    still: Option<Scanner>,
    problem: Option<Problem>,
    pick: Option<Pick>,
    typed: SecretField,
    /// The caret goes into the field in the next frame: the click that chose it belongs to what was clicked.
    wants_focus: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Camera,
    File,
    Typed,
}

/// What is wrong.
enum Problem {
    /// There is no picture; the name of the sentence.
    Source(&'static str),
    /// The text that was found is none that is wanted, for this reason.
    Refused(String),
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            way: Way::Camera,
            through: Through::default(),
            still: None,
            problem: None,
            pick: None,
            typed: SecretField::word(),
            wants_focus: false,
        }
    }
}

impl Scan {
    /// Shows it; the text of a code, once there is one.
    pub fn show(&mut self, ui: &mut Ui, theme: &Theme, texts: &Texts, eyes: &Eyes) -> Option<Zeroizing<String>> {
        if std::mem::take(&mut self.wants_focus) {
            self.typed.focus();
        }
        let given = self.take_given(ui);
        let ways = [(Way::Camera, "scan-camera"), (Way::File, "scan-file"), (Way::Typed, "scan-typed")];
        if choice::choice(ui, theme, &mut self.way, &ways.map(|(way, name)| (way, texts.get(name)))) {
            self.stop();
            self.wants_focus = self.way == Way::Typed;
            ui.ctx().request_repaint();
        }
        ui.add_space(space::S);
        let typed = match self.way {
            Way::Camera => {
                if self.through.show(ui, theme, texts, eyes, self.problem.is_none())
                    && matches!(self.problem, Some(Problem::Source(_)))
                {
                    // It works, or works again.
                    self.problem = None;
                }
                None
            }
            Way::File => {
                self.show_file(ui, theme, texts);
                None
            }
            Way::Typed => self.show_typed(ui, theme, texts),
        };
        let seen = self.take_sights();
        match &self.problem {
            Some(Problem::Source(name)) => field::problem(ui, theme, &texts.get(name)),
            Some(Problem::Refused(why)) => field::problem(ui, theme, why),
            None => {}
        }
        given.or(seen).or(typed)
    }

    /// The text was none that is wanted here; this says why and what to do.
    pub fn refuse(&mut self, why: String) {
        self.problem = Some(Problem::Refused(why));
    }

    /// Lets the camera go and forgets what was typed.
    pub fn stop(&mut self) {
        self.through.close();
        self.still = None;
        self.problem = None;
        self.pick = None;
        self.typed.wipe();
    }

    /// What was dropped on the window or pasted into it, whichever way is chosen.
    fn take_given(&mut self, ui: &Ui) -> Option<Zeroizing<String>> {
        match Taken::from(ui, self.way != Way::Typed)? {
            Taken::Text(text) => return Some(text),
            Taken::File(path) => self.open(ui.ctx(), path),
            Taken::Picture(picture) => {
                let wake = ui.ctx().clone();
                self.look_at(Scanner::still(move || taken::grey(&picture), move || wake.request_repaint()));
            }
        }
        None
    }

    fn show_file(&mut self, ui: &mut Ui, theme: &Theme, texts: &Texts) {
        field::hint(ui, theme, &texts.get("scan-file-lead"));
        if let Some(picked) = self.pick.as_ref().and_then(Pick::poll) {
            self.pick = None;
            if let Some(path) = picked.into_iter().next() {
                self.open(ui.ctx(), path);
            }
        }
        // A second dialog would only hide the first.
        let may_pick = self.pick.is_none();
        if button::primary(ui, theme, &texts.get("scan-file-choose"), may_pick).clicked() {
            self.pick = Some(Pick::file(ui.ctx(), texts.get("scan-file")));
        }
    }

    /// Looks at a picture, such as one that was dropped on the window.
    pub fn open(&mut self, ctx: &Context, path: PathBuf) {
        let wake = ctx.clone();
        self.look_at(Scanner::picture(path, move || wake.request_repaint()));
    }

    fn look_at(&mut self, still: Scanner) {
        self.through.close();
        (self.way, self.problem, self.still) = (Way::File, None, Some(still));
    }

    fn show_typed(&mut self, ui: &mut Ui, theme: &Theme, texts: &Texts) -> Option<Zeroizing<String>> {
        field::hint(ui, theme, &texts.get("scan-typed-lead"));
        let typed = self.typed.show_in(ui, (theme, texts), "typed-code", &texts.get("scan-typed-name"));
        if typed.is_changed {
            self.problem = None;
        }
        let is_there = !self.typed.text().trim().is_empty();
        let pressed = button::primary(ui, theme, &texts.get("scan-typed-take"), is_there).clicked();
        let is_wanted = is_there && (pressed || typed.is_submitted);
        is_wanted.then(|| Zeroizing::new(self.typed.text().trim().to_owned()))
    }

    fn take_sights(&mut self) -> Option<Zeroizing<String>> {
        let scanner = match self.way {
            Way::Camera => self.through.scanner(),
            Way::File => self.still.as_ref(),
            Way::Typed => None,
        }?;
        while let Some(sight) = scanner.poll() {
            match sight {
                Sight::Found(text) => return Some(text),
                Sight::Nothing => self.problem = Some(Problem::Source("scan-nothing")),
                Sight::Failed(error) => {
                    self.problem = Some(Problem::Source(sentence(error)));
                    self.through.has_failed();
                    return None;
                }
            }
        }
        None
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scan({:?})", self.way)
    }
}

/// What went wrong and what to do next.
const fn sentence(error: SourceError) -> &'static str {
    match error {
        SourceError::NoCamera => "scan-no-camera",
        SourceError::Busy => "scan-busy",
        SourceError::Denied => "scan-denied",
        SourceError::Silent => "scan-silent",
        SourceError::Gone => "scan-gone",
        SourceError::Unusable => "scan-unusable",
        SourceError::File(FileError::Unreadable) => "scan-file-unreadable",
        SourceError::File(FileError::NoPicture) => "scan-file-no-picture",
        SourceError::File(FileError::TooLarge) => "scan-file-too-large",
    }
}
