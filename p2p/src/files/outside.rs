//! Files of the person. A name may lead to a network share that is gone, to a stick that was pulled or to a pipe that
//! nobody writes into, and whoever touches such a file waits for ever: nothing wakes him. So a thread that holds
//! nothing of the vault touches them, and who waits for it can stop waiting; the vault is locked without it.

use crate::{
    failure::{Failure, FileTrouble},
    jobs::Job,
};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

/// A thread that touches files of the person for one command. It ends when this is dropped, or once the file that it is
/// stuck at lets go of it.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    hand: SyncSender<Work>,
    stop: Arc<AtomicBool>,
}

type Work = Box<dyn FnOnce() + Send>;

impl Outside {
    pub(crate) fn of(job: &Job) -> Result<Self, Failure> {
        Self::within(&LIVE, Arc::clone(&job.stop))
    }

    /// One that nothing stops.
    #[cfg(test)]
    pub(crate) fn alone() -> Self {
        static ALONE: AtomicUsize = AtomicUsize::new(0);
        Self::within(&ALONE, Arc::default()).unwrap()
    }

    fn within(live: &'static AtomicUsize, stop: Arc<AtomicBool>) -> Result<Self, Failure> {
        let place = Place::take(live).ok_or(Failure::Busy)?;
        // One is being done, and what tidies up after it may wait.
        let (hand, work): (_, Receiver<Work>) = sync_channel(1);
        let named = thread::Builder::new().name("nyx-files".to_owned());
        let started = named.spawn(move || {
            let _place = place;
            for work in work {
                work();
            }
        });
        started.map_err(Failure::Disk)?;
        Ok(Self { hand, stop })
    }

    /// Has something done, and waits for it for as long as it is wanted. `TimedOut`: it is wanted no longer, and is
    /// perhaps done later.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let (answer, heard) = sync_channel(1);
        let work = move || {
            // Nobody may be waiting any more.
            let _ = answer.send(work());
        };
        self.hand.try_send(Box::new(work)).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        loop {
            match heard.recv_timeout(LOOK_EVERY) {
                Ok(done) => return done,
                Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Relaxed) => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("ended early")),
            }
        }
    }

    /// Opens a file to be read, and tells its length.
    pub(crate) fn open(&self, path: &Path) -> Result<(OutsideFile, u64), Failure> {
        let name = path.to_owned();
        let opened = self.run(move || {
            // Asked before it is opened: opening a device may do something.
            let is_file = fs::metadata(&name)?.is_file();
            if is_file { open_regular(&name) } else { Ok(None) }
        });
        match opened {
            Ok(Some((file, length))) => {
                Ok((OutsideFile { outside: self.clone(), file: Arc::new(file), spare: Zeroizing::default() }, length))
            }
            Ok(None) => Err(Failure::File { path: path.to_owned(), trouble: FileTrouble::NotAFile }),
            Err(_) if self.stop.load(Ordering::Relaxed) => Err(Failure::Cancelled),
            Err(error) => Err(Failure::file(path, error)),
        }
    }
}

/// Opens a file, unless it is none: what was one a moment ago may be a pipe now, and opening that would wait for
/// somebody to write into it.
fn open_regular(path: &Path) -> io::Result<Option<(File, u64)>> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed() | rustix::fs::OFlags::CLOEXEC.bits().cast_signed(),
    );
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    // Only the opening was not to wait.
    #[cfg(unix)]
    rustix::fs::fcntl_setfl(&file, rustix::fs::OFlags::empty())?;
    Ok(Some((file, metadata.len())))
}

/// A file of the person, open for reading.
#[derive(Debug)]
pub(crate) struct OutsideFile {
    outside: Outside,
    file: Arc<File>,
    spare: Zeroizing<Vec<u8>>,
}

impl Read for OutsideFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (file, mut bytes) = (Arc::clone(&self.file), std::mem::take(&mut self.spare));
        bytes.resize(buffer.len().min(PART_BYTES), 0);
        let (read, bytes) = self.outside.run(move || {
            let read = (&*file).read(&mut bytes)?;
            Ok((read, bytes))
        })?;
        buffer[..read].copy_from_slice(&bytes[..read]);
        self.spare = bytes;
        Ok(read)
    }
}

impl Seek for OutsideFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let file = Arc::clone(&self.file);
        self.outside.run(move || (&*file).seek(to))
    }
}

/// A place among the threads that may be stuck.
#[derive(Debug)]
struct Place(&'static AtomicUsize);

impl Place {
    fn take(live: &'static AtomicUsize) -> Option<Self> {
        let one_more = |count| (count < LIVE_MAX).then_some(count + 1);
        live.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok().map(|_| Self(live))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

static LIVE: AtomicUsize = AtomicUsize::new(0);
/// More than run at once; whoever tries a dead share again and again is refused before memory runs out.
const LIVE_MAX: usize = 64;
/// How long a cancelling takes at most, where what is waited for does not come.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Handing over costs as much as copying a few KiB.
pub(crate) const PART_BYTES: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn outside() -> (Outside, Arc<AtomicBool>) {
        static MINE: AtomicUsize = AtomicUsize::new(0);
        let stop = Arc::new(AtomicBool::new(false));
        (Outside::within(&MINE, Arc::clone(&stop)).unwrap(), stop)
    }

    #[test]
    fn who_waits_for_a_file_that_never_answers_can_stop_waiting() {
        let (outside, stop) = outside();
        let (free, stuck) = sync_channel::<()>(0);
        let stopping = Arc::clone(&stop);
        let waited = outside.run(move || {
            stopping.store(true, Ordering::Relaxed);
            let _ = stuck.recv();
            Ok(())
        });
        assert_eq!(waited.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(matches!(outside.open(Path::new("/etc/hostname")), Err(Failure::Cancelled)));
        drop(free);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_took_the_place_of_a_file_is_refused_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        // As if it had been a file when it was asked.
        assert!(open_regular(&pipe).unwrap().is_none());
        assert!(open_regular(dir.path()).unwrap().is_none());
        let refused = outside().0.open(&pipe);
        assert!(matches!(refused, Err(Failure::File { trouble: FileTrouble::NotAFile, .. })), "{refused:?}");
    }

    #[test]
    fn stuck_threads_are_counted_and_do_not_grow_without_end() {
        static MINE: AtomicUsize = AtomicUsize::new(0);
        let all: Vec<_> = (0..LIVE_MAX).map(|_| Outside::within(&MINE, Arc::default()).unwrap()).collect();
        assert!(matches!(Outside::within(&MINE, Arc::default()), Err(Failure::Busy)));
        drop(all);
    }
}
