//! Files that are refused, each with what and where; the register stays as it was.

use crate::files::{Col, dbf, point, shp};
use crate::town::{Town, crs};
use siseol_ingest::{IngestError, Options};
use siseol_model::{Crs, IssueKind};

const COLUMNS: &[Col] = &[("A", b'C', 4, 0)];

fn three() -> Vec<Vec<u8>> {
    (0..3).map(|i| point(194_000.0 + f64::from(i), 529_000.0)).collect()
}

fn table(rows: usize) -> Vec<u8> {
    let cells: &[&[u8]] = &[b"x"];
    dbf(COLUMNS, &vec![(b' ', cells); rows])
}

/// Writes a good shapefile, lets `spoil` at it, and expects that refusal with those words.
fn check(spoil: impl Fn(&Town), kind: IssueKind, words: &[&str]) {
    let town = Town::new();
    let path = town.shapefile("a", 1, &three(), &table(3));
    spoil(&town);
    let (seen, text) = town.refusal(&path, &crs(5186));
    assert_eq!(seen, kind, "{text}");
    for word in words {
        assert!(text.contains(word), "{text}");
    }
    assert!(!town.register().exists());
    assert_eq!(fs_err::read_dir(town.register().parent().unwrap()).unwrap().count(), 1);
}

fn remove(town: &Town, name: &str) {
    fs_err::remove_file(town.inbox().join(name)).unwrap();
}

#[test]
fn files_that_are_cut_or_lack_their_parts_are_refused() {
    let (whole, _) = shp(1, &three());
    check(|t| remove(t, "a.dbf"), IssueKind::DbfMissing, &["3 shapes"]);
    check(|t| drop(t.write("a.shp", b"")), IssueKind::Truncated, &["0 bytes"]);
    check(|t| drop(t.write("a.shp", &whole[..60])), IssueKind::Truncated, &["60 bytes"]);
    let cut = &whole[..whole.len() - 5];
    check(|t| drop(t.write("a.shp", cut)), IssueKind::Truncated, &["184", "179"]);
    let dbf = table(3);
    let short = &dbf[..dbf.len() - 6];
    check(|t| drop(t.write("a.dbf", short)), IssueKind::Truncated, &["3 rows", "2 rows"]);
    let mut length = whole.clone();
    length[104..108].copy_from_slice(&i32::MAX.to_be_bytes());
    check(|t| drop(t.write("a.shp", &length)), IssueKind::RecordLength, &["record 1"]);
    length[104..108].copy_from_slice(&(-4_i32).to_be_bytes());
    check(|t| drop(t.write("a.shp", &length)), IssueKind::RecordLength, &["record 1"]);
}

#[test]
fn row_counts_must_agree() {
    check(|t| drop(t.write("a.dbf", &table(1))), IssueKind::RowCount, &["3 shapes", "1 rows"]);
    check(|t| drop(t.write("a.dbf", &table(5))), IssueKind::RowCount, &["3 shapes", "5 rows"]);
    // A table that goes on after the rows that it declares.
    let mut more = table(5);
    more[4] = 3;
    check(|t| drop(t.write("a.dbf", &more)), IssueKind::RowCount, &["3 rows", "2 more"]);
    // An index that stops before the shapes do.
    let (_, index) = shp(1, &three()[..2]);
    check(|t| drop(t.write("a.shx", &index)), IssueKind::RowCount, &["record 3"]);
}

#[test]
fn what_is_no_shapefile_is_refused_whatever_it_is_called() {
    let vrt = "<OGRVRTDataSource></OGRVRTDataSource>".repeat(10);
    for bytes in [vrt.as_bytes(), &[0x7f; 400], b"%PDF-1.4".repeat(40).as_slice()] {
        check(|t| drop(t.write("a.shp", bytes)), IssueKind::NotThisFormat, &["9994"]);
    }
    let (mut patches, _) = shp(1, &three());
    patches[32] = 31;
    check(|t| drop(t.write("a.shp", &patches)), IssueKind::MultiPatch, &["multipatch"]);
    check(|t| drop(t.write("a.dbf", &[9; 200])), IssueKind::NotThisFormat, &[".dbf"]);
}

#[test]
fn grids_that_are_absent_unreadable_or_contradicted_are_refused_with_the_way_out() {
    let town = Town::new();
    let path = town.shapefile("a", 1, &three(), &table(3));
    let (kind, text) = town.refusal(&path, &Options::default());
    assert_eq!(kind, IssueKind::CrsUnknown);
    assert!(text.contains("EPSG:5186") && text.contains("a.shp --crs EPSG:5186"), "{text}");
    for nonsense in ["http://127.0.0.1:9/a.prj", "<html>", "EPSG:5186"] {
        town.write("a.prj", nonsense.as_bytes());
        assert_eq!(town.refusal(&path, &Options::default()).0, IssueKind::CrsUnreadable);
    }
    let wkt = siseol_crs::definition(Crs::epsg(5186)).unwrap().wkt;
    town.write("a.prj", wkt.as_bytes());
    let (kind, text) = town.refusal(&path, &crs(5174));
    assert_eq!(kind, IssueKind::CrsAmbiguous);
    assert!(text.contains("EPSG:5174") && text.contains("EPSG:5186"), "{text}");
    // Metres read as degrees, and degrees as metres.
    let force = |code| Options { force_crs: Some(Crs::epsg(code)), ..Options::default() };
    let (kind, text) = town.refusal(&path, &force(4326));
    assert_eq!(kind, IssueKind::CoordinateRange);
    assert!(text.contains("3 of 3") && text.contains("EPSG:5186"), "{text}");
    let degrees = town.shapefile("b", 1, &[point(126.9, 37.3)], &table(1));
    assert_eq!(town.refusal(&degrees, &crs(5186)).0, IssueKind::CoordinateRange);
    town.load(&path, &force(5181));
}

#[test]
fn a_refused_file_refuses_the_delivery_unless_it_may_be_skipped() {
    let town = Town::new();
    town.shapefile("a", 1, &three(), &table(3));
    town.shapefile("b", 1, &three(), &table(2));
    town.refuse(&town.inbox(), &crs(5186));
    let report = town.load(&town.inbox(), &Options { skip_refused: true, ..crs(5186) });
    assert_eq!((report.layers.len(), report.refused.len()), (1, 1));
    assert_eq!(report.refused[0].source, "b.shp");
}

#[test]
fn a_rehearsal_writes_nothing() {
    let town = Town::new();
    let path = town.shapefile("a", 1, &three(), &table(3));
    let report = town.load(&path, &Options { dry_run: true, ..crs(5186) });
    assert!(report.dry_run && report.change_set.is_none());
    assert_eq!(report.layers[0].rows.accepted, 3);
    assert_eq!(fs_err::read_dir(town.register().parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn what_is_no_register_is_never_written_to() {
    let town = Town::new();
    let path = town.shapefile("a", 1, &three(), &table(3));
    fs_err::write(town.register(), b"not a register").unwrap();
    let result = town.ingest(&[path], &crs(5186));
    assert!(matches!(result, Err(IngestError::Store(_))), "{result:?}");
    assert_eq!(fs_err::read(town.register()).unwrap(), b"not a register");
}
