//! Looks for codes in a source until it is dropped.
//!
//! Two threads: one captures and may hang with its driver, one decodes and minds the time. Between them is room for one
//! frame, the newest; towards whoever asks, for one preview, a few texts and how it goes. Nothing is ever waited for by
//! the one who asks: not for an answer, and not at the end.

use crate::{
    file::{self, FileError},
    grey::Grey,
    reading,
    source::{Frame, FrameSource, Preview, SourceError, Still},
};
use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use zeroize::Zeroizing;

/// What a scanner has seen.
#[derive(Debug)]
pub enum Sight {
    /// The text of a code: of a stranger, to be parsed by whoever asked. Told once, until another one is seen.
    Found(Zeroizing<String>),
    /// The source has ended, and there was no code in it.
    Nothing,
    /// No frames. A camera goes on being tried ([`SourceError::may_pass`]): previews say that it works again.
    Failed(SourceError),
}

/// A source that is looked at. Dropping it ends that.
pub struct Scanner {
    shared: Arc<Shared>,
}

/// Tells the owner that there is something new. Called from other threads.
type Wake = Box<dyn Fn() + Send + Sync>;

impl Scanner {
    /// Looks through a camera: the wanted one, or the first.
    #[cfg(feature = "device")]
    #[must_use]
    pub fn camera(wanted: Option<crate::source::camera::CameraName>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::start(move || crate::source::camera::Camera::open(wanted.as_ref()), wake)
    }

    /// Looks at a file.
    #[must_use]
    pub fn picture(path: PathBuf, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::still(move || file::open(&path), wake)
    }

    /// Looks at a picture that is at hand, such as one that was pasted. It is made in the thread that looks at it.
    #[must_use]
    pub fn still(
        make: impl FnOnce() -> Result<Grey, FileError> + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let mut make = Some(make);
        Self::start(move || Ok(Still { make: make.take() }), wake)
    }

    /// Looks at any source. It is opened in its own thread, and once more after each failure that may pass.
    #[must_use]
    pub fn start<S: FrameSource>(
        open: impl FnMut() -> Result<S, SourceError> + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::with_patience(open, wake, Patience::default())
    }

    fn with_patience<S: FrameSource>(
        open: impl FnMut() -> Result<S, SourceError> + Send + 'static,
        wake: impl Fn() + Send + Sync + 'static,
        patience: Patience,
    ) -> Self {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), wake: Box::new(wake) });
        let (for_capture, for_decode) = (Arc::clone(&shared), Arc::clone(&shared));
        let started = Capture::reserve().is_some_and(|capture| {
            let captures = thread::Builder::new()
                .name("nyx-capture".into())
                .spawn(move || capture_all(open, &for_capture, patience, &capture));
            let decodes =
                thread::Builder::new().name("nyx-decode".into()).spawn(move || decode_all(&for_decode, patience));
            captures.is_ok() && decodes.is_ok()
        });
        if !started {
            shared.fail(SourceError::Busy);
        }
        Self { shared }
    }

    /// The next thing that was seen, oldest first.
    #[must_use]
    pub fn poll(&self) -> Option<Sight> {
        self.shared.lock().sights.pop_front()
    }

    /// The newest picture, if there is a newer one than was taken last.
    #[must_use]
    pub fn preview(&self) -> Option<Preview> {
        self.shared.lock().preview.take()
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_stopped = true;
        state.frame = None;
        state.preview = None;
        state.sights.clear();
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scanner")
    }
}

struct Shared {
    state: Mutex<State>,
    /// A frame is there or was taken, or it is over.
    changed: Condvar,
    wake: Wake,
}

#[derive(Default)]
struct State {
    is_stopped: bool,
    /// The source has no more frames.
    is_ended: bool,
    frame: Option<(Frame, reading::Effort)>,
    preview: Option<Preview>,
    sights: VecDeque<Sight>,
    failure: Option<SourceError>,
}

impl Shared {
    /// What is in there is whole at any time, so a thread that panicked left nothing behind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, sight: Sight) {
        let mut state = self.lock();
        if state.is_stopped || state.sights.len() >= SIGHTS_MAX {
            return;
        }
        state.sights.push_back(sight);
        drop(state);
        (self.wake)();
    }

    /// Tells it once, however often it is tried again.
    fn fail(&self, error: SourceError) {
        let mut state = self.lock();
        if state.failure.replace(error) != Some(error) {
            drop(state);
            self.tell(Sight::Failed(error));
        }
    }

    /// Gives the newest frame to the decoder; tells whether more are wanted.
    fn offer(&self, frame: Frame, effort: reading::Effort) -> bool {
        let mut state = self.lock();
        if effort == reading::Effort::Picture {
            // There is no next one that would do as well.
            state = self
                .changed
                .wait_while(state, |state| state.frame.is_some() && !state.is_stopped)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_stopped {
            return false;
        }
        state.failure = None;
        state.frame = Some((frame, effort));
        drop(state);
        self.changed.notify_all();
        true
    }
}

fn capture_all<S: FrameSource>(
    mut open: impl FnMut() -> Result<S, SourceError>,
    shared: &Shared,
    patience: Patience,
    _capture: &Capture,
) {
    loop {
        match open().and_then(|source| capture(source, shared)) {
            Ok(()) => break,
            Err(error) => {
                shared.fail(error);
                if !error.may_pass() {
                    break;
                }
            }
        }
        let state = shared.lock();
        let (state, _) = shared
            .changed
            .wait_timeout_while(state, patience.retry, |state| !state.is_stopped)
            .unwrap_or_else(PoisonError::into_inner);
        if state.is_stopped {
            return;
        }
    }
    shared.lock().is_ended = true;
    shared.changed.notify_all();
}

/// Until the source ends or nobody wants more.
fn capture(mut source: impl FrameSource, shared: &Shared) -> Result<(), SourceError> {
    while let Some(frame) = source.next_frame()? {
        if !shared.offer(frame, source.effort()) {
            break;
        }
    }
    Ok(())
}

fn decode_all(shared: &Shared, patience: Patience) {
    let mut last: Option<Zeroizing<String>> = None;
    loop {
        let state = shared.lock();
        let (mut state, waited) = shared
            .changed
            .wait_timeout_while(state, patience.silence, |state| {
                state.frame.is_none() && !state.is_stopped && !state.is_ended
            })
            .unwrap_or_else(PoisonError::into_inner);
        if state.is_stopped {
            return;
        }
        let Some((frame, effort)) = state.frame.take() else {
            let (is_over, has_failed) = (state.is_ended, state.failure.is_some());
            drop(state);
            if is_over {
                if last.is_none() && !has_failed {
                    shared.tell(Sight::Nothing);
                }
                return;
            }
            if waited.timed_out() && !has_failed {
                shared.fail(SourceError::Silent);
            }
            continue;
        };
        state.preview = Some(frame.preview());
        drop(state);
        shared.changed.notify_all();
        (shared.wake)();
        let Some(grey) = frame.to_grey() else { continue };
        drop(frame);
        for text in reading::read(&grey, effort) {
            if last.as_ref() != Some(&text) {
                shared.tell(Sight::Found(text.clone()));
                last = Some(text);
            }
        }
    }
}

/// How long things may take.
#[derive(Clone, Copy)]
struct Patience {
    /// Without a frame, before it is said.
    silence: Duration,
    /// Before a source is opened once more.
    retry: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        // Slow cameras need three seconds to their first picture. A second is soon for somebody who plugs one in.
        Self { silence: Duration::from_secs(5), retry: Duration::from_secs(1) }
    }
}

/// One of the capture threads there may be. One that hangs in its driver keeps its place.
struct Capture;

impl Capture {
    fn reserve() -> Option<Self> {
        let more = CAPTURES
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| (count < CAPTURES_MAX).then_some(count + 1));
        more.ok().map(|_| Self)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        CAPTURES.fetch_sub(1, Ordering::AcqRel);
    }
}

static CAPTURES: AtomicUsize = AtomicUsize::new(0);
/// So many can hang before a restart is needed; more would only hang too.
const CAPTURES_MAX: usize = 8;
/// Nobody looks: then older sights are worth more than newer ones.
const SIGHTS_MAX: usize = 8;

#[cfg(test)]
mod tests;
