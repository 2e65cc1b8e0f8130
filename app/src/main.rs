//! Nyx, the program. `nyx --help` tells what it can do; `p2p/docs/terminal.md` is what other programs may rely on.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is overwritten first: a typed password passes through lists of the toolkit and of libraries that wipe
/// nothing (decision 0022). For what C libraries have, see `memory`.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> std::process::ExitCode {
    nyx_app::main()
}
