//! The attribute table (.dbf), CP949, with the widths that we choose and a header date that never changes.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use encoding_rs::EUC_KR;
use fs_err::File;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    name: &'static str,
    kind: u8,
    width: u8,
    decimals: u8,
}

/// A text column of so many bytes.
pub(crate) const fn text(name: &'static str, width: u8) -> Field {
    Field { name, kind: b'C', width, decimals: 0 }
}

/// A number column.
pub(crate) const fn number(name: &'static str, width: u8, decimals: u8) -> Field {
    Field { name, kind: b'N', width, decimals }
}

/// A date column.
pub(crate) const fn date(name: &'static str) -> Field {
    Field { name, kind: b'D', width: 8, decimals: 0 }
}

/// A value to write.
#[derive(Clone, Debug)]
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Made(String),
    Int(u64),
    Real(f64),
    Blank,
    /// What some programs write when a number does not fit: the whole width in asterisks.
    Stars,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl From<String> for Cell<'_> {
    fn from(value: String) -> Self {
        Self::Made(value)
    }
}

impl From<u32> for Cell<'_> {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<f64> for Cell<'_> {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

/// The writer of one table.
#[derive(Debug)]
pub(crate) struct Dbf {
    out: BufWriter<File>,
    fields: Vec<Field>,
    rows: u32,
    language: u8,
    row: Vec<u8>,
}

impl Dbf {
    pub(crate) fn create(path: &Path, fields: &[&[Field]], language: u8) -> io::Result<Self> {
        let fields = fields.concat();
        let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
        out.write_all(&vec![0; 32 + 32 * fields.len() + 1])?;
        Ok(Self { out, fields, rows: 0, language, row: Vec::new() })
    }

    /// Writes a row; `deleted` sets its deletion mark.
    pub(crate) fn write(&mut self, cells: &[&[Cell<'_>]], deleted: bool) -> io::Result<()> {
        self.row.clear();
        self.row.push(if deleted { b'*' } else { b' ' });
        let mut fields = self.fields.iter();
        for cell in cells.iter().copied().flatten() {
            let field = fields.next().ok_or_else(|| mismatch("a value without a column"))?;
            put(&mut self.row, field, cell)?;
        }
        if fields.next().is_some() {
            return Err(mismatch("a column without a value"));
        }
        self.rows += 1;
        self.out.write_all(&self.row)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&[0x1a])?;
        self.out.seek(SeekFrom::Start(0))?;
        let width: u16 = 1 + self.fields.iter().map(|f| u16::from(f.width)).sum::<u16>();
        let mut head = vec![0x03, 126, 1, 1];
        head.extend(self.rows.to_le_bytes());
        head.extend((32 + 32 * self.fields.len() as u16 + 1).to_le_bytes());
        head.extend(width.to_le_bytes());
        head.resize(32, 0);
        head[29] = self.language;
        for field in &self.fields {
            let start = head.len();
            head.extend(field.name.as_bytes());
            head.resize(start + 11, 0);
            head.push(field.kind);
            head.resize(start + 16, 0);
            head.extend([field.width, field.decimals]);
            head.resize(start + 32, 0);
        }
        head.push(0x0d);
        self.out.write_all(&head)?;
        self.out.flush()
    }
}

fn mismatch(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn put(row: &mut Vec<u8>, field: &Field, cell: &Cell<'_>) -> io::Result<()> {
    let (start, width) = (row.len(), usize::from(field.width));
    match cell {
        Cell::Text(value) => put_text(row, value, width),
        Cell::Made(value) => put_text(row, value, width),
        Cell::Int(value) => write!(row, "{value:width$}")?,
        Cell::Real(value) => write!(row, "{value:width$.*}", usize::from(field.decimals))?,
        Cell::Stars => row.resize(start + width, b'*'),
        Cell::Blank => {}
    }
    if row.len() > start + width {
        return Err(mismatch(&format!("{cell:?} does not fit into {}", field.name)));
    }
    row.resize(start + width, b' ');
    Ok(())
}

/// Korean text as CP949, cut at a whole letter when it is too long.
fn put_text(row: &mut Vec<u8>, value: &str, width: usize) {
    if value.is_ascii() {
        row.extend(value.bytes().take(width));
        return;
    }
    let end = row.len() + width;
    let mut letter = [0; 4];
    for c in value.chars() {
        let (bytes, _, _) = EUC_KR.encode(c.encode_utf8(&mut letter));
        if row.len() + bytes.len() > end {
            break;
        }
        row.extend_from_slice(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<'a>(field: Field, cell: impl Into<Cell<'a>>, expected: &[u8]) {
        let mut row = Vec::new();
        put(&mut row, &field, &cell.into()).unwrap();
        assert_eq!(row, expected);
    }

    #[test]
    fn values_fill_the_width_of_their_column() {
        check(text("A", 4), "ab", b"ab  ");
        check(number("A", 6, 2), 2.349, b"  2.35");
        check(number("A", 5, 0), Cell::Stars, b"*****");
        check(number("A", 3, 0), Cell::Blank, b"   ");
    }

    #[test]
    fn korean_text_is_cp949_and_cut_at_a_whole_letter() {
        check(text("A", 5), "미상", b"\xb9\xcc\xbb\xf3 ");
        check(text("A", 3), "미상", b"\xb9\xcc ");
        check(text("A", 2), "똠", b"\x8c\x63");
    }

    #[test]
    fn a_number_that_does_not_fit_is_an_error() {
        assert!(put(&mut Vec::new(), &number("A", 2, 0), &Cell::Int(100)).is_err());
    }
}
