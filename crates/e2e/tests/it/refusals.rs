//! What is wrong is refused with what and where, and nothing is written.

use crate::binary::{folder, kill, run, sample_city, siseol};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A copy of one of the sample city's layers.
fn delivery(to: &Path, table: &str, extensions: &[&str]) {
    fs_err::create_dir_all(to).unwrap();
    for extension in extensions {
        let name = format!("{table}.{extension}");
        fs_err::copy(sample_city().join(&name), to.join(&name)).unwrap();
    }
}

fn ingest(register: &Path, source: &Path, extra: &[&str]) -> (Option<i32>, String) {
    let mut args = vec![OsStr::new("ingest"), register.as_os_str(), source.as_os_str()];
    args.extend(extra.iter().map(OsStr::new));
    let output = run(&args);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

const WHOLE: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// Spoils a delivery.
type Break = fn(&Path);

#[test]
fn broken_files_are_refused_by_name_and_the_register_is_as_it_was() {
    let folder = folder();
    let register = folder.path().join("r.gpkg");
    let good = folder.path().join("good");
    delivery(&good, "RDL_BRDG_AS", &WHOLE);
    assert_eq!(ingest(&register, &good, &[]).0, Some(0));
    let before = fs_err::read(&register).unwrap();

    let cases: [(&str, &[&str], Break, &str); 7] = [
        ("no-dbf", &["shp", "shx", "prj"], |_| {}, "DBF_MISSING"),
        ("no-grid", &["shp", "shx", "dbf", "cpg"], |_| {}, "CRS_UNKNOWN"),
        ("cut", &WHOLE, |d| cut(&d.join("WTL_SERV_PS.shp"), 200), "TRUNCATED"),
        ("cut-dbf", &WHOLE, |d| cut(&d.join("WTL_SERV_PS.dbf"), 300), "TRUNCATED"),
        ("fewer-rows", &WHOLE, |d| one_row(&d.join("WTL_SERV_PS.dbf")), "ROW_COUNT"),
        (
            "no-shapefile",
            &WHOLE,
            |d| put(&d.join("WTL_SERV_PS.shp"), &"<html>not found</html>".repeat(20)),
            "NOT_THIS_FORMAT",
        ),
        (
            "strange-grid",
            &WHOLE,
            |d| put(&d.join("WTL_SERV_PS.prj"), "http://127.0.0.1/x"),
            "CRS_UNREADABLE",
        ),
    ];
    for (name, extensions, spoil, kind) in cases {
        let source = folder.path().join(name);
        delivery(&source, "WTL_SERV_PS", extensions);
        spoil(&source);
        let (code, text) = ingest(&register, &source, &[]);
        assert_eq!(code, Some(3), "{name}: {text}");
        assert!(text.contains(kind) && text.contains("WTL_SERV_PS"), "{name}: {text}");
        assert!(fs_err::read(&register).unwrap() == before, "{name}: the register has changed");
    }
}

fn put(file: &Path, text: &str) {
    fs_err::write(file, text).unwrap();
}

fn cut(file: &Path, to: usize) {
    let bytes = fs_err::read(file).unwrap();
    assert!(bytes.len() > to);
    fs_err::write(file, &bytes[..to]).unwrap();
}

/// Makes a .dbf say and hold one row.
fn one_row(file: &Path) {
    let mut bytes = fs_err::read(file).unwrap();
    let head = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let row = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    bytes[4..8].copy_from_slice(&1_u32.to_le_bytes());
    bytes.truncate(head + row);
    fs_err::write(file, bytes).unwrap();
}

#[test]
fn what_is_no_register_is_said_to_be_none_and_never_written_to() {
    let folder = folder();
    let good = folder.path().join("good");
    delivery(&good, "RDL_BRDG_AS", &WHOLE);
    let text = folder.path().join("notes.gpkg");
    fs_err::write(&text, "these are notes").unwrap();
    let foreign = folder.path().join("foreign.gpkg");
    crate::binary::tool(
        "ogr2ogr",
        &[foreign.as_os_str(), good.join("RDL_BRDG_AS.shp").as_os_str()],
    );
    let newer = folder.path().join("newer.gpkg");
    assert_eq!(ingest(&newer, &good, &[]).0, Some(0));
    make_newer(&newer);
    for file in [&text, &foreign, &newer] {
        let before = fs_err::read(file).unwrap();
        let (code, said) = ingest(file, &good, &[]);
        assert_eq!(code, Some(1), "{said}");
        for verb in ["layers", "check", "serve"] {
            let output = run(&[OsStr::new(verb), file.as_os_str()]);
            assert_eq!(output.status.code(), Some(1), "{verb} {}", file.display());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains(&*file.to_string_lossy()), "{said}");
        }
        assert!(fs_err::read(file).unwrap() == before, "{}", file.display());
    }
}

/// Writes a format version from the future into a register.
fn make_newer(register: &Path) {
    let tables = crate::binary::tool(
        "sqlite3",
        &[
            register.as_os_str(),
            OsStr::new("SELECT name FROM sqlite_master WHERE name LIKE 'siseol_%'"),
        ],
    );
    assert!(tables.contains("siseol_meta"), "{tables}");
    crate::binary::tool(
        "sqlite3",
        &[register.as_os_str(), OsStr::new("UPDATE siseol_meta SET format = 999")],
    );
}

#[test]
fn swapped_and_wrong_arguments_are_told_the_right_ones() {
    let folder = folder();
    let register = folder.path().join("r.gpkg");
    let good = folder.path().join("good");
    delivery(&good, "RDL_BRDG_AS", &WHOLE);
    let (code, text) = ingest(&good, &register, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("the register comes first"), "{text}");
    assert_eq!(ingest(&register, &good, &[]).0, Some(0));
    let (code, text) = ingest(&good.join("RDL_BRDG_AS.shp"), &register, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains(&format!("siseol ingest {}", register.display())), "{text}");
    for wrong in [
        &["ingest", "r", "s", "--crs", "EPSG"][..],
        &["find", "r", "--near", "37,127"],
        &["find", "r", "--radius", "5"],
        &["serve", "r", "--listen", "0.0.0.0:0"],
        &["serve", "r", "--cors-origin", "*"],
        &["frobnicate"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let (code, text) = ingest(&register, Path::new("/nowhere/at/all"), &[]);
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn killed_at_any_moment_an_ingest_is_whole_or_not_at_all() {
    let folder = folder();
    let register = folder.path().join("r.gpkg");
    let bridges = folder.path().join("bridges");
    delivery(&bridges, "RDL_BRDG_AS", &WHOLE);
    assert_eq!(ingest(&register, &bridges, &[]).0, Some(0));
    let rest = folder.path().join("rest");
    for table in ["TL_SPBD_BULD", "WTL_PIPE_LM"] {
        delivery(&rest, table, &WHOLE);
    }
    let layers = || {
        let text = run(&[OsStr::new("layers"), register.as_os_str(), OsStr::new("--json")]).stdout;
        let read: serde_json::Value = serde_json::from_slice(&text).unwrap();
        read["layers"].as_array().unwrap().len()
    };
    let mut killed = 0;
    for after in [5, 30, 80, 150, 300, 600, 900, 1_300] {
        let mut child = Command::new(siseol())
            .args([OsStr::new("ingest"), register.as_os_str(), rest.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(after));
        if child.try_wait().unwrap().is_none() {
            kill(child.id(), "-KILL");
            killed += 1;
        }
        let whole = child.wait().unwrap().success();
        // Killed after its commit and before its end, an ingest has done all it had to; half of it would be 2.
        let found = layers();
        assert!(found == 3 || (found == 1 && !whole), "after {after} ms: {found}");
        if found == 3 {
            break;
        }
    }
    assert!(killed > 0, "every ingest was faster than the first signal");
    let check = run(&[OsStr::new("check"), register.as_os_str()]);
    assert_eq!(check.status.code(), Some(0));
    // And what a killed one left behind does not stand in the way of the next.
    let again = ingest(&folder.path().join("second.gpkg"), &rest, &[]);
    assert_eq!(again.0, Some(0), "{}", again.1);
    if layers() == 1 {
        assert_eq!(ingest(&register, &rest, &[]).0, Some(0));
    }
    let left: Vec<_> = fs_err::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("staging"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
