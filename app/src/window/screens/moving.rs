//! An account on its way, as both devices show it: what goes on, how far it is, what it waits for, how it ended. The
//! screens add what only one of them has: `settings/transfer` sends, `receive` receives.

mod answers;
mod course;
mod selection;
mod stopping;
mod unfinished;

pub(super) use answers::{Answers, Asking, show_own_digits};
pub(super) use course::Course;
pub(super) use selection::Choice;
pub(super) use stopping::Stopping;
pub(super) use unfinished::GivingUp;
pub(in crate::window) use unfinished::in_words as unfinished_in_words;
