//! How fast the stream is on one core, next to bare AES-256-GCM on the same buffers in the same run.
//!
//! `cargo bench -p nyx-crypto`; the machine's own limit beside it: `openssl speed -evp aes-256-gcm -bytes 65536`.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program that prints what it measures")]

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, inout::InOutBuf},
};
use nyx_crypto::{
    purposes::StreamKey,
    secret::Secret,
    stream::{CHUNK, Opener, SEALED_CHUNK, Sealer, TAG},
};
use std::time::Instant;

/// A buffer for each chunk of one round: more than the caches of a core, as a file would be.
const CHUNKS: usize = 512;
/// The best of several rounds: the others measure what else the machine was doing.
const ROUNDS: usize = 9;

fn main() {
    let key = || Secret::<StreamKey>::from_bytes([7; 32]);
    let cipher = Aes256Gcm::new(&[7; 32].into());
    let mut buffers = vec![[0u8; SEALED_CHUNK]; CHUNKS];

    // Interleaved, so that a busy moment hits all four alike.
    let mut best = [f64::MAX; 4];
    for _ in 0..ROUNDS {
        measure(&mut best[0], || {
            let mut sealer = Sealer::new(key());
            let (last, chunks) = buffers.split_last_mut().expect("there are buffers");
            for buffer in chunks {
                sealer.seal_chunk(buffer).expect("short");
            }
            sealer.seal_last(last).expect("full");
        });
        measure(&mut best[1], || {
            let mut opener = Opener::new(&key());
            let (last, chunks) = buffers.split_last_mut().expect("there are buffers");
            for buffer in chunks {
                opener.open_chunk(buffer).expect("just sealed");
            }
            opener.open_last(last).expect("just sealed");
        });
        let mut tags = Vec::with_capacity(CHUNKS);
        measure(&mut best[2], || {
            for (nonce, buffer) in (0u8..=255).cycle().zip(&mut buffers) {
                let text = InOutBuf::from(&mut buffer[..CHUNK]);
                tags.push(cipher.encrypt_inout_detached(&[nonce; 12].into(), &[], text).expect("short"));
            }
        });
        measure(&mut best[3], || {
            for ((nonce, buffer), tag) in (0u8..=255).cycle().zip(&mut buffers).zip(&tags) {
                let text = InOutBuf::from(&mut buffer[..CHUNK]);
                cipher.decrypt_inout_detached(&[nonce; 12].into(), &[], text, tag).expect("just sealed");
            }
        });
    }
    let mib = (CHUNKS * CHUNK) as f64 / f64::from(1 << 20);
    println!("{CHUNKS} chunks of {CHUNK} + {TAG} bytes, best of {ROUNDS}, one core");
    for (name, seconds) in ["stream seal", "stream open", "AES-256-GCM seal", "AES-256-GCM open"].iter().zip(best) {
        println!("{name:>18}: {:>6.0} MiB/s", mib / seconds);
    }
}

fn measure(best: &mut f64, work: impl FnOnce()) {
    let begin = Instant::now();
    work();
    *best = best.min(begin.elapsed().as_secs_f64());
}
