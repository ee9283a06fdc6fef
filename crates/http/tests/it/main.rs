//! The service, without a socket.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and random ones print their seed"
)]

mod access;
mod caching;
mod cursors;
mod facilities;
mod feed;
mod follow;
mod kit;
mod ogc;
mod past;
mod quality;
mod refusals;
mod related;
mod server;
mod states;
mod story;
mod stream;
mod town;
