//! The version of the identity formats.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// Version 1. Another number does not parse: whoever does not know a version must not act on what is in it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Version;

impl<C> Encode<C> for Version {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.u8(NUMBER)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Version {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        if d.u8()? == NUMBER { Ok(Self) } else { Err(decode::Error::message("version")) }
    }
}

const NUMBER: u8 = 1;
