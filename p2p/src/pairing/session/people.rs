//! What people say in a meeting that is about an account, and what comes of it.

use super::Session;
use crate::{
    failure::Failure,
    pairing::{failing::NetTrouble, hosted::Hosted, linking::Linking},
};
use nyx_crypto::pairing::{Digits, Speaker};
use nyx_net::link::Path;
use nyx_proto::pairing::{Settled, View};

impl Session {
    /// Goes on until the machine waits for what is meant and the link stands; which way its packets go.
    pub(in crate::pairing) async fn until(&mut self, is_meant: impl Fn(&View<'_>) -> bool) -> Result<Path, Failure> {
        loop {
            if let Some(path) = self.linking.path()
                && is_meant(&self.view())
            {
                return Ok(path);
            }
            self.turn().await?;
        }
    }

    /// Goes on beside a question to this side's person.
    pub(in crate::pairing) async fn beside<T>(&mut self, answer: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            answer = answer => Ok(answer),
            failure = self.keep() => Err(failure),
        }
    }

    /// This side's person said whether the account is theirs.
    pub(in crate::pairing) async fn decide(&mut self, yes: bool) -> Result<(), Failure> {
        let now_ms = self.world.passed_ms();
        let outputs = self.change(|meeting| meeting.handle_decision(yes, now_ms));
        self.follow(outputs).await
    }

    /// This side's person typed what the other device shows. One try.
    pub(in crate::pairing) async fn type_digits(
        &mut self,
        typed: &Digits,
        speaker: &Speaker<'_>,
    ) -> Result<(), Failure> {
        let now_ms = self.world.passed_ms();
        let outputs = self.change(|meeting| meeting.handle_digits(typed, speaker, now_ms));
        self.follow(outputs).await
    }

    /// What a move begins with: the keys, the link, and the place that this side keeps open, if it does.
    pub(in crate::pairing) fn settle(self) -> Result<(Settled, Linking, Hosted), Failure> {
        let Self { meeting, linking, hosted, .. } = self;
        let settled = meeting.and_then(|meeting| meeting.settle().ok()).ok_or(NetTrouble::Lost)?;
        Ok((settled, linking, hosted))
    }
}
