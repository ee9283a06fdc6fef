//! What a reader and its parent say to each other.
//!
//! A message is a length (four bytes, little endian) and so many bytes of `postcard`. Each request has one answer. What
//! there are many of (fields, rows) is written one after the other and decoded one by one, so that what a reader says
//! never takes more memory than it has bytes times a small number.

use super::Limits;
use crate::{Format, LayerInfo, OgrError};
use serde::{Deserialize, Serialize};
use siseol_model::{Field, FieldKind, GeometryKind};
use std::io::{self, Read, Write};
use std::path::Path;

/// The longest message, in bytes: a row whose geometry has eight million vertices.
pub(super) const LONGEST: usize = 128 << 20;
/// The most layers of a file.
pub(super) const MOST_LAYERS: u32 = 1_000;
/// The most fields of a layer: as many as a table of a register has.
pub(super) const MOST_FIELDS: u32 = 2_000;

/// What the parent asks, in this order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request<'a> {
    /// Give up all rights but to read these files, and to use this much.
    Confine {
        #[serde(borrow)]
        files: Vec<&'a Path>,
        limits: Limits,
    },
    /// Open that file; of a shapefile, read the attributes if an encoding is given.
    Open { path: &'a Path, format: Format, encoding: Option<&'a str> },
    /// Tell about a layer, counted from 0.
    Layer(u32),
    /// Go to a layer's first row, and read some rows.
    Rows(u32),
    /// Read some more.
    More,
}

/// What the reader answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer<'a> {
    Confined,
    /// The file is open and has so many layers.
    Opened(u32),
    /// A layer, followed by its fields.
    Layer(#[serde(borrow)] LayerHead<'a>),
    /// So many rows follow, and then what comes after them.
    Rows(u32, After),
    Failed(Failure),
}

/// What comes after a batch of rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum After {
    More,
    End,
    Failed(Failure),
}

/// Why the reader cannot answer: its errors, without what the parent knows itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Failure {
    Unconfined(String),
    NoDriver,
    Open(String),
    NoLayer,
    Read(u64, String),
    /// What cannot happen to a plain file.
    Other(String),
}

impl From<OgrError> for Failure {
    fn from(error: OgrError) -> Self {
        match error {
            OgrError::NoDriver { .. } => Self::NoDriver,
            OgrError::Open { reason, .. } => Self::Open(reason),
            OgrError::NoLayer { .. } => Self::NoLayer,
            OgrError::Read { row, reason, .. } => Self::Read(row, reason),
            OgrError::Unconfined { reason } => Self::Unconfined(reason),
            other => Self::Other(other.to_string()),
        }
    }
}

impl Failure {
    /// The error that it was.
    pub(super) fn of(self, path: &Path, format: Format, index: usize) -> OgrError {
        let path = path.to_path_buf();
        match self {
            Self::Unconfined(reason) => OgrError::Unconfined { reason: told(&reason) },
            Self::NoDriver => OgrError::NoDriver { format },
            Self::Open(reason) => OgrError::Open { path, format, reason: told(&reason) },
            Self::NoLayer => OgrError::NoLayer { path, index },
            Self::Read(row, reason) => OgrError::Read { path, row, reason: told(&reason) },
            Self::Other(reason) => OgrError::Path { path, reason: told(&reason) },
        }
    }
}

/// A complaint as far as a report tells it. GDAL's are shorter.
pub(super) fn told(complaint: &str) -> String {
    complaint.chars().take(2_000).collect()
}

/// A layer but for its fields.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LayerHead<'a> {
    name: &'a str,
    geometry: Option<GeometryKind>,
    count: Option<u64>,
    srs_wkt: Option<&'a str>,
    fields: u32,
}

/// What a message says that no reader says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// Adds something to a message.
pub(super) fn put<T: Serialize>(message: Vec<u8>, what: &T) -> io::Result<Vec<u8>> {
    postcard::to_extend(what, message).map_err(io::Error::other)
}

/// Takes something from a message's front.
pub(super) fn take<'m, T: Deserialize<'m>>(message: &mut &'m [u8]) -> Result<T, Malformed> {
    let (what, rest) =
        postcard::take_from_bytes(message).or(Err(Malformed("bytes that are no message")))?;
    *message = rest;
    Ok(what)
}

pub(super) fn put_layer(message: Vec<u8>, layer: &LayerInfo) -> io::Result<Vec<u8>> {
    let fields = u32::try_from(layer.fields.len()).map_err(io::Error::other)?;
    let head = LayerHead {
        name: &layer.name,
        geometry: layer.geometry,
        count: layer.count,
        srs_wkt: layer.srs_wkt.as_deref(),
        fields,
    };
    let mut message = put(message, &Answer::Layer(head))?;
    for field in &layer.fields {
        message = put(message, &(field.name.as_str(), field.kind))?;
    }
    Ok(message)
}

/// The layer whose head was taken from a message; its fields are the message's rest.
pub(super) fn take_layer(head: &LayerHead<'_>, rest: &mut &[u8]) -> Result<LayerInfo, Malformed> {
    if head.fields > MOST_FIELDS {
        return Err(Malformed("more than 2,000 fields in a layer"));
    }
    let mut fields = Vec::new();
    for _ in 0..head.fields {
        let (name, kind): (&str, FieldKind) = take(rest)?;
        fields.push(Field::new(name, kind));
    }
    Ok(LayerInfo {
        name: head.name.to_owned(),
        geometry: head.geometry,
        fields,
        count: head.count,
        srs_wkt: head.srs_wkt.map(str::to_owned),
    })
}

/// Writes a message of several parts.
pub(super) fn send(to: &mut impl Write, parts: &[&[u8]]) -> io::Result<()> {
    let length = parts.iter().map(|p| p.len()).sum::<usize>();
    if length > LONGEST {
        return Err(io::Error::other("the message is too long"));
    }
    let length = u32::try_from(length).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    for part in parts {
        to.write_all(part)?;
    }
    to.flush()
}

/// Reads a message that the parent has sent; false where it has hung up.
pub(super) fn receive(from: &mut impl Read, message: &mut Vec<u8>) -> io::Result<bool> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        other => other?,
    }
    message.resize(usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?, 0);
    from.read_exact(message)?;
    Ok(true)
}
