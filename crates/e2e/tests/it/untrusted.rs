//! Files from others: whatever they say, no other file and no network is touched, and a reader's death is a refused file.

use crate::binary::{folder, kill, run, sample_city, siseol, tool};
use serde_json::Value as Json;
use std::ffi::OsStr;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;

/// What must be found nowhere but in its own file.
const CANARY: &str = "canary-5f1d2c9e";

/// What a hostile delivery could reach: a file beside it, and somebody who listens.
struct Outside {
    dir: tempfile::TempDir,
    canary: PathBuf,
    listener: TcpListener,
    url: String,
}

impl Outside {
    fn new() -> Self {
        let dir = folder();
        let canary = dir.path().join("outside/canary.geojson");
        fs_err::create_dir(dir.path().join("outside")).unwrap();
        let text = format!(
            r#"{{"type":"Feature","properties":{{"name":"{CANARY}"}},"geometry":{{"type":"Point","coordinates":[127,37]}}}}"#
        );
        fs_err::write(&canary, text).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self { dir, canary, listener, url }
    }

    /// A file of a delivery of that name.
    fn deliver(&self, delivery: &str, file: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let delivery = self.dir.path().join("deliveries").join(delivery);
        fs_err::create_dir_all(&delivery).unwrap();
        fs_err::write(delivery.join(file), bytes).unwrap();
        delivery
    }

    /// An archive of these members.
    fn archive(&self, name: &str, members: &[(&str, &[u8])]) -> PathBuf {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (member, bytes) in members {
            archive.start_file(*member, SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        self.deliver(name, "delivery.zip", archive.finish().unwrap().into_inner())
    }

    /// A layer of the sample city whose `.prj` says this.
    fn shapefile(&self, name: &str, prj: &str) -> PathBuf {
        for part in ["shp", "shx", "dbf", "cpg"] {
            let file = format!("RDL_BRDG_AS.{part}");
            self.deliver(name, &file, fs_err::read(sample_city().join(&file)).unwrap());
        }
        self.deliver(name, "RDL_BRDG_AS.prj", prj)
    }

    /// Every attack, and what its outcome has to say.
    fn attacks(&self) -> Vec<(String, PathBuf, i32, &'static str)> {
        let mut attacks = Vec::new();
        let mut add = |name: &str, path: PathBuf, code, says| {
            attacks.push((name.to_owned(), path, code, says));
        };
        let away = |source: &str| {
            format!(
                r#"<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#
            )
        };
        let near = self.canary.to_str().unwrap();
        let far = format!("/vsicurl/{}/x.shp", self.url);
        for extension in ["shp", "gpkg", "geojson", "fgb", "osm", "dxf"] {
            for (kind, source) in [("file", near), ("network", &far)] {
                let name = format!("vrt-{kind}-as-{extension}");
                let file = format!("x.{extension}");
                let says = if extension == "osm" { "" } else { "NOT_THIS_FORMAT" };
                add(&name, self.deliver(&name, &file, away(source)), 3, says);
            }
        }
        for name in [
            far.clone(),
            format!("/vsizip//vsicurl/{}/x.zip", self.url),
            format!("{}/x.geojson", self.url),
            format!("GeoJSON:{}/x.geojson", self.url),
        ] {
            add(&name, PathBuf::from(&name), 1, "cannot read the source");
        }
        add(
            "prj-url",
            self.shapefile("prj-url", &format!("{}/x.prj", self.url)),
            3,
            "CRS_UNREADABLE",
        );
        add("prj-vsi", self.shapefile("prj-vsi", &far), 3, "CRS_UNREADABLE");
        for (kind, member) in [("link", "href"), ("url", "url")] {
            let crs = format!(
                r#""crs":{{"type":"{kind}","properties":{{"{member}":"{}/x"}}}}"#,
                self.url
            );
            let point = r#""geometry":{"type":"Point","coordinates":[127,37]"#;
            let whole = format!(r#"{{"type":"Feature","properties":{{}},{crs},{point}}}}}"#);
            let name = format!("geojson-{kind}");
            add(&name, self.deliver(&name, "x.geojson", whole), 3, "CRS_UNREADABLE");
            // The grid of a geometry is nobody's: GDAL alone would look at it.
            let inside = format!(r#"{{"type":"Feature","properties":{{}},{point},{crs}}}}}"#);
            let name = format!("geojson-{kind}-inside");
            add(&name, self.deliver(&name, "x.geojson", inside), 0, "1 inserted");
        }
        let harmless = br#"{"type":"Point","coordinates":[127,37]}"#;
        for (name, member) in [
            ("zip-up", "../../outside/canary.geojson"),
            ("zip-up-windows", "..\\..\\outside\\canary.geojson"),
            ("zip-absolute", near),
        ] {
            add(name, self.archive(name, &[(member, harmless)]), 3, "ARCHIVE_UNSAFE");
        }
        let zeros = vec![0; 64 << 20];
        let bomb = self.archive("zip-bomb", &[("x.dbf", &zeros), ("x.shp", harmless)]);
        add("zip-bomb", bomb, 3, "");
        attacks
    }
}

fn ingest(register: &Path, source: &Path, extra: &[&str]) -> (Option<i32>, String) {
    let mut args = vec![OsStr::new("ingest"), register.as_os_str(), source.as_os_str()];
    args.extend(extra.iter().map(OsStr::new));
    let output = run(&args);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_hostile_delivery_touches_no_other_file_and_no_network() {
    let outside = Outside::new();
    let canary = fs_err::read(&outside.canary).unwrap();
    let attacks = outside.attacks();
    for (number, (name, source, code, says)) in attacks.iter().enumerate() {
        for extra in [&[][..], &["--untrusted"]] {
            let register = outside.dir.path().join(format!("{number}-{}.gpkg", extra.len()));
            let (found, text) = ingest(&register, source, extra);
            assert_eq!(found, Some(*code), "{name} {extra:?}: {text}");
            assert!(text.contains(says), "{name} {extra:?}: {text}");
            assert!(!text.contains(CANARY), "{name} {extra:?}: {text}");
            if let Ok(bytes) = fs_err::read(&register) {
                let canary = CANARY.as_bytes();
                let found = bytes.windows(canary.len()).any(|window| window == canary);
                assert!(!found, "{name} {extra:?}: the canary is in the register");
            }
            assert!(fs_err::read(&outside.canary).unwrap() == canary, "{name}: it was written to");
            assert!(outside.listener.accept().is_err(), "{name} {extra:?}: somebody has called");
        }
    }
    let beside: Vec<_> = fs_err::read_dir(outside.canary.parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
}

/// What a register has of the rows, and what the report says of them.
fn loaded(register: &Path, source: &Path, extra: &[&str]) -> (Json, Vec<String>) {
    let (code, text) = ingest(register, source, &[extra, &["--json"]].concat());
    assert_eq!(code, Some(0), "{}: {text}", source.display());
    let report: Json = serde_json::from_str(&text).unwrap();
    let layers = report["layers"].clone();
    let export = |layer: &Json| {
        let name = layer["layer"].as_str().unwrap();
        // One feature a line, because a collection says when it was written.
        let lines = register.with_extension(format!("{name}.geojsonl"));
        let args = [OsStr::new("export"), register.as_os_str(), name.as_ref(), "--to".as_ref()];
        let output = run(&[&args[..], &[lines.as_os_str()]].concat());
        assert_eq!(output.status.code(), Some(0));
        fs_err::read_to_string(lines).unwrap()
    };
    let rows = layers.as_array().unwrap().iter().map(export).collect();
    (layers, rows)
}

#[test]
fn each_format_gives_the_same_rows_and_findings_with_and_without_it() {
    let dir = folder();
    let pipes = sample_city().join("SWL_PIPE_LM.shp");
    let mut sources = vec![pipes.clone()];
    for (name, driver) in
        [("a.gpkg", "GPKG"), ("b.fgb", "FlatGeobuf"), ("c.geojson", "GeoJSON"), ("d.dxf", "DXF")]
    {
        let path = dir.path().join(name);
        let mut args = vec!["-f".as_ref(), driver.as_ref(), path.as_os_str(), pipes.as_os_str()];
        match driver {
            "GeoJSON" => args.extend(["-t_srs", "EPSG:4326"].map(OsStr::new)),
            "DXF" => args.extend(["-select", ""].map(OsStr::new)),
            _ => {}
        }
        tool("ogr2ogr", &args);
        sources.push(path);
    }
    let osm = dir.path().join("e.osm");
    let nodes = r#"<osm version="0.6"><node id="1" lat="37" lon="127"><tag k="emergency" v="fire_hydrant"/></node><node id="2" lat="37.1" lon="127"/><way id="3"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>"#;
    fs_err::write(&osm, nodes).unwrap();
    sources.push(osm);
    for (number, source) in sources.iter().enumerate() {
        let grid: &[&str] = match source.extension().and_then(OsStr::to_str) {
            Some("dxf") => &["--crs", "EPSG:5186"],
            _ => &[],
        };
        let register = |kind: &str| dir.path().join(format!("{number}-{kind}.gpkg"));
        let here = loaded(&register("here"), source, grid);
        let apart = loaded(&register("apart"), source, &[grid, &["--untrusted"]].concat());
        assert!(here.1.iter().any(|rows| rows.contains("\"Feature\"")), "{}", source.display());
        assert!(here == apart, "{}", source.display());
    }
}

/// The process that a running `siseol` has a file read by.
fn reader_of(parent: u32, file: &Path) -> u32 {
    let patience = Instant::now() + Duration::from_mins(5);
    loop {
        assert!(Instant::now() < patience, "nobody reads {}", file.display());
        let listed = fs_err::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        for child in listed.unwrap_or_default().split_whitespace() {
            // It may have ended since.
            let Ok(open) = std::fs::read_dir(format!("/proc/{child}/fd")) else { continue };
            let mut open = open.flatten().filter_map(|fd| std::fs::read_link(fd.path()).ok());
            if open.any(|path| path == file) {
                return child.parse().unwrap();
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_reader_that_is_killed_is_a_refused_file_and_the_register_is_as_it_was() {
    let dir = folder();
    let register = dir.path().join("r.gpkg");
    assert_eq!(ingest(&register, &sample_city().join("RDL_BRDG_AS.shp"), &[]).0, Some(0));
    let before = fs_err::read(&register).unwrap();
    let features: Vec<String> = (0..100_000)
        .map(|n| {
            format!(
                r#"{{"type":"Feature","properties":{{"n":{n}}},"geometry":{{"type":"Point","coordinates":[127,37]}}}}"#
            )
        })
        .collect();
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let source = dir.path().join("many.geojson");
    fs_err::write(&source, text).unwrap();
    for (signal, says) in [("-KILL", "signal 9 (SIGKILL)"), ("-ABRT", "signal 6 (SIGABRT)")] {
        let ingest = Command::new(siseol())
            .args([OsStr::new("ingest"), register.as_os_str(), source.as_os_str()])
            .arg("--untrusted")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        kill(reader_of(ingest.id(), &fs_err::canonicalize(&source).unwrap()), signal);
        let output = ingest.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("READER_DIED") && said.contains(says), "{said}");
        assert!(fs_err::read(&register).unwrap() == before, "the register has changed");
    }
}
