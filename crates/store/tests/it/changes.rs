//! Deliveries into layers that are there, and undos, case by case.

use crate::kit::{
    Place, deliver_as, feature, layer, line, multi, now, point, point_z, provenance, read, rows,
    sql, valves,
};
use siseol_model::{
    ChangeCounts, DeliveryMode, Feature, Field, FieldKind, GeometryKind, Layer, Value,
};
use siseol_store::{KeptReason, StoreError, UndoReport, undo};

fn spots() -> Layer {
    let fields = vec![Field::new("N", FieldKind::Integer), Field::new("글", FieldKind::Text)];
    layer("spot", GeometryKind::Point, fields)
}

fn spot(key: &str, n: i64, x: f64) -> Feature {
    feature(key, Some(point(190_000.0 + x, 540_000.0)), vec![Value::Integer(n), Value::text("글")])
}

fn undo_now(place: &Place, change_set: i64) -> UndoReport {
    undo(&place.register(), change_set, provenance(), now(), false).unwrap()
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
    let report = undo_now(&place, 2);
    assert_eq!(counts(&report), [(1, 1, 0)]);
    let kept: Vec<_> = report.kept.iter().map(|row| (row.fid, row.reason)).collect();
    assert_eq!(
        kept,
        [(2, KeptReason::ChangedSince { change_set: 3 }), (3, KeptReason::KeyTaken { fid: 5 })]
    );
    let found: Vec<_> = rows(&read(&path), &layer);
    let expected =
        [(1, &all[0]), (2, &third[0]), (4, &all[3]), (5, &third[1])].map(|(i, f)| (i, f.clone()));
    assert_eq!(found, expected);
    assert!(read(&path).check().unwrap().ok);
}

#[test]
fn a_delivery_that_was_compared_with_another_state_is_not_committed() {
    let place = Place::new();
    let path = place.register();
    let layer = spots();
    deliver_as(&path, &layer, &[spot("a", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let staged = crate::kit::staged(&path, &layer, &[spot("a", 2, 0.0)]);
    let late = staged.compare(&path, DeliveryMode::Upsert).unwrap();
    deliver_as(&path, &layer, &[spot("b", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let before = fs_err::read(&path).unwrap();
    let refused = late.commit(provenance(), None, now());
    assert!(matches!(&refused, Err(StoreError::Moved { layer: l }) if *l == layer.name));
    assert_eq!(fs_err::read(&path).unwrap(), before);
    // The same for a layer that has appeared meanwhile.
    let other = crate::kit::layer("other", GeometryKind::Point, layer.fields.clone());
    let staged = crate::kit::staged(&path, &other, &[spot("a", 2, 0.0)]);
    let late = staged.compare(&path, DeliveryMode::Upsert).unwrap();
    deliver_as(&path, &other, &[spot("b", 1, 0.0)], DeliveryMode::Upsert).unwrap();
    let refused = late.commit(provenance(), None, now());
    assert!(matches!(&refused, Err(StoreError::Moved { layer: l }) if *l == other.name));
}

#[test]
fn a_layer_turns_multi_and_gets_heights_without_its_rows_changing() {
    let place = Place::new();
    let path = place.register();
    let pipes = layer("pipe", GeometryKind::Line, Vec::new());
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
    let staged = crate::kit::staged(&path, &layer, &[spot("a", 2, 0.0)]);
    let early = "1999-01-01T00:00:00Z".parse().unwrap();
    let second =
        staged.compare(&path, DeliveryMode::Upsert).unwrap().commit(provenance(), None, early);
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
