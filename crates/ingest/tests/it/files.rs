//! Shapefiles written byte by byte, so that they can be wrong in every way.

use crate::town::Town;
use std::path::PathBuf;

/// Name, type, width, decimals.
pub(crate) type Col = (&'static str, u8, u8, u8);

/// A table; each row has its flag (blank or `*`) and the bytes of its cells, padded here.
pub(crate) fn dbf(columns: &[Col], rows: &[(u8, &[&[u8]])]) -> Vec<u8> {
    let record: usize = 1 + columns.iter().map(|c| usize::from(c.2)).sum::<usize>();
    let header = 32 + 32 * columns.len() + 1;
    let mut out = vec![3, 126, 1, 2];
    out.extend(u32::try_from(rows.len()).unwrap().to_le_bytes());
    out.extend(u16::try_from(header).unwrap().to_le_bytes());
    out.extend(u16::try_from(record).unwrap().to_le_bytes());
    out.resize(32, 0);
    for (name, kind, width, decimals) in columns {
        let mut d = [0; 32];
        let bytes = encode(name);
        d[..bytes.len()].copy_from_slice(&bytes);
        d[11] = *kind;
        d[16] = *width;
        d[17] = *decimals;
        out.extend(d);
    }
    out.push(0x0d);
    for (flag, cells) in rows {
        out.push(*flag);
        for (cell, (_, kind, width, _)) in cells.iter().zip(columns) {
            let width = usize::from(*width);
            let pad = vec![b' '; width - cell.len()];
            if *kind == b'N' || *kind == b'F' {
                out.extend(pad);
                out.extend(*cell);
            } else {
                out.extend(*cell);
                out.extend(pad);
            }
        }
    }
    out.push(0x1a);
    out
}

/// Korean as Windows writes it.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let (bytes, _, _) = encoding_rs::EUC_KR.encode(text);
    bytes.into_owned()
}

/// One record's content, its type first.
pub(crate) fn point(x: f64, y: f64) -> Vec<u8> {
    let mut out = 1_i32.to_le_bytes().to_vec();
    out.extend(x.to_le_bytes());
    out.extend(y.to_le_bytes());
    out
}

pub(crate) fn null() -> Vec<u8> {
    0_i32.to_le_bytes().to_vec()
}

/// A line (3) or polygon (5) of these parts.
pub(crate) fn parts(kind: i32, parts: &[&[[f64; 2]]]) -> Vec<u8> {
    let mut out = kind.to_le_bytes().to_vec();
    for bound in [0.0_f64; 4] {
        out.extend(bound.to_le_bytes());
    }
    let n: usize = parts.iter().map(|p| p.len()).sum();
    out.extend(i32::try_from(parts.len()).unwrap().to_le_bytes());
    out.extend(i32::try_from(n).unwrap().to_le_bytes());
    let mut start = 0_i32;
    for part in parts {
        out.extend(start.to_le_bytes());
        start += i32::try_from(part.len()).unwrap();
    }
    out.extend(parts.iter().flat_map(|p| p.iter()).flatten().flat_map(|v| v.to_le_bytes()));
    out
}

fn header(kind: i32, bytes: usize, bounds: [f64; 4]) -> Vec<u8> {
    let mut out = 9994_i32.to_be_bytes().to_vec();
    out.resize(24, 0);
    out.extend(i32::try_from(bytes / 2).unwrap().to_be_bytes());
    out.extend(1000_i32.to_le_bytes());
    out.extend(kind.to_le_bytes());
    out.extend(bounds.iter().flat_map(|b| b.to_le_bytes()));
    out.resize(100, 0);
    out
}

/// Where the coordinates begin in a record and how many there are, as far as it has them.
fn coordinates(record: &[u8]) -> &[u8] {
    let int =
        |at: usize| record.get(at..at + 4).map_or(0, |b| i32::from_le_bytes(b.try_into().unwrap()));
    let count = |at| usize::try_from(int(at)).unwrap_or(0);
    let (start, n) = match int(0) % 10 {
        1 => (4, 1),
        8 => (40, count(36)),
        3 | 5 => (44 + 4 * count(36).min(record.len()), count(40)),
        _ => (0, 0),
    };
    let rest = record.get(start..).unwrap_or_default();
    &rest[..rest.len().min(16 * n.min(rest.len()))]
}

/// The box that a program writes into the header: that of all numbers.
pub(crate) fn bounds(records: &[Vec<u8>]) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for vertex in records.iter().flat_map(|r| coordinates(r).chunks_exact(16)) {
        let [x, y] = [0, 8].map(|at| f64::from_le_bytes(vertex[at..at + 8].try_into().unwrap()));
        if x.is_finite() && y.is_finite() {
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
    }
    if bounds[0] > bounds[2] { [0.0; 4] } else { bounds }
}

/// The .shp and the .shx of these records.
pub(crate) fn shp(kind: i32, records: &[Vec<u8>]) -> (Vec<u8>, Vec<u8>) {
    let total = 100 + records.iter().map(|r| 8 + r.len()).sum::<usize>();
    let bounds = bounds(records);
    let mut shp = header(kind, total, bounds);
    let mut shx = header(kind, 100 + 8 * records.len(), bounds);
    for (number, record) in (1_i32..).zip(records) {
        let words = i32::try_from(record.len() / 2).unwrap();
        shx.extend(i32::try_from(shp.len() / 2).unwrap().to_be_bytes());
        shx.extend(words.to_be_bytes());
        shp.extend(number.to_be_bytes());
        shp.extend(words.to_be_bytes());
        shp.extend(record);
    }
    (shp, shx)
}

impl Town {
    /// Writes the three parts of a shapefile.
    pub(crate) fn shapefile(
        &self,
        stem: &str,
        kind: i32,
        records: &[Vec<u8>],
        dbf: &[u8],
    ) -> PathBuf {
        let (shp, shx) = shp(kind, records);
        self.write(&format!("{stem}.shx"), &shx);
        self.write(&format!("{stem}.dbf"), dbf);
        self.write(&format!("{stem}.shp"), &shp)
    }
}
