//! From delivered files to a checked change set.
//!
//! [`inspect`] looks at a delivery, [`ingest`] makes it part of a register, whole or not at all. Every row of every
//! file is accepted, repaired, quarantined or flagged as deleted in the file itself, and the counts must add up to
//! the number of rows that the file's own bytes declare; a file where they do not is refused. Bad data is data: it
//! becomes an [`Issue`](siseol_model::Issue) in the report, while an error means that nothing could be done.
//!
//! The life of a delivery: `delivery` finds the files (and unpacks archives), the readers (`shapefile`, `table`,
//! `through_gdal`) open each one as layers, `grid` and `encoding` decide what the file does not say, `identity` names
//! the layers by a profile that `profiles` reads, `meeting` makes columns and grid those of a layer that the register
//! has, `stage` reads row by row (`ahead` of itself), cleans their values (`values`), checks them (`check`) and writes to
//! the register's staging file, and `guard` stops what the delivery's mode does not allow.

mod ahead;
mod check;
mod crossing;
mod delivery;
mod encoding;
mod error;
mod grid;
mod ground;
mod guard;
mod identity;
mod ingest;
mod inspect;
mod meeting;
mod mending;
mod open;
mod options;
mod profiles;
mod shapefile;
mod source;
mod stage;
mod table;
mod through_gdal;
mod values;
mod wkb;

pub use error::IngestError;
pub use ingest::ingest;
pub use inspect::{
    FieldInspection, GridCandidate, GridInspection, GridQuestion, Inspection, LayerInspection,
    Misfit, MisfitMeans, inspect, inspect_against,
};
pub use options::{NoProgress, Options, Progress};
pub use profiles::{DEFAULT_PROFILE, profile, profiles, read_profile};
