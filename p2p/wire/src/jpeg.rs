//! As much of a JPEG as tells how dear it is to decode. A progressive one is decoded as a whole before its first line is
//! there, with two bytes for each value in addition: a small file can ask for several times the memory of its pixels.

/// What stands at a marker.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Marker {
    /// Nothing that matters; the next marker is so many bytes behind the beginning of this one.
    Skip(u64),
    /// The frame: how the picture is encoded.
    Frame {
        /// Whether it comes in passes over the whole of it.
        is_progressive: bool,
    },
    /// No marker that may stand before the frame.
    Other,
}

/// Where the first marker stands, behind the one that says that this is a JPEG.
pub const FIRST: u64 = 2;

/// Reads a marker and the length behind it.
#[must_use]
pub const fn marker(bytes: [u8; 4]) -> Marker {
    let [start, kind, high, low] = bytes;
    let length = u16::from_be_bytes([high, low]);
    match (start, kind) {
        // Filling.
        (0xff, 0xff) => Marker::Skip(1),
        (0xff, 0xc2 | 0xc6 | 0xca | 0xce) => Marker::Frame { is_progressive: true },
        (0xff, 0xc0 | 0xc1 | 0xc3 | 0xc5 | 0xc7 | 0xc9 | 0xcb | 0xcd | 0xcf) => Marker::Frame { is_progressive: false },
        (0xff, 0xc4 | 0xc8 | 0xcc | 0xdb..=0xfe) if length >= 2 => Marker::Skip(2 + length as u64),
        _ => Marker::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_says_whether_it_is_progressive_and_what_is_before_is_skipped() {
        assert_eq!(marker([0xff, 0xe1, 0x10, 0x00]), Marker::Skip(2 + 0x1000));
        assert_eq!(marker([0xff, 0xc4, 0, 2]), Marker::Skip(4));
        assert_eq!(marker([0xff, 0xff, 0xff, 0xe0]), Marker::Skip(1));
        assert_eq!(marker([0xff, 0xc0, 0, 17]), Marker::Frame { is_progressive: false });
        assert_eq!(marker([0xff, 0xc2, 0, 17]), Marker::Frame { is_progressive: true });
        for other in
            [[0, 0, 0, 0], [0xff, 0xd9, 0, 0], [0xff, 0xda, 0, 12], [0xff, 0xe1, 0, 1], [0xff, 0xd8, 0xff, 0xe0]]
        {
            assert_eq!(marker(other), Marker::Other, "{other:?}");
        }
    }
}
