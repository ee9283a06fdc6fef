//! What belongs with a facility, against a scan over all rows.

use crate::city::{City, Row, city, layer, random, state};
use rand::Rng as _;
use siseol_model::{GeometryKind, Layer, Reference, ReferenceMeaning, Stamp};
use siseol_query::{LayerBuilder, LayerView, Place, Snapshot, SnapshotState, VersionEncoder};
use std::collections::BTreeSet;
use std::sync::Arc;

fn reference(class: &str, means: ReferenceMeaning) -> Reference {
    Reference { fields: vec!["NAME".into()], classes: vec![class.into()], means }
}

/// The rows as a layer that names others by its NAME, the second half of them changed after the base was built.
fn naming(layer: Layer, rows: &[Row]) -> LayerView {
    let kind = layer.geometry;
    let state = state(layer);
    let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &());
    for (i, row) in rows.iter().enumerate() {
        let name = if i < rows.len() / 2 { row.name.clone() } else { "SA001-1".into() };
        Row { name, ..row.clone() }.push(kind, &mut builder);
    }
    let base = LayerView::new(state.clone(), builder.finish().unwrap());
    let mut encoder = VersionEncoder::new(Arc::clone(&state.layer), &());
    let changed = rows.iter().skip(rows.len() / 2);
    let changed = changed.map(|row| (row.fid, Some(row.version(kind, &mut encoder)))).collect();
    base.rewound(1, changed)
}

#[test]
fn rows_that_are_named_and_records_that_name_are_those_of_a_scan() {
    let mut rng = random(60);
    let pipes = city(61, "pipe", GeometryKind::Line, 300, 1);
    let City { rows: mut valves, .. } = city(62, "valve", GeometryKind::Point, 300, 1_000);
    let City { rows: mut records, .. } = city(63, "ledger", GeometryKind::None, 300, 2_000);
    for row in valves.iter_mut().chain(&mut records) {
        row.name = match rng.random_range(0..5) {
            0 => String::new(),
            _ => format!("SA001-{}", rng.random_range(0..1_200)),
        };
        if rng.random_bool(0.5) {
            let pipe = &pipes.rows[rng.random_range(0..pipes.rows.len())];
            row.name = pipe.key.clone().unwrap_or_default();
        }
    }
    for row in &mut records {
        row.paths.clear();
    }
    let mut valve = layer("valve", GeometryKind::Point);
    valve.class.references = vec![reference("pipe", ReferenceMeaning::Host)];
    let mut ledger = layer("ledger", GeometryKind::None);
    ledger.class.references = vec![
        reference("nothing", ReferenceMeaning::Owner),
        reference("pipe", ReferenceMeaning::Record),
    ];
    let layers = vec![pipes.view, naming(valve, &valves), naming(ledger, &records)];
    let state = SnapshotState {
        generation: 1,
        stamp: Stamp::from_bits(7),
        time: jiff::Timestamp::UNIX_EPOCH,
        notice: None,
    };
    let snapshot = Snapshot::new(state, layers);
    let found = |name: &str, fid: i64| -> BTreeSet<(i64, &str, bool)> {
        let (layer, view) = snapshot.layer(name).unwrap();
        let related = snapshot.related(Place { layer, row: view.row_of(fid).unwrap() });
        let all = related.len();
        let related = related.into_iter().map(|r| {
            let view = &snapshot.layers()[r.place.layer];
            let means = if r.means == ReferenceMeaning::Host { "host" } else { "record" };
            (view.fid(r.place.row), means, r.names)
        });
        let related: BTreeSet<_> = related.collect();
        assert_eq!(related.len(), all, "each once");
        related
    };
    let mut several = 0;
    for pipe in &pipes.rows {
        let naming = records.iter().filter(|r| pipe.key.as_ref() == Some(&r.name));
        let expected: BTreeSet<_> = naming.map(|r| (r.fid, "record", true)).collect();
        several += usize::from(expected.len() > 1);
        assert_eq!(found("pipe", pipe.fid), expected, "pipe {}", pipe.fid);
    }
    assert!(several > 10);
    for (name, means, rows) in [("valve", "host", &valves), ("ledger", "record", &records)] {
        for row in rows {
            let named = pipes.rows.iter().filter(|p| p.key.as_ref() == Some(&row.name));
            let expected: BTreeSet<_> = named.map(|p| (p.fid, means, false)).collect();
            assert_eq!(found(name, row.fid), expected, "{name} {}", row.fid);
        }
    }
}
