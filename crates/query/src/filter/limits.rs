//! How large a filter can be. A filter comes from outside: what is larger is refused before it costs anything.

/// The longest text, in bytes.
pub const MAX_LENGTH: usize = 512 * 1024;

/// How deep operators can lie in one another, and brackets likewise. The JSON form of the deepest one is still within
/// the 128 levels that JSON readers commonly allow.
pub const MAX_DEPTH: usize = 56;

/// The most positions in all geometries of a filter together.
pub const MAX_VERTICES: usize = 20_000;

/// The most operators, literals and properties together, so that a list is at most as long.
pub const MAX_PARTS: usize = 20_000;
