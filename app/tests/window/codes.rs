//! Codes on the screen, and what takes them in.

use crate::notes::Dropped;
use egui::accesskit::Role;
use egui_kittest::{Harness, kittest::Queryable};
use nyx_app::{
    text::{Language, Texts},
    window::{
        appearance::Look,
        eyes::Eyes,
        fonts,
        theme::Theme,
        widgets::{code, scan::Scan},
    },
};
use nyx_media::{
    code::{Code, QUIET},
    grey::Grey,
    reading::{Effort, read},
    scanner::Scanner,
    source::{FrameSource, SourceError, camera::CameraName, synthetic::Synthetic},
};
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
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
    open: impl Fn() -> Result<S, SourceError> + Clone + Send + Sync + 'static,
    refuses: bool,
) -> (Harness<'static>, Rc<RefCell<Vec<String>>>, Receiver<()>) {
    scanning_with(Vec::new(), move |_| open.clone(), refuses)
}

/// The same with several cameras; `open` is asked for the chosen one.
fn scanning_with<S: FrameSource + 'static, O: Fn() -> Result<S, SourceError> + Send + Sync + 'static>(
    cameras: Vec<CameraName>,
    open: impl Fn(Option<CameraName>) -> O + Send + Sync + 'static,
    refuses: bool,
) -> (Harness<'static>, Rc<RefCell<Vec<String>>>, Receiver<()>) {
    let (woken, wakes) = channel();
    let found = Rc::new(RefCell::new(Vec::new()));
    let eyes = Eyes::of(
        move || cameras.clone(),
        move |wanted, _| {
            let woken = woken.clone();
            Scanner::start(open(wanted), move || {
                let _ = woken.send(());
            })
        },
    );
    let mut scan = Scan::default();
    let heard = Rc::clone(&found);
    let window = window(Look::Dark, move |ui, theme, texts| {
        if let Some(text) = scan.show(ui, theme, texts, &eyes) {
            heard.borrow_mut().push(text.to_string());
            if refuses {
                scan.refuse(texts.get("scan-foreign"));
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

#[test]
fn another_camera_can_be_chosen_by_its_name() {
    let cameras = vec![CameraName::numbered(0, "Lid"), CameraName::numbered(1, "Desk")];
    // Only the second one sees the code.
    let open = |wanted: Option<CameraName>| {
        let sees = wanted.is_some_and(|camera| camera.name == "Desk");
        move || Ok(Synthetic::new(sees.then(|| Code::new(&link()).unwrap()), Duration::from_millis(5)))
    };
    let (mut window, found, wakes) = scanning_with(cameras, open, false);
    while window.query_by_role_and_label(Role::Button, "Desk").is_none() {
        wakes.recv().unwrap();
        window.step();
    }
    assert!(found.borrow().is_empty());
    window.get_by_role_and_label(Role::Button, "Desk").click_accesskit();
    window.step();
    window.step();
    while found.borrow().is_empty() {
        wakes.recv().unwrap();
        window.step();
    }
    assert_eq!(*found.borrow(), [link()]);
}

#[test]
fn a_picture_or_a_link_is_pasted_without_choosing_a_way_first() {
    let (mut window, found, wakes) = scanning(|| Err::<Synthetic, _>(SourceError::NoCamera), false);
    window.event(egui::Event::Paste(" nyx:ab7\n".to_owned()));
    window.step();
    assert_eq!(*found.borrow(), ["nyx:ab7"]);
    let shown = Code::new(&link()).unwrap();
    let edge = shown.printed_size() * 4;
    let mut picture = egui::ColorImage::filled([edge, edge], egui::Color32::TRANSPARENT);
    for (index, pixel) in picture.pixels.iter_mut().enumerate() {
        let at = |pixel: usize| (pixel / 4).checked_sub(QUIET);
        let is_dark = at(index % edge).zip(at(index / edge)).is_some_and(|(column, row)| shown.is_dark(column, row));
        // Paper that lets everything through, as programs that draw put it into the clipboard.
        *pixel = if is_dark { egui::Color32::BLACK } else { *pixel };
    }
    window.event(egui::Event::PasteImage(picture.into()));
    while found.borrow().len() < 2 {
        window.step();
        let _ = wakes.recv_timeout(Duration::from_millis(5));
    }
    assert_eq!(found.borrow()[1], link());
}

#[test]
fn a_picture_without_a_code_says_so_and_one_that_was_dropped_is_looked_at() {
    let (mut window, found, _wakes) = scanning(|| Err::<Synthetic, _>(SourceError::NoCamera), false);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wall.png");
    image::GrayImage::from_pixel(200, 200, image::Luma([255])).save(&file).unwrap();
    window.input_mut().dropped_files = vec![Arc::new(Dropped(file))];
    while window.query_by_label_contains("There is no code in this picture").is_none() {
        window.step();
        std::thread::yield_now();
    }
    assert!(found.borrow().is_empty());
}
