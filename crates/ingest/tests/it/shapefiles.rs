//! Shapefiles that are right, and those whose rows are not.

use crate::files::{Col, dbf, encode, null, parts, point};
use crate::town::{Town, crs, found};
use jiff::civil::date;
use siseol_ingest::Options;
use siseol_model::{Crs, Fate, FieldKind, GeometryKind, IssueKind, Value};
use siseol_ogr::{Format, Reading, Row, Source};
use std::collections::HashSet;

const VALVE: &[Col] = &[
    ("FTR_CDE", b'C', 6, 0),
    ("FTR_IDN", b'N', 10, 0),
    ("관경", b'N', 8, 2),
    ("IST_YMD", b'D', 8, 0),
    ("이름", b'C', 10, 0),
];

#[test]
fn rows_keep_their_coordinates_values_and_keys() {
    let town = Town::new();
    let name = encode("제수변");
    let table = dbf(
        VALVE,
        &[
            (b' ', &[b"SA200", b"12", b"0.10", b"20200229", &name]),
            (b'*', &[b"SA200", b"13", b"", b"", b""]),
            (b' ', &[b"SA200", b"14", b"", b"00000000", b""]),
        ],
    );
    let shapes = [point(0.1 + 0.2, 529_156.766), point(1.0, 2.0), point(194_260.0, 529_157.0)];
    let shp = town.shapefile("WTL_VALV_PS", 1, &shapes, &table);
    let report = town.load(&shp, &crs(5186));
    let layer = &report.layers[0];
    assert_eq!(layer.layer.as_str(), "water_valve");
    assert_eq!((layer.rows.read, layer.rows.accepted, layer.rows.deleted), (3, 2, 1));
    assert_eq!(layer.encoding, "CP949");
    assert!(found(layer).contains(&(IssueKind::DeletedRows, 1)));
    let rows = town.rows("water_valve");
    assert_eq!(rows[0].0.as_deref(), Some("SA200-12"));
    let wkb = rows[0].1.as_deref().unwrap();
    assert_eq!(wkb[5..13], (0.1_f64 + 0.2).to_le_bytes());
    assert_eq!(
        rows[0].2,
        [
            Value::text("SA200"),
            Value::Integer(12),
            Value::Float(0.1),
            Value::Date(date(2020, 2, 29)),
            Value::text("제수변")
        ]
    );
    assert!(rows[1].2[2..].iter().all(Value::is_null));
    let stored = town.layers().remove(0).layer;
    assert_eq!((stored.geometry, stored.has_z), (GeometryKind::Point, false));
    assert_eq!(stored.fields[2].name, "관경");
    assert_eq!(stored.class.key, ["FTR_CDE", "FTR_IDN"]);
}

#[test]
fn each_bad_cell_has_its_outcome_and_the_other_rows_go_on() {
    let town = Town::new();
    let columns: &[Col] =
        &[("N", b'N', 5, 1), ("D", b'D', 8, 0), ("T", b'C', 5, 0), ("ID", b'N', 19, 0)];
    let good = encode("강남");
    let cut = &encode("강남구")[..5];
    let table = dbf(
        columns,
        &[
            (b' ', &[b"1.5", b"20200101", &good, b"9007199254740993"]),
            (b' ', &[b"*****", b"20200101", b"a", b""]),
            (b' ', &[b"abc", b"20200101", b"a", b""]),
            (b' ', &[b"1e400", b"20200101", b"a", b""]),
            (b' ', &[b"1", b"20230231", b"a", b""]),
            (b' ', &[b"1", b"", b"a\0b", b""]),
            (b' ', &[b"1", b"", b"a\xffb", b""]),
            (b' ', &[b"1", b"", cut, b""]),
        ],
    );
    let shapes: Vec<_> = (0..8).map(|i| point(194_000.0 + f64::from(i), 529_000.0)).collect();
    let shp = town.shapefile("a", 1, &shapes, &table);
    let options = Options { encoding: Some("cp949".to_owned()), ..crs(5186) };
    let report = town.load(&shp, &options);
    let layer = &report.layers[0];
    assert_eq!((layer.rows.accepted, layer.rows.repaired, layer.rows.quarantined), (1, 3, 4));
    for kind in [
        IssueKind::NumberOverflow,
        IssueKind::NumberInvalid,
        IssueKind::NumberRange,
        IssueKind::DateInvalid,
        IssueKind::TextNul,
        IssueKind::TextUndecodable,
        IssueKind::TextCut,
        IssueKind::IdAsText,
    ] {
        assert!(found(layer).contains(&(kind, 1)), "{kind:?}: {:?}", found(layer));
    }
    let undecodable = layer.findings.iter().find(|f| f.kind == IssueKind::TextUndecodable).unwrap();
    assert_eq!(undecodable.examples[0].value.as_deref(), Some("61ff62"));
    assert_eq!(undecodable.examples[0].row, Some(7));
    assert_eq!(town.rows("a")[0].2[3], Value::text("9007199254740993"));
    assert_eq!(town.rows("a").last().unwrap().2[2], Value::text("강남"));
    assert_eq!(town.layers()[0].quarantined, 4);
}

#[test]
fn each_bad_shape_has_its_outcome() {
    let town = Town::new();
    let square = [[0.0, 0.0], [0.0, 9.0], [9.0, 9.0], [9.0, 0.0], [0.0, 0.0]]
        .map(|[x, y]| [194_000.0 + x, 529_000.0 + y]);
    let mut nan = square;
    nan[1][0] = f64::NAN;
    let mut away = square;
    away[2] = [1e300, 1e300];
    let mut part_index = parts(5, &[&square]);
    part_index[40..44].copy_from_slice(&(-5_i32).to_le_bytes());
    let mut many = parts(5, &[&square]);
    many[40..44].copy_from_slice(&i32::MAX.to_le_bytes());
    let bow = [square[0], square[2], square[1], square[3], square[0]];
    let shapes = [
        parts(5, &[&square]),
        null(),
        parts(5, &[&square[..4]]),
        parts(5, &[&nan]),
        parts(5, &[&away]),
        part_index,
        many,
        parts(3, &[&square]),
        parts(5, &[&square[..2]]),
        parts(5, &[&bow]),
    ];
    let expected = [
        None,
        Some(IssueKind::GeometryNull),
        Some(IssueKind::RingClosed),
        Some(IssueKind::CoordinateNan),
        Some(IssueKind::CoordinateRange),
        Some(IssueKind::GeometryCorrupt),
        Some(IssueKind::GeometryCorrupt),
        Some(IssueKind::GeometryType),
        Some(IssueKind::RingTooShort),
        Some(IssueKind::SelfIntersection),
    ];
    let cells: &[&[u8]] = &[b"1"];
    let table = dbf(&[("A", b'N', 5, 0)], &vec![(b' ', cells); shapes.len()]);
    let shp = town.shapefile("a", 5, &shapes, &table);
    let report = town.load(&shp, &crs(5186));
    let layer = &report.layers[0];
    for (row, kind) in (1..).zip(expected) {
        let seen: Vec<_> = layer
            .findings
            .iter()
            .filter(|f| f.examples.iter().any(|e| e.row == Some(row)))
            .map(|f| f.kind)
            .collect();
        assert_eq!(seen, kind.into_iter().collect::<Vec<_>>(), "row {row}: {:#?}", layer.findings);
    }
    let fates = |fate| expected.iter().flatten().filter(|k| k.fate() == fate).count() as u64;
    assert_eq!(layer.rows.quarantined, fates(Fate::Quarantined));
    assert_eq!(layer.rows.repaired, 1);
    assert_eq!(layer.rows.accepted, 3);
}

#[test]
fn names_that_cannot_stand_are_changed_and_it_is_said() {
    let town = Town::new();
    let columns: &[Col] = &[("fid", b'N', 5, 0), ("A", b'C', 2, 0), ("a", b'C', 2, 0)];
    let table = dbf(columns, &[(b' ', &[b"7", b"x", b"y"])]);
    let shp = town.shapefile("a", 1, &[point(194_000.0, 529_000.0)], &table);
    let report = town.load(&shp, &crs(5186));
    assert!(found(&report.layers[0]).contains(&(IssueKind::FieldRenamed, 2)));
    let names: Vec<_> = town.layers()[0].layer.fields.iter().map(|f| f.name.clone()).collect();
    assert_eq!(names, ["fid_1", "A", "a_1"]);
}

#[test]
fn keys_that_are_missing_or_occur_twice_are_found() {
    let town = Town::new();
    let columns: &[Col] = &[("FTR_CDE", b'C', 6, 0), ("FTR_IDN", b'N', 10, 1)];
    let table = dbf(
        columns,
        &[(b' ', &[b"SA119", b"7.0"]), (b' ', &[b"SA119", b"7.0"]), (b' ', &[b"SA119", b""])],
    );
    let shapes: Vec<_> = (0..3).map(|i| point(194_000.0 + f64::from(i), 529_000.0)).collect();
    let shp = town.shapefile("WTL_FIRE_PS", 1, &shapes, &table);
    let report = town.load(&shp, &crs(5186));
    let seen = found(&report.layers[0]);
    assert!(seen.contains(&(IssueKind::KeyDuplicate, 1)), "{seen:?}");
    assert!(seen.contains(&(IssueKind::KeyMissing, 1)), "{seen:?}");
    assert_eq!(town.rows("hydrant")[0].0.as_deref(), Some("SA119-7"));
    assert_eq!(town.layers()[0].layer.fields[1].kind, FieldKind::Float);
}

#[test]
fn declared_encodings_are_believed_until_the_bytes_say_otherwise() {
    let columns: &[Col] = &[("T", b'C', 20, 0)];
    let korean = encode("군포시");
    let outcome = |cpg: Option<&str>, driver: u8| {
        let town = Town::new();
        let mut table = dbf(columns, &[(b' ', &[&korean])]);
        table[29] = driver;
        let shp = town.shapefile("a", 1, &[point(194_000.0, 529_000.0)], &table);
        if let Some(cpg) = cpg {
            town.write("a.cpg", cpg.as_bytes());
        }
        match town.ingest(std::slice::from_ref(&shp), &crs(5186)) {
            Ok(report) => {
                assert_eq!(town.rows("a")[0].2[0], Value::text("군포시"));
                let layer = &report.layers[0];
                Ok((layer.encoding_evidence.clone(), found(layer).first().map(|f| f.0)))
            }
            Err(_) => Err(town.refusal(&shp, &crs(5186)).0),
        }
    };
    assert_eq!(outcome(Some("949"), 0), Ok(("by its .cpg".to_owned(), None)));
    assert_eq!(outcome(None, 0x4e), Ok(("by its language-driver id".to_owned(), None)));
    assert_eq!(outcome(None, 0xf0).unwrap().1, Some(IssueKind::EncodingDetected));
    assert_eq!(outcome(Some("UTF-8"), 0).unwrap().1, Some(IssueKind::EncodingMismatch));
    assert_eq!(outcome(Some("<!DOCTYPE html>"), 0), Err(IssueKind::EncodingUnknown));
}

/// The part of a lone part, as GDAL gives it; the register makes it one of several where its layer has such.
fn without_whole(wkb: &[u8]) -> &[u8] {
    let code = u32::from_le_bytes(wkb[1..5].try_into().unwrap()) % 1000;
    if code > 3 && wkb[5..9] == [1, 0, 0, 0] { &wkb[9..] } else { wkb }
}

#[test]
fn shapes_are_those_that_gdal_reads_bit_for_bit() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sample-city");
    let mut compared = 0;
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "shp") {
            continue;
        }
        let mut theirs = HashSet::new();
        let mut source = Source::open(&path, Format::Shapefile, &Reading::Here).unwrap();
        let (mut rows, mut row) = (source.rows(0).unwrap(), Row::default());
        while rows.next(&mut row).unwrap() {
            theirs.extend(row.geometry.as_deref().map(|wkb| without_whole(wkb).to_vec()));
        }
        let town = Town::new();
        town.load(&path, &Options { force_crs: Some(Crs::epsg(5186)), ..Options::default() });
        let name = town.layers().remove(0).layer.name;
        for wkb in town.rows(name.as_str()).iter().filter_map(|row| row.1.as_deref()) {
            assert!(theirs.contains(without_whole(wkb)), "{name}: {wkb:?}");
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
}
