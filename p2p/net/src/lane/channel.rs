//! A lane over a data channel, and over QUIC beside it while there is any.
//!
//! Two tasks own it: one reads the channel without ever waiting for anybody (or the driver of the whole connection
//! would wait), one writes it. What is sent and received meets them through queues, so giving up on either loses
//! nothing. What goes which way is in the books of [`Braid`]; a [`Strand`] is the end of them that QUIC holds.

mod strand;

pub(crate) use strand::{Beside, Gone, Strand};

use super::{
    Broken, Lane, MAX_MESSAGE, Purpose, SendFailure,
    ahead::Ahead,
    braid::{Braid, Outgoing, Step},
    credit::Violation,
};
use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use nyx_wire::lane::{Frame, MESSAGE, NotAFrame};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// How a channel stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Standing {
    /// It may be used.
    pub(crate) open: bool,
    /// The other side has said that nothing will follow.
    pub(crate) peer_ended: bool,
    /// The other side knows that its end has arrived.
    pub(crate) settled: bool,
    /// The other side has all that this side sent.
    pub(crate) confirmed: bool,
    /// It can't be used any more.
    pub(crate) gone: bool,
    /// The other side broke the rules.
    pub(crate) violated: bool,
}

/// A lane over a data channel.
pub(crate) struct ChannelLane {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<Outgoing>,
    incoming: tokio::sync::Mutex<mpsc::UnboundedReceiver<Bytes>>,
    standing: watch::Receiver<Standing>,
}

/// What the tasks of a lane and its user share.
struct Shared {
    purpose: Purpose,
    channel: Arc<dyn DataChannel>,
    books: Mutex<Books>,
    /// Something for the writer to look at: credit to give or to use, an end to confirm.
    writer: Notify,
    /// Something to say on the connection beside the channel.
    reporter: Notify,
    standing: watch::Sender<Standing>,
}

struct Books {
    braid: Braid,
    /// To the reader, until the end. Bounded by the credit: the peer that overruns it is cut off.
    reader: Option<mpsc::UnboundedSender<Bytes>>,
    beside: Option<(u64, Arc<dyn Beside>)>,
}

impl ChannelLane {
    /// Starts the two tasks.
    pub(crate) fn start(purpose: Purpose, channel: Arc<dyn DataChannel>, tasks: &mut JoinSet<()>) -> Arc<Self> {
        let (standing, seen) = watch::channel(Standing::default());
        let (reader, incoming) = mpsc::unbounded_channel();
        let mut braid = Braid::new(purpose.window());
        // Until somebody knows whether there will be a connection beside it.
        braid.hold(purpose == Purpose::Bulk);
        let shared = Arc::new(Shared {
            purpose,
            channel,
            books: Mutex::new(Books { braid, reader: Some(reader), beside: None }),
            writer: Notify::new(),
            reporter: Notify::new(),
            standing,
        });
        let (outgoing, to_write) = mpsc::channel(QUEUED);
        tasks.spawn(Arc::clone(&shared).read());
        tasks.spawn(Arc::clone(&shared).write(to_write));
        Arc::new(Self { shared, outgoing, incoming: tokio::sync::Mutex::new(incoming), standing: seen })
    }

    /// How it stands, now and later.
    pub(crate) fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// The end of it that a connection beside the channel holds.
    pub(crate) fn strand(&self) -> Strand {
        Strand(Arc::clone(&self.shared))
    }

    /// Queues the end behind everything that was sent, and waits until the other side has it.
    pub(crate) async fn end(&self) -> Result<(), Broken> {
        self.outgoing.send(Outgoing::End).await.map_err(|_| Broken)?;
        let mut standing = self.standing.clone();
        match standing.wait_for(|standing| standing.confirmed || standing.gone).await {
            Ok(standing) if standing.confirmed => Ok(()),
            _ => Err(Broken),
        }
    }
}

#[async_trait]
impl Lane for ChannelLane {
    fn purpose(&self) -> Purpose {
        self.shared.purpose
    }

    async fn send(&self, message: Bytes) -> Result<(), SendFailure> {
        if message.len() > MAX_MESSAGE {
            return Err(SendFailure::TooLarge);
        }
        self.outgoing.send(Outgoing::Message(message)).await.map_err(|_| SendFailure::Closed)
    }

    async fn receive(&self) -> Result<Option<Bytes>, Broken> {
        match self.incoming.lock().await.recv().await {
            Some(message) => {
                let (is_due, is_beside) = {
                    let mut books = self.shared.books();
                    books.braid.handle_taken(message.len());
                    (books.braid.is_grant_due(), books.beside.is_some())
                };
                if is_due {
                    let who = if is_beside { &self.shared.reporter } else { &self.shared.writer };
                    who.notify_one();
                }
                Ok(Some(message))
            }
            None if self.standing.borrow().peer_ended => Ok(None),
            None => Err(Broken),
        }
    }
}

impl Books {
    /// What arrives goes to the reader under the same lock, or two ways would overtake each other.
    fn deliver(&mut self, arrive: impl FnOnce(&mut Braid) -> Result<(), Violation>) -> Result<(), Violation> {
        arrive(&mut self.braid)?;
        while let Some(message) = self.braid.poll_arrived() {
            if let Some(reader) = &self.reader {
                // A lane whose user is gone has nobody to tell; the credit stays unreturned.
                let _ = reader.send(message);
            }
        }
        Ok(())
    }
}

impl Shared {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever breaks the rules is cut off.
    fn judge(&self, done: Result<(), Violation>) {
        if done.is_err() {
            self.standing.send_modify(|standing| standing.violated = true);
        }
    }

    async fn read(self: Arc<Self>) {
        while let Some(event) = self.channel.poll().await {
            let taken = match event {
                DataChannelEvent::OnOpen => {
                    self.standing.send_modify(|standing| standing.open = true);
                    self.writer.notify_one();
                    Ok(())
                }
                DataChannelEvent::OnMessage(message) if message.is_string => Err(Violation),
                DataChannelEvent::OnMessage(message) => self.take(&message.data.freeze()),
                DataChannelEvent::OnClose => break,
                _ => Ok(()),
            };
            if taken.is_err() {
                self.judge(taken);
                break;
            }
        }
        self.books().reader = None;
        self.standing.send_modify(|standing| standing.gone = true);
        self.writer.notify_one();
    }

    fn take(&self, bytes: &Bytes) -> Result<(), Violation> {
        match Frame::decode(bytes)? {
            Frame::Message(message) => {
                let message = bytes.slice_ref(message);
                return self.books().deliver(|braid| braid.handle_message(message));
            }
            Frame::Ended => self.standing.send_modify(|standing| standing.confirmed = true),
            // Only bulk has anything beside its channel.
            Frame::Back(_) | Frame::Resume(_) if self.purpose != Purpose::Bulk => return Err(Violation),
            frame => {
                let mut books = self.books();
                books.braid.handle_frame(frame)?;
                match frame {
                    Frame::End => {
                        books.reader = None;
                        self.standing.send_modify(|standing| standing.peer_ended = true);
                    }
                    Frame::Back(attempt) => {
                        if let Some((_, beside)) = books.beside.take_if(|(beside, _)| *beside <= attempt) {
                            beside.give_up();
                        }
                    }
                    _ => {}
                }
            }
        }
        self.writer.notify_one();
        Ok(())
    }

    /// A connection carries nothing any more.
    fn leave(&self, attempt: u64) {
        let mut books = self.books();
        books.braid.handle_fast_gone(attempt);
        books.beside.take_if(|(beside, _)| *beside == attempt);
        drop(books);
        self.writer.notify_one();
    }

    async fn write(self: Arc<Self>, mut from: mpsc::Receiver<Outgoing>) {
        let mut standing = self.standing.subscribe();
        // A send before the channel is open would be lost silently.
        if standing.wait_for(|standing| standing.open || standing.gone).await.is_err() {
            return;
        }
        let (mut next, mut open) = (None, true);
        let mut ahead = Ahead::default();
        while !self.standing.borrow().gone {
            let (say, step) = self.poll(&mut next);
            let sent = if let Some(frame) = say {
                self.put(&frame).await
            } else if self.standing.borrow().must_confirm() {
                let put = self.put(&Frame::Ended).await;
                self.flushed().await;
                self.standing.send_modify(|standing| standing.settled = true);
                put
            } else if let Some(step) = step {
                if step == Step::End {
                    // Nothing can be queued behind the end.
                    from.close();
                }
                if matches!(step, Step::Channel(_)) {
                    self.may_follow(&mut ahead).await;
                }
                self.carry(step, &mut ahead).await
            } else {
                tokio::select! {
                    biased;
                    () = self.writer.notified() => {}
                    queued = from.recv(), if next.is_none() && open => match queued {
                        Some(queued) => next = Some(queued),
                        // Closed by its end, or dropped: what arrives is still confirmed.
                        None => open = false,
                    },
                }
                Ok(())
            };
            if sent.is_err() {
                break;
            }
        }
        self.standing.send_modify(|standing| standing.gone = true);
    }

    /// What is to be written next: a frame, else a step, unless an end is to be confirmed before it.
    fn poll(&self, next: &mut Option<Outgoing>) -> (Option<Frame<'static>>, Option<Step>) {
        let mut books = self.books();
        match books.braid.poll_say() {
            Some(frame) => (Some(frame), None),
            None if self.standing.borrow().must_confirm() => (None, None),
            None => (None, books.braid.poll_step(next)),
        }
    }

    /// Waits until as much has arrived as must have, for others not to wait long behind what is put next.
    async fn may_follow(&self, ahead: &mut Ahead) {
        if self.purpose != Purpose::Bulk {
            return;
        }
        while let Ok(outstanding) = self.channel.outstanding_bytes().await
            && !ahead.may_follow(Instant::now().into_std(), outstanding)
            && !self.standing.borrow().gone
        {
            sleep(MAY_FOLLOW).await;
        }
    }

    async fn carry(&self, step: Step, ahead: &mut Ahead) -> Result<(), webrtc::error::Error> {
        match step {
            Step::Channel(message) => {
                ahead.put(message.len());
                self.put_message(&message).await
            }
            Step::End => self.put(&Frame::End).await,
            Step::Fast { attempt, number, message } => {
                let beside = self.books().beside.clone();
                let carried = match beside {
                    Some((is, beside)) if is == attempt => beside.put(number, message).await,
                    _ => Err(Gone),
                };
                // It is kept until the other side has it.
                if carried.is_err() {
                    self.leave(attempt);
                }
                Ok(())
            }
        }
    }

    /// Waits until what was put has arrived, or the other side, having heard what it wanted, is gone.
    async fn flushed(&self) {
        let arrived = async {
            while self.channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
                sleep(LOOK_AGAIN).await;
            }
        };
        // Whoever hears the last word need not answer it.
        let _ = timeout(LINGER, arrived).await;
    }

    async fn put(&self, frame: &Frame<'_>) -> Result<(), webrtc::error::Error> {
        self.channel.send(BytesMut::from(frame.encode().as_slice())).await
    }

    async fn put_message(&self, message: &[u8]) -> Result<(), webrtc::error::Error> {
        let mut bytes = BytesMut::with_capacity(1 + message.len());
        bytes.put_u8(MESSAGE);
        bytes.put_slice(message);
        self.channel.send(bytes).await
    }
}

impl Standing {
    /// Whether the other side has ended and does not know yet that this side knows.
    fn must_confirm(self) -> bool {
        self.peer_ended && !self.settled
    }
}

impl From<NotAFrame> for Violation {
    fn from(_: NotAFrame) -> Self {
        Self
    }
}

/// Messages between a sender and the writer: enough to keep it busy, few enough to notice when it can't go on.
const QUEUED: usize = 4;
/// The last confirmation may be lost once and sent again after SCTP's minimal timeout of a second.
const LINGER: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// What the fastest channel carries meanwhile is a tenth of what it has ahead.
const MAY_FOLLOW: Duration = Duration::from_millis(4);
