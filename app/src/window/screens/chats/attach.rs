//! Files that wait to be sent with a message. They are looked at on a thread of their own: how large they are, and what
//! a picture looks like.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use image::{ImageEncoder, ImageReader, Limits, codecs::png::PngEncoder};
use nyx_p2p::Source;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Files that wait to be sent with a message.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) files: Vec<File>,
    looks: Option<(Sender<Look>, Receiver<Look>)>,
    next: u64,
    /// Files that could not be taken, by their names.
    pub(super) refused: Vec<String>,
}

/// A file that waits.
pub(super) struct File {
    number: u64,
    pub(super) name: String,
    /// Known once it was looked at.
    pub(super) bytes: Option<u64>,
    pub(super) small: Option<TextureHandle>,
    /// What will be sent; `None` while it is being made.
    source: Option<Source>,
}

impl File {
    /// What is sent.
    pub(super) fn source(&self) -> Option<Source> {
        self.source.clone()
    }
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether all of them can be sent.
    pub(super) fn is_ready(&self) -> bool {
        self.files.iter().all(|file| file.source.is_some() && file.bytes.is_some())
    }

    /// Takes files of the person.
    pub(super) fn add_paths(&mut self, ctx: &Context, paths: Vec<PathBuf>) {
        let mut asked = Vec::new();
        for path in paths {
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
            // What was taken before is looked at all the same.
            let Some(number) = self.add(name, Some(Source::File(path.clone()))) else { break };
            asked.push((number, path));
        }
        self.look(ctx, move |tell| {
            for (number, path) in asked {
                tell(look_at(number, &path));
            }
        });
    }

    /// Takes text that is too long for a message.
    pub(super) fn add_text(&mut self, name: String, text: &str) {
        let bytes: Arc<[u8]> = text.as_bytes().into();
        let length = bytes.len() as u64;
        if self.add(name.clone(), Some(Source::Bytes { name, bytes })).is_some()
            && let Some(file) = self.files.last_mut()
        {
            file.bytes = Some(length);
        }
    }

    /// Takes a picture from the clipboard.
    pub(super) fn add_picture(&mut self, ctx: &Context, name: String, picture: Arc<ColorImage>) {
        let Some(number) = self.add(name.clone(), None) else { return };
        self.look(ctx, move |tell| {
            let rgba: Vec<u8> = picture.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            let [width, height] = picture.size.map(|side| u32::try_from(side).unwrap_or(0));
            let mut bytes = Vec::new();
            let made = PngEncoder::new(&mut bytes).write_image(&rgba, width, height, image::ExtendedColorType::Rgba8);
            let small = image::RgbaImage::from_raw(width, height, rgba).map(|picture| shrunk(&picture.into()));
            let length = made.map(|()| bytes.len() as u64).map_err(io::Error::other);
            tell(Look { number, length, small, source: Some(Source::Bytes { name, bytes: bytes.into() }) });
        });
    }

    pub(super) fn remove(&mut self, index: usize) {
        self.files.remove(index);
    }

    /// Gives all of them up, to be sent.
    pub(super) fn take(&mut self) -> Vec<File> {
        std::mem::take(&mut self.files)
    }

    /// Takes back what was not sent after all.
    pub(super) fn put_back(&mut self, files: Vec<File>) {
        self.files.splice(0..0, files);
    }

    /// What was seen of them since the last time.
    pub(super) fn poll(&mut self, ctx: &Context) {
        let Some((_, looks)) = &self.looks else { return };
        while let Ok(look) = looks.try_recv() {
            let Some(index) = self.files.iter().position(|file| file.number == look.number) else { continue };
            match look.length {
                Ok(length) => {
                    let file = &mut self.files[index];
                    file.bytes = Some(length);
                    file.source = look.source.or(file.source.take());
                    file.small = look.small.map(|small| ctx.load_texture("waiting", small, TextureOptions::LINEAR));
                }
                Err(_) => self.refused.push(self.files.remove(index).name),
            }
        }
    }

    fn add(&mut self, name: String, source: Option<Source>) -> Option<u64> {
        if self.files.len() >= FILES_MAX {
            self.refused.push(name);
            return None;
        }
        self.next += 1;
        self.files.push(File { number: self.next, name, bytes: None, small: None, source });
        Some(self.next)
    }

    fn look(&mut self, ctx: &Context, work: impl FnOnce(&dyn Fn(Look)) + Send + 'static) {
        let (tell, _) = self.looks.get_or_insert_with(channel);
        let (tell, wake) = (tell.clone(), ctx.clone());
        let spawned = thread::Builder::new().name("nyx-look".into()).spawn(move || {
            work(&|look| {
                // Nobody may be there any more to see it.
                let _ = tell.send(look);
                wake.request_repaint();
            });
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread to look at files");
        }
    }
}

struct Look {
    number: u64,
    length: io::Result<u64>,
    small: Option<ColorImage>,
    source: Option<Source>,
}

fn look_at(number: u64, path: &Path) -> Look {
    let length = fs::metadata(path)
        .and_then(|about| if about.is_file() { Ok(about.len()) } else { Err(io::ErrorKind::IsADirectory.into()) });
    let small = length.as_ref().is_ok_and(|length| *length <= PICTURE_BYTES_MAX).then(|| preview(path)).flatten();
    Look { number, length, small, source: None }
}

fn preview(path: &Path) -> Option<ColorImage> {
    let mut reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
    reader.format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    Some(shrunk(&reader.decode().ok()?))
}

fn shrunk(picture: &image::DynamicImage) -> ColorImage {
    let small = picture.thumbnail(SMALL, SMALL).into_rgba8();
    ColorImage::from_rgba_unmultiplied([small.width() as usize, small.height() as usize], &small)
}

/// As many as a message may have.
const FILES_MAX: usize = 100;
/// A larger file is shown by its name.
const PICTURE_BYTES_MAX: u64 = 64 << 20;
/// A picture that would need more to be decoded is shown by its name.
const DECODED_BYTES_MAX: u64 = 256 << 20;
/// Twice the points of a preview, for dense screens.
const SMALL: u32 = 144;
