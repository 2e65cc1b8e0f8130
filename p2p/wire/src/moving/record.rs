//! What each side writes down before it says anything that the other relies on. The keys of the move lie beside it,
//! wrapped.

use super::{Manifest, RECORD_MAX, Ready, Release, StopReason};
use crate::identity::{Body, Signed, Version};
use minicbor::{Decode, Encode, bytes::ByteVec};

/// What the old device remembers of a move.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct SenderRecord {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// Whose account, when the move began.
    #[n(1)]
    pub bundle: ByteVec,
    /// The first manifest.
    #[n(2)]
    pub first: Signed<Manifest>,
    /// How far it is.
    #[n(3)]
    pub phase: SenderPhase,
}

/// How far the old device is.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum SenderPhase {
    /// It sends what was in the snapshot.
    #[n(0)]
    Offered,
    /// Nothing changes any more; what changed since the snapshot is being put together.
    #[n(1)]
    Freezing,
    /// Everything is known that belongs to the move.
    #[n(2)]
    Frozen {
        /// The last manifest.
        #[n(0)]
        last: Signed<Manifest>,
    },
    /// The account is the other device's. Here it is not active, and the operating key is gone.
    #[n(3)]
    Released {
        /// The last manifest.
        #[n(0)]
        last: Signed<Manifest>,
        /// What is said until the receipt comes.
        #[n(1)]
        release: Release,
    },
    /// The receipt has come.
    #[n(4)]
    Closed,
    /// It came to nothing.
    #[n(5)]
    Cancelled {
        /// Why.
        #[n(0)]
        why: StopReason,
    },
}

/// What the new device remembers of a move.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub struct ReceiverRecord {
    /// Format version.
    #[n(0)]
    pub v: Version,
    /// Whose account.
    #[n(1)]
    pub bundle: ByteVec,
    /// The first manifest.
    #[n(2)]
    pub first: Signed<Manifest>,
    /// How far it is.
    #[n(3)]
    pub phase: ReceiverPhase,
}

/// How far the new device is.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
#[cbor(map)]
pub enum ReceiverPhase {
    /// It stores what comes.
    #[n(0)]
    Receiving {
        /// The last manifest, once it has come.
        #[n(0)]
        last: Option<Signed<Manifest>>,
    },
    /// It has everything and says so.
    #[n(1)]
    Ready {
        /// The last manifest.
        #[n(0)]
        last: Signed<Manifest>,
        /// What it says.
        #[n(1)]
        ready: Signed<Ready>,
    },
    /// The account is its own; it takes its place.
    #[n(2)]
    Released {
        /// The last manifest.
        #[n(0)]
        last: Signed<Manifest>,
        /// What it said.
        #[n(1)]
        ready: Signed<Ready>,
        /// What it heard.
        #[n(2)]
        release: Release,
    },
    /// The old device knows, or was not heard of for a day.
    #[n(3)]
    Over,
    /// It came to nothing.
    #[n(4)]
    Cancelled {
        /// Why.
        #[n(0)]
        why: StopReason,
    },
}

macro_rules! record {
    ($record:ident) => {
        impl Body for $record {
            const MAX: usize = RECORD_MAX;

            fn is_well_formed(&self) -> bool {
                true
            }
        }
    };
}

record!(SenderRecord);
record!(ReceiverRecord);
