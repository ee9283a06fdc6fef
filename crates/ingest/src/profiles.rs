//! Where profiles come from: the built-in ones, and the files and folders that a person writes.

use crate::IngestError;
use rust_embed::RustEmbed;
use siseol_model::{Draft, Problem, Profile, ProfileError};
use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// The profile if none is named.
pub const DEFAULT_PROFILE: &str = "kr-uis";

/// `schemas/`, where each folder is a profile.
#[derive(RustEmbed)]
#[folder = "../../schemas"]
struct Schemas;

/// Deeper folders are no profile.
const MAX_DEPTH: usize = 8;
/// More files are no profile either.
const MAX_FILES: usize = 500;
/// In all files of a profile. The built-in ones have less than a tenth of it.
const MAX_BYTES: u64 = 4 << 20;

/// A file of a profile: its name for people, and its text.
type File = (String, String);

/// The names of the built-in profiles.
pub fn profiles() -> Vec<String> {
    let mut names: Vec<String> = built_in_files()
        .filter_map(|name| name.split_once('/').map(|(profile, _)| profile.to_owned()))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The profile of that name or at that path, a file or a folder of files. A name comes first.
pub fn profile(name_or_path: &str) -> Result<Profile, IngestError> {
    match read_profile(name_or_path)? {
        (profile, problems) if problems.is_empty() => Ok(profile),
        (_, problems) => Err(IngestError::Profile {
            name: name_or_path.to_owned(),
            source: ProfileError { problems },
        }),
    }
}

/// The same, of all that can be read, and what is wrong with it.
pub fn read_profile(name_or_path: &str) -> Result<(Profile, Vec<Problem>), IngestError> {
    let draft = match built_in(name_or_path) {
        Some(draft) => draft,
        None => at(Path::new(name_or_path)).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => no_such(name_or_path),
            _ => IngestError::Source { path: name_or_path.into(), source },
        })?,
    };
    let Some(base) = draft.extends().map(str::to_owned) else { return Ok(draft.finish()) };
    if let Some(base) = built_in(&base) {
        return Ok(draft.over(base).finish());
    }
    let (profile, mut problems) = draft.finish();
    let text =
        format!("there is no built-in profile `{base}`; those are {}", profiles().join(", "));
    problems.push(Problem { file: None, place: "extends".to_owned(), text });
    Ok((profile, problems))
}

/// What a delivery's manifest may name: a built-in profile, or files inside the delivery, by their path beside the
/// manifest. `root` is the delivery's folder, `folder` the manifest's.
pub(crate) fn delivered(root: &Path, folder: &Path, name: &str) -> Result<String, String> {
    if built_in(name).is_some() {
        return Ok(name.to_owned());
    }
    let path = Path::new(name);
    if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(format!("names the profile `{name}`, which is not inside the delivery"));
    }
    let inside = |path: PathBuf| -> std::io::Result<Option<String>> {
        let (root, path) = (fs_err::canonicalize(root)?, fs_err::canonicalize(path)?);
        Ok(path.starts_with(root).then(|| path.to_string_lossy().into_owned()))
    };
    match inside(folder.join(path)) {
        Ok(Some(path)) => Ok(path),
        Ok(None) => Err(format!("names the profile `{name}`, which is not inside the delivery")),
        Err(_) => Err(format!(
            "names the profile `{name}`, which is neither built in ({}) nor in the delivery",
            profiles().join(", ")
        )),
    }
}

fn no_such(name: &str) -> IngestError {
    IngestError::NoSuchProfile {
        name: name.chars().take(200).collect(),
        known: profiles().join(", "),
    }
}

fn built_in_files() -> impl Iterator<Item = Cow<'static, str>> {
    Schemas::iter().filter(|name| name.ends_with(".toml"))
}

fn built_in(profile: &str) -> Option<Draft> {
    let mut files = Vec::new();
    for name in built_in_files() {
        if name.split_once('/').is_some_and(|(of, _)| of == profile) {
            let text = String::from_utf8(Schemas::get(&name)?.data.into_owned()).ok()?;
            files.push((name.into_owned(), text));
        }
    }
    (!files.is_empty()).then(|| read(&files))
}

fn at(path: &Path) -> std::io::Result<Draft> {
    let meta = fs_err::metadata(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let mut found = Vec::new();
    if meta.is_dir() {
        walk(path, &name, 0, &mut found)?;
        if found.is_empty() {
            return Err(std::io::Error::other("the folder holds no .toml file"));
        }
    } else if meta.is_file() {
        found.push((name, path.to_path_buf()));
    } else {
        return Err(std::io::Error::other("neither a file nor a folder"));
    }
    found.sort();
    let mut left = MAX_BYTES;
    let mut files = Vec::new();
    for (name, path) in found {
        let mut text = String::new();
        // One byte more than may be, so that more is seen and never read.
        let read = fs_err::File::open(&path)?.take(left + 1).read_to_string(&mut text)?;
        left = left.checked_sub(read as u64).ok_or_else(|| {
            std::io::Error::other(format!("a profile has no more than {MAX_BYTES} bytes"))
        })?;
        files.push((name, text));
    }
    Ok(read(&files))
}

fn read(files: &[File]) -> Draft {
    Draft::read(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The `.toml` files below `folder`, each with its name: that of the folder, which is `name`, and the path below. Links
/// are not followed; hidden files are not read.
fn walk(
    folder: &Path,
    name: &str,
    depth: usize,
    found: &mut Vec<(String, PathBuf)>,
) -> std::io::Result<()> {
    if depth > MAX_DEPTH {
        return Err(std::io::Error::other(format!("folders deeper than {MAX_DEPTH}")));
    }
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let own = entry.file_name().to_string_lossy().into_owned();
        let name = if name.is_empty() { own.clone() } else { format!("{name}/{own}") };
        if own.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            walk(&path, &name, depth + 1, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "toml") {
            if found.len() >= MAX_FILES {
                return Err(std::io::Error::other(format!("more than {MAX_FILES} files")));
            }
            found.push((name, path));
        }
    }
    Ok(())
}
