//! The register as its callers and other programs see it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and random ones print their seed"
)]

mod backups;
mod changes;
mod chronicle;
mod damage;
mod hand;
mod history_damage;
mod kit;
mod mending;
mod names;
mod other_programs;
mod past;
mod plain;
mod random;
mod refusals;
mod round_trip;
mod surroundings;
mod writers;
