//! What says something of a person does not get into the register unless it is asked for.

use crate::files::{Col, dbf, encode, point};
use crate::town::{Town, crs, found};
use siseol_ingest::{Options, inspect};
use siseol_model::{ChangeCounts, IssueKind, Value};
use std::path::PathBuf;

const COLUMNS: &[Col] = &[
    ("FTR_CDE", b'C', 5, 0),
    ("FTR_IDN", b'N', 8, 0),
    ("HOM_NAM", b'C', 26, 0),
    ("HOM_ADR", b'C', 57, 0),
    ("MET_DIP", b'N', 3, 0),
];

const NAMES: [&str; 3] = ["홍길동", "성춘향", "이몽룡"];
const STREET: &str = "비밀스러운길 ";

/// Three customers: the last one has no place, and a name that breaks off.
fn customers(town: &Town, names: [&str; 3]) -> PathBuf {
    let mut rows = Vec::new();
    for (number, name) in (1..).zip(names) {
        let mut name = encode(name);
        if number == 3 {
            name.pop();
        }
        let street = encode(&format!("{STREET}{number}"));
        rows.push([
            b"SA122".to_vec(),
            format!("{number}").into_bytes(),
            name,
            street,
            b"15".to_vec(),
        ]);
    }
    let rows: Vec<Vec<&[u8]>> =
        rows.iter().map(|r| r.iter().map(Vec::as_slice).collect()).collect();
    let rows: Vec<(u8, &[&[u8]])> = rows.iter().map(|r| (b' ', r.as_slice())).collect();
    let x = 194_000.0;
    let shapes = [point(x, 529_000.0), point(x + 1.0, 529_000.0), point(f64::INFINITY, 529_000.0)];
    town.write("WTL_META_PS.cpg", b"CP949");
    town.shapefile("WTL_META_PS", 1, &shapes, &dbf(COLUMNS, &rows))
}

/// Whether any file of the register holds the text, as siseol writes it or as the delivery has it.
fn is_kept(town: &Town, text: &str) -> bool {
    let register = town.register();
    let name = register.file_name().unwrap().to_string_lossy().into_owned();
    let files = fs_err::read_dir(register.parent().unwrap()).unwrap();
    let of_register =
        files.map(|f| f.unwrap()).filter(|f| f.file_name().to_string_lossy().starts_with(&name));
    let mut found = false;
    for file in of_register {
        let bytes = fs_err::read(file.path()).unwrap();
        for wanted in [text.as_bytes().to_vec(), encode(text)] {
            found |= bytes.windows(wanted.len()).any(|part| part == wanted);
        }
    }
    found
}

#[test]
fn names_and_addresses_are_masked_in_values_findings_and_what_is_kept_aside() {
    let town = Town::new();
    let path = customers(&town, NAMES);
    let report = town.load(&path, &crs(5186));
    let layer = &report.layers[0];
    assert_eq!((layer.rows.accepted, layer.rows.quarantined), (2, 1), "{:#?}", layer.findings);
    let masked = layer.findings.iter().find(|f| f.kind == IssueKind::PersonalMasked).unwrap();
    let columns: Vec<_> = masked.columns.iter().map(|c| (c.column.as_str(), c.count)).collect();
    assert_eq!(columns, [("HOM_NAM", 2), ("HOM_ADR", 3)]);
    for row in town.rows("water_meter") {
        assert_eq!(row.2[2..4], [Value::text("***"), Value::text("***")]);
        assert_eq!(row.2[4], Value::Float(15.0));
    }
    let report = serde_json::to_string(&report).unwrap();
    for secret in NAMES.into_iter().chain([STREET.trim()]) {
        assert!(!is_kept(&town, secret) && !report.contains(secret), "{secret}");
    }
    // All but the end of the name that breaks off.
    assert!(!is_kept(&town, "이몽"));
    assert!(is_kept(&town, "SA122"), "what is looked for would be found");
    let seen = inspect(&[path], &crs(5186)).unwrap();
    assert!(!serde_json::to_string(&seen).unwrap().contains(NAMES[0]));
}

#[test]
fn a_mask_is_the_same_for_every_person() {
    let town = Town::new();
    town.load(&customers(&town, NAMES), &crs(5186));
    let report = town.load(&customers(&town, ["다른 사람", "또 다른 사람", "이몽룡"]), &crs(5186));
    let unchanged = ChangeCounts { unchanged: 2, ..ChangeCounts::default() };
    assert_eq!(report.layers[0].changes, unchanged);
}

#[test]
fn who_asks_for_them_has_them() {
    let town = Town::new();
    let keep = || Options { keep_personal: true, ..crs(5186) };
    let report = town.load(&customers(&town, NAMES), &keep());
    assert!(!found(&report.layers[0]).iter().any(|(kind, _)| *kind == IssueKind::PersonalMasked));
    assert_eq!(town.rows("water_meter")[0].2[2], Value::text(NAMES[0]));
    assert!(is_kept(&town, NAMES[0]));
}

#[test]
fn a_key_that_would_be_masked_is_refused() {
    let town = Town::new();
    let path = customers(&town, NAMES);
    let by_name = Options { key: vec!["HOM_NAM".to_owned()], ..crs(5186) };
    let (kind, text) = town.refusal(&path, &by_name);
    assert_eq!(kind, IssueKind::PersonalKey);
    assert!(text.contains("--keep-personal"), "{text}");
    town.load(&path, &Options { keep_personal: true, ..by_name });
}
