//! What GDAL, and with it QGIS, sees in a register.

use crate::kit::{
    Place, deliver, deliver_as, feature, layer, line, multi, now, point, provenance, read, rows,
    sql, valve_register,
};
use gdal::vector::{LayerAccess as _, OGRFieldType as FieldType, OGRwkbGeometryType as Geometry};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use siseol_model::{DeliveryMode, Field, FieldKind, GeometryKind, Label, Layer, Value};
use siseol_store::undo;
use std::path::Path;

fn open(path: &Path) -> Dataset {
    let open_flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR;
    Dataset::open_ex(path, DatasetOptions { open_flags, ..DatasetOptions::default() }).unwrap()
}

#[test]
fn gdal_reads_the_same_counts_grid_types_and_korean() {
    let place = Place::new();
    let mut fields = vec![
        Field::new("관경", FieldKind::Integer),
        Field::new("DEP", FieldKind::Float),
        Field::new("이름", FieldKind::Text),
        Field::new("DAY", FieldKind::Date),
        Field::new("USE", FieldKind::Boolean),
    ];
    fields[0].label = Some(Label::new("관경(구경)", "diameter"));
    fields[0].unit = Some("mm".into());
    fields[1].label = fields[0].label.clone();
    let values = vec![
        Value::Integer(300),
        Value::Float(1.25),
        Value::text("똠방길 상수관"),
        Value::Date("2020-02-29".parse().unwrap()),
        Value::Boolean(true),
    ];
    let one = line(&[200_000.0, 530_000.0, 200_010.0, 530_000.5]);
    let pipes = vec![
        feature("a", Some(one.clone()), values.clone()),
        feature("b", Some(multi(5, &[one.clone(), one])), values.clone()),
        feature("c", None, values),
    ];
    let pipe = layer("water_pipe", GeometryKind::Line, fields);
    let table = layer("코드", GeometryKind::None, vec![Field::new("C", FieldKind::Text)]);
    let codes = vec![feature("", None, vec![Value::text("x")])];
    deliver(&place.register(), &[(pipe, pipes), (table, codes)]).unwrap();

    let dataset = open(&place.register());
    let names: Vec<_> = dataset.layers().map(|l| l.name()).collect();
    for name in ["water_pipe", "코드", "siseol_issue", "siseol_change_set", "layer_styles"] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
    assert_eq!(names.len(), 5, "{names:?}");
    let mut pipe = dataset.layer_by_name("water_pipe").unwrap();
    assert_eq!(pipe.feature_count(), 3);
    assert_eq!(pipe.spatial_ref().unwrap().auth_code().unwrap(), 5186);
    assert_eq!(pipe.defn().geometry_type(), Geometry::wkbMultiLineString);
    let seen: Vec<_> = pipe.defn().fields().map(|f| (f.name(), f.field_type())).collect();
    let expected = [
        ("관경", FieldType::OFTInteger64),
        ("DEP", FieldType::OFTReal),
        ("이름", FieldType::OFTString),
        ("DAY", FieldType::OFTDate),
        ("USE", FieldType::OFTInteger),
    ];
    assert_eq!(seen, expected.map(|(n, t)| (n.to_owned(), t)));
    let extent = pipe.get_extent().unwrap();
    assert_eq!((extent.MinX, extent.MaxY), (200_000.0, 530_000.5));
    let first = pipe.features().next().unwrap();
    assert_eq!(first.fid(), Some(1));
    assert_eq!(first.field_as_string(2).unwrap().as_deref(), Some("똠방길 상수관"));
    assert_eq!(first.geometry().unwrap().geometry_name(), "MULTILINESTRING");
    drop(first);
    pipe.set_spatial_filter_rect(200_009.0, 530_000.0, 200_011.0, 530_001.0);
    assert_eq!(pipe.feature_count(), 2);
    assert_eq!(dataset.layer_by_name("코드").unwrap().feature_count(), 1);
    let titles: Vec<(String, String, String)> = sql(&place.register())
        .prepare("SELECT name, title, description FROM gpkg_data_columns ORDER BY rowid")
        .unwrap()
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = [("관경", "관경(구경)", "diameter [mm]"), ("DEP", "관경(구경)", "diameter")];
    assert_eq!(titles, expected.map(|(c, n, d)| (c.to_owned(), n.to_owned(), d.to_owned())));
}

#[test]
fn ogrinfo_finds_nothing_to_complain_of() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let run = std::process::Command::new("ogrinfo").arg("-so").arg(&path).arg("valve").output();
    let run = run.unwrap();
    let told = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success() && run.stderr.is_empty(), "{:?}", run.stderr);
    for part in ["Feature Count: 3000", "Geometry: Point", "관리기관: String", "FTR_IDN: Integer64"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
}

/// Two would cancel each other's locks on one file.
#[test]
fn gdal_and_the_register_share_one_sqlite() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    assert_eq!(open(&path).layer_count(), 4);
    let maps = fs_err::read_to_string("/proc/self/maps").unwrap();
    let loaded: std::collections::BTreeSet<_> =
        maps.split_whitespace().filter(|word| word.contains("libsqlite3")).collect();
    assert_eq!(loaded.len(), 1, "{loaded:?}");
}

#[test]
fn the_spatial_index_is_one_to_sqlite_and_answers_as_a_scan() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let connection = sql(&path);
    let verdict: String =
        connection.query_row("SELECT rtreecheck('rtree_valve_geom')", [], |r| r.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let dataset = open(&path);
    let mut valves = dataset.layer_by_name("valve").unwrap();
    for step in 0..40 {
        let (x, y) = (190_000.0 + f64::from(step * 97), 530_000.0 + f64::from(step * 89));
        let size = f64::from(step * 11);
        let by_index: i64 = connection
            .query_row(
                "SELECT count(*) FROM rtree_valve_geom WHERE maxx >= ?1 AND minx <= ?2 AND maxy >= ?3 AND miny <= ?4",
                (x, x + size, y, y + size),
                |r| r.get(0),
            )
            .unwrap();
        let scanned = valves
            .features()
            .filter(|f| {
                let (a, b, _) = f.geometry().unwrap().get_point(0);
                (x..=x + size).contains(&a) && (y..=y + size).contains(&b)
            })
            .count();
        assert_eq!(by_index, i64::try_from(scanned).unwrap(), "step {step}");
    }
}

#[test]
fn another_program_cannot_write_a_layer_behind_our_back() {
    let place = Place::new();
    let (path, layer, features) = valve_register(&place);
    for statement in [
        "UPDATE valve SET FTR_IDN = 1 WHERE fid = 1",
        "UPDATE valve SET geom = NULL WHERE fid = 1",
        "DELETE FROM valve WHERE fid = 1",
        "INSERT INTO valve(FTR_IDN) VALUES (1)",
    ] {
        // GDAL, and QGIS through it, has the functions that the triggers of the spatial index call.
        let run =
            std::process::Command::new("ogrinfo").arg(&path).arg("-sql").arg(statement).output();
        let told = String::from_utf8(run.unwrap().stderr).unwrap();
        assert!(told.contains("edit it through siseol"), "{told}");
    }
    let register = read(&path);
    assert!(register.check().unwrap().ok);
    assert!(rows(&register, &layer).into_iter().map(|(_, f)| f).eq(features));
}

#[test]
fn qgis_finds_a_style_for_each_layer() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let spot = layer("spot", GeometryKind::Point, Vec::new());
    deliver(&path, &[(spot, vec![feature("", Some(point(1.0, 2.0)), vec![])])]).unwrap();
    let styles: Vec<(String, String, bool)> = sql(&path)
        .prepare("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles ORDER BY id")
        .unwrap()
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(styles.iter().map(|s| s.0.as_str()).collect::<Vec<_>>(), ["valve", "spot"]);
    assert!(styles.iter().all(|(_, qml, default)| qml.contains("SimpleMarker") && *default));
}

#[test]
fn gdal_sees_what_later_deliveries_and_undos_made_of_a_layer() {
    let place = Place::new();
    let path = place.register();
    let fields = vec![Field::new("DIA", FieldKind::Integer)];
    let pipes = layer("pipe", GeometryKind::Line, fields);
    let row = |key, geometry| feature(key, Some(geometry), vec![Value::Integer(1)]);
    let one = line(&[0.0, 0.0, 10.0, 10.0]);
    let mut rows = vec![row("a", one.clone()), row("b", one.clone())];
    deliver_as(&path, &pipes, &rows, DeliveryMode::Upsert).unwrap();
    // GDAL keeps count of rows where it has made this table; its triggers do not see what siseol writes.
    sql(&path)
        .execute_batch(
            "CREATE TABLE gpkg_ogr_contents(table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
             INSERT INTO gpkg_ogr_contents VALUES ('pipe', 2)",
        )
        .unwrap();
    let look = || {
        let dataset = open(&path);
        let mut pipe = dataset.layer_by_name("pipe").unwrap();
        let extent = pipe.get_extent().unwrap();
        let names: Vec<_> =
            pipe.features().map(|f| f.geometry().unwrap().geometry_name()).collect();
        let edges = [extent.MinX, extent.MinY, extent.MaxX, extent.MaxY];
        (pipe.feature_count(), pipe.defn().geometry_type(), edges, names)
    };
    let seen = |n: usize, kind, edges: [f64; 4], name: &str| {
        (n as u64, kind, edges, vec![name.to_owned(); n])
    };
    let edges = [0.0, 0.0, 10.0, 10.0];
    assert_eq!(look(), seen(2, Geometry::wkbLineString, edges, "LINESTRING"));

    rows.push(row("c", multi(5, &[one, line(&[-5.0, 5.0, 50.0, -6.0])])));
    deliver_as(&path, &pipes, &rows, DeliveryMode::Upsert).unwrap();
    let edges = [-5.0, -6.0, 50.0, 10.0];
    assert_eq!(look(), seen(3, Geometry::wkbMultiLineString, edges, "MULTILINESTRING"));

    let high = Layer { has_z: true, ..pipes };
    let mut upright = vec![1, 0xea, 3, 0, 0, 2, 0, 0, 0];
    upright.extend([0.0, 0.0, 1.0, 0.0, 60.0, 2.0_f64].iter().flat_map(|v| v.to_le_bytes()));
    deliver_as(&path, &high, &[row("d", upright)], DeliveryMode::Append).unwrap();
    let edges = [-5.0, -6.0, 50.0, 60.0];
    assert_eq!(look(), seen(4, Geometry::wkbMultiLineString25D, edges, "MULTILINESTRING"));

    undo(&path, 2, provenance(), now(), false).unwrap();
    assert_eq!(look().0, 3);
    let verdict: String =
        sql(&path).query_row("SELECT rtreecheck('rtree_pipe_geom')", [], |r| r.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let run =
        std::process::Command::new("ogrinfo").args(["-al", "-so"]).arg(&path).output().unwrap();
    assert!(run.status.success() && run.stderr.is_empty(), "{:?}", run.stderr);
}
