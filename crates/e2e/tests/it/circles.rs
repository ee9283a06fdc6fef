//! Circles over a real town, held against geographiclib.

use crate::binary::{Server, corpora, document, folder};
use crate::oracle;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ffi::OsStr;

struct Facility {
    paths: Vec<Vec<[f64; 2]>>,
    area: bool,
    /// west, south, east, north.
    bounds: [f64; 4],
}

fn facility(geometry: &Json) -> Facility {
    let coordinates = geometry["coordinates"].clone();
    let (depth, area) = match geometry["type"].as_str().unwrap() {
        "Point" => (0, false),
        "MultiPoint" | "LineString" => (1, false),
        "MultiLineString" => (2, false),
        "Polygon" => (2, true),
        _ => (3, true),
    };
    let paths: Vec<Vec<[f64; 2]>> = match depth {
        0 => vec![vec![serde_json::from_value(coordinates).unwrap()]],
        1 => vec![serde_json::from_value(coordinates).unwrap()],
        2 => serde_json::from_value(coordinates).unwrap(),
        _ => {
            let nested: Vec<Vec<Vec<[f64; 2]>>> = serde_json::from_value(coordinates).unwrap();
            nested.into_iter().flatten().collect()
        }
    };
    let all = || paths.iter().flatten();
    let least = |axis: usize| all().map(|c| c[axis]).fold(f64::INFINITY, f64::min);
    let most = |axis: usize| all().map(|c| c[axis]).fold(f64::NEG_INFINITY, f64::max);
    let bounds = [least(0), least(1), most(0), most(1)];
    Facility { paths, area, bounds }
}

/// Whether a facility could be within `radius` at all: by degrees, with a fifth to spare.
fn could_be_near(facility: &Facility, [lon, lat]: [f64; 2], radius: f64) -> bool {
    let [west, south, east, north] = facility.bounds;
    let dlat = radius / 110_000.0 * 1.2 + 1e-6;
    let dlon = dlat / lat.to_radians().cos();
    west - dlon < lon && lon < east + dlon && south - dlat < lat && lat < north + dlat
}

/// A thousand in the long form, which `make verify` runs; fewer in CI.
fn how_many() -> usize {
    if std::env::var_os("SISEOL_THOROUGH").is_some() { 1_000 } else { 200 }
}

#[test]
fn circles_over_a_real_town_are_those_of_a_full_scan() {
    let Some(town) = corpora("city/nominatim/apidb-test-data.pbf") else { return };
    let folder = folder();
    let register = folder.path().join("town.gpkg");
    let report = document(&[OsStr::new("ingest"), register.as_os_str(), town.as_os_str()]);
    for layer in report["layers"].as_array().unwrap() {
        println!("{} {}", layer["layer"], layer["rows"]);
    }
    let server = Server::start(&register, &[]);
    let mut town: BTreeMap<i64, Facility> = BTreeMap::new();
    let (mut roads, mut buildings) = (0, 0);
    for collection in server.get("/api/collections")["collections"].as_array().unwrap() {
        let id = collection["id"].as_str().unwrap();
        let mut offset = 0;
        loop {
            let page =
                server.get(&format!("/api/collections/{id}/items?limit=10000&offset={offset}"));
            let features = page["features"].as_array().unwrap();
            for feature in features {
                let properties = &feature["properties"];
                roads += i32::from(id.ends_with("lines") && !properties["highway"].is_null());
                buildings +=
                    i32::from(id.ends_with("polygons") && !properties["building"].is_null());
                if !feature["geometry"].is_null() {
                    town.insert(feature["id"].as_i64().unwrap(), facility(&feature["geometry"]));
                }
            }
            offset += features.len();
            if features.is_empty() {
                break;
            }
        }
    }
    println!("{} facilities, {roads} roads, {buildings} buildings", town.len());
    assert_eq!((roads, buildings), (10_423, 18_202));

    let seed = 41_410;
    println!("seed {seed}");
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let all: Vec<&Facility> = town.values().collect();
    let mut compared = 0;
    for i in 0..how_many() {
        let around = all[rng.random_range(0..all.len())].paths[0][0];
        let mut nudge = || rng.random_range(-0.003..0.003);
        let at = [around[0] + nudge(), around[1] + nudge()].map(|v: f64| (v * 1e8).round() / 1e8);
        // Every third circle ends at a facility's nearest point, on the rim.
        let radius = if i % 3 == 0 {
            let rim = all[rng.random_range(0..all.len())];
            oracle::distance(at, &rim.paths, rim.area).clamp(1.0, 600.0)
        } else {
            rng.random_range(1.0..400.0)
        };
        let path = format!("/api/facilities?near={},{}&radius={radius}&limit=10000", at[0], at[1]);
        let answer = server.get(&path);
        let found: BTreeMap<i64, f64> = answer["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (f["id"].as_i64().unwrap(), f["properties"]["distance_m"].as_f64().unwrap()))
            .collect();
        assert_eq!(answer["numberMatched"].as_u64().unwrap(), found.len() as u64, "{path}");
        for (fid, facility) in town.iter().filter(|(_, f)| could_be_near(f, at, radius)) {
            let exact = oracle::distance(at, &facility.paths, facility.area);
            match found.get(fid) {
                Some(told) => assert!((told - exact).abs() < 1e-3, "{path} {fid}: {told} {exact}"),
                None => assert!(exact > radius - 1e-3, "{path} leaves out {fid} at {exact}"),
            }
            assert!(
                exact <= radius + 1e-3 || !found.contains_key(fid),
                "{path} has {fid} at {exact}"
            );
            compared += 1;
        }
        let possible = found.keys().all(|fid| could_be_near(&town[fid], at, radius));
        assert!(possible, "{path} has something far away");
    }
    println!("{compared} distances compared");
}
