//! Deliveries from end to end: files written here, and the corpora where they are at hand.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod bad_files;
mod corpora;
mod deliveries;
mod files;
mod formats;
mod shapefiles;
mod town;
