use super::*;
use crate::{code::Code, source::synthetic::Synthetic};
use std::sync::mpsc::{Receiver, Sender, channel};

const TEXT: &str = "NYX:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn code() -> Code {
    Code::new(TEXT).unwrap()
}

/// Somebody who is woken.
fn waker() -> (impl Fn() + Send + Sync + 'static, Receiver<()>) {
    let (woken, wakes) = channel();
    let wake = move || {
        let _ = woken.send(());
    };
    (wake, wakes)
}

/// The next thing that is seen. Ends with the test when nothing ever is.
fn next(scanner: &Scanner, wakes: &Receiver<()>) -> Sight {
    loop {
        if let Some(sight) = scanner.poll() {
            return sight;
        }
        wakes.recv().unwrap();
    }
}

/// Never tells anything until it is let go.
struct Hanging(Receiver<()>, Sender<()>);

impl FrameSource for Hanging {
    fn next_frame(&mut self) -> Result<Option<Frame>, SourceError> {
        let _ = self.0.recv();
        Ok(None)
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        let _ = self.1.send(());
    }
}

/// Frames of which none may be skipped.
struct Album(VecDeque<Frame>);

impl FrameSource for Album {
    fn next_frame(&mut self) -> Result<Option<Frame>, SourceError> {
        Ok(self.0.pop_front())
    }

    fn effort(&self) -> reading::Effort {
        reading::Effort::Picture
    }
}

#[test]
fn a_moving_code_is_found_and_shown() {
    let (wake, wakes) = waker();
    let scanner = Scanner::start(|| Ok(Synthetic::new(Some(code()), Duration::ZERO)), wake);
    match next(&scanner, &wakes) {
        Sight::Found(text) => assert_eq!(text.as_str(), TEXT),
        other => panic!("{other:?}"),
    }
    let preview = scanner.preview();
    assert!(preview.is_some_and(|preview| preview.rgba.len() == preview.width * preview.height * 4));
}

#[test]
fn a_code_that_stays_in_sight_is_told_once() {
    let (wake, wakes) = waker();
    let frames = |text: &str, count| {
        let mut source = Synthetic::new(Some(Code::new(text).unwrap()), Duration::ZERO);
        (0..count).map(move |_| source.next_frame().unwrap().unwrap()).collect::<Vec<_>>()
    };
    let mut album: Option<VecDeque<_>> =
        Some([frames("NYX:ONE", 5), frames("NYX:TWO", 1)].into_iter().flatten().collect());
    let scanner = Scanner::start(move || Ok(Album(album.take().unwrap_or_default())), wake);
    for expected in ["NYX:ONE", "NYX:TWO"] {
        match next(&scanner, &wakes) {
            Sight::Found(text) => assert_eq!(text.as_str(), expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_source_that_ends_without_a_code_says_so() {
    let (wake, wakes) = waker();
    let scanner = Scanner::start(|| Ok(Synthetic::new(None, Duration::ZERO).ending_after(2)), wake);
    assert!(matches!(next(&scanner, &wakes), Sight::Nothing));
}

#[test]
fn a_camera_that_hangs_is_named_and_hangs_nobody() {
    let (wake, wakes) = waker();
    let (let_go, held) = channel();
    let (gone, is_gone) = channel();
    let mut parts = Some((held, gone));
    let open = move || {
        let (held, gone) = parts.take().ok_or(SourceError::NoCamera)?;
        Ok(Hanging(held, gone))
    };
    let patience = Patience { silence: Duration::from_millis(1), retry: Duration::ZERO };
    let scanner = Scanner::with_patience(open, wake, patience);
    assert!(matches!(next(&scanner, &wakes), Sight::Failed(SourceError::Silent)));
    // Returns although the source still hangs.
    drop(scanner);
    assert!(is_gone.try_recv().is_err());
    // And what hung ends once it can.
    drop(let_go);
    is_gone.recv().unwrap();
}

#[test]
fn a_camera_that_is_plugged_in_later_is_used() {
    let (wake, wakes) = waker();
    let mut tries = 0;
    let open = move || {
        tries += 1;
        match tries {
            1 | 2 => Err(SourceError::NoCamera),
            3 => Err(SourceError::Busy),
            _ => Ok(Synthetic::new(Some(code()), Duration::ZERO)),
        }
    };
    let patience = Patience { silence: Duration::from_secs(600), retry: Duration::ZERO };
    let scanner = Scanner::with_patience(open, wake, patience);
    // The same failure is told once.
    assert!(matches!(next(&scanner, &wakes), Sight::Failed(SourceError::NoCamera)));
    assert!(matches!(next(&scanner, &wakes), Sight::Failed(SourceError::Busy)));
    assert!(matches!(next(&scanner, &wakes), Sight::Found(_)));
}

#[test]
fn a_file_is_read_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code.png");
    let code = code();
    let edge = u32::try_from(code.size() + 8).unwrap();
    // As a program saves it: black on nothing.
    let picture = image::RgbaImage::from_fn(edge * 4, edge * 4, |x, y| {
        let (column, row) = ((x / 4).wrapping_sub(4) as usize, (y / 4).wrapping_sub(4) as usize);
        image::Rgba([0, 0, 0, if code.is_dark(column, row) { 255 } else { 0 }])
    });
    picture.save(&path).unwrap();
    for (path, expected) in [
        (path, Ok(TEXT)),
        (folder.path().join("missing.png"), Err(FileError::Unreadable)),
        (folder.path().to_owned(), Err(FileError::Unreadable)),
    ] {
        let (wake, wakes) = waker();
        let scanner = Scanner::picture(path, wake);
        match (next(&scanner, &wakes), expected) {
            (Sight::Found(text), Ok(expected)) => assert_eq!(text.as_str(), expected),
            (Sight::Failed(SourceError::File(error)), Err(expected)) => assert_eq!(error, expected),
            (other, _) => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_small_file_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
    // A PNG header of 100,000 by 100,000 pixels, and nothing behind.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 0, 0, 0, 0, 0x5E, 0x0B, 0x4E, 0x40]);
    assert!(crate::file::decode(&png).is_err());
    assert_eq!(crate::file::decode(b"BM is a format of no use here").err(), Some(FileError::NoPicture));
}
