//! Tells Cargo that the web map is part of the crate, so that a new web build makes a new program.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    // The folder has to be there to be watched; it is empty, and ignored by git, until the web map is built.
    std::fs::create_dir_all("web/dist")?;
    writeln!(std::io::stdout(), "cargo::rerun-if-changed=web/dist")
}
