//! The quality report: what became of a layer's rows when they came in, and how the layer stands now.

use crate::{IssueKind, Label, LayerReport, LonLat, Severity, Stamp, Status};
use serde::{Deserialize, Serialize};

/// How many faults of a check a report shows.
const MAX_EXAMPLES: usize = 5;

/// What `/api/quality/{layer}` serves: the report of the layer's last delivery, with the checks across its rows as they
/// are now, and how well its fields are filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// The state of the register.
    pub generation: i64,
    /// Its name.
    pub stamp: Stamp,
    /// The layer, for people.
    pub label: Label,
    /// How many rows the layer has.
    pub features: u64,
    /// What nothing has settled yet, of whatever delivery.
    pub open: OpenFindings,
    /// One for each field, in their order.
    pub completeness: Vec<FieldCompleteness>,
    /// One for each field that has a code list, in their order.
    pub codes: Vec<CodeCoverage>,
    /// What became of the rows of the last delivery, and the checks.
    #[serde(flatten)]
    pub delivery: LayerReport,
}

/// How much of what was found in a layer's deliveries is still to be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenFindings {
    /// Findings, those of quarantined rows included.
    pub findings: u64,
    /// Rows that are kept aside.
    pub quarantined: u64,
}

/// How many rows of a layer say something in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCompleteness {
    /// The field.
    pub field: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// How many rows hold a value; an empty text is none.
    pub filled: u64,
}

/// What the codes in a field are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeCoverage {
    /// The field.
    pub field: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Its code list.
    pub code_list: String,
    /// Codes whose meaning was seen in a public source.
    pub verified: CodeCounts,
    /// Codes whose meaning is plausible.
    pub provisional: CodeCounts,
    /// Codes that are not in the list.
    pub unknown: CodeCounts,
    /// The most frequent codes, the most frequent one first.
    pub by_code: Vec<CodeCount>,
    /// The most frequent codes that are not in the list, likewise.
    pub unknown_codes: Vec<CodeCount>,
}

/// How many codes there are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeCounts {
    /// Distinct ones.
    pub codes: u64,
    /// Rows with one of them.
    pub rows: u64,
}

/// How often a code occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeCount {
    /// The code.
    pub code: String,
    /// Its meaning, if it is in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// How sure that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Rows with it.
    pub rows: u64,
}

/// One check across the rows of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked for.
    pub kind: IssueKind,
    /// How much it matters.
    pub severity: Severity,
    /// One line for people.
    pub label: Label,
    /// What to do about it.
    pub advice: Label,
    /// How many rows it could be asked of.
    pub checked: u64,
    /// How many faults there are.
    pub found: u64,
    /// The first of them.
    pub examples: Vec<Fault>,
}

/// One fault of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The row.
    pub fid: i64,
    /// Its facility key.
    pub facility_key: Option<String>,
    /// The other row that the fault is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<i64>,
    /// Where it is; none for a row without geometry.
    pub place: Option<LonLat>,
    /// How far apart, or by how much too high, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// For people.
    pub text: Label,
}

impl Check {
    /// A check that has not looked at anything yet.
    pub fn new(kind: IssueKind) -> Self {
        Self {
            kind,
            severity: kind.severity(),
            label: kind.label(),
            advice: advice(kind),
            checked: 0,
            found: 0,
            examples: Vec::new(),
        }
    }

    /// The check with as many examples as a report shows.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let examples = self.examples.iter().take(MAX_EXAMPLES).cloned().collect();
        Self { examples, label: self.label.clone(), advice: self.advice.clone(), ..*self }
    }
}

/// What to do about a fault that a check has found.
fn advice(kind: IssueKind) -> Label {
    let (ko, en) = match kind {
        IssueKind::KeyDuplicate => (
            "둘 중 하나에 새 관리번호를 매기거나 중복된 행을 지우세요",
            "give one of them another number, or delete the row that is there twice",
        ),
        IssueKind::GeometryDuplicate => (
            "같은 시설이면 한 행을 지우고, 아니면 위치를 바로잡으세요",
            "delete one of them if they are one facility, else correct the place",
        ),
        IssueKind::EndNear => (
            "이어진 관이면 끝점을 맞추고(스냅), 아니면 그대로 두세요",
            "snap the end to the other pipe if they are joined, else leave it",
        ),
        IssueKind::OffPipe => (
            "시설을 관로 위로 옮기거나 빠진 관로를 납품하세요",
            "move it onto its pipe, or deliver the pipe that is missing",
        ),
        IssueKind::Crossing => (
            "이어진 관이면 교차점에 꼭짓점이나 접합 시설을 두세요",
            "put a vertex or a node at the crossing if the pipes are joined there",
        ),
        IssueKind::Rises => (
            "시점과 종점의 관저고나 선의 방향을 확인하세요",
            "look at the invert levels, or at the direction of the line",
        ),
        IssueKind::ReferenceBroken => (
            "가리키는 번호를 고치거나 빠진 시설을 납품하세요",
            "correct the number, or deliver the facility that is missing",
        ),
        _ => ("확인하세요", "look at it"),
    };
    Label::new(ko, en)
}
