//! What a frame costs while pictures load: a conversation full of them, scrolled faster than anybody looks.
//! `cargo bench -p nyx --bench pictures` (Linux); `NYX_BENCH_PICTURES` (10,000).
//!
//! The window is drawn without a display over a real engine and a real vault, sixty times a second as on a screen, for
//! pictures are decoded beside it. What a graphics card is handed is counted in bytes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a measurement, not the product"
)]

#[path = "measure/mod.rs"]
mod measure;

use eframe::App;
use egui::{Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, Vec2, pos2, vec2};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use measure::{cpu_ms, input};
use nyx_app::window::{app::Nyx, appearance::Appearance, model::VaultState, pictures::Seen, rows::Place};
use nyx_p2p::{
    About, Author, AutoLock, Delivery, MessageId, Password, PasswordCost, PasswordParams, Setup, SystemClock,
};
use nyx_vault::{
    LockedVault, StorageError, Vault, WriteError,
    model::{NewAttachment, NewMessage},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{
    fs,
    io::Cursor,
    path::Path,
    process::{Command as Process, Stdio},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

fn main() {
    // `cargo test` runs benches too, without an argument of theirs: then only show that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::var("NYX_BENCH_PICTURES").ok().and_then(|text| text.parse().ok());
    let pictures = asked.unwrap_or(if is_bench { 10_000 } else { 6 });

    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    make(folder.path(), &home);
    fill(&home, pictures);

    println!("{pictures} pictures; CPU ms of the drawing thread, a frame; goal: none over {GOAL_MS}\n");
    println!(
        "| scale | frames | half under | 99 of 100 under | longest | over the goal | \
              of the longest: events and textures | drawing | triangles |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut most = Most::default();
    for scale in [1.0, 2.0] {
        scroll(&home, scale, pictures, &mut most);
    }
    println!("\n| most at once | MiB |\n|---|---|");
    println!("| in textures of pictures | {:.1} |", mib(most.pictures));
    println!("| in messages | {:.1} |", mib(most.rows));
    println!("| handed to the graphics card in one frame | {:.1} |", mib(most.handed));
    println!("| resident, of the whole bench | {:.1} |", resident_kib() as f64 / 1024.0);
}

/// The most that was there at once, in bytes.
#[derive(Default)]
struct Most {
    pictures: usize,
    rows: usize,
    handed: usize,
}

/// From the newest picture to the oldest.
fn scroll(home: &Path, scale: f32, pictures: u64, most: &mut Most) {
    let mut window = Window::open(home, scale);
    let mut frames: Vec<Cost> = Vec::new();
    loop {
        frames.push(window.frame(vec![window.wheel()]));
        let model = window.nyx.model();
        most.pictures = most.pictures.max(model.pictures.bytes());
        most.rows = most.rows.max(model.rows.bytes());
        most.handed = most.handed.max(window.handed);
        let chat = model.chats[0].conversation.id;
        if let Place::Here(first) = model.rows.at(chat, 1) {
            let oldest = first.message.attachments[0].id;
            // Once there, whatever is in view is shown.
            if matches!(model.pictures.get(oldest), Seen::Picture(_)) {
                break;
            }
        }
        assert!((frames.len() as u64) < 60 * 60 + 10 * pictures, "never came to the first picture");
    }
    frames.sort_by(|one, other| one.all().total_cmp(&other.all()));
    let at = |part: f64| frames[((frames.len() - 1) as f64 * part) as usize].all();
    let over = frames.iter().filter(|frame| frame.all() > GOAL_MS).count();
    let Some(longest) = frames.last() else { return };
    println!(
        "| {:.0} % | {} | {:.2} | {:.2} | {:.2} | {over} | {:.2} | {:.2} | {:.2} |",
        scale * 100.0,
        frames.len(),
        at(0.5),
        at(0.99),
        longest.all(),
        longest.events,
        longest.drawing,
        longest.triangles
    );
}

/// What a frame cost, by what it was spent on, in CPU milliseconds.
#[derive(Clone, Copy)]
struct Cost {
    /// What the engine told goes into the model, pictures become textures.
    events: f64,
    /// The screen is laid out.
    drawing: f64,
    /// What is to be seen becomes triangles.
    triangles: f64,
}

impl Cost {
    fn all(&self) -> f64 {
        self.events + self.drawing + self.triangles
    }
}

/// The window, without a display.
struct Window {
    ctx: Context,
    nyx: Nyx,
    frame: eframe::Frame,
    began: Instant,
    next: Instant,
    scale: f32,
    /// Bytes of textures that the last frame handed over.
    handed: usize,
}

impl Window {
    fn open(home: &Path, scale: f32) -> Self {
        let ctx = Context::default();
        let setup = Setup {
            home: home.to_owned(),
            clock: Arc::new(SystemClock::new()),
            rng: Box::new(ChaCha20Rng::seed_from_u64(1)),
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: None,
            keyring: None,
            auto_lock: AutoLock::AsSet,
            has_door: false,
        };
        let nyx = Nyx::new(&ctx, setup, Appearance { scale, ..Appearance::default() }).unwrap();
        let now = Instant::now();
        let frame = eframe::Frame::_new_kittest();
        let mut window = Self { ctx, nyx, frame, began: now, next: now, scale, handed: 0 };
        window.until(|model| matches!(model.vault, VaultState::Locked));
        // The field for the password has the keyboard.
        window.frame(vec![Event::Text(PASSWORD.to_owned())]);
        let key = |pressed| Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        window.frame(vec![key(true), key(false)]);
        window.until(|model| matches!(model.vault, VaultState::Open) && !model.chats.is_empty());
        window.frame(vec![Event::PointerMoved(pos2(650.0, 300.0) / scale)]);
        window
    }

    fn until(&mut self, is_so: impl Fn(&nyx_app::window::model::Model) -> bool) {
        let begin = Instant::now();
        while !is_so(self.nyx.model()) {
            assert!(begin.elapsed() < Duration::from_secs(60), "it never came");
            self.frame(Vec::new());
        }
        // What it has the focus on, and shows, is known after the next ones.
        for _ in 0..3 {
            self.frame(Vec::new());
        }
    }

    /// A frame, in its turn.
    fn frame(&mut self, events: Vec<Event>) -> Cost {
        self.next = (self.next + FRAME).max(Instant::now());
        sleep(self.next.saturating_duration_since(Instant::now()));
        let mut raw = input(SIZE / self.scale, self.began.elapsed().as_secs_f64(), events);
        raw.focused = true;
        let Self { ctx, nyx, frame, .. } = self;
        let begin = cpu_ms();
        let mut thinking = 0.0;
        let mut output = ctx.run_ui(raw, |ui| {
            let begin = cpu_ms();
            nyx.logic(ui.ctx(), frame);
            thinking += cpu_ms() - begin;
            nyx.ui(ui, frame);
        });
        let drawn = cpu_ms();
        let shapes = std::mem::take(&mut output.shapes);
        std::hint::black_box(ctx.tessellate(shapes, output.pixels_per_point));
        let ended = cpu_ms();
        let deltas = output.textures_delta.set.values().flatten();
        self.handed = deltas.map(|delta| delta.image.width() * delta.image.height() * 4).sum();
        output.drop_without_applying_deltas();
        Cost { events: thinking, drawing: drawn - begin - thinking, triangles: ended - drawn }
    }

    fn wheel(&self) -> Event {
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, STEP / self.scale),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        }
    }
}

/// An account.
fn make(folder: &Path, home: &Path) {
    let password = folder.join("password");
    fs::write(&password, PASSWORD).unwrap();
    let made = Process::new(env!("CARGO_BIN_EXE_nyx"))
        .args(["init", "--name", "Sari", "--phrase-out"])
        .arg(folder.join("phrase"))
        .arg("--home")
        .arg(home)
        .arg("--password-file")
        .arg(&password)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
}

/// Photographs as cameras make them, and now and then a drawing that lets through what is behind it.
fn fill(home: &Path, pictures: u64) {
    let password = Password::new(PASSWORD).unwrap();
    let vault = LockedVault::find(home).unwrap().unlock(&password).map_err(|locked| locked.error).unwrap();
    let notes = vault.read::<_, StorageError>(|reader| reader.notes()).unwrap().unwrap().id;
    let kinds: Vec<(Vec<u8>, About)> = (0..KINDS.min(pictures)).map(kind).collect();
    for first in (0..pictures).step_by(BATCH) {
        let batch = first..pictures.min(first + BATCH as u64);
        let attached: Vec<NewAttachment> = batch.clone().map(|number| attach(&vault, &kinds, number)).collect();
        vault
            .commit::<_, WriteError>(|tx| {
                for (number, attachment) in batch.zip(attached) {
                    tx.add_message(NewMessage {
                        id: MessageId(u128::from(number).to_be_bytes()),
                        conversation: notes,
                        author: Author::Me,
                        at_ms: 1_700_000_000_000 + number.cast_signed() * 60_000,
                        delivery: Delivery::Here,
                        body: String::new(),
                        reply_to: None,
                        attachments: vec![attachment],
                        ttl_secs: None,
                    })?;
                }
                Ok(())
            })
            .unwrap();
    }
}

fn attach(vault: &Vault, kinds: &[(Vec<u8>, About)], number: u64) -> NewAttachment {
    let (bytes, about) = &kinds[(number % kinds.len() as u64) as usize];
    let blob = vault.store_blob(&mut bytes.as_slice(), &mut |_| true).unwrap();
    NewAttachment { blob, about: About { name: format!("{number}.jpg"), ..about.clone() } }
}

fn kind(number: u64) -> (Vec<u8>, About) {
    let is_photograph = !number.is_multiple_of(8);
    let (width, height) = if number.is_multiple_of(3) { (1200, 1600) } else { (1600, 1200) };
    let shade = |x: u32, y: u32| (x * 7 + y * 3 + (x * y) % 61 + number as u32 * 29) as u8;
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, y), shade(y, x), shade(x, x)]));
    let mut bytes = Cursor::new(Vec::new());
    let (picture, format, media_type) = if is_photograph {
        (DynamicImage::from(picture), ImageFormat::Jpeg, "image/jpeg")
    } else {
        let mut drawing = DynamicImage::from(picture).into_rgba8();
        drawing.pixels_mut().for_each(|pixel| pixel[3] = pixel[0] / 2 + 60);
        (DynamicImage::from(drawing), ImageFormat::WebP, "image/webp")
    };
    let small = picture.thumbnail(100, 100).into_rgba8();
    let hash = thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, small.as_raw());
    picture.write_to(&mut bytes, format).unwrap();
    let about = About {
        media_type: media_type.to_owned(),
        width: Some(width),
        height: Some(height),
        preview: Some(hash),
        ..About::default()
    };
    (bytes.into_inner(), about)
}

fn mib(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The most that was ever resident.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

const PASSWORD: &str = "a password for measurements only";
const SIZE: Vec2 = vec2(1000.0, 700.0);
/// Of a screen.
const FRAME: Duration = Duration::from_micros(16_667);
/// Further than a window is high, in each frame: some three pictures.
const STEP: f32 = 900.0;
/// Pictures that are not the same; to make ten thousand would take longer than to show them.
const KINDS: u64 = 48;
/// Messages a transaction.
const BATCH: usize = 100;
/// Two frames of a screen: a longer one is seen.
const GOAL_MS: f64 = 33.0;
