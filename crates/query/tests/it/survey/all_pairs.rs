//! What a survey has to find, by looking at all pairs of rows.

use super::town::{LAYERS, OUTFALL_CODE, Town};
use super::{Plain, digits};
use crate::city::Row;
use crate::oracle;
use geo::line_intersection::{LineIntersection, line_intersection};
use geographiclib_rs::{Geodesic, InverseGeodesic as _};
use siseol_model::{IssueKind, NetworkPart, Value};
use std::collections::BTreeMap;

const TOUCH: f64 = 0.05;
const NEAR: f64 = 1.0;

fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    Geodesic::wgs84().inverse(a[1], a[0], b[1], b[0])
}

impl Town {
    fn of(&self, utility: &str) -> impl Iterator<Item = &(usize, Row)> {
        self.rows.iter().filter(move |(at, row)| LAYERS[*at].2 == utility && !row.paths.is_empty())
    }

    fn part((at, row): &(usize, Row)) -> NetworkPart {
        let (.., part) = LAYERS[*at];
        let is_outfall = row.class == Some(OUTFALL_CODE) && part == NetworkPart::IsolatingValve;
        if is_outfall { NetworkPart::Outfall } else { part }
    }

    fn pipes(&self, utility: &str) -> impl Iterator<Item = &(usize, Row)> {
        self.of(utility).filter(|row| Self::part(row) == NetworkPart::Pipe)
    }

    /// Metres from a place to a row; none if a box around it says that it is far.
    fn distance(place: [f64; 2], row: &Row) -> Option<f64> {
        let coords = || row.paths.iter().flatten();
        let reach = |axis: usize| {
            let (low, high) = coords()
                .fold((f64::MAX, f64::MIN), |(low, high), c| (low.min(c[axis]), high.max(c[axis])));
            low - 1e-4 <= place[axis] && place[axis] <= high + 1e-4
        };
        (reach(0) && reach(1)).then(|| oracle::distance(place, &row.paths, false))
    }

    /// What the survey of one layer has to find, by looking at everything; none where a distance is so near to a limit
    /// that rounding decides.
    pub(super) fn faults(&self, layer: usize) -> Option<BTreeMap<Plain, f64>> {
        let mut faults = BTreeMap::new();
        let mut clear = true;
        let mut is_clear = |d: f64| clear &= (d - TOUCH).abs() > 2e-3 && (d - NEAR).abs() > 2e-3;
        let own: Vec<&(usize, Row)> = self.rows.iter().filter(|(at, _)| *at == layer).collect();
        let (.., utility, part) = LAYERS[layer];
        for (i, (_, row)) in own.iter().enumerate() {
            let same_key =
                own.iter().find(|(_, r)| r.key.is_some() && r.key == row.key).unwrap_or(&own[i]);
            if same_key.1.fid < row.fid {
                faults.insert((IssueKind::KeyDuplicate.code(), row.fid, Some(same_key.1.fid)), 0.0);
            }
            let flipped = |r: &Row| -> Vec<Vec<[f64; 2]>> {
                r.paths.iter().map(|p| p.iter().rev().copied().collect()).collect()
            };
            let twin = own.iter().find(|(_, r)| {
                !r.paths.is_empty()
                    && r.class == row.class
                    && (r.paths == row.paths
                        || (part == NetworkPart::Pipe && flipped(r) == row.paths))
            });
            if let Some((_, twin)) = twin.filter(|(_, twin)| twin.fid < row.fid) {
                faults.insert((IssueKind::GeometryDuplicate.code(), row.fid, Some(twin.fid)), 0.0);
            }
            if part == NetworkPart::Pipe
                && let (Value::Float(up), Value::Integer(down)) = (&row.facts[0], &row.facts[1])
                && *down as f64 > *up
            {
                faults.insert((IssueKind::Rises.code(), row.fid, None), *down as f64 - up);
            }
            let host = match &row.facts[2] {
                Value::Text(key) => Some(key.to_string()),
                _ => None,
            };
            let is_there = self.rows.iter().any(|(at, r)| LAYERS[*at].0 == "pipe" && r.key == host);
            if host.is_some() && !is_there {
                faults.insert((IssueKind::ReferenceBroken.code(), row.fid, None), 0.0);
            }
        }
        for own in own.iter().filter(|(_, row)| !row.paths.is_empty()) {
            let row = &own.1;
            let others = || self.of(utility).filter(|(_, other)| other.fid != row.fid);
            if Self::part(own) == NetworkPart::IsolatingValve
                && self.pipes(utility).next().is_some()
            {
                let all: Vec<_> =
                    self.pipes(utility).flat_map(|(_, pipe)| pipe.paths.clone()).collect();
                let distance = oracle::distance(row.paths[0][0], &all, false);
                is_clear(distance);
                if distance > TOUCH {
                    faults.insert((IssueKind::OffPipe.code(), row.fid, None), distance);
                }
            }
            if part != NetworkPart::Pipe {
                continue;
            }
            for (line, path) in row.paths.iter().enumerate() {
                for end in [path[0], path[path.len() - 1]] {
                    let inner = row.paths.iter().enumerate().any(|(other, path)| {
                        other != line
                            && [path[0], path[path.len() - 1]]
                                .iter()
                                .any(|&at| metres(at, end) <= TOUCH)
                    });
                    let near: Vec<_> = others()
                        .filter_map(|other| Some((Self::distance(end, &other.1)?, other)))
                        .collect();
                    for (distance, _) in &near {
                        is_clear(*distance);
                    }
                    let nearest = near
                        .iter()
                        .filter(|(_, other)| Self::part(other) == NetworkPart::Pipe)
                        .min_by(|a, b| a.0.total_cmp(&b.0));
                    if let Some((distance, _)) = nearest
                        && *distance <= NEAR
                        && !inner
                        && near.iter().all(|(d, _)| *d > TOUCH)
                    {
                        let place = Some(digits(end[0]));
                        faults.insert((IssueKind::EndNear.code(), row.fid, place), *distance);
                    }
                }
            }
            for other in others().filter(|other| Self::part(other) == NetworkPart::Pipe) {
                if other.0 == layer && other.1.fid < row.fid {
                    continue;
                }
                let vertices = || row.paths.iter().chain(&other.1.paths).flatten();
                for at in crossings(&row.paths, &other.1.paths) {
                    let nodes =
                        self.of(utility).filter(|node| Self::part(node) != NetworkPart::Pipe);
                    let nodes = nodes.flat_map(|(_, node)| node.paths.iter().flatten());
                    let nearest =
                        vertices().chain(nodes).map(|&v| metres(v, at)).fold(f64::MAX, f64::min);
                    is_clear(nearest);
                    if nearest > TOUCH {
                        faults
                            .insert((IssueKind::Crossing.code(), row.fid, Some(other.1.fid)), 0.0);
                    }
                }
            }
        }
        clear.then_some(faults)
    }
}

/// Where two sets of lines cross properly, by another library.
fn crossings(a: &[Vec<[f64; 2]>], b: &[Vec<[f64; 2]>]) -> Vec<[f64; 2]> {
    let edges = |paths: &[Vec<[f64; 2]>]| -> Vec<geo::Line> {
        let edges = paths.iter().flat_map(|path| path.windows(2));
        edges
            .map(|edge| geo::Line::new((edge[0][0], edge[0][1]), (edge[1][0], edge[1][1])))
            .collect()
    };
    let mut places = Vec::new();
    for p in edges(a) {
        for q in edges(b) {
            if let Some(LineIntersection::SinglePoint { intersection, is_proper: true }) =
                line_intersection(p, q)
            {
                places.push([intersection.x, intersection.y]);
            }
        }
    }
    places
}
