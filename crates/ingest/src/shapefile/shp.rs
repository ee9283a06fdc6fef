//! Counting a shapefile's records by its own bytes: the `.shp` and its index, the `.shx`.

use crate::source::Refusal;
use siseol_model::{GeometryKind, IssueKind};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// What the headers say, seen to agree with the bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ShpInfo {
    pub geometry: GeometryKind,
    /// Records.
    pub count: u64,
    /// The box of the header: min x, min y, max x, max y. It is what a program wrote, not what is there.
    pub bounds: [f64; 4],
    /// Whether the records carry measures.
    pub measured: bool,
}

const HEADER: u64 = 100;

struct Header {
    /// In bytes, as declared.
    length: u64,
    shape_type: i32,
    bounds: [f64; 4],
}

fn header(file: &mut impl Read, size: u64, what: &str) -> Result<Header, Refusal> {
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
            format!("the {what} is no part of a shapefile: it does not begin with the number 9994"),
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

/// Kind and whether measures may be there.
fn kind_of(shape_type: i32) -> Result<(GeometryKind, bool), Refusal> {
    Ok(match shape_type {
        1 | 8 => (GeometryKind::Point, false),
        11 | 21 | 18 | 28 => (GeometryKind::Point, true),
        3 => (GeometryKind::Line, false),
        13 | 23 => (GeometryKind::Line, true),
        5 => (GeometryKind::Polygon, false),
        15 | 25 => (GeometryKind::Polygon, true),
        0 => (GeometryKind::None, false),
        31 => {
            return Err(Refusal::new(
                IssueKind::UnsupportedFormat,
                "the file holds multipatches (surfaces in space); save them as polygons",
            ));
        }
        other => {
            return Err(Refusal::new(
                IssueKind::NotThisFormat,
                format!("the .shp says it holds shapes of type {other}, which does not exist"),
            ));
        }
    })
}

/// Checks headers and every record's place, and counts them.
pub(crate) fn check(shp: &Path, shx: &Path) -> Result<ShpInfo, Refusal> {
    let file = fs_err::File::open(shp)?;
    let size = file.metadata()?.len();
    let mut shp = BufReader::new(file);
    let head = header(&mut shp, size, ".shp")?;
    let (geometry, measured) = kind_of(head.shape_type)?;
    if head.length > size {
        return Err(Refusal::new(
            IssueKind::Truncated,
            format!("the .shp declares {} bytes and has {size}", head.length),
        ));
    }
    let index = fs_err::File::open(shx)?;
    let index_size = index.metadata()?.len();
    let mut index = BufReader::new(index);
    let index_head = header(&mut index, index_size, ".shx")?;
    if index_head.length > index_size {
        return Err(Refusal::new(
            IssueKind::Truncated,
            format!("the .shx declares {} bytes and has {index_size}", index_head.length),
        ));
    }
    let count = index_head.length.saturating_sub(HEADER) / 8;
    let mut at = HEADER;
    let mut end = HEADER;
    for record in 1..=count {
        let mut entry = [0; 8];
        index.read_exact(&mut entry)?;
        let offset = u64::from(u32::from_be_bytes([entry[0], entry[1], entry[2], entry[3]])) * 2;
        let (_, length) = record_head(&mut shp, &mut at, offset, size).ok_or_else(|| {
            Refusal::new(
                IssueKind::Truncated,
                format!(
                    "record {record} should begin at byte {offset} of the .shp, which has {size}"
                ),
            )
        })?;
        if length < 4 || offset + 8 + length > size {
            return Err(Refusal::new(
                IssueKind::Truncated,
                format!(
                    "record {record} of the .shp, at byte {offset}, declares {length} bytes; the file has {size}"
                ),
            ));
        }
        end = end.max(offset + 8 + length);
    }
    // What comes after the last record that the index knows: another record would be a row that nobody sees.
    if let Some((number, length)) = record_head(&mut shp, &mut at, end, size)
        && u64::from(number) == count + 1
        && length >= 4
        && end + 8 + length <= size
    {
        return Err(Refusal::new(
            IssueKind::RowCount,
            format!(
                "the .shp goes on with record {number} at byte {end}, but the .shx has {count}"
            ),
        ));
    }
    Ok(ShpInfo { geometry, count, bounds: head.bounds, measured })
}

/// Number and content length of the record at `offset`. `at` is where the reader stands.
fn record_head(
    shp: &mut BufReader<fs_err::File>,
    at: &mut u64,
    offset: u64,
    size: u64,
) -> Option<(u32, u64)> {
    if offset < HEADER || offset + 8 > size {
        return None;
    }
    // Records mostly follow each other: a small step stays in the buffer.
    let step = i64::try_from(offset).ok()? - i64::try_from(*at).ok()?;
    shp.seek_relative(step).ok()?;
    let mut head = [0; 8];
    shp.read_exact(&mut head).ok()?;
    *at = offset + 8;
    let number = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    let words = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
    Some((number, u64::try_from(words).ok()? * 2))
}

/// Single records, for the few rows that need a second look.
#[derive(Debug)]
pub(crate) struct Records {
    shp: fs_err::File,
    shx: fs_err::File,
}

/// The most bytes of a broken record that are kept.
const MAX_RAW: u64 = 1 << 20;

impl Records {
    pub(crate) fn open(shp: &Path, shx: &Path) -> Result<Self, Refusal> {
        Ok(Self { shp: fs_err::File::open(shp)?, shx: fs_err::File::open(shx)? })
    }

    /// The content of a record, from 1, beginning with its shape type.
    pub(crate) fn content(&mut self, record: u64) -> Result<Vec<u8>, Refusal> {
        self.shx.seek(SeekFrom::Start(HEADER + (record.max(1) - 1) * 8))?;
        let mut entry = [0; 4];
        self.shx.read_exact(&mut entry)?;
        let offset = u64::from(u32::from_be_bytes(entry)) * 2;
        self.shp.seek(SeekFrom::Start(offset + 4))?;
        self.shp.read_exact(&mut entry)?;
        let length = u64::from(u32::from_be_bytes(entry)) * 2;
        let mut content = Vec::new();
        (&mut self.shp).take(length.min(MAX_RAW)).read_to_end(&mut content)?;
        Ok(content)
    }
}
