//! Between descriptions and SDP, as another implementation has to do it: it takes the values out of what its own stack wrote,
//! and writes what its own stack wants to read (`p2p/docs/protocol/link.md`).

use nyx_net::link::{Candidate, Description, DescriptionKind, Fingerprint, IceCredentials};
use nyx_wire::{lane::MAX_FRAME, link::CandidateKind};

/// What another implementation makes of its own SDP.
pub(crate) fn described(kind: DescriptionKind, sdp: &str) -> Description {
    let value = |key| sdp.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim_end();
    let hex = value("a=fingerprint:sha-256 ").split(':').map(|pair| u8::from_str_radix(pair, 16).unwrap());
    Description {
        kind,
        ice: IceCredentials::new(value("a=ice-ufrag:"), value("a=ice-pwd:")).unwrap(),
        fingerprint: Fingerprint(hex.collect::<Vec<_>>().try_into().unwrap()),
        candidates: sdp.lines().filter_map(|line| candidate(line.strip_prefix("a=candidate:")?)).collect(),
    }
}

/// What another implementation makes of a description, for its own stack.
pub(crate) fn sdp(description: &Description) -> String {
    let hex: Vec<String> = description.fingerprint.0.iter().map(|byte| format!("{byte:02X}")).collect();
    let setup = if description.kind == DescriptionKind::Offer { "active" } else { "passive" };
    let mut sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=setup:{setup}\r\na=mid:0\r\n\
         a=sctp-port:5000\r\na=max-message-size:{MAX_FRAME}\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\n\
         a=fingerprint:sha-256 {}\r\n",
        description.ice.ufrag(),
        description.ice.password(),
        hex.join(":")
    );
    for Candidate { address, port, priority, .. } in &description.candidates {
        sdp.push_str(&format!("a=candidate:1 1 udp {priority} {address} {port} typ host\r\n"));
    }
    sdp
}

/// An address of an interface, over UDP. Other stacks also tell TCP, and names that only they can look up.
fn candidate(attribute: &str) -> Option<Candidate> {
    let fields: Vec<&str> = attribute.split_whitespace().collect();
    let [_, "1", transport, priority, address, port, "typ", "host", ..] = fields[..] else { return None };
    let address = address.parse().ok().filter(|_| transport.eq_ignore_ascii_case("udp"))?;
    let (port, priority) = (port.parse().unwrap(), priority.parse().unwrap());
    Some(Candidate { kind: CandidateKind::Host, address, port, priority })
}
