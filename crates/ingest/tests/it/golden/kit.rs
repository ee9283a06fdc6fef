//! Small sound shapefiles, to be spoiled.

use crate::files::{Col, dbf, parts, point, shp};
use crate::town::Town;
use siseol_ingest::Options;
use siseol_model::Crs;
use std::path::PathBuf;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Point,
    Line,
    Polygon,
}

impl Kind {
    pub(crate) const ALL: &'static [Self] = &[Self::Point, Self::Line, Self::Polygon];
    /// Those whose shapes have parts.
    pub(crate) const PARTS: &'static [Self] = &[Self::Line, Self::Polygon];
    pub(crate) const POLYGON: &'static [Self] = &[Self::Polygon];

    pub(crate) const fn code(self) -> i32 {
        match self {
            Self::Point => 1,
            Self::Line => 3,
            Self::Polygon => 5,
        }
    }

    /// Where the first vertex stands in the record of a shape of one part.
    pub(crate) const fn vertices_at(self) -> usize {
        match self {
            Self::Point => 4,
            _ => 48,
        }
    }

    /// The vertices of the row's shape.
    pub(crate) fn vertices(self, origin: [f64; 2], size: f64) -> Vec<[f64; 2]> {
        let [x, y] = origin;
        match self {
            Self::Point => vec![origin],
            Self::Line => vec![origin, [x + size, y], [x + size, y + size]],
            // Clockwise, as the format has it.
            Self::Polygon => {
                vec![origin, [x, y + size], [x + size, y + size], [x + size, y], origin]
            }
        }
    }
}

/// Rows of each file.
pub(crate) const ROWS: usize = 5;

/// The columns of the table.
pub(crate) const ID: usize = 0;
pub(crate) const NAME: usize = 1;
pub(crate) const LENGTH: usize = 2;
pub(crate) const DAY: usize = 3;
pub(crate) const USED: usize = 4;
pub(crate) const LONG: usize = 5;

const COLUMNS: [Col; 6] = [
    ("ID", b'N', 9, 0),
    ("NAME", b'C', 9, 0),
    ("LENGTH", b'N', 8, 2),
    ("DAY", b'D', 8, 0),
    ("USED", b'L', 1, 0),
    ("LONG", b'N', 18, 0),
];

/// A shapefile before it is bytes.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    /// As the header has it.
    pub(crate) shape_type: i32,
    /// The content of each record.
    pub(crate) records: Vec<Vec<u8>>,
    pub(crate) columns: Vec<Col>,
    /// Flag and cells of each row.
    pub(crate) rows: Vec<(u8, Vec<Vec<u8>>)>,
    pub(crate) grid: Crs,
    pub(crate) options: Options,
}

impl Draft {
    /// Five rows in a grid of metres.
    pub(crate) fn new(kind: Kind) -> Self {
        Self::in_grid(kind, 5186, [194_000.0, 529_000.0], 8.0)
    }

    /// Five rows in degrees.
    pub(crate) fn degrees(kind: Kind) -> Self {
        Self::in_grid(kind, 4326, [126.9, 37.3], 0.001)
    }

    fn in_grid(kind: Kind, code: u32, [x, y]: [f64; 2], size: f64) -> Self {
        let records = (0..ROWS).map(|row| {
            let east = f64::from(u32::try_from(row).unwrap()) * 2.0 * size;
            record(kind, &[&kind.vertices([x + east, y], size)])
        });
        let rows = (1..=ROWS).map(|n| {
            let cells = [
                n.to_string(),
                format!("이름{n}"),
                format!("{n}.50"),
                format!("2020010{n}"),
                "T".to_owned(),
                format!("900719925474099{n}"),
            ];
            (b' ', cells.map(String::into_bytes).to_vec())
        });
        Self {
            kind,
            shape_type: kind.code(),
            records: records.collect(),
            columns: COLUMNS.to_vec(),
            rows: rows.collect(),
            grid: Crs::epsg(code),
            options: Options::default(),
        }
    }

    /// The lower left corner of the row's shape.
    pub(crate) fn origin(&self, row: usize) -> [f64; 2] {
        let at = self.kind.vertices_at();
        [0, 8]
            .map(|k| f64::from_le_bytes(self.records[row][at + k..at + k + 8].try_into().unwrap()))
    }

    /// Puts a number in place of x (0) or y (1) of the row's point or of one of its vertices, such that a ring keeps its
    /// direction.
    pub(crate) fn put(&mut self, row: usize, axis: usize, number: f64) {
        let vertex = match self.kind {
            Kind::Point => 0,
            _ if number < 0.0 => 16,
            _ => 32,
        };
        let at = self.kind.vertices_at() + vertex + 8 * axis;
        self.records[row][at..at + 8].copy_from_slice(&number.to_le_bytes());
    }

    /// Puts a whole number somewhere in the row's record.
    pub(crate) fn put_int(&mut self, row: usize, at: usize, number: i32) {
        self.records[row][at..at + 4].copy_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn cell(&mut self, row: usize, column: usize, bytes: &[u8]) {
        self.rows[row].1[column] = bytes.to_vec();
    }

    /// Gives the row a shape of those rings, in metres from its corner.
    pub(crate) fn rings(&mut self, row: usize, rings: &[&[[f64; 2]]]) {
        self.records[row] = placed(self.origin(row), 1.0, rings, |rings| record(self.kind, rings));
    }

    /// Makes all shapes such with heights (10) or with measures alone (20). `heights` and `measures` give the numbers of
    /// one row's vertices; no measures are written for None.
    pub(crate) fn dimensions(&mut self, family: i32, extra: impl Fn(usize) -> Extra) {
        self.shape_type += family;
        let at = self.kind.vertices_at();
        for (row, record) in self.records.iter_mut().enumerate() {
            let n = (record.len() - at) / 16;
            let extra = extra(row);
            record[..4].copy_from_slice(&self.shape_type.to_le_bytes());
            for number in extra.z.into_iter().chain(extra.m) {
                // Shapes of several vertices have the range first.
                let range = if self.kind == Kind::Point { 0 } else { 2 };
                record.extend(vec![number; range + n].iter().flat_map(|v| v.to_le_bytes()));
            }
        }
    }

    pub(crate) fn parts(&self) -> Parts {
        let (shp, shx) = shp(self.shape_type, &self.records);
        let rows: Vec<Vec<&[u8]>> =
            self.rows.iter().map(|(_, cells)| cells.iter().map(Vec::as_slice).collect()).collect();
        let flagged: Vec<(u8, &[&[u8]])> = self
            .rows
            .iter()
            .zip(&rows)
            .map(|((flag, _), cells)| (*flag, cells.as_slice()))
            .collect();
        Parts {
            shp,
            shx: Some(shx),
            dbf: Some(dbf(&self.columns, &flagged)),
            prj: Some(siseol_crs::definition(self.grid).unwrap().wkt.into_bytes()),
            cpg: Some(b"UTF-8".to_vec()),
            sparse: None,
            options: self.options.clone(),
        }
    }
}

/// The heights and measures of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extra {
    pub(crate) z: Option<f64>,
    pub(crate) m: Option<f64>,
}

/// Draws rings that are given from a corner, in parts of which so many are one unit of the grid.
pub(crate) fn placed<T>(
    [x, y]: [f64; 2],
    parts: f64,
    rings: &[&[[f64; 2]]],
    draw: impl FnOnce(&[&[[f64; 2]]]) -> T,
) -> T {
    let place = |ring: &&[[f64; 2]]| -> Vec<_> {
        ring.iter().map(|[a, b]| [x + a / parts, y + b / parts]).collect()
    };
    let placed: Vec<Vec<[f64; 2]>> = rings.iter().map(place).collect();
    draw(&placed.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A record of that kind.
pub(crate) fn record(kind: Kind, rings: &[&[[f64; 2]]]) -> Vec<u8> {
    match kind {
        Kind::Point => point(rings[0][0][0], rings[0][0][1]),
        Kind::Line | Kind::Polygon => parts(kind.code(), rings),
    }
}

/// The files of a delivery, as bytes.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) shp: Vec<u8>,
    pub(crate) shx: Option<Vec<u8>>,
    pub(crate) dbf: Option<Vec<u8>>,
    pub(crate) prj: Option<Vec<u8>>,
    pub(crate) cpg: Option<Vec<u8>>,
    /// A part that is made that long, the rest of it being a hole in the file.
    pub(crate) sparse: Option<(&'static str, u64)>,
    pub(crate) options: Options,
}

impl Parts {
    /// Where the row's record begins in the .shp.
    pub(crate) fn record_at(&self, row: usize) -> usize {
        let shx = self.shx.as_deref().unwrap();
        let at = 100 + 8 * row;
        2 * usize::try_from(u32::from_be_bytes(shx[at..at + 4].try_into().unwrap())).unwrap()
    }

    /// The content of the row's record.
    pub(crate) fn content(&self, row: usize) -> Vec<u8> {
        let at = self.record_at(row);
        let words = i32::from_be_bytes(self.shp[at + 4..at + 8].try_into().unwrap());
        self.shp[at + 8..][..2 * usize::try_from(words).unwrap()].to_vec()
    }

    /// Rows that the .dbf declares.
    pub(crate) fn rows(&self) -> u64 {
        let dbf = self.dbf.as_deref().unwrap();
        u64::from(u32::from_le_bytes(dbf[4..8].try_into().unwrap()))
    }

    /// The row's bytes in the .dbf.
    pub(crate) fn table_row(&self, row: usize) -> Vec<u8> {
        let dbf = self.dbf.as_deref().unwrap();
        let word = |at: usize| usize::from(u16::from_le_bytes([dbf[at], dbf[at + 1]]));
        let (header, width) = (word(8), word(10));
        dbf[header + row * width..][..width].to_vec()
    }

    /// Writes the files, and returns the one to name.
    pub(crate) fn write(&self, town: &Town, stem: &str) -> PathBuf {
        let side = [("shx", &self.shx), ("dbf", &self.dbf), ("prj", &self.prj), ("cpg", &self.cpg)];
        for (extension, bytes) in side {
            if let Some(bytes) = bytes {
                town.write(&format!("{stem}.{extension}"), bytes);
            }
        }
        let shp = town.write(&format!("{stem}.shp"), &self.shp);
        if let Some((extension, length)) = self.sparse {
            let path = shp.with_extension(extension);
            fs_err::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
        }
        shp
    }
}
