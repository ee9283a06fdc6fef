//! The city that all systems load: made by `sample-city`, read by the names that the profile gives its tables.

use crate::tool::{command, run};
use anyhow::{Context as _, Result};
use siseol_model::{GeometryKind, Profile};
use std::path::{Path, PathBuf};

const PROFILE: &str = include_str!("../../../schemas/kr-uis.toml");
const MADE: &str = "made";

/// How large the city is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) features: u32,
    pub(crate) side_km: f64,
}

/// A delivered city.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) folder: PathBuf,
    /// What it was made from: another text means another city.
    pub(crate) name: String,
    pub(crate) layers: Vec<Source>,
}

/// One delivered layer with geometry.
#[derive(Debug)]
pub(crate) struct Source {
    /// The layer's name in siseol.
    pub(crate) layer: String,
    pub(crate) file: PathBuf,
    /// The EPSG code of its coordinates.
    pub(crate) srid: u32,
    /// The fields whose values, joined by `-`, are the facility key.
    pub(crate) key: Vec<String>,
}

impl Source {
    pub(crate) fn is_table(&self) -> bool {
        self.file.extension().is_some_and(|e| e == "csv")
    }
}

/// Makes the city, unless the folder holds the same one already.
pub(crate) fn make(programs: &Path, work: &Path, size: Size) -> Result<City> {
    let folder = work.join("city");
    let program = programs.join("sample-city");
    let wanted = format!("{} features, {} km", size.features, size.side_km);
    let made = work.join(MADE);
    if fs_err::read_to_string(&made).ok().as_deref() != Some(wanted.as_str()) {
        if folder.exists() {
            fs_err::remove_dir_all(&folder)?;
        }
        run(command(program, ["--features", &size.features.to_string()])
            .args(["--side-km", &size.side_km.to_string(), "--out"])
            .arg(&folder))?;
        fs_err::write(&made, &wanted)?;
    }
    let layers = sources(&folder)?;
    Ok(City { folder, name: wanted, layers })
}

fn sources(folder: &Path) -> Result<Vec<Source>> {
    let profile = Profile::from_toml(PROFILE)?;
    let mut sources = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let file = entry?.path();
        let is_table = match file.extension().and_then(|e| e.to_str()) {
            Some("shp") => false,
            Some("csv") => true,
            _ => continue,
        };
        let stem = file.file_stem().and_then(|s| s.to_str()).context("a file without a name")?;
        let class = profile.class_of_table(stem).with_context(|| format!("no class for {stem}"))?;
        if class.geometry == Some(GeometryKind::None) {
            continue;
        }
        let srid = match stem {
            _ if is_table => 4326,
            _ if stem.starts_with("TL_") => 5179,
            _ => 5186,
        };
        sources.push(Source { layer: class.id.clone(), srid, key: class.key.clone(), file });
    }
    sources.sort_by(|a, b| a.layer.cmp(&b.layer));
    Ok(sources)
}
