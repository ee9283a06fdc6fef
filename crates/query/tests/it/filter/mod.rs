//! Filters: reading and writing them, and what they find.
#![expect(clippy::panic, reason = "tests fail by panicking, and say which filter")]

mod annex;
mod classes;
mod corpus;
mod evaluation;
mod interpreter;
mod random;
mod reading;
mod relations;
mod table;
mod town;
