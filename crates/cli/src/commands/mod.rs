//! The commands: one file each.

mod backup;
mod check;
mod demo;
mod export;
mod find;
mod history;
mod ingest;
mod inspect;
mod issues;
mod layers;
mod profile;
mod serve;
mod show;
mod survey;
mod undo;

use crate::args::{AsOf, Command, Reading};
use crate::exit::Outcome;
use anyhow::Context as _;
use siseol_http::Resident;
use siseol_ingest::Options;
use siseol_ogr::apart::Program;
use std::path::Path;

/// Runs one command.
pub(crate) fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Inspect(args) => inspect::run(args),
        Command::Ingest(args) => ingest::run(args),
        Command::Profile(args) => profile::run(&args),
        Command::Layers(args) => layers::run(&args),
        Command::Issues(args) => issues::run(&args),
        Command::Find(args) => find::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Export(args) => export::run(&args),
        Command::History(args) => history::run(&args),
        Command::Undo(args) => undo::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Serve(args) => serve::run(&args),
    }
}

/// The register, in memory: as it is, or as it was at a time.
fn resident(register: &Path, as_of: Option<AsOf>) -> anyhow::Result<Resident> {
    let loaded = match as_of {
        None => siseol_http::load(register),
        Some(AsOf(time)) => siseol_http::load_at(register, time),
    };
    loaded.with_context(|| format!("cannot use {}", register.display()))
}

impl From<Reading> for Options {
    fn from(reading: Reading) -> Self {
        Self {
            layer: reading.layer,
            profile: reading.profile,
            key: reading.key,
            encoding: reading.encoding,
            crs: reading.crs,
            force_crs: reading.force_crs,
            keep_personal: reading.keep_personal,
            reading: if reading.untrusted {
                siseol_ogr::Reading::Apart(Program::this())
            } else {
                siseol_ogr::Reading::Here
            },
            ..Self::default()
        }
    }
}

/// A whole number with thousands apart: 12,345.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
