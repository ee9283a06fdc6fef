//! Rows of a delivery whose key an earlier row has.

use crate::sorter::{Sorted, Sorter, word};
use crate::{SqlContext as _, StoreError};
use rusqlite::{Connection, Statement};
use siseol_model::FacilityKey;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// A key's hash, the row's number in the staging file and in the delivered one.
const SEEN: usize = 8 + REPEATED;
/// The two numbers alone.
const REPEATED: usize = 4 + 8;

/// The keys of the rows seen so far. Keys are told apart by 64 bits of a hash.
#[derive(Debug)]
pub(crate) struct Keys(Sorter<SEEN>);

impl Keys {
    pub(crate) fn beside(path: &Path) -> Self {
        Self(Sorter::beside(path))
    }

    pub(crate) fn add(&mut self, key: &FacilityKey, id: u32, row: u64) -> Result<(), StoreError> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let mut record = [0; SEEN];
        record[..8].copy_from_slice(&hasher.finish().to_be_bytes());
        record[8..12].copy_from_slice(&id.to_be_bytes());
        record[12..].copy_from_slice(&row.to_be_bytes());
        self.0.push(record)
    }

    /// The rows whose key an earlier row has, in their order.
    fn repeated(self, path: &Path) -> Result<Sorted<REPEATED>, StoreError> {
        let mut repeated = Sorter::beside(path);
        let mut before: Option<[u8; SEEN]> = None;
        for record in self.0.sorted()? {
            let record = record?;
            if before.is_some_and(|before| before[..8] == record[..8]) {
                let mut numbers = [0; REPEATED];
                numbers.copy_from_slice(&record[8..]);
                repeated.push(numbers)?;
            }
            before = Some(record);
        }
        repeated.sorted()
    }
}

/// The rows of a layer whose key an earlier row of it has, in their order: the row's number in the delivered file, and
/// the key.
#[derive(Debug)]
pub struct RepeatedKeys<'c> {
    path: PathBuf,
    rows: Sorted<REPEATED>,
    key: Statement<'c>,
}

impl<'c> RepeatedKeys<'c> {
    /// Of the n-th staged layer.
    pub(crate) fn new(
        connection: &'c Connection,
        path: &Path,
        n: u32,
        keys: Keys,
    ) -> Result<Self, StoreError> {
        let sql = format!("SELECT facility_key FROM rows_{n} WHERE id = ?1");
        let key = connection.prepare(&sql).doing(path, DOING)?;
        Ok(Self { path: path.to_path_buf(), rows: keys.repeated(path)?, key })
    }
}

const DOING: &str = "find the repeated keys";

impl Iterator for RepeatedKeys<'_> {
    type Item = Result<(u64, FacilityKey), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.rows.next()?.and_then(|record| {
            let id = word(&record, 0);
            let row = u64::from(word(&record, 4)) << 32 | u64::from(word(&record, 8));
            let key: String =
                self.key.query_row([id], |found| found.get(0)).doing(&self.path, DOING)?;
            Ok((row, FacilityKey::from(key)))
        });
        Some(found)
    }
}
