//! A long file that is written from one place to its end, in pieces that go past the system's cache where it lets them.
//!
//! What moves is larger than what the cache remembers, and nobody reads it soon. Through the cache each byte is copied into a
//! page that is new to the system, which on a virtual machine costs more than everything else that is done with it. Decision 93.

use nyx_crypto::stream::SEALED_CHUNK;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};

/// A file that grows at its end. An error leaves it as it was, to try again.
#[derive(Debug)]
pub(crate) struct LongFile {
    file: File,
    buffer: Buffer,
    /// Where in the file the buffer begins: a multiple of [`BLOCK`].
    place: u64,
    filled: usize,
    /// How much of the buffer is in the file too; whole blocks.
    written: usize,
    /// Whether what is behind that is in the file as well, and zeros to the end of the block.
    is_settled: bool,
}

impl LongFile {
    /// Goes on behind the first `length` bytes, which the file has.
    pub(crate) fn at(mut file: File, length: u64, mut buffer: Buffer) -> io::Result<Self> {
        let filled = (length % BLOCK as u64) as usize;
        let place = length - filled as u64;
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(buffer.part(0..filled)?)?;
        past_cache(&file, true);
        Ok(Self { file, buffer, place, filled, written: 0, is_settled: true })
    }

    /// Adds bytes, at most a chunk. They are in memory only, until [`settle`](Self::settle).
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.filled + bytes.len() > ROOM {
            self.make_room()?;
        }
        self.buffer.part(self.filled..self.filled + bytes.len())?.copy_from_slice(bytes);
        self.filled += bytes.len();
        self.is_settled = false;
        Ok(())
    }

    /// Adds the last bytes: the file is as long as what it holds after this.
    pub(crate) fn append_last(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.append(bytes)?;
        let ended = self.settle().and_then(|()| self.file.set_len(self.place + self.filled as u64));
        if ended.is_err() {
            self.filled -= bytes.len();
            self.written = self.written.min(whole_blocks(self.filled));
            self.is_settled = false;
        }
        ended
    }

    /// What was added is in the file after this, and can be synced. There may be zeros behind it, to the end of a block.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        if self.is_settled {
            return Ok(());
        }
        let end = self.filled.next_multiple_of(BLOCK);
        self.buffer.part(self.filled..end)?.fill(0);
        self.write_out(end)?;
        self.written = whole_blocks(self.filled);
        self.is_settled = true;
        Ok(())
    }

    pub(crate) const fn file(&self) -> &File {
        &self.file
    }

    /// The file, and the buffer for another.
    pub(crate) fn into_parts(self) -> (File, Buffer) {
        (self.file, self.buffer)
    }

    /// Writes the whole blocks out, and begins the buffer again with what is left.
    fn make_room(&mut self) -> io::Result<()> {
        let whole = whole_blocks(self.filled);
        self.write_out(whole)?;
        self.buffer.move_to_front(whole..self.filled)?;
        self.place += whole as u64;
        self.filled -= whole;
        self.written = 0;
        Ok(())
    }

    /// The buffer up to `end` is in the file after this.
    fn write_out(&mut self, end: usize) -> io::Result<()> {
        let (place, piece) = (self.place + self.written as u64, self.buffer.part(self.written..end)?);
        match write_at(&self.file, place, piece) {
            // Blocks larger than ours, or a file system that takes the wish and not the deed.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                past_cache(&self.file, false);
                write_at(&self.file, place, piece)
            }
            written => written,
        }
    }
}

/// Room for a piece, beginning where the system wants it to: at a multiple of [`BLOCK`].
#[derive(Debug)]
pub(crate) struct Buffer {
    /// Never grows, so it stays where it is.
    bytes: Box<[u8]>,
    begin: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        let bytes = vec![0; ROOM + BLOCK].into_boxed_slice();
        let begin = bytes.as_ptr().align_offset(BLOCK);
        Self { bytes, begin }
    }
}

impl Buffer {
    fn part(&mut self, range: Range<usize>) -> io::Result<&mut [u8]> {
        let part = self.bytes.get_mut(self.begin..).and_then(|bytes| bytes.get_mut(range));
        part.ok_or_else(|| io::ErrorKind::FileTooLarge.into())
    }

    fn move_to_front(&mut self, range: Range<usize>) -> io::Result<()> {
        let end = range.end;
        self.part(0..end)?.copy_within(range, 0);
        Ok(())
    }
}

fn write_at(mut file: &File, place: u64, piece: &[u8]) -> io::Result<()> {
    if piece.is_empty() {
        return Ok(());
    }
    file.seek(SeekFrom::Start(place))?;
    file.write_all(piece)
}

/// Asks for the way past the cache, or back to it. Where that is refused, the same pieces go through the cache.
fn past_cache(file: &File, past: bool) {
    #[cfg(target_os = "linux")]
    if let Ok(mut flags) = rustix::fs::fcntl_getfl(file) {
        flags.set(rustix::fs::OFlags::DIRECT, past);
        let _ = rustix::fs::fcntl_setfl(file, flags);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, past);
}

const fn whole_blocks(length: usize) -> usize {
    length / BLOCK * BLOCK
}

/// From where on a file is long: enough that a wait for the disk is spread over much.
pub(crate) const LONG: u64 = 1 << 20;
/// What a write past the cache has to be a multiple of, in memory and in the file: the largest sector of common disks.
const BLOCK: usize = 4096;
/// 1 MiB of chunks, and what a block was begun with: a disk that is asked for so much at once is busy with it and not with being asked.
const ROOM: usize = (16 * SEALED_CHUNK + BLOCK).next_multiple_of(BLOCK);

#[cfg(test)]
mod tests;
