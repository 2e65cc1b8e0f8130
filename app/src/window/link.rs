//! What a `nyx:` link leads to. Any page on the web can hold one, and following it lets another device learn the addresses
//! of this one: so its person is asked first, and until then nobody is spoken to.

use super::{
    model::VaultState,
    theme::{Theme, space},
    widgets::button,
};
use crate::text::Texts;
use egui::{Align, Context, Id, Layout, Modal};
use nyx_p2p::{CarriedCode, CarriedKind, MeetingKind};

/// A link that somebody followed, until it is dealt with.
#[derive(Debug, Default)]
pub(super) struct Followed {
    code: Option<CarriedCode>,
    /// It waits for the vault to be opened, and that was said.
    is_put_off: bool,
}

/// Where it leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lead {
    /// Both devices try the link between them.
    Check,
    /// It leads on once the vault is open.
    Later,
    /// Nowhere; the name of the sentence why.
    Nowhere(&'static str),
}

impl Followed {
    /// Somebody followed this.
    pub(super) fn follow(&mut self, code: CarriedCode) {
        *self = Self { code: Some(code), is_put_off: false };
    }

    /// Asks what is to become of it. The code, once its person wants to go where it leads.
    pub(super) fn show(
        &mut self,
        ctx: &Context,
        (theme, texts): (&Theme, &Texts),
        vault: &VaultState,
    ) -> Option<CarriedCode> {
        let lead = Lead::of(self.code.as_ref()?, vault);
        if lead == Lead::Later && self.is_put_off {
            return None;
        }
        let shown = Modal::new(Id::unique("link")).frame(theme.card()).show(ctx, |ui| {
            ui.set_max_width(WIDTH);
            ui.heading(texts.get("link-title"));
            ui.label(texts.get(lead.sentence()));
            ui.add_space(space::S);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| match lead {
                Lead::Nowhere(_) => (false, button::primary(ui, theme, &texts.get("link-close"), true).clicked()),
                Lead::Check | Lead::Later => {
                    let goes = button::primary(ui, theme, &texts.get("link-go"), true).clicked();
                    (goes, ui.button(texts.get("link-leave")).clicked())
                }
            })
            .inner
        });
        let (goes, leaves) = shown.inner;
        match lead {
            Lead::Check if goes => return self.code.take(),
            Lead::Later if goes => self.is_put_off = true,
            _ if leaves || shown.should_close() => self.code = None,
            _ => {}
        }
        None
    }
}

impl Lead {
    fn of(code: &CarriedCode, vault: &VaultState) -> Self {
        match (code.kind(), vault) {
            (Ok(CarriedKind::Invitation(MeetingKind::Check)), VaultState::Open) => Self::Check,
            (Ok(CarriedKind::Invitation(MeetingKind::Check)), VaultState::Locked) => Self::Later,
            (Ok(CarriedKind::Invitation(MeetingKind::Check)), _) => Self::Nowhere("link-no-account"),
            (Ok(CarriedKind::Invitation(_)), _) => Self::Nowhere("link-unknown"),
            (Ok(CarriedKind::Second), _) => Self::Nowhere("link-second"),
            (Ok(CarriedKind::Typed) | Err(_), _) => Self::Nowhere("link-broken"),
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Check => "link-check",
            Self::Later => "link-locked",
            Self::Nowhere(why) => why,
        }
    }
}

/// Points.
const WIDTH: f32 = 380.0;
