#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#[test] fn x() { Some(1).unwrap(); }
