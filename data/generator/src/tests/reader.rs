//! Reads the written files back, by the format's description and not by the writer's code.

use std::collections::HashMap;
use std::path::Path;

use encoding_rs::EUC_KR;

use crate::geo::Point;

/// One record: where it is, its values by column, whether it is marked as deleted.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) points: Vec<Point>,
    pub(super) values: HashMap<String, String>,
    pub(super) deleted: bool,
}

impl Record {
    pub(super) fn text(&self, column: &str) -> &str {
        &self.values[column]
    }

    pub(super) fn number(&self, column: &str) -> f64 {
        self.values[column].parse().unwrap()
    }

    /// Class and number.
    pub(super) fn key(&self) -> (String, String) {
        (self.text("FTR_CDE").to_owned(), self.text("FTR_IDN").to_owned())
    }
}

/// All records of a layer, the deleted ones too.
pub(super) fn read(folder: &Path, layer: &str) -> Vec<Record> {
    let path = folder.join(layer);
    let shapes = shapes(
        &fs_err::read(path.with_extension("shp")).unwrap(),
        &fs_err::read(path.with_extension("shx")).unwrap(),
    );
    let rows = rows(&fs_err::read(path.with_extension("dbf")).unwrap());
    assert_eq!(shapes.len(), rows.len(), "{layer}");
    shapes
        .into_iter()
        .zip(rows)
        .map(|(points, (deleted, values))| Record { points, values, deleted })
        .collect()
}

/// The records that are not marked as deleted.
pub(super) fn live(folder: &Path, layer: &str) -> Vec<Record> {
    read(folder, layer).into_iter().filter(|record| !record.deleted).collect()
}

fn shapes(shp: &[u8], shx: &[u8]) -> Vec<Vec<Point>> {
    let big = |bytes: &[u8], at: usize| {
        u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
    };
    assert_eq!(big(shp, 24) * 2, shp.len());
    assert_eq!(big(shx, 24) * 2, shx.len());
    let little = |at: usize| u32::from_le_bytes(shp[at..at + 4].try_into().unwrap()) as usize;
    let real = |at: usize| f64::from_le_bytes(shp[at..at + 8].try_into().unwrap());
    let points = |at: usize, count: usize| {
        (0..count).map(|k| Point::new(real(at + 16 * k), real(at + 16 * k + 8))).collect()
    };
    let mut at = 100;
    let mut all = Vec::new();
    for entry in shx[100..].chunks(8) {
        assert_eq!(big(entry, 0) * 2, at, "the index points at each record");
        let content = at + 8;
        all.push(match little(content) {
            0 => Vec::new(),
            1 => points(content + 4, 1),
            8 => points(content + 40, little(content + 36)),
            _ => points(content + 48, little(content + 40)),
        });
        at = content + big(entry, 4) * 2;
    }
    assert_eq!(at, shp.len());
    all
}

fn rows(dbf: &[u8]) -> Vec<(bool, HashMap<String, String>)> {
    let short = |at: usize| usize::from(u16::from_le_bytes([dbf[at], dbf[at + 1]]));
    let columns: Vec<(String, usize)> = dbf[32..short(8) - 1]
        .chunks(32)
        .map(|field| {
            let name =
                field[..11].iter().take_while(|b| **b != 0).map(|b| char::from(*b)).collect();
            (name, usize::from(field[16]))
        })
        .collect();
    let body = &dbf[short(8)..dbf.len() - 1];
    assert_eq!(body.len() % short(10), 0);
    body.chunks(short(10))
        .map(|row| {
            let mut rest = &row[1..];
            let values = columns.iter().map(|(name, width)| {
                let (value, after) = rest.split_at(*width);
                rest = after;
                let (value, _, bad) = EUC_KR.decode(value);
                assert!(!bad, "{name}");
                (name.clone(), value.trim().to_owned())
            });
            let values = values.collect();
            (row[0] == b'*', values)
        })
        .collect()
}
