//! Nyx, the program. `nyx --help` tells what it can do; `p2p/docs/terminal.md` is what other programs may rely on.

mod cli;
mod text;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
