//! Where frames come from: a camera ([`camera`]), a file that is one frame, or a picture that is drawn
//! ([`synthetic`]), for tests and for machines without a camera.

#[cfg(feature = "device")]
pub mod camera;
pub mod synthetic;

use crate::{file::FileError, grey::Grey, reading::Effort};
use std::fmt;
use zeroize::Zeroizing;

/// Frames, one after the other. Runs in a thread of its own and may wait there, even for ever.
pub trait FrameSource {
    /// The next frame, or `None` after the last.
    fn next_frame(&mut self) -> Result<Option<Frame>, SourceError>;

    /// How long each frame may be looked at.
    fn effort(&self) -> Effort {
        Effort::Frame
    }
}

/// Why there is no frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SourceError {
    /// None is connected.
    #[error("there is no camera")]
    NoCamera,
    /// Another program has it.
    #[error("the camera is in use")]
    Busy,
    /// The system does not allow it.
    #[error("the camera may not be used")]
    Denied,
    /// It is open and tells nothing.
    #[error("the camera sends no pictures")]
    Silent,
    /// It was unplugged.
    #[error("the camera is gone")]
    Gone,
    /// It does something that nobody here understands.
    #[error("the camera can't be used")]
    Unusable,
    /// The picture is in a file, and that does not work.
    #[error(transparent)]
    File(#[from] FileError),
}

impl SourceError {
    /// Whether waiting or plugging something in may help.
    #[must_use]
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::File(_))
    }
}

/// One picture. Wiped when dropped.
pub struct Frame {
    width: usize,
    height: usize,
    /// Red, green and blue.
    rgb: Zeroizing<Vec<u8>>,
}

impl Frame {
    /// `None` when the bytes are not three a pixel, or none, or more than a camera has ([`FRAME_PIXELS_MAX`]).
    #[must_use]
    pub fn from_rgb(width: usize, height: usize, rgb: Vec<u8>) -> Option<Self> {
        let rgb = Zeroizing::new(rgb);
        let pixels = width.checked_mul(height)?;
        let fits = (1..=FRAME_PIXELS_MAX).contains(&pixels) && rgb.len() == pixels * 3;
        fits.then_some(Self { width, height, rgb })
    }

    /// Shades of grey as colours.
    #[must_use]
    pub fn from_grey(grey: &Grey) -> Option<Self> {
        // A file may hold more pixels than a camera; the reader would make it smaller anyway.
        let mut times = 1;
        while grey.pixels().len() / (times * times) > FRAME_PIXELS_MAX {
            times += 1;
        }
        let smaller = (times > 1).then(|| grey.shrunk(times));
        let grey = smaller.as_ref().unwrap_or(grey);
        let rgb = grey.pixels().iter().flat_map(|shade| [*shade; 3]).collect();
        Self::from_rgb(grey.width(), grey.height(), rgb)
    }

    pub(crate) fn to_grey(&self) -> Option<Grey> {
        Grey::from_rgb(self.width, self.height, &self.rgb)
    }

    /// A small copy to look at.
    pub(crate) fn preview(&self) -> Preview {
        let times = self.width.max(self.height).div_ceil(PREVIEW_EDGE);
        let (width, height) = ((self.width / times).max(1), (self.height / times).max(1));
        let mut rgba = Zeroizing::new(Vec::with_capacity(width * height * 4));
        for y in 0..height {
            for x in 0..width {
                let from = (y * times * self.width + x * times) * 3;
                rgba.extend_from_slice(&self.rgb[from..from + 3]);
                rgba.push(u8::MAX);
            }
        }
        Preview { width, height, rgba }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}×{})", self.width, self.height)
    }
}

/// What the camera sees, small, so that whoever holds it sees where the code is. Wiped when dropped.
pub struct Preview {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue and 255.
    pub rgba: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preview({}×{})", self.width, self.height)
    }
}

/// A picture that is there already, as a source of one frame.
pub(crate) struct Still<F> {
    /// Makes it; taken by the first frame.
    pub(crate) make: Option<F>,
}

impl<F: FnOnce() -> Result<Grey, FileError>> FrameSource for Still<F> {
    fn next_frame(&mut self) -> Result<Option<Frame>, SourceError> {
        let Some(make) = self.make.take() else { return Ok(None) };
        let grey = make()?;
        Frame::from_grey(&grey).map(Some).ok_or(SourceError::File(FileError::NoPicture))
    }

    fn effort(&self) -> Effort {
        Effort::Picture
    }
}

/// 4K: more than cameras of telephones and computers send as moving pictures.
pub const FRAME_PIXELS_MAX: usize = 3_840 * 2_160;
/// As much as a column of the window shows.
const PREVIEW_EDGE: usize = 480;
