//! Deliveries of layers that the register has already.

use crate::town::{Town, found};
use siseol_ingest::Options;
use siseol_model::{ChangeCounts, DeliveryMode, IngestReport, IssueKind, Value};
use std::fmt::Write as _;
use std::path::PathBuf;

/// A valve: its number, its maker, the place.
type Valve = (i64, &'static str, [f64; 2]);

const VALVES: [Valve; 5] = [
    (1, "가", [126.93, 37.36]),
    (2, "나", [126.94, 37.36]),
    (3, "다", [126.95, 37.36]),
    (4, "라", [126.96, 37.36]),
    (5, "마", [126.97, 37.36]),
];

impl Town {
    /// A GeoJSON file of valves, keyed by their number.
    fn valves(&self, valves: &[Valve]) -> PathBuf {
        let mut features = String::new();
        for (number, maker, [lon, lat]) in valves {
            let comma = if features.is_empty() { "" } else { "," };
            write!(
                features,
                r#"{comma}{{"type":"Feature","properties":{{"maker":"{maker}","number":{number}}},"geometry":{{"type":"Point","coordinates":[{lon},{lat}]}}}}"#
            )
            .unwrap();
        }
        let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
        self.write("valves.geojson", text.as_bytes())
    }
}

fn keyed() -> Options {
    Options { key: vec!["number".to_owned()], ..Options::default() }
}

fn changes(report: &IngestReport) -> ChangeCounts {
    report.layers[0].changes
}

fn counts(inserted: u64, updated: u64, deleted: u64, unchanged: u64, missing: u64) -> ChangeCounts {
    ChangeCounts { inserted, updated, deleted, unchanged, missing }
}

/// The second delivery: 1 and 2 as they were, 3 of another maker, 4 moved, 5 gone, 6 new.
fn second() -> Vec<Valve> {
    let mut valves = VALVES.to_vec();
    valves[2].1 = "바";
    valves[3].2[0] += 0.001;
    valves[4] = (6, "사", [126.98, 37.36]);
    valves
}

#[test]
fn an_upsert_inserts_and_updates_and_names_what_is_missing() {
    let town = Town::new();
    town.load(&town.valves(&VALVES), &keyed());
    let path = town.valves(&second());
    let rehearsal = town.load(&path, &Options { dry_run: true, ..keyed() });
    assert_eq!(town.rows("valves").len(), 5, "a rehearsal writes nothing");
    // The key need not be told again.
    let report = town.load(&path, &Options::default());
    assert_eq!(changes(&report), counts(1, 2, 0, 2, 1));
    assert_eq!(rehearsal.layers, report.layers);
    assert_eq!(found(&report.layers[0])[0], (IssueKind::MissingFromDelivery, 1));
    assert_eq!(report.layers[0].findings[0].examples[0].value.as_deref(), Some("valves/5"));
    let rows = town.rows("valves");
    let keys: Vec<_> = rows.iter().map(|row| row.0.clone().unwrap()).collect();
    assert_eq!(keys, ["1", "2", "3", "4", "5", "6"]);
    assert!(rows[2].2.contains(&Value::text("바")), "{rows:?}");
    // The same once more changes nothing, and is a change set all the same.
    let again = town.load(&path, &Options::default());
    assert_eq!(changes(&again), counts(0, 0, 0, 5, 1));
    assert_eq!(again.generation, Some(3));
    assert_eq!(town.rows("valves"), rows);
}

#[test]
fn a_replacement_deletes_no_more_than_it_may() {
    let town = Town::new();
    town.load(&town.valves(&VALVES), &keyed());
    let replace = || Options { mode: DeliveryMode::Replace, ..Options::default() };
    // One of five is a fifth.
    let report = town.load(&town.valves(&VALVES[1..]), &replace());
    assert_eq!(changes(&report), counts(0, 0, 1, 4, 0));
    let two = town.valves(&VALVES[3..]);
    let (kind, text) = town.refusal(&two, &replace());
    assert_eq!(kind, IssueKind::TooManyDeletes);
    assert!(text.contains("--allow-deletes 2"), "{text}");
    let none = Options { allow_deletes: Some(0), ..replace() };
    assert_eq!(town.refusal(&two, &none).0, IssueKind::TooManyDeletes);
    let allowed = Options { allow_deletes: Some(2), ..replace() };
    assert_eq!(changes(&town.load(&two, &allowed)), counts(0, 0, 2, 2, 0));
    assert_eq!(town.rows("valves").len(), 2);
}

#[test]
fn a_row_that_is_kept_aside_is_not_missing() {
    let town = Town::new();
    town.load(&town.valves(&VALVES), &keyed());
    // Valve 2 comes without a place on the globe: it is kept aside, and the register's valve 2 stays.
    let mut broken = VALVES[..4].to_vec();
    broken[1].2 = [500.0, 2_000.0];
    let replace = Options { mode: DeliveryMode::Replace, ..Options::default() };
    let report = town.load(&town.valves(&broken), &replace);
    assert_eq!(report.layers[0].rows.quarantined, 1);
    assert_eq!(changes(&report), counts(0, 0, 1, 4, 0));
    let keys: Vec<_> = town.rows("valves").into_iter().map(|row| row.0.unwrap()).collect();
    assert_eq!(keys, ["1", "2", "3", "4"]);
}

#[test]
fn only_new_keys_are_appended() {
    let town = Town::new();
    town.load(&town.valves(&VALVES[..3]), &keyed());
    let append = || Options { mode: DeliveryMode::Append, ..Options::default() };
    let (kind, text) = town.refusal(&town.valves(&VALVES[2..]), &append());
    assert_eq!(kind, IssueKind::KeyTaken);
    assert!(text.contains("1 rows") && text.contains("(3, ..)"), "{text}");
    let report = town.load(&town.valves(&VALVES[3..]), &append());
    assert_eq!(changes(&report), counts(2, 0, 0, 0, 0));
    assert_eq!(town.rows("valves").len(), 5);
}

#[test]
fn a_part_of_a_layer_costs_no_list_of_the_rest() {
    let town = Town::new();
    town.load(&town.valves(&VALVES), &keyed());
    let mut part = VALVES[1..2].to_vec();
    part[0].1 = "바";
    part.push((7, "사", [126.99, 37.36]));
    let report = town.load(&town.valves(&part[..1]), &Options::default());
    assert_eq!(changes(&report), counts(0, 1, 0, 0, 4));
    let finding = &report.layers[0].findings[0];
    assert_eq!((finding.kind, finding.count), (IssueKind::MissingFromDelivery, 1));
    assert!(finding.examples[0].text.starts_with("4 of the 5 rows"), "{finding:?}");
    let new = town.load(&town.valves(&part[1..]), &Options::default());
    assert_eq!(changes(&new), counts(1, 0, 0, 0, 5));
    // Without a key it is the content that is looked for.
    let other = Town::new();
    other.load(&other.valves(&VALVES), &Options::default());
    let report = other.load(&other.valves(&VALVES[3..4]), &Options::default());
    assert_eq!(changes(&report), counts(0, 0, 0, 1, 4));
    let report = other.load(&other.valves(&part[..1]), &Options::default());
    assert_eq!(changes(&report), counts(1, 0, 0, 0, 5));
}

#[test]
fn rows_without_a_key_are_the_same_if_their_content_is() {
    let town = Town::new();
    let twice = [VALVES[0], VALVES[0], VALVES[1]];
    town.load(&town.valves(&twice), &Options::default());
    let report = town.load(&town.valves(&[VALVES[0], VALVES[2]]), &Options::default());
    assert_eq!(changes(&report), counts(1, 0, 0, 1, 2));
    assert_eq!(town.rows("valves").len(), 4);
}

#[test]
fn what_cannot_be_rows_of_the_layer_is_refused_by_name() {
    let town = Town::new();
    town.load(&town.valves(&VALVES), &keyed());
    let other = |text: &str| town.write("valves.geojson", text.as_bytes());
    let point = r#""geometry":{"type":"Point","coordinates":[126.9,37.3]}"#;
    let one = |properties: &str, geometry: &str| {
        other(&format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{{properties}}},{geometry}}}]}}"#
        ))
    };
    let columns = one(r#""number":1,"maker":"가","colour":"red""#, point);
    let (kind, text) = town.refusal(&columns, &Options::default());
    assert_eq!(kind, IssueKind::FieldsDiffer);
    assert!(text.contains("does not have colour"), "{text}");
    // siseol's own properties are no columns: an export can be mended and delivered again.
    let own = one(r#""layer":"valves","facility_key":"1","number":1,"maker":"가""#, point);
    let rehearsal = Options { dry_run: true, ..Options::default() };
    assert_eq!(changes(&town.load(&own, &rehearsal)), counts(0, 1, 0, 0, 4));
    let fewer = one(r#""number":1"#, point);
    assert!(town.refusal(&fewer, &Options::default()).1.contains("lacks maker"));
    let kind = one(r#""number":"one","maker":"가""#, point);
    let (kind, text) = town.refusal(&kind, &Options::default());
    assert_eq!(kind, IssueKind::FieldsDiffer);
    assert!(text.contains("`one` cannot stand in the field number"), "{text}");
    let line = r#""geometry":{"type":"LineString","coordinates":[[126.9,37.3],[127,37.4]]}"#;
    let lines = one(r#""number":1,"maker":"가""#, line);
    assert_eq!(town.refusal(&lines, &Options::default()).0, IssueKind::GeometryDiffers);
    let key = Options { key: vec!["maker".to_owned()], ..Options::default() };
    let (kind, text) = town.refusal(&town.valves(&VALVES), &key);
    assert_eq!(kind, IssueKind::FieldsDiffer);
    assert!(text.contains("is number, not maker"), "{text}");
}

#[test]
fn another_grid_is_brought_into_the_layers_when_asked_for() {
    let town = Town::new();
    town.load(&town.valves(&VALVES), &keyed());
    // The place of valve 1 in EPSG:3857, by the formula of the spherical Mercator projection.
    let radius = 6_378_137.0_f64;
    let x = radius * 126.93_f64.to_radians();
    let y = radius * (std::f64::consts::FRAC_PI_4 + 37.36_f64.to_radians() / 2.0).tan().ln();
    let csv =
        town.write("valves.csv", format!("maker,number,x,y\n가,1,{x:.6},{y:.6}\n").as_bytes());
    let mercator =
        || Options { force_crs: Some("EPSG:3857".parse().unwrap()), ..Options::default() };
    let refused = town.refuse(&csv, &mercator());
    // A table has its coordinates as columns, too, which the layer does not have.
    assert_eq!(refused[0].issue.kind, IssueKind::FieldsDiffer);
    let json = town.write(
        "valves.geojson",
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"maker":"가","number":1}},"geometry":{{"type":"Point","coordinates":[{x},{y}]}}}}]}}"#
        )
        .as_bytes(),
    );
    let (kind, text) = town.refusal(&json, &mercator());
    assert_eq!(kind, IssueKind::GridDiffers);
    assert!(text.contains("--reproject"), "{text}");
    let report = town.load(&json, &Options { reproject: true, ..mercator() });
    assert_eq!(changes(&report), counts(0, 1, 0, 0, 4));
    assert!(found(&report.layers[0]).contains(&(IssueKind::Reprojected, 1)));
    let wkb = town.rows("valves")[0].1.clone().unwrap();
    let number = |at: usize| f64::from_le_bytes(wkb[at..at + 8].try_into().unwrap());
    assert!((number(5) - 126.93).abs() < 1e-9 && (number(13) - 37.36).abs() < 1e-9);
}
