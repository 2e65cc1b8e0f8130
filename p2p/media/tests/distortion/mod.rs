//! Pictures of codes as cameras spoil them, from a seed: a ticket of the longest kind on a card before some clutter,
//! drawn with sixteen rays a pixel, then spoilt in one of twelve ways, each in five steps from a little to more than
//! anybody can read. The kinds and steps were written down before the reader was; only the seed is free.

use image::{GrayImage, Luma};
use nyx_media::code::Code;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A spoilt picture and what it holds.
pub(crate) struct Distorted {
    pub(crate) name: String,
    pub(crate) text: String,
    /// As a file: a camera's pictures are JPEG.
    pub(crate) jpeg: Vec<u8>,
}

/// All kinds in all steps.
pub(crate) fn all(seed: u64) -> Vec<Distorted> {
    let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
    KINDS
        .iter()
        .flat_map(|kind| (0..STEPS).map(move |step| (*kind, step)))
        .map(|(kind, step)| make(kind, step, &mut random))
        .collect()
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Small,
    Turned,
    Slanted,
    Blurred,
    Moved,
    Noisy,
    Dark,
    Glare,
    Shadow,
    Jpeg,
    Moire,
    Everything,
}

const KINDS: [Kind; 12] = [
    Kind::Small,
    Kind::Turned,
    Kind::Slanted,
    Kind::Blurred,
    Kind::Moved,
    Kind::Noisy,
    Kind::Dark,
    Kind::Glare,
    Kind::Shadow,
    Kind::Jpeg,
    Kind::Moire,
    Kind::Everything,
];
const STEPS: u32 = 5;
const WIDTH: u32 = 480;
const HEIGHT: u32 = 360;

/// How a picture is spoilt.
struct Spoiling {
    /// Edge of a module in pixels.
    module: f32,
    angle: f32,
    /// Turned out of the picture's plane, around both axes.
    slant: (f32, f32),
    blur: f32,
    /// Of the hand, in pixels.
    motion: f32,
    noise: f32,
    /// Of the light that there should be.
    light: f32,
    glare: f32,
    shadow: f32,
    moire: f32,
    quality: u8,
}

fn make(kind: Kind, step: u32, random: &mut Random) -> Distorted {
    let t = step as f32 / (STEPS - 1) as f32;
    let mut how = Spoiling {
        module: random.between(4.6, 6.2),
        angle: random.between(-0.12, 0.12),
        slant: (random.between(-0.1, 0.1), random.between(-0.1, 0.1)),
        blur: 0.6,
        motion: 0.0,
        noise: 3.0,
        light: 1.0,
        glare: 0.0,
        shadow: 0.0,
        moire: 0.0,
        quality: 70,
    };
    let sign = if random.between(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 };
    match kind {
        Kind::Small => how.module = 3.0 - 1.6 * t,
        Kind::Turned => how.angle = sign * (0.25 + 2.8 * t),
        Kind::Slanted => how.slant = (sign * (0.35 + 0.75 * t), random.between(-0.3, 0.3)),
        Kind::Blurred => how.blur = how.module * (0.35 + 0.6 * t),
        Kind::Moved => how.motion = how.module * (0.5 + 1.4 * t),
        Kind::Noisy => how.noise = 20.0 + 60.0 * t,
        Kind::Dark => (how.light, how.noise) = (0.25 - 0.19 * t, 4.0),
        Kind::Glare => how.glare = 0.4 + 1.2 * t,
        Kind::Shadow => how.shadow = 0.5 + 0.48 * t,
        Kind::Jpeg => how.quality = 20 - 4 * step as u8,
        Kind::Moire => how.moire = 0.3 + 0.65 * t,
        Kind::Everything => {
            how.module = 4.2 - 1.2 * t;
            how.angle = sign * random.between(0.2, 1.2);
            how.slant = (sign * (0.2 + 0.3 * t), random.between(-0.3, 0.3));
            how.blur = how.module * (0.2 + 0.25 * t);
            how.noise = 6.0 + 12.0 * t;
            how.light = 0.7 - 0.3 * t;
            how.shadow = 0.5;
            how.moire = 0.15;
            how.quality = 60;
        }
    }
    let text = text(random);
    let picture = draw(&Code::new(&text).unwrap(), &how, random);
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, how.quality).encode_image(&picture).unwrap();
    Distorted { name: format!("{kind:?}-{step}").to_lowercase(), text, jpeg }
}

/// As long as a ticket is at most: 118 bytes in base32.
fn text(random: &mut Random) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letters = (0..189).map(|_| char::from(LETTERS[random.0.next_u32() as usize % 32]));
    "NYX:".chars().chain(letters).collect()
}

fn draw(code: &Code, how: &Spoiling, random: &mut Random) -> GrayImage {
    let card = Card::of(code, how, random);
    let scene = Scene::of(random);
    let phase = (random.between(0.0, 6.0), random.between(0.0, 6.0), random.between(0.93, 1.07));
    let mut light = vec![0.0_f32; (WIDTH * HEIGHT) as usize];
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let mut sum = 0.0;
            for ray in 0..16 {
                let at = (x as f32 + (ray % 4) as f32 / 4.0 + 0.125, y as f32 + (ray / 4) as f32 / 4.0 + 0.125);
                sum += card.brightness(at).unwrap_or_else(|| scene.brightness(at));
            }
            // The dots of a screen against those of the sensor.
            let dots = (x as f32 * phase.2 * 2.9 + y as f32 * 0.35 + phase.0).sin()
                * (y as f32 * phase.2 * 2.7 - x as f32 * 0.2 + phase.1).sin();
            light[(y * WIDTH + x) as usize] = sum / 16.0 * (1.0 - how.moire * (0.5 + 0.5 * dots));
        }
    }
    blur(&mut light, how.blur);
    drag(&mut light, how.motion, random.between(0.0, std::f32::consts::PI));
    let lamp = (WIDTH as f32 * random.between(0.35, 0.65), HEIGHT as f32 * random.between(0.3, 0.7));
    let dusk = random.between(0.0, std::f32::consts::TAU);
    GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let mut value = light[(y * WIDTH + x) as usize];
        let (x, y) = (x as f32, y as f32);
        let across = ((x - WIDTH as f32 / 2.0) * dusk.cos() + (y - HEIGHT as f32 / 2.0) * dusk.sin()) / 120.0;
        value *= how.light * (1.0 - how.shadow / (1.0 + (-3.0 * across).exp()));
        // A lamp in the glass: brightest in its middle, beyond what the sensor holds.
        let off = ((x - lamp.0).powi(2) + (y - lamp.1).powi(2)) / 42.0_f32.powi(2);
        value += 255.0 * how.glare * (-off).exp();
        value += how.noise * random.normal();
        Luma([value.clamp(0.0, 255.0) as u8])
    })
}

/// The code with its quiet zone, somewhere before the camera.
struct Card<'a> {
    code: &'a Code,
    edge: f32,
    middle: (f32, f32),
    /// The card's own axes in space, and its distance.
    right: [f32; 3],
    down: [f32; 3],
    ink: f32,
    paper: f32,
}

/// From the eye to the picture, in pixels.
const FOCUS: f32 = 420.0;

impl<'a> Card<'a> {
    fn of(code: &'a Code, how: &Spoiling, random: &mut Random) -> Self {
        let (sin, cos) = how.angle.sin_cos();
        let (yaw, pitch) = how.slant;
        let turn = |[x, y, z]: [f32; 3]| {
            let (x, z) = (x * yaw.cos() + z * yaw.sin(), z * yaw.cos() - x * yaw.sin());
            let (y, z) = (y * pitch.cos() - z * pitch.sin(), y * pitch.sin() + z * pitch.cos());
            [x, y, z]
        };
        Self {
            code,
            edge: how.module * code.size() as f32,
            middle: (
                WIDTH as f32 / 2.0 + random.between(-20.0, 20.0),
                HEIGHT as f32 / 2.0 + random.between(-12.0, 12.0),
            ),
            right: turn([cos, sin, 0.0]),
            down: turn([-sin, cos, 0.0]),
            ink: random.between(15.0, 45.0),
            paper: random.between(190.0, 235.0),
        }
    }

    fn brightness(&self, (x, y): (f32, f32)) -> Option<f32> {
        // Where the ray through the pixel meets the card: x·ray = u·right + v·down + (0, 0, focus).
        let ray = [x - self.middle.0, y - self.middle.1, FOCUS];
        let (r, d) = (self.right, self.down);
        let cross = |a: [f32; 3], b: [f32; 3]| {
            [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
        };
        let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let normal = cross(r, d);
        let depth = FOCUS * normal[2] / dot(normal, ray);
        let on = [ray[0] * depth, ray[1] * depth, ray[2] * depth - FOCUS];
        let module = self.edge / self.code.size() as f32;
        let (u, v) = (dot(on, r) / module, dot(on, d) / module);
        let half = self.code.size() as f32 / 2.0;
        let quiet = half + 4.0;
        if u.abs() > quiet || v.abs() > quiet {
            return None;
        }
        let (column, row) = ((u + half).floor(), (v + half).floor());
        let dark = column >= 0.0 && row >= 0.0 && self.code.is_dark(column as usize, row as usize);
        Some(if dark { self.ink } else { self.paper })
    }
}

/// What stands behind: edges and stripes, some of them like a mark.
struct Scene {
    base: f32,
    blocks: Vec<(f32, f32, f32, f32, f32)>,
}

impl Scene {
    fn of(random: &mut Random) -> Self {
        let blocks = (0..12)
            .map(|_| {
                let (x, y) = (random.between(-60.0, WIDTH as f32), random.between(-60.0, HEIGHT as f32));
                (x, y, x + random.between(8.0, 130.0), y + random.between(8.0, 90.0), random.between(20.0, 230.0))
            })
            .collect();
        Self { base: random.between(60.0, 160.0), blocks }
    }

    fn brightness(&self, (x, y): (f32, f32)) -> f32 {
        let block = self
            .blocks
            .iter()
            .rev()
            .find(|(left, top, right, bottom, _)| (*left..*right).contains(&x) && (*top..*bottom).contains(&y));
        block.map_or(self.base, |block| block.4)
    }
}

fn blur(light: &mut [f32], sigma: f32) {
    let reach = (3.0 * sigma).ceil() as i32;
    let weights: Vec<f32> = (-reach..=reach).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
    convolve(light, |at| (at, 0), reach, &weights);
    convolve(light, |at| (0, at), reach, &weights);
}

fn drag(light: &mut [f32], length: f32, way: f32) {
    if length > 0.0 {
        let reach = (length * 2.0).ceil() as i32;
        let step = length / reach as f32 / 2.0;
        let weights = vec![1.0; 2 * reach as usize + 1];
        convolve(
            light,
            |at| ((at as f32 * step * way.cos()).round() as i32, (at as f32 * step * way.sin()).round() as i32),
            reach,
            &weights,
        );
    }
}

fn convolve(light: &mut [f32], offset: impl Fn(i32) -> (i32, i32), reach: i32, weights: &[f32]) {
    let before = light.to_vec();
    let total: f32 = weights.iter().sum();
    for y in 0..HEIGHT as i32 {
        for x in 0..WIDTH as i32 {
            let sum: f32 = (-reach..=reach)
                .zip(weights)
                .map(|(at, weight)| {
                    let (dx, dy) = offset(at);
                    let (x, y) = ((x + dx).clamp(0, WIDTH as i32 - 1), (y + dy).clamp(0, HEIGHT as i32 - 1));
                    weight * before[(y * WIDTH as i32 + x) as usize]
                })
                .sum();
            light[(y * WIDTH as i32 + x) as usize] = sum / total;
        }
    }
}

struct Random(ChaCha8Rng);

impl Random {
    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.0.next_u32() as f32 / u32::MAX as f32)
    }

    /// Mean 0, deviation 1, nearly: the sum of twelve even ones.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.between(0.0, 1.0)).sum::<f32>() - 6.0
    }
}
