//! A socket that reads much at once and keeps nothing while it is idle.
//!
//! The WebSocket layer reads at most as much at a time as it keeps allocated for as long as it lives: large reads would
//! cost every idle connection that much memory, small ones a system call for every few hundred bytes. Here a read goes
//! into a buffer that all connections of a thread share, and only what was not taken is kept, until it is.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The largest message in one read. A read that does not fill it also tells tokio that nothing more is there.
const SCRATCH: usize = 18 * 1024;

thread_local! {
    static BUFFER: RefCell<Box<[u8; SCRATCH]>> = RefCell::new(Box::new([0; SCRATCH]));
}

/// Wraps the socket that hyper and the WebSocket layer read from.
pub(crate) struct Socket<S> {
    inner: S,
    /// Read already, and not yet taken: what follows `taken`.
    read: Vec<u8>,
    taken: usize,
}

impl<S> Socket<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self { inner, read: Vec::new(), taken: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.read.is_empty() {
            return BUFFER.with_borrow_mut(|buffer| {
                let mut buffer = ReadBuf::new(buffer.as_mut_slice());
                ready!(Pin::new(&mut this.inner).poll_read(cx, &mut buffer))?;
                let filled = buffer.filled();
                let (now, later) = filled.split_at(filled.len().min(into.remaining()));
                into.put_slice(now);
                this.read = later.to_vec();
                this.taken = 0;
                Poll::Ready(Ok(()))
            });
        }
        let rest = &this.read[this.taken..];
        let now = rest.len().min(into.remaining());
        into.put_slice(&rest[..now]);
        this.taken += now;
        if this.taken == this.read.len() {
            this.read = Vec::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn bytes_come_out_as_they_went_in_whatever_the_size_of_the_reads() {
        let sent: Vec<u8> = (0..100_000u32).map(|number| number.to_le_bytes()[0]).collect();
        for size in [1usize, 14, 512, SCRATCH, 3 * SCRATCH] {
            let (mut writer, reader) = duplex(64 * 1024);
            let (mut reader, mut received, expected) = (Socket::new(reader), Vec::<u8>::new(), sent.clone());
            let writing = tokio::spawn(async move { writer.write_all(&expected).await });
            let mut part = vec![0; size];
            loop {
                match reader.read(&mut part).await.unwrap() {
                    0 => break,
                    read => received.extend(&part[..read]),
                }
            }
            writing.await.unwrap().unwrap();
            assert!(received == sent, "reads of {size} bytes");
            assert_eq!(reader.read.capacity(), 0, "an idle socket keeps nothing");
        }
    }
}
