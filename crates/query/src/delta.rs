//! What became of a layer's rows since its base was built.

use crate::base::LayerBase;
use crate::region::{Region, Relation};
use crate::version::Version;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{RTree, RTreeObject as _};
use siseol_model::LonLatBox;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The generation at which something died that is alive.
const ALIVE: i64 = i64::MAX;

/// The changes of a layer since its base: with the base, it answers every state from then on.
///
/// It never changes; a commit makes a new one. A version is known by its *slot*, its number in the order of the
/// commits, which stays the same in all deltas over the same base.
#[derive(Debug, Clone)]
pub(crate) struct Delta {
    /// The generation that the base is the state of.
    since: i64,
    entries: Vec<Entry>,
    /// The rows of the base that are no more, by row.
    dead: Vec<Dead>,
    /// The slots by rank, by fid, and, of those that have one, by key.
    by_rank: Vec<u32>,
    by_fid: Vec<u32>,
    by_key: Vec<u32>,
    /// The slots of versions with geometry, by their boxes.
    tree: RTree<Leaf>,
}

/// A version and when it counts.
#[derive(Debug, Clone)]
struct Entry {
    version: Arc<Version>,
    /// How many rows of the base stand before it.
    place: u32,
    /// It is in the states from this generation on ..
    born: i64,
    /// .. to before this one.
    died: i64,
}

/// A row of the base that is no more.
#[derive(Debug, Clone, Copy)]
struct Dead {
    row: u32,
    /// The first generation without it.
    died: i64,
}

/// The box of a version, and its slot.
pub(crate) type Leaf = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// A node of a delta's tree.
pub(crate) type Node = rstar::RTreeNode<Leaf>;

/// The box around a node.
pub(crate) fn bounds(node: &Node) -> LonLatBox {
    let envelope = node.envelope();
    let ([west, south], [east, north]) = (envelope.lower(), envelope.upper());
    LonLatBox { west, south, east, north }
}

impl Entry {
    fn new(base: &LayerBase, version: Arc<Version>, born: i64, died: i64) -> Self {
        Self { place: base.rows_before(version.rank), version, born, died }
    }

    fn lives(&self, at: i64) -> bool {
        self.born <= at && at < self.died
    }
}

impl Delta {
    /// No changes since that generation.
    pub(crate) fn new(since: i64) -> Self {
        Self {
            since,
            entries: Vec::new(),
            dead: Vec::new(),
            by_rank: Vec::new(),
            by_fid: Vec::new(),
            by_key: Vec::new(),
            tree: RTree::new(),
        }
    }

    /// This delta, then one more change: what each of the rows is from `generation` on, or that it is no more. Of a
    /// fid that comes twice, the last one counts.
    pub(crate) fn advanced(
        &self,
        base: &LayerBase,
        generation: i64,
        rows: Vec<(i64, Option<Version>)>,
    ) -> Self {
        let mut delta = self.clone();
        let (mut born, mut dead) = (Vec::new(), Vec::new());
        for (fid, version) in rows.into_iter().collect::<BTreeMap<_, _>>() {
            if let Some(slot) = self.slot_of(fid, generation) {
                delta.entries[slot as usize].died = generation;
            } else if let Some(row) = base.row_of(fid).filter(|&row| !self.is_dead(row, generation))
            {
                dead.push(Dead { row, died: generation });
            }
            if let Some(version) = version {
                let version = Arc::new(version);
                born.push(Entry::new(base, version, generation, ALIVE));
            }
        }
        delta.add(born, dead);
        delta
    }

    /// What it says of one state alone, as a delta that knows that state alone and calls it `generation`.
    pub(crate) fn settled(&self, at: i64, generation: i64) -> Self {
        let lives = self.entries.iter().filter(|entry| entry.lives(at));
        let entries = lives.map(|entry| Entry { born: generation, died: ALIVE, ..entry.clone() });
        let dead = self.dead.iter().filter(|dead| dead.died <= at);
        let dead = dead.map(|&Dead { row, .. }| Dead { row, died: generation });
        let mut delta = Self::new(generation);
        delta.add(entries.collect(), dead.collect());
        delta
    }

    /// The changes later than `after`, over a base that is the state at that generation and has not changed since
    /// `since`.
    pub(crate) fn rebased(
        &self,
        from: &LayerBase,
        onto: &LayerBase,
        after: i64,
        since: i64,
    ) -> Self {
        let mut delta = Self::new(since);
        let born = self.entries.iter().filter(|entry| entry.born > after);
        let born = born.map(|e| Entry::new(onto, Arc::clone(&e.version), e.born, e.died)).collect();
        let rows = self.dead.iter().map(|dead| (from.fid(dead.row), dead.died));
        let versions = self.entries.iter().filter(|entry| entry.lives(after));
        let versions = versions.map(|entry| (entry.version.fid, entry.died));
        let later = rows.chain(versions).filter(|&(_, died)| after < died && died < ALIVE);
        let dead = later.filter_map(|(fid, died)| Some(Dead { row: onto.row_of(fid)?, died }));
        delta.add(born, dead.collect());
        delta
    }

    fn add(&mut self, entries: Vec<Entry>, dead: Vec<Dead>) {
        insert_sorted(&mut self.dead, dead, |dead| dead.row);
        let first = self.entries.len();
        self.entries.extend(entries);
        let entries = &self.entries;
        let of = |slot: u32| &*entries[slot as usize].version;
        let slots: Vec<u32> = (0..).take(entries.len()).skip(first).collect();
        let keyed = slots.iter().copied().filter(|&slot| of(slot).key().is_some()).collect();
        insert_sorted(&mut self.by_key, keyed, |slot| (of(slot).key(), of(slot).fid, slot));
        insert_sorted(&mut self.by_rank, slots.clone(), |slot| (of(slot).rank, slot));
        insert_sorted(&mut self.by_fid, slots.clone(), |slot| (of(slot).fid, slot));
        let leaves = slots.iter().filter(|&&slot| of(slot).shape().is_some()).map(|&slot| {
            let b = of(slot).bounds;
            Leaf::new(Rectangle::from_corners([b.west, b.south], [b.east, b.north]), slot)
        });
        if slots.len() > self.tree.size() {
            self.tree = RTree::bulk_load(self.tree.iter().copied().chain(leaves).collect());
        } else {
            leaves.for_each(|leaf| self.tree.insert(leaf));
        }
    }

    /// The first generation that it answers for.
    pub(crate) fn since(&self) -> i64 {
        self.since
    }

    /// Versions, and rows of the base that are no more, in whatever state.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() + self.dead.len()
    }

    /// How many versions live at a generation, and how many rows of the base are no more by then.
    pub(crate) fn count(&self, at: i64) -> (usize, usize) {
        let living = self.entries.iter().filter(|entry| entry.lives(at)).count();
        (living, self.dead.iter().filter(|dead| dead.died <= at).count())
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let versions: u64 = self.entries.iter().map(|entry| entry.version.bytes()).sum();
        let slots = size_of::<Entry>() + size_of::<Leaf>() + 3 * size_of::<u32>();
        let own = self.entries.len() * slots + size_of_val(&*self.dead);
        versions + own as u64
    }

    pub(crate) fn version(&self, slot: u32) -> &Version {
        &self.entries[slot as usize].version
    }

    /// How many rows of the base stand before a version.
    pub(crate) fn place(&self, slot: u32) -> u32 {
        self.entries[slot as usize].place
    }

    pub(crate) fn lives(&self, slot: u32, at: i64) -> bool {
        self.entries[slot as usize].lives(at)
    }

    /// The version of a fid that lives at a generation.
    pub(crate) fn slot_of(&self, fid: i64, at: i64) -> Option<u32> {
        let fid_of = |slot: u32| self.version(slot).fid;
        let start = self.by_fid.partition_point(|&slot| fid_of(slot) < fid);
        let same = self.by_fid[start..].iter().copied().take_while(|&slot| fid_of(slot) == fid);
        same.into_iter().find(|&slot| self.lives(slot, at))
    }

    /// The versions with a key that live at a generation, by fid.
    pub(crate) fn slots_with_key(&self, key: &str, at: i64) -> impl Iterator<Item = u32> {
        let key_of = |slot: u32| self.version(slot).key();
        let start = self.by_key.partition_point(|&slot| key_of(slot) < Some(key));
        let same = self.by_key[start..].iter().copied();
        let same = same.take_while(move |&slot| self.version(slot).key() == Some(key));
        same.filter(move |&slot| self.lives(slot, at))
    }

    /// The versions that live at a generation, by rank.
    pub(crate) fn living(&self, at: i64) -> impl Iterator<Item = u32> {
        self.by_rank.iter().copied().filter(move |&slot| self.lives(slot, at))
    }

    /// Whether a row of the base is no more at a generation.
    pub(crate) fn is_dead(&self, row: u32, at: i64) -> bool {
        self.dead_within(row..row + 1, at).next().is_some()
    }

    /// The rows of a range of the base that are no more at a generation.
    pub(crate) fn dead_within(&self, rows: Range<u32>, at: i64) -> impl Iterator<Item = u32> {
        let start = self.dead.partition_point(|dead| dead.row < rows.start);
        let within = self.dead[start..].iter().take_while(move |dead| dead.row < rows.end);
        within.filter(move |dead| dead.died <= at).map(|dead| dead.row)
    }

    /// The uppermost nodes of its tree.
    pub(crate) fn roots(&self) -> &[Node] {
        self.tree.root().children()
    }

    /// The versions that live at a generation and touch a region, by rank.
    pub(crate) fn search(&self, region: &dyn Region, at: i64) -> Vec<u32> {
        let mut found = Vec::new();
        // A node, and whether whatever is in it touches the region.
        let mut open: Vec<(&Node, bool)> = self.roots().iter().map(|node| (node, false)).collect();
        while let Some((node, inside)) = open.pop() {
            match node {
                Node::Leaf(leaf) => {
                    let touches = || {
                        region.may_touch(&bounds(node))
                            && self.version(leaf.data).shape().is_some_and(|s| region.touches(s))
                    };
                    if self.lives(leaf.data, at) && (inside || touches()) {
                        found.push(leaf.data);
                    }
                }
                Node::Parent(parent) => {
                    let relation =
                        if inside { Relation::Inside } else { region.relation(&bounds(node)) };
                    if relation != Relation::Outside {
                        let inside = relation == Relation::Inside;
                        open.extend(parent.children().iter().map(|child| (child, inside)));
                    }
                }
            }
        }
        found.sort_unstable_by_key(|&slot| self.version(slot).rank);
        found
    }
}

/// Adds items to a sorted list, in a few comparisons each.
fn insert_sorted<T: Copy, K: Ord>(into: &mut Vec<T>, mut items: Vec<T>, key: impl Fn(T) -> K) {
    items.sort_unstable_by_key(|&item| key(item));
    let mut all = Vec::with_capacity(into.len() + items.len());
    let mut rest = &into[..];
    for item in items {
        let (before, after) = rest.split_at(rest.partition_point(|&old| key(old) < key(item)));
        all.extend_from_slice(before);
        all.push(item);
        rest = after;
    }
    all.extend_from_slice(rest);
    *into = all;
}
