//! Codes on the screen, and what takes them in.

use egui::accesskit::Role;
use egui_kittest::{Harness, kittest::Queryable};
use nyx_app::{
    text::{Language, Texts},
    window::{
        appearance::Look,
        fonts,
        theme::Theme,
        widgets::{code, scan::Scan},
    },
};
use nyx_media::{
    code::Code,
    grey::Grey,
    reading::{Effort, read},
    scanner::Scanner,
    source::{FrameSource, SourceError, synthetic::Synthetic},
};
use std::{
    cell::RefCell,
    rc::Rc,
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// As long as a ticket is at most.
fn link() -> String {
    format!("NYX:{}", "AB7".repeat(63))
}

/// A window that shows nothing else.
fn window(look: Look, mut draw: impl FnMut(&mut egui::Ui, &Theme, &Texts) + 'static) -> Harness<'static> {
    let (theme, texts) = (Theme::of(look), Texts::of(Language::English));
    let mut is_ready = false;
    let mut window = Harness::builder().with_size([420.0, 560.0]).build_ui(move |ui| {
        if !is_ready {
            fonts::install(ui.ctx());
            theme.apply(ui.ctx());
            is_ready = true;
            return ui.ctx().request_repaint();
        }
        draw(ui, &theme, &texts);
    });
    window.step();
    window.step();
    window
}

#[test]
fn a_code_can_be_read_from_the_screen_in_every_look() {
    for look in [Look::Dark, Look::Light, Look::Contrast] {
        let shown = Code::new(&link()).unwrap();
        let mut window = window(look, move |ui, theme, texts| {
            code::show(ui, theme, texts, &shown, 61);
        });
        window.get_by_role_and_label(Role::Image, "Code for the camera of the other device");
        window.get_by_label("Good for 61 s");
        let picture = image::DynamicImage::ImageRgba8(window.render().unwrap()).into_luma8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let grey = Grey::new(width, height, picture.into_raw()).unwrap();
        let found: Vec<String> = read(&grey, Effort::Frame).iter().map(|text| text.to_string()).collect();
        assert_eq!(found, [link()], "{look:?}");
    }
}

#[test]
fn a_code_is_copied_as_a_link_and_renewed_when_it_has_expired() {
    for (secs_left, button, expected) in
        [(1, "Copy as a link", code::Wish::Copy), (0, "Show a new code", code::Wish::Renew)]
    {
        let shown = Code::new(&link()).unwrap();
        let wish = Rc::new(RefCell::new(None));
        let heard = Rc::clone(&wish);
        let mut window = window(Look::Dark, move |ui, theme, texts| {
            let wish = code::show(ui, theme, texts, &shown, secs_left);
            if wish.is_some() {
                *heard.borrow_mut() = wish;
            }
        });
        let is_drawn = window.query_by_label("Code for the camera of the other device").is_some();
        assert_eq!(is_drawn, secs_left > 0);
        window.get_by_label(button).click();
        window.step();
        window.step();
        assert_eq!(*wish.borrow(), Some(expected));
    }
}

/// A window that scans through a source, what it found, and when something is new.
fn scanning<S: FrameSource + 'static>(
    open: impl Fn() -> Result<S, SourceError> + Clone + Send + 'static,
    refuses: bool,
) -> (Harness<'static>, Rc<RefCell<Vec<String>>>, Receiver<()>) {
    let (woken, wakes) = channel();
    let found = Rc::new(RefCell::new(Vec::new()));
    let mut scan = Scan::through(move |_, _| {
        let woken = woken.clone();
        Scanner::start(open.clone(), move || {
            let _ = woken.send(());
        })
    });
    let heard = Rc::clone(&found);
    let window = window(Look::Dark, move |ui, theme, texts| {
        if let Some(text) = scan.show(ui, theme, texts) {
            heard.borrow_mut().push(text.to_string());
            if refuses {
                scan.refuse();
            }
        }
    });
    (window, found, wakes)
}

#[test]
fn a_code_before_the_camera_is_taken_in_and_seen() {
    let open = || Ok(Synthetic::new(Code::new(&link()).ok(), Duration::from_millis(5)));
    let (mut window, found, wakes) = scanning(open, true);
    while found.borrow().is_empty() {
        wakes.recv().unwrap();
        window.step();
    }
    assert_eq!(*found.borrow(), [link()]);
    window.step();
    window.get_by_role_and_label(Role::Image, "What the camera sees");
    window.get_by_label_contains("This is not a code of Nyx");
}

#[test]
fn each_failure_of_a_camera_is_a_sentence() {
    for (error, sentence) in [
        (SourceError::NoCamera, "No camera was found"),
        (SourceError::Busy, "Another program is using the camera"),
        (SourceError::Denied, "does not let Nyx use the camera"),
        (SourceError::Silent, "The camera sends no picture"),
        (SourceError::Gone, "The camera is gone"),
        (SourceError::Unusable, "This camera can't be used"),
    ] {
        let (mut window, _, wakes) = scanning(move || Err::<Synthetic, _>(error), false);
        wakes.recv().unwrap();
        window.step();
        window.step();
        window.get_by_label_contains(sentence);
    }
}

#[test]
fn a_link_can_be_typed_or_pasted_instead() {
    let (mut window, found, _wakes) = scanning(|| Err::<Synthetic, _>(SourceError::NoCamera), false);
    window.get_by_label("Type or paste").click();
    window.step();
    window.step();
    window.event(egui::Event::Paste(" nyx:ab7\n".to_owned()));
    window.step();
    window.step();
    assert!(
        window
            .get_by_role_and_label(Role::TextInput, "Link or code")
            .value()
            .is_some_and(|value| value.contains("ab7"))
    );
    window.get_by_role_and_label(Role::Button, "Go on").click_accesskit();
    window.step();
    window.step();
    assert_eq!(*found.borrow(), ["nyx:ab7"]);
}
