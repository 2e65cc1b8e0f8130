//! Between a description and what the WebRTC stack wants to read: SDP, written here and only here.

use nyx_wire::{
    lane::MAX_FRAME,
    link::{Candidate, CandidateKind, Description, DescriptionKind, Fingerprint, IceCredentials},
};
use rtc::peer_connection::transport::{RTCIceCandidate, RTCIceCandidateType, RTCIceProtocol};
use std::fmt::Write as _;

/// The SDP of a description. Only numbers, addresses and ice-chars come from it, so no line can be smuggled in.
pub(super) fn sdp(description: &Description, version: u64) -> String {
    // Whoever offers begins DTLS, and with it SCTP.
    let setup = match description.kind {
        DescriptionKind::Offer => "active",
        DescriptionKind::Answer => "passive",
    };
    let mut sdp = format!(
        "v=0\r\no=- 1 {version} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n\
         a=setup:{setup}\r\na=mid:0\r\na=sendrecv\r\na=sctp-port:{SCTP_PORT}\r\na=max-message-size:{MAX_FRAME}\r\n\
         a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {}\r\n",
        description.ice.ufrag(),
        description.ice.password(),
        hex(&description.fingerprint),
    );
    for candidate in &description.candidates {
        // Writing to a string can't fail.
        let _ = write!(sdp, "a={}\r\n", attribute(candidate));
    }
    sdp
}

/// The attribute of one candidate.
pub(super) fn attribute(candidate: &Candidate) -> String {
    let Candidate { kind, address, port, priority } = candidate;
    let (number, kind) = match kind {
        CandidateKind::Host => (1, "host"),
        // The address behind it is nobody's business.
        CandidateKind::Reflexive => (2, "srflx raddr 0.0.0.0 rport 0"),
        CandidateKind::Relayed => (3, "relay raddr 0.0.0.0 rport 0"),
    };
    // Candidates of one kind and address share a foundation (RFC 8445 §5.1.1.3), which is what it is made of.
    let text = address.to_string();
    let foundation: String = text.chars().filter(char::is_ascii_alphanumeric).take(MAX_FOUNDATION - 1).collect();
    format!("candidate:{number}{foundation} 1 udp {priority} {address} {port} typ {kind}")
}

/// A candidate that the stack has found, unless it is of a kind that is not told.
pub(super) fn candidate(found: &RTCIceCandidate) -> Option<Candidate> {
    let kind = match found.typ {
        RTCIceCandidateType::Host => CandidateKind::Host,
        RTCIceCandidateType::Srflx => CandidateKind::Reflexive,
        RTCIceCandidateType::Relay => CandidateKind::Relayed,
        _ => return None,
    };
    let address = found.address.parse().ok()?;
    (found.protocol == RTCIceProtocol::Udp).then_some(Candidate {
        kind,
        address,
        port: found.port,
        priority: found.priority,
    })
}

/// The credentials in the stack's own SDP.
pub(super) fn credentials(own_sdp: &str) -> Option<IceCredentials> {
    let value = |key| own_sdp.lines().find_map(|line| line.strip_prefix(key)).map(str::trim_end);
    IceCredentials::new(value("a=ice-ufrag:")?, value("a=ice-pwd:")?)
}

/// Pairs of capital hexadecimal digits with colons between.
fn hex(fingerprint: &Fingerprint) -> String {
    let pairs: Vec<String> = fingerprint.0.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// RFC 8839 §5.1.
const MAX_FOUNDATION: usize = 32;
/// The one that WebRTC always uses.
const SCTP_PORT: u16 = 5000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_becomes_one_application_section_and_nothing_else() {
        let description = Description {
            kind: DescriptionKind::Offer,
            ice: IceCredentials::new("abcd", "0123456789abcdefghijkl").unwrap(),
            fingerprint: Fingerprint([0xAB; 32]),
            candidates: vec![
                Candidate { kind: CandidateKind::Host, address: [10, 0, 0, 1].into(), port: 5, priority: 7 },
                Candidate { kind: CandidateKind::Relayed, address: "fd00::1".parse().unwrap(), port: 6, priority: 8 },
            ],
        };
        let sdp = sdp(&description, 3);
        assert_eq!(sdp.matches("m=").count(), 1);
        assert_eq!(sdp.matches("a=fingerprint:sha-256 AB:AB:").count(), 1);
        assert!(sdp.contains("a=candidate:110001 1 udp 7 10.0.0.1 5 typ host\r\n"), "{sdp}");
        assert!(sdp.contains(" 1 udp 8 fd00::1 6 typ relay raddr 0.0.0.0 rport 0\r\n"), "{sdp}");
        assert!(sdp.lines().all(|line| line.as_bytes().get(1) == Some(&b'=')), "{sdp}");
        assert_eq!(credentials(&sdp), Some(description.ice));
    }
}
