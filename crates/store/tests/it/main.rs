//! The register as its callers and other programs see it.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod damage;
mod kit;
mod names;
mod other_programs;
mod refusals;
mod round_trip;
mod writers;
