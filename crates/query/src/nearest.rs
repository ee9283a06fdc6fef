//! The nearest features, over several layers at once.

use crate::disk::{self, Disk};
use crate::hits::Hits;
use crate::local::LocalMap;
use crate::region::Region as _;
use crate::tree::Node;
use crate::view::LayerView;
use siseol_model::LonLat;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A feature and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Which of the layers that were searched.
    pub layer: usize,
    /// Its row.
    pub row: u32,
    /// Metres from the place to its nearest point.
    pub distance: f64,
}

/// What waits to be looked at: nearest first, and at the same distance in the order of the layers and fids.
struct Waiting {
    /// No nearer than this, metres; the distance itself once it is known.
    distance: f64,
    layer: usize,
    what: What,
}

enum What {
    Node(Node),
    Feature { row: u32, fid: i64 },
}

impl Waiting {
    /// Nodes before features, so that a feature is given out only when nothing can be as near.
    fn rank(&self) -> (u8, usize, i64) {
        match self.what {
            What::Node(_) => (0, self.layer, 0),
            What::Feature { fid, .. } => (1, self.layer, fid),
        }
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then_with(|| other.rank().cmp(&self.rank()))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

/// The `k` features nearest to `centre`, nearest first; within `disk` if one is given. Features at the same
/// distance come in the order of `layers`, then of their fids.
pub(crate) fn nearest(
    layers: &[&LayerView],
    centre: LonLat,
    disk: Option<&Disk>,
    k: usize,
) -> Vec<Neighbour> {
    let map = LocalMap::around(centre);
    let mut waiting = BinaryHeap::new();
    let node = |layer: usize, node: Node| Waiting {
        distance: disk::box_distance(&map, centre, &layers[layer].base.tree.bounds(node)).max(0.0),
        layer,
        what: What::Node(node),
    };
    for (i, layer) in layers.iter().enumerate() {
        waiting.extend(layer.base.tree.roots().map(|root| node(i, root)));
    }
    let mut found = Vec::new();
    while let Some(next) = waiting.pop() {
        let layer = layers[next.layer];
        match next.what {
            What::Feature { row, .. } => {
                found.push(Neighbour { layer: next.layer, row, distance: next.distance });
                if found.len() >= k {
                    break;
                }
            }
            What::Node(at) if at.level > 0 => {
                let tree = &layer.base.tree;
                let inside = tree
                    .children(at)
                    .filter(|&child| disk.is_none_or(|d| d.may_touch(&tree.bounds(child))));
                waiting.extend(inside.map(|child| node(next.layer, child)));
            }
            What::Node(at) => {
                let row = at.index;
                let Some(shape) = layer.shape(row) else { continue };
                // The same test as the count's, so that the two agree at the rim.
                if disk.is_none_or(|d| d.touches(shape)) {
                    waiting.push(Waiting {
                        distance: disk::distance(centre, &map, shape),
                        layer: next.layer,
                        what: What::Feature { row, fid: layer.fid(row) },
                    });
                }
            }
        }
    }
    found
}

/// The `k` nearest of features that are known already, in the same order as [`nearest`]'s: cheaper where they are few.
pub(crate) fn nearest_of(
    layers: &[&LayerView],
    hits: &[Hits],
    centre: LonLat,
    k: usize,
) -> Vec<Neighbour> {
    let map = LocalMap::around(centre);
    let mut found: Vec<Neighbour> = Vec::new();
    for (layer, (view, hits)) in layers.iter().zip(hits).enumerate() {
        found.extend(hits.rows().filter_map(|row| {
            let distance = disk::distance(centre, &map, view.shape(row)?);
            Some(Neighbour { layer, row, distance })
        }));
    }
    let order = |a: &Neighbour, b: &Neighbour| {
        let rank = |n: &Neighbour| (n.layer, layers[n.layer].fid(n.row));
        a.distance.total_cmp(&b.distance).then_with(|| rank(a).cmp(&rank(b)))
    };
    if k < found.len() {
        found.select_nth_unstable_by(k, order);
        found.truncate(k);
    }
    found.sort_unstable_by(order);
    found
}
