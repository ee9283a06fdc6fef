//! What the check finds, and what a backup refuses to copy.

use crate::kit::{Place, read, sql, valve_register};
use siseol_store::{CheckReport, Register, StoreError};
use std::path::Path;

fn check(path: &Path) -> CheckReport {
    read(path).check().unwrap()
}

/// The only fault of a register with one layer.
fn only_fault(path: &Path) -> String {
    let report = check(path);
    assert!(!report.ok);
    assert!(report.faults.is_empty(), "{report:?}");
    assert_eq!(report.layers[0].faults.len(), 1, "{report:?}");
    report.layers[0].faults[0].clone()
}

/// Changes one byte of the file where `bytes` stand last, at the last place of them.
fn flip(path: &Path, bytes: &[u8]) {
    flip_before(path, bytes, 0);
}

/// The same where they stand so many times before the last.
fn flip_before(path: &Path, bytes: &[u8], times: usize) {
    let mut file = fs_err::read(path).unwrap();
    let mut places = (0..file.len()).rev().filter(|&at| file[at..].starts_with(bytes));
    let at = places.nth(times).unwrap();
    file[at + bytes.len() - 1] ^= 1;
    fs_err::write(path, file).unwrap();
}

/// Runs SQL as somebody who knows how to get round the guards.
fn tamper(path: &Path, statements: &str) {
    let connection = sql(path);
    connection
        .execute_batch(&format!(
            "UPDATE siseol_meta SET writing = 1; {statements}; UPDATE siseol_meta SET writing = 0"
        ))
        .unwrap();
}

#[test]
fn a_flipped_bit_in_a_geometry_is_found() {
    let place = Place::new();
    let (path, _, rows) = valve_register(&place);
    flip(&path, &rows[1234].geometry.as_ref().unwrap()[..14]);
    let fault = only_fault(&path);
    assert_eq!(fault, "fid 1235: its content is not what was written");
}

#[test]
fn a_flipped_bit_in_a_text_is_found() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    flip(&path, "군포시 2345".as_bytes());
    assert_eq!(only_fault(&path), "fid 2346: its content is not what was written");
}

#[test]
fn a_flipped_bit_in_a_key_or_a_header_is_found() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let missing = ["row 778 missing from index siseol_row_by_key"];
    // The index stands behind the rows.
    flip(&path, b"SA112-777");
    let report = check(&path);
    assert!(report.layers[0].faults.is_empty(), "{report:?}");
    assert_eq!(report.faults, missing);
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    flip_before(&path, b"SA112-777", 1);
    let report = check(&path);
    assert_eq!(report.layers[0].faults, ["fid 778: its content is not what was written"]);
    assert_eq!(report.faults, missing);
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    flip(&path, &[b'G', b'P', 0, 1, 0x42, 0x14]);
    assert!(only_fault(&path).contains("the header of its geometry"));
}

#[test]
fn a_row_missing_in_the_index_is_found() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    tamper(&path, "DELETE FROM rtree_valve_geom WHERE id = 77");
    let faults = check(&path).layers.remove(0).faults;
    assert_eq!(
        faults,
        ["fid 77: the spatial index does not have it", "the spatial index has 2999 rows of 3000"]
    );
}

#[test]
fn a_row_that_the_index_has_elsewhere_is_found() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    tamper(&path, "UPDATE rtree_valve_geom SET minx = minx - 1 WHERE id = 78");
    assert_eq!(only_fault(&path), "fid 78: the spatial index has it at another place");
}

#[test]
fn rows_that_came_or_went_behind_our_back_are_found() {
    let place = Place::new();
    let (path, layer, _) = valve_register(&place);
    tamper(&path, "DELETE FROM siseol_row WHERE fid IN (5, 6)");
    let faults = check(&path).layers.remove(0).faults;
    assert!(faults.contains(&"fid 5: siseol has not written this row (and 1 more)".to_owned()));
    let read = read(&path).read_layer::<StoreError>(&layer, &mut |_| Ok(()));
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");

    tamper(&path, "UPDATE siseol_change SET quarantined = 1");
    let faults = check(&path).layers.remove(0).faults;
    assert!(faults.contains(&"change set 1 counts 1 quarantined rows, the file has 0".to_owned()));
}

#[test]
fn an_index_that_sqlite_keeps_is_as_good_as_ours() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let writer = Register::open(&path, siseol_store::Access::Write).unwrap();
    drop(writer);
    // Moving every entry away and back makes SQLite split, merge and round in its own way.
    tamper(
        &path,
        "CREATE TEMP TABLE kept AS SELECT * FROM rtree_valve_geom;
         DELETE FROM rtree_valve_geom WHERE id % 3 = 0;
         INSERT INTO rtree_valve_geom SELECT * FROM kept WHERE id % 3 = 0",
    );
    let report = check(&path);
    assert!(report.ok, "{report:?}");
}

#[test]
fn a_backup_is_the_register_again() {
    let place = Place::new();
    let (path, layer, _) = valve_register(&place);
    let register = read(&path);
    let to = place.file("backup.gpkg");
    let report = register.backup(&to).unwrap();
    assert_eq!((report.layers, report.rows, report.generation), (1, 3000, 1));
    let copy = read(&to);
    assert_eq!(copy.head().unwrap(), register.head().unwrap());
    assert_eq!(crate::kit::rows(&copy, &layer), crate::kit::rows(&register, &layer));
    assert_eq!(place.files(), ["backup.gpkg", "city.gpkg"]);

    let before = fs_err::read(&to).unwrap();
    let again = register.backup(&to);
    assert!(matches!(again, Err(StoreError::TargetExists { .. })), "{again:?}");
    assert_eq!(fs_err::read(&to).unwrap(), before);
}

#[test]
fn damage_is_not_copied_into_a_backup() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    flip(&path, "군포시 2345".as_bytes());
    let refused = read(&path).backup(&place.file("backup.gpkg"));
    assert!(matches!(refused, Err(StoreError::BackupFaulty { .. })), "{refused:?}");
    assert_eq!(place.files(), ["city.gpkg"]);
}
