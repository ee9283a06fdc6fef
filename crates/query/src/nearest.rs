//! The nearest features, over several layers at once.

use crate::delta;
use crate::disk::{self, Disk};
use crate::hits::Hits;
use crate::local::LocalMap;
use crate::region::Region as _;
use crate::tree::Node;
use crate::view::LayerView;
use siseol_model::{LonLat, LonLatBox};
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
struct Waiting<'a> {
    /// No nearer than this, metres; the distance itself once it is known.
    distance: f64,
    layer: usize,
    what: What<'a>,
}

enum What<'a> {
    Node(Node),
    Versions(&'a delta::Node),
    Feature { row: u32, fid: i64 },
}

impl Waiting<'_> {
    /// Nodes before features, so that a feature is given out only when nothing can be as near.
    fn rank(&self) -> (u8, usize, i64) {
        match self.what {
            What::Node(_) | What::Versions(_) => (0, self.layer, 0),
            What::Feature { fid, .. } => (1, self.layer, fid),
        }
    }
}

impl Ord for Waiting<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then_with(|| other.rank().cmp(&self.rank()))
    }
}

impl PartialOrd for Waiting<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting<'_> {}

/// The `k` features nearest to `centre`, nearest first; within `disk` if one is given. Features at the same
/// distance come in the order of `layers`, then of their fids.
pub(crate) fn nearest(
    layers: &[&LayerView],
    centre: LonLat,
    disk: Option<&Disk>,
    k: usize,
) -> Vec<Neighbour> {
    let map = LocalMap::around(centre);
    let no_nearer = |bounds: &LonLatBox| disk::box_distance(&map, centre, bounds).max(0.0);
    let may_touch = |bounds: &LonLatBox| disk.is_none_or(|disk| disk.may_touch(bounds));
    let node = |layer: usize, node: Node| {
        let bounds = layers[layer].base.tree.bounds(node);
        let what = What::Node(node);
        may_touch(&bounds).then(|| Waiting { distance: no_nearer(&bounds), layer, what })
    };
    let versions = |layer: usize, node| {
        let bounds = delta::bounds(node);
        let what = What::Versions(node);
        may_touch(&bounds).then(|| Waiting { distance: no_nearer(&bounds), layer, what })
    };
    let feature = |layer: usize, row: u32| {
        let view = layers[layer];
        let shape = view.shape(row).filter(|_| view.lives(row))?;
        // The same test as the count's, so that the two agree at the rim.
        disk.is_none_or(|disk| disk.touches(shape)).then(|| Waiting {
            distance: disk::distance(centre, &map, shape),
            layer,
            what: What::Feature { row, fid: view.fid(row) },
        })
    };
    let mut waiting = BinaryHeap::new();
    for (layer, view) in layers.iter().enumerate() {
        waiting.extend(view.base.tree.roots().filter_map(|root| node(layer, root)));
        waiting.extend(view.delta.roots().iter().filter_map(|root| versions(layer, root)));
    }
    let mut found = Vec::new();
    while let Some(Waiting { distance, layer, what }) = waiting.pop() {
        let view = layers[layer];
        match what {
            What::Feature { row, .. } => {
                found.push(Neighbour { layer, row, distance });
                if found.len() >= k {
                    break;
                }
            }
            What::Node(at) if at.level == 0 => waiting.extend(feature(layer, at.index)),
            What::Node(at) => {
                waiting.extend(view.base.tree.children(at).filter_map(|child| node(layer, child)));
            }
            What::Versions(delta::Node::Leaf(leaf)) => {
                waiting.extend(feature(layer, view.row(leaf.data)));
            }
            What::Versions(delta::Node::Parent(parent)) => {
                waiting.extend(parent.children().iter().filter_map(|child| versions(layer, child)));
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
