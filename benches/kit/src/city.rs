//! The city that all systems load, made by `sample-city`.

use crate::{command, remove, run};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Says from what the city in the scratch folder was made; without it, it is made anew.
pub const MADE: &str = "made";

/// How large the city is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// About how many features it has.
    pub features: u32,
    /// Its side in km.
    pub side_km: f64,
}

/// A delivered city.
#[derive(Debug)]
pub struct City {
    /// The delivery.
    pub folder: PathBuf,
    /// What it was made from: another text means another city.
    pub name: String,
}

/// Makes the city, unless the scratch folder holds the same one already.
pub fn make(programs: &Path, work: &Path, size: Size) -> Result<City> {
    let folder = work.join("city");
    let name = format!("{} features, {} km", size.features, size.side_km);
    let made = work.join(MADE);
    if fs_err::read_to_string(&made).ok().as_deref() != Some(name.as_str()) {
        remove(&folder)?;
        run(command(programs.join("sample-city"), ["--features", &size.features.to_string()])
            .args(["--side-km", &size.side_km.to_string(), "--out"])
            .arg(&folder))?;
        fs_err::write(&made, &name)?;
    }
    Ok(City { folder, name })
}
