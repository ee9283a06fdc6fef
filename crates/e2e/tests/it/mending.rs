//! What was found: told, written to a file to mend in, mended there by other programs, and settled by loading it again.

use crate::binary::{Server, folder, sample_city, tool};
use crate::city::City;
use crate::shapefile::Shapefile;
use serde_json::Value as Json;
use std::path::Path;

const TABLE: &str = "WTL_VALV_PS";
const LAYER: &str = "water_valve";

/// The layers of a city's document of findings, of which one is asked for.
fn standing(issues: &Json, layer: &str) -> Json {
    let layers = issues["layers"].as_array().unwrap();
    layers.iter().find(|standing| standing["layer"] == layer).unwrap().clone()
}

/// How many faults a check has found in a layer; none if it is not asked there.
fn found(standing: &Json, kind: &str) -> Option<u64> {
    let checks = standing["checks"].as_array().unwrap();
    checks.iter().find(|check| check["kind"] == kind)?["found"].as_u64()
}

#[test]
fn the_planted_faults_are_found_and_no_others() {
    let city = City::sample();
    let issues = city.told("issues", &[]);
    let planted = [
        (LAYER, "ID_DUPLICATE", 5),
        (LAYER, "OFF_PIPE", 48),
        ("hydrant", "ID_DUPLICATE", 5),
        ("gas_pipe", "ID_DUPLICATE", 6),
        ("water_meter", "REFERENCE_BROKEN", 8),
    ];
    for (layer, kind, count) in planted {
        assert_eq!(found(&standing(&issues, layer), kind), Some(count), "{layer} {kind}");
    }
    for standing in issues["layers"].as_array().unwrap() {
        for check in standing["checks"].as_array().unwrap() {
            let kind = check["kind"].as_str().unwrap();
            let layer = standing["layer"].as_str().unwrap();
            let is_planted = planted.iter().any(|(l, k, _)| (*l, *k) == (layer, kind));
            // The made streets let some pipes cross; nobody has counted them but the check.
            if !is_planted && kind != "CROSSING" {
                assert_eq!(check["found"], 0, "{layer} {kind}");
            }
        }
    }
    // Every valve off its pipe is so by 0.2 to 3 m, and says which one it is nearest to.
    let valves = standing(&issues, LAYER);
    let checks = valves["checks"].as_array().unwrap();
    let off = checks.iter().find(|check| check["kind"] == "OFF_PIPE").unwrap();
    for fault in off["examples"].as_array().unwrap() {
        let metres = fault["distance_m"].as_f64().unwrap();
        assert!((0.19..3.01).contains(&metres) && fault["other"].is_i64(), "{fault}");
    }
    let server = Server::start(&city.register, &[]);
    let report = server.get(&format!("/api/quality/{LAYER}"));
    assert_eq!(found(&report, "OFF_PIPE"), Some(48));
    let overview = server.get("/api/quality");
    assert_eq!(found(&standing(&overview, "water_meter"), "REFERENCE_BROKEN"), Some(8));
}

#[test]
fn an_ingest_tells_what_the_checks_find_unless_it_brings_a_part() {
    let city = City::sample();
    let valves = sample_city().join(format!("{TABLE}.shp"));
    let valves = valves.to_str().unwrap();
    let told = city.says(0, "ingest", &[valves, "--layer", LAYER]);
    assert!(told.contains("48 of 1,591 × 관로에서 벗어난 시설"), "{told}");
    assert!(!city.says(0, "ingest", &[valves, "--no-survey"]).contains("OFF_PIPE"));
    let part = folder();
    let mut few = Shapefile::read(&sample_city(), TABLE);
    few.keep(|row| row < 9);
    deliver(&few, part.path());
    let told = city.says(0, "ingest", &[part.path().to_str().unwrap()]);
    assert!(told.contains("siseol issues") && !told.contains("OFF_PIPE"), "{told}");
}

/// Writes a table of valves, with its side files, into a folder.
fn deliver(valves: &Shapefile, folder: &Path) {
    valves.write(folder, TABLE);
    for extension in ["prj", "cpg"] {
        let name = format!("{TABLE}.{extension}");
        fs_err::copy(sample_city().join(&name), folder.join(&name)).unwrap();
    }
}

/// Copies the geometries of the original valves into the rows to mend, by their numbers, as somebody would draw them.
fn mend(file: &Path, original: &Path, rows: &str) {
    let sql = format!(
        "ATTACH '{}' AS o; UPDATE quarantine_{LAYER} AS q SET geom = (SELECT v.geom FROM o.{TABLE} v \
         WHERE CAST(v.FTR_IDN AS TEXT) = CAST(q.FTR_IDN AS TEXT) ORDER BY v.fid LIMIT 1) WHERE {rows}",
        original.display()
    );
    tool("sqlite3", &[file.as_os_str(), sql.as_ref()]);
}

#[test]
fn quarantined_rows_are_mended_in_a_file_and_settled_by_loading_it() {
    let (place, city) = (folder(), City::new());
    let mut valves = Shapefile::read(&sample_city(), TABLE);
    let bad = [2, 4, 6];
    for (row, far) in bad.into_iter().zip([9e9, 9e9, f64::NAN]) {
        valves.shift(row, far, 0.0);
    }
    let keys =
        bad.map(|row| format!("{}-{}", valves.text(row, "FTR_CDE"), valves.text(row, "FTR_IDN")));
    deliver(&valves, place.path());
    let report = city.ingest(place.path(), &[]);
    assert_eq!(report["layers"][0]["rows"]["quarantined"], 3);
    let aside = |issues: &Json| -> Vec<Json> {
        let issues = issues["issues"].as_array().unwrap().iter();
        issues.filter(|issue| issue["quarantined"] == true).cloned().collect()
    };
    let found = aside(&city.told("issues", &[]));
    let named: Vec<_> = found.iter().map(|issue| issue["facility_key"].as_str().unwrap()).collect();
    assert_eq!(named, keys);

    // GDAL reads the file as QGIS does: the findings where they are, the rows with the layer's own fields.
    let [file, original] = ["mend.gpkg", "original.gpkg"].map(|name| place.path().join(name));
    let written = city.told("issues", &["--export", file.to_str().unwrap()]);
    assert_eq!(written["quarantined"], 3);
    let text =
        tool("ogrinfo", &["-ro", "-q", file.to_str().unwrap(), &format!("quarantine_{LAYER}")]);
    assert_eq!(text.matches("OGRFeature").count(), 3, "{text}");
    for (row, key) in bad.into_iter().zip(&keys) {
        assert!(text.contains(&format!("= {}\n", valves.text(row, "FTR_IDN"))), "{key}: {text}");
    }
    let listed = tool("ogrinfo", &["-ro", "-q", file.to_str().unwrap(), "findings"]);
    assert!(listed.contains("COORD_OUTSIDE_CRS") && listed.contains("POINT ("), "{listed}");

    // Two are mended at first. The third has no geometry yet, and stays aside.
    let shp = sample_city().join(format!("{TABLE}.shp"));
    tool("ogr2ogr", &["-f", "GPKG", original.to_str().unwrap(), shp.to_str().unwrap()]);
    mend(&file, &original, "geom IS NOT NULL");
    let report = city.ingest(&file, &[]);
    let layers = report["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 1, "the findings are no layer: {report}");
    assert_eq!(layers[0]["layer"], LAYER);
    assert_eq!(
        (&layers[0]["rows"]["accepted"], &layers[0]["rows"]["quarantined"]),
        (&2.into(), &1.into())
    );
    let left = aside(&city.told("issues", &[]));
    assert_eq!(left.len(), 1);
    assert_eq!(
        (&left[0]["kind"], &left[0]["facility_key"]),
        (&"NOT_MENDED".into(), &keys[2].clone().into())
    );

    let second = place.path().join("mend2.gpkg");
    city.told("issues", &["--export", second.to_str().unwrap(), "--layer", LAYER]);
    mend(&second, &original, "true");
    let report = city.ingest(&second, &["--layer", LAYER]);
    assert_eq!(report["layers"][0]["changes"]["inserted"], 1);
    let issues = city.told("issues", &["--layer", LAYER]);
    assert_eq!(aside(&issues), Vec::<Json>::new());
    // What was found about the other rows is still open, and nothing is forgotten.
    let is_open =
        |kind: &str| issues["issues"].as_array().unwrap().iter().any(|i| i["kind"] == kind);
    assert!(is_open("NUMBER_OVERFLOW") && !is_open("COORD_NAN"), "{issues}");
    let all = aside(&city.told("issues", &["--all"]));
    let mut cleared: Vec<_> = all.iter().map(|issue| issue["cleared"].as_i64()).collect();
    cleared.sort_unstable();
    assert_eq!(cleared, [Some(2), Some(2), Some(2), Some(3)]);
    let layers = city.told("layers", &[]);
    assert_eq!(
        (&layers["layers"][0]["rows"], &layers["layers"][0]["quarantined"]),
        (&1_592.into(), &0.into())
    );
    city.check();

    // Undone, the row is aside again.
    city.says(0, "undo", &["3"]);
    assert_eq!(aside(&city.told("issues", &[])), left);
    city.check();
}
