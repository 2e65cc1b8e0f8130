//! The signalling service as a program.
//!
//! `nyx-signal --help` names every setting; the operator's page is `p2p/docs/operating-nyx-signal.md`.

use clap::Parser;
use nyx_signal::service::{self, Cli};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

// glibc's allocator keeps what a crowd has used: six times the memory of the start, for ever.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("NYX_SIGNAL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Cli::parse().settings()?;
    // One thread a core that this process may use: a second on one core would only wake and wait.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(service::run(settings, |address| tracing::info!(%address, "listening")))?;
    Ok(())
}
