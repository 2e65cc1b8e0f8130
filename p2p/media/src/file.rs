//! A picture from a file that somebody chose. Whoever made it chose its bytes: four formats and nothing else, told by
//! their content, and no more memory than [`BYTES_MAX`] and four bytes a pixel.

use crate::grey::{Grey, PIXELS_MAX, luma};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::{
    fs::File,
    io::{Cursor, Read},
    panic::catch_unwind,
    path::Path,
};
use zeroize::{Zeroize, Zeroizing};

/// Why a file does not become a picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FileError {
    /// It is not there, or may not be read, or is no file.
    #[error("the file can't be read")]
    Unreadable,
    /// None of the formats, or damaged.
    #[error("the file is no picture")]
    NoPicture,
    /// More bytes or pixels than any camera makes.
    #[error("the picture is too large")]
    TooLarge,
}

/// Reads and decodes a file. Takes a while.
pub fn open(path: &Path) -> Result<Grey, FileError> {
    let file = File::open(path).map_err(|_| FileError::Unreadable)?;
    let about = file.metadata().map_err(|_| FileError::Unreadable)?;
    // A pipe would never end.
    if !about.is_file() {
        return Err(FileError::Unreadable);
    }
    if about.len() > BYTES_MAX {
        return Err(FileError::TooLarge);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0)));
    // It may grow meanwhile.
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|_| FileError::Unreadable)?;
    decode(&bytes)
}

/// Decodes the bytes of a file.
pub fn decode(bytes: &[u8]) -> Result<Grey, FileError> {
    if bytes.len() as u64 > BYTES_MAX {
        return Err(FileError::TooLarge);
    }
    // The decoders are well kept, and still somebody else's code on somebody else's bytes.
    catch_unwind(|| decode_within_limits(bytes)).unwrap_or_else(|_| {
        tracing::warn!("a decoder of pictures gave up");
        Err(FileError::NoPicture)
    })
}

fn decode_within_limits(bytes: &[u8]) -> Result<Grey, FileError> {
    let format = image::guess_format(bytes).ok().filter(|format| FORMATS.contains(format));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.ok_or(FileError::NoPicture)?);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| FileError::NoPicture)?;
    // Before a byte is reserved for what the picture says of itself.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX as u64 || decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(FileError::TooLarge);
    }
    let decoded = DynamicImage::from_decoder(decoder).map_err(|_| FileError::NoPicture)?;
    let pixels = if decoded.color().has_alpha() {
        let mut rgba = decoded.into_rgba8();
        // What lets the paper through is as light as paper.
        let on_paper = |shade: u8, alpha: u8| {
            let mixed = u32::from(shade) * u32::from(alpha) + 255 * u32::from(u8::MAX - alpha);
            u8::try_from(mixed / 255).unwrap_or(u8::MAX)
        };
        let pixels = rgba.pixels().map(|pixel| {
            let [red, green, blue, alpha] = pixel.0;
            on_paper(luma([red, green, blue]), alpha)
        });
        let pixels = pixels.collect();
        rgba.as_flat_samples_mut().samples.zeroize();
        pixels
    } else {
        decoded.into_luma8().into_raw()
    };
    Grey::new(width as usize, height as usize, pixels).ok_or(FileError::NoPicture)
}

/// What people save a code as. Every further decoder is further code on bytes of strangers.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
/// The largest photos and screenshots have half of that.
pub const BYTES_MAX: u64 = 64 << 20;
/// What a decoder may reserve.
const DECODED_BYTES_MAX: u64 = 4 * PIXELS_MAX as u64;
