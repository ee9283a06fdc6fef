//! Rows that lie exactly on another one.

use super::findings::{Findings, Found};
use crate::view::LayerView;
use siseol_model::{Check, GeometryKind, IssueKind, Label, ShapeRef};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A row with the coordinates of another row of its layer and class code that has a lower fid. A line is the same in
/// either direction.
pub(super) fn check(view: &LayerView) -> Option<Check> {
    let layer = view.layer();
    if layer.geometry == GeometryKind::None {
        return None;
    }
    let class = layer.class_field().map(|(field, _)| field);
    let same = |a: u32, b: u32| {
        let class_of = |row| class.map(|field| view.value(row, field));
        let both = view.shape(a).zip(view.shape(b));
        both.is_some_and(|(a, b)| is_same(a, b)) && class_of(a) == class_of(b)
    };
    let mut findings = Findings::new(IssueKind::GeometryDuplicate);
    let mut hashed: Vec<(u64, i64, u32)> =
        view.rows().filter_map(|row| Some((hash(view.shape(row)?), view.fid(row), row))).collect();
    findings.checked(hashed.len());
    hashed.sort_unstable();
    let mut pairs = Vec::new();
    for alike in hashed.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        let mut distinct: Vec<u32> = Vec::new();
        for &(_, fid, row) in alike {
            match distinct.iter().find(|&&first| same(first, row)) {
                Some(&first) => pairs.push((fid, row, first)),
                None => distinct.push(row),
            }
        }
    }
    pairs.sort_unstable();
    for (_, row, first) in pairs {
        let other = view.fid(first);
        findings.fault(view, row, || Found {
            other: Some(other),
            place: None,
            distance: None,
            text: Label::new(
                format!("fid {other}과(와) 같은 도형"),
                format!("the same geometry as fid {other}"),
            ),
        });
    }
    Some(findings.finish())
}

fn is_same(a: ShapeRef<'_>, b: ShapeRef<'_>) -> bool {
    let is_line = a.kind.layer_kind() == GeometryKind::Line;
    a.path_ends.len() == b.path_ends.len()
        && a.paths().zip(b.paths()).all(|(a, b)| a == b || (is_line && a.iter().eq(b.iter().rev())))
}

/// Shapes that are the same have the same one.
fn hash(shape: ShapeRef<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in shape.paths() {
        // In either direction alike: the sum does not know the order of the vertices.
        let sum = path.iter().fold(0_u64, |sum, [x, y]| {
            let mut vertex = DefaultHasher::new();
            // 0 and -0 are the same place.
            [x + 0.0, y + 0.0].map(f64::to_bits).hash(&mut vertex);
            sum.wrapping_add(vertex.finish())
        });
        sum.hash(&mut hasher);
    }
    hasher.finish()
}
