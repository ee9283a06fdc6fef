//! The other programs: are they there?

use anyhow::{Result, ensure};
use std::path::Path;

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
