//! Deliveries into layers that are there, and undos, case by case.

use crate::kit::{
    self, Place, aside, deliver_as, feature, line, multi, now, point, point_z, provenance, read,
    rows, sql, valves,
};
use siseol_model::{
    ChangeCounts, Crs, DeliveryMode, FacilityKey, Feature, Field, FieldKind, GeometryKind, Issue,
    IssueKind, Label, Layer, LayerReport, Value,
};
use siseol_store::{
    Comparison, KeptReason, LayerEntry, MissingRow, Staging, StoreError, UndoReport, undo,
};
use std::path::Path;

fn spots() -> Layer {
    let fields = vec![Field::new("N", FieldKind::Integer), Field::new("글", FieldKind::Text)];
    kit::layer("spot", GeometryKind::Point, fields)
}

fn spot(key: &str, n: i64, x: f64) -> Feature {
    feature(key, Some(point(190_000.0 + x, 540_000.0)), vec![Value::Integer(n), Value::text("글")])
}

/// A delivery of one layer, compared with the register.
fn compared(
    path: &Path,
    layer: &Layer,
    rows: &[Feature],
    mode: DeliveryMode,
) -> Result<Comparison, StoreError> {
    kit::staged(path, layer, rows).compare(path, mode)
}

/// Undoes a change set; a rehearsal has to tell the same.
fn undo_now(place: &Place, change_set: i64) -> UndoReport {
    let rehearsed = undo(&place.register(), change_set, provenance(), now(), true).unwrap();
    let report = undo(&place.register(), change_set, provenance(), now(), false).unwrap();
    assert_eq!(rehearsed, UndoReport { commit: None, ..report.clone() });
    report
}

fn counts(report: &UndoReport) -> Vec<(u64, u64, u64)> {
    let layers = report.layers.iter();
    layers.map(|l| (l.changes.inserted, l.changes.updated, l.changes.deleted)).collect()
}

#[test]
fn an_undo_gives_back_fids_geometry_and_values_and_can_be_undone() {
    let place = Place::new();
    let path = place.register();
    let (layer, features) = valves(50);
    deliver_as(&path, &layer, &features, DeliveryMode::Upsert).unwrap();
    let table = "SELECT fid, geom, FTR_IDN, 관리기관 FROM valve ORDER BY fid";
    let content = || -> Vec<(i64, Vec<u8>, i64, String)> {
        let connection = sql(&path);
        let mut statement = connection.prepare(table).unwrap();
        let rows =
            statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let first = content();
    let mut second = features[3..].to_vec();
    second[0].values[1] = Value::text("다른 기관");
    second[1].geometry = Some(point(1.0, 2.0));
    second.push(feature("SA112-new", Some(point(3.0, 4.0)), features[0].values.clone()));
    let (difference, _) = deliver_as(&path, &layer, &second, DeliveryMode::Replace).unwrap();
    let changes = difference.changes;
    assert_eq!((changes.inserted, changes.updated, changes.deleted), (1, 2, 3));
    let changed = content();
    let report = undo_now(&place, 2);
    assert_eq!(counts(&report), [(3, 2, 1)]);
    assert!(report.kept.is_empty());
    assert_eq!(content(), first);
    assert_eq!(counts(&undo_now(&place, 3)), [(1, 2, 3)]);
    assert_eq!(content(), changed);
    assert!(read(&path).check().unwrap().ok);
    // Nothing is left of the second change set to undo: its rows are those of the fourth.
    let nothing = undo_now(&place, 2);
    assert!(nothing.commit.is_none() && nothing.kept.len() == 6, "{nothing:?}");
    let since = KeptReason::ChangedSince { change_set: 4 };
    assert!(nothing.kept.iter().all(|row| row.reason == since), "{nothing:?}");
    assert_eq!(read(&path).head().unwrap().generation, 4);
    let unknown = undo(&path, 77, provenance(), now(), false);
    assert!(matches!(unknown, Err(StoreError::NoSuchChangeSet { change_set: 77 })));
}

#[test]
fn what_was_changed_since_is_left_alone_and_named() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    let all = [spot("a", 1, 0.0), spot("b", 1, 1.0), spot("c", 1, 2.0), spot("d", 1, 3.0)];
    deliver_as(&path, &layer, &all, DeliveryMode::Upsert).unwrap();
    // a and b are changed, c and d go.
    let second = [spot("a", 2, 0.0), spot("b", 2, 1.0)];
    deliver_as(&path, &layer, &second, DeliveryMode::Replace).unwrap();
    // b is changed again, c's key goes to a new facility.
    let third = [spot("b", 3, 1.0), spot("c", 9, 9.0)];
    deliver_as(&path, &layer, &third, DeliveryMode::Upsert).unwrap();
    let moved = spot("c", 9, 8.0);
    deliver_as(&path, &layer, std::slice::from_ref(&moved), DeliveryMode::Upsert).unwrap();
    let report = undo_now(&place, 2);
    assert_eq!(counts(&report), [(1, 1, 0)]);
    let kept: Vec<_> = report.kept.iter().map(|row| (row.fid, row.reason)).collect();
    assert_eq!(
        kept,
        [(2, KeptReason::ChangedSince { change_set: 3 }), (3, KeptReason::KeyTaken { fid: 5 })]
    );
    let found: Vec<_> = rows(&read(&path), &layer);
    let expected =
        [(1, &all[0]), (2, &third[0]), (4, &all[3]), (5, &moved)].map(|(i, f)| (i, f.clone()));
    assert_eq!(found, expected);
    assert!(read(&path).check().unwrap().ok);
}

#[test]
fn a_delivery_that_was_compared_with_another_state_is_not_committed() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    deliver_as(&path, &layer, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let late = compared(&path, &layer, &[spot("a", 2, 0.0)], DeliveryMode::Upsert).unwrap();
    deliver_as(&path, &layer, &[spot("b", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let before = fs_err::read(&path).unwrap();
    let refused = late.commit(provenance(), None, now());
    assert!(matches!(&refused, Err(StoreError::Moved { layer: l }) if *l == layer.name));
    assert_eq!(fs_err::read(&path).unwrap(), before);
    // The same for a layer that has appeared meanwhile.
    let other = kit::layer("other", GeometryKind::Point, layer.fields.clone());
    let late = compared(&path, &other, &[spot("a", 2, 0.0)], DeliveryMode::Upsert).unwrap();
    deliver_as(&path, &other, &[spot("b", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let refused = late.commit(provenance(), None, now());
    assert!(matches!(&refused, Err(StoreError::Moved { layer: l }) if *l == other.name));
}

#[test]
fn a_layer_turns_multi_and_gets_heights_without_its_rows_changing() {
    let place = Place::new();
    let path = place.register();
    let pipes = kit::layer("pipe", GeometryKind::Line, Vec::new());
    let single = feature("a", Some(line(&[0.0, 0.0, 5.0, 5.0])), Vec::new());
    deliver_as(&path, &pipes, std::slice::from_ref(&single), DeliveryMode::Upsert).unwrap();
    let parts = [line(&[0.0, 0.0, 1.0, 1.0]), line(&[2.0, 2.0, 3.0, 3.0])];
    let double = feature("b", Some(multi(5, &parts)), Vec::new());
    let both = [single.clone(), double.clone()];
    let (difference, _) = deliver_as(&path, &pipes, &both, DeliveryMode::Upsert).unwrap();
    assert_eq!((difference.changes.unchanged, difference.changes.inserted), (1, 1));
    assert_eq!(rows(&read(&path), &pipes), [(1, single), (2, double)]);
    let said: String = sql(&path)
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'pipe'", [], |r| r.get(0))
        .unwrap();
    assert!(said.contains("geom MULTILINESTRING"), "{said}");
    let declared: String = sql(&path)
        .query_row("SELECT geometry_type_name FROM gpkg_geometry_columns", [], |r| r.get(0))
        .unwrap();
    assert_eq!(declared, "MULTILINESTRING");
    assert!(read(&path).check().unwrap().ok, "{:?}", read(&path).check());

    let flat = spots();
    deliver_as(&path, &flat, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let high = Layer { has_z: true, ..flat.clone() };
    let values = vec![Value::Integer(1), Value::Null];
    let tall = feature("h", Some(point_z(1.0, 2.0, 3.0)), values);
    deliver_as(&path, &high, std::slice::from_ref(&tall), DeliveryMode::Upsert).unwrap();
    let entries = read(&path).layers().unwrap();
    let entry = entries.iter().find(|e| e.layer.name == flat.name).unwrap();
    assert!(entry.layer.has_z);
    assert_eq!(rows(&read(&path), &high), [(3, spot("a", 1, 0.0)), (4, tall)]);
    assert!(read(&path).check().unwrap().ok, "{:?}", read(&path).check());
}

#[test]
fn a_delivery_that_changes_nothing_is_a_change_set_and_no_new_state_of_its_layer() {
    let place = Place::new();
    let path = place.register();
    let (layer, features) = valves(20);
    let (_, first) = deliver_as(&path, &layer, &features, DeliveryMode::Upsert).unwrap();
    let mut turned = features.clone();
    turned.reverse();
    let (difference, second) = deliver_as(&path, &layer, &turned, DeliveryMode::Replace).unwrap();
    assert_eq!(difference.changes, ChangeCounts { unchanged: 20, ..ChangeCounts::default() });
    assert_eq!((first.generation, second.generation), (1, 2));
    let entry = read(&path).layers().unwrap().remove(0);
    assert_eq!(entry.revisions.len(), 1);
    assert_eq!(entry.last.change_set, 2);
    assert!(second.time >= first.time && second.stamp != first.stamp);
}

#[test]
fn time_does_not_run_backwards() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    let (_, first) = deliver_as(&path, &layer, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let second = compared(&path, &layer, &[spot("a", 2, 0.0)], DeliveryMode::Upsert).unwrap();
    let second = second.commit(provenance(), None, "1999-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(second.unwrap().time, first.time);
}

#[test]
fn a_long_look_at_the_past_lets_a_commit_through_and_does_not_see_it() {
    let place = Place::new();
    let path = place.register();
    let (layer, features) = valves(25_000);
    deliver_as(&path, &layer, &features, DeliveryMode::Upsert).unwrap();
    // Rows change and go at both sides of where a chunk may end, and everywhere else.
    let altered = |key: usize| {
        let mut rows = features.clone();
        for row in rows.iter_mut().skip(key).step_by(7) {
            row.values[1] = Value::text("다른 기관");
        }
        rows.retain(|row| row.key != features[10_000].key && row.key != features[9_999].key);
        rows
    };
    deliver_as(&path, &layer, &altered(3), DeliveryMode::Replace).unwrap();
    let second = altered(5);
    let writer = std::thread::scope(|scope| {
        let mut writer = None;
        let mut found = Vec::new();
        read(&path)
            .read_layer_at::<StoreError>(&layer, 1, &mut |row| {
                // The commit waits until this chunk is read.
                writer.get_or_insert_with(|| {
                    scope.spawn(|| deliver_as(&path, &layer, &second, DeliveryMode::Upsert))
                });
                found.push((row.fid, row.values.to_vec()));
                Ok(())
            })
            .unwrap();
        let expected = (1..).zip(&features).map(|(fid, f)| (fid, f.values.clone()));
        assert!(found.into_iter().eq(expected));
        writer.unwrap().join().unwrap()
    });
    assert_eq!(writer.unwrap().1.generation, 3);
}

#[test]
fn a_difference_names_what_is_missing_and_what_is_taken() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    let keys = ["a", "b", "", "d", "e", "f", "g"];
    let all: Vec<_> = (0..).zip(keys).map(|(n, key)| spot(key, n, 0.0)).collect();
    let (new, _) = deliver_as(&path, &layer, &all, DeliveryMode::Replace).unwrap();
    assert!(new.is_new && new.rows_before == 0 && new.missing.is_empty());
    assert_eq!(new.changes, ChangeCounts { inserted: 7, ..ChangeCounts::default() });

    let difference = |mode, rows: &[Feature]| {
        compared(&path, &layer, rows, mode).unwrap().differences()[0].clone()
    };
    let missing = |fid, key: &str| MissingRow { fid, key: spot(key, 0, 0.0).key };
    let expected = [missing(2, "b"), missing(3, ""), missing(7, "g")];
    let rows = [&all[..1], &all[3..6]].concat();
    let upsert = difference(DeliveryMode::Upsert, &rows);
    assert_eq!((upsert.is_new, upsert.rows_before), (false, 7));
    assert_eq!(upsert.missing, expected);
    assert_eq!(
        (upsert.changes.unchanged, upsert.changes.missing, upsert.changes.deleted),
        (4, 3, 0)
    );
    let replace = difference(DeliveryMode::Replace, &rows);
    assert_eq!(replace.missing, expected);
    assert_eq!(
        (replace.changes.unchanged, replace.changes.missing, replace.changes.deleted),
        (4, 0, 3)
    );

    let append =
        difference(DeliveryMode::Append, &[&all[..], &all[..], &[spot("z", 0, 0.0)]].concat());
    assert_eq!(append.changes, ChangeCounts { inserted: 15, ..ChangeCounts::default() });
    assert!(append.missing.is_empty());
    assert_eq!(append.taken, 6);
    let examples: Vec<_> = append.taken_examples.iter().map(FacilityKey::as_str).collect();
    assert_eq!(examples, ["a", "b", "d", "e", "f"]);
    assert_eq!(read(&path).head().unwrap().generation, 1);
}

#[test]
fn the_report_that_is_kept_tells_what_was_done() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    deliver_as(&path, &layer, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let mut comparison =
        compared(&path, &layer, &[spot("b", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let report = LayerReport { source: "고친 보고서.shp".into(), ..kit::report(&layer, 1, 0) };
    let missing = Issue::file(IssueKind::MissingFromDelivery, "a");
    comparison.amend(&report, std::slice::from_ref(&missing)).unwrap();
    let unknown = kit::layer("other", GeometryKind::Point, Vec::new());
    let refused = comparison.amend(&kit::report(&unknown, 0, 0), &[]);
    assert!(matches!(refused, Err(StoreError::NoSuchLayer { .. })), "{refused:?}");
    comparison.commit(provenance(), None, now()).unwrap();
    let register = read(&path);
    let entry = register.layers().unwrap().remove(0);
    let changes = ChangeCounts { inserted: 1, missing: 1, ..ChangeCounts::default() };
    assert_eq!(entry.report, LayerReport { changes, ..report });
    assert_eq!((entry.rows, entry.findings), (2, 1));
    assert_eq!(register.issues(None).unwrap()[0].issue, missing);
    assert!(register.check().unwrap().ok);
}

#[test]
fn a_row_that_had_the_key_before_does_not_take_it() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    // Two facilities of one key: the second one goes, the first one changes, and then goes and comes back.
    let twins = [spot("a", 1, 0.0), spot("a", 2, 1.0)];
    deliver_as(&path, &layer, &twins, DeliveryMode::Upsert).unwrap();
    deliver_as(&path, &layer, &twins[..1], DeliveryMode::Replace).unwrap();
    deliver_as(&path, &layer, &[spot("a", 3, 0.0)], DeliveryMode::Upsert).unwrap();
    deliver_as(&path, &layer, &[], DeliveryMode::Replace).unwrap();
    undo_now(&place, 4);
    let report = undo_now(&place, 2);
    assert_eq!((counts(&report), report.kept.len()), (vec![(1, 0, 0)], 0));
    let expected = [(1, spot("a", 3, 0.0)), (2, twins[1].clone())];
    assert_eq!(rows(&read(&path), &layer), expected);
    // Twins that come back together do not take it from each other either, nor one that changed when the other went.
    deliver_as(&path, &layer, &[], DeliveryMode::Replace).unwrap();
    assert_eq!(counts(&undo_now(&place, 7)), [(2, 0, 0)]);
    assert_eq!(rows(&read(&path), &layer), expected);
    deliver_as(&path, &layer, &[spot("a", 4, 0.0)], DeliveryMode::Replace).unwrap();
    assert_eq!(counts(&undo_now(&place, 9)), [(1, 1, 0)]);
    assert_eq!(rows(&read(&path), &layer), expected);
}

#[test]
fn a_delivery_is_not_committed_to_a_register_that_was_restored_meanwhile() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    deliver_as(&path, &layer, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let backup = fs_err::read(&path).unwrap();
    deliver_as(&path, &layer, &[spot("a", 2, 0.0)], DeliveryMode::Upsert).unwrap();
    let late = compared(&path, &layer, &[spot("a", 3, 0.0)], DeliveryMode::Upsert).unwrap();
    // The change set has the same number and made the same generation as the one that was compared with.
    fs_err::write(&path, backup).unwrap();
    deliver_as(&path, &layer, &[spot("b", 2, 0.0)], DeliveryMode::Replace).unwrap();
    let refused = late.commit(provenance(), None, now());
    assert!(matches!(refused, Err(StoreError::Moved { .. })), "{refused:?}");
    // Nor to one that is gone.
    let late = compared(&path, &layer, &[spot("a", 3, 0.0)], DeliveryMode::Upsert).unwrap();
    fs_err::remove_file(&path).unwrap();
    let refused = late.commit(provenance(), None, now());
    assert!(matches!(refused, Err(StoreError::Moved { .. })), "{refused:?}");
    assert!(place.files().is_empty(), "{:?}", place.files());
}

#[test]
fn what_is_not_the_layer_of_that_name_is_refused() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    deliver_as(&path, &layer, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let refused = |layer: Layer| compared(&path, &layer, &[], DeliveryMode::Upsert).unwrap_err();
    let mut fields = layer.fields.clone();
    fields.reverse();
    let error = refused(Layer { fields, ..layer.clone() });
    assert!(matches!(error, StoreError::LayerFields { .. }), "{error}");
    let error = refused(Layer { geometry: GeometryKind::Line, ..layer.clone() });
    assert!(matches!(error, StoreError::LayerKind { .. }), "{error}");
    let error = refused(Layer { crs: Crs::epsg(5187), ..layer.clone() });
    assert!(matches!(error, StoreError::LayerGrid { .. }), "{error}");
    // Labels are not what a layer is told by.
    let mut labelled = layer.clone();
    labelled.fields[0].label = Some(Label::new("번호", "number"));
    let comparison =
        compared(&path, &labelled, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    assert_eq!(comparison.differences()[0].changes.unchanged, 1);
}

#[test]
fn a_layer_that_was_empty_takes_the_form_of_its_first_rows() {
    let place = Place::new();
    let path = place.register();
    let pipes = kit::layer("pipe", GeometryKind::Line, Vec::new());
    deliver_as(&path, &pipes, &[], DeliveryMode::Upsert).unwrap();
    let only = feature("a", Some(multi(5, &[line(&[0.0, 0.0, 5.0, 5.0])])), Vec::new());
    deliver_as(&path, &pipes, std::slice::from_ref(&only), DeliveryMode::Upsert).unwrap();
    assert_eq!(rows(&read(&path), &pipes), [(1, only)]);
    assert!(read(&path).check().unwrap().ok);
}

#[test]
fn a_row_that_is_kept_aside_spares_the_register_s_row_of_its_key() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    let all: Vec<_> = (0..).zip(["a", "b", "c", "d", "e"]).map(|(n, k)| spot(k, n, 0.0)).collect();
    deliver_as(&path, &layer, &all, DeliveryMode::Upsert).unwrap();
    for (mode, rows) in
        [(DeliveryMode::Replace, 3), (DeliveryMode::Upsert, 3), (DeliveryMode::Upsert, 1)]
    {
        let mut staging = Staging::beside(&path).unwrap();
        let mut stage = staging.begin_layer(&layer.fields).unwrap();
        for (row, feature) in (1..).zip(&all[..rows]) {
            stage.push(row, feature).unwrap();
        }
        let bad = Issue::row(IssueKind::TextNul, 9, "NUL");
        for key in [all[4].key.as_ref(), spot("new", 0, 0.0).key.as_ref(), None] {
            stage.quarantine(&aside(9, key, b"raw"), &bad).unwrap();
        }
        let report = kit::report(&layer, rows as u64, 3);
        stage.finish(layer.clone(), &kit::crs(), report).unwrap();
        let comparison = staging.compare(&path, mode).unwrap();
        let difference = &comparison.differences()[0];
        let gone = 4 - rows as u64;
        let changes = &difference.changes;
        assert_eq!((changes.unchanged, changes.missing + changes.deleted), (5 - gone, gone));
        assert!(difference.missing.iter().all(|row| row.fid != 5), "{difference:?}");
    }
}

#[test]
fn a_layer_has_a_new_state_only_where_something_of_it_has_changed() {
    let place = Place::new();
    let path = place.register();
    let one = spots();
    let other = kit::layer("other", GeometryKind::Point, one.fields.clone());
    let both = |n| [&one, &other].map(|layer| (layer.clone(), vec![spot("a", n, 0.0)]));
    kit::deliver(&path, &both(1)).unwrap();
    kit::deliver(&path, &both(2)).unwrap();
    let states = || {
        let state = |entry: LayerEntry| {
            let generations = entry.revisions.iter().map(|revision| revision.generation);
            (generations.collect::<Vec<_>>(), entry.last.change_set)
        };
        read(&path).layers().unwrap().into_iter().map(state).collect::<Vec<_>>()
    };
    assert_eq!(states(), [(vec![1, 2], 2), (vec![1, 2], 2)]);
    deliver_as(&path, &one, &[spot("a", 3, 0.0)], DeliveryMode::Upsert).unwrap();
    // Of the second layer the undo changes a row, of the first one nothing.
    assert_eq!(counts(&undo_now(&place, 2)), [(0, 1, 0), (0, 0, 0)]);
    assert_eq!(states(), [(vec![1, 2, 4], 4), (vec![1, 2, 3], 4)]);
    // Heights that are declared are a change of the layer without one of its rows.
    let high = Layer { has_z: true, ..one.clone() };
    deliver_as(&path, &high, &[spot("a", 3, 0.0)], DeliveryMode::Upsert).unwrap();
    assert_eq!(states()[1], (vec![1, 2, 3, 5], 5));
    deliver_as(&path, &high, &[spot("a", 3, 0.0)], DeliveryMode::Upsert).unwrap();
    assert_eq!(states()[1], (vec![1, 2, 3, 5], 6));
}
