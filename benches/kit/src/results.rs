//! What a bench leaves behind, and how it ends.

use crate::say;
use anyhow::Result;
use serde::Serialize;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// What belongs to a machine and not to what was measured on it.
const PLACES: [&str; 3] = ["--work", "--results", "--listen"];

/// The day of the run.
pub fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// The options that this program was run with, but for those that only say where things are.
pub fn options() -> String {
    measuring(std::env::args().skip(1))
}

fn measuring(mut given: impl Iterator<Item = String>) -> String {
    let mut options = Vec::new();
    while let Some(option) = given.next() {
        match option.split_once('=') {
            Some((name, _)) if PLACES.contains(&name) => {}
            None if PLACES.contains(&option.as_str()) => drop(given.next()),
            _ => options.push(option),
        }
    }
    if options.is_empty() { "none".to_owned() } else { options.join(" ") }
}

/// Writes `<name>.json` and `<name>.md` into the folder, and prints the Markdown.
pub fn publish(folder: &Path, name: &str, document: &impl Serialize, markdown: &str) -> Result<()> {
    fs_err::create_dir_all(folder)?;
    fs_err::write(folder.join(name).with_extension("md"), markdown)?;
    let json = folder.join(name).with_extension("json");
    fs_err::write(&json, serde_json::to_vec_pretty(document)?)?;
    say(&format!("written: {}", json.display()));
    write!(std::io::stdout(), "{markdown}")?;
    Ok(())
}

/// The end of a bench; what went wrong is said.
pub fn end(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_those_that_change_what_is_measured() {
        let told = |given: &str| measuring(given.split_whitespace().map(str::to_owned));
        assert_eq!(told("--work a --passes 3 --results=b --rows 5,6"), "--passes 3 --rows 5,6");
        assert_eq!(told("--fresh --seed=7"), "--fresh --seed=7");
        assert_eq!(told("--work a"), "none");
    }
}
