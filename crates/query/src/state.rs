//! Which state something is at.

use jiff::Timestamp;
use siseol_model::{Label, Layer, Revision, Stamp};
use std::sync::Arc;

/// Which state of a register it is.
#[derive(Debug, Clone)]
pub struct SnapshotState {
    /// How many commits made it.
    pub generation: i64,
    /// Its name.
    pub stamp: Stamp,
    /// The time of the last commit.
    pub time: Timestamp,
    /// What must be said wherever it is shown.
    pub notice: Option<Label>,
}

impl SnapshotState {
    /// The commit that made it.
    pub(crate) fn revision(&self) -> Revision {
        Revision { generation: self.generation, stamp: self.stamp, time: self.time }
    }
}

/// What is known of a layer beside its rows.
#[derive(Debug, Clone)]
pub struct LayerState {
    /// Fields, labels, looks.
    pub layer: Arc<Layer>,
    /// What must be said wherever the layer is shown, such as that it is synthetic.
    pub notice: Option<Label>,
    /// The commits that changed it.
    pub revisions: Revisions,
}

/// The commits that changed a layer, by generation; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revisions {
    first: Revision,
    later: Arc<[Revision]>,
}

impl From<Revision> for Revisions {
    fn from(first: Revision) -> Self {
        Self { first, later: Arc::default() }
    }
}

impl Revisions {
    /// These commits, in any order; none if there are none.
    pub fn new(mut all: Vec<Revision>) -> Option<Self> {
        all.sort_by_key(|revision| revision.generation);
        let (&first, later) = all.split_first()?;
        Some(Self { first, later: later.into() })
    }

    /// All of them, the first one first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Revision> {
        std::iter::once(self.first).chain(self.later.iter().copied())
    }

    /// The last one.
    pub fn last(&self) -> Revision {
        self.later.last().copied().unwrap_or(self.first)
    }

    /// The last one at or before a generation; the first one if all are later.
    pub fn at(&self, generation: i64) -> Revision {
        let until = self.later.partition_point(|revision| revision.generation <= generation);
        until.checked_sub(1).map_or(self.first, |last| self.later[last])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_at_a_generation_is_the_last_one_until_then() {
        let revision = |generation: i64| Revision {
            generation,
            stamp: Stamp::from_bits(7),
            time: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(Revisions::new(vec![]), None);
        assert_eq!(Revisions::from(revision(3)).last(), revision(3));
        let revisions = Revisions::new([9, 3, 5].map(revision).to_vec()).unwrap();
        let at = [1, 3, 4, 5, 8, 9, 100].map(|g| revisions.at(g).generation);
        assert_eq!(at, [3, 3, 3, 5, 5, 9, 9]);
        assert_eq!(revisions.last(), revision(9));
        assert!(revisions.iter().map(|r| r.generation).eq([3, 5, 9]));
    }
}
