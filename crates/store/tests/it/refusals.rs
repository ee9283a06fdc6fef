//! What is no register of ours is refused and not touched.

use crate::kit::{Place, deliver, sql, valve_register, valves};
use siseol_store::{Access, Register, StoreError};
use std::path::Path;

/// Opens the file both ways; its folder must look the same afterwards, byte for byte.
fn refused(path: &Path) -> StoreError {
    let before = fs_err::read(path).unwrap();
    let files = fs_err::read_dir(path.parent().unwrap()).unwrap().count();
    let read = Register::open(path, Access::Read).unwrap_err();
    let write = Register::open(path, Access::Write).unwrap_err();
    let commit = deliver(path, &[valves(1)]).unwrap_err();
    assert_eq!(read.to_string(), write.to_string());
    assert_eq!(read.to_string(), commit.to_string());
    assert_eq!(fs_err::read(path).unwrap(), before);
    assert_eq!(fs_err::read_dir(path.parent().unwrap()).unwrap().count(), files);
    read
}

#[test]
fn a_file_that_is_not_there_is_not_made() {
    let place = Place::new();
    for access in [Access::Read, Access::Write] {
        let error = Register::open(&place.register(), access).unwrap_err();
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    }
    assert!(place.files().is_empty());
    let folder = Register::open(place.register().parent().unwrap(), Access::Read).unwrap_err();
    assert!(matches!(folder, StoreError::NotAFile { .. }), "{folder}");
}

#[test]
fn files_that_are_no_geopackage_are_refused() {
    let place = Place::new();
    let long = "도시 시설물 ".repeat(1000);
    for content in ["", "x", long.as_str()] {
        fs_err::write(place.register(), content).unwrap();
        let error = refused(&place.register());
        assert!(matches!(error, StoreError::NotAGeoPackage { .. }), "{error}");
    }
    fs_err::remove_file(place.register()).unwrap();
    sql(&place.register()).execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES (1)").unwrap();
    let error = refused(&place.register());
    assert!(matches!(error, StoreError::NotAGeoPackage { .. }), "{error}");
}

#[test]
fn a_geopackage_of_somebody_else_is_refused() {
    let place = Place::new();
    for journal in ["DELETE", "WAL"] {
        let path = place.file(&format!("{journal}.gpkg"));
        sql(&path)
            .execute_batch(&format!(
                "PRAGMA application_id = 0x47504B47; PRAGMA journal_mode = {journal};
                 CREATE TABLE gpkg_contents(table_name TEXT); INSERT INTO gpkg_contents VALUES ('x')"
            ))
            .unwrap();
        let before = fs_err::read(&path).unwrap();
        let error = Register::open(&path, Access::Write).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert_eq!(fs_err::read(&path).unwrap(), before);
    }
    assert_eq!(place.files(), ["DELETE.gpkg", "WAL.gpkg"]);
    // Not even the log that its owner has not yet written into it is touched.
    let path = place.file("WAL.gpkg");
    let owner = sql(&path);
    owner.execute_batch("INSERT INTO gpkg_contents VALUES ('y')").unwrap();
    let copy = place.file("copy.gpkg");
    fs_err::copy(&path, &copy).unwrap();
    fs_err::copy(place.file("WAL.gpkg-wal"), place.file("copy.gpkg-wal")).unwrap();
    let log = fs_err::read(place.file("copy.gpkg-wal")).unwrap();
    let before = fs_err::read(&copy).unwrap();
    for access in [Access::Read, Access::Write] {
        let error = Register::open(&copy, access).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert_eq!(fs_err::read(&copy).unwrap(), before);
        assert_eq!(fs_err::read(place.file("copy.gpkg-wal")).unwrap(), log);
    }
    drop(owner);
    assert!(matches!(refused(&place.file("DELETE.gpkg")), StoreError::Foreign { .. }));
}

#[test]
fn a_register_of_a_newer_siseol_is_refused() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    sql(&path).execute("UPDATE siseol_meta SET format = 99", []).unwrap();
    let error = refused(&path);
    assert!(matches!(error, StoreError::NewerFormat { version: 99, .. }), "{error}");
}

#[test]
fn a_cut_register_is_refused_or_found_damaged() {
    let place = Place::new();
    let (path, ..) = valve_register(&place);
    let whole = fs_err::read(&path).unwrap();
    for keep in [10, 100, 1000, 4096, whole.len() / 2, whole.len() - 4096] {
        fs_err::write(&path, &whole[..keep]).unwrap();
        match Register::open(&path, Access::Read).and_then(|register| register.check()) {
            Ok(check) => assert!(!check.ok, "cut at {keep}"),
            Err(
                StoreError::NotAGeoPackage { .. }
                | StoreError::Damaged { .. }
                | StoreError::Sql { .. },
            ) => {}
            Err(other) => panic!("cut at {keep}: {other}"),
        }
    }
}
