//! Pictures among the attachments, also those that want to do harm.

use crate::front::Front;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use nyx_p2p::{About, AttachmentId, Command, Event, Failure, MessageId, Picture, Source};
use std::io::Cursor;

/// Left half red, right half blue, encoded.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) };
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_fn(width, height, colour)).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn source(name: &str, bytes: &[u8]) -> Source {
    Source::Bytes { name: name.to_owned(), bytes: bytes.into() }
}

/// Writes a note with one attachment.
async fn attach(front: &mut Front, name: &str, bytes: &[u8]) -> (AttachmentId, About) {
    let message = front.attach(vec![source(name, bytes)]).await;
    (message.attachments[0].id, message.attachments[0].about.clone().unwrap())
}

async fn show(front: &mut Front, attachment: AttachmentId, edge: u32) -> Option<Picture> {
    let heard = front.run(Command::ShowPicture { attachment, edge }).await.unwrap();
    heard
        .into_iter()
        .find_map(|event| if let Event::Picture { picture, .. } = event { Some(picture) } else { None })
        .unwrap()
}

/// What stands at a place: `r`ed, `b`lue or something else.
fn at(picture: &Picture, x: u32, y: u32) -> char {
    let start = 4 * (y * picture.width + x) as usize;
    match picture.rgba[start..start + 4] {
        [200..=255, 0..=60, 0..=60, 255] => 'r',
        [0..=60, 0..=60, 200..=255, 255] => 'b',
        _ => '?',
    }
}

/// A JPEG that says how it is to be turned.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0]);
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(&exif);
    out.extend_from_slice(&jpeg[2..]);
    out
}

#[tokio::test]
async fn a_picture_has_its_shape_and_colours_before_it_is_decoded() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    for (format, media_type) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        // Whatever it is called.
        let (id, about) = attach(&mut front, "holiday.txt", &picture(600, 300, format)).await;
        assert_eq!((about.width, about.height, about.media_type.as_str()), (Some(600), Some(300), media_type));
        let (width, height, rgba) = thumbhash::thumb_hash_to_rgba(&about.preview.unwrap()).unwrap();
        let ratio = width as f32 / height as f32;
        assert!((1.6..=2.6).contains(&ratio), "{width} x {height}");
        let (left, right) = (&rgba[..4], &rgba[4 * (width - 1)..4 * width]);
        assert!(left[0] > left[2] && right[2] > right[0], "{media_type} {left:?} {right:?}");
        let shown = show(&mut front, id, 100).await.unwrap();
        assert_eq!((shown.width, shown.height, shown.rgba.len()), (100, 50, 100 * 50 * 4));
        assert_eq!((at(&shown, 10, 25), at(&shown, 90, 25)), ('r', 'b'), "{media_type}");
        // Never made larger than it is.
        let shown = show(&mut front, id, u32::MAX).await.unwrap();
        assert_eq!((shown.width, shown.height), (600, 300));
    }
}

#[tokio::test]
async fn a_photo_is_shown_the_way_it_was_held() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let jpeg = picture(400, 200, ImageFormat::Jpeg);
    for (orientation, size, red, blue) in [
        (1, (400, 200), (20, 100), (380, 100)),
        (3, (400, 200), (380, 100), (20, 100)),
        (6, (200, 400), (100, 20), (100, 380)),
        (8, (200, 400), (100, 380), (100, 20)),
    ] {
        let (id, about) = attach(&mut front, "photo.jpg", &turned(&jpeg, orientation)).await;
        assert_eq!((about.width.unwrap(), about.height.unwrap()), size, "{orientation}");
        let shown = show(&mut front, id, 400).await.unwrap();
        assert_eq!((shown.width, shown.height), size);
        assert_eq!((at(&shown, red.0, red.1), at(&shown, blue.0, blue.1)), ('r', 'b'), "{orientation}");
    }
}

#[tokio::test]
async fn a_hostile_picture_is_an_attachment_without_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let png = picture(64, 64, ImageFormat::Png);
    let mut huge_png = png.clone();
    huge_png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let checksum = crc32(&huge_png[12..29]).to_be_bytes();
    huge_png[29..33].copy_from_slice(&checksum);
    let mut huge_gif = picture(64, 64, ImageFormat::Gif);
    huge_gif[6..10].copy_from_slice(&[0xff; 4]);
    let mut huge_jpeg = picture(64, 64, ImageFormat::Jpeg);
    let frame = huge_jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    huge_jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let empty_jpeg = {
        let mut jpeg = picture(64, 64, ImageFormat::Jpeg);
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0; 4]);
        jpeg
    };
    let cut = &png[..png.len() / 2];
    let webp = picture(64, 64, ImageFormat::WebP);
    let cut_webp = &webp[..webp.len() - 8];
    let bitmap = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0";
    for (name, bytes) in [
        ("huge.png", &huge_png[..]),
        ("huge.gif", &huge_gif),
        ("huge.jpg", &huge_jpeg),
        ("empty.jpg", &empty_jpeg),
        ("cut.png", cut),
        ("cut.webp", cut_webp),
        ("start.png", &png[..8]),
        ("none.png", b"only words"),
        ("nothing.png", b""),
        ("other.png", bitmap),
        ("vector.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"),
    ] {
        let (id, about) = attach(&mut front, name, bytes).await;
        assert_eq!((about.name.as_str(), about.width, about.height, about.preview), (name, None, None, None));
        assert_eq!(show(&mut front, id, 256).await, None, "{name}");
    }
    // A picture may lie: it must not fail the note, whatever comes of it.
    let mut rng = nyx_testkit::seed::Seeded::from_environment("hostile pictures");
    let whole = [png, webp, picture(64, 64, ImageFormat::Jpeg), picture(64, 64, ImageFormat::Gif)];
    for round in 0..40 {
        let mut bytes = whole[round % whole.len()].clone();
        for _ in 0..8 {
            let place = rng.next_u64() as usize % bytes.len();
            bytes[place] = rng.next_u64() as u8;
        }
        let (id, _) = attach(&mut front, "odd", &bytes).await;
        if let Some(picture) = show(&mut front, id, 256).await {
            assert_eq!(picture.rgba.len(), 4 * (picture.width * picture.height) as usize);
        }
    }
}

#[tokio::test]
async fn a_picture_goes_with_its_message() {
    let dir = tempfile::tempdir().unwrap();
    let (mut front, _) = Front::with_account(&dir.path().join("home"), None).await;
    let message = front.attach(vec![source("a.png", &picture(8, 8, ImageFormat::Png))]).await;
    front.run(Command::Delete { id: MessageId(message.id.0) }).await.unwrap();
    let gone = Command::ShowPicture { attachment: message.attachments[0].id, edge: 8 };
    assert!(matches!(front.run(gone).await, Err(Failure::NoMessage)));
}

/// The checksum of PNG.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}
