//! Several writers, and writers that die.

use crate::kit::{Place, deliver, feature, layer, point, read, rows, sql, valve_register, valves};
use siseol_model::{Feature, GeometryKind, Layer};
use siseol_store::{Access, Register, Staging, StoreError};

fn spots() -> (Layer, Vec<Feature>) {
    let rows = vec![feature("", Some(point(1.0, 2.0)), vec![])];
    (layer("spot", GeometryKind::Point, Vec::new()), rows)
}

#[test]
fn a_layer_comes_once_in_a_delivery() {
    let place = Place::new();
    let twice = deliver(&place.file("other.gpkg"), &[spots(), spots()]);
    assert!(matches!(twice, Err(StoreError::LayerTaken { .. })), "{twice:?}");
    assert!(place.files().is_empty());
}

#[test]
fn a_register_that_another_writes_is_busy_and_stays_as_it_is() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let other = sql(&path);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = deliver(&path, &[spots()]);
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
    // Readers go on.
    assert_eq!(read(&path).head().unwrap().generation, 1);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(deliver(&path, &[spots()]).unwrap().generation, 2);
}

#[test]
fn one_state_is_read_while_a_writer_waits() {
    let place = Place::new();
    let (path, layer, _) = valve_register(&place);
    let register = read(&path);
    let waiting = register
        .at_one_state::<_, StoreError>(|register| {
            assert_eq!(register.head()?.generation, 1);
            let refused = deliver(&path, &[spots()]);
            assert_eq!(rows(register, &layer).len(), 3000);
            assert_eq!(register.head()?.generation, 1);
            Ok(refused)
        })
        .unwrap();
    assert!(matches!(waiting, Err(StoreError::Busy { .. })), "{waiting:?}");
    assert_eq!(deliver(&path, &[spots()]).unwrap().generation, 2);
    assert_eq!(register.head().unwrap().generation, 2);
}

#[test]
fn a_file_that_another_program_set_to_wal_is_set_back() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    sql(&path).execute_batch("PRAGMA journal_mode = WAL").unwrap();
    deliver(&path, &[spots()]).unwrap();
    assert_eq!(place.files(), ["city.gpkg"]);
    let mode: String = sql(&path).query_row("PRAGMA journal_mode", [], |r| r.get(0)).unwrap();
    assert_eq!(mode, "delete");
    assert!(read(&path).check().unwrap().ok);
}

#[test]
fn a_reader_of_a_file_in_wal_mode_leaves_one_file() {
    let place = Place::new();
    let (path, layer, _) = valve_register(&place);
    sql(&path).execute_batch("PRAGMA journal_mode = WAL").unwrap();
    let before = fs_err::read(&path).unwrap();
    let register = read(&path);
    assert_eq!(rows(&register, &layer).len(), 3000);
    drop(register);
    assert_eq!(place.files(), ["city.gpkg"]);
    assert_eq!(fs_err::read(&path).unwrap(), before);
}

/// The files as a writer leaves them that was killed in the middle of a large transaction: half-written pages, and
/// the journal that undoes them.
#[test]
fn a_killed_writer_leaves_the_old_state() {
    let place = Place::new();
    let (path, layer, _) = valve_register(&place);
    let old = rows(&read(&path), &layer);
    let writer = sql(&path);
    writer
        .execute_batch(
            "PRAGMA cache_size = 10; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;
             UPDATE siseol_row SET facility_key = 'x' || facility_key, changed = 2;
             UPDATE siseol_meta SET generation = 2;",
        )
        .unwrap();
    assert!(place.file("city.gpkg-journal").exists());
    for access in [Access::Read, Access::Write] {
        let killed = place.file("killed.gpkg");
        fs_err::copy(&path, &killed).unwrap();
        fs_err::copy(place.file("city.gpkg-journal"), place.file("killed.gpkg-journal")).unwrap();
        let register = Register::open(&killed, access).unwrap();
        assert_eq!(rows(&register, &layer), old);
        assert!(register.check().unwrap().ok);
        assert!(!place.file("killed.gpkg-journal").exists());
    }
    drop(writer);
    assert_eq!(rows(&read(&path), &layer), old);
}

#[test]
fn a_delivery_that_is_given_up_leaves_no_file() {
    let place = Place::new();
    let staging = Staging::beside(&place.register()).unwrap();
    assert_eq!(place.files().len(), 1);
    drop(staging);
    assert!(place.files().is_empty());
    // What a killed one left goes with the next.
    fs_err::write(place.file(".city.gpkg.xyz.staging"), b"left").unwrap();
    fs_err::write(place.file(".city.gpkg.xyz.new"), b"left").unwrap();
    deliver(&place.register(), &[valves(5)]).unwrap();
    assert_eq!(place.files(), ["city.gpkg"]);
}
