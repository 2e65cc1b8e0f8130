//! The link to the other device, whichever it is just now: when one is lost another is looked for, and whoever comes back
//! is the same device.

use crate::pairing::{Again, Line, LineEvent, Side};
use nyx_net::{lane::Lane, link::Path};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
    time::timeout,
};

/// The link that there is, and the search for the next.
pub(super) struct Connection {
    side: Side,
    /// None as long as the new device does not know yet which move it is about.
    again: Option<Again>,
    live: Option<Live>,
}

struct Live {
    line: Line,
    say: mpsc::Sender<Vec<u8>>,
    /// Waits for the lane, so that the machine never does.
    mouth: JoinHandle<()>,
}

/// What happens to it.
#[derive(Debug)]
pub(super) enum Turn {
    /// There is a link, and it is a new one.
    Linked,
    /// There is none any more.
    Lost,
    /// The other side said something.
    Said(Vec<u8>),
}

impl Connection {
    /// Without a link; one is looked for.
    pub(super) fn new(side: Side, again: Again) -> Self {
        let mut connection = Self { side, again: Some(again), live: None };
        connection.look();
        connection
    }

    /// With the link on which both met.
    pub(super) fn with(side: Side, line: Line) -> Self {
        Self { side, again: None, live: Some(Live::of(line)) }
    }

    /// From now on a lost link is looked for. The old device looks for another although it has one: the new one may come
    /// back and lack what this one still believes to have.
    pub(super) fn comes_back(&mut self, again: Again) {
        self.again = Some(again);
        if self.side == Side::Old || self.live.is_none() {
            self.look();
        }
    }

    /// Whether a lost link can be looked for.
    pub(super) const fn can_come_back(&self) -> bool {
        self.again.is_some()
    }

    fn look(&mut self) {
        if let Some(again) = &mut self.again {
            again.look();
        }
    }

    /// What happens next. Nothing is lost by giving up waiting.
    pub(super) async fn next(&mut self) -> Turn {
        loop {
            let live = async {
                match &mut self.live {
                    Some(live) => live.line.next().await,
                    None => std::future::pending().await,
                }
            };
            let found = async {
                match &mut self.again {
                    Some(again) => again.found().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                line = found => {
                    self.live = Some(Live::of(line));
                    return Turn::Linked;
                }
                event = live => match event {
                    LineEvent::Said(said) => return Turn::Said(said),
                    // It may come back by itself; whichever stands first is taken.
                    LineEvent::Interrupted => self.look(),
                    LineEvent::Up => {}
                    LineEvent::Gone => {
                        self.live = None;
                        self.look();
                        return Turn::Lost;
                    }
                },
            }
        }
    }

    /// Looks for another link although there is one: nobody says anything on it.
    pub(super) fn doubt(&mut self) {
        if self.side == Side::New {
            self.look();
        }
    }

    /// Says a frame, if there is anybody to say it to: a state is said again on the next link.
    pub(super) fn say(&mut self, frame: Vec<u8>) {
        if let Some(live) = &self.live
            && let Err(TrySendError::Full(_)) = live.say.try_send(frame)
        {
            // It takes nothing any more, and says nothing about it.
            self.live = None;
            self.look();
        }
    }

    /// The lane for chunks.
    pub(super) fn bulk(&self) -> Option<Arc<dyn Lane>> {
        self.live.as_ref().map(|live| live.line.bulk())
    }

    /// Which way the packets go, while they do.
    pub(super) fn path(&self) -> Option<Path> {
        self.live.as_ref().and_then(|live| live.line.path())
    }

    /// Whether there is a link.
    pub(super) const fn is_up(&self) -> bool {
        self.live.is_some()
    }

    /// Ends it, once what was said has arrived.
    pub(super) async fn close(self) {
        let Some(Live { line, say, mouth }) = self.live else { return };
        drop(say);
        if timeout(LAST_WORDS, mouth).await.is_ok() {
            line.close().await;
        }
    }
}

impl Live {
    fn of(line: Line) -> Self {
        let (say, mut said) = mpsc::channel::<Vec<u8>>(UNSAID);
        let control = line.control();
        let mouth = tokio::spawn(async move {
            while let Some(frame) = said.recv().await {
                if control.send(frame.into()).await.is_err() {
                    return;
                }
            }
        });
        Self { line, say, mouth }
    }
}

/// Words for half an hour on a link that takes none, at one every three seconds.
const UNSAID: usize = 600;
/// What was said is on its way within this, or nobody listens.
const LAST_WORDS: Duration = Duration::from_secs(2);
