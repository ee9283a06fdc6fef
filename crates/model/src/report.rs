//! The ingest report: what became of every row of a delivery.

use crate::{Check, CommitInfo, Crs, DeliveryMode, Issue, IssueKind, LayerName, Severity, Stamp};
use serde::{Deserialize, Serialize};

/// How many examples of a finding a report shows.
const MAX_EXAMPLES: usize = 5;

/// What `ingest --json` prints and `/api/quality/{layer}` serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IngestReport {
    /// The change set that the delivery became; none if nothing was written.
    pub change_set: Option<i64>,
    /// The state that it made; none if nothing was written.
    pub generation: Option<i64>,
    /// The name of that state.
    pub stamp: Option<Stamp>,
    /// How the rows met those that the register had.
    pub mode: DeliveryMode,
    /// Whether this was only a rehearsal.
    pub dry_run: bool,
    /// One block per layer.
    pub layers: Vec<LayerReport>,
    /// Files that were turned away.
    pub refused: Vec<RefusedSource>,
}

impl IngestReport {
    /// Writes down which commit the delivery became.
    pub fn set_commit(&mut self, commit: &CommitInfo) {
        self.change_set = Some(commit.change_set);
        self.generation = Some(commit.generation);
        self.stamp = Some(commit.stamp);
    }
}

/// How sure a thing is that a file does not always say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// The file says it, and its contents agree.
    Proven,
    /// The contents say it. It is loaded, and a person should look.
    Probable,
    /// A person says it.
    Given,
}

/// What became of one source's rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerReport {
    /// The layer.
    pub layer: LayerName,
    /// The file, by its name in the delivery.
    pub source: String,
    /// The facility class; none if the profile has none for it.
    pub class: Option<String>,
    /// How sure the class is; none if there is none.
    pub class_grade: Option<Grade>,
    /// How the class was known, or why there is none.
    pub class_evidence: String,
    /// The grid.
    pub crs: Crs,
    /// How sure the grid is.
    pub crs_grade: Grade,
    /// How the grid was known.
    pub crs_evidence: String,
    /// The text encoding, by its usual name.
    pub encoding: String,
    /// How sure the encoding is.
    pub encoding_grade: Grade,
    /// How the encoding was known.
    pub encoding_evidence: String,
    /// Where each row went.
    pub rows: RowCounts,
    /// What it did to the register.
    pub changes: ChangeCounts,
    /// What was found, most serious first.
    pub findings: Vec<Finding>,
    /// What the checks across the layer's rows found after the delivery; none if they were not made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// A file that was turned away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusedSource {
    /// The file, by its name in the delivery.
    pub source: String,
    /// Why, and what to do.
    pub issue: Issue,
}

/// Where each row of a source went: `read` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows that the file's own bytes declare.
    pub read: u64,
    /// Stored as delivered.
    pub accepted: u64,
    /// Stored, with something mended.
    pub repaired: u64,
    /// Kept aside.
    pub quarantined: u64,
    /// Flagged as deleted in the file.
    pub deleted: u64,
}

impl RowCounts {
    /// Whether every row is accounted for.
    pub const fn adds_up(&self) -> bool {
        self.read == self.accepted + self.repaired + self.quarantined + self.deleted
    }
}

/// What a source did to its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChangeCounts {
    /// New rows.
    pub inserted: u64,
    /// Rows with another content than before.
    pub updated: u64,
    /// Rows taken out.
    pub deleted: u64,
    /// Rows with the same content as before.
    pub unchanged: u64,
    /// Rows of the register that the delivery no longer has.
    pub missing: u64,
}

/// All findings of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub kind: IssueKind,
    /// How much it matters.
    pub severity: Severity,
    /// How often.
    pub count: u64,
    /// How often in each column, for those that are about a column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnCount>,
    /// The first few.
    pub examples: Vec<FindingExample>,
}

/// How often something was found in a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnCount {
    /// The column, as the file calls it.
    pub column: String,
    /// How often.
    pub count: u64,
}

/// One finding, as an example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingExample {
    /// The row, from 1.
    pub row: Option<u64>,
    /// The column.
    pub column: Option<String>,
    /// The value as found.
    pub value: Option<String>,
    /// For people.
    pub text: String,
}

impl Finding {
    /// Adds one issue to the findings, which stay sorted: most serious first, then by kind.
    pub fn add(findings: &mut Vec<Self>, issue: &Issue) {
        Self::add_counted(findings, issue, 1);
    }

    /// Adds an issue that speaks for `count` places, as those of a column do that were counted and not written down
    /// one by one.
    pub fn add_counted(findings: &mut Vec<Self>, issue: &Issue, count: u64) {
        let order = |f: &Self| (std::cmp::Reverse(f.severity), f.kind);
        let new = Self {
            kind: issue.kind,
            severity: issue.kind.severity(),
            count: 0,
            columns: Vec::new(),
            examples: Vec::new(),
        };
        let at = match findings.binary_search_by_key(&order(&new), order) {
            Ok(at) => at,
            Err(at) => {
                findings.insert(at, new);
                at
            }
        };
        let finding = &mut findings[at];
        finding.count += count;
        if let Some(column) = &issue.column {
            match finding.columns.iter_mut().find(|c| c.column == *column) {
                Some(counted) => counted.count += count,
                None => finding.columns.push(ColumnCount { column: column.clone(), count }),
            }
        }
        if finding.examples.len() < MAX_EXAMPLES {
            finding.examples.push(FindingExample {
                row: issue.row,
                column: issue.column.clone(),
                value: issue.value.clone(),
                text: issue.text.clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_counted_sorted_and_shown_by_a_few_examples() {
        let mut findings = Vec::new();
        for row in 0..8 {
            Finding::add(&mut findings, &Issue::row(IssueKind::GeometryNull, row, "no geometry"));
        }
        Finding::add(&mut findings, &Issue::row(IssueKind::CoordinateNan, 9, "NaN"));
        Finding::add(&mut findings, &Issue::file(IssueKind::EncodingDetected, "cp949"));
        let zeros = |column| Issue::file(IssueKind::ValueNulled, "zeros").at(column, "0");
        Finding::add_counted(&mut findings, &zeros("LOW_DEP"), 7);
        Finding::add_counted(&mut findings, &zeros("HGH_DEP"), 4);
        Finding::add(&mut findings, &zeros("LOW_DEP"));
        let seen: Vec<_> = findings.iter().map(|f| (f.kind, f.count, f.examples.len())).collect();
        assert_eq!(
            seen,
            [
                (IssueKind::CoordinateNan, 1, 1),
                (IssueKind::GeometryNull, 8, 5),
                (IssueKind::EncodingDetected, 1, 1),
                (IssueKind::ValueNulled, 12, 3)
            ]
        );
        let by_column: Vec<_> =
            findings[3].columns.iter().map(|c| (c.column.as_str(), c.count)).collect();
        assert_eq!(by_column, [("LOW_DEP", 8), ("HGH_DEP", 4)]);
    }
}
