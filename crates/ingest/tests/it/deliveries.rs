//! Folders, archives, manifests, and two files that want the same place.

use crate::files::{Col, dbf, encode, point};
use crate::town::{Town, crs};
use siseol_ingest::{IngestError, Options, inspect};
use siseol_model::{IssueKind, LayerName};
use std::io::Write as _;
use zip::write::SimpleFileOptions;

const COLUMNS: &[Col] = &[("FTR_CDE", b'C', 6, 0), ("FTR_IDN", b'N', 10, 0)];

fn one(town: &Town, stem: &str) {
    let table = dbf(COLUMNS, &[(b' ', &[b"RD001", b"1"])]);
    town.shapefile(stem, 1, &[point(194_000.0, 529_000.0)], &table);
}

#[test]
fn a_manifest_answers_for_its_files() {
    let town = Town::new();
    one(&town, "d/RDL_STLT_PS");
    one(&town, "d/x");
    let manifest = "notice = { ko = '가상 자료', en = 'synthetic data' }\n\
                    [files.\"RDL_STLT_PS.shp\"]\ncrs = \"EPSG:5186\"\n\
                    [files.\"x.shp\"]\ncrs = \"EPSG:5187\"\nlayer = \"other\"\nkey = [\"FTR_IDN\"]\n";
    town.write("d/siseol.toml", manifest.as_bytes());
    let report = town.load(&town.inbox().join("d"), &Options::default());
    let seen: Vec<_> =
        report.layers.iter().map(|l| (l.layer.as_str(), l.crs.code(), l.source.as_str())).collect();
    assert_eq!(seen, [("street_light", 5186, "RDL_STLT_PS.shp"), ("other", 5187, "x.shp")]);
    assert_eq!(town.rows("other")[0].0.as_deref(), Some("1"));
    assert!(report.layers[0].crs_evidence.contains("siseol.toml"));

    town.write("d/siseol.toml", b"[files.\"gone.shp\"]\n");
    let result = town.ingest(&[town.inbox().join("d")], &Options::default());
    assert!(matches!(result, Err(IngestError::Manifest { .. })), "{result:?}");
}

#[test]
fn two_files_that_claim_one_layer_are_both_refused() {
    let town = Town::new();
    one(&town, "a/WTL_VALV_PS");
    one(&town, "b/WTL_VALV_PS");
    let refused = town.refuse(&town.inbox(), &crs(5186));
    assert_eq!(refused.len(), 2);
    for r in &refused {
        assert_eq!(r.issue.kind, IssueKind::LayerTaken);
        assert!(
            r.issue.text.contains("a/WTL_VALV_PS.shp and b/WTL_VALV_PS.shp"),
            "{}",
            r.issue.text
        );
    }
    let layer: LayerName = "pipes".parse().unwrap();
    let named = Options { layer: Some(layer), ..crs(5186) };
    let result = town.ingest(&[town.inbox()], &named);
    assert!(matches!(result, Err(IngestError::OneNameForMany { count: 2, .. })), "{result:?}");
    town.load(&town.inbox().join("a/WTL_VALV_PS.shp"), &named);
    assert_eq!(town.layers()[0].layer.name.as_str(), "pipes");
}

#[test]
fn a_zip_from_korean_windows_is_read_with_its_names() {
    let town = Town::new();
    one(&town, "x");
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for part in ["shp", "shx", "dbf"] {
        // The writer takes UTF-8 only; the bytes of the name are put in below, which are as many.
        writer.start_file(format!("AAAAAA.{part}"), SimpleFileOptions::default()).unwrap();
        let bytes = fs_err::read(town.inbox().join(format!("x.{part}"))).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    let name = encode("가로등");
    assert_eq!(name.len(), 6);
    for at in 0..bytes.len() - 6 {
        if &bytes[at..at + 6] == b"AAAAAA" {
            bytes[at..at + 6].copy_from_slice(&name);
        }
    }
    let zip = town.write("z/a.zip", &bytes);
    let report = town.load(&zip, &crs(5186));
    assert_eq!(report.layers[0].source, "a.zip/가로등.shp");
    assert_eq!(report.layers[0].layer.as_str(), "가로등");
}

#[test]
fn what_is_not_data_is_passed_over_in_a_folder_and_named_when_given_itself() {
    let town = Town::new();
    one(&town, "a");
    town.write("a.sbn", b"x");
    town.write("a.shp.xml", b"<x/>");
    town.write("README.txt", b"x");
    assert_eq!(town.load(&town.inbox(), &crs(5186)).refused, []);
    let dwg = town.write("plan.dwg", b"AC1032");
    let (kind, text) = town.refusal(&dwg, &Options::default());
    assert_eq!(kind, IssueKind::UnsupportedFormat);
    assert!(text.contains("DXF"), "{text}");
    let other = town.write("a.kml", b"<kml/>");
    assert_eq!(town.refusal(&other, &Options::default()).0, IssueKind::UnsupportedFormat);
    let result = town.ingest(&[town.inbox().join("none")], &Options::default());
    assert!(matches!(result, Err(IngestError::Source { .. })), "{result:?}");
}

#[test]
fn an_inspection_shows_rows_grids_and_the_line_to_run() {
    let town = Town::new();
    one(&town, "WTL_FIRE_PS");
    let source = town.inbox().join("WTL_FIRE_PS.shp");
    let open = inspect(std::slice::from_ref(&source), &Options::default()).unwrap();
    assert_eq!((open.layers.len(), open.refused.len()), (0, 1));
    assert!(open.command.ends_with("--crs EPSG:...."), "{}", open.command);
    let seen = inspect(&[source], &crs(5186)).unwrap();
    let layer = &seen.layers[0];
    assert_eq!(
        (layer.layer.as_str(), layer.rows, layer.class.is_some()),
        ("hydrant", Some(1), true)
    );
    assert_eq!(layer.sample, [[Some("RD001".to_owned()), Some("1".to_owned())]]);
    assert_eq!(layer.key, ["FTR_CDE", "FTR_IDN"]);
    assert_eq!(layer.fields[0].code_list.as_deref(), Some("FTR"));
    assert!(seen.command.ends_with("--crs EPSG:5186"), "{}", seen.command);
    assert!(!town.register().exists());
}

#[test]
fn the_sample_city_loads_whole() {
    let town = Town::new();
    let city = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sample-city");
    let report = town.load(&city, &Options::default());
    assert_eq!(report.refused, []);
    assert!(report.layers.len() >= 20, "{}", report.layers.len());
    let known = |name: &str| report.layers.iter().any(|l| l.layer.as_str() == name);
    for name in ["water_pipe", "hydrant", "admin_dong", "shelter", "population", "street_light"] {
        assert!(known(name), "{name}");
    }
    assert_eq!(town.layers().len(), report.layers.len());
}
