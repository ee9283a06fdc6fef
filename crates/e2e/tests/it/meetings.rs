//! What a delivery may not do to a layer that the register has: it is stopped with names and with the way out.

use crate::binary::{folder, sample_city, tool};
use crate::city::City;
use crate::shapefile::Shapefile;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

const LAYER: &str = "road_section";
const TABLE: &str = "RDL_SECT_LS";
const GRID: &str = "EPSG:5186";
const ROWS: usize = 942;

/// A register of one layer, and the folder of the layer's next delivery.
struct Roads {
    city: City,
    folder: tempfile::TempDir,
    file: Shapefile,
}

impl Roads {
    fn new() -> Self {
        let (city, folder) = (City::new(), folder());
        for extension in ["shp", "shx", "dbf", "prj", "cpg"] {
            let name = format!("{TABLE}.{extension}");
            fs_err::copy(sample_city().join(&name), folder.path().join(&name)).unwrap();
        }
        city.ingest(folder.path(), &[]);
        let file = Shapefile::read(folder.path(), TABLE);
        assert_eq!(file.len(), ROWS);
        Self { city, folder, file }
    }

    fn write(&self) {
        self.file.write(self.folder.path(), TABLE);
    }

    /// What is said of a delivery that is stopped for that reason.
    fn stopped(&self, kind: &str, extra: &[&str]) -> String {
        let source = self.folder.path().to_str().unwrap();
        let text = self.city.refuses(3, "ingest", &[&[source], extra].concat());
        assert!(text.contains(kind) && text.contains(TABLE) && text.contains(LAYER), "{text}");
        text
    }

    /// What a delivery did to the layer.
    fn changes(&self, extra: &[&str]) -> Json {
        let report = self.city.ingest(self.folder.path(), extra);
        report["layers"][0]["changes"].clone()
    }
}

#[test]
fn a_replace_that_would_delete_a_fifth_has_to_be_allowed() {
    let mut roads = Roads::new();
    let fifth = ROWS / 5;
    roads.file.keep(|row| row > fifth);
    roads.write();
    let deletes = (fifth + 1).to_string();
    for extra in [&["--mode", "replace"][..], &["--mode", "replace", "--dry-run"]] {
        let text = roads.stopped("TOO_MANY_DELETES", extra);
        assert!(text.contains(&format!("--allow-deletes {deletes}")), "{text}");
    }
    let one_less = fifth.to_string();
    roads.stopped("TOO_MANY_DELETES", &["--mode", "replace", "--allow-deletes", &one_less]);
    let changes = roads.changes(&["--mode", "replace", "--allow-deletes", &deletes]);
    assert_eq!(
        (&changes["deleted"], &changes["unchanged"]),
        (&json!(fifth + 1), &json!(ROWS - fifth - 1))
    );
    roads.city.check();

    // A fifth itself is no more than is usual.
    let mut roads = Roads::new();
    roads.file.keep(|row| row >= fifth);
    roads.write();
    assert_eq!(roads.changes(&["--mode", "replace"])["deleted"], fifth);
}

#[test]
fn an_append_of_keys_that_are_there_is_stopped_and_one_of_new_keys_is_not() {
    let mut roads = Roads::new();
    let text = roads.stopped("KEY_TAKEN", &["--mode", "append"]);
    let key = format!("{}-{}", roads.file.text(0, "FTR_CDE"), roads.file.text(0, "FTR_IDN"));
    assert!(text.contains(&ROWS.to_string()) && text.contains(&key), "{text}");
    roads.file.keep(|row| row < 7);
    for row in 0..7 {
        roads.file.set(row, "FTR_IDN", &(900_001 + row).to_string());
    }
    roads.write();
    let changes = roads.changes(&["--mode", "append"]);
    assert_eq!((&changes["inserted"], &changes["missing"]), (&json!(7), &json!(0)));
    roads.city.check();
}

#[test]
fn other_columns_and_other_shapes_are_refused_by_name() {
    let mut roads = Roads::new();
    roads.file.rename("ROT_NAM", "ROT_NAME2");
    roads.write();
    let text = roads.stopped("FIELDS_DIFFER", &[]);
    assert!(text.contains("ROT_NAM,") || text.contains("ROT_NAM;"), "{text}");
    assert!(text.contains("ROT_NAME2"), "{text}");

    let points = folder();
    for extension in ["shp", "shx", "dbf", "prj", "cpg"] {
        let name = format!("WTL_FIRE_PS.{extension}");
        fs_err::copy(sample_city().join(&name), points.path().join(&name)).unwrap();
    }
    let source = points.path().to_str().unwrap();
    let text = roads.city.refuses(3, "ingest", &[source, "--layer", LAYER]);
    for word in ["GEOMETRY_DIFFERS", "WTL_FIRE_PS", LAYER, "Point", "Line"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

/// GDAL's transformation of a layer from one grid into another.
fn transform((file, layer): (&Path, &str), [from, into]: [&str; 2], form: &[&str], to: &Path) {
    let grids = ["-s_srs", from, "-t_srs", into, "-f"].map(OsStr::new);
    let form: Vec<_> = form.iter().map(OsStr::new).collect();
    let files = [to.as_os_str(), file.as_os_str(), layer.as_ref()];
    tool("ogr2ogr", &[&grids[..], &form, &files].concat());
}

/// Each road's coordinates in the sample city's grid, by GDAL.
fn coordinates(layer: (&Path, &str), grid: &str, folder: &Path) -> BTreeMap<i64, Vec<[f64; 2]>> {
    let form = ["GeoJSON", "-lco", "COORDINATE_PRECISION=9"];
    let to = folder.join(format!("{}.geojson", layer.1));
    transform(layer, [grid, GRID], &form, &to);
    let read: Json = serde_json::from_str(&fs_err::read_to_string(to).unwrap()).unwrap();
    let feature = |feature: &Json| {
        let number = feature["properties"]["FTR_IDN"].as_i64().unwrap();
        let line = &feature["geometry"]["coordinates"];
        (number, serde_json::from_value(line.clone()).unwrap())
    };
    read["features"].as_array().unwrap().iter().map(feature).collect()
}

#[test]
fn another_grid_is_refused_and_brought_into_the_layers_own_if_asked() {
    // One of the same datum, and one of the old datum on another ellipsoid.
    for grid in ["EPSG:5187", "EPSG:5174"] {
        let mut roads = Roads::new();
        for row in 0..ROWS {
            roads.file.shift(row, 10.0, -10.0);
        }
        let moved = folder();
        for extension in ["prj", "cpg"] {
            let name = format!("{TABLE}.{extension}");
            fs_err::copy(sample_city().join(&name), moved.path().join(&name)).unwrap();
        }
        roads.file.write(moved.path(), TABLE);
        let form = ["ESRI Shapefile", "-lco", "ENCODING=CP949"];
        let delivered = roads.folder.path().join(format!("{TABLE}.shp"));
        for extension in ["shp", "shx", "dbf", "prj", "cpg"] {
            fs_err::remove_file(delivered.with_extension(extension)).unwrap();
        }
        let original = moved.path().join(format!("{TABLE}.shp"));
        transform((&original, TABLE), [GRID, grid], &form, &delivered);

        let given = ["--force-crs", grid];
        let text = roads.stopped("GRID_DIFFERS", &given);
        assert!(text.contains(grid) && text.contains(GRID), "{text}");
        assert!(text.contains("--reproject"), "{text}");
        let changes = roads.changes(&[&given[..], &["--reproject"]].concat());
        assert_eq!((&changes["updated"], &changes["inserted"]), (&json!(ROWS), &json!(0)));
        roads.city.check();

        let expected = coordinates((&delivered, TABLE), grid, moved.path());
        let kept = coordinates((&roads.city.register, LAYER), GRID, moved.path());
        assert_eq!(kept.len(), ROWS);
        for (number, line) in &kept {
            let wanted = &expected[number];
            assert_eq!(line.len(), wanted.len(), "{number}");
            for (found, wanted) in line.iter().zip(wanted) {
                let apart = (found[0] - wanted[0]).hypot(found[1] - wanted[1]);
                assert!(apart < 0.001, "{grid}: road {number} is {apart} m off");
            }
        }
    }
}
