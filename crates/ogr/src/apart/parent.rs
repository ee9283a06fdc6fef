//! The parent's side: a file that a reader has open, and its layers and rows as far as they can be believed.

use super::message::{After, Answer, MOST_LAYERS, Malformed, Request, take_layer};
use super::process::{Process, Program, Trouble, UNASKED};
use super::row::take_row;
use crate::{Format, LayerInfo, OgrError, Row};
use siseol_model::FieldKind;
use std::path::{Path, PathBuf};

/// A file that a process of its own has open.
#[derive(Debug)]
pub(crate) struct Reader {
    process: Process,
    path: PathBuf,
    format: Format,
    layers: Vec<LayerInfo>,
}

impl Reader {
    /// Has a plain file opened as that format and no other; of a shapefile, the attributes only if their encoding is given.
    pub(crate) fn open(
        program: &Program,
        path: PathBuf,
        format: Format,
        encoding: Option<&str>,
    ) -> Result<Self, OgrError> {
        if format == Format::GeoPackage {
            refuse_unsettled(&path)?;
        }
        let mut files = companions(&path, format)?;
        files.push(path.clone());
        let bytes = files.iter().filter_map(|f| Some(fs_err::metadata(f).ok()?.len())).sum();
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let trouble = |t| error(t, &path, format, 0);
        let mut process =
            Process::start(program, &files, program.limits(bytes)).map_err(trouble)?;
        let layers = ask_layers(&mut process, &path, format, encoding).map_err(trouble)?;
        Ok(Self { process, path, format, layers })
    }

    pub(crate) fn layers(&self) -> &[LayerInfo] {
        &self.layers
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Reads one layer from its first row.
    pub(crate) fn rows(&mut self, index: usize) -> Result<Rows<'_>, OgrError> {
        let layer = self.layers.get(index).zip(u32::try_from(index).ok());
        let Some((layer, number)) = layer else {
            return Err(OgrError::NoLayer { path: self.path.clone(), index });
        };
        let kinds = layer.fields.iter().map(|f| f.kind).collect();
        if let Err(trouble) = self.process.request(&Request::Rows(number)) {
            return Err(error(trouble, &self.path, self.format, index));
        }
        Ok(Rows { reader: self, index, kinds, at: 0, left: 0, after: After::More, last: 0 })
    }
}

fn ask_layers(
    process: &mut Process,
    path: &Path,
    format: Format,
    encoding: Option<&str>,
) -> Result<Vec<LayerInfo>, Trouble> {
    let open = Request::Open { path, format, encoding };
    let count = process.ask(&open, |answer, _| match answer {
        Answer::Opened(count) if count <= MOST_LAYERS => Ok(count),
        Answer::Opened(_) => Err(Malformed("more than 1,000 layers")),
        _ => Err(UNASKED),
    })?;
    (0..count)
        .map(|index| {
            process.ask(&Request::Layer(index), |answer, rest| match answer {
                Answer::Layer(head) => take_layer(&head, rest),
                _ => Err(UNASKED),
            })
        })
        .collect()
}

fn error(trouble: Trouble, path: &Path, format: Format, index: usize) -> OgrError {
    match trouble {
        Trouble::Died(how) => OgrError::Died { path: path.to_path_buf(), how },
        Trouble::Failed(failure) => failure.of(path, format, index),
    }
}

/// Refuses a database whose last changes lie in a file beside it still: they are brought in by writing, which a reader may
/// not do, and without them it would read what was there before.
fn refuse_unsettled(path: &Path) -> Result<(), OgrError> {
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if fs_err::metadata(&beside).is_ok_and(|m| m.len() > 0) {
            let reason = format!(
                "its last changes are in a {ending} file beside it; open and close it in the program that wrote it, and deliver it again"
            );
            return Err(OgrError::Open {
                path: path.to_path_buf(),
                format: Format::GeoPackage,
                reason,
            });
        }
    }
    Ok(())
}

/// The files beside it that belong to it.
fn companions(path: &Path, format: Format) -> Result<Vec<PathBuf>, OgrError> {
    let extensions = format.companions();
    let Some(folder) = path.parent().filter(|_| !extensions.is_empty()) else {
        return Ok(Vec::new());
    };
    let unreadable = |e: std::io::Error| OgrError::Path {
        path: path.to_path_buf(),
        reason: format!("its folder cannot be read: {e}"),
    };
    let belongs = |beside: &Path| {
        let named = |e: &std::ffi::OsStr| extensions.iter().any(|x| e.eq_ignore_ascii_case(x));
        beside.file_stem() == path.file_stem() && beside.extension().is_some_and(named)
    };
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(unreadable)? {
        let beside = entry.map_err(unreadable)?.path();
        if belongs(&beside) {
            found.push(beside);
        }
    }
    Ok(found)
}

/// The rows of a layer that a process of its own reads. While one batch of rows is looked at here, it reads the next.
#[derive(Debug)]
pub(crate) struct Rows<'s> {
    reader: &'s mut Reader,
    index: usize,
    kinds: Vec<FieldKind>,
    /// Where the next row begins in the batch, and how many are left in it.
    at: usize,
    left: u32,
    after: After,
    /// The last row's number.
    last: u64,
}

impl Rows<'_> {
    /// Reads the next row into `row`; false after the last one.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<bool, OgrError> {
        match self.try_next(row) {
            Ok(there) => Ok(there),
            Err(trouble) => Err(error(trouble, &self.reader.path, self.reader.format, self.index)),
        }
    }

    fn try_next(&mut self, row: &mut Row) -> Result<bool, Trouble> {
        while self.left == 0 {
            match &self.after {
                After::More => self.next_batch()?,
                After::End => return Ok(false),
                After::Failed(failure) => return Err(Trouble::Failed(failure.clone())),
            }
        }
        let process = &mut self.reader.process;
        let message = process.message();
        let mut rest = message.get(self.at..).unwrap_or_default();
        let taken = take_row(&mut rest, &self.kinds, row)
            .and_then(|()| follows(row.number, self.last, self.reader.format));
        self.at = message.len() - rest.len();
        self.left -= 1;
        match taken {
            Ok(()) => {
                self.last = row.number;
                Ok(true)
            }
            Err(malformed) => Err(process.reject(&malformed)),
        }
    }

    fn next_batch(&mut self) -> Result<(), Trouble> {
        let process = &mut self.reader.process;
        let (left, after, length) = process.answer(|answer, rest| match answer {
            Answer::Rows(0, After::More) => Err(Malformed("no rows where more follow")),
            Answer::Rows(left, after) => Ok((left, after, rest.len())),
            _ => Err(UNASKED),
        })?;
        self.at = process.message().len() - length;
        if matches!(after, After::More) {
            process.request(&Request::More)?;
        }
        (self.left, self.after) = (left, after);
        Ok(())
    }
}

/// Whether a row may come after that one: a shapefile's rows are numbered by their place, others are counted.
fn follows(number: u64, last: u64, format: Format) -> Result<(), Malformed> {
    let right = match format {
        Format::Shapefile => number > last && u32::try_from(number).is_ok(),
        _ => number == last + 1,
    };
    if right { Ok(()) } else { Err(Malformed("rows out of their order")) }
}
