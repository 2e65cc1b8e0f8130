//! The door of a home: a socket in it, through which other processes of the same person hand a note to the one that holds
//! the home, or ask it to show its window. Nobody else gets in: the folder is its owner's alone, and the system says who
//! called. A caller proves no password: it may do nothing that a process of this person could not do to the window itself.

mod calling;

pub use calling::Holder;

use crate::{
    command::{NewNote, Source},
    event::{Event, Told},
    failure::{Failure, FileTrouble},
    pairing::CarriedCode,
};
use nyx_vault::MessageId;
use nyx_wire::door::{ANSWER_BYTES_MAX, Answer, HEAD_BYTES, KNOCK_BYTES_MAX, Knock, Refusal, Trouble, body_length};
use std::{
    ffi::OsStr,
    fs, io,
    os::fd::AsRawFd,
    os::unix::{ffi::OsStrExt, ffi::OsStringExt, fs::FileTypeExt, fs::MetadataExt, fs::PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::{Semaphore, mpsc},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use zeroize::Zeroizing;

/// Where the engine has its door, and where calls come in.
#[derive(Debug)]
pub(crate) struct Entrance {
    is_wanted: bool,
    door: Option<Door>,
    forward: mpsc::Sender<Call>,
    pub(crate) calls: mpsc::Receiver<Call>,
}

impl Entrance {
    pub(crate) fn new(is_wanted: bool) -> Self {
        let (forward, calls) = mpsc::channel(CALLERS_MAX);
        Self { is_wanted, door: None, forward, calls }
    }

    /// Opens the door of a home that this process holds, if it has one and it is not open yet.
    pub(crate) fn open(&mut self, home: &Path, events: &mpsc::Sender<Told>) {
        if !self.is_wanted || self.door.is_some() {
            return;
        }
        match Door::open(home, self.forward.clone(), events.clone()) {
            Ok(door) => self.door = Some(door),
            // Everything else goes on; whoever calls hears that the home is in use.
            Err(error) => tracing::warn!(%error, "the home has no door"),
        }
    }

    pub(crate) fn close(&mut self) {
        self.door = None;
    }
}

/// An open door. Dropping it closes it and takes the socket away.
#[derive(Debug)]
struct Door {
    path: PathBuf,
    /// Which socket it is, whatever has its name later.
    socket: Option<(u64, u64)>,
    task: JoinHandle<()>,
}

/// What somebody at the door wants, for the engine.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) wanted: Wanted,
    /// Where to tell what comes of it.
    pub(crate) answers: mpsc::Sender<Told>,
    /// Set when the caller has gone.
    pub(crate) stop: Arc<AtomicBool>,
}

#[derive(Debug)]
pub(crate) enum Wanted {
    Note(MessageId, NewNote),
    Show(Option<CarriedCode>),
}

impl Door {
    /// Opens the door of a home that this process holds: what a dead process left in its place is no longer anybody's.
    /// What changed by a call is told to `events`.
    fn open(home: &Path, calls: mpsc::Sender<Call>, events: mpsc::Sender<Told>) -> io::Result<Self> {
        let path = home.join(NAME);
        remove(&path);
        let listener = UnixListener::bind(&Name::of(home)?.path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let socket = socket_at(&path);
        Ok(Self { path, socket, task: tokio::spawn(listen(listener, calls, events)) })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
        // Another process may hold the home by now, and have a door of its own.
        if socket_at(&self.path) == self.socket {
            remove(&self.path);
        }
    }
}

/// Removes the socket, and nothing else that may have its name.
pub(crate) fn remove_from(home: &Path) {
    remove(&home.join(NAME));
}

fn remove(path: &Path) {
    if socket_at(path).is_some() {
        let _ = fs::remove_file(path);
    }
}

/// Which socket of this person has this name.
fn socket_at(path: &Path) -> Option<(u64, u64)> {
    let found = fs::symlink_metadata(path).ok()?;
    let is_own = found.file_type().is_socket() && found.uid() == rustix::process::geteuid().as_raw();
    is_own.then(|| (found.dev(), found.ino()))
}

/// Goes to the door of a home. `None`: nobody answers there.
pub(crate) async fn reach(home: &Path) -> Option<UnixStream> {
    let name = Name::of(home).ok()?;
    timeout(TURN, UnixStream::connect(&name.path)).await.ok()?.ok().filter(is_own)
}

/// What the socket of a home is called for the system.
struct Name {
    path: PathBuf,
    /// Open for as long as the name is used.
    _folder: Option<fs::File>,
}

impl Name {
    /// A socket's name has at most 108 bytes, and homes may lie deep: then the name goes by way of the open folder.
    fn of(home: &Path) -> io::Result<Self> {
        let path = home.join(NAME);
        if path.as_os_str().len() < SOCKET_NAME_MAX {
            return Ok(Self { path, _folder: None });
        }
        let folder = fs::File::open(home)?;
        let path = format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd()).into();
        Ok(Self { path, _folder: Some(folder) })
    }
}

async fn listen(listener: UnixListener, calls: mpsc::Sender<Call>, events: mpsc::Sender<Told>) {
    let room = Arc::new(Semaphore::new(CALLERS_MAX));
    let mut talks = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = talks.join_next() => continue,
        };
        match stream {
            Ok((stream, _)) if is_own(&stream) => {
                let (calls, events) = (calls.clone(), events.clone());
                talks.spawn(async move {
                    let _permit = permit;
                    if let Err(error) = talk(stream, calls, events).await {
                        tracing::debug!(%error, "a call at the door ended early");
                    }
                });
            }
            Ok(_) => tracing::warn!("somebody else was at the door"),
            Err(error) => {
                tracing::warn!(%error, "the door is stuck");
                tokio::time::sleep(STUCK).await;
            }
        }
    }
}

/// Whether the process at the other end is this person's.
fn is_own(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}

async fn talk(mut stream: UnixStream, calls: mpsc::Sender<Call>, events: mpsc::Sender<Told>) -> io::Result<()> {
    let body = timeout(TURN, read_body(&mut stream, KNOCK_BYTES_MAX)).await??;
    let wanted = match Knock::from_body(&body).map_err(io::Error::other)? {
        Knock::Show => Wanted::Show(None),
        Knock::Follow(link) => Wanted::Show(Some(CarriedCode::new(&Zeroizing::new(link)))),
        Knock::Note(note) => Wanted::Note(
            MessageId(note.id),
            NewNote {
                text: note.text,
                attachments: note
                    .files
                    .into_iter()
                    .map(|file| Source::File(PathBuf::from(OsStr::from_bytes(&file).to_owned())))
                    .collect(),
                ..NewNote::default()
            },
        ),
    };
    let (answers, mut heard) = mpsc::channel(ANSWERS_MAX);
    let stop = Arc::new(AtomicBool::new(false));
    let _gone = SetOnDrop(Arc::clone(&stop));
    calls.send(Call { wanted, answers, stop: Arc::clone(&stop) }).await.map_err(io::Error::other)?;
    let (mut from, mut to) = stream.split();
    let mut byte = [0];
    let (mut is_there, mut listens) = (true, true);
    loop {
        let told = tokio::select! {
            told = heard.recv() => told,
            () = sleep(WORKING_EVERY), if listens => {
                listens = say(&mut to, &Answer::Working, &stop).await;
                continue;
            }
            // Nothing more is to come: whatever comes, the caller has changed its mind. It may still listen.
            _ = from.read(&mut byte), if is_there => {
                is_there = false;
                stop.store(true, Ordering::Relaxed);
                continue;
            }
        };
        let Some(Told { event, .. }) = told else { return Ok(()) };
        let answer = match event {
            Event::Progress { done, total } => Answer::Progress { done, total },
            Event::Noted { id } => Answer::Noted { id: id.0 },
            Event::Done => Answer::Done,
            Event::Failed(failure) => Answer::Failed(refusal(failure)),
            // For the front end of this process: it shows what the caller wrote.
            event => {
                let _ = events.send(Told { by: None, event }).await;
                continue;
            }
        };
        // What happened is told to this process all the same, to the end.
        if listens {
            listens = say(&mut to, &answer, &stop).await;
        }
        if matches!(answer, Answer::Done | Answer::Failed(_)) {
            return Ok(());
        }
    }
}

/// Whether the caller took it. Whoever does not listen holds nobody up, and wants nothing any more.
async fn say(to: &mut (impl AsyncWriteExt + Unpin), answer: &Answer, stop: &AtomicBool) -> bool {
    let is_taken = matches!(timeout(TURN, to.write_all(&answer.to_frame())).await, Ok(Ok(())));
    if !is_taken {
        stop.store(true, Ordering::Relaxed);
    }
    is_taken
}

/// Reads the body of the next frame.
pub(crate) async fn read_body(stream: &mut (impl AsyncReadExt + Unpin), max: usize) -> io::Result<Vec<u8>> {
    let mut head = [0; HEAD_BYTES];
    stream.read_exact(&mut head).await?;
    let length = body_length(head, max).map_err(io::Error::other)?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// Reads the next answer.
pub(crate) async fn read_answer(stream: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Answer> {
    Answer::from_body(&read_body(stream, ANSWER_BYTES_MAX).await?).map_err(io::Error::other)
}

struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn refusal(failure: Failure) -> Refusal {
    match failure {
        Failure::Locked => Refusal::Locked,
        // Without a name: it is on its way there.
        Failure::BeingMoved => Refusal::Moved(String::new()),
        Failure::Moved { to } => Refusal::Moved(to),
        Failure::EmptyNote => Refusal::Empty,
        Failure::TooLong(_) => Refusal::TooLong,
        Failure::File { path, trouble } => Refusal::File {
            path: path.into_os_string().into_vec().into(),
            trouble: match trouble {
                FileTrouble::Missing => Trouble::Missing,
                FileTrouble::NotAFile => Trouble::NotAFile,
                FileTrouble::Exists => Trouble::Refused(None),
                FileTrouble::Refused(error) => Trouble::Refused(error.raw_os_error()),
            },
        },
        Failure::DiskFull => Refusal::DiskFull,
        Failure::Disk(error) => Refusal::Disk(error.raw_os_error()),
        Failure::Damaged(damage) => Refusal::Damaged(short(damage.to_string())),
        Failure::Cancelled => Refusal::Cancelled,
        Failure::Busy => Refusal::Busy,
        other => Refusal::Other(short(other.to_string())),
    }
}

fn short(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
    text
}

/// What the socket is called in its home.
const NAME: &str = "door";
/// Linux takes 107 bytes and the end; other systems a few less.
const SOCKET_NAME_MAX: usize = 100;
/// A person calls once at a time, a script perhaps a few times.
const CALLERS_MAX: usize = 8;
/// Progress comes ten times a second; the caller only writes it down.
const ANSWERS_MAX: usize = 32;
/// Both are on one machine: whoever needs longer for one frame does not work.
pub(crate) const TURN: Duration = Duration::from_secs(5);
/// How often a caller hears that it is not forgotten.
const WORKING_EVERY: Duration = Duration::from_secs(2);
/// When no more files can be opened, asking at once again helps nobody.
const STUCK: Duration = Duration::from_secs(1);
/// A sentence.
const TEXT_BYTES_MAX: usize = 512;
