//! One file and its layers, wherever GDAL reads it.

use crate::{Format, OgrError, Row, apart, here};
use siseol_model::{Field, GeometryKind};
use std::path::{Path, PathBuf};

/// Where GDAL parses a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Reading {
    /// In this process: for files whose origin is trusted.
    #[default]
    Here,
    /// In a confined child process: for files from anyone.
    Apart(apart::Program),
}

impl Reading {
    /// Tries whether files can be read so on this machine, before any is opened.
    pub fn probe(&self) -> Result<(), OgrError> {
        match self {
            Self::Here => Ok(()),
            Self::Apart(program) => program.probe(),
        }
    }
}

/// Which part of a shapefile GDAL is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attributes {
    /// None: they are read from the table's own bytes elsewhere.
    Skip,
    /// All, the text read in that encoding (GDAL's name of it); for comparing.
    In(&'static str),
}

/// What a layer is, before its rows are read.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerInfo {
    /// Its name in the file.
    pub name: String,
    /// What its rows are, if the file says it; several kinds may be in it if not.
    pub geometry: Option<GeometryKind>,
    /// The attributes.
    pub fields: Vec<Field>,
    /// The number of rows, if the file says it without being read through.
    pub count: Option<u64>,
    /// The grid, as well-known text.
    pub srs_wkt: Option<String>,
}

/// A file that is open for reading.
#[derive(Debug)]
pub struct Source(Reader);

#[derive(Debug)]
enum Reader {
    Here(here::Opened),
    Apart(apart::Reader),
}

impl Source {
    /// Opens a file as that format and no other.
    pub fn open(path: &Path, format: Format, reading: &Reading) -> Result<Self, OgrError> {
        Self::open_with(path, format, Attributes::Skip, reading)
    }

    /// Opens a file as that format; for a shapefile, with a choice of what is read.
    pub fn open_with(
        path: &Path,
        format: Format,
        attributes: Attributes,
        reading: &Reading,
    ) -> Result<Self, OgrError> {
        let path = plain_file(path)?;
        let encoding = match attributes {
            Attributes::Skip => None,
            Attributes::In(name) => Some(name),
        };
        Ok(Self(match reading {
            Reading::Here => Reader::Here(here::Opened::open(path, format, encoding)?),
            Reading::Apart(program) => {
                Reader::Apart(apart::Reader::open(program, path, format, encoding)?)
            }
        }))
    }

    /// Its layers, in their order.
    pub fn layers(&self) -> Vec<LayerInfo> {
        match &self.0 {
            Reader::Here(opened) => opened.layers(),
            Reader::Apart(reader) => reader.layers().to_vec(),
        }
    }

    /// Reads one layer from its first row.
    pub fn rows(&mut self, layer: usize) -> Result<Rows<'_>, OgrError> {
        Ok(Rows(match &mut self.0 {
            Reader::Here(opened) => Reads::Here(opened.rows(layer)?),
            Reader::Apart(reader) => Reads::Apart(reader.rows(layer)?),
        }))
    }

    /// The process that reads the file, if it is not this one.
    pub fn process_id(&self) -> Option<u32> {
        match &self.0 {
            Reader::Here(_) => None,
            Reader::Apart(reader) => Some(reader.process_id()),
        }
    }
}

/// The rows of a layer.
#[derive(Debug)]
pub struct Rows<'s>(Reads<'s>);

#[derive(Debug)]
enum Reads<'s> {
    Here(here::Rows<'s>),
    Apart(apart::Rows<'s>),
}

impl Rows<'_> {
    /// Reads the next row into `row`; false after the last one.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, OgrError> {
        match &mut self.0 {
            Reads::Here(rows) => rows.next(row),
            Reads::Apart(rows) => rows.next(row),
        }
    }
}

/// The file itself: absolute, and not one of the names that GDAL takes for something else (`/vsicurl/..`).
fn plain_file(path: &Path) -> Result<PathBuf, OgrError> {
    let refuse = |reason: String| OgrError::Path { path: path.to_path_buf(), reason };
    let real = fs_err::canonicalize(path).map_err(|e| refuse(e.to_string()))?;
    if !real.is_file() {
        return Err(refuse("it is no plain file".to_owned()));
    }
    match real.to_str() {
        None => Err(refuse("its name is not UTF-8; rename it".to_owned())),
        Some(name) if name.starts_with("/vsi") => {
            Err(refuse("names that begin with /vsi are not taken".to_owned()))
        }
        Some(_) => Ok(real),
    }
}
