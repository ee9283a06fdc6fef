//! A file whose grid is a question, held against a register of the same city.

use crate::binary::{corpora, document, folder, run, sample_city, sample_register, tool};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The grids that cannot be told apart by their numbers.
const ALIKE: [u32; 3] = [5174, 2097, 5181];

/// How far in metres the same numbers lie apart in two of them: 10.405 seconds of longitude, the shift from Bessel's figure
/// to GRS 80, and both.
fn apart(one: u32, other: u32) -> f64 {
    match [one.min(other), one.max(other)] {
        [2097, 5174] => 256.0,
        [5174, 5181] => 313.0,
        _ => 358.0,
    }
}

/// A table of the sample city in another grid, by PROJ through GDAL, and what the file says of its grid taken away.
fn in_grid(folder: &Path, table: &str, grid: u32, options: &[&str]) -> PathBuf {
    let to = folder.join(format!("{grid}"));
    fs_err::create_dir_all(&to).unwrap();
    let file = to.join(format!("{table}.shp"));
    let from = sample_city().join(format!("{table}.shp"));
    let grid = format!("EPSG:{grid}");
    let encoding = ["-lco", "ENCODING=CP949", "-t_srs", &grid];
    let files = [file.to_str().unwrap(), from.to_str().unwrap()];
    tool("ogr2ogr", &[&encoding[..], options, &files].concat());
    fs_err::remove_file(to.join(format!("{table}.prj"))).unwrap();
    file
}

fn inspected(file: &Path, register: &Path, extra: &[&str]) -> Json {
    let register = register.to_str().unwrap();
    let args =
        [&["inspect", file.to_str().unwrap(), "--against", register, "--json"], extra].concat();
    serde_json::from_slice(&run(&args).stdout).unwrap()
}

/// The medians of grids in the order told.
fn medians(candidates: &Json) -> Vec<(String, f64)> {
    let told = candidates.as_array().unwrap().iter();
    told.filter_map(|c| Some((c["crs"].as_str()?.to_owned(), c["misfit"]["median_m"].as_f64()?)))
        .collect()
}

#[test]
fn grids_that_look_alike_are_told_apart_by_the_same_facilities() {
    let folder = folder();
    for grid in ALIKE {
        let file = in_grid(folder.path(), "WTL_PIPE_LM", grid, &[]);
        let seen = inspected(&file, sample_register(), &[]);
        assert_eq!(seen["refused"][0]["issue"]["kind"], "CRS_UNKNOWN", "it stays a question");
        let question = &seen["questions"][0];
        assert_eq!(question["layer"], "water_pipe");
        let candidates = medians(&question["candidates"]);
        assert_eq!(candidates[0].0, format!("EPSG:{grid}"), "{candidates:?}");
        assert!(candidates[0].1 < 1.5, "{candidates:?}");
        assert_eq!(question["candidates"][0]["misfit"]["means"], "same_key");
        let others: BTreeMap<_, _> = candidates.into_iter().skip(1).collect();
        for other in ALIKE.iter().filter(|other| **other != grid) {
            let median = others[&format!("EPSG:{other}")];
            let expected = apart(grid, *other);
            assert!((median - expected).abs() < 3.0, "{grid} read as {other}: {median} m");
        }
    }
}

#[test]
fn without_keys_the_nearest_features_tell() {
    let folder = folder();
    let file = in_grid(folder.path(), "TL_SPBD_BULD", 5174, &["-select", "BDTYP_CD"]);
    let seen = inspected(&file, sample_register(), &[]);
    let question = &seen["questions"][0];
    let candidates = medians(&question["candidates"]);
    assert_eq!(candidates[0].0, "EPSG:5174", "{candidates:?}");
    assert!(candidates[0].1 < 1.5 && candidates[1].1 > 3.0, "{candidates:?}");
    assert_eq!(question["candidates"][0]["misfit"]["means"], "nearest");
    assert_eq!(question["candidates"][0]["misfit"]["against"], "building");
}

#[test]
fn a_grid_that_is_given_wrongly_is_seen() {
    let folder = folder();
    let file = in_grid(folder.path(), "WTL_PIPE_LM", 5174, &[]);
    let seen = inspected(&file, sample_register(), &["--crs", "EPSG:5181"]);
    let grid = &seen["layers"][0]["grid"];
    let own = grid["misfit"]["median_m"].as_f64().unwrap();
    assert!((own - apart(5174, 5181)).abs() < 3.0, "{grid}");
    let candidates = medians(&grid["candidates"]);
    assert_eq!(candidates[0].0, "EPSG:5174");
    let args =
        ["inspect", file.to_str().unwrap(), "--against", sample_register().to_str().unwrap()];
    let told = String::from_utf8(run(&args).stdout).unwrap();
    let best = told.lines().position(|line| line.contains("EPSG:5174")).unwrap();
    let worse = told.lines().position(|line| line.trim_start().starts_with("EPSG:2097")).unwrap();
    assert!(told.contains("of the same key") && best < worse, "{told}");
}

#[test]
fn the_districts_of_seoul_lie_on_another_survey_s_in_one_grid_only() {
    let Some(seoul) = corpora("korea/seoul-maps") else { return };
    let folder = folder();
    let register = folder.path().join("seoul.gpkg");
    let juso = seoul.join("juso/2015/shp/seoul_municipalities.shp");
    document(&["ingest", register.to_str().unwrap(), juso.to_str().unwrap()]);
    let kostat = seoul.join("kostat/2013/shp/original/seoul_municipalities.shp");
    let seen = inspected(&kostat, &register, &[]);
    let grid = &seen["layers"][0]["grid"];
    println!("{grid}");
    assert_eq!((&grid["crs"], &grid["grade"]), (&"EPSG:5174".into(), &"probable".into()));
    let own = grid["misfit"]["median_m"].as_f64().unwrap();
    let others: BTreeMap<_, _> = medians(&grid["candidates"]).into_iter().collect();
    for other in ["EPSG:2097", "EPSG:5181"] {
        assert!(own * 3.0 < others[other], "{other}: {} m, EPSG:5174: {own} m", others[other]);
    }
}
