//! Calling at the [door](crate::door) of a home that another process holds.

use crate::{
    door::{reach, read_answer},
    event::Event,
    failure::{Damage, Failure, FileTrouble},
};
use nyx_vault::MessageId;
use nyx_wire::door::{Answer, HandedNote, Knock, Refusal, Trouble};
use std::{
    ffi::OsStr,
    future::Future,
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};
use tokio::{io::AsyncWriteExt, net::UnixStream};

/// A way to the process that holds a home.
#[derive(Debug)]
pub struct Holder(UnixStream);

impl Holder {
    /// Goes to the door of a home. `None`: nobody holds it, or whoever does lets nobody in.
    pub async fn reach(home: &Path) -> Option<Self> {
        reach(home).await.map(Self)
    }

    /// Has a note written, with these files. `on` hears what happens; when `stop` is over before, the note is not wanted
    /// any more, and what comes of it is waited for.
    pub async fn note(
        self,
        text: String,
        files: Vec<PathBuf>,
        stop: impl Future<Output = ()>,
        on: impl FnMut(Event),
    ) -> Result<(), Failure> {
        let files = files
            .into_iter()
            .map(|file| match std::path::absolute(&file) {
                Ok(path) => Ok(path.into_os_string().into_vec().into()),
                Err(error) => Err(Failure::file(file, error)),
            })
            .collect::<Result<_, _>>()?;
        self.call(Knock::Note(HandedNote { text, files }), stop, on).await
    }

    /// Has the window brought to the front.
    pub async fn show(self) -> Result<(), Failure> {
        self.call(Knock::Show, std::future::pending(), |_| {}).await
    }

    async fn call(
        self,
        knock: Knock,
        stop: impl Future<Output = ()>,
        mut on: impl FnMut(Event),
    ) -> Result<(), Failure> {
        let (mut from, mut to) = self.0.into_split();
        to.write_all(&knock.to_frame()).await.map_err(gone)?;
        tokio::pin!(stop);
        let mut is_wanted = true;
        loop {
            // Read as a whole or not at all: only the first of the two may be given up in between.
            let reading = read_answer(&mut from);
            tokio::pin!(reading);
            let answer = loop {
                tokio::select! {
                    answer = &mut reading => break answer.map_err(gone)?,
                    () = &mut stop, if is_wanted => {
                        is_wanted = false;
                        to.shutdown().await.map_err(gone)?;
                    }
                }
            };
            match answer {
                Answer::Progress { done, total } => on(Event::Progress { done, total }),
                Answer::Noted { id } => on(Event::Noted { id: MessageId(id) }),
                Answer::Done => return Ok(()),
                Answer::Failed(refusal) => return Err(failure(refusal)),
            }
        }
    }
}

/// The holder ended, or is of a version that speaks otherwise: as if it let nobody in.
fn gone(error: io::Error) -> Failure {
    tracing::debug!(%error, "the holder of the home is gone");
    Failure::InUse
}

fn failure(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Locked => Failure::Locked,
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
