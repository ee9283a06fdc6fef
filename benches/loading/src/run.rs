//! One program that loads, watched.

use anyhow::{Context as _, Result};
use bench_kit::{command, run};
use serde::Serialize;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

/// What one run took.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Run {
    /// From its start to its end.
    pub(crate) seconds: f64,
    /// Processor time, in the program and in the kernel for it.
    pub(crate) cpu_seconds: f64,
    /// The most memory that it held.
    pub(crate) peak_mb: f64,
}

/// Runs a program to its end under GNU time; gives what it printed, too.
pub(crate) fn watch(program: &OsStr, arguments: &[&OsStr], work: &Path) -> Result<(Run, String)> {
    let noted = work.join("time");
    let mut timed = command("/usr/bin/time", ["--format=%U %S %M", "--output"]);
    timed.arg(&noted).arg(program).args(arguments);
    // What was written before has to be on its disk, or this run waits for it.
    run(&mut command("sync", [""; 0]))?;
    let begun = Instant::now();
    let printed = run(&mut timed)?;
    let seconds = begun.elapsed().as_secs_f64();
    let text = fs_err::read_to_string(&noted)?;
    let (cpu_seconds, peak_mb) = parse(&text).with_context(|| format!("time said {text}"))?;
    Ok((Run { seconds, cpu_seconds, peak_mb }, printed))
}

/// Processor seconds, and memory from KiB to MB.
fn parse(text: &str) -> Option<(f64, f64)> {
    let mut numbers = text.split_whitespace().map_while(|word| word.parse::<f64>().ok());
    let [user, system, kib] = [numbers.next()?, numbers.next()?, numbers.next()?];
    Some((user + system, kib * 1024.0 / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_summed_and_memory_is_in_mb() {
        assert_eq!(parse("1.50 0.25 500000\n"), Some((1.75, 512.0)));
        assert_eq!(parse("Command exited\n"), None);
    }
}
