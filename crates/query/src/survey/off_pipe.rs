//! Valves and fittings that lie on no pipe.

use super::TOUCH;
use super::findings::{Findings, Found};
use super::utility::{Utility, lon_lat};
use crate::nearest;
use crate::snapshot::{Place, Snapshot};
use siseol_model::{Check, IssueKind, Label, NetworkPart};

/// What belongs on a pipe. Hydrants and customers are joined by lines that cities often do not draw.
const ON_PIPE: [NetworkPart; 3] =
    [NetworkPart::IsolatingValve, NetworkPart::CheckValve, NetworkPart::Fitting];

/// A valve or fitting that no pipe of its utility touches. Where there are no pipes at all, nothing is asked.
pub(super) fn check(snapshot: &Snapshot, utility: &Utility<'_>, layer: usize) -> Option<Check> {
    let own = utility.member(layer)?;
    let has_pipes = utility.holding(NetworkPart::Pipe).any(|pipes| !pipes.view.is_empty());
    if !has_pipes || !ON_PIPE.iter().any(|&part| own.may_hold(part)) {
        return None;
    }
    let mut findings = Findings::new(IssueKind::OffPipe);
    for row in own.view.rows().filter(|&row| ON_PIPE.contains(&own.part(row))) {
        let Some(&place) = own.view.shape(row).and_then(|shape| shape.coords.first()) else {
            continue;
        };
        findings.checked(1);
        if utility.within(place, TOUCH).any(|near| near.part == NetworkPart::Pipe) {
            continue;
        }
        findings.fault(own.view, row, || {
            let Some((pipe, metres)) = nearest_pipe(utility, place) else {
                let text = Label::new("관로가 없음", "there is no pipe");
                return Found { other: None, place: Some(place), distance: None, text };
            };
            let other = snapshot.reference(pipe);
            Found {
                other: snapshot.layers().get(pipe.layer).map(|layer| layer.fid(pipe.row)),
                place: Some(place),
                distance: Some(metres),
                text: Label::new(
                    format!("가장 가까운 관로 {other}에서 {metres:.2} m 벗어남"),
                    format!("{metres:.2} m off the nearest pipe, {other}"),
                ),
            }
        });
    }
    Some(findings.finish())
}

/// The nearest pipe, however far, and the metres to it.
fn nearest_pipe(utility: &Utility<'_>, place: [f64; 2]) -> Option<(Place, f64)> {
    let members: Vec<_> = utility.holding(NetworkPart::Pipe).collect();
    let views: Vec<_> = members.iter().map(|member| member.view).collect();
    // Rows of these layers that are no pipes may come first: ask for more until one is.
    let mut k = 1;
    loop {
        let found = nearest::nearest(&views, lon_lat(place), None, k);
        let is_pipe = |n: &&nearest::Neighbour| members[n.layer].part(n.row) == NetworkPart::Pipe;
        if let Some(pipe) = found.iter().find(is_pipe) {
            let layer = members[pipe.layer].layer;
            return Some((Place { layer, row: pipe.row }, pipe.distance));
        }
        if found.len() < k {
            return None;
        }
        k *= 16;
    }
}
