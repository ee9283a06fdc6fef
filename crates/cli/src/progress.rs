//! Progress of long work on stderr: a bar where a person looks, a line per tenth where a log is kept.

use crate::output;
use indicatif::{ProgressBar, ProgressStyle};
use siseol_ingest::Progress;
use std::io::IsTerminal as _;

/// Tells how far an ingest is.
pub(crate) struct Teller {
    terminal: bool,
    bar: Option<ProgressBar>,
    source: String,
    total: Option<u64>,
    done: u64,
    tenths: u64,
}

impl Teller {
    pub(crate) fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            bar: None,
            source: String::new(),
            total: None,
            done: 0,
            tenths: 0,
        }
    }
}

impl Progress for Teller {
    fn start(&mut self, source: &str, total: Option<u64>) {
        source.clone_into(&mut self.source);
        (self.total, self.done, self.tenths) = (total, 0, 0);
        if !self.terminal {
            return;
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) =
            ProgressStyle::with_template("{msg:24} {wide_bar} {human_pos}/{human_len} {eta}")
        {
            bar.set_style(style);
        }
        bar.set_message(self.source.clone());
        self.bar = Some(bar);
    }

    fn advance(&mut self, rows: u64) {
        self.done += rows;
        if let Some(bar) = &self.bar {
            bar.inc(rows);
            return;
        }
        // Small files would only fill the log.
        let Some(total) = self.total.filter(|&total| total >= 100_000) else { return };
        let tenths = self.done * 10 / total;
        if tenths > self.tenths {
            self.tenths = tenths;
            output::note(&format!("{}: {} % ({} rows)", self.source, tenths * 10, self.done));
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
