//! The attribute table, by its own bytes.

use super::header::check_size;
use crate::encoding::{Decoded, TextEncoding};
use crate::source::Refusal;
use siseol_model::{Field, FieldKind, Issue, IssueKind};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// The name's bytes, without padding.
    pub name: Vec<u8>,
    /// `C`, `N`, `F`, `D`, `L`, or one that siseol reads as text.
    pub kind: u8,
    pub start: usize,
    pub width: usize,
    pub decimals: u8,
}

impl Column {
    /// What its values are.
    pub(crate) fn value_kind(&self) -> FieldKind {
        match self.kind {
            b'N' if self.decimals > 0 => FieldKind::Float,
            // Up to 18 digits fit a 64-bit number; a longer id would lose its last ones.
            b'N' if self.width <= 18 => FieldKind::Integer,
            b'F' => FieldKind::Float,
            b'D' => FieldKind::Date,
            b'L' => FieldKind::Boolean,
            _ => FieldKind::Text,
        }
    }

    /// Whether it holds letters in the file's encoding.
    pub(crate) fn is_text(&self) -> bool {
        self.value_kind() == FieldKind::Text && self.kind != b'N'
    }
}

/// What the header says, seen to agree with the file's size.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    path: PathBuf,
    pub columns: Vec<Column>,
    /// Records, the deleted ones too.
    pub count: u64,
    pub language_driver: u8,
    header: u64,
    record: usize,
}

impl Table {
    /// Reads the header and holds it against the file's size.
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        let cut = |text: String| Refusal::new(IssueKind::Truncated, text).send_again();
        let file = fs_err::File::open(path)?;
        let size = file.metadata()?.len();
        check_size(size, ".dbf")?;
        let mut file = BufReader::new(file);
        let mut head = [0; 32];
        if size < 33 {
            return Err(cut(format!("the .dbf has {size} bytes, fewer than its header")));
        }
        file.read_exact(&mut head)?;
        // The version is 3 in its low bits, but for tables of FoxPro (0x30 to 0x32) and with memos.
        if head[0] & 0x07 != 3 && !matches!(head[0], 0x30..=0x32 | 0x8b | 0xf5) {
            return Err(Refusal::new(
                IssueKind::NotThisFormat,
                format!("the .dbf begins with 0x{:02x}, which no attribute table does", head[0]),
            ));
        }
        let count = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let header = u64::from(u16::from_le_bytes([head[8], head[9]]));
        let record = usize::from(u16::from_le_bytes([head[10], head[11]]));
        if header < 33 || header > size || record == 0 {
            return Err(cut(format!(
                "the .dbf declares a header of {header} bytes and has {size}"
            )));
        }
        let mut descriptors = vec![0; usize::try_from(header - 32).unwrap_or_default()];
        file.read_exact(&mut descriptors)?;
        let columns = columns(&descriptors);
        let width: usize = columns.iter().map(|c| c.width).sum();
        if columns.is_empty() || width + 1 > record {
            return Err(Refusal::new(
                IssueKind::NotThisFormat,
                format!(
                    "the .dbf declares {} columns of {width} bytes together in rows of {record}",
                    columns.len()
                ),
            ));
        }
        let needed = header + count * record as u64;
        if needed > size {
            let there = (size - header) / record as u64;
            return Err(cut(format!(
                "the .dbf declares {count} rows of {record} bytes ({needed} bytes) and has {size} bytes: {there} rows"
            )));
        }
        let table = Self {
            path: path.to_path_buf(),
            columns,
            count,
            language_driver: head[29],
            header,
            record,
        };
        table.nothing_after(size - needed)?;
        Ok(table)
    }

    /// Rows after the last declared one would be lost in silence.
    fn nothing_after(&self, left: u64) -> Result<(), Refusal> {
        if left < self.record as u64 {
            return Ok(());
        }
        let mut rest = self.records_from(self.count)?;
        let mut next = vec![0; self.record];
        rest.read_exact(&mut next)?;
        if matches!(next[0], b' ' | b'*') {
            return Err(Refusal::new(
                IssueKind::RowCount,
                format!(
                    "the .dbf declares {} rows, but goes on with {} more",
                    self.count,
                    left / self.record as u64
                ),
            )
            .send_again());
        }
        Ok(())
    }

    fn records_from(&self, record: u64) -> Result<BufReader<fs_err::File>, Refusal> {
        use std::io::{Seek, SeekFrom};
        let mut file = fs_err::File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.header + record * self.record as u64))?;
        Ok(BufReader::with_capacity(256 * 1024, file))
    }

    /// Its records, from the first.
    pub(crate) fn records(&self) -> Result<Records, Refusal> {
        Ok(Records { file: self.records_from(0)?, bytes: vec![0; self.record], left: self.count })
    }

    /// The columns as fields. A name that its 10 bytes cut inside a character loses that character.
    pub(crate) fn fields(&self, encoding: TextEncoding, notes: &mut Vec<Issue>) -> Vec<Field> {
        let mut fields = Vec::new();
        for column in &self.columns {
            let name = match encoding.decode(&column.name, column.name.len() >= 10) {
                Decoded::Text(name) => name.into_owned(),
                Decoded::Cut(name) => {
                    notes.push(Issue::file(
                        IssueKind::FieldRenamed,
                        format!("a column's name is cut inside a character and kept as `{name}`"),
                    ));
                    name.into_owned()
                }
                Decoded::Invalid => {
                    let name = String::from_utf8_lossy(&column.name).into_owned();
                    notes.push(Issue::file(
                        IssueKind::FieldRenamed,
                        format!("a column's name is not in {}; kept as `{name}`", encoding.name()),
                    ));
                    name
                }
            };
            if column.kind == b'N' && column.value_kind() == FieldKind::Text {
                notes.push(
                    Issue::file(
                        IssueKind::IdAsText,
                        format!("{name} has {} digits, more than a number holds", column.width),
                    )
                    .at(&name, ""),
                );
            }
            fields.push(Field::new(name, column.value_kind()));
        }
        fields
    }
}

fn columns(descriptors: &[u8]) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut start = 1;
    for d in descriptors.chunks_exact(32) {
        if d[0] == 0x0d {
            break;
        }
        let name = &d[..11];
        let end = name.iter().position(|&b| b == 0).unwrap_or(11);
        let kind = d[11].to_ascii_uppercase();
        // Wide text keeps the high byte of its width where numbers keep their decimals.
        let (width, decimals) = match kind {
            b'C' => (usize::from(d[16]) + 256 * usize::from(d[17]), 0),
            _ => (usize::from(d[16]), d[17]),
        };
        let name = name[..end].trim_ascii_end().to_vec();
        columns.push(Column { name, kind, start, width, decimals });
        start += width;
    }
    columns
}

/// A walk through the records.
#[derive(Debug)]
pub(crate) struct Records {
    file: BufReader<fs_err::File>,
    bytes: Vec<u8>,
    left: u64,
}

impl Records {
    /// The next record's bytes, its deletion flag first.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, Refusal> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.file.read_exact(&mut self.bytes)?;
        Ok(Some(&self.bytes))
    }
}
