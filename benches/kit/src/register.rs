//! The register of the city.

use crate::city::City;
use crate::{command, remove, run};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Says which city the register in the scratch folder holds; without it, it is loaded anew.
pub const LOADED: &str = "ingested";

/// Loads the city, unless the scratch folder has a register of it that this siseol can read.
pub fn make(programs: &Path, work: &Path, city: &City) -> Result<PathBuf> {
    let siseol = programs.join("siseol");
    let register = work.join("city.siseol.gpkg");
    let loaded = work.join(LOADED);
    let is_of_the_city =
        fs_err::read_to_string(&loaded).ok().as_deref() == Some(city.name.as_str());
    if !is_of_the_city || run(command(&siseol, ["layers"]).arg(&register)).is_err() {
        remove(&register)?;
        run(command(&siseol, ["ingest"]).arg(&register).arg(&city.folder))?;
        fs_err::write(&loaded, &city.name)?;
    }
    Ok(register)
}
