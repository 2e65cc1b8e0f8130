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

/// What it is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Goal {
    /// Both devices try the link between them.
    Check,
    /// The account of this device goes to the other one.
    Send,
    /// The account of the other device comes here.
    Receive,
}

/// Where it leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lead {
    /// There.
    To(Goal),
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
    ) -> Option<(Goal, CarriedCode)> {
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
                Lead::To(_) | Lead::Later => {
                    let goes = button::primary(ui, theme, &texts.get("link-go"), true).clicked();
                    (goes, ui.button(texts.get("link-leave")).clicked())
                }
            })
            .inner
        });
        let (goes, leaves) = shown.inner;
        match lead {
            Lead::To(goal) if goes => return self.code.take().map(|code| (goal, code)),
            Lead::Later if goes => self.is_put_off = true,
            _ if leaves || shown.should_close() => self.code = None,
            _ => {}
        }
        None
    }
}

impl Lead {
    fn of(code: &CarriedCode, vault: &VaultState) -> Self {
        let kind = match code.kind() {
            Ok(CarriedKind::Invitation(kind)) => kind,
            Ok(CarriedKind::Second) => return Self::Nowhere("link-second"),
            Ok(CarriedKind::Typed) | Err(_) => return Self::Nowhere("link-broken"),
        };
        match (kind, vault) {
            (MeetingKind::Check, VaultState::Open) => Self::To(Goal::Check),
            (MeetingKind::Receive, VaultState::Open) => Self::To(Goal::Send),
            (MeetingKind::Check | MeetingKind::Receive, VaultState::Locked) => Self::Later,
            (MeetingKind::Check, _) => Self::Nowhere("link-no-account"),
            (MeetingKind::Receive, _) => Self::Nowhere("link-no-account-to-send"),
            (MeetingKind::Send, VaultState::Missing) => Self::To(Goal::Receive),
            (MeetingKind::Send, _) => Self::Nowhere("link-account-here"),
            (MeetingKind::Contact, _) => Self::Nowhere("link-unknown"),
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::To(Goal::Check) => "link-check",
            Self::To(Goal::Send) => "link-send",
            Self::To(Goal::Receive) => "link-receive",
            Self::Later => "link-locked",
            Self::Nowhere(why) => why,
        }
    }
}

/// Points.
const WIDTH: f32 = 380.0;
