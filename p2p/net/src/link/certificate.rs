//! The certificate of one link: made for it, shown on it, thrown away with it.

use nyx_wire::link::Fingerprint;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rtc::{crypto::SignatureScheme, peer_connection::certificate::RTCCertificate, shared::error::Error};
use rustls::{
    crypto::ring::sign::any_ecdsa_type,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::SystemTime};

/// What this side shows, to DTLS and to QUIC.
pub(super) struct Own {
    pub(super) dtls: RTCCertificate,
    pub(super) quic: Arc<CertifiedKey>,
    /// What the description says of both, for they are one.
    pub(super) fingerprint: Fingerprint,
}

/// A fresh key and a self-signed certificate over it.
pub(super) fn fresh() -> Result<Own, Error> {
    let mut params = CertificateParams::default();
    // What browsers write, so that the handshake, which is not encrypted here, tells nobody whose it is.
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "WebRTC");
    let now = SystemTime::now();
    let expires = now + 30 * DAY;
    params.not_before = (now - DAY).into();
    params.not_after = expires.into();
    // ECDSA over P-256 is what this makes, and what every stack of WebRTC takes.
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?.der().clone();
    let private = PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = rtc::crypto::default_provider().map_err(failed)?;
    let dtls = RTCCertificate::from_pkcs8(
        provider.crypto(),
        SignatureScheme::EcdsaP256Sha256,
        vec![certificate.clone()],
        private.secret_pkcs8_der(),
        expires,
    )?;
    let fingerprint = fingerprint(&certificate);
    let signing = any_ecdsa_type(&PrivateKeyDer::from(private)).map_err(failed)?;
    Ok(Own { dtls, quic: Arc::new(CertifiedKey::new(vec![certificate], signing)), fingerprint })
}

/// What a description says of a certificate.
pub(super) fn fingerprint(der: &[u8]) -> Fingerprint {
    Fingerprint(Sha256::digest(der).into())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Crypto(error.to_string())
}

/// Nobody checks the dates of a certificate that is known by its hash; a clock that is off must not matter either.
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
