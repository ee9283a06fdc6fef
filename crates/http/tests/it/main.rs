//! The service, without a socket.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod access;
mod caching;
mod facilities;
mod ogc;
mod refusals;
mod town;
