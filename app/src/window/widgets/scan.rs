//! Takes in a code of the other device: through a camera, from a picture, or typed and pasted.
//!
//! A screen keeps a [`Scan`] and calls [`Scan::show`] each frame; a text that comes back is a stranger's, to be parsed
//! by `nyx-wire`. If it is none of ours, [`Scan::refuse`] says so and it goes on. Dropping it, or [`Scan::stop`], lets
//! the camera go. Nothing here waits: cameras, files and dialogs have threads of their own.

use super::{button, choice, field, secret::SecretField};
use crate::{
    text::Texts,
    window::{
        desktop::pick::Pick,
        theme::{Theme, space},
    },
};
use egui::{ColorImage, Context, Image, TextureHandle, TextureOptions, Ui, accesskit::Role, vec2};
use nyx_media::{
    file::FileError,
    scanner::{Scanner, Sight},
    source::{
        Preview, SourceError,
        camera::{CameraName, cameras},
    },
};
use std::{
    fmt,
    path::PathBuf,
    sync::mpsc::{Receiver, channel},
    thread,
};
use zeroize::Zeroizing;

/// The ways to take in a code, and how far it is.
pub struct Scan {
    look: Look,
    way: Way,
    scanner: Option<Scanner>,
    cameras: Cameras,
    chosen: usize,
    preview: Option<TextureHandle>,
    problem: Option<&'static str>,
    pick: Option<Pick>,
    typed: SecretField,
    /// The caret goes into the field in the next frame: the click that chose it belongs to what was clicked.
    wants_focus: bool,
}

/// Opens a camera: the wanted one, or the first.
type Look = Box<dyn Fn(Option<CameraName>, Context) -> Scanner>;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Camera,
    File,
    Typed,
}

impl Default for Scan {
    fn default() -> Self {
        Self::through(|wanted, ctx| Scanner::camera(wanted, move || ctx.request_repaint()))
    }
}

impl Scan {
    /// Looks through something else than the cameras of this machine.
    #[must_use]
    pub fn through(look: impl Fn(Option<CameraName>, Context) -> Scanner + 'static) -> Self {
        Self {
            look: Box::new(look),
            way: Way::Camera,
            scanner: None,
            cameras: Cameras::default(),
            chosen: 0,
            preview: None,
            problem: None,
            pick: None,
            typed: SecretField::word(),
            wants_focus: false,
        }
    }

    /// Shows it; the text of a code, once there is one.
    pub fn show(&mut self, ui: &mut Ui, theme: &Theme, texts: &Texts) -> Option<Zeroizing<String>> {
        if std::mem::take(&mut self.wants_focus) {
            self.typed.focus();
        }
        let ways = [(Way::Camera, "scan-camera"), (Way::File, "scan-file"), (Way::Typed, "scan-typed")];
        if choice::choice(ui, theme, &mut self.way, &ways.map(|(way, name)| (way, texts.get(name)))) {
            self.stop();
            self.wants_focus = self.way == Way::Typed;
            ui.ctx().request_repaint();
        }
        ui.add_space(space::S);
        let typed = match self.way {
            Way::Camera => {
                self.show_camera(ui, theme, texts);
                None
            }
            Way::File => {
                self.show_file(ui, theme, texts);
                None
            }
            Way::Typed => self.show_typed(ui, theme, texts),
        };
        let seen = self.take_sights();
        if let Some(problem) = self.problem {
            field::problem(ui, theme, &texts.get(problem));
        }
        seen.or(typed)
    }

    /// The text was none that is wanted here.
    pub fn refuse(&mut self) {
        self.problem = Some("scan-foreign");
    }

    /// Lets the camera go and forgets what was typed.
    pub fn stop(&mut self) {
        self.scanner = None;
        self.preview = None;
        self.problem = None;
        self.pick = None;
        self.typed.wipe();
    }

    fn show_camera(&mut self, ui: &mut Ui, theme: &Theme, texts: &Texts) {
        let cameras = self.cameras.get(ui.ctx());
        // One needs no choice.
        if cameras.len() > 1 {
            let names: Vec<_> = cameras.iter().map(|camera| camera.name.clone()).enumerate().collect();
            field::label(ui, theme, &texts.get("scan-which"));
            if choice::choice(ui, theme, &mut self.chosen, &names) {
                self.scanner = None;
            }
        }
        if self.scanner.is_none() {
            let wanted = self.cameras.get(ui.ctx()).get(self.chosen).cloned();
            self.scanner = Some((self.look)(wanted, ui.ctx().clone()));
            (self.preview, self.problem) = (None, None);
        }
        if let Some(preview) = self.scanner.as_ref().and_then(Scanner::preview) {
            // It works, or works again.
            if self.problem != Some("scan-foreign") {
                self.problem = None;
            }
            let image = picture(&preview);
            match &mut self.preview {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                None => self.preview = Some(ui.ctx().load_texture("camera", image, TextureOptions::LINEAR)),
            }
        }
        match &self.preview {
            Some(texture) => {
                let size = texture.size_vec2();
                let width = ui.available_width().min(PREVIEW_MAX);
                let name = texts.get("scan-preview");
                let shown = Image::new(texture).fit_to_exact_size(vec2(width, width * size.y / size.x)).alt_text(&name);
                let shown = ui.add(shown.corner_radius(8));
                ui.ctx().accesskit_node_builder(shown.id, |node| {
                    node.set_role(Role::Image);
                    node.set_label(name);
                });
                field::hint(ui, theme, &texts.get("scan-hold"));
            }
            None if self.problem.is_none() => super::page::waiting(ui, theme, &texts.get("scan-starting")),
            None => {}
        }
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
        let ctx = ctx.clone();
        (self.way, self.problem) = (Way::File, None);
        self.scanner = Some(Scanner::picture(path, move || ctx.request_repaint()));
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
        let scanner = self.scanner.as_ref()?;
        while let Some(sight) = scanner.poll() {
            match sight {
                Sight::Found(text) => return Some(text),
                Sight::Nothing => self.problem = Some("scan-nothing"),
                Sight::Failed(error) => {
                    self.problem = Some(sentence(error));
                    self.preview = None;
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

fn picture(preview: &Preview) -> ColorImage {
    ColorImage::from_rgba_unmultiplied([preview.width, preview.height], &preview.rgba)
}

/// The cameras of this machine: asking for them may take as long as their drivers do.
#[derive(Default)]
struct Cameras {
    asked: Option<Receiver<Vec<CameraName>>>,
    known: Vec<CameraName>,
}

impl Cameras {
    fn get(&mut self, ctx: &Context) -> &[CameraName] {
        let asked = self.asked.get_or_insert_with(|| {
            let (tell, answer) = channel();
            let ctx = ctx.clone();
            let spawned = thread::Builder::new().name("nyx-cameras".into()).spawn(move || {
                // Nobody may be there any more to hear it.
                let _ = tell.send(cameras());
                ctx.request_repaint();
            });
            if let Err(error) = spawned {
                tracing::warn!(%error, "no thread to look for cameras");
            }
            answer
        });
        if let Ok(found) = asked.try_recv() {
            self.known = found;
        }
        &self.known
    }
}

/// Points: as wide as the code beside it.
const PREVIEW_MAX: f32 = 360.0;
