//! Facility keys that occur more than once.

use super::findings::{Findings, Found};
use crate::view::LayerView;
use siseol_model::{Check, IssueKind, Label};

/// A row whose key another row of its layer has, which the register has known for longer (it has the lower fid).
pub(super) fn check(view: &LayerView) -> Option<Check> {
    view.layer().key_fields()?;
    let mut findings = Findings::new(IssueKind::KeyDuplicate);
    let mut keyed: Vec<(&str, i64, u32)> =
        view.rows().filter_map(|row| Some((view.key(row)?, view.fid(row), row))).collect();
    findings.checked(keyed.len());
    keyed.sort_unstable();
    for same in keyed.chunk_by(|a, b| a.0 == b.0) {
        let Some((&(key, first, _), later)) = same.split_first() else { continue };
        for &(.., row) in later {
            findings.fault(view, row, || Found {
                other: Some(first),
                place: None,
                distance: None,
                text: Label::new(
                    format!("관리번호 {key}: fid {first}에도 있음"),
                    format!("the facility key {key} is that of fid {first}, too"),
                ),
            });
        }
    }
    Some(findings.finish())
}
