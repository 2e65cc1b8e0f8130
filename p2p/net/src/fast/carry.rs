//! One connection at work: messages of the lane as streams, and one stream for what the receivers tell.

use crate::lane::channel::{Beside, Gone, Strand};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream::FuturesUnordered};
use nyx_wire::lane::{Numbered, Report};
use quinn::{Connection, ConnectionError, ReadError, ReadExactError, RecvStream, SendStream, Side, VarInt, WriteError};
use std::{collections::VecDeque, sync::Arc};

/// From now on the lane's messages go on it.
pub(super) fn begin(connection: &Connection, attempt: u64, strand: &Strand) {
    strand.begin(attempt, Arc::new(Carrier(connection.clone())));
    // Whatever becomes of it, nobody waits for another.
    strand.release();
}

/// Carries until the connection ends, and says why it did.
pub(super) async fn carry(connection: &Connection, attempt: u64, strand: &Strand) -> ConnectionError {
    let work = async {
        let (say, heard) = match connection.side() {
            Side::Client => connection.open_bi().await?,
            Side::Server => connection.accept_bi().await?,
        };
        tokio::try_join!(
            messages(connection, attempt, strand),
            tell(say, attempt, strand),
            hear(heard, attempt, strand)
        )
        .map(|_| ())
    };
    let ended = tokio::select! {
        worked = work => {
            if let Err(Broken::Rules) = worked {
                strand.condemn();
            }
            close(connection);
            connection.closed().await
        }
        ended = connection.closed() => ended,
    };
    strand.end(attempt);
    ended
}

/// Why a connection is of no use any more.
enum Broken {
    /// It has ended.
    Gone,
    /// The other side does on it what nobody of us does.
    Rules,
}

/// The connection as the lane's writer has it.
struct Carrier(Connection);

#[async_trait]
impl Beside for Carrier {
    async fn put(&self, number: u64, message: Bytes) -> Result<(), Gone> {
        let mut stream = Whole { stream: self.0.open_uni().await.map_err(|_| Gone)?, is_whole: false };
        // What was lost of an old message goes before anything of a newer one, or the reader would wait for all that is queued.
        stream.stream.set_priority(age(number)).map_err(|_| Gone)?;
        let mut parts = [Bytes::copy_from_slice(&Numbered::head(number)), message];
        stream.stream.write_all_chunks(&mut parts).await.map_err(|_| Gone)?;
        stream.is_whole = true;
        stream.stream.finish().map_err(|_| Gone)
    }

    fn give_up(&self) {
        close(&self.0);
    }
}

/// The older, the higher, and below what is told. It begins anew after 128 TiB of chunks, which costs an instant.
fn age(number: u64) -> i32 {
    -i32::try_from(number % (1 << 31)).unwrap_or(i32::MAX)
}

/// A stream that is dropped is finished, and what it had so far would be taken for a message.
struct Whole {
    stream: SendStream,
    is_whole: bool,
}

impl Drop for Whole {
    fn drop(&mut self) {
        if !self.is_whole {
            // One that is closed already needs nothing more.
            let _ = self.stream.reset(VarInt::from_u32(0));
        }
    }
}

/// Takes messages, each on a stream of its own, as they are complete.
async fn messages(connection: &Connection, attempt: u64, strand: &Strand) -> Result<(), Broken> {
    let (mut reading, mut buffers) = (FuturesUnordered::new(), Buffers::default());
    loop {
        tokio::select! {
            stream = connection.accept_uni() => reading.push(parts(stream?)),
            Some(read) = reading.next(), if !reading.is_empty() => match read {
                Ok(parts) => strand.take(attempt, &buffers.join(&parts)),
                // Its sender is about to go.
                Err(Unread::Stream(ReadError::Reset(_))) => {}
                Err(error) => return Err(error.into()),
            },
        }
    }
}

/// A whole one, as it came.
async fn parts(mut stream: RecvStream) -> Result<Vec<Bytes>, Unread> {
    let (mut parts, mut len) = (Vec::new(), 0);
    let mut chunks = [const { Bytes::new() }; CHUNKS];
    while let Some(count) = stream.read_chunks(&mut chunks).await? {
        parts.extend(chunks[..count].iter_mut().map(std::mem::take));
        len += parts[parts.len() - count..].iter().map(Bytes::len).sum::<usize>();
        if len > Numbered::MAX {
            return Err(Unread::TooLong);
        }
    }
    Ok(parts)
}

/// Memory of messages, taken again when their readers are done with it. Else all that arrives would be new to the program, page by page.
#[derive(Default)]
struct Buffers(VecDeque<Bytes>);

impl Buffers {
    /// Copies a message once, out of what the socket gave, so that a small one holds nothing large.
    fn join(&mut self, parts: &[Bytes]) -> Bytes {
        let len = parts.iter().map(Bytes::len).sum();
        let is_large = len > Numbered::MAX / 2;
        let mut message = if is_large { self.free() } else { BytesMut::with_capacity(len) };
        parts.iter().for_each(|part| message.extend_from_slice(part));
        let message = message.freeze();
        if is_large && self.0.len() < BUFFERS {
            self.0.push_back(message.clone());
        }
        message
    }

    /// The oldest is free first, if any is.
    fn free(&mut self) -> BytesMut {
        let oldest = self.0.pop_front_if(|oldest| oldest.is_unique());
        let mut free = oldest.and_then(|oldest| oldest.try_into_mut().ok()).unwrap_or_default();
        free.clear();
        free.reserve(Numbered::MAX);
        free
    }
}

/// Why there is no message.
enum Unread {
    Stream(ReadError),
    TooLong,
}

impl From<ReadError> for Unread {
    fn from(error: ReadError) -> Self {
        Self::Stream(error)
    }
}

async fn tell(mut say: SendStream, attempt: u64, strand: &Strand) -> Result<(), Broken> {
    // Whoever waits for credit sends nothing, so it goes first. Without that it would only be slower.
    let _ = say.set_priority(1);
    // The other side sees the stream with its first word.
    let mut report = Report::Have(0);
    loop {
        say.write_all(&report.encode()).await?;
        report = strand.next_report(attempt).await;
    }
}

async fn hear(mut heard: RecvStream, attempt: u64, strand: &Strand) -> Result<(), Broken> {
    let mut report = [0; Report::LEN];
    loop {
        heard.read_exact(&mut report).await?;
        strand.hear(attempt, &report);
    }
}

fn close(connection: &Connection) {
    connection.close(VarInt::from_u32(0), b"");
}

impl From<ConnectionError> for Broken {
    fn from(_: ConnectionError) -> Self {
        Self::Gone
    }
}

/// Nobody of us stops a stream before the connection ends.
impl From<WriteError> for Broken {
    fn from(error: WriteError) -> Self {
        if let WriteError::ConnectionLost(_) = error { Self::Gone } else { Self::Rules }
    }
}

/// Nor ends or takes back the stream of what is told.
impl From<ReadExactError> for Broken {
    fn from(error: ReadExactError) -> Self {
        if let ReadExactError::ReadError(ReadError::ConnectionLost(_)) = error { Self::Gone } else { Self::Rules }
    }
}

/// Nor sends more than a message.
impl From<Unread> for Broken {
    fn from(error: Unread) -> Self {
        if let Unread::Stream(ReadError::ConnectionLost(_)) = error { Self::Gone } else { Self::Rules }
    }
}

/// Packets of a message are taken under one lock of the connection, as far as they are there.
const CHUNKS: usize = 32;
/// Two megabytes: more than a reader that keeps up has in its hands.
const BUFFERS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_a_message_is_taken_again_when_its_reader_is_done_and_not_before() {
        let (mut buffers, large) = (Buffers::default(), |byte| [Bytes::from(vec![byte; Numbered::MAX])]);
        let (first, second) = (buffers.join(&large(1)), buffers.join(&large(2)));
        let at = first.as_ptr();
        assert_eq!((&first[..], &second[..]), (&large(1)[0][..], &large(2)[0][..]));
        // Its reader has a part of it.
        let part = first.slice(8..);
        drop(first);
        assert_ne!(buffers.join(&large(3)).as_ptr(), at);
        drop(part);
        let again = buffers.join(&large(4));
        assert_eq!((again.as_ptr(), &again[..], &second[..]), (at, &large(4)[0][..], &large(2)[0][..]));
    }

    #[test]
    fn a_small_message_holds_no_more_than_itself() {
        let mut buffers = Buffers::default();
        let small = buffers.join(&[Bytes::from_static(b"a"), Bytes::from_static(b"b")]);
        assert_eq!((&small[..], small.is_unique(), buffers.0.len()), (&b"ab"[..], true, 0));
    }
}
