//! Attachments on their way out of the vault: to a file that the person names, or into another program.

use crate::window::{
    cx::Cx,
    desktop::pick::Pick,
    icons::{self, icon_button},
    sentence::sentence,
};
use egui::{Align, Context, Label, Layout, RichText, Ui};
use nyx_p2p::{AttachmentId, Command, Event, RequestId, SaveTo};
use std::{path::PathBuf, thread};

/// Attachments on their way out of the vault.
#[derive(Default)]
pub(super) struct Files {
    picking: Option<(Pick, AttachmentId)>,
    under_way: Vec<(RequestId, Then)>,
    /// What happened last, and until when it is shown; a problem stays.
    notice: Option<Notice>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Then {
    Say,
    Open,
}

struct Notice {
    text: String,
    is_problem: bool,
    until: f64,
}

impl Files {
    /// Asks where to, and writes it there.
    pub(super) fn save(&mut self, ctx: &Context, cx: &Cx<'_>, attachment: AttachmentId, name: String) {
        if self.picking.is_none() {
            self.picking = Some((Pick::save(ctx, cx.texts.get("chat-save-title"), name), attachment));
        }
    }

    /// Writes it to a private place that goes when the vault is locked, and opens it there.
    pub(super) fn open(&mut self, cx: &mut Cx<'_>, attachment: AttachmentId) {
        self.write(cx, attachment, SaveTo::Passing, Then::Open);
    }

    /// Says what happened, above the place where a message is written.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let now = ui.input(|input| input.time);
        if let Some((pick, attachment)) = &self.picking
            && let Some(paths) = pick.poll()
        {
            let attachment = *attachment;
            self.picking = None;
            if let Some(path) = paths.into_iter().next() {
                self.write(cx, attachment, SaveTo::File(path), Then::Say);
            }
        }
        self.follow(cx, now);
        if !self.under_way.is_empty() {
            ui.label(RichText::new(cx.texts.get("chat-writing-file")).small().color(cx.theme.palette.quiet));
        }
        let Some(notice) = self.notice.as_ref().filter(|notice| notice.is_problem || notice.until > now) else {
            self.notice = None;
            return;
        };
        if !notice.is_problem {
            ui.ctx().request_repaint_after_secs((notice.until - now) as f32 + 0.01);
        }
        let color = if notice.is_problem { cx.theme.palette.danger } else { cx.theme.palette.good };
        let text = RichText::new(&notice.text).color(color);
        let mut is_dismissed = false;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                is_dismissed = icon_button(ui, icons::CLOSE, &cx.texts.get("chat-dismiss")).clicked();
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.add(Label::new(text).wrap()));
            });
        });
        if is_dismissed {
            self.notice = None;
        }
    }

    fn write(&mut self, cx: &mut Cx<'_>, attachment: AttachmentId, to: SaveTo, then: Then) {
        match cx.watch(Command::SaveAttachment { attachment, to }) {
            Some(id) => self.under_way.push((id, then)),
            None => self.problem(cx.texts.get("window-busy")),
        }
    }

    fn follow(&mut self, cx: &mut Cx<'_>, now: f64) {
        let mut index = 0;
        while index < self.under_way.len() {
            let (id, then) = self.under_way[index];
            let job = cx.model.jobs.get(id);
            let Some((job, ended)) = job.and_then(|job| Some((job, job.ended.as_ref()?))) else {
                index += 1;
                continue;
            };
            self.under_way.remove(index);
            let path = job.heard.iter().find_map(|event| match event {
                Event::Saved { path, .. } => Some(path.clone()),
                _ => None,
            });
            match (ended, path, then) {
                (Err(failure), ..) => self.problem(sentence(failure, cx.texts)),
                (Ok(()), Some(path), Then::Open) => open(path),
                (Ok(()), Some(path), Then::Say) => {
                    let text = cx.texts.with("chat-saved-as", &[("file", path.display().to_string().into())]);
                    self.notice = Some(Notice { text, is_problem: false, until: now + SHOWN });
                }
                (Ok(()), None, _) => {}
            }
            cx.forget(id);
        }
    }

    fn problem(&mut self, text: String) {
        self.notice = Some(Notice { text, is_problem: true, until: 0.0 });
    }
}

/// Whether a file of this name is only looked at by the program that opens it, on every system.
pub(super) fn is_harmless(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| HARMLESS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
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

/// Files that hold no programs. What is not named here may be started instead of shown.
const HARMLESS: [&str; 30] = [
    "aac", "avif", "bmp", "csv", "docx", "epub", "flac", "gif", "heic", "jpeg", "jpg", "m4a", "md", "mkv", "mov",
    "mp3", "mp4", "odp", "ods", "odt", "ogg", "opus", "pdf", "png", "pptx", "txt", "wav", "webm", "webp", "xlsx",
];
/// Long enough to read a path.
const SHOWN: f64 = 8.0;
