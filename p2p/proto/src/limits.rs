//! Every limit of the protocols, with its reason.

/// How long a recovery challenge may be answered: time to type 24 words is not needed (the phrase is in hand before the
/// challenge is asked for), so a slow link and a person who reads what they confirm decide. 5 minutes.
pub const RECOVERY_CHALLENGE_MS: u64 = 5 * 60 * 1000;

/// How long a ticket or a typed code lives, by the clock of the device that shows it: time to take the other device out
/// and hold it there, not to pass a photograph of the code on at leisure. 2 minutes.
pub const PAIRING_TICKET_MS: u64 = 2 * 60 * 1000;
/// How long codes that are carried by hand live: two of them have to be copied through a mail or read off two screens.
/// 10 minutes.
pub const PAIRING_BY_HAND_MS: u64 = 10 * 60 * 1000;
/// How long the side that scanned waits. Its clock says nothing about the ticket's age, so this is patience and not
/// safety. 2 minutes.
pub const PAIRING_SCAN_MS: u64 = 2 * 60 * 1000;
/// How long two people may take from meeting to digits: to read a name and four words and to type six digits, with
/// somebody at the door in between. 5 minutes.
pub const PAIRING_PEOPLE_MS: u64 = 5 * 60 * 1000;
/// When a frame is said again that nobody has answered: longer than a round trip over a slow relay. 1 second.
pub const PAIRING_RESEND_FIRST_MS: u64 = 1000;
/// How far that span doubles: people look at a screen that does nothing for as long, and no longer. 8 seconds.
pub const PAIRING_RESEND_LAST_MS: u64 = 8 * 1000;
/// How far it doubles for a new way of a link, once people have settled what they met for: the network may be gone for
/// hours. A carrier that comes back asks for it at once; this is for what was lost without a word, and costs 25 bytes a
/// second. 1 minute.
pub const PAIRING_RESEND_WAY_MS: u64 = 60 * 1000;
/// Most envelopes that wait for the proof under which they can be opened. Carriers race, so a few arrive first; more are
/// somebody else's, and are said again if they are not.
pub const PAIRING_EARLY_MAX: usize = 8;

/// How long a side of a move says nothing before it says that it is there: a third of what the other waits. 3 seconds.
pub const MOVE_ALIVE_MS: u64 = 3 * 1000;
/// How long nothing happens before a person is told why: nobody looks at a bar that does not move for longer without doubting
/// it. 10 seconds.
pub const MOVE_SILENCE_MS: u64 = 10 * 1000;
/// How often what was stored is made durable although it is little: what a kill costs on a slow path. 2 seconds.
pub const MOVE_SYNC_MS: u64 = 2 * 1000;
/// How much room a vault takes while it is built of packs, for each byte of them and besides them: its rows, every three letters
/// of every text in the index for searching, and the journal of both. Short messages take 4.3; a third more, because letters differ.
pub const MOVE_ROOM_PER_PACKED: u64 = 6;
/// How long a move that broke off can go on, and how long a device remembers that it cancelled one: whoever leaves a device at
/// home in the morning finds it in the evening. 24 hours.
pub const MOVE_KEPT_MS: u64 = 24 * 60 * 60 * 1000;
/// Most frames that wait while a record is being written. The other side has nothing to say to a state that it has not
/// heard of but that it gives up, so more are not honest.
pub const MOVE_WAITING_MAX: usize = 16;
/// Most answers that wait for a proof when two meet again: a hello that is replayed must not push out a new one.
pub const MOVE_ANSWERS_MAX: usize = 4;
