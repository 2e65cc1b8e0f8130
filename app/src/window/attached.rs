//! The attachments of the conversation whose gallery is looked at, newest first. They are asked of the engine a page at a
//! time, as far as somebody looks. Nothing here waits.

use nyx_p2p::{About, Attachment, AttachmentId, Change, Command, ConversationId, Event, Message, MessageId, RequestId};

/// What is known of the attachments of one conversation.
#[derive(Debug, Default)]
pub struct Attached {
    of: Option<ConversationId>,
    shown: Vec<Shown>,
    rest: Rest,
    by: Option<RequestId>,
    asked: Option<Asked>,
    /// Counts up whenever `shown` is not as it was.
    version: u64,
}

/// An attachment, and where it belongs.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The message that has it.
    pub message: MessageId,
    /// Its place.
    pub seq: u64,
    /// When it was written.
    pub at_ms: i64,
    /// The attachment.
    pub attachment: Attachment,
    /// It says that it is a picture.
    pub is_picture: bool,
}

/// What is not known yet.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Rest {
    /// Everything, or whether something came.
    #[default]
    Newest,
    /// What is before this place.
    Before(u64),
    /// Nothing.
    None,
}

#[derive(Debug)]
struct Asked {
    is_newest: bool,
    /// What went since: the answer may be older than that.
    gone: Vec<u64>,
}

impl Attached {
    /// The attachments of a conversation as far as they are known, newest first, and a number that changes with them.
    #[must_use]
    pub fn of(&self, conversation: ConversationId) -> (&[Shown], u64) {
        if self.of == Some(conversation) { (&self.shown, self.version) } else { (&[], 0) }
    }

    /// Whether there may be more.
    #[must_use]
    pub fn is_whole(&self, conversation: ConversationId) -> bool {
        self.of == Some(conversation) && self.rest == Rest::None
    }

    /// One that is known.
    #[must_use]
    pub fn find(&self, attachment: AttachmentId) -> Option<&Shown> {
        self.shown.iter().find(|shown| shown.attachment.id == attachment)
    }

    /// So many of a conversation are looked at: what is missing is asked for by `post`.
    pub(super) fn want(
        &mut self,
        conversation: ConversationId,
        count: usize,
        post: impl FnOnce(Command) -> Option<RequestId>,
    ) {
        if let Some((command, asked)) = self.question(conversation, count) {
            self.by = post(command);
            self.asked = self.by.map(|_| asked);
        }
    }

    /// Takes an answer in; gives back what is none.
    pub(super) fn fold(&mut self, by: RequestId, event: Event) -> Option<Event> {
        if self.by != Some(by) {
            return Some(event);
        }
        self.answer(event);
        None
    }

    /// Something is not as it was.
    pub(super) fn change(&mut self, change: &Change) {
        match change {
            Change::Added { conversation, .. } if self.of == Some(*conversation) => self.rest = Rest::Newest,
            Change::Removed { conversation, seqs } if self.of == Some(*conversation) => {
                self.shown.retain(|shown| !seqs.contains(&shown.seq));
                self.version += 1;
                if let Some(asked) = &mut self.asked {
                    asked.gone.extend(seqs);
                }
            }
            // What is attached to a message never changes.
            _ => {}
        }
    }

    fn question(&mut self, conversation: ConversationId, count: usize) -> Option<(Command, Asked)> {
        if self.of != Some(conversation) {
            *self = Self { of: Some(conversation), version: self.version + 1, ..Self::default() };
        }
        let before = match self.rest {
            Rest::Newest => None,
            Rest::Before(seq) if self.shown.len() < count.min(SHOWN_MAX) => Some(seq),
            _ => return None,
        };
        let command = Command::Attached { conversation, before, limit: PAGE };
        self.asked.is_none().then(|| (command, Asked { is_newest: before.is_none(), gone: Vec::new() }))
    }

    fn answer(&mut self, event: Event) {
        match event {
            Event::Attached { messages, next, .. } => {
                let Some(Asked { is_newest, gone }) = &self.asked else { return };
                let messages: Vec<_> = messages.into_iter().filter(|message| !gone.contains(&message.seq)).collect();
                if *is_newest {
                    self.take_newest(messages, next)
                } else {
                    self.take_older(messages, next)
                }
                self.version += 1;
            }
            Event::Done => self.asked = None,
            Event::Failed(_) => {
                self.asked = None;
                // Not asked again in every frame; with the next change, or when another conversation was looked at.
                self.rest = Rest::None;
            }
            _ => {}
        }
    }

    /// What came since, or a first page.
    fn take_newest(&mut self, messages: Vec<Message>, next: Option<u64>) {
        let known = self.shown.first().map(|shown| shown.seq);
        let mut newer: Vec<Shown> = messages.into_iter().flat_map(shown).collect();
        match known {
            Some(known) if next.is_none_or(|next| next <= known) => {
                newer.retain(|shown| shown.seq > known);
                self.rest = Rest::Before(self.shown.last().map_or(known, |shown| shown.seq));
                newer.append(&mut self.shown);
            }
            // The first, or more came than a page has: what was known is found again when somebody looks so far.
            _ => self.rest = next.map_or(Rest::None, Rest::Before),
        }
        self.shown = newer;
    }

    fn take_older(&mut self, messages: Vec<Message>, next: Option<u64>) {
        self.shown.extend(messages.into_iter().flat_map(shown));
        // Something may have come meanwhile.
        if self.rest != Rest::Newest {
            self.rest = next.map_or(Rest::None, Rest::Before);
        }
    }
}

/// The attachments of a message; the last one first, as the messages are.
fn shown(message: Message) -> impl Iterator<Item = Shown> {
    let Message { id, seq, at_ms, attachments, .. } = message;
    attachments.into_iter().rev().map(move |attachment| {
        let is_picture = attachment.about.as_ref().is_some_and(is_picture);
        Shown { message: id, seq, at_ms, attachment, is_picture }
    })
}

/// Whether a file says that it is a picture that can be shown.
pub(super) fn is_picture(about: &About) -> bool {
    let has_size = about.width.is_some_and(|width| width > 0) && about.height.is_some_and(|height| height > 0);
    about.media_type.starts_with("image/") && has_size
}

/// Messages asked for at once: two screens of pictures.
const PAGE: usize = 64;
/// Of about 250 bytes each. Nobody scrolls further; what is older is found in the conversation.
const SHOWN_MAX: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_p2p::{Author, Delivery};
    use nyx_wire::content::ContentHash;

    const HERE: ConversationId = ConversationId([1; 16]);

    /// An engine with a message at each of these places.
    struct World {
        attached: Attached,
        places: Vec<u64>,
        asked: Vec<Option<u64>>,
    }

    impl World {
        fn with(places: std::ops::RangeInclusive<u64>) -> Self {
            Self { attached: Attached::default(), places: places.collect(), asked: Vec::new() }
        }

        fn look(&mut self, count: usize) -> Vec<u64> {
            self.ask(count);
            self.answer();
            self.seqs()
        }

        fn ask(&mut self, count: usize) {
            let Some((command, asked)) = self.attached.question(HERE, count) else { return };
            let Command::Attached { before, limit: PAGE, .. } = command else { panic!("{command:?}") };
            self.asked.push(before);
            self.attached.asked = Some(asked);
        }

        fn answer(&mut self) {
            let Some(before) = self.asked.last().copied().filter(|_| self.attached.asked.is_some()) else { return };
            let rows = self.places.iter().rev().filter(|seq| before.is_none_or(|before| **seq < before)).take(PAGE);
            let messages: Vec<Message> = rows.map(|seq| message(*seq)).collect();
            let next = messages.last().map(|message| message.seq);
            self.attached.answer(Event::Attached { conversation: HERE, messages, next });
            self.attached.answer(Event::Done);
        }

        fn seqs(&self) -> Vec<u64> {
            self.attached.of(HERE).0.iter().map(|shown| shown.seq).collect()
        }
    }

    fn message(seq: u64) -> Message {
        let content = ContentHash::sha256(&[0; 32]);
        let attachment = Attachment { id: AttachmentId(seq as i64), about: None, size: 1, content };
        Message {
            id: MessageId([0; 16]),
            conversation: HERE,
            seq,
            author: Author::Me,
            at_ms: 0,
            delivery: Delivery::Here,
            body: None,
            reply_to: None,
            edited_ms: None,
            disappears: None,
            attachments: vec![attachment],
            reactions: Vec::new(),
        }
    }

    #[test]
    fn pages_are_asked_for_as_far_as_somebody_looks_and_no_further() {
        let mut world = World::with(1..=150);
        assert_eq!(world.look(10).len(), PAGE);
        world.look(PAGE);
        assert_eq!(world.asked.len(), 1);
        assert_eq!(world.look(PAGE + 1).len(), 2 * PAGE);
        world.look(1000);
        world.look(1000);
        assert_eq!(world.seqs(), (1..=150).rev().collect::<Vec<_>>());
        assert!(world.attached.is_whole(HERE));
        let asked = world.asked.len();
        world.look(1000);
        assert_eq!(world.asked.len(), asked, "all of it is known");
    }

    #[test]
    fn what_comes_stands_first_and_what_goes_is_gone() {
        let mut world = World::with(1..=100);
        world.look(100);
        world.look(100);
        world.places.extend(101..=103);
        world.attached.change(&Change::Added { conversation: HERE, last: 103 });
        assert_eq!(world.look(0), (1..=103).rev().collect::<Vec<_>>());
        world.attached.change(&Change::Removed { conversation: HERE, seqs: vec![102, 7] });
        world.places.retain(|seq| ![102, 7].contains(seq));
        assert_eq!(world.seqs(), world.places.iter().rev().copied().collect::<Vec<_>>());
    }

    #[test]
    fn more_than_a_page_that_comes_at_once_leaves_no_hole() {
        let mut world = World::with(1..=10);
        world.look(10);
        world.places.extend(11..=200);
        world.attached.change(&Change::Added { conversation: HERE, last: 200 });
        for _ in 0..5 {
            world.look(1000);
        }
        assert_eq!(world.seqs(), (1..=200).rev().collect::<Vec<_>>());
    }

    #[test]
    fn an_answer_that_is_older_than_a_deletion_brings_nothing_back() {
        let mut world = World::with(1..=10);
        world.ask(10);
        world.attached.change(&Change::Removed { conversation: HERE, seqs: vec![4] });
        world.answer();
        assert!(!world.seqs().contains(&4));
        assert_eq!(world.seqs().len(), 9);
    }
}
