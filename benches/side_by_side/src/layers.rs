//! The layers of the city, by the names that the profile gives its tables.

use anyhow::{Context as _, Result};
use siseol_ingest::DEFAULT_PROFILE;
use siseol_model::GeometryKind;
use std::path::{Path, PathBuf};

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

/// The layers of the delivery that have geometry, by name.
pub(crate) fn sources(folder: &Path) -> Result<Vec<Source>> {
    let profile = siseol_ingest::profile(DEFAULT_PROFILE)?;
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
