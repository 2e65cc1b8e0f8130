//! A secret in the clipboard is taken out again after a while, unless something else is there by then.
//!
//! The clipboard is asked the way a paste asks it: the answer arrives as an event, and is taken out before a field can
//! see it. A clipboard history of the desktop may have kept what it saw; that is out of reach.

use egui::{Context, Event, ViewportCommand};
use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};
use zeroize::Zeroize;

/// What was put into the clipboard.
#[derive(Debug, Default)]
pub(super) struct Clipboard {
    /// Recognises the secret without keeping it.
    by: RandomState,
    copied: Option<Copied>,
}

#[derive(Clone, Copy, Debug)]
struct Copied {
    mark: u64,
    /// When it is taken out.
    until: f64,
    /// Whether the clipboard was asked what it holds.
    is_asked: bool,
}

impl Clipboard {
    /// Puts a secret in.
    pub(super) fn copy(&mut self, ctx: &Context, secret: &str) {
        ctx.copy_text(secret.to_owned());
        let until = ctx.input(|input| input.time) + KEPT.as_secs_f64();
        self.copied = Some(Copied { mark: self.by.hash_one(secret), until, is_asked: false });
        ctx.request_repaint_after(KEPT);
    }

    /// Once a frame, before anything reads the events.
    pub(super) fn think(&mut self, ctx: &Context) {
        let Some(copied) = &mut self.copied else { return };
        let now = ctx.input(|input| input.time);
        if now < copied.until {
            return ctx.request_repaint_after(Duration::from_secs_f64(copied.until - now));
        }
        if !copied.is_asked {
            copied.is_asked = true;
            ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
            return ctx.request_repaint_after(ANSWER);
        }
        let copied = *copied;
        match take_answer(ctx) {
            Some(Answer::Text(mut text)) => {
                if self.by.hash_one(&text) == copied.mark {
                    ctx.copy_text(String::new());
                }
                text.zeroize();
                self.copied = None;
            }
            Some(Answer::Other) => self.copied = None,
            // No text in it any more.
            None if now >= copied.until + ANSWER.as_secs_f64() => self.copied = None,
            None => {}
        }
    }
}

/// What the clipboard holds.
enum Answer {
    Text(String),
    /// A picture: the secret is gone, and nobody wanted it pasted.
    Other,
}

fn take_answer(ctx: &Context) -> Option<Answer> {
    ctx.input_mut(|input| {
        for event in &mut input.raw.events {
            if let Event::Paste(text) = event {
                text.zeroize();
            }
        }
        let is_answer = |event: &Event| matches!(event, Event::Paste(_) | Event::PasteImage(_));
        let index = input.events.iter().position(is_answer)?;
        match input.events.remove(index) {
            Event::Paste(text) => Some(Answer::Text(text)),
            _ => Some(Answer::Other),
        }
    })
}

/// Long enough to print it or to put it into a password manager.
const KEPT: Duration = Duration::from_secs(60);
/// The clipboard answers in the next frame, or it has no text.
const ANSWER: Duration = Duration::from_secs(1);
