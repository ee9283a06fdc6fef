//! siseol, as it is delivered: one program that loads files into the register, and one that serves it.

use crate::client::Client;
use crate::metrics::Metrics;
use crate::watch;
use anyhow::{Context as _, Result, ensure};
use bench_kit::{Running, command, http, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program and the register that it changes and serves.
#[derive(Debug, Clone)]
pub(crate) struct Siseol {
    pub(crate) program: PathBuf,
    pub(crate) register: PathBuf,
    /// Where it listens.
    pub(crate) address: String,
}

/// A commit by another process than the one that serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Commit {
    pub(crate) generation: i64,
    /// From the start of the process to its end.
    pub(crate) took: Duration,
    /// When the process had said that all is well.
    pub(crate) acknowledged: Instant,
}

/// A server; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) client: Client,
    process: Running,
}

impl Siseol {
    pub(crate) fn version(&self) -> Result<String> {
        Ok(run(&mut command(&self.program, ["--version"]))?.trim().to_owned())
    }

    /// Writes a layer to a file, one feature a line.
    pub(crate) fn export(&self, layer: &str, to: &Path) -> Result<()> {
        let mut export = command(&self.program, ["export", "--overwrite"]);
        run(export.arg(&self.register).arg(layer).arg("--to").arg(to))?;
        Ok(())
    }

    /// Commits a delivery, which has to change so many rows.
    pub(crate) fn commit(&self, layer: &str, delivery: &Path, rows: usize) -> Result<Commit> {
        let began = Instant::now();
        let mut ingest = command(&self.program, ["ingest", "--json", "--reproject", "--layer"]);
        let report = run(ingest.arg(layer).arg(&self.register).arg(delivery))?;
        let acknowledged = Instant::now();
        let report: Value = serde_json::from_str(&report)?;
        let changes = &report["layers"][0]["changes"];
        let changed = [&changes["inserted"], &changes["updated"], &changes["deleted"]];
        let changed: u64 = changed.into_iter().filter_map(Value::as_u64).sum();
        ensure!(changed == rows as u64, "{rows} rows were to change: {changes}");
        let generation = report["generation"].as_i64().context("no generation")?;
        Ok(Commit { generation, took: acknowledged - began, acknowledged })
    }

    /// Serves the register.
    pub(crate) fn serve(&self) -> Result<Server> {
        let mut serve = command(&self.program, ["serve"]);
        let process = Running::start(serve.arg(&self.register).args(["--listen", &self.address]))?;
        let address = self.address.clone();
        http::wait_for(&address, "/readyz", PATIENCE)?;
        Ok(Server { client: Client::of(&address), address, process })
    }

    /// The size of the register in MB.
    pub(crate) fn register_mb(&self) -> Result<f64> {
        Ok(fs_err::metadata(&self.register)?.len() as f64 / 1e6)
    }
}

impl Server {
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn metrics(&self) -> Result<Metrics> {
        Ok(Metrics(String::from_utf8(self.client.get("/metrics")?)?))
    }

    /// Waits until a commit is visible, and says how long that was after it was acknowledged.
    pub(crate) fn wait_for(&self, commit: &Commit) -> Result<Duration> {
        let visible =
            self.wait_until(|server| Ok(watch::generation(&server.client)? >= commit.generation))?;
        Ok(visible.saturating_duration_since(commit.acknowledged))
    }

    /// Waits until something is so, and says when it was.
    pub(crate) fn wait_until(
        &self,
        mut is_so: impl FnMut(&Self) -> Result<bool>,
    ) -> Result<Instant> {
        let begun = Instant::now();
        while !is_so(self)? {
            ensure!(begun.elapsed() < PATIENCE, "the server does not get there");
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(Instant::now())
    }
}
