//! Connected parts, and the shortest way from each node to where the sewage leaves the city.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::Rng;

use super::{Node, Section, Streets};
use crate::plan::{HALL, Plan};
use crate::terrain::Terrain;

/// "No section": the node is a root.
pub(crate) const NONE: u32 = u32::MAX;

/// The shortest-way forest towards the outfalls.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    /// Nodes from the outfalls outwards: each after the node that it flows to.
    pub(crate) order: Vec<u32>,
    /// For each node the section by which it flows off; [`NONE`] for a root.
    pub(crate) down: Vec<u32>,
    /// The nodes beside the outfalls.
    pub(crate) roots: Vec<u32>,
}

impl Routes {
    /// Finds the ways, and lets the ground rise along them, and with the hills.
    pub(crate) fn new(plan: &Plan, terrain: &Terrain, streets: &mut Streets) -> Self {
        let roots = roots(plan, streets);
        let mut away = vec![u64::MAX; streets.nodes.len()];
        let mut down = vec![NONE; streets.nodes.len()];
        let mut order = Vec::with_capacity(streets.nodes.len());
        let mut heap = BinaryHeap::new();
        for root in &roots {
            away[*root as usize] = 0;
            heap.push(Reverse((0_u64, *root)));
        }
        while let Some(Reverse((distance, node))) = heap.pop() {
            if distance > away[node as usize] {
                continue;
            }
            order.push(node);
            for &k in streets.at(node) {
                let section = &streets.sections[k as usize];
                let next = if section.from == node { section.to } else { section.from };
                let through = distance + (section.length * 1000.0) as u64 + 1;
                if through < away[next as usize] {
                    away[next as usize] = through;
                    down[next as usize] = k;
                    heap.push(Reverse((through, next)));
                }
            }
        }
        let mut chance = plan.chance("ground");
        for (node, away) in streets.nodes.iter_mut().zip(&away) {
            let metres = *away as f64 / 1000.0;
            let rough: f64 = chance.random_range(-0.25..0.25);
            let ground = 16.0 + 0.0024 * metres + 70.0 * terrain.hill(node.at) + rough;
            node.ground = (ground * 100.0).round() / 100.0;
        }
        let routes = Self { order, down, roots };
        // No way leads over a hill: on the way down the ground rises by a little at most.
        for &node in &routes.order {
            if let Some(below) = routes.below(streets, node) {
                let least = streets.nodes[below as usize].ground - 0.3;
                let ground = &mut streets.nodes[node as usize].ground;
                *ground = ground.max((least * 100.0).round() / 100.0);
            }
        }
        routes
    }

    /// The node at the lower end of the section by which `node` flows off.
    pub(crate) fn below(&self, streets: &Streets, node: u32) -> Option<u32> {
        let down = self.down[node as usize];
        (down != NONE).then(|| {
            let section = &streets.sections[down as usize];
            if section.from == node { section.to } else { section.from }
        })
    }
}

/// One in the east, one in the north, and in a larger city more of them anywhere.
fn roots(plan: &Plan, streets: &Streets) -> Vec<u32> {
    let furthest = |dx: f64, dy: f64| {
        let far = |n: &Node| ((n.at.x - HALL.x) * dx + (n.at.y - HALL.y) * dy) as i64;
        (0..streets.nodes.len() as u32).max_by_key(|n| (far(&streets.nodes[*n as usize]), *n))
    };
    let mut roots: Vec<u32> = furthest(0.9, -0.4).into_iter().chain(furthest(-0.3, 0.9)).collect();
    let more = (plan.side / 1000.0).powi(2) / 60.0;
    let mut chance = plan.chance("outfalls");
    for _ in 1..more as u32 {
        roots.push(chance.random_range(0..streets.nodes.len() as u32));
    }
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// Keeps the largest connected part and numbers its nodes anew.
pub(super) fn largest_part(nodes: &[Node], sections: Vec<Section>) -> (Vec<Node>, Vec<Section>) {
    let mut parts = Parts::new(nodes.len());
    for s in &sections {
        parts.join(s.from, s.to);
    }
    let mut sizes = vec![0_u32; nodes.len()];
    for node in 0..nodes.len() as u32 {
        sizes[parts.find(node) as usize] += 1;
    }
    let largest = (0..nodes.len()).max_by_key(|n| (sizes[*n], *n)).unwrap_or(0) as u32;
    let mut numbers = vec![NONE; nodes.len()];
    let mut kept = Vec::new();
    for (k, node) in nodes.iter().enumerate() {
        if parts.find(k as u32) == largest {
            numbers[k] = kept.len() as u32;
            kept.push(*node);
        }
    }
    let sections = sections
        .into_iter()
        .filter(|s| numbers[s.from as usize] != NONE)
        .map(|s| Section { from: numbers[s.from as usize], to: numbers[s.to as usize], ..s })
        .collect();
    (kept, sections)
}

/// Disjoint sets.
#[derive(Clone, Debug)]
pub(crate) struct Parts(Vec<u32>);

impl Parts {
    pub(crate) fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    pub(crate) fn find(&mut self, mut one: u32) -> u32 {
        while self.0[one as usize] != one {
            let up = self.0[self.0[one as usize] as usize];
            self.0[one as usize] = up;
            one = up;
        }
        one
    }

    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a as usize] = b;
    }
}
