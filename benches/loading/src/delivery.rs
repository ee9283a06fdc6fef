//! The files that are loaded: layers of the city, repeated until they have as many rows as are asked for.

use anyhow::{Context as _, Result, ensure};
use bench_kit::remove;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A layer of the city.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    /// The name of its files.
    pub(crate) table: &'static str,
    /// What it holds.
    pub(crate) shapes: &'static str,
    /// The column of its key whose last digits number the rows.
    key: &'static str,
}

pub(crate) const LAYERS: [Layer; 2] = [
    Layer { table: "TL_SPBD_BULD", shapes: "building polygons", key: "BD_MGT_SN" },
    Layer { table: "WTL_PIPE_LM", shapes: "pipe lines", key: "FTR_IDN" },
];

/// So far to the east of the one before is each repetition, in metres.
const STEP: f64 = 15_000.0;
/// The digits of a key that number the rows.
const DIGITS: usize = 8;
const SHP_HEADER: usize = 100;

/// A delivered layer, repeated.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// The `.shp`.
    pub(crate) path: PathBuf,
    /// `.shp`, `.shx` and `.dbf` together.
    pub(crate) bytes: u64,
    /// Rows that are not flagged as deleted.
    pub(crate) rows: u64,
}

/// Writes the layer of the city so many times, the last time in part, that it has that many rows. Every row gets a key
/// of its own, but for those that have none; whatever else is odd about a row is odd in each of its copies.
pub(crate) fn make(city: &Path, layer: Layer, rows: usize, folder: &Path) -> Result<Delivery> {
    remove(folder)?;
    fs_err::create_dir_all(folder)?;
    let file = |folder: &Path, kind: &str| folder.join(layer.table).with_extension(kind);
    for kind in ["prj", "cpg"] {
        fs_err::copy(file(city, kind), file(folder, kind))?;
    }
    let shapes = Shapes::read(&file(city, "shp"))?;
    let table = Table::read(&file(city, "dbf"), layer.key)?;
    ensure!(shapes.records.len() == table.rows(), "{}: rows and shapes differ", layer.table);
    shapes.write(rows, &file(folder, "shp"))?;
    let kept = table.write(rows, &file(folder, "dbf"))?;
    let mut bytes = 0;
    for kind in ["shp", "shx", "dbf"] {
        bytes += fs_err::metadata(file(folder, kind))?.len();
    }
    Ok(Delivery { path: file(folder, "shp"), bytes, rows: kept })
}

/// The geometries of a `.shp`.
struct Shapes {
    bytes: Vec<u8>,
    /// Where each record's content begins and ends.
    records: Vec<(usize, usize)>,
}

impl Shapes {
    fn read(path: &Path) -> Result<Self> {
        let bytes = fs_err::read(path)?;
        let mut records = Vec::new();
        let mut at = SHP_HEADER;
        while at < bytes.len() {
            let words = bytes.get(at + 4..at + 8).context("a record is cut off")?;
            let end = at + 8 + 2 * u32::from_be_bytes(words.try_into()?) as usize;
            ensure!(end <= bytes.len(), "a record is cut off");
            records.push((at + 8, end));
            at = end;
        }
        Ok(Self { bytes, records })
    }

    /// Writes the `.shp` and, beside it, the `.shx`.
    fn write(&self, rows: usize, path: &Path) -> Result<()> {
        let mut shp = BufWriter::new(fs_err::File::create(path)?);
        let mut shx = BufWriter::new(fs_err::File::create(path.with_extension("shx"))?);
        let contents = |row: usize| self.records[row % self.records.len()];
        let length: usize = (0..rows).map(contents).map(|(start, end)| 8 + end - start).sum();
        let mut head = self.bytes[..SHP_HEADER].to_vec();
        shift(&mut head, 52, (rows / self.records.len()) as f64 * STEP)?;
        for (out, length) in [(&mut shp, length), (&mut shx, 8 * rows)] {
            head[24..28].copy_from_slice(&words(SHP_HEADER + length)?);
            out.write_all(&head)?;
        }
        let mut at = SHP_HEADER;
        let mut content = Vec::new();
        for row in 0..rows {
            let (start, end) = contents(row);
            content.clear();
            content.extend_from_slice(&self.bytes[start..end]);
            move_east(&mut content, (row / self.records.len()) as f64 * STEP)?;
            let length = words(content.len())?;
            shp.write_all(&u32::try_from(row + 1)?.to_be_bytes())?;
            shp.write_all(&length)?;
            shp.write_all(&content)?;
            shx.write_all(&words(at)?)?;
            shx.write_all(&length)?;
            at += 8 + content.len();
        }
        shp.flush()?;
        Ok(shx.flush()?)
    }
}

/// A length or place in the words of 16 bits in which the format counts.
fn words(bytes: usize) -> Result<[u8; 4]> {
    Ok(u32::try_from(bytes / 2)?.to_be_bytes())
}

/// Moves the box and the vertices of a line or polygon.
fn move_east(content: &mut [u8], by: f64) -> Result<()> {
    let word = |content: &[u8], at: usize| -> Result<usize> {
        let bytes = content.get(at..at + 4).context("a shape is cut off")?;
        Ok(u32::from_le_bytes(bytes.try_into()?) as usize)
    };
    match word(content, 0)? {
        0 => return Ok(()),
        3 | 5 => {}
        other => anyhow::bail!("shapes of type {other} are not measured"),
    }
    let (parts, vertices) = (word(content, 36)?, word(content, 40)?);
    let first = 44 + 4 * parts;
    for at in [4, 20].into_iter().chain((0..vertices).map(|i| first + 16 * i)) {
        shift(content, at, by)?;
    }
    Ok(())
}

fn shift(bytes: &mut [u8], at: usize, by: f64) -> Result<()> {
    let place = bytes.get_mut(at..at + 8).context("a shape is cut off")?;
    let moved = f64::from_le_bytes((&*place).try_into()?) + by;
    place.copy_from_slice(&moved.to_le_bytes());
    Ok(())
}

/// The attributes of a `.dbf`.
struct Table {
    bytes: Vec<u8>,
    header: usize,
    record: usize,
    /// Where the digits that number the rows end in a record.
    digits_end: usize,
}

impl Table {
    fn read(path: &Path, key: &str) -> Result<Self> {
        let bytes = fs_err::read(path)?;
        ensure!(bytes.len() > 32, "the table is cut off");
        let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let record = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
        let columns = bytes.get(32..header).context("the table is cut off")?.chunks_exact(32);
        let mut end = 1;
        for column in columns {
            end += usize::from(column[16]);
            if column.starts_with(key.as_bytes()) {
                return Ok(Self { bytes, header, record, digits_end: end });
            }
        }
        anyhow::bail!("no column {key}")
    }

    fn rows(&self) -> usize {
        (self.bytes.len() - self.header) / self.record
    }

    /// Writes the `.dbf` and tells how many rows are not flagged as deleted.
    fn write(&self, rows: usize, path: &Path) -> Result<u64> {
        let mut out = BufWriter::new(fs_err::File::create(path)?);
        let mut head = self.bytes[..self.header].to_vec();
        head[4..8].copy_from_slice(&u32::try_from(rows)?.to_le_bytes());
        out.write_all(&head)?;
        let mut kept = 0;
        for row in 0..rows {
            let start = self.header + row % self.rows() * self.record;
            let mut record = self.bytes[start..start + self.record].to_vec();
            kept += u64::from(record[0] != b'*');
            let digits = &mut record[self.digits_end - DIGITS..self.digits_end];
            if !digits.trim_ascii().is_empty() {
                digits.copy_from_slice(format!("{:0DIGITS$}", row + 1).as_bytes());
            }
            out.write_all(&record)?;
        }
        out.write_all(&[0x1a])?;
        out.flush()?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_and_the_vertices_move_and_nothing_else() {
        let line = |x: f64| {
            let mut content = 3_u32.to_le_bytes().to_vec();
            content.extend([x, 7.0, x + 1.0, 8.0].iter().flat_map(|v| v.to_le_bytes()));
            content.extend([1_u32, 2, 0].iter().flat_map(|v| v.to_le_bytes()));
            content.extend([x, 7.0, x + 1.0, 8.0].iter().flat_map(|v| v.to_le_bytes()));
            content
        };
        let mut moved = line(10.0);
        move_east(&mut moved, 5.0).unwrap();
        assert_eq!(moved, line(15.0));
        assert!(move_east(&mut moved[..60], 5.0).is_err());
    }
}
