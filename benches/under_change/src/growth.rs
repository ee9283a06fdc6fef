//! The second part: what a delta and a merge cost in the largest layer of a city of a million features.

use crate::latency::milliseconds;
use crate::rows::Rows;
use crate::siseol::{Server, Siseol};
use crate::usage::Memory;
use anyhow::Result;
use bench_kit::say;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The rows of a small change set.
const SMALL: usize = 100;

/// How many small change sets are committed at each size of the delta.
const TIMES: usize = 5;

/// The rows of the large change set.
const MANY: usize = 100_000;

/// From so many entries of the delta on, the layer gets a new base.
const MERGE_FROM: usize = 20_000;

/// So many rows the layer has to have: each is changed once.
pub(crate) const ROWS: usize = MERGE_FROM + MANY;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Growth {
    pub(crate) layer: &'static str,
    pub(crate) rows: usize,
    /// The server's memory with an empty delta, in MB.
    pub(crate) before: Memory,
    /// .. and with one that is as large as it gets.
    pub(crate) with_delta: Memory,
    /// .. and when the layer has a new base; the peak is from the last commit on.
    pub(crate) merged: Memory,
    /// .. and after the large change set; the peak is from its beginning on.
    pub(crate) after_many: Memory,
    /// .. and after a rest, in which bases that were replaced expire.
    pub(crate) rested: Memory,
    pub(crate) rest_minutes: u64,
    /// Small change sets over a delta of growing size.
    pub(crate) small: Vec<Stage>,
    /// Entries of the delta when the merge began.
    pub(crate) merged_entries: f64,
    pub(crate) merge_ms: f64,
    pub(crate) many: Following,
    pub(crate) register_mb_before: f64,
    pub(crate) register_mb_after: f64,
}

/// Change sets of the same size over a delta of about the same size.
pub(crate) type Stage = Vec<Following>;

/// How long it took to follow a change set.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Following {
    /// Entries of the delta before; an update is two of them, an old row that is dead and a new one.
    pub(crate) delta: f64,
    /// Rows of the change set.
    pub(crate) rows: usize,
    /// How long `siseol ingest` took.
    pub(crate) commit_ms: f64,
    /// What the server had to do.
    pub(crate) follow_ms: f64,
    /// From the end of `siseol ingest` until the server answers from the new state.
    pub(crate) visible_ms: f64,
}

/// Measures, with a server of its own.
pub(crate) fn measure(
    siseol: &Siseol,
    rows: Rows,
    rest_minutes: u64,
    work: &Path,
) -> Result<Growth> {
    let server = siseol.serve()?;
    let process = server.process();
    let (layer, row_count) = (rows.layer().name, rows.len());
    let register_mb_before = siseol.register_mb()?;
    let before = Memory::of(process)?;
    let mut bench = Bench { siseol, server: &server, rows, file: work.join("growth.geojson") };

    say("a delta that grows");
    let stages = [0, MERGE_FROM / 2, MERGE_FROM - 2 * SMALL * TIMES - SMALL];
    let small: Result<Vec<Stage>> = stages.into_iter().map(|size| bench.stage(size)).collect();
    let small = small?;
    let with_delta = Memory::of(process)?;

    say("a merge");
    Memory::forget_peak(process)?;
    let (merged_entries, merge_ms) = bench.merge()?;
    let merged = Memory::of(process)?;

    say(&format!("a change set of {MANY} rows"));
    Memory::forget_peak(process)?;
    let many = bench.commit(MANY)?;
    let after_many = Memory::of(process)?;
    let register_mb_after = siseol.register_mb()?;
    say(&format!("a rest of {rest_minutes} minutes"));
    std::thread::sleep(Duration::from_mins(rest_minutes));
    let rested = Memory::of(process)?;
    Ok(Growth {
        layer,
        rows: row_count,
        before,
        with_delta,
        merged,
        after_many,
        rested,
        rest_minutes,
        small,
        merged_entries,
        merge_ms,
        many,
        register_mb_before,
        register_mb_after,
    })
}

#[derive(Debug)]
struct Bench<'a> {
    siseol: &'a Siseol,
    server: &'a Server,
    rows: Rows,
    file: PathBuf,
}

impl Bench<'_> {
    /// Entries of the layer's delta.
    fn delta(&self) -> Result<f64> {
        let metrics = self.server.metrics()?;
        Ok(metrics.of_layer("siseol_delta_rows", self.rows.layer().name))
    }

    /// Commits a change set and waits until it is followed.
    fn commit(&mut self, rows: usize) -> Result<Following> {
        let delta = self.delta()?;
        self.rows.deliver(&self.file, rows, 0)?;
        let before = self.server.metrics()?;
        let commit = self.siseol.commit(self.rows.layer().name, &self.file, rows)?;
        let visible = self.server.wait_for(&commit)?;
        // The time is noted after the state was published.
        let times = before.value("siseol_follow_seconds_count");
        self.server.wait_until(|server| {
            Ok(server.metrics()?.value("siseol_follow_seconds_count") > times)
        })?;
        let seconds = self.server.metrics()?.value("siseol_follow_seconds_sum");
        Ok(Following {
            delta,
            rows,
            commit_ms: milliseconds(commit.took),
            follow_ms: (seconds - before.value("siseol_follow_seconds_sum")) * 1e3,
            visible_ms: milliseconds(visible),
        })
    }

    /// Makes the delta so large by one change set, and goes on with small ones.
    fn stage(&mut self, entries: usize) -> Result<Stage> {
        let missing = entries as f64 - self.delta()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and far below 2^53"
        )]
        let updates = (missing.max(0.0) / 2.0) as usize;
        if updates > 0 {
            self.commit(updates)?;
        }
        (0..TIMES).map(|_| self.commit(SMALL)).collect()
    }

    /// Commits until the layer is merged: the entries of its delta then, and how long the merge took.
    fn merge(&mut self) -> Result<(f64, f64)> {
        let before = self.server.metrics()?;
        let mut entries = self.delta()?;
        while entries < MERGE_FROM as f64 {
            self.commit(SMALL)?;
            entries += 2.0 * SMALL as f64;
        }
        let layer = self.rows.layer().name;
        self.server.wait_until(|server| {
            let metrics = server.metrics()?;
            Ok(metrics.value("siseol_merge_seconds_count")
                > before.value("siseol_merge_seconds_count")
                && metrics.of_layer("siseol_delta_rows", layer) < MERGE_FROM as f64)
        })?;
        let seconds = self.server.metrics()?.value("siseol_merge_seconds_sum");
        Ok((entries, (seconds - before.value("siseol_merge_seconds_sum")) * 1e3))
    }
}
