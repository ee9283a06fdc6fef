//! Pipes that cross without being joined.

use super::TOUCH;
use super::findings::{Findings, Found};
use super::utility::{Member, Utility, lon_lat};
use crate::local::LocalMap;
use crate::region::BoxRegion;
use crate::snapshot::{Place, Snapshot};
use siseol_model::{Check, IssueKind, Label, LonLatBox, NetworkPart, ShapeRef};

/// So many edges of a pipe are looked up at a time: a whole main may reach across the city, and its box with it.
const RUN: usize = 16;

/// Two pipes of one utility that cross where neither has a vertex and no node of the utility is. Within a layer it is a
/// fault of the one with the lower fid; a crossing of pipes of two layers is a fault of each.
pub(super) fn check(snapshot: &Snapshot, utility: &Utility<'_>, layer: usize) -> Option<Check> {
    let own = utility.member(layer).filter(|own| own.may_hold(NetworkPart::Pipe))?;
    let others: Vec<&Member<'_>> = utility.holding(NetworkPart::Pipe).collect();
    let mut findings = Findings::new(IssueKind::Crossing);
    for row in own.view.rows().filter(|&row| own.part(row) == NetworkPart::Pipe) {
        let Some(shape) = own.view.shape(row) else { continue };
        findings.checked(1);
        let mut crossings = Vec::new();
        for run in runs(shape) {
            let bounds = LonLatBox::around(run);
            let region = BoxRegion::new(bounds);
            for member in &others {
                for other in member.view.search(Some(&region)).into_rows() {
                    let is_later =
                        member.layer != layer || own.view.fid(row) < member.view.fid(other);
                    if !is_later || member.part(other) != NetworkPart::Pipe {
                        continue;
                    }
                    let Some(crossed) = member.view.shape(other) else { continue };
                    let found = Place { layer: member.layer, row: other };
                    let places = crossings_of(run, crossed, &bounds).into_iter();
                    let places =
                        places.filter(|&at| !has_vertex(shape, at) && !has_vertex(crossed, at));
                    crossings.extend(places.map(|at| (member.view.fid(other), at, found)));
                }
            }
        }
        crossings.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then(a.1[0].total_cmp(&b.1[0])).then(a.1[1].total_cmp(&b.1[1]))
        });
        for (fid, at, place) in crossings {
            if utility.within(at, TOUCH).any(|near| near.part != NetworkPart::Pipe) {
                continue;
            }
            findings.fault(own.view, row, || {
                let other = snapshot.reference(place);
                Found {
                    other: Some(fid),
                    place: Some(at),
                    distance: None,
                    text: Label::new(
                        format!("{other}과(와) 접합 없이 교차함"),
                        format!("crosses {other} without a vertex or a node"),
                    ),
                }
            });
        }
    }
    Some(findings.finish())
}

/// The lines of a shape in runs of a few edges; neighbouring runs share a vertex.
fn runs(shape: ShapeRef<'_>) -> impl Iterator<Item = &[[f64; 2]]> {
    shape.paths().flat_map(|path| {
        let edges = path.len().saturating_sub(1);
        (0..edges).step_by(RUN).map(move |first| &path[first..=(first + RUN).min(edges)])
    })
}

/// Whether a vertex of the shape is at that place.
fn has_vertex(shape: ShapeRef<'_>, place: [f64; 2]) -> bool {
    let map = LocalMap::around(lon_lat(place));
    shape.coords.iter().any(|&vertex| map.place(vertex).distance <= TOUCH)
}

/// An edge from one vertex to the next, and how far it reaches west and east.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: [f64; 2],
    to: [f64; 2],
    west: f64,
    east: f64,
}

/// Where a run of edges, with its box, crosses the edges of a shape: each of both lies on either side of the other.
fn crossings_of(run: &[[f64; 2]], shape: ShapeRef<'_>, bounds: &LonLatBox) -> Vec<[f64; 2]> {
    let own = edges(std::iter::once(run), bounds);
    let other = edges(shape.paths(), bounds);
    let mut places = Vec::new();
    // From west to east, each edge meets those of the other side that begin before it ends.
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (own.get(i), other.get(j)) {
        if a.west <= b.west {
            let meeting = other[j..].iter().take_while(|b| b.west <= a.east);
            places.extend(meeting.filter_map(|b| crossing(a, b)));
            i += 1;
        } else {
            let meeting = own[i..].iter().take_while(|a| a.west <= b.east);
            places.extend(meeting.filter_map(|a| crossing(a, b)));
            j += 1;
        }
    }
    places
}

/// The edges of paths that reach into a box, from west to east.
fn edges<'p>(paths: impl Iterator<Item = &'p [[f64; 2]]>, bounds: &LonLatBox) -> Vec<Edge> {
    let edges = paths
        .flat_map(|path| path.windows(2))
        .filter(|edge| bounds.intersects(&LonLatBox::around(edge)));
    let mut edges: Vec<Edge> = edges
        .map(|edge| Edge {
            from: edge[0],
            to: edge[1],
            west: edge[0][0].min(edge[1][0]),
            east: edge[0][0].max(edge[1][0]),
        })
        .collect();
    edges.sort_unstable_by(|a, b| a.west.total_cmp(&b.west));
    edges
}

/// The place at which two edges cross, in the plane of longitude and latitude; none where one only touches the other.
fn crossing(a: &Edge, b: &Edge) -> Option<[f64; 2]> {
    /// Twice the area of a triangle; its sign says on which side of the edge from `p` to `q` the point lies.
    fn side(p: [f64; 2], q: [f64; 2], r: [f64; 2]) -> f64 {
        (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    }
    let (before, after) = (side(b.from, b.to, a.from), side(b.from, b.to, a.to));
    let (left, right) = (side(a.from, a.to, b.from), side(a.from, a.to, b.to));
    if before * after >= 0.0 || left * right >= 0.0 {
        return None;
    }
    let along = before / (before - after);
    Some([0, 1].map(|axis| a.from[axis] + along * (a.to[axis] - a.from[axis])))
}
