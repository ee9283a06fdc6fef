//! `siseol`: the command. It parses, calls one command, and turns its outcome into an exit code.
//!
//! Data goes to stdout, everything else to stderr. A reader that closes the pipe early is no error.

mod args;
mod commands;
mod exit;
mod output;
mod progress;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
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
