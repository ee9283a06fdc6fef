//! The quality report: what became of a layer's rows when they came in, and how the layer stands now.

use crate::{IssueKind, Label, LonLat, Severity};
use serde::{Deserialize, Serialize};

/// How many faults of a check a report shows.
const MAX_EXAMPLES: usize = 5;

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
