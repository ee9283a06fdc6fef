//! When a commit is visible to who asks.

use crate::client::Client;
use crate::siseol::{Commit, Server};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Between two looks. What is measured is no finer than this.
const PAUSE: Duration = Duration::from_millis(5);

/// When each generation was served for the first time; one that was skipped is not named.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeMap<i64, Instant>);

impl Seen {
    /// From when a commit was acknowledged until it was visible; nothing if it was visible before.
    pub(crate) fn delay(&self, commit: &Commit) -> Result<Duration> {
        let seen = self.0.range(commit.generation..).next().map(|(_, at)| *at);
        let seen = seen.with_context(|| format!("{} was never seen", commit.generation))?;
        Ok(seen.saturating_duration_since(commit.acknowledged))
    }
}

/// Looks at the generation that is served for as long as the work goes on.
pub(crate) fn during<T>(server: &Server, work: impl FnOnce() -> Result<T>) -> Result<(T, Seen)> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| look(&Client::of(&server.address), &stop));
        let done = work();
        stop.store(true, Ordering::Relaxed);
        let seen = looking.join().ok().context("the look-out panicked")?;
        Ok((done?, seen?))
    })
}

fn look(client: &Client, stop: &AtomicBool) -> Result<Seen> {
    let mut seen = Seen::default();
    while !stop.load(Ordering::Relaxed) {
        let generation = generation(client)?;
        seen.0.entry(generation).or_insert_with(Instant::now);
        std::thread::sleep(PAUSE);
    }
    Ok(seen)
}

/// The generation that is served.
pub(crate) fn generation(client: &Client) -> Result<i64> {
    let text = String::from_utf8(client.get("/readyz")?)?;
    let number = text.trim().rsplit(' ').next();
    number.and_then(|n| n.parse().ok()).with_context(|| format!("/readyz says {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_visible_with_the_first_state_that_is_not_older() {
        let acknowledged = Instant::now();
        let ms = Duration::from_millis;
        let seen = [(1, 0), (3, 40), (4, 90)].map(|(g, at)| (g, acknowledged + ms(at)));
        let seen = Seen(seen.into());
        let delay = |generation| {
            seen.delay(&Commit { generation, took: ms(1), acknowledged }).map_err(|_error| ())
        };
        assert_eq!([delay(1), delay(2), delay(3)], [Ok(ms(0)), Ok(ms(40)), Ok(ms(40))]);
        assert_eq!(delay(5), Err(()));
    }
}
