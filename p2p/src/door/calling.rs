//! Calling at the [door](crate::door) of a home that another process holds.

use crate::{
    door::{TURN, reach, read_answer},
    event::Event,
    failure::{Damage, Failure, FileTrouble},
};
use nyx_vault::{MessageId, limits::BODY_BYTES_MAX};
use nyx_wire::door::{Answer, FILES_MAX, HandedNote, Knock, LINK_BYTES_MAX, PATH_BYTES_MAX, Refusal, Trouble};
use std::{
    ffi::OsStr,
    fs,
    future::{Future, pending},
    io,
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::MetadataExt,
    },
    path::{Path, PathBuf},
    pin::{Pin, pin},
    time::Duration,
};
use tokio::{io::AsyncWriteExt, net::UnixStream, time::timeout};

/// A way to the process that holds a home.
#[derive(Debug)]
pub struct Holder {
    home: PathBuf,
    stream: UnixStream,
}

impl Holder {
    /// Goes to the door of a home. `None`: nobody holds it, or whoever does lets nobody in.
    pub async fn reach(home: &Path) -> Option<Self> {
        Some(Self { home: home.to_owned(), stream: reach(home).await? })
    }

    /// Has a note written, with these files, under a new name. `on` hears what happens; when `stop` is over before, the
    /// note is not wanted any more, and what comes of it is waited for. Where the answer is lost it is asked for once
    /// more; [`PerhapsWritten`](Failure::PerhapsWritten): then it was lost too.
    pub async fn note(
        self,
        id: MessageId,
        text: String,
        files: Vec<PathBuf>,
        stop: impl Future<Output = ()>,
        mut on: impl FnMut(Event),
    ) -> Result<(), Failure> {
        if text.len() > BODY_BYTES_MAX {
            return Err(Failure::TooLong("message"));
        }
        if files.len() > FILES_MAX {
            return Err(Failure::TooLong("list of attachments"));
        }
        let files = files.iter().map(|file| for_another_process(file).map(Into::into)).collect::<Result<_, _>>()?;
        let frame = Knock::Note(HandedNote { text, files, id: id.0 }).to_frame();
        let mut stop = Stop { over: pin!(stop), is_wanted: true };
        match call(self.stream, &frame, &mut stop, &mut on).await {
            Err(Lost::Before) => return Err(Failure::InUse),
            Err(Lost::After) => {}
            Ok(ended) => return ended,
        }
        let Some(again) = reach(&self.home).await else { return Err(Failure::PerhapsWritten) };
        match call(again, &frame, &mut stop, &mut on).await {
            // Locked since, so it can't be seen there whether the first one was written.
            Err(_) | Ok(Err(Failure::Locked)) => Err(Failure::PerhapsWritten),
            Ok(ended) => ended,
        }
    }

    /// Has the window brought to the front, and lets it know of a link that somebody followed.
    pub async fn show(self, link: Option<&str>) -> Result<(), Failure> {
        // What is no link at all is not worth a word; the window comes all the same.
        let link = link.filter(|link| link.len() <= LINK_BYTES_MAX);
        let knock = link.map_or(Knock::Show, |link| Knock::Follow(link.to_owned()));
        let mut never = Stop { over: pin!(pending()), is_wanted: true };
        call(self.stream, &knock.to_frame(), &mut never, &mut |_| {}).await.unwrap_or(Err(Failure::InUse))
    }
}

/// When the other end was lost.
enum Lost {
    /// Before it can have understood what was wanted.
    Before,
    /// After it was told. What came of it is not known.
    After,
}

/// When the caller changes its mind.
struct Stop<'f, F> {
    over: Pin<&'f mut F>,
    is_wanted: bool,
}

async fn call(
    stream: UnixStream,
    frame: &[u8],
    stop: &mut Stop<'_, impl Future<Output = ()>>,
    on: &mut impl FnMut(Event),
) -> Result<Result<(), Failure>, Lost> {
    let (mut from, mut to) = stream.into_split();
    match timeout(TURN, to.write_all(frame)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(gone(&error, Lost::Before)),
        Err(error) => return Err(gone(&error.into(), Lost::Before)),
    }
    if !stop.is_wanted {
        let _ = to.shutdown().await;
    }
    loop {
        // Read as a whole or not at all: only the first of the two may be given up in between.
        let mut reading = pin!(timeout(SILENCE_MAX, read_answer(&mut from)));
        let answer = loop {
            tokio::select! {
                answer = &mut reading => break match answer {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(error)) => return Err(gone(&error, Lost::After)),
                    Err(error) => return Err(gone(&error.into(), Lost::After)),
                },
                () = stop.over.as_mut(), if stop.is_wanted => {
                    stop.is_wanted = false;
                    if let Err(error) = to.shutdown().await {
                        return Err(gone(&error, Lost::After));
                    }
                }
            }
        };
        match answer {
            Answer::Progress { done, total } => on(Event::Progress { done, total }),
            Answer::Noted { id } => on(Event::Noted { id: MessageId(id) }),
            Answer::Working => {}
            Answer::Done => return Ok(Ok(())),
            Answer::Failed(refusal) => return Ok(Err(failure(refusal))),
        }
    }
}

/// The holder ended, or is of a version that speaks otherwise.
fn gone(error: &io::Error, lost: Lost) -> Lost {
    tracing::debug!(%error, "the holder of the home is gone");
    lost
}

/// A name that means the same file to another process. Those below `/dev/fd` and `/proc/self` mean one that this process
/// has open: such a file has a name of its own, or can't be handed over.
fn for_another_process(file: &Path) -> Result<Vec<u8>, Failure> {
    let path = std::path::absolute(file).map_err(|error| Failure::file(file, error))?;
    let path = if is_of_this_process(&path) {
        let open = fs::metadata(&path).map_err(|error| Failure::file(file, error))?;
        fs::canonicalize(&path)
            .ok()
            .filter(|named| {
                fs::metadata(named).is_ok_and(|named| (named.dev(), named.ino()) == (open.dev(), open.ino()))
            })
            .filter(|_| open.is_file())
            .ok_or_else(|| Failure::File { path: file.to_owned(), trouble: FileTrouble::NotAFile })?
    } else {
        path
    };
    let name = path.into_os_string().into_vec();
    if name.len() > PATH_BYTES_MAX {
        return Err(Failure::file(file, io::ErrorKind::InvalidFilename.into()));
    }
    Ok(name)
}

/// Whether a name leads through what the system says of a process.
fn is_of_this_process(path: &Path) -> bool {
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        let Some(folder) = path.parent().and_then(|folder| fs::canonicalize(folder).ok()) else { return false };
        if folder.starts_with("/proc") || folder.starts_with("/dev/fd") {
            return true;
        }
        match fs::read_link(&path) {
            Ok(to) => path = folder.join(to),
            Err(_) => return false,
        }
    }
    true
}

fn failure(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Locked => Failure::Locked,
        Refusal::Moved(to) if to.is_empty() => Failure::BeingMoved,
        Refusal::Moved(to) => Failure::Moved { to },
        Refusal::Empty => Failure::EmptyNote,
        Refusal::TooLong => Failure::TooLong("note"),
        Refusal::File { path, trouble } => Failure::File {
            path: PathBuf::from(OsStr::from_bytes(&path)),
            trouble: match trouble {
                Trouble::Missing => FileTrouble::Missing,
                Trouble::NotAFile => FileTrouble::NotAFile,
                Trouble::Refused(number) => FileTrouble::Refused(system(number)),
            },
        },
        Refusal::DiskFull => Failure::DiskFull,
        Refusal::Disk(number) => Failure::Disk(system(number)),
        Refusal::Damaged(what) => Failure::Damaged(Damage::Database(what)),
        Refusal::Cancelled => Failure::Cancelled,
        Refusal::Busy => Failure::Busy,
        Refusal::Other(what) => Failure::Internal(what),
    }
}

fn system(number: Option<i32>) -> io::Error {
    number.map_or_else(|| io::ErrorKind::Other.into(), io::Error::from_raw_os_error)
}

/// The holder says something every two seconds.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// As many as Linux follows.
const LINKS_MAX: usize = 40;
