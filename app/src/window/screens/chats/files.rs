//! Attachments on their way out of the vault: to a file that the person names, or into another program.

use crate::window::{cx::Cx, desktop::pick::Pick, errands::What};
use egui::Context;
use nyx_p2p::{AttachmentId, Command, SaveTo};

/// The question where to write an attachment.
#[derive(Default)]
pub(super) struct Files {
    picking: Option<(Pick, AttachmentId)>,
}

impl Files {
    /// Asks where to, and writes it there.
    pub(super) fn save(&mut self, ctx: &Context, cx: &Cx<'_>, attachment: AttachmentId, name: String) {
        if self.picking.is_none() {
            self.picking = Some((Pick::save(ctx, cx.texts.get("chat-save-title"), name), attachment));
        }
    }

    /// Writes what the person has said where to.
    pub(super) fn poll(&mut self, cx: &mut Cx<'_>) {
        let Some((pick, attachment)) = &self.picking else { return };
        let (Some(paths), attachment) = (pick.poll(), *attachment) else { return };
        self.picking = None;
        if let Some(path) = paths.into_iter().next() {
            cx.errand(Command::SaveAttachment { attachment, to: SaveTo::File(path) }, What::Save);
        }
    }
}

/// Writes it to a private place that goes when the vault is locked, and opens it there.
pub(super) fn open(cx: &mut Cx<'_>, attachment: AttachmentId) {
    cx.errand(Command::SaveAttachment { attachment, to: SaveTo::Passing }, What::Open);
}

/// Whether a file of this name is only looked at by the program that opens it, on every system.
pub(super) fn is_harmless(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| HARMLESS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// Files that hold no programs. What is not named here may be started instead of shown.
const HARMLESS: [&str; 30] = [
    "aac", "avif", "bmp", "csv", "docx", "epub", "flac", "gif", "heic", "jpeg", "jpg", "m4a", "md", "mkv", "mov",
    "mp3", "mp4", "odp", "ods", "odt", "ogg", "opus", "pdf", "png", "pptx", "txt", "wav", "webm", "webp", "xlsx",
];
