//! Random filters over random layers find what a plain walk over the served features finds, in the base and beside it.

use super::interpreter::Features;
use super::random::{MADE, Maker, TEXTS};
use super::table::{Table, field, found};
use crate::city::{random, random_paths};
use rand::Rng as _;
use serde_json::Value as Json;
use siseol_model::{FieldKind, FieldType, GeometryKind, Value};
use siseol_query::LayerView;
use siseol_query::filter::{Expression, Filter, MAX_DEPTH};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

const KINDS: [GeometryKind; 3] = [GeometryKind::Point, GeometryKind::Line, GeometryKind::Polygon];

/// A layer with a field of each type; one value in five is null.
fn table(rng: &mut rand_chacha::ChaCha8Rng, kind: GeometryKind, n: usize) -> Table {
    let mut table = Table::new(
        "layer",
        kind,
        vec![
            field("CODE", FieldKind::Text, Some(FieldType::Code)),
            field("NAME", FieldKind::Text, None),
            field("COUNT", FieldKind::Integer, None),
            field("DEPTH", FieldKind::Float, None),
            field("BUILT", FieldKind::Date, None),
            field("MADE", FieldKind::Text, Some(FieldType::Date)),
            field("OPEN", FieldKind::Boolean, None),
        ],
    );
    for i in 0..n {
        let built = jiff::civil::date(
            rng.random_range(2004..2007),
            rng.random_range(4..7),
            rng.random_range(8..11),
        );
        let mut values = vec![
            Value::text(TEXTS[rng.random_range(0..4)]),
            Value::text(TEXTS[rng.random_range(0..TEXTS.len())]),
            Value::Integer(rng.random_range(-5..6)),
            Value::Float(f64::from(rng.random_range(-8..80)) / 8.0),
            Value::Date(built),
            Value::text(MADE[rng.random_range(0..MADE.len())]),
            Value::Boolean(rng.random_bool(0.5)),
        ];
        for value in &mut values {
            if rng.random_bool(0.2) {
                *value = Value::Null;
            }
        }
        let paths = if rng.random_bool(0.05) { vec![] } else { random_paths(rng, kind) };
        let key = format!("K-{i}");
        table.push(rng.random_bool(0.9).then_some(&*key), &paths, values);
    }
    table
}

/// The features as they are served.
fn features(view: &LayerView) -> Vec<Json> {
    view.rows().map(|row| serde_json::from_slice(&view.geojson(row..row + 1)).unwrap()).collect()
}

#[test]
fn random_filters_find_what_a_plain_walk_over_the_features_finds() {
    let thorough = std::env::var_os("SISEOL_THOROUGH").is_some();
    let (rows, filters) = if thorough { (300, 2_000) } else { (100, 200) };
    for (seed, kind) in (70..).zip(KINDS) {
        let mut rng = random(seed);
        let table = table(&mut rng, kind, rows);
        let views = [table.packed(), table.torn()];
        let features = features(&views[0]);
        assert_eq!(features.len(), rows);
        let plain = Features { features: &features, dates: &["BUILT", "MADE"] };
        let mut telling = 0;
        for _ in 0..filters {
            let depth = rng.random_range(0..4);
            let expression = Maker { rng: &mut rng }.condition(depth);
            let expected = plain.found(&expression.to_json());
            for view in &views {
                let found =
                    found(view, &expression).unwrap_or_else(|e| panic!("{e}: {expression}"));
                assert_eq!(found, expected, "{expression}");
            }
            telling += usize::from(!expected.is_empty() && expected.len() < rows);
        }
        assert!(telling > filters / 3, "{telling} of {filters} filters find some rows and not all");
    }
}

#[test]
fn circles_and_geometries_are_looked_up_in_the_index_and_say_the_same() {
    let count = if std::env::var_os("SISEOL_THOROUGH").is_some() { 300 } else { 6 };
    for (seed, kind) in (80..).zip(KINDS) {
        let mut rng = random(seed);
        let table = table(&mut rng, kind, 120);
        let views = [table.packed(), table.torn()];
        let features = features(&views[0]);
        let plain = Features { features: &features, dates: &["BUILT", "MADE"] };
        for _ in 0..count {
            let [lon, lat] = crate::city::place(&mut rng, 3_000.0);
            let (lon, lat) = ((lon * 1e5).round() / 1e5, (lat * 1e5).round() / 1e5);
            let metres = rng.random_range(50..2_000);
            let text = format!("S_DWITHIN(geometry, POINT({lon} {lat}), {metres})");
            let near = Expression::from_text(&text).unwrap();
            let other = Maker { rng: &mut rng }.condition(1);
            // In a conjunction it narrows the search, in a disjunction it is tested row by row.
            let both = Expression::And(vec![other.clone(), near.clone()]);
            for expression in [near.clone(), both, Expression::Or(vec![near, other])] {
                let expected = plain.found(&expression.to_json());
                for view in &views {
                    assert_eq!(found(view, &expression).unwrap(), expected, "{expression}");
                }
            }
        }
    }
}

#[test]
fn a_filter_looks_only_at_the_rows_it_is_given_and_stops_when_it_is_told() {
    let mut rng = random(90);
    let table = table(&mut rng, GeometryKind::Point, 6_000);
    let expression = Expression::from_text("COUNT > 0 OR DEPTH > 2").unwrap();
    for view in [table.packed(), table.torn()] {
        let filter = Filter::new(&expression, view.layer()).unwrap();
        let all = view.filtered(&filter, &view.search(None), &|| true).unwrap();
        let [west, south] = crate::city::place(&mut rng, 1_000.0);
        let region = siseol_query::BoxRegion::new(siseol_model::LonLatBox {
            west,
            south,
            east: west + 0.02,
            north: south + 0.02,
        });
        let within = view.search(Some(&region));
        let found = view.filtered(&filter, &within, &|| true).unwrap();
        let some: BTreeSet<u32> = within.rows().collect();
        let both: Vec<u32> = all.rows().filter(|row| some.contains(row)).collect();
        assert!(!both.is_empty());
        assert_eq!(found.rows().collect::<Vec<_>>(), both);
        // By rows, and by a figure that a search compares many rows with.
        let ring = (0..2_000).map(|i| {
            let angle = f64::from(i) / 2_000.0 * std::f64::consts::TAU;
            format!("{} {}, ", 126.93 + 0.02 * angle.cos(), 37.36 + 0.02 * angle.sin())
        });
        let figure =
            format!("S_INTERSECTS(geometry, POLYGON(({}126.95 37.36)))", ring.collect::<String>());
        for text in ["COUNT > 0 OR DEPTH > 2", &figure] {
            let expression = Expression::from_text(text).unwrap();
            let filter = Filter::new(&expression, view.layer()).unwrap();
            let asked = AtomicU32::new(0);
            let once = || asked.fetch_add(1, Ordering::Relaxed) == 0;
            assert_eq!(view.filtered(&filter, &view.search(None), &once), None);
            assert_eq!(asked.into_inner(), 2, "{text}");
            assert!(view.filtered(&filter, &view.search(None), &|| true).is_some());
        }
    }
}

#[test]
fn operators_within_one_another_cost_as_much_as_there_are() {
    // If each level did the work of the next one twice, none of them would ever end.
    const LEVELS: usize = MAX_DEPTH - 4;
    let nested = |step: &dyn Fn(String) -> String| {
        let text = (0..LEVELS).fold("OPEN".to_owned(), |text, _| step(text));
        Expression::from_text(&text).unwrap()
    };
    let mut array = serde_json::json!({ "property": "COUNT" });
    for _ in 0..LEVELS {
        array = Json::Array(vec![array]);
    }
    let equal = serde_json::json!({ "op": "a_equals", "args": [array, array] });
    let table = table(&mut random(91), GeometryKind::Point, 300);
    for view in [table.packed(), table.torn()] {
        // What is open stays true; what is not is true and false in turn, and false after an even number of levels.
        let open = found(&view, &Expression::from_text("OPEN").unwrap()).unwrap();
        for expression in [
            nested(&|inner| format!("({inner}) BETWEEN FALSE AND OPEN")),
            nested(&|inner| format!("({inner}) IN (OPEN, OPEN)")),
        ] {
            assert_eq!(found(&view, &expression).unwrap(), open);
        }
        let counted = found(&view, &Expression::from_text("COUNT IS NOT NULL").unwrap()).unwrap();
        assert_eq!(found(&view, &Expression::from_json(&equal).unwrap()).unwrap(), counted);
    }
}
