//! What a person drops on the window or pastes into it where a code is wanted.

use egui::{ColorImage, Event, Ui};
use nyx_media::{file::FileError, grey::Grey};
use std::{path::PathBuf, sync::Arc};
use zeroize::{Zeroize, Zeroizing};

/// What was given.
pub(super) enum Taken {
    Text(Zeroizing<String>),
    File(PathBuf),
    Picture(Arc<ColorImage>),
}

impl Taken {
    /// What came in this frame. A text that is pasted belongs to the field that has the keyboard, if one has.
    pub(super) fn from(ui: &Ui, takes_text: bool) -> Option<Self> {
        let dropped = ui.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            return Some(Self::File(path));
        }
        let takes_text = takes_text && ui.memory(|memory| memory.focused().is_none());
        let is_mine = |event: &Event| match event {
            Event::PasteImage(_) => true,
            Event::Paste(_) => takes_text,
            _ => false,
        };
        ui.input_mut(|input| {
            let index = input.events.iter().position(is_mine)?;
            match input.events.remove(index) {
                Event::PasteImage(picture) => Some(Self::Picture(picture)),
                Event::Paste(mut text) => {
                    let taken = Zeroizing::new(text.trim().to_owned());
                    text.zeroize();
                    Some(Self::Text(taken))
                }
                _ => None,
            }
        })
    }
}

/// A picture from the clipboard, for the search. Takes a while.
pub(super) fn grey(picture: &ColorImage) -> Result<Grey, FileError> {
    let [width, height] = picture.size;
    // What lets the paper through is as light as paper; the colours are multiplied already.
    let on_paper = |shade: u8, alpha: u8| shade.saturating_add(u8::MAX - alpha);
    let rgb = picture.pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()].map(|c| on_paper(c, pixel.a())));
    let rgb: Zeroizing<Vec<u8>> = Zeroizing::new(rgb.collect());
    Grey::from_rgb(width, height, &rgb).ok_or(FileError::TooLarge)
}
