//! The tray: whether there is something unread, and three wishes.

use super::{
    bus::{Wish, Wisher},
    icon,
};
use crate::text::Texts;
use ksni::{Category, Icon, MenuItem, ToolTip, menu::StandardItem};

/// What it shows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Shown {
    has_unread: bool,
    is_open: bool,
    words: Words,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Words {
    open: String,
    lock: String,
    quit: String,
    unread: String,
}

impl Shown {
    /// In the language of the window.
    pub(super) fn of(is_open: bool, has_unread: bool, texts: &Texts) -> Self {
        let words = Words {
            open: texts.get("desktop-open"),
            lock: texts.get("desktop-lock"),
            quit: texts.get("desktop-quit"),
            unread: texts.get("desktop-unread"),
        };
        Self { has_unread, is_open, words }
    }
}

/// The tray.
pub(super) struct Tray {
    pub(super) shown: Shown,
    wisher: Wisher,
}

impl Tray {
    pub(super) fn new(wisher: Wisher) -> Self {
        Self { shown: Shown::default(), wisher }
    }
}

impl ksni::Tray for Tray {
    fn id(&self) -> String {
        "nyx".to_owned()
    }

    fn category(&self) -> Category {
        Category::Communications
    }

    fn title(&self) -> String {
        "Nyx".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        icon::tray_icons(self.shown.has_unread)
    }

    fn tool_tip(&self) -> ToolTip {
        let description = if self.shown.has_unread { self.shown.words.unread.clone() } else { String::new() };
        ToolTip { title: "Nyx".to_owned(), description, ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.wisher.wish(Wish::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let Words { open, lock, quit, .. } = &self.shown.words;
        vec![
            item(open, true, Wish::Open),
            item(lock, self.shown.is_open, Wish::Lock),
            MenuItem::Separator,
            item(quit, true, Wish::Quit),
        ]
    }
}

fn item(label: &str, enabled: bool, wish: Wish) -> MenuItem<Tray> {
    StandardItem {
        label: label.to_owned(),
        enabled,
        activate: Box::new(move |tray: &mut Tray| tray.wisher.wish(wish)),
        ..StandardItem::default()
    }
    .into()
}
