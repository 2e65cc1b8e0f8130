//! The messages around what is looked at. They are asked of the engine a page at a time, kept within a budget, and asked
//! anew when something about them changed; until then the earlier state stays on the screen. Nothing here waits.

use nyx_p2p::{Change, Command, ConversationId, Event, MessageId, ROWS_MAX, RequestId, Row, Rows};
use std::{collections::HashMap, mem::size_of, ops::RangeInclusive};

/// What is known of messages.
#[derive(Debug, Default)]
pub struct RowCache {
    pages: HashMap<Key, Page>,
    asked: HashMap<RequestId, Asked>,
    bytes: usize,
    tick: u64,
    /// The time of this frame, in seconds.
    now: f64,
    /// When something that could not be read and is looked at is asked for again.
    again_at: Option<f64>,
}

/// What is known of a place.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// This message is there.
    Here(&'a Row),
    /// The message that was there is gone.
    Gone,
    /// It is being asked for.
    Unknown,
    /// It could not be read.
    Failed,
}

impl RowCache {
    /// What is known of a place.
    #[must_use]
    pub fn at(&self, conversation: ConversationId, seq: u64) -> Place<'_> {
        let Some(page) = self.pages.get(&Key::of(conversation, seq)) else { return Place::Unknown };
        match page.rows.binary_search_by_key(&seq, |row| row.message.seq) {
            Ok(index) => Place::Here(&page.rows[index]),
            Err(_) if page.known.as_ref().is_some_and(|known| known.contains(&seq)) => Place::Gone,
            Err(_) if page.failed.as_ref().is_some_and(|failed| failed.places.contains(&seq)) => Place::Failed,
            Err(_) => Place::Unknown,
        }
    }

    /// A message that is known, by its name.
    #[must_use]
    pub fn find(&self, conversation: ConversationId, id: MessageId) -> Option<&Row> {
        self.of(conversation).flat_map(|page| &page.rows).find(|row| row.message.id == id)
    }

    /// A new frame, at this time.
    pub(super) fn begin_frame(&mut self, now: f64) {
        self.now = now;
        self.again_at = None;
    }

    /// In how many seconds something that is looked at is to be asked for again, because it could not be read.
    pub(super) fn again_in(&self) -> Option<f64> {
        self.again_at.map(|at| (at - self.now).max(0.0))
    }

    /// Somebody wants what is around this place read again now.
    pub(super) fn read_again(&mut self, conversation: ConversationId, seq: u64) {
        if let Some(failed) = self.pages.get_mut(&Key::of(conversation, seq)).and_then(|page| page.failed.as_mut()) {
            failed.until = self.now;
        }
    }

    /// These places are looked at: what of them is missing or stale is asked for by `post`.
    pub(super) fn want(
        &mut self,
        conversation: ConversationId,
        places: RangeInclusive<u64>,
        mut post: impl FnMut(Command) -> Option<RequestId>,
    ) {
        self.tick += 1;
        let (first, last) = (*places.start(), *places.end());
        if first > last {
            return;
        }
        for number in first / PAGE..=last / PAGE {
            let key = Key { conversation, number };
            let wanted = first.max(number * PAGE)..=last.min(number * PAGE + PAGE - 1);
            let page = self.pages.entry(key).or_default();
            page.used = self.tick;
            if page.is_asked {
                continue;
            }
            let Some(missing) = page.missing(&wanted) else { continue };
            if let Some(failed) = page.failed.as_ref().filter(|failed| failed.until > self.now) {
                self.again_at = Some(self.again_at.map_or(failed.until, |at| at.min(failed.until)));
                continue;
            }
            let command = Command::Rows { conversation, first: *missing.start(), last: *missing.end() };
            if let Some(id) = post(command) {
                page.is_asked = true;
                self.asked.insert(id, Asked { key, places: missing, version: page.version });
            }
        }
        self.evict();
    }

    /// Takes an answer in; gives back what is none.
    pub(super) fn fold(&mut self, by: RequestId, event: Event) -> Option<Event> {
        if !self.asked.contains_key(&by) {
            return Some(event);
        }
        match event {
            Event::Rows(rows) => self.take(by, rows),
            Event::Done | Event::Failed(_) => {
                if let Some(asked) = self.asked.remove(&by)
                    && let Some(page) = self.pages.get_mut(&asked.key)
                {
                    page.is_asked = false;
                    page.failed = match event {
                        Event::Failed(_) => Some(Failed::after(page.failed.take(), asked.places, self.now)),
                        _ => None,
                    };
                }
            }
            _ => {}
        }
        None
    }

    /// Something is not as it was.
    pub(super) fn change(&mut self, change: &Change) {
        match change {
            // Places beyond what is known are asked for when they are looked at.
            Change::Added { .. } | Change::Conversation(_) => {}
            Change::Updated { conversation, seq } => self.outdate(*conversation, &[*seq]),
            Change::Removed { conversation, seqs } => {
                self.outdate(*conversation, seqs);
                for seq in seqs {
                    let Some(page) = self.pages.get_mut(&Key::of(*conversation, *seq)) else { continue };
                    if let Ok(index) = page.rows.binary_search_by_key(seq, |row| row.message.seq) {
                        let gone = page.rows.remove(index);
                        page.bytes = page.bytes.saturating_sub(weight(&gone));
                        self.bytes = self.bytes.saturating_sub(weight(&gone));
                    }
                }
            }
        }
    }

    /// How many bytes the messages here have.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    fn take(&mut self, by: RequestId, rows: Rows) {
        let Some(asked) = self.asked.get(&by) else { return };
        let Some(page) = self.pages.get_mut(&asked.key) else { return };
        // The answer may reach beyond what was asked, over places without messages.
        let (first, last) = (rows.first.max(*asked.places.start()), rows.last.min(*asked.places.end()));
        if first > last || rows.conversation != asked.key.conversation {
            return;
        }
        let told = first..=last;
        page.rows.retain(|row| !told.contains(&row.message.seq));
        page.rows.extend(rows.rows.into_iter().filter(|row| told.contains(&row.message.seq)));
        page.rows.sort_by_key(|row| row.message.seq);
        page.is_stale = page.version != asked.version;
        page.known = Some(match page.known.take() {
            Some(known) if *known.start() <= last.saturating_add(1) && first <= known.end().saturating_add(1) => {
                first.min(*known.start())..=last.max(*known.end())
            }
            _ => told,
        });
        let known = page.known.clone();
        page.rows.retain(|row| known.as_ref().is_some_and(|known| known.contains(&row.message.seq)));
        let bytes = page.rows.iter().map(weight).sum();
        self.bytes = self.bytes.saturating_sub(page.bytes).saturating_add(bytes);
        page.bytes = bytes;
    }

    /// These messages are to be asked for anew, and those that quote them.
    fn outdate(&mut self, conversation: ConversationId, seqs: &[u64]) {
        for (key, page) in &mut self.pages {
            let quotes = |row: &Row| row.quote.as_ref().is_some_and(|quote| seqs.contains(&quote.seq));
            let concerns = key.conversation == conversation
                && (seqs.iter().any(|seq| seq / PAGE == key.number) || page.rows.iter().any(quotes));
            if concerns {
                page.version += 1;
                page.is_stale = true;
            }
        }
    }

    /// Drops what was not looked at for the longest time, until the rest fits.
    fn evict(&mut self) {
        while self.bytes > BYTES_MAX || self.pages.len() > PAGES_MAX {
            let oldest = self.pages.iter().filter(|(_, page)| page.used != self.tick).min_by_key(|(_, page)| page.used);
            let Some((key, _)) = oldest else { return };
            let key = *key;
            if let Some(page) = self.pages.remove(&key) {
                self.bytes = self.bytes.saturating_sub(page.bytes);
            }
        }
    }

    fn of(&self, conversation: ConversationId) -> impl Iterator<Item = &Page> {
        self.pages.iter().filter(move |(key, _)| key.conversation == conversation).map(|(_, page)| page)
    }
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Key {
    conversation: ConversationId,
    number: u64,
}

impl Key {
    const fn of(conversation: ConversationId, seq: u64) -> Self {
        Self { conversation, number: seq / PAGE }
    }
}

#[derive(Debug)]
struct Asked {
    key: Key,
    places: RangeInclusive<u64>,
    /// What the page's version was: an answer to an older question may be older than a change.
    version: u64,
}

#[derive(Debug, Default)]
struct Page {
    rows: Vec<Row>,
    /// Where a place without a row is a message that is gone.
    known: Option<RangeInclusive<u64>>,
    is_asked: bool,
    is_stale: bool,
    version: u64,
    bytes: usize,
    used: u64,
    failed: Option<Failed>,
}

/// Places that could not be read.
#[derive(Debug)]
struct Failed {
    places: RangeInclusive<u64>,
    times: u32,
    /// Until then they are not asked for by themselves.
    until: f64,
}

impl Failed {
    /// Once more, each time later: a disk that hangs is not asked for ever, and one that came back is noticed.
    fn after(earlier: Option<Self>, places: RangeInclusive<u64>, now: f64) -> Self {
        let times = earlier.map_or(0, |earlier| earlier.times) + 1;
        Self { places, times, until: now + f64::from(1_u32 << times.min(AGAIN_DOUBLED_MAX)) }
    }
}

impl Page {
    /// What must be asked for to know these places.
    fn missing(&self, wanted: &RangeInclusive<u64>) -> Option<RangeInclusive<u64>> {
        let Some(known) = &self.known else { return Some(wanted.clone()) };
        if self.is_stale {
            return Some(*wanted.start().min(known.start())..=*wanted.end().max(known.end()));
        }
        if wanted.end() > known.end() {
            return Some(known.end() + 1..=*wanted.end());
        }
        (wanted.start() < known.start()).then(|| *wanted.start()..=known.start() - 1)
    }
}

/// What a message costs here, about.
fn weight(row: &Row) -> usize {
    let message = &row.message;
    let attachments = message.attachments.iter().filter_map(|attachment| attachment.about.as_ref());
    size_of::<Row>()
        + message.body.as_ref().map_or(0, String::len)
        + row.quote.as_ref().map_or(0, |quote| quote.text.len())
        + message.reactions.iter().map(|reaction| size_of_val(reaction) + reaction.emoji.len()).sum::<usize>()
        + attachments
            .map(|about| size_of_val(about) + about.name.len() + about.preview.as_ref().map_or(0, Vec::len))
            .sum::<usize>()
}

/// After 64 seconds at the latest it is tried again.
const AGAIN_DOUBLED_MAX: u32 = 6;
/// A page is asked for at once.
const PAGE: u64 = 64;
const _: () = assert!(PAGE <= ROWS_MAX, "a page is one question");
/// Far more than the tallest screen shows, in case every message is as long as one may be.
const BYTES_MAX: usize = 16 << 20;
/// Of ordinary messages: scrolling back a little finds everything still there.
const PAGES_MAX: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_p2p::Failure;

    #[test]
    fn what_cannot_be_read_is_said_and_asked_for_again_ever_later() {
        let (mut cache, id) = (RowCache::default(), ConversationId([1; 16]));
        let (mut engine, _home) = crate::window::engine::tests::idle();
        let (mut now, mut asked_at) = (0.0, Vec::new());
        while now < 100.0 {
            cache.begin_frame(now);
            let mut asked = None;
            cache.want(id, 1..=10, |_| {
                asked = engine.post(Command::Find);
                asked
            });
            if let Some(by) = asked {
                asked_at.push(now);
                cache.fold(by, Event::Failed(Failure::Busy));
                assert!(matches!(cache.at(id, 3), Place::Failed));
            } else {
                assert!(cache.again_in().is_some(), "a frame is asked for, to try again");
            }
            now += 0.5;
        }
        assert_eq!(asked_at, [0.0, 2.0, 6.0, 14.0, 30.0, 62.0]);
        cache.read_again(id, 5);
        let mut times = 0;
        cache.want(id, 1..=10, |_| {
            times += 1;
            None
        });
        assert_eq!(times, 1, "who wants it now gets it now");
    }
}
