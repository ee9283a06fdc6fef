//! Writing findings to a staging file.

use crate::{SqlContext as _, StoreError};
use rusqlite::{Connection, Statement};
use siseol_model::Issue;
use std::path::Path;

/// Writes the findings of one staged layer, numbered on from those that it has.
#[derive(Debug)]
pub(crate) struct IssueWriter<'a> {
    path: &'a Path,
    insert: Statement<'a>,
    count: i64,
}

impl<'a> IssueWriter<'a> {
    /// A writer for the staged layer `number`, which has `count` findings.
    pub(crate) fn new(
        connection: &'a Connection,
        path: &'a Path,
        number: u32,
        count: i64,
    ) -> Result<Self, StoreError> {
        let sql =
            format!("INSERT INTO issues_{number} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        let insert = connection.prepare(&sql).doing(path, "stage findings")?;
        Ok(Self { path, insert, count })
    }

    /// How many findings there are now; also the number of the last one.
    pub(crate) fn count(&self) -> i64 {
        self.count
    }

    /// Writes a finding about a row, whose facility key is `key`, or about the file.
    pub(crate) fn push(
        &mut self,
        issue: &Issue,
        row: Option<u64>,
        quarantined: bool,
        key: Option<&str>,
    ) -> Result<(), StoreError> {
        self.count += 1;
        self.insert
            .execute((
                self.count,
                issue.kind.severity().code(),
                issue.kind.code(),
                row.map(|r| i64::try_from(r).unwrap_or(i64::MAX)),
                &issue.column,
                &issue.value,
                &issue.text,
                quarantined,
                key,
            ))
            .doing(self.path, "stage findings")?;
        Ok(())
    }
}
