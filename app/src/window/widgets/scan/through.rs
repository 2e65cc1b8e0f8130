//! A live picture of a camera, and which camera it is.

use super::super::{choice, field, page};
use crate::{
    text::Texts,
    window::{eyes::Eyes, theme::Theme},
};
use egui::{ColorImage, Context, Image, TextureHandle, TextureOptions, Ui, accesskit::Role, vec2};
use nyx_media::{
    scanner::Scanner,
    source::{Preview, camera::CameraName},
};
use std::{
    sync::mpsc::{Receiver, channel},
    thread,
};

/// Looks through a camera for as long as it is shown.
#[derive(Default)]
pub(super) struct Through {
    scanner: Option<Scanner>,
    cameras: Cameras,
    chosen: usize,
    preview: Option<TextureHandle>,
}

impl Through {
    /// Shows what it sees; tells whether there is a new picture. `is_well`: nothing else says how it goes.
    pub(super) fn show(&mut self, ui: &mut Ui, theme: &Theme, texts: &Texts, eyes: &Eyes, is_well: bool) -> bool {
        let cameras = self.cameras.get(ui.ctx(), eyes);
        // One needs no choice.
        if cameras.len() > 1 {
            let names: Vec<_> = cameras.iter().map(|camera| camera.name.clone()).enumerate().collect();
            field::label(ui, theme, &texts.get("scan-which"));
            if choice::choice(ui, theme, &mut self.chosen, &names) {
                self.close();
            }
        }
        let wanted = self.cameras.get(ui.ctx(), eyes).get(self.chosen).cloned();
        let scanner = self.scanner.get_or_insert_with(|| eyes.open(wanted, ui.ctx()));
        let preview = scanner.preview();
        let is_new = preview.is_some();
        if let Some(preview) = preview {
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
            None if is_well => page::waiting(ui, theme, &texts.get("scan-starting")),
            None => {}
        }
        is_new
    }

    pub(super) const fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    /// What it saw last is not what it sees now.
    pub(super) fn has_failed(&mut self) {
        self.preview = None;
    }

    pub(super) fn close(&mut self) {
        (self.scanner, self.preview) = (None, None);
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
    fn get(&mut self, ctx: &Context, eyes: &Eyes) -> &[CameraName] {
        let asked = self.asked.get_or_insert_with(|| {
            let (tell, answer) = channel();
            let (ctx, eyes) = (ctx.clone(), eyes.clone());
            let spawned = thread::Builder::new().name("nyx-cameras".into()).spawn(move || {
                // Nobody may be there any more to hear it.
                let _ = tell.send(eyes.cameras());
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
