//! Findings stay open until something settles them, and the file in which they are mended.

use crate::kit::{self, Place, aside, feature, now, point, provenance, read, sql};
use crate::random::{seeded, thorough};
use rand::Rng;
use siseol_model::{
    CommitInfo, DeliveryMode, FacilityKey, Feature, Field, FieldKind, GeometryKind, Issue,
    IssueKind, Layer, LayerReport, Value,
};
use siseol_store::{AsideRow, FindingRow, MendingFile, Staging, StoreError, undo};
use std::path::Path;

fn spots() -> Layer {
    let fields = vec![
        Field::new("N", FieldKind::Integer),
        Field::new("글", FieldKind::Text),
        Field::new("DAY", FieldKind::Date),
    ];
    kit::layer("spot", GeometryKind::Point, fields)
}

fn spot(key: &str, n: i64) -> Feature {
    let values = vec![Value::Integer(n), Value::text("글"), Value::Null];
    feature(key, Some(point(190_000.0, 540_000.0)), values)
}

/// A row of a delivery.
#[derive(Debug, Clone)]
struct Row {
    key: &'static str,
    fate: Fate,
    /// The quarantined row that it stands for.
    answers: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Fine,
    /// Kept, with a finding.
    Odd,
    /// Kept aside, with one more finding.
    Aside,
}

/// Delivers the rows from a file of that name, with a finding about the file.
fn deliver(path: &Path, source: &str, rows: &[Row]) -> CommitInfo {
    let layer = spots();
    let mut staging = Staging::beside(path).unwrap();
    let mut stage = staging.begin_layer(&layer.fields).unwrap();
    stage.issue(&Issue::file(IssueKind::EncodingDetected, "CP949")).unwrap();
    for (number, row) in (1..).zip(rows) {
        if let Some(id) = row.answers {
            stage.answer(id).unwrap();
        }
        let feature = spot(row.key, i64::try_from(number).unwrap());
        if row.fate == Fate::Aside {
            stage.issue(&Issue::row(IssueKind::TextCut, number, "끝")).unwrap();
            let bad = Issue::row(IssueKind::TextNul, number, "NUL");
            stage.quarantine(&aside(number, feature.key.as_ref(), b"raw"), &bad).unwrap();
            continue;
        }
        stage.push(number, &feature).unwrap();
        if row.fate == Fate::Odd {
            stage.issue(&Issue::row(IssueKind::KeyDuplicate, number, "두 번")).unwrap();
        }
    }
    let aside = rows.iter().filter(|row| row.fate == Fate::Aside).count() as u64;
    let report = kit::report(&layer, rows.len() as u64 - aside, aside);
    let report = LayerReport { source: source.to_owned(), ..report };
    stage.finish(layer, &kit::crs(), report).unwrap();
    let comparison = staging.compare(path, DeliveryMode::Upsert).unwrap();
    comparison.commit(provenance(), None, now()).unwrap()
}

/// A finding as the tests know it.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    id: i64,
    change_set: i64,
    cleared: Option<i64>,
    source: String,
    row: Option<u64>,
    key: Option<String>,
    aside: bool,
}

/// All findings of a register, by their numbers.
fn known(path: &Path) -> Vec<Known> {
    let mut all: Vec<Known> = read(path)
        .all_issues(None)
        .unwrap()
        .into_iter()
        .map(|stored| Known {
            id: stored.id,
            change_set: stored.change_set,
            cleared: stored.cleared,
            source: stored.source,
            row: stored.issue.row,
            key: stored.facility_key.map(|key| key.to_string()),
            aside: stored.quarantined,
        })
        .collect();
    all.sort_by_key(|known| known.id);
    all
}

/// What a delivery has to do to the findings, told without SQL.
fn expect(known: &mut Vec<Known>, before: u64, change_set: i64, source: &str, rows: &[Row]) {
    let kept = rows.iter().filter(|row| row.fate != Fate::Aside).count() as u64;
    let answers: Vec<i64> = rows.iter().filter_map(|row| row.answers).collect();
    let is_part = kept < before / 2 || !answers.is_empty();
    let open = |k: &Known| k.cleared.is_none();
    let named = |k: &Known| {
        let has_key = k.key.is_some() && rows.iter().any(|row| k.key.as_deref() == Some(row.key));
        open(k) && k.row.is_some() && (has_key || answers.contains(&k.id))
    };
    let settled: Vec<(i64, Option<u64>)> =
        known.iter().filter(|k| named(k)).map(|k| (k.change_set, k.row)).collect();
    for k in known.iter_mut().filter(|k| open(k)) {
        let of_file = k.row.is_none() && k.source == source;
        if !is_part || of_file || settled.contains(&(k.change_set, k.row)) {
            k.cleared = Some(change_set);
        }
    }
    let mut find = |row: Option<u64>, key: Option<&str>, aside: bool| {
        known.push(Known {
            id: i64::try_from(known.len()).unwrap() + 1,
            change_set,
            cleared: None,
            source: source.to_owned(),
            row,
            key: key.map(str::to_owned),
            aside,
        });
    };
    find(None, None, false);
    for (number, row) in (1..).zip(rows) {
        let key = Some(row.key).filter(|key| !key.is_empty());
        match row.fate {
            Fate::Fine => {}
            Fate::Odd => find(Some(number), key, false),
            Fate::Aside => {
                find(Some(number), None, false);
                find(Some(number), key, true);
            }
        }
    }
}

fn random_rows(rng: &mut impl Rng, known: &[Known]) -> Vec<Row> {
    let n = rng.random_range(1..8);
    let aside: Vec<i64> = known.iter().filter(|k| k.aside).map(|k| k.id).collect();
    let answering = rng.random_bool(0.3) && !aside.is_empty();
    (0..n)
        .map(|_| Row {
            key: ["", "a", "b", "c", "d", "e", "f", "g", "h", "i"][rng.random_range(0..10)],
            fate: [Fate::Fine, Fate::Fine, Fate::Odd, Fate::Aside][rng.random_range(0..4)],
            answers: (answering && rng.random_bool(0.7))
                .then(|| aside[rng.random_range(0..aside.len())]),
        })
        .collect()
}

#[test]
fn findings_are_settled_as_a_plain_list_tells() {
    let mut rng = seeded("findings");
    let (mut settled, mut reopened) = (0, 0);
    for _ in 0..if thorough() { 200 } else { 8 } {
        let place = Place::new();
        let path = place.register();
        let mut expected: Vec<Known> = Vec::new();
        let mut rows_before = 0;
        let mut last = None;
        for _ in 0..10 {
            if let Some(undone) = last.take().filter(|_| rng.random_bool(0.3)) {
                let report = undo(&path, undone, provenance(), now(), false).unwrap();
                if let Some(commit) = report.commit {
                    for k in &mut expected {
                        if k.cleared == Some(undone) {
                            k.cleared = None;
                            reopened += 1;
                        } else if k.change_set == undone && k.cleared.is_none() {
                            k.cleared = Some(commit.change_set);
                        }
                    }
                }
            } else {
                let rows = random_rows(&mut rng, &expected);
                let source = ["a.shp", "b.gpkg"][rng.random_range(0..2)];
                let info = deliver(&path, source, &rows);
                expect(&mut expected, rows_before, info.change_set, source, &rows);
                last = Some(info.change_set);
            }
            assert_eq!(known(&path), expected);
            let entry = read(&path).layers().unwrap().remove(0);
            let open = expected.iter().filter(|k| k.cleared.is_none());
            assert_eq!(entry.findings, open.clone().count() as u64);
            assert_eq!(entry.quarantined, open.filter(|k| k.aside).count() as u64);
            rows_before = entry.rows;
        }
        settled += expected.iter().filter(|k| k.cleared.is_some()).count();
        assert_eq!(read(&path).check().unwrap().faults, Vec::<String>::new());
    }
    assert!(settled > 0 && reopened > 0, "{settled} {reopened}");
}

#[test]
fn a_past_state_counts_the_findings_that_were_open_then() {
    let place = Place::new();
    let path = place.register();
    let row = |key, fate| Row { key, fate, answers: None };
    deliver(&path, "a.shp", &[row("a", Fate::Aside), row("b", Fate::Odd), row("c", Fate::Fine)]);
    deliver(&path, "a.shp", &[row("a", Fate::Fine), row("b", Fate::Fine), row("c", Fate::Fine)]);
    let counts = |generation| {
        let entry = read(&path).layers_at(generation).unwrap().remove(0);
        (entry.findings, entry.quarantined)
    };
    assert_eq!([counts(1), counts(2)], [(4, 1), (1, 0)]);
}

/// What a file holds in a column, row by row.
fn column(path: &Path, sql_text: &str) -> Vec<Option<String>> {
    let connection = sql(path);
    let mut statement = connection.prepare(sql_text).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_file_to_mend_in_has_the_rows_as_far_as_they_could_be_read() {
    let place = Place::new();
    let (path, layer) = (place.register(), spots());
    let mut staging = Staging::beside(&path).unwrap();
    let mut stage = staging.begin_layer(&layer.fields).unwrap();
    stage.push(1, &spot("a", 1)).unwrap();
    let day = jiff::civil::date(2020, 2, 29);
    let values = [Value::Integer(i64::MAX), Value::text("격리"), Value::Date(day)];
    let key = FacilityKey::from("b".to_owned());
    let place_of = point(190_001.0, 540_000.0);
    let nowhere = point(f64::NAN, 540_000.0);
    let line = kit::line(&[1.0, 2.0, 3.0, 4.0]);
    let geometries = [Some(&place_of), Some(&nowhere), Some(&line), None];
    for (row, geometry) in (2..).zip(geometries) {
        let aside = AsideRow {
            row,
            key: Some(&key),
            raw: b"raw",
            values: &values[..if row == 5 { 1 } else { 3 }],
            geometry: geometry.map(Vec::as_slice),
        };
        let bad = Issue::row(IssueKind::CoordinateNan, row, "좌표");
        stage.quarantine(&aside, &bad).unwrap();
    }
    stage.finish(layer.clone(), &kit::crs(), kit::report(&layer, 1, 4)).unwrap();
    let comparison = staging.compare(&path, DeliveryMode::Upsert).unwrap();
    comparison.commit(provenance(), None, now()).unwrap();

    let to = place.file("mend.gpkg");
    let finding = FindingRow {
        layer: layer.name.clone(),
        source: Some("spot.shp".to_owned()),
        row: Some(2),
        fid: None,
        facility_key: Some("b".to_owned()),
        kind: IssueKind::CoordinateNan,
        column: None,
        value: None,
        text: "좌표".to_owned(),
        geometry: Some(point(127.0, 37.0)),
    };
    let register = read(&path);
    let written =
        register.write_mending_file(&to, None, std::slice::from_ref(&finding), now()).unwrap();
    assert_eq!(written, MendingFile { findings: 1, quarantined: 4 });
    let texts = |column_name: &str| {
        column(&to, &format!("SELECT CAST({column_name} AS TEXT) FROM quarantine_spot"))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(texts("N"), vec![some("9223372036854775807"); 4]);
    assert_eq!(texts("글"), [some("격리"), some("격리"), some("격리"), None]);
    assert_eq!(texts("DAY"), [some("2020-02-29"), some("2020-02-29"), some("2020-02-29"), None]);
    assert_eq!(texts("siseol_quarantine"), ["1", "2", "3", "4"].map(some));
    assert_eq!(texts("siseol_problem"), vec![some("[COORD_NAN] 좌표"); 4]);
    assert_eq!(texts("geom IS NOT NULL"), ["1", "0", "0", "0"].map(some));
    assert_eq!(column(&to, "SELECT kind FROM findings"), [some("COORD_NAN")]);
    let grid = "SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = 5186";
    assert_eq!(column(&to, grid), [Some(kit::crs().wkt)]);

    let again = register.write_mending_file(&to, None, &[], now());
    assert!(matches!(again, Err(StoreError::TargetExists { .. })), "{again:?}");
    let other = place.file("other.gpkg");
    let unknown = "other".parse().unwrap();
    let written = register.write_mending_file(&other, Some(&unknown), &[], now()).unwrap();
    assert_eq!(written, MendingFile::default());
    assert_eq!(place.files(), ["city.gpkg", "mend.gpkg", "other.gpkg"]);
}
