//! What a notification says. Other people look at a screen too, and a desktop may keep what it has shown: by default only
//! that there is something new.

use crate::text::Texts;
use nyx_p2p::{Chat, Notify};

/// A notification.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Notice {
    pub(super) summary: String,
    pub(super) body: String,
    /// What a click on it does.
    pub(super) open: String,
}

/// What to say about the newest message, as far as the person wants it said.
pub(super) fn of(notify: Notify, chat: Option<&Chat>, texts: &Texts) -> Option<Notice> {
    let arrival = texts.get("desktop-new-message");
    let sender = chat.map(|chat| match &chat.contact {
        Some(contact) => contact.name.to_string(),
        None => texts.get("desktop-notes"),
    });
    // A desktop may keep what it showed for longer than the message was to live.
    let newest = chat.and_then(|chat| chat.newest.as_ref()).filter(|newest| newest.disappears.is_none());
    let text = newest.and_then(|newest| newest.body.as_deref()).map(beginning);
    let (summary, body) = match (notify, sender) {
        (Notify::Nothing, _) => return None,
        (Notify::Arrival, _) | (_, None) => ("Nyx".to_owned(), arrival),
        (Notify::Sender, Some(sender)) => (sender, arrival),
        (Notify::Text, Some(sender)) => (sender, text.filter(|text| !text.is_empty()).unwrap_or(arrival)),
    };
    Some(Notice { summary, body, open: texts.get("desktop-open") })
}

/// The first words, on one line, without anything that a desktop would take for an order: bodies are markup.
fn beginning(text: &str) -> String {
    let mut words = String::new();
    for letter in text.chars().take(LETTERS_MAX) {
        match letter {
            '&' => words.push_str("&amp;"),
            '<' => words.push_str("&lt;"),
            '>' => words.push_str("&gt;"),
            letter if letter.is_control() => words.push(' '),
            letter => words.push(letter),
        }
    }
    if text.chars().nth(LETTERS_MAX).is_some() {
        words.push('…');
    }
    words.trim().to_owned()
}

/// About three lines of a notification.
const LETTERS_MAX: usize = 140;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn a_notification_tells_no_more_than_that_there_is_something_unless_more_is_wanted() {
        let texts = Texts::of(Language::English);
        assert_eq!(of(Notify::Nothing, None, &texts), None);
        let notice = of(Notify::default(), None, &texts).unwrap();
        assert_eq!((notice.summary.as_str(), notice.body.as_str()), ("Nyx", "New message"));
    }

    #[test]
    fn a_text_cannot_give_orders_to_the_desktop() {
        assert_eq!(beginning("<a href='x'>pay & go</a>\n\u{7}"), "&lt;a href='x'&gt;pay &amp; go&lt;/a&gt;");
        assert_eq!(beginning(&"x".repeat(500)).chars().count(), LETTERS_MAX + 1);
    }
}
