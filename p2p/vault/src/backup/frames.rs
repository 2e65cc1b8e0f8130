//! Frames in and out, with the hash over all of them.

use nyx_wire::vault::{BACKUP_MAGIC, FRAME_HEAD_LEN, FrameHead, FrameKind};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Writes frames.
pub(super) struct FrameWriter<W> {
    sink: W,
    hash: Sha256,
    written: u64,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn begin(mut sink: W) -> io::Result<Self> {
        sink.write_all(&BACKUP_MAGIC)?;
        Ok(Self { sink, hash: Sha256::new_with_prefix(BACKUP_MAGIC), written: 0 })
    }

    pub(super) fn put(&mut self, kind: FrameKind, id: &[u8], bytes: &[u8]) -> io::Result<()> {
        let head = FrameHead::of(kind, id, bytes).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        for part in [&head.to_bytes()[..], id, bytes] {
            self.hash.update(part);
            self.sink.write_all(part)?;
        }
        self.written += (FRAME_HEAD_LEN + id.len() + bytes.len()) as u64;
        Ok(())
    }

    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    /// Closes with the hash over everything before.
    pub(super) fn end(mut self) -> io::Result<W> {
        let hash = self.hash.clone().finalize();
        self.put(FrameKind::End, &[], &hash)?;
        Ok(self.sink)
    }
}

/// Reads frames; one at a time is in memory.
pub(super) struct FrameReader<R> {
    source: R,
    hash: Sha256,
    /// The id and the bytes of the last frame.
    id: Vec<u8>,
    bytes: Zeroizing<Vec<u8>>,
    read: u64,
}

impl<R: Read> FrameReader<R> {
    pub(super) fn begin(mut source: R) -> io::Result<Self> {
        let mut magic = BACKUP_MAGIC;
        source.read_exact(&mut magic)?;
        if magic != BACKUP_MAGIC {
            return Err(broken());
        }
        let hash = Sha256::new_with_prefix(BACKUP_MAGIC);
        Ok(Self { source, hash, id: Vec::new(), bytes: Zeroizing::default(), read: 0 })
    }

    /// Reads the next frame and tells its kind. `End` is told only if the hash fits and nothing follows.
    pub(super) fn next(&mut self) -> io::Result<FrameKind> {
        let mut head = [0; FRAME_HEAD_LEN];
        self.source.read_exact(&mut head)?;
        let parsed = FrameHead::from_bytes(head).map_err(|_| broken())?;
        self.id.resize(parsed.id_len.into(), 0);
        self.source.read_exact(&mut self.id)?;
        self.bytes.resize(parsed.len as usize, 0);
        self.source.read_exact(&mut self.bytes)?;
        if parsed.kind == FrameKind::End {
            let hash = self.hash.clone().finalize();
            let is_whole = self.id.is_empty() && self.bytes[..] == hash[..] && self.source.read(&mut [0])? == 0;
            return if is_whole { Ok(FrameKind::End) } else { Err(broken()) };
        }
        self.hash.update(head);
        self.hash.update(&self.id);
        self.hash.update(&self.bytes[..]);
        self.read += (head.len() + self.id.len() + self.bytes.len()) as u64;
        Ok(parsed.kind)
    }

    pub(super) fn id(&self) -> &[u8] {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn read(&self) -> u64 {
        self.read
    }
}

pub(super) fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
