//! The binary; everything is in the library.

use std::process::ExitCode;

/// Debian's allocator costs more with many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    attache::commands::main()
}
