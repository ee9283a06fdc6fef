//! How long answers took.

use serde::Serialize;
use std::time::Duration;

/// Quantiles of some durations, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Quantiles {
    pub(crate) count: usize,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Quantiles {
    /// Of these; all 0 if there are none.
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        let count = durations.len();
        // The smallest one that so many hundredths do not exceed.
        let at = |hundredths: usize| {
            let rank = (count * hundredths).div_ceil(100);
            durations.get(rank.saturating_sub(1)).copied().map_or(0.0, milliseconds)
        };
        Self { count, p50: at(50), p99: at(99), max: at(100) }
    }
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_durations() {
        let all = |n: u64| Quantiles::of((1..=n).rev().map(Duration::from_millis).collect());
        let is = |q: Quantiles, expected: [f64; 3]| {
            let found = [q.p50, q.p99, q.max];
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        };
        is(all(200), [100.0, 198.0, 200.0]);
        is(all(3), [2.0, 3.0, 3.0]);
        is(all(0), [0.0, 0.0, 0.0]);
        assert_eq!(all(200).count, 200);
    }
}
