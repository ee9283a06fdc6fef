//! Unpacking an archive that nobody vouches for.
//!
//! The headers of a zip say what its maker liked: sizes are counted while inflating, and names are checked before a
//! file is made.

use crate::encoding::decode_cp949;
use crate::source::Refusal;
use siseol_model::IssueKind;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

/// A city's delivery has a few hundred.
const MAX_ENTRIES: usize = 2_000;
/// All entries together, inflated.
const MAX_TOTAL: u64 = 8 << 30;
/// No delivered file shrinks more than this, but for small or empty ones.
const MAX_RATIO: u64 = 200;
/// Below this the ratio says nothing: a table of blanks shrinks well.
const RATIO_FROM: u64 = 16 << 20;

fn unsafe_archive(text: impl Into<String>) -> Refusal {
    Refusal::new(IssueKind::ArchiveUnsafe, text)
}

fn broken(error: &zip::result::ZipError) -> Refusal {
    Refusal::new(IssueKind::NotThisFormat, format!("this zip cannot be read: {error}"))
}

/// Unpacks the archive into an empty folder. Nothing is written outside it.
pub(crate) fn unpack(path: &Path, into: &Path) -> Result<(), Refusal> {
    let file = fs_err::File::open(path)?;
    let mut archive =
        zip::ZipArchive::new(std::io::BufReader::new(file)).map_err(|e| broken(&e))?;
    if archive.len() > MAX_ENTRIES {
        return Err(Refusal::new(
            IssueKind::TooLarge,
            format!("the archive has {} entries, more than {MAX_ENTRIES}", archive.len()),
        ));
    }
    let mut budget = MAX_TOTAL;
    let mut seen = BTreeSet::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| broken(&e))?;
        let name = entry_name(entry.name_raw())?;
        if entry.is_dir() || name.ends_with('/') {
            continue;
        }
        if entry.is_symlink() {
            return Err(unsafe_archive(format!("{name} is a link")));
        }
        if entry.encrypted() {
            return Err(unsafe_archive(format!(
                "{name} is encrypted; deliver it without a password"
            )));
        }
        let Some(relative) = safe_path(&name) else {
            return Err(unsafe_archive(format!("{name} would be written outside its folder")));
        };
        let extension =
            relative.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if ["zip", "7z", "rar", "tar", "gz", "tgz", "egg", "alz"].contains(&extension.as_str()) {
            return Err(unsafe_archive(format!("{name} is an archive within the archive")));
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(unsafe_archive(format!("{name} is in it twice (but for the case)")));
        }
        let target = into.join(&relative);
        if let Some(folder) = target.parent() {
            fs_err::create_dir_all(folder)?;
        }
        let compressed = entry.compressed_size();
        let mut out = std::io::BufWriter::new(fs_err::File::create_new(&target)?);
        inflate(&mut entry, &mut out, compressed, &mut budget).map_err(|e| e.about(&name))?;
        out.flush()?;
    }
    Ok(())
}

/// Inflates an archive that another reader will open (an .xlsx), to nowhere, to see that it is no bomb.
pub(crate) fn check_inflated(path: &Path, max_total: u64) -> Result<(), Refusal> {
    let file = fs_err::File::open(path)?;
    let mut archive =
        zip::ZipArchive::new(std::io::BufReader::new(file)).map_err(|e| broken(&e))?;
    let mut budget = max_total;
    for index in 0..archive.len().min(MAX_ENTRIES) {
        let mut entry = archive.by_index(index).map_err(|e| broken(&e))?;
        let (name, compressed) = (entry.name().to_owned(), entry.compressed_size());
        inflate(&mut entry, &mut std::io::sink(), compressed, &mut budget)
            .map_err(|e| e.about(&name))?;
    }
    Ok(())
}

enum Inflate {
    Io(std::io::Error),
    TooMuch,
    Bomb,
}

impl Inflate {
    fn about(self, name: &str) -> Refusal {
        match self {
            Self::Io(error) => Refusal::new(
                IssueKind::NotThisFormat,
                format!("{name} cannot be unpacked: {error}"),
            ),
            Self::TooMuch => Refusal::new(
                IssueKind::TooLarge,
                format!("the archive is larger than {} GiB when unpacked", MAX_TOTAL >> 30),
            ),
            Self::Bomb => {
                unsafe_archive(format!("{name} inflates to more than {MAX_RATIO} times its size"))
            }
        }
    }
}

fn inflate(
    from: &mut dyn Read,
    to: &mut dyn Write,
    compressed: u64,
    budget: &mut u64,
) -> Result<(), Inflate> {
    let mut buffer = vec![0; 64 * 1024];
    let mut total: u64 = 0;
    loop {
        let n = from.read(&mut buffer).map_err(Inflate::Io)?;
        if n == 0 {
            return Ok(());
        }
        total += n as u64;
        let Some(left) = budget.checked_sub(n as u64) else { return Err(Inflate::TooMuch) };
        *budget = left;
        if total > RATIO_FROM && total / MAX_RATIO > compressed {
            return Err(Inflate::Bomb);
        }
        to.write_all(&buffer[..n]).map_err(Inflate::Io)?;
    }
}

/// The name of an entry: UTF-8 if it is (whatever the flag says), else CP949, as Korean Windows writes it.
fn entry_name(raw: &[u8]) -> Result<String, Refusal> {
    match std::str::from_utf8(raw) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) => decode_cp949(raw).ok_or_else(|| {
            unsafe_archive(format!(
                "the name {} is neither UTF-8 nor CP949",
                String::from_utf8_lossy(raw)
            ))
        }),
    }
}

/// The name as a path below a folder, if it is one on every system.
fn safe_path(name: &str) -> Option<std::path::PathBuf> {
    let mut path = std::path::PathBuf::new();
    for part in name.split(['/', '\\']) {
        let is_plain = !part.is_empty()
            && part != "."
            && part != ".."
            && part.len() <= 255
            && !part.chars().any(|c| c.is_control() || c == ':');
        if !is_plain {
            return None;
        }
        path.push(part);
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::write::SimpleFileOptions;

    fn archive(entries: &[(&str, &[u8])]) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.zip");
        let mut writer = zip::ZipWriter::new(fs_err::File::create(&path).unwrap());
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap();
        (dir, path)
    }

    fn outcome(entries: &[(&str, &[u8])]) -> Result<(), IssueKind> {
        let (dir, path) = archive(entries);
        let into = dir.path().join("in");
        fs_err::create_dir(&into).unwrap();
        let result = unpack(&path, &into).map_err(|r| r.0.kind);
        let outside: Vec<_> = fs_err::read_dir(dir.path()).unwrap().collect();
        assert_eq!(outside.len(), 2, "nothing outside the folder");
        result
    }

    #[test]
    fn plain_archives_are_unpacked_and_others_are_refused() {
        assert_eq!(outcome(&[("a/b.shp", b"x"), ("a/b.dbf", b"y")]), Ok(()));
        for bad in ["../x.shp", "/etc/x.shp", "a/../../x.shp", "C:\\x.shp", "a.zip", "a\u{1}.shp"] {
            assert_eq!(outcome(&[(bad, b"x")]), Err(IssueKind::ArchiveUnsafe), "{bad}");
        }
        assert_eq!(outcome(&[("a.shp", b"x"), ("A.shp", b"x")]), Err(IssueKind::ArchiveUnsafe));
        let zeros = vec![0; 40 << 20];
        assert_eq!(outcome(&[("a.dbf", &zeros)]), Err(IssueKind::ArchiveUnsafe));
    }
}
