//! Pictures on their way to the screen: asked of the engine at the size that is needed, kept as textures within a budget,
//! the least recently seen dropped first. Before a picture is there, its thumbhash stands in its place.

use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use nyx_p2p::{AttachmentId, Command, Event, Failure, Picture, RequestId};
use std::{
    collections::{HashMap, VecDeque},
    fmt,
};

/// The textures of pictures.
#[derive(Default)]
pub struct Pictures {
    shown: HashMap<AttachmentId, Shown>,
    blurs: HashMap<AttachmentId, Shown>,
    asked: HashMap<RequestId, (AttachmentId, u32)>,
    /// Decoded and not a texture yet: one a frame becomes one, so that no frame takes long.
    waiting: VecDeque<(AttachmentId, u32, Picture)>,
    bytes: usize,
    tick: u64,
}

/// What there is of a picture.
#[derive(Clone)]
pub enum Seen {
    /// It, at the size that was asked for or at an earlier one.
    Picture(TextureHandle),
    /// Its thumbhash.
    Blur(TextureHandle),
    /// Nothing yet.
    Nothing,
    /// It can't be shown: it is none, or none that can be read.
    Unreadable,
}

impl Pictures {
    /// What there is of a picture.
    #[must_use]
    pub fn get(&self, attachment: AttachmentId) -> Seen {
        match self.shown.get(&attachment) {
            Some(Shown { texture: Some(texture), .. }) => Seen::Picture(texture.clone()),
            Some(_) => Seen::Unreadable,
            None => match self.blurs.get(&attachment).and_then(|blur| blur.texture.clone()) {
                Some(texture) => Seen::Blur(texture),
                None => Seen::Nothing,
            },
        }
    }

    /// How many bytes the textures have.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A picture is on the screen, so many pixels long: if it is not here so large, it is asked for by `post`.
    pub(super) fn want(&mut self, ctx: &Context, wish: &Wish, mut post: impl FnMut(Command) -> Option<RequestId>) {
        self.tick += 1;
        let Wish { attachment, edge, preview } = wish;
        let edge = EDGES.into_iter().find(|step| step >= edge).unwrap_or(EDGES[EDGES.len() - 1]);
        if let Some(shown) = self.shown.get_mut(attachment) {
            shown.used = self.tick;
            if shown.texture.is_none() || shown.edge >= edge {
                return;
            }
        } else if let Some(blur) = self.blurs.get_mut(attachment) {
            blur.used = self.tick;
        } else if let Some(preview) = preview {
            let texture = blur(ctx, preview);
            self.blurs.insert(*attachment, Shown { texture, edge: 0, bytes: 0, used: self.tick });
            if self.blurs.len() > BLURS_MAX {
                let oldest = self.blurs.iter().min_by_key(|(_, blur)| blur.used).map(|(id, _)| *id);
                oldest.map(|oldest| self.blurs.remove(&oldest));
            }
        }
        let is_coming = self.asked.values().any(|(other, size)| other == attachment && *size >= edge)
            || self.waiting.iter().any(|(other, size, _)| other == attachment && *size >= edge);
        // What is asked while others are decoded would be answered after the person has scrolled on.
        if is_coming || self.asked.len() + self.waiting.len() >= ASKED_MAX {
            return;
        }
        if let Some(id) = post(Command::ShowPicture { attachment: *attachment, edge }) {
            self.asked.insert(id, (*attachment, edge));
        }
    }

    /// Takes an answer in; gives back what is none.
    pub(super) fn fold(&mut self, by: RequestId, event: Event) -> Option<Event> {
        let Some((attachment, edge)) = self.asked.get(&by).copied() else { return Some(event) };
        match event {
            Event::Picture { picture: Some(picture), .. } => self.waiting.push_back((attachment, edge, picture)),
            Event::Picture { picture: None, .. } => self.fail(attachment, edge),
            Event::Done => {
                self.asked.remove(&by);
            }
            // It was not tried.
            Event::Failed(Failure::Busy | Failure::Cancelled | Failure::Locked) => {
                self.asked.remove(&by);
            }
            Event::Failed(_) => {
                self.asked.remove(&by);
                self.fail(attachment, edge);
            }
            _ => {}
        }
        None
    }

    /// Makes a texture of one picture that was decoded.
    pub(super) fn upload(&mut self, ctx: &Context) {
        let Some((attachment, edge, picture)) = self.waiting.pop_front() else { return };
        let size = [picture.width, picture.height].map(|side| side as usize);
        let whole = size[0].checked_mul(size[1]).and_then(|pixels| pixels.checked_mul(4));
        if whole != Some(picture.rgba.len()) || whole == Some(0) {
            return self.fail(attachment, edge);
        }
        let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
        let texture = ctx.load_texture("picture", image, TextureOptions::LINEAR);
        self.keep(attachment, edge, Some(texture), picture.rgba.len());
        ctx.request_repaint();
    }

    /// It can't be had so large. What was shown of it stays, and is not asked for at this size again.
    fn fail(&mut self, attachment: AttachmentId, edge: u32) {
        match self.shown.get_mut(&attachment) {
            Some(shown) if shown.texture.is_some() => shown.edge = shown.edge.max(edge),
            _ => self.keep(attachment, edge, None, 0),
        }
    }

    fn keep(&mut self, attachment: AttachmentId, edge: u32, texture: Option<TextureHandle>, bytes: usize) {
        self.blurs.remove(&attachment);
        let earlier = self.shown.insert(attachment, Shown { texture, edge, bytes, used: self.tick });
        self.bytes = self.bytes + bytes - earlier.map_or(0, |earlier| earlier.bytes);
        while self.bytes > BYTES_MAX || self.shown.len() > SHOWN_MAX {
            let oldest = self.shown.iter().filter(|(id, _)| **id != attachment).min_by_key(|(_, shown)| shown.used);
            let Some(oldest) = oldest.map(|(id, _)| *id) else { return };
            self.bytes -= self.shown.remove(&oldest).map_or(0, |dropped| dropped.bytes);
        }
    }
}

impl fmt::Debug for Pictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pictures({} in {} bytes)", self.shown.len(), self.bytes)
    }
}

/// A picture that is on the screen.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which.
    pub attachment: AttachmentId,
    /// How many pixels its longer side has there.
    pub edge: u32,
    /// Its thumbhash.
    pub preview: Option<Vec<u8>>,
}

struct Shown {
    texture: Option<TextureHandle>,
    edge: u32,
    bytes: usize,
    used: u64,
}

fn blur(ctx: &Context, hash: &[u8]) -> Option<TextureHandle> {
    // No thumbhash is longer, and what is not one may be anything.
    if hash.len() > HASH_MAX {
        return None;
    }
    let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(hash).ok()?;
    (width * height * 4 == rgba.len() && width * height > 0).then(|| {
        let image = ColorImage::from_rgba_unmultiplied([width, height], &rgba);
        ctx.load_texture("blur", image, TextureOptions::LINEAR)
    })
}

/// Pictures are decoded at a few sizes, so that a window that is made larger does not decode at every width.
const EDGES: [u32; 4] = [320, 640, 1280, 2560];
/// About twenty screens of pictures.
const BYTES_MAX: usize = 48 << 20;
/// Pictures that can't be read cost no bytes, but they are counted too.
const SHOWN_MAX: usize = 1024;
/// 32 pixels square: 4 KiB each.
const BLURS_MAX: usize = 512;
/// The longest thumbhash.
const HASH_MAX: usize = 25;
/// At most so many are decoded at a time.
const ASKED_MAX: usize = 4;
