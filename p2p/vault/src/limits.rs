//! Every size and count of the vault, with its reason.

/// Longest text of a message, in bytes: a long letter; whoever wants more attaches a file.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Longest name of a person, device, conversation or file, in bytes.
pub const NAME_BYTES_MAX: usize = 1024;
/// Most reactions of one person to one message: nobody means more, and each is read with every page that the message is on.
pub const REACTIONS_MAX: u32 = 32;
/// Most earlier texts of a message that are kept, which are read all at once; after that it can't be edited any more.
pub const EDITS_MAX: i64 = 100;
/// Longest reaction, in bytes: the longest emoji sequences have about 40.
pub const EMOJI_BYTES_MAX: usize = 64;
/// Most attachments of one message: what fits on a screen, and what one page of messages may drag in.
pub const ATTACHMENTS_MAX: usize = 100;
/// Largest preview of an attachment, in bytes: a thumbhash has 25, a small picture fits.
pub const PREVIEW_BYTES_MAX: usize = 16 * 1024;
/// Largest setting, signed list, profile or session row, in bytes.
pub const VALUE_BYTES_MAX: usize = 256 * 1024;
/// Largest payload that waits to be sent, in bytes: attachments travel as blobs, not here.
pub const OUTBOX_BYTES_MAX: usize = 512 * 1024;
/// Most messages of one page: bounds the memory of a reader whatever it asks for.
pub const PAGE_MAX: usize = 1_000;
/// Most bytes of texts and previews in one page, unless a single message has more: other people decide how long messages
/// are, and a thousand of the longest would be two gigabytes.
pub const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Longest search, in bytes: every three letters are a lookup.
pub const QUERY_BYTES_MAX: usize = 512;
/// Longest time to live of a disappearing message: four weeks, as in other messengers; keeps the number of buckets small.
pub const TTL_SECS_MAX: u32 = 28 * 24 * 3600;
/// Read connections that are kept for the next reader; a burst may open more for a moment.
pub(crate) const IDLE_READERS_MAX: usize = 4;
/// Page cache of the writing connection, in KiB: the hot pages of the full-text index. See `vault.md` for the measurement.
pub(crate) const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Page cache of a reading connection, in KiB: a page of messages touches a few dozen pages.
pub(crate) const READER_CACHE_KIB: u32 = 4 * 1024;
