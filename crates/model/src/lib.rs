//! The nouns and the documents of siseol.
//!
//! Everything that two crates have to agree on is a type here: what a [`Layer`] is, what a row of it holds
//! ([`Feature`], [`Value`]), what was found wrong with a delivery ([`Issue`]), what a commit looks like
//! ([`CommitInfo`]), and the report documents that the command line and the HTTP API both give out.
//! The crate does no I/O and knows no coordinate transformation: one arrives as a [`ToLonLat`].
//!
//! GeoJSON is encoded here, once ([`geojson`]).

mod change;
mod commit;
mod crs;
mod facility;
pub mod geojson;
mod geometry;
mod issue;
mod label;
mod layer;
mod layer_name;
mod profile;
mod quality;
mod report;
mod stamp;
mod units;
mod value;
mod wkb;

pub use change::{
    Change, ChangeSet, ChangeSetKind, DeliveryMode, DeliveryModeError, LayerChanges, Operation,
    Revision,
};
pub use commit::{CommitInfo, Provenance};
pub use crs::{Crs, CrsError, ToLonLat, TransformError};
pub use facility::{FacilityKey, FacilityRef, Feature};
pub use geometry::{GeometryKind, Shape, ShapeKind, ShapeRef};
pub use issue::{Fate, Issue, IssueKind, Severity};
pub use label::Label;
pub use layer::{Field, Layer};
pub use layer_name::{LayerName, LayerNameError};
pub use profile::{
    ClassCode, ClassSummary, CodeList, CodeListSummary, DirectionRule, DisasterRole, Draft,
    FacilityClass, FieldSpec, FieldType, Look, NetworkPart, NetworkRole, Problem, Profile,
    ProfileError, ProfileSummary, Reference, ReferenceMeaning, Status,
};
pub use quality::{
    Check, CodeCount, CodeCounts, CodeCoverage, Fault, FieldCompleteness, OpenFindings,
    QualityReport,
};
pub use report::{
    ChangeCounts, ColumnCount, Finding, FindingExample, Grade, IngestReport, LayerReport,
    RefusedSource, RowCounts,
};
pub use stamp::Stamp;
pub use units::{LonLat, LonLatBox, Metres, UnitError};
pub use value::{FieldKind, Value};
pub use wkb::WkbError;
