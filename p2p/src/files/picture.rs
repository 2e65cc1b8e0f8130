//! Pictures among the attachments. Whoever sent one chose its bytes: only four formats are looked at, by their content
//! and not by their name; the decoders get limits, run beside the engine, and a picture that they do not like is simply
//! an attachment without a picture.

use crate::{
    event::{Event, Picture},
    failure::Failure,
    jobs::Job,
};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage, metadata::Orientation};
use nyx_vault::{Vault, model::AttachmentId};
use nyx_wire::jpeg::{self, Marker};
use std::{
    io::{self, BufReader, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, TryLockError},
    thread::sleep,
    time::Duration,
};

/// Bytes that can be looked at more than once.
pub(crate) trait Content: Read + Seek {}

impl<C: Read + Seek> Content for C {}

/// What is kept beside a picture, so that a list knows its shape and its colours before it is decoded.
pub(crate) struct Seen {
    pub(crate) media_type: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) thumbhash: Vec<u8>,
}

/// Looks whether this is a picture. Leaves the content at some other place.
pub(crate) fn see(job: &Job, content: &mut dyn Content) -> Option<Seen> {
    let (format, decoded) = decode(job, content, THUMBHASH_EDGE)?;
    let (width, height) = decoded.scaled.dimensions();
    let thumbhash = thumbhash::rgba_to_thumb_hash(width as usize, height as usize, decoded.scaled.as_raw());
    Some(Seen { media_type: format.to_mime_type(), width: decoded.width, height: decoded.height, thumbhash })
}

/// Tells a picture, as it is to be seen, no larger than asked for.
pub(crate) fn show(job: &Job, vault: Arc<Vault>, id: AttachmentId, edge: u32) -> Result<(), Failure> {
    let mut content = vault.open_attachment(id).map_err(|error| Failure::saving("attachment".into(), error))?;
    // A decoder can't be stopped once it has read everything; locking does not wait for it.
    drop(vault);
    let decoded = decode(job, &mut content, edge.clamp(1, EDGE_MAX));
    // Asked to stop, the decoder says that it cannot read on.
    job.check()?;
    let picture = decoded.map(|(_, Decoded { scaled, .. })| Picture {
        width: scaled.width(),
        height: scaled.height(),
        rgba: scaled.into_raw(),
    });
    job.tell(Event::Picture { attachment: id, picture });
    Ok(())
}

struct Decoded {
    /// As it is to be seen, in full size.
    width: u32,
    height: u32,
    scaled: RgbaImage,
}

fn decode(job: &Job, content: &mut dyn Content, edge: u32) -> Option<(ImageFormat, Decoded)> {
    let format = format(content).ok()??;
    let length = content.seek(SeekFrom::End(0)).ok()?;
    content.rewind().ok()?;
    if length > BYTES_MAX {
        return None;
    }
    let pixels_max =
        if format == ImageFormat::Jpeg && is_progressive(content).ok()? { PROGRESSIVE_PIXELS_MAX } else { PIXELS_MAX };
    content.rewind().ok()?;
    let _turn = turn(job)?;
    let source = BufReader::new(Wanted { job, content });
    // The decoders are well kept, and still somebody else's code on somebody else's bytes.
    let decoded =
        catch_unwind(AssertUnwindSafe(|| decode_as(format, source, pixels_max, edge))).unwrap_or_else(|_| {
            tracing::warn!("a decoder of pictures gave up");
            None
        })?;
    Some((format, decoded))
}

fn decode_as(format: ImageFormat, source: impl io::BufRead + Seek, pixels_max: u64, edge: u32) -> Option<Decoded> {
    let mut reader = ImageReader::with_format(source, format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    // Before a byte is reserved for what the picture says of itself.
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > pixels_max || decoder.total_bytes() > DECODED_BYTES_MAX {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let full = DynamicImage::from_decoder(decoder).ok()?;
    let mut scaled = if width.max(height) > edge { full.thumbnail(edge, edge) } else { full };
    // Turned only now: there is less to turn.
    scaled.apply_orientation(orientation);
    let scaled = scaled.into_rgba8();
    let (width, height) = if turns(orientation) { (height, width) } else { (width, height) };
    Some(Decoded { width, height, scaled })
}

/// One picture is decoded at a time in the whole program: what one may take is the limit of all. `None`: it is no longer
/// wanted.
fn turn(job: &Job) -> Option<MutexGuard<'static, ()>> {
    loop {
        match DECODING.try_lock() {
            Ok(turn) => return Some(turn),
            Err(TryLockError::Poisoned(turn)) => return Some(turn.into_inner()),
            Err(TryLockError::WouldBlock) if !job.is_wanted() => return None,
            Err(TryLockError::WouldBlock) => sleep(LOOK_EVERY),
        }
    }
}

/// Whether a JPEG comes in passes over the whole picture. One that does not say so in time counts as such: it is dearer.
fn is_progressive(content: &mut dyn Content) -> io::Result<bool> {
    let mut place = jpeg::FIRST;
    for _ in 0..MARKERS_MAX {
        content.seek(SeekFrom::Start(place))?;
        let mut bytes = [0; 4];
        content.read_exact(&mut bytes)?;
        match jpeg::marker(bytes) {
            Marker::Skip(length) => place += length,
            Marker::Frame { is_progressive } => return Ok(is_progressive),
            Marker::Other => break,
        }
    }
    Ok(true)
}

/// What the bytes are, whatever they are called.
fn format(content: &mut dyn Content) -> io::Result<Option<ImageFormat>> {
    content.rewind()?;
    let mut start = Vec::new();
    content.take(START_BYTES).read_to_end(&mut start)?;
    Ok(image::guess_format(&start).ok().filter(|format| FORMATS.contains(format)))
}

const fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// Ends early when the picture is no longer wanted.
struct Wanted<'a> {
    job: &'a Job,
    content: &'a mut dyn Content,
}

impl Read for Wanted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Not `Interrupted`: that would be tried again.
        if self.job.is_wanted() { self.content.read(buffer) } else { Err(io::ErrorKind::TimedOut.into()) }
    }
}

impl Seek for Wanted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.content.seek(to)
    }
}

/// What people send each other. Every further decoder is further code on bytes of strangers.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
/// As much as tells the formats apart.
const START_BYTES: u64 = 32;
/// The largest photos and screenshots have half of that. A JPEG is read as a whole before it is decoded.
const BYTES_MAX: u64 = 64 << 20;
/// A telephone's largest photo (8,192 by 6,144) fits. A small file can claim any size.
const PIXELS_MAX: u64 = 52_000_000;
/// A progressive JPEG is there as a whole twice: two bytes for each of up to four values of a pixel, beside the pixels
/// with up to four bytes themselves. Together they are to take what the others may.
const PROGRESSIVE_PIXELS_MAX: u64 = DECODED_BYTES_MAX / 12;
/// Cameras write a dozen.
const MARKERS_MAX: usize = 1_000;
/// How long a picture waits after the one before it.
const LOOK_EVERY: Duration = Duration::from_millis(10);
static DECODING: Mutex<()> = Mutex::new(());
/// What a decoder may reserve: that many pixels with four bytes each.
const DECODED_BYTES_MAX: u64 = 4 * PIXELS_MAX;
/// More than a screen shows, and what every graphics card takes as one texture.
const EDGE_MAX: u32 = 4_096;
/// More than this makes no better thumbhash, and the crate refuses it.
const THUMBHASH_EDGE: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::SystemClock, front::RequestId};
    use std::{
        io::Cursor,
        sync::atomic::{AtomicU64, Ordering},
    };

    fn job() -> Job {
        Job {
            by: RequestId::FOREIGN,
            events: tokio::sync::mpsc::channel(1).0,
            stop: Arc::default(),
            clock: Arc::new(SystemClock::new()),
            told_at_ms: AtomicU64::new(0),
        }
    }

    /// A grey JPEG that says that it is so large, and progressive.
    fn progressive(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_luma8(8, 8).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        let mut bytes = bytes.into_inner();
        let frame = bytes.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        bytes[frame + 1] = 0xc2;
        bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        bytes
    }

    #[test]
    fn a_progressive_picture_gets_no_more_memory_than_another() {
        assert!(is_progressive(&mut Cursor::new(progressive(8, 8))).unwrap());
        // What the decoder makes of it is its business; but only as long as it is small enough.
        for (edge, is_tried) in [(4_000, true), (4_200, false)] {
            let limit = u64::from(edge) * u64::from(edge) <= PROGRESSIVE_PIXELS_MAX;
            assert_eq!(limit, is_tried);
            let decoded = decode(&job(), &mut Cursor::new(progressive(edge, edge)), 8);
            assert!(is_tried || decoded.is_none(), "{edge}");
        }
    }

    #[test]
    fn a_picture_that_waits_for_another_one_can_be_given_up() {
        let others = DECODING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let job = job();
        job.stop.store(true, Ordering::Relaxed);
        assert!(turn(&job).is_none());
        drop(others);
        assert!(turn(&job).is_some());
    }
}
