//! Well-known binary: reading it into flat arrays, and writing it from them.
//!
//! Both forms with z are understood: ISO (type + 1000) and the older high-bit form. Numbers that a broken blob
//! declares are never trusted: nothing is allocated before its bytes are seen to be there.

use crate::{Shape, ShapeKind, ShapeRef};

/// Why a blob is no geometry that siseol keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WkbError {
    /// The blob ends inside the geometry.
    #[error("the geometry ends early, at byte {at}")]
    Truncated {
        /// Bytes read so far.
        at: usize,
    },
    /// Bytes are left after the geometry.
    #[error("{left} bytes are left after the geometry")]
    TrailingBytes {
        /// How many.
        left: usize,
    },
    /// A type other than points, lines and polygons.
    #[error("geometry type {code} is not a point, line or polygon")]
    Unsupported {
        /// The type's code as written.
        code: u32,
    },
    /// A part of another type than its whole, or a byte-order mark that is neither 0 nor 1.
    #[error("a part of the geometry does not fit its whole, at byte {at}")]
    Malformed {
        /// Bytes read so far.
        at: usize,
    },
}

impl Shape {
    /// Reads one geometry into this shape, whose old content is dropped. Heights and measures are skipped.
    pub fn read_wkb(&mut self, bytes: &[u8]) -> Result<(), WkbError> {
        self.clear();
        let mut reader = Reader { bytes, at: 0 };
        let head = reader.head()?;
        self.kind = match head.code {
            1 => ShapeKind::Point,
            2 => ShapeKind::LineString,
            3 => ShapeKind::Polygon,
            4 => ShapeKind::MultiPoint,
            5 => ShapeKind::MultiLineString,
            6 => ShapeKind::MultiPolygon,
            _ => return Err(WkbError::Unsupported { code: head.raw }),
        };
        match head.code {
            1 => self.point(&mut reader, head)?,
            2 => self.path(&mut reader, head)?,
            3 => self.polygon(&mut reader, head)?,
            multi => {
                for _ in 0..reader.count(head.little, 5)? {
                    let part = reader.head()?;
                    if part.code != multi - 3 {
                        return Err(WkbError::Malformed { at: reader.at });
                    }
                    match part.code {
                        1 => self.point(&mut reader, part)?,
                        2 => self.path(&mut reader, part)?,
                        _ => {
                            self.polygon(&mut reader, part)?;
                            self.polygon_ends.push(index(self.path_ends.len()));
                        }
                    }
                }
            }
        }
        if self.kind.layer_kind() == crate::GeometryKind::Point {
            self.path_ends.push(index(self.coords.len()));
        }
        match reader.bytes.len() - reader.at {
            0 => Ok(()),
            left => Err(WkbError::TrailingBytes { left }),
        }
    }

    fn point(&mut self, reader: &mut Reader<'_>, head: Head) -> Result<(), WkbError> {
        let coord = reader.coord(head)?;
        // WKB has no empty point; writers agree on NaN, NaN for one.
        if !(coord[0].is_nan() && coord[1].is_nan()) {
            self.coords.push(coord);
        }
        Ok(())
    }

    fn path(&mut self, reader: &mut Reader<'_>, head: Head) -> Result<(), WkbError> {
        let n = reader.count(head.little, head.dimensions * 8)?;
        self.coords.reserve(n);
        for _ in 0..n {
            let coord = reader.coord(head)?;
            self.coords.push(coord);
        }
        self.path_ends.push(index(self.coords.len()));
        Ok(())
    }

    fn polygon(&mut self, reader: &mut Reader<'_>, head: Head) -> Result<(), WkbError> {
        for _ in 0..reader.count(head.little, 4)? {
            self.path(reader, head)?;
        }
        Ok(())
    }
}

impl ShapeRef<'_> {
    /// The shape as ISO WKB, little endian. A point shape without a point is an empty one.
    pub fn to_wkb(self) -> Vec<u8> {
        let code: u32 = match self.kind {
            ShapeKind::Point => 1,
            ShapeKind::LineString => 2,
            ShapeKind::Polygon => 3,
            ShapeKind::MultiPoint => 4,
            ShapeKind::MultiLineString => 5,
            ShapeKind::MultiPolygon => 6,
        };
        let mut out = Vec::with_capacity(16 * self.coords.len() + 16);
        let mut paths = self.paths();
        head(&mut out, code);
        match self.kind {
            ShapeKind::Point => {
                let place = self.coords.first().copied().unwrap_or([f64::NAN; 2]);
                coords(&mut out, &[place]);
            }
            ShapeKind::MultiPoint => {
                count(&mut out, self.coords.len());
                for place in self.coords {
                    head(&mut out, 1);
                    coords(&mut out, &[*place]);
                }
            }
            ShapeKind::LineString => path(&mut out, paths.next().unwrap_or_default()),
            ShapeKind::MultiLineString => {
                count(&mut out, paths.len());
                for line in paths {
                    head(&mut out, 2);
                    path(&mut out, line);
                }
            }
            ShapeKind::Polygon => {
                count(&mut out, paths.len());
                paths.for_each(|ring| path(&mut out, ring));
            }
            ShapeKind::MultiPolygon => {
                count(&mut out, self.polygon_ends.len());
                for rings in self.rings_per_polygon() {
                    head(&mut out, 3);
                    count(&mut out, rings);
                    paths.by_ref().take(rings).for_each(|ring| path(&mut out, ring));
                }
            }
        }
        out
    }
}

fn head(out: &mut Vec<u8>, code: u32) {
    out.push(1);
    out.extend_from_slice(&code.to_le_bytes());
}

fn count(out: &mut Vec<u8>, n: usize) {
    out.extend_from_slice(&index(n).to_le_bytes());
}

fn coords(out: &mut Vec<u8>, places: &[[f64; 2]]) {
    out.extend(places.as_flattened().iter().flat_map(|v| v.to_le_bytes()));
}

fn path(out: &mut Vec<u8>, places: &[[f64; 2]]) {
    count(out, places.len());
    coords(out, places);
}

/// An array index as the arrays of ends keep it. A shape of 2^32 coordinates would be a blob of 64 GiB, more
/// than SQLite can hold.
fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[derive(Clone, Copy)]
struct Head {
    little: bool,
    /// Type without its dimensions: 1 to 7.
    code: u32,
    /// Type as written.
    raw: u32,
    /// 2, 3 or 4.
    dimensions: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let end = self.at + N;
        match self.bytes.get(self.at..end).and_then(|b| <[u8; N]>::try_from(b).ok()) {
            Some(bytes) => {
                self.at = end;
                Ok(bytes)
            }
            None => Err(WkbError::Truncated { at: self.at }),
        }
    }

    fn u32(&mut self, little: bool) -> Result<u32, WkbError> {
        let b = self.take()?;
        Ok(if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    }

    fn head(&mut self) -> Result<Head, WkbError> {
        let little = match self.take::<1>()?[0] {
            0 => false,
            1 => true,
            _ => return Err(WkbError::Malformed { at: self.at }),
        };
        let raw = self.u32(little)?;
        let (mut z, mut m) = (raw & 0x8000_0000 != 0, raw & 0x4000_0000 != 0);
        let iso = raw & 0x0fff_ffff;
        match iso / 1000 {
            0 => {}
            1 => z = true,
            2 => m = true,
            3 => (z, m) = (true, true),
            _ => return Err(WkbError::Unsupported { code: raw }),
        }
        Ok(Head { little, code: iso % 1000, raw, dimensions: 2 + usize::from(z) + usize::from(m) })
    }

    /// A count of items that take at least `item_bytes` each, so that a count the blob cannot hold is refused.
    fn count(&mut self, little: bool, item_bytes: usize) -> Result<usize, WkbError> {
        let n = self.u32(little)? as usize;
        if n > (self.bytes.len() - self.at) / item_bytes {
            return Err(WkbError::Truncated { at: self.at });
        }
        Ok(n)
    }

    fn coord(&mut self, head: Head) -> Result<[f64; 2], WkbError> {
        let mut xy = [0.0; 2];
        for (i, value) in (0..head.dimensions).zip(xy.iter_mut().map(Some).chain([None, None])) {
            let b = self.take()?;
            if let (Some(slot), true) = (value, i < 2) {
                *slot = if head.little { f64::from_le_bytes(b) } else { f64::from_be_bytes(b) };
            }
        }
        Ok(xy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geozero::{CoordDimensions, ToWkb, wkt::Wkt};

    fn wkb(wkt: &str) -> Vec<u8> {
        let dims = if wkt.contains('Z') { CoordDimensions::xyz() } else { CoordDimensions::xy() };
        Wkt(wkt).to_wkb(dims).unwrap()
    }

    #[test]
    fn what_is_written_reads_back() {
        for wkt in [
            "POINT(1 2)",
            "MULTIPOINT((1 2),(3 4))",
            "LINESTRING(1 2,3 4,5 6)",
            "MULTILINESTRING((1 2,3 4),(5 6,7 8,9 9))",
            "POLYGON((0 0,9 0,9 9,0 0),(2 1,3 1,3 2,2 1))",
            "MULTIPOLYGON(((0 0,9 0,9 9,0 0),(2 1,3 1,3 2,2 1)),((20 0,29 0,29 9,20 0)))",
        ] {
            let bytes = wkb(wkt);
            let mut shape = Shape::default();
            shape.read_wkb(&bytes).unwrap();
            assert_eq!(shape.as_ref().to_wkb(), bytes, "{wkt}");
        }
    }

    fn check(wkt: &str, kind: ShapeKind, coords: usize, path_ends: &[u32], polygon_ends: &[u32]) {
        let mut shape = Shape::default();
        shape.read_wkb(&wkb(wkt)).unwrap();
        assert_eq!(shape.kind, kind, "{wkt}");
        assert_eq!(shape.coords.len(), coords, "{wkt}");
        assert_eq!((&*shape.path_ends, &*shape.polygon_ends), (path_ends, polygon_ends), "{wkt}");
    }

    #[test]
    fn every_type_is_read_as_another_writer_writes_it() {
        use ShapeKind as K;
        check("POINT(1 2)", K::Point, 1, &[1], &[]);
        check("MULTIPOINT(1 2,3 4)", K::MultiPoint, 2, &[2], &[]);
        check("LINESTRING(1 2,3 4,5 6)", K::LineString, 3, &[3], &[]);
        check("MULTILINESTRING((1 2,3 4),(5 6,7 8,9 10))", K::MultiLineString, 5, &[2, 5], &[]);
        check("POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))", K::Polygon, 8, &[4, 8], &[]);
        check(
            "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0)))",
            K::MultiPolygon,
            12,
            &[4, 8, 12],
            &[1, 3],
        );
        check("LINESTRING Z(1 2 9,3 4 9)", K::LineString, 2, &[2], &[]);
    }

    #[test]
    fn rings_are_counted_per_polygon() {
        let mut shape = Shape::default();
        shape
            .read_wkb(&wkb(
                "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0)))",
            ))
            .unwrap();
        assert_eq!(shape.as_ref().rings_per_polygon().collect::<Vec<_>>(), [1, 2]);
        shape.read_wkb(&wkb("POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))")).unwrap();
        assert_eq!(shape.as_ref().rings_per_polygon().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn cut_and_lying_blobs_are_refused_without_allocating() {
        let whole = wkb("POLYGON((0 0,1 0,1 1,0 0))");
        let mut shape = Shape::default();
        for cut in 0..whole.len() {
            assert!(shape.read_wkb(&whole[..cut]).is_err(), "cut at {cut}");
        }
        let mut lying = whole.clone();
        lying[5..9].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(shape.read_wkb(&lying), Err(WkbError::Truncated { .. })));
        let mut longer = whole;
        longer.push(0);
        assert_eq!(shape.read_wkb(&longer), Err(WkbError::TrailingBytes { left: 1 }));
        assert!(matches!(
            shape.read_wkb(&[1, 7, 0, 0, 0, 0, 0, 0, 0]),
            Err(WkbError::Unsupported { code: 7 })
        ));
    }
}
