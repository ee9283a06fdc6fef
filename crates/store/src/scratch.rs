//! Temporary files that a killed process does not leave behind for good.

use crate::StoreError;
use crate::register::absolute;
use fs_err as fs;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// A file with a name of its own beside another one. It is locked while its process lives, which is how the next
/// process knows that it is in use, and it is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: TempPath,
    lock: std::fs::File,
}

/// What becomes of a temporary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It gets a name.
    Publish,
    /// It is gone at the end.
    Private,
}

impl Scratch {
    /// A new file `.<name of neighbour>.<random><suffix>` in the neighbour's folder. Those that dead processes left
    /// are removed.
    ///
    /// One that is to be [published](Self::publish) may be read by whom the process's umask lets, others only by
    /// the process's user.
    pub(crate) fn beside(
        neighbour: &Path,
        suffix: &str,
        purpose: Purpose,
    ) -> Result<Self, StoreError> {
        let neighbour = absolute(neighbour)?;
        let folder = folder_of(&neighbour);
        let mut prefix = OsString::from(".");
        prefix.push(neighbour.file_name().unwrap_or_default());
        prefix.push(".");
        remove_stale(&folder, &prefix, suffix);
        Self::new(&folder, &prefix, suffix, purpose)
    }

    /// A new file in the folder for temporary files.
    pub(crate) fn anywhere(suffix: &str) -> Result<Self, StoreError> {
        Self::new(&std::env::temp_dir(), OsStr::new("siseol."), suffix, Purpose::Private)
    }

    fn new(
        folder: &Path,
        prefix: &OsStr,
        suffix: &str,
        purpose: Purpose,
    ) -> Result<Self, StoreError> {
        let doing = "make a temporary file";
        for _ in 0..16 {
            let mut builder = tempfile::Builder::new();
            builder.prefix(prefix).suffix(suffix);
            #[cfg(unix)]
            if purpose == Purpose::Publish {
                use std::os::unix::fs::PermissionsExt as _;
                builder.permissions(std::fs::Permissions::from_mode(0o666));
            }
            let file = builder.tempfile_in(folder);
            let (lock, path) = file.map_err(|e| StoreError::io(doing, e))?.into_parts();
            // Between its making and its locking another process may take it for stale and remove it.
            if lock.try_lock().is_ok() && path.exists() {
                return Ok(Self { path, lock });
            }
        }
        Err(StoreError::io(doing, std::io::ErrorKind::ResourceBusy.into()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the content through to the disk and gives the file its name, unless that is taken.
    pub(crate) fn publish(self, target: &Path, taken: StoreError) -> Result<(), StoreError> {
        self.lock.sync_all().map_err(|e| StoreError::io("write the new file to the disk", e))?;
        self.path.persist_noclobber(target).map_err(|e| match e.error.kind() {
            std::io::ErrorKind::AlreadyExists => taken,
            _ => StoreError::io("give the new file its name", e.error),
        })?;
        let synced = fs::File::open(folder_of(target)).and_then(|folder| folder.sync_all());
        synced.map_err(|e| StoreError::io("write the folder to the disk", e))
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Removes the temporary files of dead processes. What cannot be removed is left: it is in nobody's way.
fn remove_stale(folder: &Path, prefix: &OsStr, suffix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if !name.starts_with(prefix.as_encoded_bytes()) || !name.ends_with(suffix.as_bytes()) {
            continue;
        }
        let Ok(file) = fs::File::open(entry.path()) else { continue };
        if file.file().try_lock().is_ok() {
            match fs::remove_file(entry.path()) {
                Ok(()) => tracing::info!(file = %entry.path().display(), "removed a stale file"),
                Err(error) => tracing::warn!(%error, "a stale file stays"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_dead_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let register = folder.path().join("city.gpkg");
        let stale = folder.path().join(".city.gpkg.abc.staging");
        let other = folder.path().join(".town.gpkg.abc.staging");
        for file in [&stale, &other] {
            fs::write(file, b"").unwrap();
        }
        let living = Scratch::beside(&register, ".staging", Purpose::Private).unwrap();
        assert!(!stale.exists() && other.exists());
        let second = Scratch::beside(&register, ".staging", Purpose::Private).unwrap();
        assert!(living.path().exists());
        let path = second.path().to_path_buf();
        drop(second);
        assert!(!path.exists());
    }

    #[test]
    fn a_name_that_is_taken_is_not_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("city.gpkg");
        fs::write(&target, b"mine").unwrap();
        let taken = StoreError::TargetExists { path: target.clone() };
        let scratch = Scratch::beside(&target, ".new", Purpose::Publish).unwrap();
        assert!(matches!(scratch.publish(&target, taken), Err(StoreError::TargetExists { .. })));
        assert_eq!(fs::read(&target).unwrap(), b"mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
