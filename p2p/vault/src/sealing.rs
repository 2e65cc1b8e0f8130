//! What lies encrypted inside the encrypted database, and the place each piece is bound to: a row that was swapped for
//! another does not open.

use crate::{
    ids::{MessageId, OutboxId},
    model::About,
    random,
};
use nyx_crypto::{
    purposes::{BlobsKey, ContactSecret, ItemKey, OutboxKey, SessionsKey, StreamKey},
    secret::Secret,
    wrap,
};
use nyx_wire::{codec, vault::SealedAbout};
use zeroize::Zeroizing;

use crate::limits::VALUE_BYTES_MAX;

/// Seals a text of a disappearing message.
pub(crate) fn seal_text(key: &Secret<ItemKey>, text: &str, place: &[u8]) -> Vec<u8> {
    wrap::wrap(key, text.as_bytes(), place, &mut random())
}

pub(crate) fn open_text(key: &Secret<ItemKey>, sealed: &[u8], place: &[u8]) -> Option<String> {
    let text = wrap::unwrap(key, sealed, place).ok()?;
    Some(std::str::from_utf8(&text).ok()?.to_owned())
}

/// Seals what an attachment of a disappearing message is.
pub(crate) fn seal_about(key: &Secret<ItemKey>, about: &About, place: &[u8]) -> Vec<u8> {
    let about = about.clone();
    let bytes = Zeroizing::new(codec::encode(&SealedAbout {
        name: about.name,
        media_type: about.media_type,
        width: about.width,
        height: about.height,
        duration_ms: about.duration_ms,
        preview: about.preview,
    }));
    wrap::wrap(key, &bytes, place, &mut random())
}

pub(crate) fn open_about(key: &Secret<ItemKey>, sealed: &[u8], place: &[u8]) -> Option<About> {
    let bytes = wrap::unwrap(key, sealed, place).ok()?;
    let SealedAbout { name, media_type, width, height, duration_ms, preview } =
        codec::decode(&bytes, VALUE_BYTES_MAX).ok()?;
    Some(About { name, media_type, width, height, duration_ms, preview })
}

/// Wraps the key of a blob: under the blobs key, or, if its message disappears, under that message's.
pub(crate) fn wrap_blob_key(keys: BlobKek<'_>, key: &Secret<StreamKey>, hash: &[u8]) -> Vec<u8> {
    match keys {
        BlobKek::Vault(blobs) => wrap::wrap(blobs, key.expose(), hash, &mut random()),
        BlobKek::Message(item) => wrap::wrap(item, key.expose(), hash, &mut random()),
    }
}

pub(crate) fn unwrap_blob_key(keys: BlobKek<'_>, wrapped: &[u8], hash: &[u8]) -> Option<Secret<StreamKey>> {
    let key = match keys {
        BlobKek::Vault(blobs) => wrap::unwrap(blobs, wrapped, hash),
        BlobKek::Message(item) => wrap::unwrap(item, wrapped, hash),
    };
    Secret::from_slice(&key.ok()?)
}

/// What a blob's key is wrapped under.
#[derive(Clone, Copy)]
pub(crate) enum BlobKek<'a> {
    Vault(&'a Secret<BlobsKey>),
    Message(&'a Secret<ItemKey>),
}

/// Wraps a session row once more.
pub(crate) fn seal_session(key: &Secret<SessionsKey>, kind: &str, id: &[u8], value: &[u8]) -> Vec<u8> {
    wrap::wrap(key, value, &session_place(kind, id), &mut random())
}

pub(crate) fn open_session(
    key: &Secret<SessionsKey>,
    kind: &str,
    id: &[u8],
    wrapped: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    wrap::unwrap(key, wrapped, &session_place(kind, id)).ok()
}

/// Wraps what was agreed with a contact.
pub(crate) fn seal_contact_secret(key: &Secret<SessionsKey>, contact: &[u8], secret: &[u8]) -> Vec<u8> {
    wrap::wrap(key, secret, &contact_place(contact), &mut random())
}

pub(crate) fn open_contact_secret(
    key: &Secret<SessionsKey>,
    contact: &[u8],
    wrapped: &[u8],
) -> Option<Secret<ContactSecret>> {
    Secret::from_slice(&wrap::unwrap(key, wrapped, &contact_place(contact)).ok()?)
}

/// Wraps what waits to be sent.
pub(crate) fn seal_outgoing(key: &Secret<OutboxKey>, id: OutboxId, recipient: &[u8], payload: &[u8]) -> Vec<u8> {
    wrap::wrap(key, payload, &[&id.0, recipient].concat(), &mut random())
}

pub(crate) fn open_outgoing(
    key: &Secret<OutboxKey>,
    id: OutboxId,
    recipient: &[u8],
    wrapped: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    wrap::unwrap(key, wrapped, &[&id.0, recipient].concat()).ok()
}

pub(crate) fn body_place(message: MessageId) -> Vec<u8> {
    [b"body".as_slice(), &message.0].concat()
}

pub(crate) fn edit_place(message: MessageId, revision: i64) -> Vec<u8> {
    [b"edit".as_slice(), &message.0, &revision.to_be_bytes()].concat()
}

pub(crate) fn about_place(message: MessageId, position: i64) -> Vec<u8> {
    [b"about".as_slice(), &message.0, &position.to_be_bytes()].concat()
}

fn contact_place(contact: &[u8]) -> Vec<u8> {
    [b"contact".as_slice(), contact].concat()
}

fn session_place(kind: &str, id: &[u8]) -> Vec<u8> {
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    [b"session".as_slice(), &(kind.len() as u32).to_be_bytes(), kind.as_bytes(), id].concat()
}
