//! The geometries (.shp) and their index (.shx).

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use fs_err::File;

use crate::geo::Point;

/// What a file declares to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Point = 1,
    Line = 3,
    Area = 5,
    MultiPoint = 8,
    LineZ = 13,
}

/// One geometry. A point becomes a multipoint of one where the file declares it so.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape<'a> {
    Null,
    Point(Point),
    Line(&'a [Point]),
    /// With a height per vertex; the measures are written as "no data", as careless exporters do.
    LineZ(&'a [Point], &'a [f64]),
    /// One closed ring, clockwise.
    Area(&'a [Point]),
}

/// The measure that some exporters write for "none": the lowest double, below what the format calls "no data".
pub(crate) const NO_MEASURE: f64 = f64::MIN;

/// The writer of one .shp and .shx pair.
#[derive(Debug)]
pub(crate) struct Shp {
    main: BufWriter<File>,
    index: BufWriter<File>,
    kind: Kind,
    bytes: u64,
    records: u32,
    bounds: Bounds,
    heights: (f64, f64),
    record: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Bounds([f64; 4]);

impl Bounds {
    const EMPTY: Self = Self([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]);

    fn add(&mut self, p: Point) {
        let [x0, y0, x1, y1] = self.0;
        self.0 = [x0.min(p.x), y0.min(p.y), x1.max(p.x), y1.max(p.y)];
    }

    fn of(points: &[Point]) -> Self {
        points.iter().fold(Self::EMPTY, |mut all, p| {
            all.add(*p);
            all
        })
    }
}

impl Shp {
    pub(crate) fn create(path: &Path, kind: Kind) -> io::Result<Self> {
        let mut shp = BufWriter::with_capacity(1 << 16, File::create(path.with_extension("shp"))?);
        let mut shx = BufWriter::with_capacity(1 << 16, File::create(path.with_extension("shx"))?);
        shp.write_all(&[0; 100])?;
        shx.write_all(&[0; 100])?;
        Ok(Self {
            main: shp,
            index: shx,
            kind,
            bytes: 100,
            records: 0,
            bounds: Bounds::EMPTY,
            heights: (f64::INFINITY, f64::NEG_INFINITY),
            record: Vec::new(),
        })
    }

    pub(crate) fn write(&mut self, shape: Shape<'_>) -> io::Result<()> {
        self.record.clear();
        match shape {
            Shape::Null => self.int(0),
            Shape::Point(p) => self.point(p),
            Shape::Line(points) | Shape::Area(points) => self.parts(points),
            Shape::LineZ(points, heights) => {
                self.parts(points);
                self.heights(heights);
            }
        }
        self.records += 1;
        let words = (self.record.len() / 2) as u32;
        let start = (self.bytes / 2) as u32;
        self.index.write_all(&start.to_be_bytes())?;
        self.index.write_all(&words.to_be_bytes())?;
        self.main.write_all(&self.records.to_be_bytes())?;
        self.main.write_all(&words.to_be_bytes())?;
        self.main.write_all(&self.record)?;
        self.bytes += 8 + self.record.len() as u64;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        let shx_bytes = 100 + 8 * u64::from(self.records);
        let head = self.head(self.bytes);
        self.main.seek(SeekFrom::Start(0))?;
        self.main.write_all(&head)?;
        self.main.flush()?;
        let head = self.head(shx_bytes);
        self.index.seek(SeekFrom::Start(0))?;
        self.index.write_all(&head)?;
        self.index.flush()
    }

    fn head(&self, bytes: u64) -> Vec<u8> {
        let mut head = Vec::with_capacity(100);
        head.extend(9994_u32.to_be_bytes());
        head.resize(24, 0);
        head.extend(((bytes / 2) as u32).to_be_bytes());
        head.extend(1000_u32.to_le_bytes());
        head.extend((self.kind as u32).to_le_bytes());
        let known = self.bounds.0[0].is_finite();
        for edge in self.bounds.0 {
            head.extend(if known { edge } else { 0.0 }.to_le_bytes());
        }
        if self.kind == Kind::LineZ && known {
            for value in [self.heights.0, self.heights.1, NO_MEASURE, NO_MEASURE] {
                head.extend(value.to_le_bytes());
            }
        }
        head.resize(100, 0);
        head
    }

    fn point(&mut self, p: Point) {
        self.int(self.kind as u32);
        if self.kind == Kind::MultiPoint {
            self.reals(&[p.x, p.y, p.x, p.y]);
            self.int(1);
        }
        self.reals(&[p.x, p.y]);
        self.bounds.add(p);
    }

    /// A line or ring of one part.
    fn parts(&mut self, points: &[Point]) {
        let own = Bounds::of(points);
        self.int(self.kind as u32);
        self.reals(&own.0);
        self.int(1);
        self.int(points.len() as u32);
        self.int(0);
        for p in points {
            self.reals(&[p.x, p.y]);
            self.bounds.add(*p);
        }
    }

    fn heights(&mut self, heights: &[f64]) {
        let low = heights.iter().copied().fold(f64::INFINITY, f64::min);
        let high = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.reals(&[low, high]);
        self.reals(heights);
        for _ in 0..heights.len() + 2 {
            self.reals(&[NO_MEASURE]);
        }
        self.heights = (self.heights.0.min(low), self.heights.1.max(high));
    }

    fn int(&mut self, value: u32) {
        self.record.extend(value.to_le_bytes());
    }

    fn reals(&mut self, values: &[f64]) {
        for value in values {
            self.record.extend(value.to_le_bytes());
        }
    }
}
