//! Eight who read at once, at a steady rate.

use crate::client::Client;
use crate::latency::Quantiles;
use crate::reader::{Kind, Reader};
use crate::rows::{Place, READ};
use crate::usage::{Busy, Ticks};
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many.
pub(crate) const COUNT: usize = 8;

/// So many faults are told in words.
const TOLD: usize = 5;

/// What they read from and how fast.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    pub(crate) address: String,
    pub(crate) process: u32,
    pub(crate) places: Arc<[Place]>,
    /// Requests a second, of each.
    pub(crate) rate: f64,
    pub(crate) seed: u64,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Reading {
    pub(crate) seconds: f64,
    /// Parts of the machine's processor time that were used.
    pub(crate) busy: Busy,
    /// From when a request was due to the last byte of its answer, in milliseconds.
    pub(crate) answered: BTreeMap<String, Quantiles>,
    /// From when a request was due to when it was sent: what of this the readers themselves are to blame for.
    pub(crate) sent: Quantiles,
    /// Walks to their last page.
    pub(crate) walks: u64,
    pub(crate) faults: u64,
    /// The first ones.
    pub(crate) told: Vec<String>,
}

/// What came of one reader.
#[derive(Debug, Default)]
struct Tally {
    answered: Vec<Duration>,
    sent: Vec<Duration>,
    walks: u64,
    faults: u64,
    told: Vec<String>,
}

impl Readers {
    /// Lets them read for as long as the work goes on.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, Reading)> {
        let stop = AtomicBool::new(false);
        let (begun, before) = (Instant::now(), Ticks::now(self.process)?);
        let (done, tallies) = std::thread::scope(|scope| {
            let stop = &stop;
            let threads: Vec<_> =
                (0..COUNT).map(|nth| scope.spawn(move || self.read(nth, begun, stop))).collect();
            let done = work();
            stop.store(true, Ordering::Relaxed);
            let tallies: Option<Vec<Tally>> =
                threads.into_iter().map(|thread| thread.join().ok()).collect();
            (done, tallies)
        });
        let busy = before.until(Ticks::now(self.process)?);
        let tallies = tallies.context("a reader panicked")?;
        Ok((done?, reading(begun.elapsed(), busy, tallies)))
    }

    /// Two of each kind; walkers have a layer each.
    fn kind(nth: usize) -> Kind {
        Kind::ALL[nth % Kind::ALL.len()]
    }

    fn read(&self, nth: usize, begun: Instant, stop: &AtomicBool) -> Tally {
        let client = Client::of(&self.address);
        let layer = READ[nth / Kind::ALL.len() % READ.len()].name;
        let places = Arc::clone(&self.places);
        let mut reader = Reader::new(Self::kind(nth), layer, places, self.seed + nth as u64);
        let mut tally = Tally::default();
        let pause = Duration::from_secs_f64(1.0 / self.rate);
        // They do not all ask at once.
        let mut due = begun + pause.mul_f64(nth as f64 / COUNT as f64);
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let path = reader.path();
            tally.sent.push(due.elapsed());
            let answer = client.get(&path);
            tally.answered.push(due.elapsed());
            if let Err(fault) = reader.take(answer) {
                tally.faults += 1;
                if tally.told.len() < TOLD {
                    tally.told.push(format!("{path}: {fault:#}"));
                }
            }
            due += pause;
        }
        tally.walks = reader.walks;
        tally
    }
}

fn reading(took: Duration, busy: Busy, tallies: Vec<Tally>) -> Reading {
    let mut by_kind: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let (mut walks, mut faults, mut told, mut sent) = (0, 0, Vec::new(), Vec::new());
    for (nth, tally) in tallies.into_iter().enumerate() {
        by_kind.entry(Readers::kind(nth).name()).or_default().extend(tally.answered);
        sent.extend(tally.sent);
        walks += tally.walks;
        faults += tally.faults;
        told.extend(tally.told);
    }
    told.truncate(TOLD);
    let answered = by_kind.into_iter().map(|(kind, all)| (kind, Quantiles::of(all))).collect();
    let seconds = took.as_secs_f64();
    Reading { seconds, busy, answered, sent: Quantiles::of(sent), walks, faults, told }
}
