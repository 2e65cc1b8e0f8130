//! Two devices come together, on whichever screen they need to: one shows a code, the other reads it. What they came for
//! is the screen's business; it says which command begins a meeting, and draws what follows once both have met.
//!
//! ```text
//! Choosing ──begin──▶ under way, not met ──Peer──▶ met ──▶ ended
//!     ▲                     │ cancel                │ cancel   │ again
//!     └─────────────────────┴───────────────────────┴──────────┘
//! ```

mod choosing;
pub(super) mod met;
mod shown;
mod ways;

use crate::{
    cli::tame_line,
    window::{
        cx::Cx,
        sentence::sentence,
        theme::space,
        widgets::{button, field, page, scan::Scan, task::Task},
    },
};
use choosing::Side;
use egui::Ui;
use nyx_p2p::{
    CarriedCode, CarriedKind, CodeTrouble, Command, Event, Failure, Form, Meet, MeetingKind, NetTrouble, Reach,
    RequestId, ShownKind,
};
use shown::Shown;
use ways::{Need, Ways};
use zeroize::Zeroizing;

/// What the widgets hold.
#[derive(Default)]
pub(super) struct Meeting {
    side: Side,
    form: choosing::ChosenForm,
    ways: Ways,
    scan: Scan,
    task: Task,
    /// The code that is drawn.
    shown: Option<Shown>,
    /// A code that was read, or that somebody followed here, and begins a meeting in the next frame.
    begins: Option<CarriedCode>,
    /// A second code, on its way into the meeting; of how many that were wanted it answers the last.
    carried: Option<(RequestId, usize)>,
    /// Another code is wanted, as soon as the one before has let go of what it held.
    renews: bool,
}

/// What a screen lets this begin.
pub(super) struct Purpose<'a> {
    /// What the other side's code must be for.
    pub(super) accepts: MeetingKind,
    /// The name of a sentence about what the other device may ask meanwhile; this one hears of it only afterwards.
    pub(super) asked_there: Option<&'static str>,
    /// The command.
    pub(super) begin: &'a mut dyn FnMut(Meet, Reach) -> Option<Command>,
}

impl Meeting {
    /// Whether a command of this meeting is under way.
    pub(super) fn is_running(&self, cx: &Cx<'_>) -> bool {
        self.task.is_running(cx)
    }

    /// Whether both devices know each other.
    pub(super) fn has_met(&self, cx: &Cx<'_>) -> bool {
        self.heard(cx).iter().any(|event| matches!(event, Event::Peer { .. } | Event::Met(_)))
    }

    /// Whether it did what was wanted.
    pub(super) fn is_done(&self, cx: &Cx<'_>) -> bool {
        self.task.is_done(cx)
    }

    /// What was told so far.
    pub(super) fn heard<'m>(&self, cx: &Cx<'m>) -> &'m [Event] {
        self.task.job(cx).map_or(&[], |job| &job.heard)
    }

    /// Says that somebody else tried the code, if so. Until the digits are compared it may have been the wrong one who
    /// was let in.
    pub(super) fn warn(&self, ui: &mut Ui, cx: &Cx<'_>) {
        if self.heard(cx).iter().any(|event| matches!(event, Event::Stranger)) {
            field::caution(ui, cx.theme, &cx.texts.get("meeting-stranger"));
        }
    }

    pub(super) const fn task(&self) -> &Task {
        &self.task
    }

    /// Once a frame, first: whoever cancelled knows what happened, and is back at the choice.
    pub(super) fn settle(&mut self, cx: &mut Cx<'_>) {
        if matches!(self.task.failure(cx), Some(Failure::Cancelled)) {
            let renews = self.renews;
            self.again(cx);
            self.renews = renews;
        }
    }

    /// Somebody followed a link to here, and wants what it says.
    pub(super) fn follow(&mut self, code: CarriedCode) {
        self.side = Side::Read;
        self.begins = Some(code);
    }

    /// Shows the choice, or the code, or what is waited for. Not once both have met, and not how it ended: these are the
    /// screen's.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, purpose: &mut Purpose<'_>) {
        if let Some(code) = self.begins.take() {
            self.begin(cx, purpose, Meet::Read(code));
        }
        if self.renews && !self.task.is_running(cx) {
            self.begin(cx, purpose, Meet::Show(self.form.form()));
        }
        if self.task.is_running(cx) {
            return self.show_under_way(ui, cx, purpose.asked_there);
        }
        if choosing::side(ui, cx, &mut self.side) {
            self.scan.stop();
            self.task.end(cx);
        }
        match self.side {
            Side::Show => self.show_showing(ui, cx, purpose),
            Side::Read => self.show_reading(ui, cx, purpose),
        }
    }

    /// Ends what goes on, as its person wishes; tells whether anything did.
    pub(super) fn cancel(&mut self, cx: &mut Cx<'_>) -> bool {
        self.renews = false;
        let Some(id) = self.task.id().filter(|_| self.task.is_running(cx)) else { return false };
        cx.cancel(id);
        true
    }

    /// Nobody looks at it any more: a code that nobody sees is not to be good for anything, and no camera runs.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>) {
        self.cancel(cx);
        self.again(cx);
    }

    /// Carries out what needs no code any more, such as going on with what both have begun.
    pub(super) fn carry_out(&mut self, cx: &mut Cx<'_>, command: Command) {
        self.again(cx);
        self.task.begin(cx, command);
    }

    /// From the beginning.
    pub(super) fn again(&mut self, cx: &mut Cx<'_>) {
        self.task.end(cx);
        self.scan.stop();
        self.shown = None;
        self.renews = false;
        if let Some((id, _)) = self.carried.take() {
            cx.forget(id);
        }
    }

    fn begin(&mut self, cx: &mut Cx<'_>, purpose: &mut Purpose<'_>, meet: Meet) {
        self.again(cx);
        let Some(reach) = self.ways.reach(cx) else { return };
        if let Some(command) = (purpose.begin)(meet, reach) {
            self.task.begin(cx, command);
        }
    }

    fn show_showing(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, purpose: &mut Purpose<'_>) {
        choosing::form(ui, cx, &mut self.form);
        self.ways.show(ui, cx, if self.form.form() == Form::Typed { Need::Service } else { Need::Nothing });
        ui.add_space(space::S);
        let is_over =
            matches!(self.task.failure(cx), Some(Failure::Network(NetTrouble::Expired | NetTrouble::Unreached)));
        let name = if is_over { "code-renew" } else { "meet-show-code" };
        if button::primary(ui, cx.theme, &cx.texts.get(name), true).clicked() {
            self.begin(cx, purpose, Meet::Show(self.form.form()));
        }
    }

    fn show_reading(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, purpose: &mut Purpose<'_>) {
        let text = self.scan.show(ui, cx.theme, cx.texts, cx.eyes);
        self.ways.show(ui, cx, Need::Address);
        let Some(code) = text.map(|text| CarriedCode::new(&text)) else { return };
        let refused = match code.kind() {
            Ok(CarriedKind::Typed) if !self.ways.has_service(cx) => {
                // Said before the code is let go: it is good for a while, and nobody types it twice.
                self.ways.open();
                return self.scan.refuse(cx.texts.get("window-service-needed"));
            }
            Ok(CarriedKind::Typed) => None,
            Ok(CarriedKind::Invitation(kind)) => (kind != purpose.accepts).then_some(CodeTrouble::OtherPurpose),
            Ok(CarriedKind::Second) => Some(CodeTrouble::OtherMeeting),
            Err(trouble) => Some(trouble),
        };
        match refused {
            Some(trouble) => self.refuse(cx, trouble),
            None => {
                self.begins = Some(code);
                ui.ctx().request_repaint();
            }
        }
    }

    /// How the one before ended. It stands first on its page: in a small window nobody looks for it below.
    pub(super) fn show_end(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        if matches!(self.task.failure(cx), Some(Failure::Network(trouble)) if *trouble != NetTrouble::Expired) {
            // Another network, or a service, may help.
            self.ways.open();
            self.show_called(ui, cx);
        }
        match self.task.failure(cx) {
            Some(Failure::Network(NetTrouble::Expired)) => {
                field::caution(ui, cx.theme, &cx.texts.get("code-expired"));
            }
            _ => self.task.show_failure(ui, cx),
        }
        if self.task.failure(cx).is_some() {
            ui.add_space(space::S);
        }
    }

    fn show_under_way(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, asked_there: Option<&str>) {
        let heard = self.heard(cx);
        Shown::follow(&mut self.shown, heard, cx.passed);
        let wanted = heard.iter().filter(|event| matches!(event, Event::CodeWanted { .. })).count();
        let answered = self.carried.map_or(0, |(_, answered)| answered);
        match &mut self.shown {
            _ if self.renews => page::waiting(ui, cx.theme, &cx.texts.get("meet-preparing")),
            Some(_) if wanted > 0 && answered == wanted => {
                page::waiting(ui, cx.theme, &cx.texts.get("meet-second-given"));
            }
            Some(shown) => {
                if shown.show(ui, cx) {
                    self.renews = self.cancel(cx);
                    return ui.ctx().request_repaint();
                }
                match shown.kind() {
                    ShownKind::First if wanted > answered => self.show_second(ui, cx, wanted),
                    _ => page::waiting(ui, cx.theme, &cx.texts.get("meet-waiting")),
                }
            }
            None => {
                let name = match self.side {
                    Side::Show => "meet-preparing",
                    Side::Read => "meet-looking",
                };
                page::waiting(ui, cx.theme, &cx.texts.get(name));
                if let Some(asked) = asked_there.filter(|_| self.side == Side::Read) {
                    field::hint(ui, cx.theme, &cx.texts.get(asked));
                }
                self.show_called(ui, cx);
            }
        }
        self.warn(ui, cx);
        ui.add_space(space::S);
        if button::secondary(ui, &cx.texts.get("window-cancel"), true).clicked() {
            self.cancel(cx);
        }
        if let Some(shown) = &self.shown {
            shown.show_address(ui, cx);
        }
    }

    /// Says which service a code has led to: whoever runs it learns that this device was there.
    fn show_called(&self, ui: &mut Ui, cx: &Cx<'_>) {
        for event in self.heard(cx) {
            if let Event::Calls { host } = event {
                field::note(ui, cx.theme, &cx.texts.with("meeting-calls", &[("host", tame_line(host).into())]));
            }
        }
    }

    /// Takes the second code in.
    fn show_second(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, wanted: usize) {
        ui.add_space(space::M);
        page::subtitle(ui, &cx.texts.get("meet-second"));
        if let Some(Event::CodeWanted { refused: Some(trouble) }) =
            self.heard(cx).iter().rfind(|event| matches!(event, Event::CodeWanted { .. }))
            && self.carried.is_some()
        {
            self.carried = None;
            self.refuse(cx, *trouble);
        }
        let Some(text): Option<Zeroizing<String>> = self.scan.show(ui, cx.theme, cx.texts, cx.eyes) else { return };
        let code = CarriedCode::new(&text);
        match code.kind() {
            Ok(CarriedKind::Second) => {
                self.carried = cx.watch(Command::Carried(code)).map(|id| (id, wanted));
            }
            Ok(_) => self.refuse(cx, CodeTrouble::OtherMeeting),
            Err(trouble) => self.refuse(cx, trouble),
        }
    }

    /// Says why a code is not taken; the next one may be.
    fn refuse(&mut self, cx: &Cx<'_>, trouble: CodeTrouble) {
        self.scan.refuse(match trouble {
            // A camera sees codes of every kind.
            CodeTrouble::Unreadable => cx.texts.get("scan-foreign"),
            trouble => sentence(&trouble.into(), cx.texts),
        });
    }
}
