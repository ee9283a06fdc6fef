//! Real files, where they are at hand: `SISEOL_CORPORA` names the folder.

use crate::town::{Town, crs};
use siseol_crs::LonLatTransform;
use siseol_ingest::{IngestError, Options, inspect};
use siseol_model::{Shape, ToLonLat as _, Value};
use siseol_ogr::{Attributes, Format, Reading, Row, Source};
use std::path::{Path, PathBuf};

fn corpus(path: &str) -> Option<PathBuf> {
    if let Some(root) = std::env::var_os("SISEOL_CORPORA") {
        return Some(Path::new(&root).join(path));
    }
    println!("left out: SISEOL_CORPORA is not set, so {path} is not tested");
    None
}

const SEOUL: &str = "korea/seoul-maps/kostat/2013/shp/original";
const SEOUL_2015: &str = "korea/seoul-maps/juso/2015/shp";

#[test]
fn the_seoul_files_load_in_their_grid_with_readable_names() {
    let (Some(source), Some(other)) = (corpus(SEOUL), corpus(SEOUL_2015)) else { return };
    let town = Town::new();
    let report = town.load(&source, &Options::default());
    let rows: Vec<_> = report.layers.iter().map(|l| (l.layer.as_str(), l.rows.accepted)).collect();
    assert_eq!(rows, [("seoul_municipalities", 25), ("seoul_submunicipalities", 423)]);
    for layer in &report.layers {
        assert_eq!(layer.crs.code(), 5174);
        assert!(layer.crs_evidence.contains("by its parameters"), "{}", layer.crs_evidence);
        assert_eq!(layer.encoding, "CP949");
    }
    let asked = Town::new();
    assert_eq!(asked.load(&source, &crs(5174)).layers.len(), 2);
    let names = names(&town, "seoul_municipalities");
    assert!(names.contains(&"강남구".to_owned()), "{names:?}");

    // Independent of the first and in degrees: without the shift of datum the medians would be 207 m and 305 m.
    let later = Town::new();
    later.load(&other.join("seoul_municipalities.shp"), &crs(4326));
    let ours = centroids(&town, "seoul_municipalities", 5174);
    let theirs = centroids(&later, "seoul_municipalities", 4326);
    let mut offsets = [Vec::new(), Vec::new()];
    for (name, [lon, lat]) in &ours {
        let Some((_, [lon2, lat2])) = theirs.iter().find(|(n, _)| n == name) else { continue };
        offsets[0].push(((lon - lon2) * 111_320.0 * lat.to_radians().cos()).abs());
        offsets[1].push(((lat - lat2) * 110_990.0).abs());
    }
    assert_eq!(offsets[0].len(), 25);
    for axis in &mut offsets {
        axis.sort_by(f64::total_cmp);
        println!("median offset {:.1} m", axis[12]);
        assert!(axis[12] < 30.0, "{axis:?}");
    }
}

fn names(town: &Town, layer: &str) -> Vec<String> {
    town.rows(layer).iter().flat_map(|r| &r.2).map(ToString::to_string).collect()
}

/// Area-weighted centroids by the district's Korean name, longitude and latitude.
fn centroids(town: &Town, layer: &str, code: u32) -> Vec<(String, [f64; 2])> {
    let transform = LonLatTransform::new(siseol_model::Crs::epsg(code)).unwrap();
    let mut shape = Shape::default();
    town.rows(layer)
        .iter()
        .map(|(_, geometry, values)| {
            shape.read_wkb(geometry.as_deref().unwrap()).unwrap();
            let (mut area, mut cx, mut cy) = (0.0, 0.0, 0.0);
            let [x0, y0] = shape.coords[0];
            for ring in shape.as_ref().paths() {
                for edge in ring.windows(2) {
                    let ([x1, y1], [x2, y2]) = (edge[0], edge[1]);
                    let (x1, y1, x2, y2) = (x1 - x0, y1 - y0, x2 - x0, y2 - y0);
                    let cross = x1 * y2 - x2 * y1;
                    area += cross;
                    cx += (x1 + x2) * cross;
                    cy += (y1 + y2) * cross;
                }
            }
            let mut centre = [[x0 + cx / (3.0 * area), y0 + cy / (3.0 * area)]];
            transform.to_lon_lat(&mut centre).unwrap();
            let name = values.iter().map(ToString::to_string).find(|v| v.ends_with('구')).unwrap();
            (name, centre[0])
        })
        .collect()
}

#[test]
fn attributes_are_those_that_gdal_reads() {
    for folder in [SEOUL, SEOUL_2015] {
        let Some(folder) = corpus(folder) else { return };
        for entry in fs_err::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "shp") {
                same_as_gdal(&path);
            }
        }
    }
}

/// Every value and every geometry of the register is what GDAL reads with the encoding told to it.
fn same_as_gdal(path: &Path) {
    let town = Town::new();
    town.load(path, &Options { encoding: Some("cp949".to_owned()), ..Options::default() });
    let layer = town.layers().remove(0).layer;
    let ours = town.rows(layer.name.as_str());
    let mut source =
        Source::open_with(path, Format::Shapefile, Attributes::In("CP949"), &Reading::Here)
            .unwrap();
    let mut rows = source.rows(0).unwrap();
    let mut row = Row::default();
    for (_, geometry, values) in &ours {
        assert!(rows.next(&mut row).unwrap());
        for (ours, theirs) in values.iter().zip(&row.values) {
            match (ours, theirs) {
                // GDAL takes blanks from both ends.
                (Value::Text(a), Value::Text(b)) => assert_eq!(a.trim(), b.trim()),
                (Value::Integer(a), Value::Float(b)) => assert_eq!(a.to_string(), b.to_string()),
                (a, b) => assert_eq!(a, b, "{}", path.display()),
            }
        }
        // The register makes a lone polygon in a layer of multi-polygons one of a single part.
        let theirs = row.geometry.as_deref().unwrap();
        assert!(geometry.as_deref().unwrap().ends_with(&theirs[9..]), "bit for bit");
    }
    assert!(!rows.next(&mut row).unwrap());
}

#[test]
fn archives_with_korean_names_are_read() {
    let Some(folder) = corpus("korea/gyeonggi-sicm") else { return };
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "zip") {
            continue;
        }
        let inspection = inspect(std::slice::from_ref(&path), &Options::default()).unwrap();
        println!(
            "{}: {} layers, {} refused",
            path.display(),
            inspection.layers.len(),
            inspection.refused.len()
        );
        for layer in &inspection.layers {
            println!(
                "  {} {:?} rows, {} {}",
                layer.source, layer.rows, layer.encoding, layer.grid.evidence
            );
        }
        for refused in inspection.refused.iter().take(5) {
            println!(
                "  refused {}: {} {}",
                refused.source,
                refused.issue.kind.code(),
                refused.issue.text
            );
        }
        let all = inspection
            .layers
            .iter()
            .map(|l| &l.source)
            .chain(inspection.refused.iter().map(|r| &r.source));
        for name in all {
            assert!(!name.contains('\u{fffd}'), "{name}");
        }
    }
}

#[test]
fn every_bad_file_has_an_outcome_and_a_refused_one_writes_nothing() {
    let Some(root) = corpus("bad") else { return };
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() > 100);
    let (mut loaded, mut refused) = (0, 0);
    for file in files {
        for options in [Options::default(), crs(4326)] {
            let town = Town::new();
            let name = file.strip_prefix(&root).unwrap().display().to_string();
            match town.ingest(std::slice::from_ref(&file), &options) {
                Ok(report) => {
                    loaded += 1;
                    for layer in &report.layers {
                        assert!(layer.rows.adds_up(), "{name}");
                        println!(
                            "{name}: {} {:?} {:?}",
                            layer.layer,
                            layer.rows,
                            crate::town::found(layer)
                        );
                    }
                    assert!(town.register().exists());
                }
                Err(IngestError::Refused { report }) => {
                    refused += 1;
                    assert!(!report.refused.is_empty(), "{name}");
                    for r in &report.refused {
                        println!("{name}: {} {}", r.issue.kind.code(), r.issue.text);
                    }
                    assert!(!town.register().exists(), "{name}");
                }
                Err(error) => panic!("{name}: {error} {:?}", std::error::Error::source(&error)),
            }
        }
    }
    println!("{loaded} loaded, {refused} refused");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn roads_and_buildings_of_an_osm_extract() {
    let Some(folder) = corpus("city/nominatim") else { return };
    let pbf = fs_err::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "pbf"))
        .unwrap();
    let town = Town::new();
    let report =
        town.load(&pbf, &Options { profile: Some("generic".to_owned()), ..Options::default() });
    for layer in &report.layers {
        println!("{} {:?} {:?}", layer.layer, layer.rows, crate::town::found(layer));
    }
    let with = |suffix: &str, field: &str| {
        let entry =
            town.layers().into_iter().find(|e| e.layer.name.as_str().ends_with(suffix)).unwrap();
        let place = entry.layer.field_index(field).unwrap();
        let rows = town.rows(entry.layer.name.as_str());
        rows.iter().filter(|r| !r.2[place].is_null()).count()
    };
    assert_eq!(with("_lines", "highway"), 10_423);
    assert_eq!(with("_polygons", "building"), 18_202);
}
