//! Other programs: are they there, and run them.

use anyhow::{Context as _, Result, bail, ensure};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// What has to be installed, and from which Debian package.
const NEEDED: [(&str, &str); 4] = [
    ("/usr/lib/postgresql/15/bin/postgres", "postgresql-15-postgis-3"),
    ("pgbench", "postgresql-contrib"),
    ("ogr2ogr", "gdal-bin"),
    ("wrk", "wrk"),
];

/// Stops with the line that installs what is missing.
pub(crate) fn check_installed() -> Result<()> {
    let missing: Vec<_> = NEEDED
        .iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| *package)
        .collect();
    ensure!(
        missing.is_empty(),
        "not installed: {0}\n  apt-get install --no-install-recommends {0}",
        missing.join(" ")
    );
    Ok(())
}

fn is_there(program: &str) -> bool {
    if program.starts_with('/') {
        return Path::new(program).exists();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).exists())
}

/// A program with its arguments.
pub(crate) fn command<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Runs it to its end and gives what it printed; its errors are ours.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{name} {} failed:\n{}", arguments.join(" "), errors.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
