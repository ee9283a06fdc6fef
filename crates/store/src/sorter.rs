//! Putting more records in order than memory should hold: sorted runs in a temporary file, merged while they are read.

use crate::StoreError;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Records of a run: as many as are in memory while they are collected.
const RUN: usize = 1 << 17;
/// Records of a run that are in memory while it is merged with others.
const BLOCK: usize = 1 << 9;

/// The big-endian number at a place of a record.
pub(crate) fn word<const N: usize>(record: &[u8; N], at: usize) -> u32 {
    u32::from_be_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]])
}

/// Collects records of N bytes, which are ordered as bytes are.
#[derive(Debug)]
pub(crate) struct Sorter<const N: usize> {
    /// Where the file is made, once there is more than a run. It has no name, so that a kill leaves nothing.
    folder: PathBuf,
    file: Option<File>,
    /// How many runs the file has.
    runs: u64,
    records: Vec<[u8; N]>,
}

impl<const N: usize> Sorter<N> {
    /// Makes its file, if it needs one, in the folder of `neighbour`.
    pub(crate) fn beside(neighbour: &Path) -> Self {
        let folder = neighbour.parent().unwrap_or(Path::new(".")).to_path_buf();
        Self { folder, file: None, runs: 0, records: Vec::new() }
    }

    pub(crate) fn push(&mut self, record: [u8; N]) -> Result<(), StoreError> {
        if self.records.len() == RUN {
            self.write_run().map_err(failure(&self.folder))?;
        }
        self.records.push(record);
        Ok(())
    }

    /// How many records there are.
    pub(crate) fn len(&self) -> u64 {
        self.runs * RUN as u64 + self.records.len() as u64
    }

    fn write_run(&mut self) -> Result<(), Error> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile_in(&self.folder)?,
        };
        self.records.sort_unstable();
        file.write_all(self.records.as_flattened())?;
        self.file = Some(file);
        self.runs += 1;
        self.records.clear();
        Ok(())
    }

    /// The records in their order.
    pub(crate) fn sorted(mut self) -> Result<Sorted<N>, StoreError> {
        self.records.sort_unstable();
        let bytes = (RUN * N) as u64;
        let mut runs: Vec<_> = (0..self.runs)
            .map(|run| Run { at: run * bytes, left: RUN, block: Vec::new().into_iter() })
            .collect();
        // The last one has never left the memory.
        runs.push(Run { at: 0, left: 0, block: self.records.into_iter() });
        let mut sorted =
            Sorted { folder: self.folder, file: self.file, runs, heads: BinaryHeap::new() };
        for run in 0..sorted.runs.len() {
            if let Some(head) = sorted.advance(run)? {
                sorted.heads.push(Reverse((head, run)));
            }
        }
        Ok(sorted)
    }
}

/// Gives records in their order.
#[derive(Debug)]
pub(crate) struct Sorted<const N: usize> {
    folder: PathBuf,
    file: Option<File>,
    runs: Vec<Run<N>>,
    /// The first record of each run that is not at its end, with the run.
    heads: BinaryHeap<Reverse<([u8; N], usize)>>,
}

#[derive(Debug)]
struct Run<const N: usize> {
    /// Where its next block begins in the file.
    at: u64,
    /// How many records are still in the file.
    left: usize,
    block: std::vec::IntoIter<[u8; N]>,
}

impl<const N: usize> Run<N> {
    fn next(&mut self, file: Option<&mut File>) -> Result<Option<[u8; N]>, Error> {
        if let (true, Some(file)) = (self.left > 0 && self.block.len() == 0, file) {
            let mut block = vec![[0; N]; self.left.min(BLOCK)];
            file.seek(SeekFrom::Start(self.at))?;
            file.read_exact(block.as_flattened_mut())?;
            self.at += (block.len() * N) as u64;
            self.left -= block.len();
            self.block = block.into_iter();
        }
        Ok(self.block.next())
    }
}

impl<const N: usize> Sorted<N> {
    /// The next record of a run.
    fn advance(&mut self, run: usize) -> Result<Option<[u8; N]>, StoreError> {
        self.runs[run].next(self.file.as_mut()).map_err(failure(&self.folder))
    }

    fn step(&mut self) -> Result<Option<[u8; N]>, StoreError> {
        let Some(Reverse((record, run))) = self.heads.peek().copied() else { return Ok(None) };
        let next = self.advance(run)?;
        if let Some(mut head) = self.heads.peek_mut() {
            match next {
                Some(next) => *head = Reverse((next, run)),
                None => drop(PeekMut::pop(head)),
            }
        }
        Ok(Some(record))
    }
}

impl<const N: usize> Iterator for Sorted<N> {
    type Item = Result<[u8; N], StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

fn failure(folder: &Path) -> impl Fn(Error) -> StoreError {
    |error| match error.kind() {
        ErrorKind::StorageFull => StoreError::DiskFull { path: folder.to_path_buf() },
        _ => StoreError::io("sort in a temporary file", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: usize) {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::beside(&folder.path().join("city.gpkg"));
        // A small generator of numbers (Knuth's constants) is enough; a few of them come twice.
        let mut state = 20_261_124_u64;
        println!("seed {state}");
        let mut expected: Vec<[u8; 8]> = (0..count)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 40).to_be_bytes()
            })
            .collect();
        for record in &expected {
            sorter.push(*record).unwrap();
        }
        assert_eq!(sorter.len(), count as u64);
        expected.sort_unstable();
        let found: Result<Vec<_>, _> = sorter.sorted().unwrap().collect();
        assert!(found.unwrap() == expected, "{count} records");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn records_come_in_their_order_however_many_runs_they_fill() {
        for count in [0, 1, RUN, RUN + 1, 3 * RUN + BLOCK + 1] {
            check(count);
        }
    }
}
