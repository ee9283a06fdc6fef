//! A packed R-tree whose leaves are the rows themselves.
//!
//! Rows come in an order that keeps neighbours together; node `i` of level `l` is the box around rows
//! `i * 16^l .. (i + 1) * 16^l`. So a node is a range of rows, and needs no pointers.

use crate::hits::Hits;
use crate::region::{Region, Relation};
use crate::section::Section;
use siseol_model::LonLatBox;
use std::ops::Range;

/// Children of a node.
const FANOUT: usize = 16;

/// The tree. Level 0 holds the rows' own boxes.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    levels: Vec<Section<LonLatBox>>,
}

/// A node: a level and a place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    pub(crate) level: u8,
    pub(crate) index: u32,
}

impl Tree {
    /// The tree over rows with these boxes, in their order.
    pub(crate) fn build(rows: Vec<LonLatBox>) -> Self {
        let mut levels = vec![Section::from(rows)];
        while let Some(below) = levels.last().filter(|below| below.len() > FANOUT) {
            let level: Vec<_> = below
                .chunks(FANOUT)
                .map(|boxes| boxes.iter().fold(LonLatBox::EMPTY, |a, &b| a.union(b)))
                .collect();
            levels.push(level.into());
        }
        Self { levels }
    }

    /// The rows' own boxes.
    pub(crate) fn boxes(&self) -> &[LonLatBox] {
        self.levels.first().map_or(&[], |boxes| boxes)
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.levels.iter().map(Section::bytes).sum()
    }

    /// The box around `known` and all rows that count. `all_count` says whether each of a range does; one that does
    /// not is looked into only where it might widen the box.
    pub(crate) fn extent(
        &self,
        known: LonLatBox,
        all_count: impl Fn(Range<u32>) -> bool,
    ) -> LonLatBox {
        let mut extent = known;
        let mut open: Vec<Node> = self.roots().collect();
        while let Some(next) = open.pop() {
            let bounds = self.bounds(next);
            if extent.contains(&bounds) {
                continue;
            }
            if all_count(self.rows(next)) {
                extent = extent.union(bounds);
            } else if next.level > 0 {
                open.extend(self.children(next));
            }
        }
        extent
    }

    /// The uppermost nodes.
    pub(crate) fn roots(&self) -> impl Iterator<Item = Node> {
        let level = self.levels.len().saturating_sub(1);
        let n = self.levels.last().map_or(0, |top| top.len());
        (0..n).map(move |index| node(level, index))
    }

    pub(crate) fn bounds(&self, node: Node) -> LonLatBox {
        self.levels[usize::from(node.level)][node.index as usize]
    }

    /// The nodes below one that is not a row.
    pub(crate) fn children(&self, parent: Node) -> impl Iterator<Item = Node> {
        let level = usize::from(parent.level) - 1;
        let first = parent.index as usize * FANOUT;
        let end = (first + FANOUT).min(self.levels[level].len());
        (first..end).map(move |index| node(level, index))
    }

    /// The rows below a node.
    pub(crate) fn rows(&self, node: Node) -> Range<u32> {
        let rows = self.levels[0].len();
        let width = FANOUT.pow(u32::from(node.level));
        let first = node.index as usize * width;
        to_u32(first)..to_u32((first + width).min(rows))
    }

    /// The rows that touch a region, in their order. `touches` is the exact test of one row.
    pub(crate) fn search(&self, region: &dyn Region, touches: impl Fn(u32) -> bool) -> Hits {
        let mut hits = Hits::default();
        let mut open: Vec<Node> = self.roots().collect();
        open.reverse();
        while let Some(next) = open.pop() {
            if next.level == 0 {
                // One row: its own shape says more than its box, and costs no more.
                if region.may_touch(&self.bounds(next)) && touches(next.index) {
                    hits.push(next.index..next.index + 1);
                }
                continue;
            }
            match region.relation(&self.bounds(next)) {
                Relation::Outside => {}
                Relation::Inside => hits.push(self.rows(next)),
                Relation::Partial => {
                    let before = open.len();
                    open.extend(self.children(next));
                    open[before..].reverse();
                }
            }
        }
        hits
    }
}

#[expect(clippy::cast_possible_truncation, reason = "8 levels of 16 hold 2^32 rows")]
fn node(level: usize, index: usize) -> Node {
    Node { level: level as u8, index: to_u32(index) }
}

#[expect(clippy::cast_possible_truncation, reason = "the builder refuses more than 2^32 rows")]
fn to_u32(n: usize) -> u32 {
    n as u32
}
