//! What a process says to the one that holds a home, over a socket in that home: a note to write, or to show the window.
//! Both belong to the same person and run on the same machine, but may be of different versions.
//!
//! A frame is `version u8 ‖ length u32 ‖ CBOR`. The caller sends one [`Knock`] and keeps its side open for as long as it
//! wants it; the holder answers with any number of [`Answer`]s, of which the last is `Done` or `Failed`.

use crate::codec::{self, DecodeError};
use alloc::{string::String, vec::Vec};
use minicbor::{Decode, Encode, bytes::ByteVec};

/// What the caller wants.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
pub enum Knock {
    /// A note is to be written.
    #[n(0)]
    Note(#[n(0)] HandedNote),
    /// The window is to come to the front.
    #[n(1)]
    Show,
    /// The same, because somebody followed this link. What it says is not believed; its person is asked.
    #[n(2)]
    Follow(#[n(0)] String),
}

/// A note that the holder is to write. It opens the files itself: both processes have the same rights, so a name lets it
/// read nothing that the caller could not read. The caller sees to it that the names mean the same to both: `/dev/stdin`
/// is another file in each process.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct HandedNote {
    /// Its text.
    #[n(0)]
    pub text: String,
    /// Absolute names of the files to attach, as the system has them.
    #[n(1)]
    pub files: Vec<ByteVec>,
    /// What the message is to be called. A caller whose answer was lost asks again under the same name, and nothing is
    /// written twice.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub id: [u8; 16],
}

/// What the holder says to it.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
pub enum Answer {
    /// So many bytes are done.
    #[n(0)]
    Progress {
        /// So many.
        #[n(0)]
        done: u64,
        /// Of so many, if that is known.
        #[n(1)]
        total: Option<u64>,
    },
    /// The note was written.
    #[n(1)]
    Noted {
        /// Its name.
        #[cbor(n(0), with = "minicbor::bytes")]
        id: [u8; 16],
    },
    /// It is done.
    #[n(2)]
    Done,
    /// It was not done.
    #[n(3)]
    Failed(#[n(0)] Refusal),
    /// Nothing new, but the holder is still at it. Said often enough that silence means that it is gone.
    #[n(4)]
    Working,
}

/// Why it was not done.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
pub enum Refusal {
    /// The vault is locked.
    #[n(0)]
    Locked,
    /// The account moved, to a device of this name.
    #[n(1)]
    Moved(#[n(0)] String),
    /// Neither text nor files.
    #[n(2)]
    Empty,
    /// Something is longer than the vault takes.
    #[n(3)]
    TooLong,
    /// A file of the caller.
    #[n(4)]
    File {
        /// Its name.
        #[n(0)]
        path: ByteVec,
        /// What is wrong with it.
        #[n(1)]
        trouble: Trouble,
    },
    /// No space is left.
    #[n(5)]
    DiskFull,
    /// The disk refused, with this number of the system.
    #[n(6)]
    Disk(#[n(0)] Option<i32>),
    /// The vault is damaged.
    #[n(7)]
    Damaged(#[n(0)] String),
    /// The caller or the holder stopped it.
    #[n(8)]
    Cancelled,
    /// Too much waits already.
    #[n(9)]
    Busy,
    /// Anything else, for whoever looks for the mistake.
    #[n(10)]
    Other(#[n(0)] String),
}

/// What is wrong with a file.
#[derive(Clone, Debug, Eq, PartialEq, Encode, Decode)]
pub enum Trouble {
    /// It is not there.
    #[n(0)]
    Missing,
    /// It is a folder or something else.
    #[n(1)]
    NotAFile,
    /// The system refused, with this number.
    #[n(2)]
    Refused(#[n(0)] Option<i32>),
}

impl Knock {
    /// The frame.
    #[must_use]
    pub fn to_frame(&self) -> Vec<u8> {
        frame(&codec::encode(self))
    }

    /// Reads the body of a frame. Names that are not absolute are refused: the two processes need not be in one folder.
    pub fn from_body(body: &[u8]) -> Result<Self, DecodeError> {
        let knock: Self = codec::decode_strict(body, KNOCK_BYTES_MAX)?;
        if let Self::Follow(link) = &knock
            && link.len() > LINK_BYTES_MAX
        {
            return Err(DecodeError::TooLarge);
        }
        if let Self::Note(note) = &knock {
            if note.files.len() > FILES_MAX || note.files.iter().any(|file| file.len() > PATH_BYTES_MAX) {
                return Err(DecodeError::TooLarge);
            }
            if note.files.iter().any(|file| file.first() != Some(&b'/') || file.contains(&0)) {
                return Err(DecodeError::Malformed);
            }
        }
        Ok(knock)
    }
}

impl Answer {
    /// The frame.
    #[must_use]
    pub fn to_frame(&self) -> Vec<u8> {
        frame(&codec::encode(self))
    }

    /// Reads the body of a frame.
    pub fn from_body(body: &[u8]) -> Result<Self, DecodeError> {
        codec::decode_strict(body, ANSWER_BYTES_MAX)
    }
}

/// The length of the body that follows, unless the frame is of another version or longer than `max`.
pub fn body_length(head: [u8; HEAD_BYTES], max: usize) -> Result<usize, DecodeError> {
    let [version, length @ ..] = head;
    if version != VERSION {
        return Err(DecodeError::Malformed);
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > max { Err(DecodeError::TooLarge) } else { Ok(length) }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEAD_BYTES + body.len());
    frame.push(VERSION);
    // Never that long: the limits are checked where the values are made.
    frame.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    frame.extend_from_slice(body);
    frame
}

/// Version and length.
pub const HEAD_BYTES: usize = 5;
/// The longest text of a message and the names of as many files as it may have.
pub const KNOCK_BYTES_MAX: usize = 1024 * 1024;
/// The name of a file and a sentence.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// As many attachments as a message may have.
pub const FILES_MAX: usize = 100;
/// As long as anything that two devices carry between them may be.
pub const LINK_BYTES_MAX: usize = crate::pairing::TEXT_MAX;
/// What Linux takes as a path.
pub const PATH_BYTES_MAX: usize = 4096;
const VERSION: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn note(files: &[&[u8]]) -> Knock {
        let files = files.iter().map(|file| ByteVec::from(file.to_vec())).collect();
        Knock::Note(HandedNote { text: "a note".into(), files, id: [7; 16] })
    }

    #[test]
    fn what_is_said_is_what_is_heard() {
        for knock in [note(&[]), note(&[b"/a", b"/\xff\xfe"]), Knock::Show, Knock::Follow("nyx:ab".into())] {
            let frame = knock.to_frame();
            let (head, body) = frame.split_first_chunk().unwrap();
            assert_eq!(body_length(*head, KNOCK_BYTES_MAX), Ok(body.len()));
            assert_eq!(Knock::from_body(body), Ok(knock));
        }
        for answer in [
            Answer::Progress { done: 1, total: None },
            Answer::Noted { id: [7; 16] },
            Answer::Done,
            Answer::Working,
            Answer::Failed(Refusal::File { path: b"/a".to_vec().into(), trouble: Trouble::Refused(Some(13)) }),
            Answer::Failed(Refusal::Moved("elsewhere".into())),
            Answer::Failed(Refusal::Disk(None)),
        ] {
            assert_eq!(Answer::from_body(&answer.to_frame()[HEAD_BYTES..]), Ok(answer));
        }
    }

    #[test]
    fn what_is_too_long_relative_or_of_another_version_is_refused() {
        let body = |knock: Knock| Knock::from_body(&knock.to_frame()[HEAD_BYTES..]);
        assert_eq!(body(note(&[b"relative"])), Err(DecodeError::Malformed));
        assert_eq!(body(note(&[b"/a\0b"])), Err(DecodeError::Malformed));
        assert_eq!(body(note(&[b""])), Err(DecodeError::Malformed));
        assert_eq!(body(note(&[&b"/"[..]; FILES_MAX + 1])), Err(DecodeError::TooLarge));
        assert_eq!(body(note(&[&vec![b'/'; PATH_BYTES_MAX + 1]])), Err(DecodeError::TooLarge));
        assert_eq!(body(Knock::Follow("n".repeat(LINK_BYTES_MAX + 1))), Err(DecodeError::TooLarge));
        assert_eq!(body_length([1, 0, 0, 0, 0], 10), Err(DecodeError::Malformed));
        assert_eq!(body_length([2, 0, 0, 0, 11], 10), Err(DecodeError::TooLarge));
        assert_eq!(body_length([2, 0, 0, 0, 10], 10), Ok(10));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_knock_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(knock) = Knock::from_body(&bytes) {
                prop_assert_eq!(&knock.to_frame()[HEAD_BYTES..], &bytes[..]);
            }
            let _ = Answer::from_body(&bytes);
        }
    }
}
