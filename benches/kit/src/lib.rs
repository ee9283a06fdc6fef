//! What the benches share: the city that they ask about, the programs that they measure, the machine they run on,
//! and how they tell what came out.
//! Everything that they make is kept in one scratch folder and used again.

pub mod city;
pub mod http;
pub mod machine;
mod numbers;
pub mod programs;
pub mod register;
mod results;
mod running;
mod tool;

pub use numbers::{median, range, short, with_range};
pub use results::{end, options, publish, today};
pub use running::Running;
pub use tool::{command, run};

use anyhow::Result;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// One line of progress; where stderr is gone, nothing is lost.
pub fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").unwrap_or_default();
}

/// Makes the scratch folder and gives its absolute path.
pub fn scratch(folder: &Path) -> Result<PathBuf> {
    fs_err::create_dir_all(folder)?;
    Ok(fs_err::canonicalize(folder)?)
}

/// Removes a file or a folder, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    if path.is_dir() {
        fs_err::remove_dir_all(path)?;
    } else if path.exists() {
        fs_err::remove_file(path)?;
    }
    Ok(())
}
