//! The two codes that people carry when there is neither a service nor discovery: each has what the other side needs to
//! open a channel, and nothing is believed that comes out of it before the handshake inside has confirmed it.

use super::{
    CANDIDATES_MAX, CODE_ONE_MAX, CODE_TWO_MAX, Kind, PAIRING_VERSION,
    layout::Rest,
    ticket::{FORM_CODE_ONE, FORM_CODE_TWO, head, read_head},
};
use crate::codec::DecodeError;
use alloc::vec::Vec;
use core::{
    fmt,
    net::{IpAddr, SocketAddr},
};
use zeroize::Zeroizing;

/// From the device that shows first: `version ‖ form ‖ kind ‖ secret 32 ‖ commitment 16 ‖ fingerprint 32 ‖ candidates`.
#[derive(Clone, Eq, PartialEq)]
pub struct CodeOne {
    /// What the device that shows wants to do.
    pub kind: Kind,
    /// Random, for this one meeting.
    pub secret: Zeroizing<[u8; 32]>,
    /// Hash of the hello that this device will say inside the channel.
    pub commitment: [u8; 16],
    /// SHA-256 of its DTLS certificate.
    pub fingerprint: [u8; 32],
    /// Where it can be reached; at most [`CANDIDATES_MAX`].
    pub candidates: Vec<Candidate>,
}

impl CodeOne {
    /// The one encoding; candidates beyond [`CANDIDATES_MAX`] are left out.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = head(FORM_CODE_ONE, self.kind, &self.secret, &self.commitment);
        out.extend_from_slice(&self.fingerprint);
        write_candidates(&mut out, &self.candidates);
        out
    }

    /// Reads exactly that encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > CODE_ONE_MAX {
            return Err(DecodeError::TooLarge);
        }
        let mut rest = Rest(bytes);
        let (kind, secret, commitment) = read_head(&mut rest, FORM_CODE_ONE)?;
        let fingerprint = rest.array()?;
        let candidates = read_candidates(&mut rest)?;
        rest.end()?;
        Ok(Self { kind, secret, commitment, fingerprint, candidates })
    }
}

impl fmt::Debug for CodeOne {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeOne({:?}, redacted)", self.kind)
    }
}

/// The answer: `version ‖ form ‖ key 32 ‖ fingerprint 32 ‖ candidates ‖ MAC 32`.
#[derive(Clone, Eq, PartialEq)]
pub struct CodeTwo {
    /// The X25519 key that the answering device's hello will have.
    pub e: [u8; 32],
    /// SHA-256 of its DTLS certificate.
    pub fingerprint: [u8; 32],
    /// Where it can be reached; at most [`CANDIDATES_MAX`].
    pub candidates: Vec<Candidate>,
    /// Over the first code and this one without its MAC.
    pub mac: [u8; 32],
}

impl CodeTwo {
    /// What the MAC covers beside the first code.
    #[must_use]
    pub fn covered(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(CODE_TWO_MAX);
        out.extend_from_slice(&[PAIRING_VERSION, FORM_CODE_TWO]);
        out.extend_from_slice(&self.e);
        out.extend_from_slice(&self.fingerprint);
        write_candidates(&mut out, &self.candidates);
        out
    }

    /// The one encoding; candidates beyond [`CANDIDATES_MAX`] are left out.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.covered();
        out.extend_from_slice(&self.mac);
        out
    }

    /// Reads exactly that encoding.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > CODE_TWO_MAX {
            return Err(DecodeError::TooLarge);
        }
        let mut rest = Rest(bytes);
        rest.expect(PAIRING_VERSION)?;
        rest.expect(FORM_CODE_TWO)?;
        let (e, fingerprint) = (rest.array()?, rest.array()?);
        let candidates = read_candidates(&mut rest)?;
        let mac = rest.array()?;
        rest.end()?;
        Ok(Self { e, fingerprint, candidates, mac })
    }
}

impl fmt::Debug for CodeTwo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeTwo(redacted)")
    }
}

/// One place where a device can be reached over UDP: `kind ‖ address 4 or 16 ‖ port`. `Debug` shows no address.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Candidate {
    /// How the device came by it.
    pub kind: CandidateKind,
    /// The place.
    pub address: SocketAddr,
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Candidate({:?}, redacted)", self.kind)
    }
}

/// How a device came by an address (RFC 8445 §5.1.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CandidateKind {
    /// Its own.
    Host = 0,
    /// As a STUN server sees it.
    ServerReflexive = 1,
    /// A relay's.
    Relayed = 2,
}

fn write_candidates(out: &mut Vec<u8>, candidates: &[Candidate]) {
    let count = candidates.len().min(CANDIDATES_MAX);
    out.push(count as u8);
    for Candidate { kind, address } in &candidates[..count] {
        match address.ip() {
            IpAddr::V4(ip) => {
                out.push(*kind as u8);
                out.extend_from_slice(&ip.octets());
            }
            IpAddr::V6(ip) => {
                out.push(*kind as u8 | V6);
                out.extend_from_slice(&ip.octets());
            }
        }
        out.extend_from_slice(&address.port().to_be_bytes());
    }
}

fn read_candidates(rest: &mut Rest<'_>) -> Result<Vec<Candidate>, DecodeError> {
    let count = usize::from(rest.byte()?);
    if count > CANDIDATES_MAX {
        return Err(DecodeError::TooLarge);
    }
    (0..count).map(|_| read_candidate(rest)).collect()
}

fn read_candidate(rest: &mut Rest<'_>) -> Result<Candidate, DecodeError> {
    let byte = rest.byte()?;
    let kind = match byte & !V6 {
        0 => CandidateKind::Host,
        1 => CandidateKind::ServerReflexive,
        2 => CandidateKind::Relayed,
        _ => return Err(DecodeError::Malformed),
    };
    let ip: IpAddr = if byte & V6 == 0 { rest.array::<4>()?.into() } else { rest.array::<16>()?.into() };
    let port = u16::from_be_bytes(rest.array()?);
    if port == 0 || ip.is_unspecified() {
        return Err(DecodeError::Malformed);
    }
    Ok(Candidate { kind, address: SocketAddr::new(ip, port) })
}

const V6: u8 = 0x10;
