//! What the desktop around the window does: notifications, the tray, programs that open files, starting on login.
//! Where there is no desktop bus, nothing of it is there and nothing else is missing.

pub(crate) mod autostart;
mod bus;
mod icon;
mod notice;
pub(crate) mod pick;
mod tray;

pub(super) use icon::window_icon;

use super::app::Nyx;
use bus::{Bus, Order, Wish};
use egui::{Context, UserAttentionType, ViewportCommand};
use nyx_p2p::Chat;
use tray::Shown;

/// The window's side of the desktop.
#[derive(Debug)]
pub(super) struct Desktop {
    bus: Option<Bus>,
    /// What the tray shows.
    shown: Option<Shown>,
    watch: Watch,
}

/// What was unread and whether anybody looked, the last time.
#[derive(Clone, Copy, Debug)]
struct Watch {
    /// How many messages were unread; `None`: the vault was not open.
    unread: Option<u64>,
    has_focus: bool,
}

impl Watch {
    /// Whether something came that nobody sees.
    fn tells(self, now: Self) -> bool {
        !now.has_focus && matches!((self.unread, now.unread), (Some(before), Some(now)) if now > before)
    }

    /// Whether nothing is to be notified any more: the person looks, or the vault was locked and tells nothing.
    fn is_over(self, now: Self) -> bool {
        (now.has_focus && !self.has_focus) || (now.unread.is_none() && self.unread.is_some())
    }
}

impl Desktop {
    /// Looks for the desktop, without waiting for it.
    pub(super) fn find(ctx: &Context) -> Self {
        Self { bus: Bus::start(ctx), shown: None, watch: Watch { unread: None, has_focus: true } }
    }

    /// Follows what the window knows, and does what the desktop asked for.
    pub(super) fn follow(&mut self, ctx: &Context, nyx: &mut Nyx) {
        let Some(bus) = &mut self.bus else { return };
        while let Some(wish) = bus.take() {
            carry_out(wish, ctx, nyx);
        }
        let (model, texts) = (nyx.model(), nyx.texts());
        let unread = model.account.is_some().then(|| model.chats.iter().map(|chat| u64::from(chat.unread)).sum());
        let now = Watch { unread, has_focus: ctx.input(|input| input.focused) };
        if self.watch.tells(now)
            && let Some(notice) = notice::of(model.settings.notify, newest(&model.chats), texts)
        {
            bus.order(Order::Notify(notice));
        }
        if self.watch.is_over(now) {
            bus.order(Order::Seen);
        }
        self.watch = now;
        let shown = Shown::of(unread.is_some(), unread.is_some_and(|unread| unread > 0), texts);
        if self.shown.as_ref() != Some(&shown) {
            bus.order(Order::Show(shown.clone()));
            self.shown = Some(shown);
        }
    }
}

fn carry_out(wish: Wish, ctx: &Context, nyx: &mut Nyx) {
    match wish {
        Wish::Open => {
            ctx.send_viewport_cmd(ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            // Some desktops let no program take the focus; they show that it wants it.
            if !ctx.input(|input| input.focused) {
                ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
            }
        }
        Wish::Lock => nyx.lock(),
        Wish::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
    }
}

/// The conversation with the newest message that was not read.
fn newest(chats: &[Chat]) -> Option<&Chat> {
    chats.iter().filter(|chat| chat.unread > 0).max_by_key(|chat| chat.newest.as_ref().map(|newest| newest.at_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_goes_when_somebody_looks_or_the_vault_is_locked() {
        let watch = |unread, has_focus| Watch { unread, has_focus };
        assert!(watch(Some(0), false).tells(watch(Some(1), false)));
        assert!(!watch(Some(0), true).tells(watch(Some(1), true)));
        assert!(!watch(None, false).tells(watch(Some(1), false)), "it was there before");
        assert!(watch(Some(1), false).is_over(watch(Some(1), true)));
        assert!(watch(Some(1), false).is_over(watch(None, false)), "a locked vault tells nothing");
        assert!(!watch(Some(1), false).is_over(watch(Some(2), false)));
    }
}
