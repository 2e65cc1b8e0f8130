//! The icon, where the desktop wants it as pixels.

use egui::IconData;
use ksni::Icon;

/// For the title bar and the list of windows of desktops that do not know the program by its name.
pub(in crate::window) fn window_icon() -> Option<IconData> {
    pixels(include_bytes!("../../../../assets/icons/hicolor/128x128/apps/nyx.png"))
}

/// For the tray, with a mark if something is unread.
pub(super) fn tray_icons(has_unread: bool) -> Vec<Icon> {
    let sizes: [&[u8]; 2] = [
        include_bytes!("../../../../assets/icons/hicolor/32x32/apps/nyx.png"),
        include_bytes!("../../../../assets/icons/hicolor/64x64/apps/nyx.png"),
    ];
    sizes.into_iter().filter_map(pixels).map(|icon| tray_icon(icon, has_unread)).collect()
}

fn tray_icon(icon: IconData, has_unread: bool) -> Icon {
    let IconData { mut rgba, width, height } = icon;
    let row = width.max(1) as usize;
    for (place, pixel) in rgba.chunks_exact_mut(4).enumerate() {
        if has_unread && is_in_mark(place % row, place / row, row) {
            pixel.copy_from_slice(&MARK);
        }
        // The bus wants opacity first.
        pixel.rotate_right(1);
    }
    Icon { width: width as i32, height: height as i32, data: rgba }
}

/// A dot in the lower right corner, a third of the icon across.
fn is_in_mark(x: usize, y: usize, side: usize) -> bool {
    let (radius, middle) = (side as f32 / 6.0, side as f32 * 5.0 / 6.0 - 1.0);
    let (x, y) = (x as f32 + 0.5 - middle, y as f32 + 0.5 - middle);
    x * x + y * y <= radius * radius
}

fn pixels(png: &[u8]) -> Option<IconData> {
    let icon = eframe::icon_data::from_png_bytes(png);
    icon.inspect_err(|error| tracing::error!(%error, "an icon of our own can't be read")).ok()
}

/// Seen on light and dark bars.
const MARK: [u8; 4] = [0xF2, 0xBC, 0x66, 0xFF];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tray_shows_that_something_is_unread() {
        let (calm, marked) = (tray_icons(false), tray_icons(true));
        assert_eq!(calm.len(), 2);
        for (calm, marked) in calm.iter().zip(&marked) {
            assert_eq!(calm.data.len(), (calm.width * calm.height * 4) as usize);
            let differing = calm.data.chunks(4).zip(marked.data.chunks(4)).filter(|(one, other)| one != other).count();
            let share = differing as f32 / (calm.width * calm.height) as f32;
            assert!((0.05..0.15).contains(&share), "{share}");
        }
    }

    #[test]
    fn the_window_has_its_icon() {
        assert_eq!(window_icon().unwrap().width, 128);
    }
}
