//! The certificate of one link: made for it, shown on it, thrown away with it.

use nyx_wire::link::Fingerprint;
use rcgen::{CertificateParams, DistinguishedName, DnType};
use rtc::{crypto::SignatureScheme, peer_connection::certificate::RTCCertificate, shared::error::Error};
use sha2::{Digest, Sha256};
use std::time::SystemTime;

/// A fresh key, a self-signed certificate over it, and what the description says of it.
pub(super) fn fresh() -> Result<(RTCCertificate, Fingerprint), Error> {
    let mut params = CertificateParams::default();
    // What browsers write, so that the handshake, which is not encrypted here, tells nobody whose it is.
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "WebRTC");
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + 30 * DAY).into();
    let provider = rtc::crypto::default_provider().map_err(|error| Error::Crypto(error.to_string()))?;
    let certificate = RTCCertificate::generate(provider.crypto(), SignatureScheme::EcdsaP256Sha256, params)?;
    let fingerprint = certificate
        .get_fingerprints(provider.crypto())?
        .first()
        .and_then(|fingerprint| read_hex(&fingerprint.value))
        .ok_or(Error::ErrNonCertificate)?;
    Ok((certificate, fingerprint))
}

/// What a description says of a certificate.
pub(super) fn fingerprint(der: &[u8]) -> Fingerprint {
    Fingerprint(Sha256::digest(der).into())
}

fn read_hex(text: &str) -> Option<Fingerprint> {
    let bytes: Option<Vec<u8>> = text.split(':').map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
    bytes?.try_into().ok().map(Fingerprint)
}

/// Nobody checks the dates of a certificate that is known by its hash; a clock that is off must not matter either.
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
