//! What something is drawn with that only shows: sentences, colours, the time, pictures. Less than a
//! [`Cx`](super::cx::Cx), which can also send commands; whoever has no engine can have one of these.

use super::{
    pictures::{Pictures, Seen, Wish},
    theme::Theme,
    times::Now,
};
use crate::text::Texts;
use nyx_p2p::AttachmentId;

/// What something is drawn with that only shows.
pub struct Sight<'a> {
    /// Every sentence.
    pub texts: &'a Texts,
    /// Every colour.
    pub theme: &'a Theme,
    /// The time of this frame.
    pub now: &'a Now,
    /// Pictures that are here.
    pub pictures: &'a Pictures,
    /// Whether anything can be done with what is shown, or it is only to be read.
    pub can_write: bool,
    /// Pictures that are on the screen.
    pub wanted: &'a mut Vec<Wish>,
}

impl Sight<'_> {
    /// A picture is on the screen, `edge` pixels long, with this thumbhash: what there is of it.
    pub fn picture(&mut self, attachment: AttachmentId, edge: u32, preview: Option<&[u8]>) -> Seen {
        let seen = self.pictures.get(attachment);
        let preview = preview.filter(|_| matches!(seen, Seen::Nothing)).map(<[u8]>::to_vec);
        self.wanted.push(Wish { attachment, edge, preview });
        seen
    }
}
