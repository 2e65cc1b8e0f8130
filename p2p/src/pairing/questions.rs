//! Questions to the person in the middle of a meeting, and their answers.

use crate::{event::Event, failure::Failure, pairing::teller::Teller};
use nyx_crypto::{kdf::Password, pairing::Digits};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// What a person is asked before an account moves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Question {
    /// On the new device: is this your account? [`Met`](crate::Event::Met) told which. Yes or no.
    Account,
    /// On the old device: the digits that the new one shows. One try.
    Digits,
    /// On the old device: the password of the vault, once more.
    Password {
        /// The one before was wrong.
        refused: bool,
    },
    /// On the old device: are the name, the way and the size right that [`Met`](crate::Event::Met) told? Yes or no.
    Consent,
}

/// What a person answers.
#[derive(Debug)]
pub enum Reply {
    /// Yes.
    Yes,
    /// No: it is over.
    No,
    /// These digits.
    Digits(Digits),
    /// This password.
    Password(Password),
}

/// Where the answer to the question that is open goes. An answer that nobody has asked for is nobody's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions(Arc<Mutex<Option<oneshot::Sender<Reply>>>>);

impl Questions {
    /// Asks, and waits for the answer. `None`: nobody is there any more to give one.
    pub(crate) async fn ask(&self, tell: &Teller, question: Question) -> Option<Reply> {
        let (answer, answered) = oneshot::channel();
        *self.open() = Some(answer);
        tell.tell(Event::Asked(question)).await;
        answered.await.ok()
    }

    /// Answers what is asked.
    pub(crate) fn answer(&self, reply: Reply) -> Result<(), Failure> {
        let asked = self.open().take().ok_or(Failure::NothingAsked)?;
        asked.send(reply).map_err(|_| Failure::NothingAsked)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Option<oneshot::Sender<Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
