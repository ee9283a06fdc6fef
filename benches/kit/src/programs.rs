//! The programs that are measured.

use crate::{command, run, say};
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;

/// Builds these packages beside the program that runs, which has to be a release build, and gives their folder.
pub fn build(packages: &[&str]) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().context("a program without a folder")?;
    ensure!(folder.ends_with("release"), "measure a release build: cargo run --release -p ..");
    let target = folder.parent().context("a program outside of a target folder")?;
    say("building");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let named = packages.iter().flat_map(|package| ["-p", *package]);
    run(command(cargo, ["build", "--release", "--target-dir"]).arg(target).args(named))?;
    Ok(folder.to_path_buf())
}
