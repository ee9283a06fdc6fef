//! Fields are counted as plain maps count them.

use crate::city::{Row, city, random};
use rand::Rng as _;
use siseol_model::{ClassCode, GeometryKind, Status, Value};
use siseol_query::{LayerBuilder, LayerView, VersionEncoder};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rows in a layer whose class codes have a list: the first half of them in the base, the others come later.
fn layer_of(rows: &[Row], kind: GeometryKind) -> LayerView {
    let mut layer = crate::city::layer("pipe", kind);
    let code = |status| ClassCode { ko: "관".into(), en: "pipe".into(), status };
    let known = [("SA001", Status::Verified), ("SA002", Status::Provisional)];
    if let Some(list) = layer.code_lists.get_mut("FTR") {
        list.codes = known.map(|(name, status)| (name.to_owned(), code(status))).into();
    }
    let state = crate::city::state(layer);
    let (early, late) = rows.split_at(rows.len() / 2);
    let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &());
    for row in early {
        row.push(kind, &mut builder);
    }
    let base = LayerView::new(state, builder.finish().unwrap());
    let mut encoder = VersionEncoder::new(Arc::clone(&base.state().layer), &());
    let versions = late.iter().map(|row| (row.fid, Some(row.version(kind, &mut encoder))));
    base.rewound(1, versions.collect())
}

#[test]
fn fields_are_counted_in_the_base_and_beside_it() {
    let mut rng = random(41_414);
    for n in [0, 1, 40, 700] {
        let mut rows = city(rng.random(), "pipe", GeometryKind::Point, n, 1).rows;
        for row in rows.iter_mut().filter(|row| row.fid % 5 == 0) {
            row.name = " ".into();
        }
        let view = layer_of(&rows, GeometryKind::Point);
        let filled = |at: usize| {
            let values = rows.iter().map(|row| row.values()[at].clone());
            values.filter(|v| !v.is_null() && *v != Value::text(" ")).count() as u64
        };
        let found: Vec<_> =
            view.completeness().into_iter().map(|field| (field.field, field.filled)).collect();
        let names = ["FTR_CDE", "NAME", "COUNT", "DEPTH", "BUILT", "OPEN"];
        let expected: Vec<_> =
            names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), filled(at))).collect();
        assert_eq!(found, expected);

        let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
        for code in rows.iter().filter_map(|row| row.class) {
            *codes.entry(code).or_default() += 1;
        }
        let coverage = view.code_coverage();
        assert_eq!(coverage.len(), 1, "one field has a list");
        let coverage = &coverage[0];
        let by_code: BTreeMap<&str, u64> =
            coverage.by_code.iter().map(|count| (&*count.code, count.rows)).collect();
        assert_eq!(by_code, codes);
        for (counted, code) in [
            (coverage.verified, "SA001"),
            (coverage.provisional, "SA002"),
            (coverage.unknown, "SA003"),
        ] {
            let rows = codes.get(code).copied().unwrap_or(0);
            assert_eq!((counted.codes, counted.rows), (u64::from(rows > 0), rows), "{code}");
        }
        assert!(coverage.unknown_codes.iter().all(|count| count.code == "SA003"));
        assert!(coverage.by_code.is_sorted_by_key(|count| std::cmp::Reverse(count.rows)));
    }
}
