//! All that an endpoint does, in one task.
//!
//! quinn gives an endpoint, and each connection, a task of its own, and whoever reads is another. Then each burst of packets wakes
//! three of them one after the other, mostly on another processor.

use futures_util::{StreamExt, stream::FuturesUnordered};
use quinn::{AsyncTimer, AsyncUdpSocket, Runtime, TokioRuntime};
use std::{fmt, future::Future, io, net::UdpSocket, pin::Pin, sync::Arc, time::Instant};
use tokio::{runtime::Handle, sync::mpsc};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What an endpoint does. Whoever has it works it; dropped, it works on by itself until all is done, for there may be a last
/// word to send.
pub(super) struct Crew(Option<Shift>);

struct Shift {
    joining: mpsc::UnboundedReceiver<Work>,
    at_work: FuturesUnordered<Work>,
}

/// The crew as quinn has it.
struct Hands(mpsc::UnboundedSender<Work>);

impl Crew {
    pub(super) fn new() -> (Self, Arc<dyn Runtime>) {
        let (hands, joining) = mpsc::unbounded_channel();
        (Self(Some(Shift { joining, at_work: FuturesUnordered::new() })), Arc::new(Hands(hands)))
    }

    /// Until the endpoint is gone.
    pub(super) async fn work(&mut self) {
        if let Some(shift) = &mut self.0 {
            shift.work().await;
        }
    }
}

impl Shift {
    async fn work(&mut self) {
        loop {
            tokio::select! {
                biased;
                Some(work) = self.joining.recv() => self.at_work.push(work),
                Some(()) = self.at_work.next() => {}
                else => return,
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        // Where nothing runs any more there is nobody to say anything to.
        if let (Some(mut shift), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move { shift.work().await });
        }
    }
}

impl Runtime for Hands {
    fn new_timer(&self, at: Instant) -> Pin<Box<dyn AsyncTimer>> {
        TokioRuntime.new_timer(at)
    }

    fn spawn(&self, work: Work) {
        // A crew that is gone has dropped what it did, and would drop this.
        let _ = self.0.send(work);
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        TokioRuntime.wrap_udp_socket(socket)
    }

    fn now(&self) -> Instant {
        TokioRuntime.now()
    }
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hands(..)")
    }
}
