//! Reading in a process of its own: the same rows as here, and no harm whatever the process does.

use crate::{GEOJSON, write};
use rustix::process::{Pid, Signal, kill_process};
use siseol_ogr::apart::{Limits, Program};
use siseol_ogr::{Attributes, Format, LayerInfo, OgrError, Reading, Row, Source};
use std::ffi::OsStr;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const READER: &str = env!("CARGO_BIN_EXE_ogr-test-reader");

/// A reader that does what its name says.
fn reader(dir: &tempfile::TempDir, name: &str) -> Program {
    let path = dir.path().join(name);
    if !path.exists() {
        std::os::unix::fs::symlink(READER, &path).unwrap();
    }
    Program::at(path)
}

fn apart() -> Reading {
    Reading::Apart(Program::at(READER))
}

fn sample_city() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sample-city")
}

/// Everything that a file says, or the error in the middle of it.
fn all(source: &mut Source) -> (Vec<LayerInfo>, Vec<Vec<Row>>, Option<OgrError>) {
    let layers = source.layers();
    let mut all = Vec::new();
    for index in 0..layers.len() {
        let mut found = Vec::new();
        let mut row = Row::default();
        let read = source.rows(index).and_then(|mut rows| {
            while rows.next(&mut row)? {
                found.push(row.clone());
            }
            Ok(())
        });
        all.push(found);
        if let Err(error) = read {
            return (layers, all, Some(error));
        }
    }
    (layers, all, None)
}

/// Reads a file both ways, compares all, and returns the number of rows.
fn same(path: &Path, format: Format, attributes: Attributes) -> usize {
    let mut here = Source::open_with(path, format, attributes, &Reading::Here).unwrap();
    let mut there = Source::open_with(path, format, attributes, &apart()).unwrap();
    let (here, there) = (all(&mut here), all(&mut there));
    assert!(here.0 == there.0, "{}: {:?} {:?}", path.display(), here.0, there.0);
    assert!(here.1 == there.1, "{}: the rows differ", path.display());
    assert_eq!(format!("{:?}", here.2), format!("{:?}", there.2), "{}", path.display());
    here.1.iter().map(Vec::len).sum()
}

fn tool(name: &str, args: &[&OsStr]) {
    let output = Command::new(name).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn shapefiles_are_read_apart_as_they_are_here() {
    let mut rows = 0;
    for entry in fs_err::read_dir(sample_city()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "shp") {
            rows += same(&path, Format::Shapefile, Attributes::In("CP949"));
        }
    }
    assert!(rows > 10_000, "{rows}");
    let bridges = sample_city().join("RDL_BRDG_AS.shp");
    assert!(same(&bridges, Format::Shapefile, Attributes::Skip) > 0);
}

#[test]
fn other_formats_are_read_apart_as_they_are_here() {
    let dir = tempfile::tempdir().unwrap();
    let pipes = sample_city().join("SWL_PIPE_LM.shp");
    for (name, driver, format) in [
        ("a.gpkg", "GPKG", Format::GeoPackage),
        ("a.fgb", "FlatGeobuf", Format::FlatGeobuf),
        ("a.geojson", "GeoJSON", Format::GeoJson),
        ("a.dxf", "DXF", Format::Dxf),
    ] {
        let path = dir.path().join(name);
        let mut args = vec!["-f".as_ref(), driver.as_ref(), path.as_os_str(), pipes.as_os_str()];
        if format == Format::Dxf {
            args.extend(["-select".as_ref(), OsStr::new("")]);
        }
        tool("ogr2ogr", &args);
        assert!(same(&path, format, Attributes::Skip) > 500, "{name}");
    }
    let wal = dir.path().join("a.gpkg");
    tool("sqlite3", &[wal.as_os_str(), "PRAGMA journal_mode=WAL".as_ref()]);
    assert!(same(&wal, Format::GeoPackage, Attributes::Skip) > 500);
    for unsettled in ["a.gpkg-wal", "a.gpkg-journal"] {
        let beside = write(&dir, unsettled, b"changes");
        let error = Source::open(&wal, Format::GeoPackage, &apart()).unwrap_err();
        assert!(error.to_string().contains("last changes"), "{error}");
        fs_err::remove_file(beside).unwrap();
    }
    let mixed = write(&dir, "mixed.geojson", GEOJSON.as_bytes());
    assert_eq!(same(&mixed, Format::GeoJson, Attributes::Skip), 3);
    let osm = write(&dir, "a.osm", crate::OSM.as_bytes());
    assert_eq!(same(&osm, Format::Osm, Attributes::Skip), 3);
    // Korean Windows' code page in a drawing needs a table of the C library.
    let before = "0\nSECTION\n2\nHEADER\n9\n$DWGCODEPAGE\n3\nANSI_949\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nTEXT\n8\n0\n10\n1\n20\n2\n1\n";
    let drawing = [before.as_bytes(), b"\xb0\xa1\n0\nENDSEC\n0\nEOF\n"].concat();
    let text = write(&dir, "text.dxf", &drawing);
    assert_eq!(same(&text, Format::Dxf, Attributes::Skip), 1);
}

#[test]
fn what_is_refused_here_is_refused_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(&dir, "x.shp", b"<OGRVRTDataSource/>");
    let away = Path::new("/vsicurl/http://127.0.0.1:9/x.shp");
    for format in Format::ALL {
        for path in [&*path, away, dir.path()] {
            let here = Source::open(path, format, &Reading::Here).unwrap_err();
            let there = Source::open(path, format, &apart()).unwrap_err();
            assert_eq!(format!("{here:?}"), format!("{there:?}"));
        }
    }
    let path = write(&dir, "a.geojson", GEOJSON.as_bytes());
    let mut source = Source::open(&path, Format::GeoJson, &apart()).unwrap();
    assert!(matches!(source.rows(1), Err(OgrError::NoLayer { index: 1, .. })));
}

/// A GeoJSON file of so many points.
fn points(dir: &tempfile::TempDir, count: usize) -> PathBuf {
    let feature = |n| {
        format!(
            r#"{{"type":"Feature","properties":{{"n":{n}}},"geometry":{{"type":"Point","coordinates":[127,37]}}}}"#
        )
    };
    let features: Vec<_> = (0..count).map(feature).collect();
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    write(dir, "points.geojson", text.as_bytes())
}

#[test]
fn a_layer_is_read_from_its_first_row_however_far_it_was_read_before() {
    let dir = tempfile::tempdir().unwrap();
    let path = points(&dir, 40_000);
    let mut source = Source::open(&path, Format::GeoJson, &apart()).unwrap();
    let mut row = Row::default();
    for rows_before in [0, 1, 20_000] {
        let mut rows = source.rows(0).unwrap();
        for number in 1..=rows_before {
            assert!(rows.next(&mut row).unwrap());
            assert_eq!(row.number, number);
        }
    }
    let (_, rows, error) = all(&mut source);
    assert!(error.is_none());
    assert_eq!(rows[0].len(), 40_000);
}

/// Reads one row, does something to the reader, and reads on to its end, which is told. An error is one of before.
fn after_one_row(
    program: Program,
    path: &Path,
    then: impl FnOnce(Pid),
) -> Result<String, OgrError> {
    let mut source = Source::open(path, Format::GeoJson, &Reading::Apart(program))?;
    let id = source.process_id().unwrap();
    let mut rows = source.rows(0)?;
    let mut row = Row::default();
    assert!(rows.next(&mut row)?);
    then(Pid::from_raw(id.cast_signed()).unwrap());
    let how = loop {
        match rows.next(&mut row) {
            Ok(true) => {}
            Ok(false) => panic!("the rows were read to their end"),
            Err(OgrError::Died { how, .. }) => break how,
            Err(other) => panic!("{other}"),
        }
    };
    assert!(matches!(rows.next(&mut row), Err(OgrError::Died { .. })), "it stays dead");
    drop(source);
    assert!(!Path::new(&format!("/proc/{id}")).exists(), "the process is gone");
    Ok(how)
}

#[test]
fn a_reader_that_dies_or_stops_is_an_error_of_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = points(&dir, 60_000);
    let signal = |signal| move |pid| kill_process(pid, signal).unwrap();
    for (sent, name) in [
        (Signal::KILL, "signal 9 (SIGKILL)"),
        (Signal::ABORT, "signal 6 (SIGABRT)"),
        (Signal::XCPU, "60 s of processor time"),
    ] {
        let how = after_one_row(Program::at(READER), &path, signal(sent)).unwrap();
        assert!(how.contains(name), "{how}");
    }
    // On a busy machine a short wait is over before there is a row.
    let stopped = [2, 8, 32, 128].into_iter().find_map(|seconds| {
        let limits = Limits { wait: Duration::from_secs(seconds), ..Limits::for_size(0) };
        let hasty = Program::at(READER).with_limits(limits);
        let how = after_one_row(hasty, &path, signal(Signal::STOP)).ok()?;
        Some((how, format!("longer than {seconds} s")))
    });
    let (how, says) = stopped.unwrap();
    assert!(how.contains(&says), "{how}");
    let terse = Limits { output: 400_000, ..Limits::for_size(0) };
    let how = after_one_row(Program::at(READER).with_limits(terse), &path, |_| {}).unwrap();
    assert!(how.contains("a hundred times"), "{how}");
}

#[test]
fn a_reader_that_needs_more_than_it_may_is_an_error_of_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let vertices = "[127,37],".repeat(700_000);
    let text = format!(r#"{{"type":"LineString","coordinates":[{vertices}[127,38]]}}"#);
    let path = write(&dir, "long.geojson", text.as_bytes());
    let with = |mebibytes: u64| {
        let limits = Limits { memory: mebibytes << 20, ..Limits::for_size(0) };
        let reading = Reading::Apart(Program::at(READER).with_limits(limits));
        Source::open(&path, Format::GeoJson, &reading)
    };
    assert!(with(1024).is_ok());
    // GDAL notices some failures to get memory and dies of others.
    let errors = [50, 100, 150].map(|mebibytes| with(mebibytes).unwrap_err());
    assert!(errors.iter().any(|e| matches!(e, OgrError::Died { .. })), "{errors:?}");
    let path = points(&dir, 100_000);
    let busy = Limits { cpu_seconds: 1, ..Limits::for_size(0) };
    let reading = Reading::Apart(Program::at(READER).with_limits(busy));
    // Opening it and reading it again and again takes more than that.
    let mut source = Source::open(&path, Format::GeoJson, &reading).unwrap();
    let died = loop {
        if let (_, _, Some(error)) = all(&mut source) {
            break error;
        }
    };
    let said = died.to_string();
    assert!(said.contains("1 s of processor time"), "{said}");
}

#[test]
fn a_reader_that_says_anything_is_an_error_of_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(&dir, "a.geojson", GEOJSON.as_bytes());
    let open = |program: Program| {
        Source::open(&path, Format::GeoJson, &Reading::Apart(program)).unwrap_err()
    };
    for seed in 0..20 {
        let error = open(reader(&dir, &format!("garbage-{seed}")));
        assert!(
            matches!(error, OgrError::Died { .. } | OgrError::Unconfined { .. }),
            "{seed}: {error}"
        );
    }
    assert!(open(reader(&dir, "leaver")).to_string().contains("exit code 7"));
    let limits = Limits { wait: Duration::from_secs(2), ..Limits::for_size(0) };
    let silent = reader(&dir, "silent").with_limits(limits);
    assert!(open(silent).to_string().contains("longer than 2 s"));
    let reading = Reading::Apart(Program::at(dir.path().join("no-such-program")));
    assert!(matches!(reading.probe(), Err(OgrError::Unconfined { .. })));
    assert!(apart().probe().is_ok());
}

#[test]
fn whatever_a_lying_reader_says_is_a_row_that_could_be_or_an_error() {
    let thorough = std::env::var_os("SISEOL_THOROUGH").is_some();
    let dir = tempfile::tempdir().unwrap();
    let path = points(&dir, 3_000);
    let limits = Limits { wait: Duration::from_secs(2), ..Limits::for_size(0) };
    let mut outcomes = [0; 2];
    for seed in 0..if thorough { 1_000 } else { 6 } {
        let program = reader(&dir, &format!("liar-{seed}")).with_limits(limits);
        let opened = Source::open(&path, Format::GeoJson, &Reading::Apart(program));
        let Ok(mut source) = opened else {
            outcomes[0] += 1;
            continue;
        };
        let (layers, rows, error) = all(&mut source);
        outcomes[1] += usize::from(error.is_some());
        for (layer, rows) in layers.iter().zip(&rows) {
            for (number, row) in (1..).zip(rows) {
                assert_eq!(row.number, number, "seed {seed}");
                let fits = row.values.iter().zip(&layer.fields).all(|(v, f)| v.fits(f.kind));
                assert!(fits && row.values.len() == layer.fields.len(), "seed {seed}: {row:?}");
            }
        }
    }
    assert!(outcomes.iter().sum::<usize>() > 0, "some lies are noticed");
}

#[test]
fn a_confined_process_reads_its_file_and_touches_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let delivered = write(&dir, "delivered.shp", b"delivered");
    let canary = write(&dir, "canary", b"canary");
    let new = dir.path().join("new");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = Command::new(READER)
        .args([delivered.as_os_str(), canary.as_os_str(), port.as_ref(), new.as_os_str()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = said.lines().collect();
    // 13 is EACCES, by Landlock; 38 is ENOSYS, by the filter of system calls.
    assert_eq!(
        lines,
        [
            "read delivered: Ok(())",
            "read canary: Err(Some(13))",
            "read parent: Err(Some(13))",
            "list folder: Err(Some(13))",
            "write delivered: Err(Some(13))",
            "make: Err(Some(13))",
            "rename: Err(Some(38))",
            "remove: Err(Some(38))",
            "permit: Err(Some(38))",
            "connect: Err(Some(38))",
            "run: Err(Some(38))",
            "signal parent: Err(Some(38))",
        ],
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(listener.accept().is_err(), "nobody has connected");
    assert_eq!(fs_err::read(&delivered).unwrap(), b"delivered");
    assert!(!new.exists());
}

#[test]
fn a_reader_inherits_no_file_and_no_variable() {
    let dir = tempfile::tempdir().unwrap();
    let path = points(&dir, 100_000);
    let mut canary = fs_err::File::create(dir.path().join("canary")).unwrap();
    canary.write_all(b"canary").unwrap();
    rustix::io::fcntl_setfd(canary.file(), rustix::io::FdFlags::empty()).unwrap();
    let source = Source::open(&path, Format::GeoJson, &apart()).unwrap();
    let process = format!("/proc/{}", source.process_id().unwrap());
    for entry in fs_err::read_dir(format!("{process}/fd")).unwrap() {
        let open = fs_err::read_link(entry.unwrap().path()).unwrap();
        assert!(!open.ends_with("canary"), "{}", open.display());
    }
    let variables = fs_err::read(format!("{process}/environ")).unwrap();
    let variables = String::from_utf8_lossy(&variables).into_owned();
    let known =
        |v: &str| ["GDAL_DATA=", "PROJ_DATA=", "PROJ_LIB="].iter().any(|k| v.starts_with(k));
    assert!(variables.split_terminator('\0').all(known), "{variables}");
}
