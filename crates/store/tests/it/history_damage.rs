//! What the check finds where the rows, their history and the change sets contradict each other.

use crate::chronicle::Chronicle;
use crate::hand::table;
use crate::kit::{Place, deliver, feature, now, read, sql};
use siseol_model::{Feature, LayerName, Value};
use siseol_store::CheckReport;
use std::path::PathBuf;

fn row(n: i64) -> Feature {
    let values = vec![Value::Integer(n), Value::Null, Value::text("관"), Value::Null, Value::Null];
    feature(&format!("K-{n}"), None, values)
}

/// A register with ten rows, of which some changed in change sets 2 and 3: fid 3 twice, fid 4 went and came back,
/// fids 5 and 11 went.
fn worn(place: &Place) -> PathBuf {
    let path = place.register();
    deliver(&path, &[(table("codes"), (1..=10).map(row).collect())]).unwrap();
    let mut chronicle = Chronicle::new(&path);
    chronicle.note();
    let codes: LayerName = "codes".parse().unwrap();
    chronicle.by_hand(now(), None, |hand| {
        hand.update(&codes, 3, &row(33));
        hand.delete(&codes, 4);
        hand.insert(&codes, &row(11));
        hand.insert(&codes, &row(12));
    });
    chronicle.by_hand(now(), Some(2), |hand| {
        hand.update(&codes, 3, &row(3));
        hand.bring_back(&codes, 4, &row(4));
        hand.delete(&codes, 5);
        hand.delete(&codes, 11);
    });
    path
}

/// The report after some SQL.
fn check(statements: &str) -> CheckReport {
    let place = Place::new();
    let path = worn(&place);
    let whole = read(&path).check().unwrap();
    assert!(whole.ok, "{whole:?}");
    sql(&path).execute_batch(statements).unwrap();
    let report = read(&path).check().unwrap();
    assert!(!report.ok, "{statements}");
    report
}

/// What is found in the layer after some SQL that knows how to get round the guards.
fn found(statements: &str) -> Vec<String> {
    let open = "UPDATE siseol_meta SET writing = 1";
    let closed = "UPDATE siseol_meta SET writing = 0";
    let mut report = check(&format!("{open}; {statements}; {closed}"));
    assert_eq!(report.faults, [] as [&str; 0], "{statements}");
    report.layers.remove(0).faults
}

/// What is found in the catalogue.
fn found_in_catalogue(statements: &str) -> Vec<String> {
    let report = check(statements);
    assert_eq!(report.layers[0].faults, [] as [&str; 0], "{statements}");
    report.faults
}

#[test]
fn history_that_rots_is_found() {
    assert_eq!(
        found("UPDATE siseol_history SET content = zeroblob(40) WHERE fid = 3 AND generation = 2"),
        ["fid 3: its content in the history is not what was written"]
    );
    let hash = blake3::hash(&[0, 0, 9]).to_hex();
    assert_eq!(
        found(&format!(
            "UPDATE siseol_history SET content = x'000009', hash = x'{}' WHERE fid = 5",
            &hash[..32]
        )),
        ["fid 5: its content in the history cannot be read"]
    );
    // A row of another layer: one value instead of five.
    let hash = blake3::hash(&[0, 0, 0]).to_hex();
    assert_eq!(
        found(&format!(
            "UPDATE siseol_history SET content = x'000000', hash = x'{}' WHERE fid = 5",
            &hash[..32]
        )),
        ["fid 5: its content in the history cannot be read"]
    );
    assert_eq!(
        found("UPDATE siseol_history SET content = NULL WHERE fid = 11"),
        ["fid 11: the history does not say what became of it"]
    );
    assert_eq!(
        found(
            "UPDATE siseol_history SET hash = NULL, content = NULL, changed = 1 WHERE operation = 1"
        ),
        ["fid 4: the history does not say what became of it"]
    );
}

#[test]
fn versions_that_do_not_follow_each_other_are_found() {
    let broken = ["fid 3: its versions do not follow each other"];
    for statement in [
        "UPDATE siseol_history SET changed = 1 WHERE fid = 3 AND generation = 3",
        "UPDATE siseol_history SET changed = 2 WHERE fid = 3 AND generation = 2",
        "UPDATE siseol_history SET born = 2 WHERE fid = 3 AND generation = 2",
        "UPDATE siseol_row SET changed = 2 WHERE fid = 3",
        "UPDATE siseol_row SET born = 3 WHERE fid = 3",
    ] {
        assert_eq!(found(statement), broken, "{statement}");
    }
    assert_eq!(
        found("DELETE FROM siseol_history WHERE fid = 3 AND generation = 2"),
        ["change set 2 counts 1 rows as updated, the history 0", broken[0]]
    );
    assert_eq!(
        found("UPDATE siseol_history SET generation = 4 WHERE fid = 5"),
        ["change set 3 has the layer or its history in another state"]
    );
    let astray = check("UPDATE siseol_history SET layer = 7 WHERE fid = 5");
    assert_eq!(
        astray.layers[0].faults,
        [
            "change set 3 counts 2 rows as deleted, the history 1",
            "fid 5: the bookkeeping has it in another layer"
        ]
    );
    assert_eq!(
        astray.faults,
        ["the history has rows of change set 3, which does not name the layer"]
    );
}

#[test]
fn rows_that_came_or_went_without_a_change_set_are_found() {
    let count = |n| format!("the catalogue has 10 rows, the table {n}");
    let gone = "it is gone, and nothing says that it was deleted".to_owned();
    assert_eq!(
        found("DELETE FROM codes WHERE fid IN (7, 8); DELETE FROM siseol_row WHERE fid IN (7, 8)"),
        [format!("fid 7: {gone} (and 1 more)"), count(8)]
    );
    assert_eq!(
        found("DELETE FROM siseol_row WHERE fid = 3"),
        ["fid 3: siseol has not written this row".to_owned(), format!("fid 3: {gone}")]
    );
    assert_eq!(
        found("DELETE FROM codes WHERE fid IN (7, 8)"),
        [
            "fid 7: it is gone from its table, and siseol has not deleted it (and 1 more)"
                .to_owned(),
            count(8)
        ]
    );
    assert_eq!(
        found("INSERT INTO codes(fid) VALUES (99)"),
        ["fid 99: siseol has not written this row".to_owned(), count(11)]
    );
    let copied = "INSERT INTO siseol_row SELECT {to}, layer, facility_key, hash, born, changed FROM siseol_row WHERE fid = 7;
         INSERT INTO codes SELECT {to}, \"번호\", \"관경\", \"이름\", \"설치일\", \"사용\" FROM codes WHERE fid = 7";
    assert_eq!(
        found(&copied.replace("{to}", "99")),
        ["fid 99: nothing says that it was ever inserted".to_owned(), count(11)]
    );
    assert_eq!(
        found(&copied.replace("{to}", "5")),
        [count(11), "fid 5: it was deleted, but it is there".to_owned()]
    );
    assert_eq!(
        found("UPDATE codes SET \"번호\" = 8 WHERE fid = 7"),
        ["fid 7: its content is not what was written"]
    );
}

#[test]
fn counts_that_are_wrong_are_found() {
    for (statement, fault) in [
        ("updated = 4", "change set 2 counts 4 rows as updated, the history 1"),
        ("revises = 0", "change set 2 says that it left the layer as it was"),
        ("generation = 1", "change set 2 has the layer or its history in another state"),
        ("findings = 3", "change set 2 counts 3 findings, the file has 0"),
        ("quarantined = 1", "change set 2 counts 1 quarantined rows, the file has 0"),
    ] {
        let faults = found(&format!("UPDATE siseol_change SET {statement} WHERE change_set = 2"));
        assert!(faults.contains(&fault.to_owned()), "{statement}: {faults:?}");
    }
    assert_eq!(
        found("UPDATE siseol_change SET inserted = 5 WHERE change_set = 2"),
        [
            "change set 2 counts 5 rows as inserted, the history 2",
            "the number of rows after change set 2 does not follow from the one before"
        ]
    );
    assert_eq!(
        found("UPDATE siseol_change SET report = (SELECT report FROM siseol_change WHERE change_set = 1) WHERE change_set = 2;
             UPDATE siseol_change SET report = '{' WHERE change_set = 1")[0][..32],
        *"an ingest report cannot be read:"
    );
    let found = found_in_catalogue("UPDATE siseol_meta SET next_fid = 12");
    assert_eq!(found, ["fids from 12 on are given out twice"]);
    let found = found_in_catalogue(
        "INSERT INTO siseol_issue VALUES (1, 1, 'codes', '', 'error', 'odd', NULL, NULL, NULL, '', 1, NULL, NULL);
         INSERT INTO siseol_quarantine VALUES (1, x'00', NULL, NULL), (2, x'00', NULL, NULL);
         UPDATE siseol_change SET findings = 1, quarantined = 1 WHERE change_set = 1",
    );
    assert_eq!(found, ["a finding of the unknown kind odd", "1 quarantined rows have no finding"]);
}

#[test]
fn change_sets_that_do_not_lead_to_the_present_are_found() {
    for (statement, fault) in [
        (
            "time = '2026-03-02T00:00:00Z' WHERE id = 2",
            "change set 3 does not follow the one before",
        ),
        (
            "stamp = (SELECT stamp FROM siseol_meta) WHERE id = 2",
            "change set 3 has the stamp of another one",
        ),
        (
            "stamp = '0123456789abcdef0123456789abcdef' WHERE id = 3",
            "the last change set did not make the present state",
        ),
        ("kind = 'delivery' WHERE id = 3", "change set 3 is a delivery, but undoes another one"),
        ("undoes = NULL WHERE id = 3", "change set 3 is an undo of nothing"),
        ("undoes = 3 WHERE id = 3", "change set 3 undoes what was not there yet"),
        ("kind = 'merge' WHERE id = 3", "a change set of the unknown kind merge"),
    ] {
        let faults = found_in_catalogue(&format!("UPDATE siseol_change_set SET {statement}"));
        assert!(faults.contains(&fault.to_owned()), "{statement}: {faults:?}");
    }
    let faults = found_in_catalogue(
        "INSERT INTO siseol_change_set SELECT 4, 4, '0123456789abcdef0123456789abcdef', time, NULL, NULL, '', kind, NULL
         FROM siseol_change_set WHERE id = 1",
    );
    assert_eq!(
        faults,
        ["the last change set did not make the present state", "change set 4 names no layer"]
    );
    let report = check("UPDATE siseol_change_set SET stamp = 'x' WHERE id = 2");
    let bad = "bad stamp `x`: a stamp is 32 hexadecimal digits";
    assert!(report.layers.is_empty() && report.faults.contains(&bad.to_owned()), "{report:?}");
    let report = check("UPDATE siseol_layer SET name = 'code'");
    assert_eq!(report.faults, ["a layer calls itself codes, the catalogue does not"]);
    let faults = found_in_catalogue("UPDATE siseol_meta SET generation = 2");
    assert_eq!(faults, ["the last change set did not make the present state"]);
}

#[test]
fn open_guards_are_found() {
    let gone = ["other programs can write to it: a guard is gone"];
    assert_eq!(found("DROP TRIGGER siseol_guard_codes_update"), gone);
    let weaker = "DROP TRIGGER siseol_guard_codes_update;
        CREATE TRIGGER siseol_guard_codes_update BEFORE update ON codes WHEN FALSE BEGIN SELECT 1; END";
    assert_eq!(found(weaker), gone);
    let faults = found_in_catalogue("UPDATE siseol_meta SET writing = 1");
    assert_eq!(
        faults,
        ["the layers are open to writers that go round siseol (siseol_meta.writing)"]
    );
}
