//! The real binary, as people and programs use it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, and say what they leave out"
)]

mod binary;
mod circles;
mod clients;
mod demo;
mod house;
mod journey;
#[path = "../../../query/tests/oracle/mod.rs"]
mod oracle;
mod page;
mod refusals;
mod seoul;
mod serving;
