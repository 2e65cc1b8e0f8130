//! The desktop's bus, on a thread of its own: a desktop that is slow to answer keeps no frame waiting, and one that is
//! not there is not missed.

use super::{
    notice::Notice,
    tray::{Shown, Tray},
};
use egui::Context;
use ksni::{Handle, TrayMethods};
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse};
use std::{
    rc::Rc,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, LocalSet, spawn_local},
    time::timeout,
};

/// What the window wants of the desktop.
#[derive(Debug)]
pub(super) enum Order {
    /// The tray looks like this.
    Show(Shown),
    /// Something came.
    Notify(Notice),
    /// The person looked: what was notified is known.
    Seen,
}

/// What a person wants who clicked outside of the window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wish {
    /// To see the window.
    Open,
    /// The vault locked.
    Lock,
    /// The program ended.
    Quit,
}

/// The way to the thread.
#[derive(Debug)]
pub(super) struct Bus {
    orders: mpsc::Sender<Order>,
    wishes: Receiver<Wish>,
}

impl Bus {
    /// Starts the thread, unless the system has none to give.
    pub(super) fn start(ctx: &Context) -> Option<Self> {
        let (orders, ordered) = mpsc::channel(ORDERS_MAX);
        let (tell, wishes) = channel();
        let wisher = Wisher { tell, ctx: ctx.clone() };
        let work = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => LocalSet::new().block_on(&runtime, serve(ordered, wisher)),
            Err(error) => tracing::warn!(%error, "no desktop"),
        };
        thread::Builder::new().name("nyx-desktop".to_owned()).spawn(work).ok()?;
        Some(Self { orders, wishes })
    }

    /// Has it done; where nobody hears it, it is not done.
    pub(super) fn order(&self, order: Order) {
        // A full queue is a desktop that hangs: what it did not do until now is not worth waiting for.
        let _ = self.orders.try_send(order);
    }

    /// What somebody wants.
    pub(super) fn take(&mut self) -> Option<Wish> {
        self.wishes.try_recv().ok()
    }
}

/// Tells the window a wish.
#[derive(Clone)]
pub(super) struct Wisher {
    tell: Sender<Wish>,
    ctx: Context,
}

impl Wisher {
    pub(super) fn wish(&self, wish: Wish) {
        // The window may be gone by now.
        let _ = self.tell.send(wish);
        self.ctx.request_repaint();
    }
}

async fn serve(mut orders: mpsc::Receiver<Order>, wisher: Wisher) {
    // The panel may come after the window, when both start on login: a tray without a panel waits for one.
    let tray = Tray::new(wisher.clone()).assume_sni_available(true);
    let tray: Option<Handle<Tray>> = match timeout(PATIENCE, tray.spawn()).await {
        Ok(Ok(tray)) => Some(tray),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no tray");
            None
        }
        Err(_) => None,
    };
    let mut note: Option<Note> = None;
    while let Some(order) = orders.recv().await {
        match order {
            Order::Show(shown) => {
                if let Some(tray) = &tray {
                    let _ = timeout(PATIENCE, tray.update(|tray| tray.shown = shown)).await;
                }
            }
            // One at a time: the newer takes the place of the older.
            Order::Notify(notice) => {
                close(note.take()).await;
                note = show(notice, &wisher).await;
            }
            Order::Seen => close(note.take()).await,
        }
    }
    close(note.take()).await;
    if let Some(tray) = tray {
        let _ = timeout(PATIENCE, tray.shutdown()).await;
    }
}

/// A notification that may still be on the screen.
struct Note {
    handle: Rc<NotificationHandle>,
    waits: AbortHandle,
}

async fn show(notice: Notice, wisher: &Wisher) -> Option<Note> {
    let mut notification = Notification::new();
    notification
        .appname("Nyx")
        .summary(&notice.summary)
        .body(&notice.body)
        .icon("nyx")
        .hint(Hint::DesktopEntry("nyx".to_owned()))
        .hint(Hint::Category("im.received".to_owned()))
        .action("default", &notice.open);
    let handle = match timeout(PATIENCE, notification.show_async()).await {
        Ok(Ok(handle)) => Rc::new(handle),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no notification");
            return None;
        }
        Err(_) => return None,
    };
    let (clicked, wisher) = (Rc::clone(&handle), wisher.clone());
    let waits = spawn_local(async move {
        let clicked = clicked.wait_for_action_async(|response| {
            if matches!(response, NotificationResponse::Default) {
                wisher.wish(Wish::Open);
            }
        });
        clicked.await;
    });
    Some(Note { handle, waits: waits.abort_handle() })
}

async fn close(note: Option<Note>) {
    if let Some(Note { handle, waits }) = note {
        waits.abort();
        let _ = timeout(PATIENCE, handle.close_async()).await;
    }
}

/// More than a person can cause while a desktop answers.
const ORDERS_MAX: usize = 16;
/// A desktop that takes longer to answer is not there.
const PATIENCE: Duration = Duration::from_secs(5);
