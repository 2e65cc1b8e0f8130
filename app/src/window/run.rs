//! Opens the window.

use super::{
    app::Nyx,
    appearance::{Appearance, kept::Kept},
    desktop::{Desktop, window_icon},
};
use crate::text::Language;
use eframe::{App, CreationContext, Frame, NativeOptions, Renderer};
use egui::{Context, Ui, ViewportBuilder};
use nyx_p2p::{CarriedCode, Setup};

/// Opens the window and stays until it is closed. A language that was asked for goes before the one that was kept.
/// Somebody who came by a link is asked whether to go where it leads.
pub fn run(setup: Setup, language: Option<Language>, link: Option<CarriedCode>) -> Result<(), eframe::Error> {
    let kept = Kept::read(&setup.home);
    let appearance = kept.appearance();
    let appearance = Appearance { language: language.unwrap_or(appearance.language), ..appearance };
    let viewport = ViewportBuilder::default()
        // The name of the file that tells a desktop who this is.
        .with_app_id("nyx")
        .with_title("Nyx")
        .with_inner_size(kept.size.unwrap_or([1000.0, 700.0]))
        .with_min_inner_size([360.0, 480.0]);
    let options = NativeOptions {
        viewport: match window_icon() {
            Some(icon) => viewport.with_icon(icon),
            None => viewport,
        },
        renderer: Renderer::Glow,
        // What lasts is in the vault, or in the file of the appearance.
        persist_window: false,
        ..NativeOptions::default()
    };
    let open = move |cc: &CreationContext<'_>| -> Result<Box<dyn App>, _> {
        let mut nyx = Nyx::new(&cc.egui_ctx, setup, appearance)?;
        if let Some(link) = link {
            nyx.follow_link(link);
        }
        Ok(Box::new(Window { nyx, desktop: Desktop::find(&cc.egui_ctx) }))
    };
    eframe::run_native("Nyx", options, Box::new(open))
}

/// The window and the desktop around it.
struct Window {
    nyx: Nyx,
    desktop: Desktop,
}

impl App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.nyx.think(ctx);
        self.desktop.follow(ctx, &mut self.nyx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.nyx.draw(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.nyx.keep();
    }
}

/// Tests draw it without a desktop.
impl App for Nyx {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.think(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.draw(ui);
    }
}
