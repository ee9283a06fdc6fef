//! The head of a `.shp` or `.shx`.

use crate::source::Refusal;
use siseol_model::{GeometryKind, IssueKind};
use std::io::Read;

/// The bytes of the head, which both files begin with.
pub(super) const HEADER: u64 = 100;

/// A `.shp` or `.dbf` of more bytes is turned away before it is read: it is beyond what the format's other readers take.
pub(super) const MAX_PART: u64 = 2 << 30;

/// What the head says.
pub(super) struct Header {
    /// The bytes of the whole file.
    pub(super) length: u64,
    pub(super) shape_type: i32,
    /// Min x, min y, max x, max y.
    pub(super) bounds: [f64; 4],
}

/// Reads the head of the part called `what`, which has `size` bytes.
pub(super) fn read(file: &mut impl Read, size: u64, what: &str) -> Result<Header, Refusal> {
    if size < HEADER {
        return Err(Refusal::new(
            IssueKind::Truncated,
            format!("the {what} has {size} bytes, fewer than its header of {HEADER}"),
        ));
    }
    let mut head = [0; 100];
    file.read_exact(&mut head)?;
    let big = |at: usize| i32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let little =
        |at: usize| i32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    if big(0) != 9994 || little(28) != 1000 {
        return Err(Refusal::new(
            IssueKind::NotThisFormat,
            format!(
                "the {what} is no part of a shapefile: it has {} and {} where 9994 and 1000 (the format and its version) \
                 stand in one",
                big(0),
                little(28)
            ),
        ));
    }
    let double = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&head[at..at + 8]);
        f64::from_le_bytes(bytes)
    };
    Ok(Header {
        length: u64::from(big(24).unsigned_abs()) * 2,
        shape_type: little(32),
        bounds: [double(36), double(44), double(52), double(60)],
    })
}

/// What a file of that type holds.
pub(super) fn kind_of(shape_type: i32) -> Result<GeometryKind, Refusal> {
    match shape_type {
        0 => Ok(GeometryKind::None),
        1 | 11 | 21 | 8 | 18 | 28 => Ok(GeometryKind::Point),
        3 | 13 | 23 => Ok(GeometryKind::Line),
        5 | 15 | 25 => Ok(GeometryKind::Polygon),
        31 => Err(Refusal::new(
            IssueKind::MultiPatch,
            "the file holds multipatches (surfaces in space); save their footprints as polygons",
        )),
        other => Err(Refusal::new(
            IssueKind::NotThisFormat,
            format!("the .shp says it holds shapes of type {other}, which does not exist"),
        )),
    }
}

/// Turns away a part of more than [`MAX_PART`] bytes.
pub(super) fn check_size(size: u64, what: &str) -> Result<(), Refusal> {
    if size <= MAX_PART {
        return Ok(());
    }
    Err(Refusal::new(
        IssueKind::TooLarge,
        format!(
            "the {what} has {size} bytes, more than {MAX_PART}; split it, or deliver it as a GeoPackage"
        ),
    ))
}
