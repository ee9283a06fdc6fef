//! Deliveries from end to end: files written here, and the corpora where they are at hand.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "what was left out, and what was found in the corpora")]

mod bad_files;
mod conventions;
mod corpora;
mod deliveries;
mod dirt;
mod files;
mod formats;
mod golden;
mod json_schema;
mod mutations;
mod personal;
mod profiles;
mod redeliveries;
mod shapefiles;
mod town;
