//! How much a reader may use.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a reader is given, and what its parent takes from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Its address space, in bytes.
    pub memory: u64,
    /// Its processor time, in seconds.
    pub cpu_seconds: u64,
    /// How long its parent waits for it, all answers together.
    pub wait: Duration,
    /// How many bytes its answers may have, all together.
    pub output: u64,
}

impl Limits {
    /// The limits for a file of that many bytes.
    ///
    /// GDAL reads 100 MB in a few seconds, so a minute is what a file needs that is meant to keep a reader busy. The wait
    /// allows for a machine that has other work. A file says at most a hundred times its size, as an archive may.
    pub fn for_size(bytes: u64) -> Self {
        const MINUTE: u64 = 60;
        let cpu_seconds = MINUTE * bytes.div_ceil(100_000_000).max(1);
        Self {
            memory: 1 << 30,
            cpu_seconds,
            wait: Duration::from_secs(5 * cpu_seconds),
            output: (1 << 30) + 100 * bytes,
        }
    }
}
