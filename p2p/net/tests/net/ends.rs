//! The two ends of a link, and the post that carries their descriptions.

use bytes::Bytes;
use nyx_net::{
    lane::{Lane, Purpose},
    link::{Description, Link, Options, State},
    policy::{Grant, Settings},
};
use nyx_testkit::hosts::Namespace;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// Longer than anything takes on a busy machine; only a hang gets here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Carries descriptions as the bytes that would be sealed, and whatever else the ends settle outside of the link.
pub(crate) struct Post {
    out: mpsc::UnboundedSender<Vec<u8>>,
    back: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl Post {
    pub(crate) fn pair() -> (Self, Self) {
        let ((to_right, from_left), (to_left, from_right)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        (Self { out: to_right, back: from_right }, Self { out: to_left, back: from_left })
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        // An end that has gone says so by its own failure.
        let _ = self.out.send(bytes.to_vec());
    }

    pub(crate) async fn receive(&mut self) -> Vec<u8> {
        timeout(PATIENCE, self.back.recv()).await.expect("the other end answers").expect("the other end is there")
    }

    pub(crate) async fn offer(&mut self, options: Options) -> Link {
        let (link, offer) = Link::offer(options).await.unwrap();
        self.send(&offer.encode());
        link.accept(&Description::decode(&self.receive().await).unwrap()).await.unwrap();
        link
    }

    pub(crate) async fn answer(&mut self, options: Options) -> Link {
        let offer = Description::decode(&self.receive().await).unwrap();
        let (link, answer) = Link::answer(options, &offer).await.unwrap();
        self.send(&answer.encode());
        link
    }

    pub(crate) async fn restart(&mut self, link: &Link) {
        let offer = link.restart().await.unwrap();
        self.send(&offer.encode());
        link.accept(&Description::decode(&self.receive().await).unwrap()).await.unwrap();
    }

    pub(crate) async fn answer_restart(&mut self, link: &Link) {
        let offer = Description::decode(&self.receive().await).unwrap();
        self.send(&link.answer_restart(&offer).await.unwrap().encode());
    }
}

/// Loopback only: it needs no rights and no network.
pub(crate) fn loopback() -> Options {
    Options::new(Settings { interfaces: vec!["lo".into()], ..Settings::default() }.decide().unwrap())
}

/// What a person gets who changes nothing.
pub(crate) fn anywhere() -> Grant {
    Settings::default().decide().unwrap()
}

/// Two links to each other in this process, both up.
pub(crate) async fn linked() -> (Link, Link) {
    let (mut left, mut right) = Post::pair();
    let (left, right) = tokio::join!(left.offer(loopback()), right.answer(loopback()));
    up(&left).await;
    up(&right).await;
    (left, right)
}

pub(crate) async fn up(link: &Link) {
    timeout(PATIENCE, link.opened()).await.expect("the link comes up or says why not").unwrap();
}

/// Waits for a state.
pub(crate) async fn reaches(link: &Link, wanted: impl Fn(&State) -> bool) -> State {
    let mut state = link.state();
    let reached = timeout(PATIENCE, state.wait_for(|state| wanted(state))).await;
    *reached.expect("the state is reached").unwrap()
}

/// Runs the two ends, each on a thread and a runtime of its own, in a namespace of its own.
pub(crate) fn run<A: Send, B: Send>(
    left: &Namespace,
    right: &Namespace,
    at_left: impl AsyncFnOnce(Post) -> A + Send,
    at_right: impl AsyncFnOnce(Post) -> B + Send,
) -> (A, B) {
    let (left_post, right_post) = Post::pair();
    std::thread::scope(|scope| {
        let left = scope.spawn(move || left.enter(move || block_on(at_left(left_post))));
        let right = scope.spawn(move || right.enter(move || block_on(at_right(right_post))));
        let (left, right) = (left.join(), right.join());
        match (left, right) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(panic), _) | (_, Err(panic)) => std::panic::resume_unwind(panic),
        }
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Sends this many chunks on the bulk lane and returns the hash of it all.
pub(crate) async fn pour(link: &Link, chunks: usize, seed: u8) -> [u8; 32] {
    let (lane, mut hash) = (link.lane(Purpose::Bulk), Sha256::new());
    for number in 0..chunks {
        let chunk = chunk(number, seed);
        hash.update(&chunk);
        timeout(PATIENCE, lane.send(chunk)).await.expect("no standstill").unwrap();
    }
    hash.finalize().into()
}

/// The hash of what [`pour`] sends.
pub(crate) fn hash(chunks: usize, seed: u8) -> [u8; 32] {
    let hash = (0..chunks).fold(Sha256::new(), |hash, number| hash.chain_update(chunk(number, seed)));
    hash.finalize().into()
}

/// Takes this many chunks from the bulk lane and returns the hash of it all.
pub(crate) async fn drain(lane: &Arc<dyn Lane>, chunks: usize) -> [u8; 32] {
    let mut hash = Sha256::new();
    for _ in 0..chunks {
        let chunk = timeout(PATIENCE, lane.receive()).await.expect("no silence").unwrap().expect("no end yet");
        hash.update(&chunk);
    }
    hash.finalize().into()
}

pub(crate) const CHUNK: usize = 64 * 1024;

fn chunk(number: usize, seed: u8) -> Bytes {
    let mut bytes = vec![seed; CHUNK];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    bytes.into()
}
