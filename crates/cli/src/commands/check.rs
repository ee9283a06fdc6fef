//! `siseol check`: is the register what it was when it was written?

use super::thousands;
use crate::args::Check;
use crate::exit::Outcome;
use crate::output;
use siseol_store::{Access, Register};

pub(crate) fn run(args: &Check) -> anyhow::Result<Outcome> {
    let report = Register::open(&args.register, Access::Read)?.check()?;
    if args.json {
        output::json(&report)?;
    } else {
        for layer in &report.layers {
            let verdict = if layer.faults.is_empty() { "ok" } else { "FAULTY" };
            output::line(&format!("{}: {} rows, {verdict}", layer.layer, thousands(layer.rows)))?;
            for fault in &layer.faults {
                output::line(&format!("  {fault}"))?;
            }
        }
        for fault in &report.faults {
            output::line(fault)?;
        }
        let verdict = if report.ok { "정상 / ok" } else { "손상 / faulty" };
        output::line(&format!("generation {}: {verdict}", report.generation))?;
    }
    Ok(if report.ok { Outcome::Done } else { Outcome::Findings })
}
