//! Pipes that end just short of another one.

use super::TOUCH;
use super::findings::{Findings, Found};
use super::utility::{Near, Utility, lon_lat};
use crate::local::short_distance;
use crate::snapshot::{Place, Snapshot};
use siseol_model::{Check, IssueKind, Label, NetworkPart, ShapeRef};

/// Up to so far from another pipe an end is taken to be meant to lie on it, metres. The Korean tool looks for the pipe of
/// a leak within 0.5 m; twice that also finds both halves of a pipe that was cut back by a surveyor's staff on either
/// side. Farther apart it is more likely that two pipes lie beside each other.
const NEAR: f64 = 1.0;

/// A pipe's end that lies near another pipe of its utility, and touches neither a pipe nor a node.
pub(super) fn check(snapshot: &Snapshot, utility: &Utility<'_>, layer: usize) -> Option<Check> {
    let own = utility.member(layer).filter(|own| own.may_hold(NetworkPart::Pipe))?;
    let mut findings = Findings::new(IssueKind::EndNear);
    for row in own.view.rows().filter(|&row| own.part(row) == NetworkPart::Pipe) {
        let Some(shape) = own.view.shape(row) else { continue };
        findings.checked(1);
        for end in open_ends(shape) {
            let Some(near) = missed(utility, Place { layer, row }, end) else { continue };
            findings.fault(own.view, row, || {
                let other = snapshot.reference(near.place);
                let metres = near.distance;
                Found {
                    other: snapshot.layers().get(near.place.layer).map(|l| l.fid(near.place.row)),
                    place: Some(end),
                    distance: Some(metres),
                    text: Label::new(
                        format!("관 끝이 {other}에서 {metres:.2} m 떨어져 있음"),
                        format!("the pipe ends {metres:.2} m short of {other}"),
                    ),
                }
            });
        }
    }
    Some(findings.finish())
}

/// The pipe that an end just misses: the nearest one.
fn missed(utility: &Utility<'_>, pipe: Place, end: [f64; 2]) -> Option<Near> {
    let mut nearest: Option<Near> = None;
    for near in utility.within(end, NEAR).filter(|near| near.place != pipe) {
        if near.distance <= TOUCH {
            return None;
        }
        let is_nearer = nearest.is_none_or(|other| near.distance < other.distance);
        if near.part == NetworkPart::Pipe && is_nearer {
            nearest = Some(near);
        }
    }
    nearest
}

/// The ends of a shape's lines but those at which two of its own lines meet.
fn open_ends(shape: ShapeRef<'_>) -> impl Iterator<Item = [f64; 2]> {
    let ends = move || {
        let lines = shape.paths().enumerate();
        lines.flat_map(|(line, path)| {
            path.first().into_iter().chain(path.last()).map(move |&end| (line, end))
        })
    };
    let joined = move |line: usize, end: [f64; 2]| {
        ends().any(|(other, place)| {
            other != line && short_distance(lon_lat(end), place).is_some_and(|d| d <= TOUCH)
        })
    };
    let is_alone = shape.path_ends.len() == 1;
    ends().filter(move |&(line, end)| is_alone || !joined(line, end)).map(|(_, end)| end)
}
