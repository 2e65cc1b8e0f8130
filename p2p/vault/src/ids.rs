//! Names of things: sixteen bytes each, so that two devices can make them without asking each other.

use rand_core::CryptoRng;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! ids {
    ($($(#[$doc:meta])+ $id:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $id(pub [u8; 16]);

        impl $id {
            /// A new one: 48 bits of milliseconds, then 80 random bits. Starting with the time keeps neighbours in time
            /// neighbours in the index, which is worth a factor in inserts.
            #[must_use]
            pub fn new(now_ms: i64, rng: &mut impl CryptoRng) -> Self {
                Self(timed(now_ms, rng))
            }
        }

        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
            }
        }

        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_blob()?.try_into().map(Self).map_err(|_| FromSqlError::InvalidType)
            }
        }
    )+};
}

ids! {
    /// A message. Unique in the vault: whoever takes ids from other people makes them unique per conversation first.
    MessageId;
    /// A conversation.
    ConversationId;
    /// A contact.
    ContactId;
    /// A device.
    DeviceId;
    /// Something that waits to be sent.
    OutboxId;
}

fn timed(now_ms: i64, rng: &mut impl CryptoRng) -> [u8; 16] {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    id[..6].copy_from_slice(&now_ms.max(0).to_be_bytes()[2..]);
    id
}
