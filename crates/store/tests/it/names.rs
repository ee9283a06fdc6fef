//! Names from outside stay names.

use crate::kit::{Place, deliver, feature, layer, point, read, rows};
use siseol_model::{Field, FieldKind, GeometryKind, LayerName, Value};
use siseol_store::{Staging, StoreError};

const HOSTILE: [&str; 12] = [
    "plain",
    "관 경(mm)",
    "a\"b",
    "\"",
    "x\"); DROP TABLE siseol_meta; --",
    "';--",
    "c0",
    "id",
    "rowid",
    "facility_key",
    "select",
    "?1 :a @b $c",
];

#[test]
fn hostile_field_names_are_columns_like_others() {
    let place = Place::new();
    let fields: Vec<_> = HOSTILE.iter().map(|n| Field::new(*n, FieldKind::Text)).collect();
    let values: Vec<_> = HOSTILE.iter().map(|n| Value::text(*n)).collect();
    let layer = layer("hostile", GeometryKind::Point, fields);
    let row = feature("'; DROP TABLE x", Some(point(1.0, 2.0)), values);
    deliver(&place.register(), &[(layer.clone(), vec![row.clone()])]).unwrap();
    let register = read(&place.register());
    assert_eq!(rows(&register, &layer), [(1, row)]);
    let check = register.check().unwrap();
    assert!(check.ok, "{check:?}");
    assert_eq!(register.layers().unwrap()[0].layer, layer);
}

#[test]
fn layer_names_of_any_script_and_sql_words_work() {
    let place = Place::new();
    let names = ["열배관", "select", "a-b", "1st", "main", "staging", "rows_1", "table"];
    let delivery = names.map(|name| {
        let fields = vec![Field::new("이름", FieldKind::Text)];
        let row = feature("k", Some(point(1.0, 2.0)), vec![Value::text(name)]);
        (layer(name, GeometryKind::Point, fields), vec![row])
    });
    deliver(&place.register(), &delivery).unwrap();
    let register = read(&place.register());
    for (layer, expected) in &delivery {
        let (_, row) = rows(&register, layer).remove(0);
        assert_eq!(row, expected[0]);
    }
    assert!(register.check().unwrap().ok);
    // What could be SQL or one of our own tables is no layer name to begin with.
    for bad in ["a\"b", "x; --", "siseol_meta", "a\0b", "gpkg_contents"] {
        assert!(bad.parse::<LayerName>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_layer_as_wide_as_a_table_can_be_works() {
    let place = Place::new();
    let fields: Vec<_> =
        (0..1990).map(|i| Field::new(format!("F{i}"), FieldKind::Integer)).collect();
    let values = (0..1990).map(Value::Integer).collect();
    let wide = layer("wide", GeometryKind::Point, fields);
    let row = feature("k", Some(point(1.0, 2.0)), values);
    deliver(&place.register(), &[(wide.clone(), vec![row.clone()])]).unwrap();
    let register = read(&place.register());
    assert_eq!(rows(&register, &wide), [(1, row)]);
    assert!(register.check().unwrap().ok);
}

#[test]
fn names_that_clash_or_hold_a_nul_are_refused() {
    let place = Place::new();
    let mut staging = Staging::beside(&place.register()).unwrap();
    for bad in [&["a\0b"][..], &["FID"], &["Geom"], &["A", "a"], &[""]] {
        let fields: Vec<_> = bad.iter().map(|n| Field::new(*n, FieldKind::Text)).collect();
        let refused = staging.begin_layer(&fields).map(drop);
        assert!(matches!(refused, Err(StoreError::FieldName { .. })), "{bad:?}");
    }
}
