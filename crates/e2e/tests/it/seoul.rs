//! Real deliveries of Seoul's districts: CP949 without a .cpg, a Bessel grid that is named by nobody.

use crate::binary::{corpora, document, folder};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

/// The mean of the vertices of each district's outer rings, by its name.
fn centroids(register: &Path, layer: &str, name: &str) -> BTreeMap<String, [f64; 2]> {
    let found = document(&[
        OsStr::new("find"),
        register.as_os_str(),
        OsStr::new("--layer"),
        OsStr::new(layer),
        OsStr::new("--limit"),
        OsStr::new("1000"),
    ]);
    found["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| {
            let middle = area_centroid(&feature["geometry"]);
            (feature["properties"][name].as_str().unwrap().to_owned(), middle)
        })
        .collect()
}

/// The centroid of the area within a polygon's or multi-polygon's outer rings.
fn area_centroid(geometry: &Json) -> [f64; 2] {
    let polygons = match geometry["type"].as_str().unwrap() {
        "Polygon" => vec![geometry["coordinates"].clone()],
        _ => geometry["coordinates"].as_array().unwrap().clone(),
    };
    let (mut area, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
    for polygon in &polygons {
        let ring: Vec<[f64; 2]> = serde_json::from_value(polygon[0].clone()).unwrap();
        let [x0, y0] = ring[0];
        for edge in ring.windows(2) {
            let (ax, ay) = (edge[0][0] - x0, edge[0][1] - y0);
            let (bx, by) = (edge[1][0] - x0, edge[1][1] - y0);
            let cross = ax * by - bx * ay;
            area += cross / 2.0;
            x_sum += cross * (ax + bx) / 6.0 + cross / 2.0 * x0;
            y_sum += cross * (ay + by) / 6.0 + cross / 2.0 * y0;
        }
    }
    [x_sum / area, y_sum / area]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn an_unnamed_bessel_grid_lands_where_an_independent_survey_has_it() {
    let Some(seoul) = corpora("korea/seoul-maps") else { return };
    let folder = folder();
    let register = folder.path().join("seoul.gpkg");
    let report = document(&[
        OsStr::new("ingest"),
        register.as_os_str(),
        seoul.join("kostat/2013/shp/original").as_os_str(),
        OsStr::new("--crs"),
        OsStr::new("EPSG:5174"),
    ]);
    let rows: BTreeMap<_, _> = report["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| (l["layer"].as_str().unwrap(), l["rows"]["accepted"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        rows,
        BTreeMap::from([("seoul_municipalities", 25), ("seoul_submunicipalities", 423)])
    );
    for layer in report["layers"].as_array().unwrap() {
        assert_eq!(layer["crs"], "EPSG:5174");
        assert_eq!(layer["encoding"], "CP949");
    }
    let juso = folder.path().join("juso.gpkg");
    document(&[
        OsStr::new("ingest"),
        juso.as_os_str(),
        seoul.join("juso/2015/shp/seoul_municipalities.shp").as_os_str(),
    ]);
    let ours = centroids(&register, "seoul_municipalities", "name");
    let theirs = centroids(&juso, "seoul_municipalities", "SIG_KOR_NM");
    assert_eq!(ours.len(), 25);
    let pairs: Vec<_> = ours.iter().map(|(name, at)| (at, theirs[name])).collect();
    assert!(ours.contains_key("종로구"), "{:?}", ours.keys());
    let east = median(pairs.iter().map(|(a, b)| (a[0] - b[0]) * 88_300.0).collect());
    let north = median(pairs.iter().map(|(a, b)| (a[1] - b[1]) * 111_000.0).collect());
    println!("median offset: {east:.1} m east, {north:.1} m north");
    assert!(east.abs() < 30.0 && north.abs() < 30.0, "{east} {north}");
}
