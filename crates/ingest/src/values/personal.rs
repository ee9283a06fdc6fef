//! What says something of a person does not get in.

use crate::source::RawRow;
use siseol_model::Value;
use std::ops::Range;

/// What stands for a value: as wide for each, so that it tells nothing, and the same for each, so that a delivery that says
/// the same again changes nothing.
const MASK: &str = "***";

/// The value that stands for any.
pub(super) fn mask() -> Value {
    Value::text(MASK)
}

/// Takes personal data out of what the reader says of a row: out of its findings, and out of its bytes, where `places` are
/// the columns' places in them. Bytes in which the columns' places are not known are not kept.
pub(super) fn hide(row: &mut RawRow, columns: &[&str], places: Option<&[Range<usize>]>) {
    for issue in &mut row.issues {
        let Some(column) = issue.column.as_deref().filter(|c| columns.contains(c)) else {
            continue;
        };
        issue.text = format!("row {}, {column}: {}", row.number, issue.kind.label().en);
        issue.value = Some(MASK.to_owned());
    }
    let Some(places) = places else {
        row.raw.clear();
        return;
    };
    for place in places {
        if let Some(bytes) = row.raw.get_mut(place.clone()) {
            bytes.fill(b'*');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siseol_model::{Issue, IssueKind};

    fn row() -> RawRow {
        let mut row = RawRow::default();
        row.begin(7);
        row.raw.extend_from_slice(b" 1 Kim  2");
        let text = "row 7, NAME: `Kim` is odd";
        row.issues.push(Issue::row(IssueKind::TextCut, 7, text).at("NAME", "Kim"));
        row.issues.push(Issue::row(IssueKind::TextCut, 7, "row 7, ID: cut").at("ID", "1"));
        row
    }

    #[test]
    fn neither_findings_nor_bytes_tell_of_a_person() {
        let mut masked = row();
        hide(&mut masked, &["NAME"], Some(&[3..6, 6..8]));
        assert_eq!(masked.raw, b" 1 *****2");
        assert_eq!(masked.issues[0].value.as_deref(), Some("***"));
        assert!(!masked.issues[0].text.contains("Kim"), "{}", masked.issues[0].text);
        assert_eq!(masked.issues[1], row().issues[1]);
        let mut elsewhere = row();
        hide(&mut elsewhere, &["NAME"], None);
        assert!(elsewhere.raw.is_empty());
    }
}
