//! A layer answers as a plain scan over its rows does.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and random ones print their seed"
)]

mod changes;
mod city;
mod fields;
mod filter;
mod lookups;
#[path = "../oracle/mod.rs"]
mod oracle;
mod plain;
mod related;
mod scans;
mod survey;
mod timelines;
