//! `siseol`: the command. It parses, calls one command, and turns its outcome into an exit code.
//!
//! Data goes to stdout, everything else to stderr. A reader that closes the pipe early is no error.

mod args;
mod commands;
mod exit;
mod output;
mod progress;

use clap::Parser as _;
use siseol_ogr::apart;
use std::process::ExitCode;

fn main() -> ExitCode {
    // With `--untrusted` this program starts itself to parse a file, with this argument alone. It becomes that reader
    // before it does anything else, so that nothing is open that a file's bytes could reach.
    if std::env::args_os().nth(1).is_some_and(|first| first == apart::ARGUMENT) {
        return apart::serve();
    }
    let args = args::Args::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("SISEOL_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let outcome = commands::run(args.command);
    exit::report(outcome)
}
