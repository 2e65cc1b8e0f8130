//! A lane over a data channel.
//!
//! Two tasks own it: one reads the channel without ever waiting for anybody (or the driver of the whole connection
//! would wait), one writes it. What is sent and received meets them through queues, so giving up on either loses
//! nothing.

use super::{
    Broken, Lane, MAX_MESSAGE, Purpose, SendFailure,
    credit::{Allowance, Room, Violation},
};
use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use nyx_wire::lane::{Frame, MESSAGE};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinSet,
    time::{sleep, timeout},
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
    room: Mutex<Room>,
    allowance: Mutex<Allowance>,
    /// Something for the writer to look at: credit to give or to use, an end to confirm.
    writer: Notify,
    standing: watch::Sender<Standing>,
}

enum Outgoing {
    Message(Bytes),
    End,
}

impl ChannelLane {
    /// Starts the two tasks.
    pub(crate) fn start(purpose: Purpose, channel: Arc<dyn DataChannel>, tasks: &mut JoinSet<()>) -> Arc<Self> {
        let (standing, seen) = watch::channel(Standing::default());
        let shared = Arc::new(Shared {
            purpose,
            channel,
            room: Mutex::new(Room::new(purpose.window())),
            allowance: Mutex::default(),
            writer: Notify::new(),
            standing,
        });
        let (outgoing, to_write) = mpsc::channel(QUEUED);
        // Bounded by the credit: the peer that overruns it is cut off.
        let (read, incoming) = mpsc::unbounded_channel();
        tasks.spawn(Arc::clone(&shared).read(read));
        tasks.spawn(Arc::clone(&shared).write(to_write));
        Arc::new(Self { shared, outgoing, incoming: tokio::sync::Mutex::new(incoming), standing: seen })
    }

    /// How it stands, now and later.
    pub(crate) fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
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
                let due = {
                    let mut room = lock(&self.shared.room);
                    room.take(message.len());
                    room.is_grant_due()
                };
                if due {
                    self.shared.writer.notify_one();
                }
                Ok(Some(message))
            }
            None if self.standing.borrow().peer_ended => Ok(None),
            None => Err(Broken),
        }
    }
}

impl Shared {
    async fn read(self: Arc<Self>, to: mpsc::UnboundedSender<Bytes>) {
        let mut to = Some(to);
        while let Some(event) = self.channel.poll().await {
            let taken = match event {
                DataChannelEvent::OnOpen => {
                    self.standing.send_modify(|standing| standing.open = true);
                    self.writer.notify_one();
                    Ok(())
                }
                DataChannelEvent::OnMessage(message) if message.is_string => Err(Violation),
                DataChannelEvent::OnMessage(message) => self.take(message.data.freeze(), &mut to),
                DataChannelEvent::OnClose => break,
                _ => Ok(()),
            };
            if taken.is_err() {
                self.standing.send_modify(|standing| standing.violated = true);
                break;
            }
        }
        self.standing.send_modify(|standing| standing.gone = true);
        self.writer.notify_one();
    }

    fn take(&self, bytes: Bytes, to: &mut Option<mpsc::UnboundedSender<Bytes>>) -> Result<(), Violation> {
        match Frame::decode(&bytes).map_err(|_| Violation)? {
            Frame::Message(message) => {
                lock(&self.room).arrive(message.len())?;
                // After its end the other side has nothing to say.
                let to = to.as_ref().ok_or(Violation)?;
                // A lane whose user is gone has nobody to tell; the credit stays unreturned.
                let _ = to.send(bytes.slice(1..));
            }
            Frame::Credit(granted) => {
                if lock(&self.allowance).raise(granted)? {
                    lock(&self.room).repeat();
                }
                self.writer.notify_one();
            }
            Frame::End => {
                to.take().ok_or(Violation)?;
                self.standing.send_modify(|standing| standing.peer_ended = true);
                self.writer.notify_one();
            }
            Frame::Ended => self.standing.send_modify(|standing| standing.confirmed = true),
        }
        Ok(())
    }

    async fn write(self: Arc<Self>, mut from: mpsc::Receiver<Outgoing>) {
        let mut standing = self.standing.subscribe();
        // A send before the channel is open would be lost silently.
        if standing.wait_for(|standing| standing.open || standing.gone).await.is_err() {
            return;
        }
        let (mut next, mut confirmed) = (None, false);
        let mut open = true;
        while !self.standing.borrow().gone {
            let sent = if let Some(total) = self.due_grant() {
                self.put(&Frame::Credit(total)).await
            } else if !confirmed && self.standing.borrow().peer_ended {
                confirmed = true;
                let put = self.put(&Frame::Ended).await;
                self.flushed().await;
                self.standing.send_modify(|standing| standing.settled = true);
                put
            } else if next.as_ref().is_some_and(|next| self.may_go(next)) {
                match next.take() {
                    Some(Outgoing::Message(message)) => self.put_message(&message).await,
                    _ => {
                        // Nothing can be queued behind the end.
                        from.close();
                        self.put(&Frame::End).await
                    }
                }
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

    fn may_go(&self, next: &Outgoing) -> bool {
        match next {
            Outgoing::Message(message) => lock(&self.allowance).spend(message.len()),
            Outgoing::End => true,
        }
    }

    fn due_grant(&self) -> Option<u64> {
        let mut room = lock(&self.room);
        room.is_grant_due().then(|| room.grant())
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Messages between a sender and the writer: enough to keep it busy, few enough to notice when it can't go on.
const QUEUED: usize = 4;
/// The last confirmation may be lost once and sent again after SCTP's minimal timeout of a second.
const LINGER: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(10);
