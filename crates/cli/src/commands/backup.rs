//! `siseol backup`: a verified copy.

use super::thousands;
use crate::args::Backup;
use crate::exit::Outcome;
use crate::output;
use serde_json::json;
use siseol_store::{Access, Register};

pub(crate) fn run(args: &Backup) -> anyhow::Result<Outcome> {
    let report = Register::open(&args.register, Access::Read)?.backup(&args.to)?;
    if args.json {
        output::json(&json!({
            "path": report.path, "bytes": report.bytes, "generation": report.generation,
            "stamp": report.stamp, "layers": report.layers, "rows": report.rows,
        }))?;
    } else {
        output::line(&format!(
            "{}: generation {}, {} layers, {} rows, {} bytes, verified",
            report.path.display(),
            report.generation,
            report.layers,
            thousands(report.rows),
            thousands(report.bytes),
        ))?;
    }
    Ok(Outcome::Done)
}
