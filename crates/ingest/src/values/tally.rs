//! What was found in the values of one column, and how it is told.

use super::count::Count;
use super::rule::Rule;
use siseol_model::{Issue, IssueKind, Value};

/// What was found in the values of one column.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub blank: Count,
    /// Values that stand for an unknown one.
    pub nulled: Count,
    /// Dates without month or day.
    pub partial: Count,
    /// Codes that the list does not have.
    pub unlisted: Count,
    /// Numbers out of the field's range.
    pub range: Count,
    /// Numbers whose last digits are not certain.
    pub inexact: Count,
    pub masked: Count,
    /// Codes of other classes.
    pub other_class: Count,
}

impl Tally {
    /// A finding for each kind, and for how many values it speaks.
    pub(super) fn found<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = (Issue, u64)> + 'a {
        let kinds = [
            (IssueKind::ValueBlank, &self.blank),
            (IssueKind::ValueNulled, &self.nulled),
            (IssueKind::DatePartial, &self.partial),
            (IssueKind::CodeUnknown, &self.unlisted),
            (IssueKind::ValueRange, &self.range),
            (IssueKind::DigitsLost, &self.inexact),
            (IssueKind::PersonalMasked, &self.masked),
            (IssueKind::ClassMixed, &self.other_class),
        ];
        kinds.into_iter().filter(|(_, count)| count.rows > 0).map(|(kind, count)| {
            let value = count.value().map(ToString::to_string).unwrap_or_default();
            let issue = Issue::file(kind, told(kind, count, rule)).at(rule.column(), &value);
            // It is about a row if there is but one.
            let row = (count.rows == 1).then_some(count.first);
            (Issue { row, ..issue }, count.rows)
        })
    }
}

/// What was found, and what to do about it.
fn told(kind: IssueKind, count: &Count, rule: &Rule) -> String {
    let (column, rows) = (rule.column(), count.rows);
    let values = || count.told(|_| String::new());
    let spec = rule.spec();
    match kind {
        IssueKind::ValueBlank => {
            format!("{column}: blank in {rows} rows, first in row {}", count.first)
        }
        IssueKind::ValueNulled => {
            format!("{column}: {rows} values mean unknown and are kept empty: {}", values())
        }
        IssueKind::DatePartial => {
            format!("{column}: {rows} dates are kept as far as they are known: {}", values())
        }
        IssueKind::CodeUnknown => {
            let list = spec.and_then(|s| s.code_list.as_deref()).unwrap_or_default();
            format!(
                "{column}: {rows} codes are not in the list {list} of the profile: {}",
                values()
            )
        }
        IssueKind::ValueRange => {
            let [least, greatest] = spec.and_then(|s| s.range).unwrap_or_default();
            let unit = spec.and_then(|s| s.unit.as_deref()).unwrap_or_default();
            let text =
                format!("{column}: {rows} values are not between {least} and {greatest} {unit}");
            format!("{}; see whether they are right: {}", text.trim_end(), values())
        }
        IssueKind::DigitsLost => format!(
            "{column}: {rows} numbers have more digits than their format holds; deliver them as text: {}",
            values()
        ),
        IssueKind::PersonalMasked => format!(
            "{column}: {rows} values say something of a person and are kept as `***`; --keep-personal loads them as they are"
        ),
        _ => {
            let class = |code: &Value| match rule.other_class(&code.to_string()) {
                Some(class) => format!(" ({class})"),
                None => String::new(),
            };
            format!(
                "{column}: {rows} rows have the code of another class and stay in this layer; deliver them in a table of their own: {}",
                count.told(class)
            )
        }
    }
}
