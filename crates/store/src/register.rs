//! Opening a register.

use crate::{SqlContext as _, StoreError, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How many milliseconds to wait for another process before giving up as busy.
const PATIENCE_MS: u32 = 3_000;

const OPENING: &str = "open the register";

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
        let register = Self::connect(&path)?;
        register.identify()?;
        match access {
            Access::Read => register.set(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?,
            Access::Write => {
                // Triggers are for other programs. Ours would do here what is done without them, and anybody's would
                // be code of a file that may come from outside.
                register.set(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
                register.allow_writing().doing(&path, OPENING)?;
            }
        }
        Ok(register)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does several reads on one state: nobody can commit in between. Keep it short where others write. Inside of
    /// itself it is the same state.
    pub fn at_one_state<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let doing = "begin reading";
        if !self.connection.is_autocommit() {
            return work(self);
        }
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

    /// Whether another program has set the file to write-ahead logging. Nobody can set it back while anybody has it
    /// open, so that whoever only reads it closes it between two looks.
    pub fn is_in_wal_mode(&self) -> Result<bool, StoreError> {
        let read = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
        let mode = self.connection.pragma_query_value(None, "journal_mode", read);
        Ok(mode.doing(&self.path, "read the journal mode")? == "wal")
    }

    /// Makes sure that the next commit is as durable as promised, whatever another program did to the file.
    pub(crate) fn set_journal(&self) -> Result<(), StoreError> {
        // SQLite itself does not wait where others have the file open.
        let deadline = Instant::now() + Duration::from_millis(PATIENCE_MS.into());
        loop {
            match self.try_set_journal() {
                Err(StoreError::Busy { .. }) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                outcome => return outcome,
            }
        }
    }

    fn try_set_journal(&self) -> Result<(), StoreError> {
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

    /// Connects without writing. The connection may write to the file all the same in one case: a killed writer's
    /// journal is part of the data, and SQLite takes back the half-done transaction before it reads.
    fn connect(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).doing(path, OPENING)?;
        let register = Self { connection, path: path.to_path_buf() };
        register.set(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        if has_pending_log(path) {
            // Closing must not write somebody's log into the file; an empty one is removed as usual.
            register.set(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        }
        let connection = &register.connection;
        connection
            // Not `Connection::busy_timeout`, which links to a function that SQLite has only since 3.44.
            .pragma_update(None, "busy_timeout", PATIENCE_MS)
            .and_then(|()| connection.pragma_update(None, "query_only", true))
            .and_then(|()| connection.pragma_update(None, "cell_size_check", true))
            .and_then(|()| connection.pragma_update(None, "mmap_size", 0))
            .and_then(|()| connection.pragma_update(None, "cache_size", -65_536))
            .doing(path, OPENING)?;
        Ok(register)
    }

    fn allow_writing(&self) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "foreign_keys", true)?;
        self.connection.pragma_update(None, "query_only", false)
    }

    fn set(&self, config: DbConfig, on: bool) -> Result<(), StoreError> {
        let set = self.connection.set_db_config(config, on);
        set.map(drop).doing(&self.path, OPENING)
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
                StoreError::Sql { source, .. } => {
                    StoreError::damaged(&path, format!("no format number ({source})"))
                }
                other => other,
            })?;
        if version > schema::FORMAT {
            return Err(StoreError::NewerFormat { path, version, known: schema::FORMAT });
        }
        if version < schema::FORMAT {
            return Err(StoreError::OlderFormat { path, version });
        }
        Ok(())
    }
}

/// The absolute path: it cannot be taken for one of SQLite's special names.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|e| StoreError::io("find the register's folder", e))
}

/// Whether a log of write-ahead mode is beside the file that is not yet written into it.
fn has_pending_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs_err::metadata(PathBuf::from(log)).is_ok_and(|found| found.len() > 0)
}
