//! Answers from a resident snapshot.
//!
//! A [`Snapshot`] is one state of a register, immutable and in memory. Each layer is a [`LayerView`] of a
//! [`LayerBase`]: rows ordered along a space-filling curve, so that a node of its packed R-tree, a run of coordinates
//! and a run of encoded GeoJSON are all one range of rows. A question is a [`Region`]; its answer is [`Hits`]: ranges
//! of rows, which are counted, summed and written out without looking at each row.
//!
//! What was committed since a base was built lies beside it as a delta: an R-tree over new [`Version`]s, and the rows
//! of the base that are no more, with the generations from which and until which they count. So one base answers every
//! state since, until [`LayerView::merged`] makes another one. A [`Timeline`] holds the present state and the past ones
//! that memory can answer. A layer's order, and so its pages, do not depend on what lies in the base.
//!
//! Everything here is synchronous and pure: no I/O, no runtime, no transformation of its own (a builder is given
//! one as [`siseol_model::ToLonLat`]).

mod base;
mod build_error;
mod builder;
mod column;
mod delta;
mod disk;
mod filling;
pub mod filter;
mod geodesic;
mod hilbert;
mod hits;
mod local;
mod merge;
mod nearest;
mod order;
mod packing;
mod planar;
mod region;
mod related;
mod row;
mod rows;
mod section;
mod snapshot;
mod state;
mod summary;
mod sums;
mod survey;
mod text;
mod timeline;
mod tree;
mod version;
mod view;

pub use base::LayerBase;
pub use build_error::BuildError;
pub use builder::LayerBuilder;
pub use disk::{Disk, DiskError, MAX_RADIUS};
pub use hits::Hits;
pub use merge::MERGE_FROM;
pub use nearest::Neighbour;
pub use region::{BoxRegion, Region, Relation};
pub use related::Related;
pub use snapshot::{Place, ReferenceError, Snapshot};
pub use state::{LayerState, Revisions, SnapshotState};
pub use summary::{ClassSummary, Summary};
pub use survey::{MAX_FAULTS, is_surveyed_with};
pub use timeline::{LayerChange, Timeline};
pub use version::{Version, VersionEncoder};
pub use view::LayerView;
