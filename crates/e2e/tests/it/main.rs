//! The real binary, as people and programs use it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, and say what they leave out"
)]

mod against;
mod answers;
mod bad_corpora;
mod binary;
mod changes;
mod circles;
mod city;
mod clients;
mod demo;
mod durability;
mod giver;
mod house;
mod journey;
#[path = "../../../ingest/tests/it/json_schema.rs"]
mod json_schema;
mod meetings;
mod mending;
#[path = "../../../query/tests/oracle/mod.rs"]
mod oracle;
mod others;
mod outcomes;
mod page;
mod points;
mod profiles;
mod qgis;
mod refusals;
mod schemas;
mod seoul;
mod serving;
mod shapefile;
mod sse;
mod stream;
mod untrusted;
