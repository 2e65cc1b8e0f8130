//! What the window sees with: the cameras of this machine, or what a test holds before it.

use egui::Context;
use nyx_media::{
    scanner::Scanner,
    source::camera::{CameraName, cameras},
};
use std::{fmt, sync::Arc};

/// The cameras that there are, and how one is opened.
#[derive(Clone)]
pub struct Eyes {
    cameras: Arc<dyn Fn() -> Vec<CameraName> + Send + Sync>,
    open: Arc<dyn Fn(Option<CameraName>, Context) -> Scanner + Send + Sync>,
}

impl Default for Eyes {
    fn default() -> Self {
        Self::of(cameras, |wanted, ctx| Scanner::camera(wanted, move || ctx.request_repaint()))
    }
}

impl Eyes {
    /// Others than those of this machine.
    pub fn of(
        cameras: impl Fn() -> Vec<CameraName> + Send + Sync + 'static,
        open: impl Fn(Option<CameraName>, Context) -> Scanner + Send + Sync + 'static,
    ) -> Self {
        Self { cameras: Arc::new(cameras), open: Arc::new(open) }
    }

    /// The cameras that are connected now. Asks their drivers, so it is called where waiting is allowed.
    pub(crate) fn cameras(&self) -> Vec<CameraName> {
        (self.cameras)()
    }

    /// Looks through the wanted one, or through the first.
    pub(crate) fn open(&self, wanted: Option<CameraName>, ctx: &Context) -> Scanner {
        (self.open)(wanted, ctx.clone())
    }
}

impl fmt::Debug for Eyes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Eyes")
    }
}
