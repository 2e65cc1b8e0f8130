//! Every bound of a meeting on the local network, and why it is what it is. Anybody on the network can reach all of it.

use std::time::Duration;

/// One frame a state of the pairing, and as many candidates.
pub(super) const ASKS: usize = 64;
/// Whoever leaves more unread has lost interest.
pub(super) const EVENTS: usize = 64;

/// Strangers who are connected at once. Calls of our own have places of their own, so that strangers who take all of
/// these do not keep the other device away.
pub(super) const INCOMING: u32 = 8;
/// The other device at each address that it may have.
pub(super) const OUTGOING: u32 = 8;
/// Both call at once, each perhaps at two addresses.
pub(super) const CONNECTIONS_A_PEER: u32 = 4;
/// Connections whose handshake is not done.
pub(super) const PENDING: u32 = 8;
/// TCP, Noise and Yamux on a bad wireless network.
pub(super) const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection may stay without having proven anything.
pub(super) const PROOF_PATIENCE: Duration = Duration::from_secs(5);
/// The other device, a thief with the same code, and one that came back before its old connection was seen to be dead.
/// More are of no use: two suffice to burn the code.
pub(super) const PROVEN: usize = 3;
/// Streams of a connection, each with a window of 256 KiB.
pub(super) const STREAMS: usize = 8;
/// Requests that wait for their answer, for each peer.
pub(super) const UNDER_WAY: usize = 16;
/// A frame or a knock from a device takes a millisecond; a meeting has a few dozen in all.
pub(super) const REQUESTS_A_SECOND: u32 = 32;
/// A frame and its answer, each lost once.
pub(super) const REQUEST_PATIENCE: Duration = Duration::from_secs(5);
/// People take minutes between two frames.
pub(super) const IDLE: Duration = Duration::from_secs(3600);

/// Addresses to call besides those that were heard. A ticket would hold eleven at most.
pub(super) const HINTS: usize = 12;
/// Identities that were called because they announced the room; whoever knows the room can invent as many as it likes.
pub(super) const CALLED: usize = 16;
/// How long not to call again who has just been called.
pub(super) const CALL_AGAIN: Duration = Duration::from_secs(2);
/// Announcements taken from one socket before anything else has its turn.
pub(super) const HEARD_AT_ONCE: usize = 32;

/// When to announce after the first time: a few times soon, because multicast is lost easily.
pub(super) const ANNOUNCE_SOON: [Duration; 3] =
    [Duration::from_millis(250), Duration::from_secs(1), Duration::from_secs(3)];
/// And from then on.
pub(super) const ANNOUNCE: Duration = Duration::from_secs(15);
/// Whoever is heard is answered with an announcement, but not more often than this.
pub(super) const ANNOUNCE_GAP: Duration = Duration::from_secs(1);
/// How often to look what is due.
pub(super) const BEAT: Duration = Duration::from_millis(250);
/// How often to look which addresses this machine has.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// How long a listener may take to say its port. It is asked of the kernel alone.
pub(super) const LISTEN_PATIENCE: Duration = Duration::from_secs(2);
/// How long what was handed over last may take to leave.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(1);
