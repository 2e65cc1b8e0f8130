//! How much may be under way to this device. A build for development gives less credit where `NYX_CREDIT_CHUNKS` says so: whoever
//! counts what a break has sent again needs an account of many windows.

use nyx_wire::moving::WINDOW_CHUNKS_MAX;

/// Most chunks under way.
#[cfg(debug_assertions)]
pub(super) fn window() -> u64 {
    let fewer = std::env::var("NYX_CREDIT_CHUNKS").ok().and_then(|chunks| chunks.parse().ok());
    fewer.map_or(WINDOW_CHUNKS_MAX, |chunks: u64| chunks.clamp(1, WINDOW_CHUNKS_MAX))
}

/// Most chunks under way.
#[cfg(not(debug_assertions))]
pub(super) const fn window() -> u64 {
    WINDOW_CHUNKS_MAX
}
