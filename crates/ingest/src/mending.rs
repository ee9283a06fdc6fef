//! Rows that were kept aside, come back from whoever has mended them: `siseol issues --export` writes them.

use crate::source::{OpenLayer, RawGeometry, RawRow};
use siseol_model::{Issue, IssueKind, LayerName};

/// The column with the number of the row that was kept aside.
pub(crate) const ASIDE: &str = siseol_store::ASIDE_COLUMN;
/// The column that says what was wrong with it.
pub(crate) const PROBLEM: &str = siseol_store::PROBLEM_COLUMN;

/// Gives the tables of quarantined rows the names of the layers that they come from. What else such a file has, the list
/// of the findings, is no layer; and where one layer is asked for, so are the rows of the others.
pub(crate) fn recognise(layers: &mut Vec<OpenLayer>) {
    let is_mended = |open: &OpenLayer| open.fields.iter().any(|field| field.name == ASIDE);
    if !layers.iter().any(is_mended) {
        return;
    }
    layers.retain_mut(|open| {
        let origin = open.table.strip_prefix(siseol_store::ASIDE_TABLES);
        let origin = origin.filter(|_| is_mended(open)).map(str::parse::<LayerName>);
        match origin {
            Some(Ok(origin)) => *open.layer.get_or_insert_with(|| origin.clone()) == origin,
            _ => open.table != siseol_store::FINDINGS_TABLE,
        }
    });
}

/// A row that had no readable geometry when it was kept aside, and has none now, was not mended.
pub(crate) fn require_geometry(row: &mut RawRow, aside: i64, has_geometry: bool) {
    if has_geometry && row.geometry == RawGeometry::Null {
        let text = format!(
            "row {}: the quarantined row {aside} still has no geometry; draw it, or leave the row out",
            row.number
        );
        row.issues.push(Issue::row(IssueKind::NotMended, row.number, text));
    }
}
