//! Opening a register.

use crate::{SqlContext as _, StoreError, functions, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::path::{Path, PathBuf};

/// How many milliseconds to wait for another process before giving up as busy.
const PATIENCE_MS: u32 = 3_000;

/// SQLite's code for a read-only connection that meets what a killed writer left.
const READONLY_ROLLBACK: i32 = 776;
/// The same, where not even the journal could be opened.
const READONLY_RECOVERY: i32 = 264;

/// What a register is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Looking only.
    Read,
    /// Changing it, too.
    Write,
}

/// An open register.
#[derive(Debug)]
pub struct Register {
    connection: Connection,
    path: PathBuf,
}

impl Register {
    /// Opens a register that exists. What is not a register of this siseol is refused and never written to.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        match fs_err::metadata(&path) {
            Ok(found) if found.is_file() => {}
            Ok(_) => return Err(StoreError::NotAFile { path }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::Missing { path });
            }
            Err(e) => return Err(StoreError::io("look at the register", e)),
        }
        let read_only = Self::connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .and_then(|register| register.identify().map(|()| register));
        let register = match read_only {
            Ok(register) if access == Access::Read => {
                register.set(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
                return Ok(register);
            }
            // A killed writer's journal is part of the data until somebody who may write rolls it back.
            Err(StoreError::Sql { source, .. }) if needs_recovery(&source) => {
                Self::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?
            }
            Ok(_) => Self::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?,
            Err(error) => return Err(error),
        };
        register.identify()?;
        if access == Access::Read {
            register.connection.pragma_update(None, "query_only", true)
        } else {
            functions::register_spatial(&register.connection)
                .and_then(|()| register.connection.pragma_update(None, "foreign_keys", true))
        }
        .doing(&register.path, "open the register")?;
        Ok(register)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does several reads on one state: nobody can commit in between. Keep it short where others write.
    pub fn at_one_state<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let doing = "begin reading";
        let transaction = self.connection.unchecked_transaction().doing(&self.path, doing)?;
        let result = work(self);
        transaction.finish().doing(&self.path, "end reading")?;
        result
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Makes sure that the next commit is as durable as promised, whatever another program did to the file.
    pub(crate) fn set_journal(&self) -> Result<(), StoreError> {
        let doing = "set the journal mode";
        let mode: String = self
            .connection
            .pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))
            .doing(&self.path, doing)?;
        if mode != "delete" {
            return Err(StoreError::Busy { path: self.path.clone() });
        }
        self.connection.pragma_update(None, "synchronous", "EXTRA").doing(&self.path, doing)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .doing(path, "open the register")?;
        let register = Self { connection, path: path.to_path_buf() };
        register.set(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        let connection = &register.connection;
        connection
            // Not `Connection::busy_timeout`, which links to a function that SQLite has only since 3.44.
            .pragma_update(None, "busy_timeout", PATIENCE_MS)
            .and_then(|()| connection.pragma_update(None, "cell_size_check", true))
            .and_then(|()| connection.pragma_update(None, "mmap_size", 0))
            .and_then(|()| connection.pragma_update(None, "cache_size", -65_536))
            .doing(path, "open the register")?;
        Ok(register)
    }

    fn set(&self, config: DbConfig, on: bool) -> Result<(), StoreError> {
        let set = self.connection.set_db_config(config, on);
        set.map(drop).doing(&self.path, "open the register")
    }

    /// Refuses what is not a register of this siseol.
    fn identify(&self) -> Result<(), StoreError> {
        let path = self.path.clone();
        let doing = "see what the file is";
        let connection = &self.connection;
        let id: i64 = connection
            .pragma_query_value(None, "application_id", |row| row.get(0))
            .doing(&path, doing)?;
        if id != schema::APPLICATION_ID {
            return Err(StoreError::NotAGeoPackage { path });
        }
        let ours = connection
            .query_row(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'siseol_meta'",
                [],
                |_| Ok(()),
            )
            .optional()
            .doing(&path, doing)?;
        if ours.is_none() {
            return Err(StoreError::Foreign { path });
        }
        let version: i64 = connection
            .query_row("SELECT format FROM siseol_meta", [], |row| row.get(0))
            .map_err(|e| match StoreError::sql(&path, doing, e) {
                StoreError::Sql { source, .. } if !needs_recovery(&source) => {
                    StoreError::damaged(&path, format!("no format number ({source})"))
                }
                other => other,
            })?;
        if version > schema::FORMAT {
            return Err(StoreError::NewerFormat { path, version, known: schema::FORMAT });
        }
        Ok(())
    }
}

/// The absolute path: it cannot be taken for one of SQLite's special names.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|e| StoreError::io("find the register's folder", e))
}

fn needs_recovery(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(e, _)
        if [READONLY_ROLLBACK, READONLY_RECOVERY].contains(&e.extended_code))
}
