//! Pipes that rise where they should fall.

use super::findings::{Findings, Found};
use super::utility::Utility;
use crate::view::LayerView;
use siseol_model::{Check, IssueKind, Label, NetworkPart, Value};

/// Less than this is no rise, metres: levels are recorded to the millimetre, and a number of that kind is not exact in
/// binary.
const LEVEL: f64 = 0.000_5;

/// A pipe whose invert level at its end is above that at its start, of those that have both.
pub(super) fn check(utility: &Utility<'_>, layer: usize) -> Option<Check> {
    let own = utility.member(layer).filter(|own| own.may_hold(NetworkPart::Pipe))?;
    let [start, end] = own.role.levels.as_ref()?;
    let described = own.view.layer();
    let (start, end) = (described.field_index(start)?, described.field_index(end)?);
    let mut findings = Findings::new(IssueKind::Rises);
    for row in own.view.rows().filter(|&row| own.part(row) == NetworkPart::Pipe) {
        let level = |field| number(own.view, row, field);
        let (Some(from), Some(to)) = (level(start), level(end)) else { continue };
        findings.checked(1);
        let rise = to - from;
        if rise > LEVEL {
            findings.fault(own.view, row, || Found {
                other: None,
                place: None,
                distance: Some(rise),
                text: Label::new(
                    format!("종점 관저고 {to} m가 시점 {from} m보다 {rise:.3} m 높음"),
                    format!("its end, at {to} m, is {rise:.3} m above its start, at {from} m"),
                ),
            });
        }
    }
    Some(findings.finish())
}

#[expect(clippy::cast_precision_loss, reason = "levels are far below 2^53 metres")]
fn number(view: &LayerView, row: u32, field: usize) -> Option<f64> {
    match view.value(row, field) {
        Value::Integer(level) => Some(level as f64),
        Value::Float(level) => Some(level),
        _ => None,
    }
}
