//! The desktop's own dialogs for files. They stay open for as long as somebody thinks, so each has a thread.

use egui::Context;
use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, TryRecvError, channel},
    thread,
};

/// A dialog that is open.
#[derive(Debug)]
pub(crate) struct Pick {
    answer: Receiver<Vec<PathBuf>>,
}

impl Pick {
    /// Files to read, as many as wanted.
    pub(crate) fn files(ctx: &Context, title: String) -> Self {
        Self::ask(ctx, move || rfd::FileDialog::new().set_title(title).pick_files().unwrap_or_default())
    }

    /// One file to read.
    pub(crate) fn file(ctx: &Context, title: String) -> Self {
        Self::ask(ctx, move || rfd::FileDialog::new().set_title(title).pick_file().into_iter().collect())
    }

    /// Where to write a file, with a name to begin with.
    pub(crate) fn save(ctx: &Context, title: String, name: String) -> Self {
        Self::ask(ctx, move || {
            rfd::FileDialog::new().set_title(title).set_file_name(name).save_file().into_iter().collect()
        })
    }

    /// What was picked, nothing if it was cancelled; `None` while it is open.
    pub(crate) fn poll(&self) -> Option<Vec<PathBuf>> {
        match self.answer.try_recv() {
            Ok(paths) => Some(paths),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Vec::new()),
        }
    }

    fn ask(ctx: &Context, dialog: impl FnOnce() -> Vec<PathBuf> + Send + 'static) -> Self {
        let (tell, answer) = channel();
        let wake = ctx.clone();
        let spawned = thread::Builder::new().name("nyx-pick".into()).spawn(move || {
            // Nobody may be there any more to hear it.
            let _ = tell.send(dialog());
            wake.request_repaint();
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread for a dialog");
        }
        Self { answer }
    }
}
