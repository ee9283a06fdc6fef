//! Filters: reading and writing them, and what they find.

mod corpus;
