//! The whole city, from the plan to the files.

use std::path::Path;

use crate::dirt::Dealer;
use crate::dongs::Dongs;
use crate::places::Places;
use crate::plan::Plan;
use crate::population::Population;
use crate::sheet::Sheets;
use crate::streets::{City, Result, Routes, Streets, Written};
use crate::terrain::Terrain;
use crate::{buildings, roads, sewer, utilities, water};

/// What the delivery says about itself, and about the layer without a `.prj`.
const MANIFEST: &str = r#"profile = "kr-uis"
notice = { ko = "가상 자료", en = "synthetic data" }

[files."RDL_STLT_PS.shp"]
crs = "EPSG:5186"
"#;

/// What was written.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// Layers and tables with their numbers of features.
    pub(crate) layers: Vec<Written>,
    pub(crate) files: u64,
    pub(crate) dirt: Dealer,
}

/// Writes a city into a folder.
pub(crate) fn write(folder: &Path, plan: &Plan) -> Result<Report> {
    fs_err::create_dir_all(folder)?;
    build(folder, plan, write_all)
}

/// Lays out a city and lends it.
pub(crate) fn build<T>(folder: &Path, plan: &Plan, then: impl FnOnce(&City<'_>) -> T) -> T {
    let terrain = Terrain::new(plan);
    let dongs = Dongs::new(plan, &terrain);
    let mut streets = Streets::new(plan, &terrain);
    let routes = Routes::new(plan, &terrain, &mut streets);
    let sheets = Sheets::new();
    then(&City {
        folder,
        plan,
        terrain: &terrain,
        dongs: &dongs,
        streets: &streets,
        routes: &routes,
        sheets: &sheets,
    })
}

fn write_all(city: &City<'_>) -> Result<Report> {
    let mut dirt = Dealer::new();
    let mut places = Places::new(city.plan);
    let mut population = Population::default();
    let mut layers = vec![city.dongs.write(city.folder)?];
    layers.extend(roads::write(city, &mut dirt)?);
    let (mains, written) = water::write(city, &mut dirt)?;
    layers.extend(written);
    layers.extend(sewer::write(city, &mut dirt)?);
    layers.extend(utilities::write(city, &mut dirt)?);
    layers.extend(buildings::write(city, &mains, &mut places, &mut population, &mut dirt)?);
    // Five files to a layer; one lacks its `.prj`, one its `.cpg`; the manifest is one more.
    let files = 5 * layers.len() as u64 - 2 + 1;
    let mut tables = places.write(city)?;
    tables.push(population.write(city)?);
    let files = files + tables.len() as u64;
    layers.extend(tables);
    fs_err::write(city.folder.join("siseol.toml"), MANIFEST)?;
    Ok(Report { layers, files, dirt })
}
