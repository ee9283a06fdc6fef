//! The street network: junctions, and the street sections between them.

mod lattice;
mod routes;

use std::io;
use std::path::Path;

use crate::dongs::{DONGS, Dongs};
use crate::geo::{Point, along};
use crate::plan::Plan;
use crate::sheet::Sheets;
use crate::terrain::Terrain;

#[cfg(test)]
pub(crate) use routes::Parts;
pub(crate) use routes::{NONE, Routes};

/// A junction, a bend between two sections, or a dead end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) at: Point,
    /// The height of the ground, in metres.
    pub(crate) ground: f64,
}

/// The place of a street in the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Arterial,
    Collector,
    Local,
}

impl Rank {
    /// The usual width of the road, in metres.
    fn width(self) -> f64 {
        match self {
            Self::Arterial => 30.0,
            Self::Collector => 16.0,
            Self::Local => 7.0,
        }
    }
}

/// A street section from node `from` to node `to`.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) rank: Rank,
    /// The street that it belongs to.
    pub(crate) street: u32,
    pub(crate) line: Vec<Point>,
    pub(crate) length: f64,
    /// The width of the road, in metres.
    pub(crate) width: f64,
    /// How built-up it is here; see [`Terrain::bustle`].
    pub(crate) bustle: f64,
}

impl Section {
    /// The middle of the section and its direction there.
    pub(crate) fn middle(&self) -> (Point, Point) {
        along(&self.line, self.length / 2.0)
    }
}

/// All streets, as one connected graph.
#[derive(Clone, Debug)]
pub(crate) struct Streets {
    pub(crate) nodes: Vec<Node>,
    pub(crate) sections: Vec<Section>,
    /// For each node, where its run in `incident` begins.
    starts: Vec<u32>,
    incident: Vec<u32>,
}

impl Streets {
    pub(crate) fn new(plan: &Plan, terrain: &Terrain) -> Self {
        let (nodes, sections) = lattice::lay(plan, terrain);
        let (nodes, sections) = routes::largest_part(&nodes, sections);
        let mut starts = vec![0_u32; nodes.len() + 1];
        for s in &sections {
            starts[s.from as usize + 1] += 1;
            starts[s.to as usize + 1] += 1;
        }
        for k in 1..starts.len() {
            starts[k] += starts[k - 1];
        }
        let mut fill = starts.clone();
        let mut incident = vec![0; 2 * sections.len()];
        for (k, s) in sections.iter().enumerate() {
            for node in [s.from, s.to] {
                let slot = &mut fill[node as usize];
                incident[*slot as usize] = k as u32;
                *slot += 1;
            }
        }
        Self { nodes, sections, starts, incident }
    }

    /// The sections that meet at a node.
    pub(crate) fn at(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.incident[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// The sum of a weight over all sections.
    pub(crate) fn total(&self, weight: impl Fn(&Section) -> f64) -> f64 {
        self.sections.iter().map(weight).sum()
    }
}

/// What the generators of all subjects read: the plan, the land, the streets and where things are.
#[derive(Clone, Debug)]
pub(crate) struct City<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) plan: &'a Plan,
    pub(crate) terrain: &'a Terrain,
    pub(crate) dongs: &'a Dongs,
    pub(crate) streets: &'a Streets,
    pub(crate) routes: &'a Routes,
    pub(crate) sheets: &'a Sheets,
}

impl City<'_> {
    /// The code of the dong at a place.
    pub(crate) fn dong(&self, p: Point) -> &'static str {
        DONGS[self.dongs.at(p)].0
    }
}

/// A written layer: its name and how many features it has.
pub(crate) type Written = (&'static str, u64);

/// What each subject's writer gives back.
pub(crate) type Result<T = Vec<Written>> = io::Result<T>;
