//! A lane of a link as a carrier: where codes were carried by hand, the meeting takes place on the link itself.

use super::{Carrier, CarrierEvent, Unsent};
use crate::lane::{Broken, Lane, MAX_MESSAGE, SendFailure};
use async_trait::async_trait;
use bytes::Bytes;
use std::{fmt, sync::Arc};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
};

/// A lane that carries a meeting.
pub struct LaneCarrier {
    lane: Arc<dyn Lane>,
    frames: mpsc::Sender<Bytes>,
    sends: JoinHandle<Result<(), SendFailure>>,
    is_told: bool,
}

impl LaneCarrier {
    /// Takes a lane of a link that is up. Nothing else may use it as long as this lives.
    pub fn new(lane: Arc<dyn Lane>) -> Self {
        let (frames, mut queued) = mpsc::channel::<Bytes>(QUEUED);
        let to = Arc::clone(&lane);
        let sends = tokio::spawn(async move {
            while let Some(frame) = queued.recv().await {
                to.send(frame).await?;
            }
            Ok(())
        });
        Self { lane, frames, sends, is_told: false }
    }
}

#[async_trait]
impl Carrier for LaneCarrier {
    fn send(&self, frame: &[u8]) -> Result<(), Unsent> {
        if frame.len() > MAX_MESSAGE {
            return Err(Unsent::TooLarge);
        }
        self.frames.try_send(Bytes::copy_from_slice(frame)).map_err(|error| match error {
            TrySendError::Full(_) => Unsent::Busy,
            TrySendError::Closed(_) => Unsent::Over,
        })
    }

    async fn next(&mut self) -> Option<CarrierEvent> {
        if !self.is_told {
            self.is_told = true;
            return Some(CarrierEvent::Came);
        }
        match self.lane.receive().await {
            Ok(Some(frame)) => Some(CarrierEvent::Frame(frame.to_vec())),
            Ok(None) | Err(Broken) => None,
        }
    }
}

impl fmt::Debug for LaneCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LaneCarrier(..)")
    }
}

impl Drop for LaneCarrier {
    fn drop(&mut self) {
        self.sends.abort();
    }
}

/// A meeting says some twenty frames in all.
const QUEUED: usize = 64;
