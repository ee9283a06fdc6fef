//! What SQLite finds, and whether somebody opened the layers to writers that go round the history.

use super::faults::Faults;
use crate::{Register, SqlContext as _, StoreError};
use rusqlite::Row;

/// How many faults of the file itself are listed.
const MAX_FILE_FAULTS: u32 = 20;

impl Register {
    /// SQLite's own checks, and whether the guards are armed.
    pub(super) fn check_file(&self, faults: &mut Faults) -> Result<(), StoreError> {
        let doing = "check the file";
        let integrity = format!("PRAGMA integrity_check({MAX_FILE_FAULTS})");
        let found = self.list(&integrity, |row| row.get::<_, String>(0));
        for text in faults.take("file", found.doing(self.path(), doing))?.unwrap_or_default() {
            if text != "ok" {
                faults.add("file", || text);
            }
        }
        let found = self.list("PRAGMA foreign_key_check", |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(2)?))
        });
        let found = faults.take("references", found.doing(self.path(), doing))?;
        for (table, parent) in found.unwrap_or_default() {
            faults.add("references", || format!("a row of {table} points to nothing in {parent}"));
        }
        let writing = self.list("SELECT writing FROM siseol_meta", |row| row.get::<_, i64>(0));
        if faults.take("writing", writing.doing(self.path(), doing))?.is_some_and(|w| w != [0]) {
            faults.add("writing", || {
                "the layers are open to writers that go round siseol (siseol_meta.writing)"
                    .to_owned()
            });
        }
        Ok(())
    }

    fn list<T>(
        &self,
        sql: &str,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let mut statement = self.connection().prepare(sql)?;
        statement.query_map([], read)?.collect()
    }
}
