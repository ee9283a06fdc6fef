//! Geometry as a GeoPackage keeps it: a header with the grid and the envelope, then ISO WKB byte for byte.

use siseol_model::{Shape, ShapeKind, WkbError};

/// Why a geometry cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryError {
    /// Not well-known binary of a point, line or polygon.
    #[error("it cannot be read")]
    Wkb {
        /// Why.
        #[source]
        source: WkbError,
    },
    /// Not the form that the register keeps.
    #[error("it is not little-endian ISO WKB without measures")]
    NotIso,
    /// A coordinate that is infinite or not a number.
    #[error("a coordinate is not finite")]
    NotFinite,
}

/// What the register has to know of a geometry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outline {
    pub(crate) kind: ShapeKind,
    pub(crate) has_z: bool,
    /// None if there is no vertex.
    pub(crate) bounds: Option<Bounds>,
}

/// The smallest box around a geometry, in its grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) min_x: f64,
    pub(crate) max_x: f64,
    pub(crate) min_y: f64,
    pub(crate) max_y: f64,
}

impl Bounds {
    fn point(x: f64, y: f64) -> Self {
        Self { min_x: x, max_x: x, min_y: y, max_y: y }
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            min_x: self.min_x.min(other.min_x),
            max_x: self.max_x.max(other.max_x),
            min_y: self.min_y.min(other.min_y),
            max_y: self.max_y.max(other.max_y),
        }
    }
}

const FIXED_HEADER: usize = 8;
const ENVELOPE: usize = 32;
const LITTLE_ENDIAN: u8 = 1;
const WITH_ENVELOPE: u8 = 1 << 1;
const EMPTY: u8 = 1 << 4;

/// Reads a geometry as far as the register has to know it. `shape` is room to work in.
pub(crate) fn outline(shape: &mut Shape, wkb: &[u8]) -> Result<Outline, GeometryError> {
    shape.read_wkb(wkb).map_err(|source| GeometryError::Wkb { source })?;
    let code = match wkb {
        &[1, a, b, c, d, ..] => u32::from_le_bytes([a, b, c, d]),
        _ => return Err(GeometryError::NotIso),
    };
    let has_z = match code {
        1..=6 => false,
        1001..=1006 => true,
        _ => return Err(GeometryError::NotIso),
    };
    let mut bounds: Option<Bounds> = None;
    for &[x, y] in &shape.coords {
        if !x.is_finite() || !y.is_finite() {
            return Err(GeometryError::NotFinite);
        }
        let point = Bounds::point(x, y);
        bounds = Some(bounds.map_or(point, |b| b.union(point)));
    }
    Ok(Outline { kind: shape.kind, has_z, bounds })
}

/// Appends the blob of a geometry: header, envelope (unless it is a point or empty), and the bytes as they are.
pub(crate) fn write(out: &mut Vec<u8>, srs_id: i32, outline: Outline, wkb: &[u8]) {
    let envelope = outline.bounds.filter(|_| outline.kind != ShapeKind::Point);
    let flags = LITTLE_ENDIAN
        | if envelope.is_some() { WITH_ENVELOPE } else { 0 }
        | if outline.bounds.is_none() { EMPTY } else { 0 };
    out.extend_from_slice(&[b'G', b'P', 0, flags]);
    out.extend_from_slice(&srs_id.to_le_bytes());
    if let Some(Bounds { min_x, max_x, min_y, max_y }) = envelope {
        for edge in [min_x, max_x, min_y, max_y] {
            out.extend_from_slice(&edge.to_le_bytes());
        }
    }
    out.extend_from_slice(wkb);
}

/// The well-known binary in a blob that [`write`] made, or any other writer of GeoPackage.
pub(crate) fn wkb(blob: &[u8]) -> Option<&[u8]> {
    let [b'G', b'P', 0, flags, ..] = blob else { return None };
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => ENVELOPE,
        2 | 3 => 48,
        4 => 64,
        _ => return None,
    };
    blob.get(FIXED_HEADER + envelope..)
}

/// The part of the bytes that tells the content: a multi-geometry of one part is that part. So a row keeps its
/// content hash when its layer turns multi.
pub(crate) fn content(wkb: &[u8]) -> &[u8] {
    match wkb {
        [1, 4..=6, 0, 0, 0, 1, 0, 0, 0, part @ ..]
        | [1, 0xec..=0xee, 3, 0, 0, 1, 0, 0, 0, part @ ..] => part,
        whole => whole,
    }
}

/// A single geometry as a multi-geometry of one part; none if it is a multi-geometry already.
pub(crate) fn promoted(wkb: &[u8]) -> Option<Vec<u8>> {
    let &[1, a @ (1..=3 | 0xe9..=0xeb), b @ (0 | 3), 0, 0, ..] = wkb else { return None };
    Some([&[1, a + 3, b, 0, 0, 1, 0, 0, 0], wkb].concat())
}

/// The blob with its grid filled in, and as a multi-geometry if `multi` and it is a single one.
pub(crate) fn place(blob: &[u8], srs_id: i32, multi: bool) -> Option<Vec<u8>> {
    let whole = wkb(blob)?;
    if multi && let Some(promoted) = promoted(whole) {
        let outline = outline(&mut Shape::default(), &promoted).ok()?;
        let mut out = Vec::with_capacity(FIXED_HEADER + ENVELOPE + promoted.len());
        write(&mut out, srs_id, outline, &promoted);
        return Some(out);
    }
    let mut out = blob.to_vec();
    out[4..FIXED_HEADER].copy_from_slice(&srs_id.to_le_bytes());
    Some(out)
}

/// The box of a blob, whoever wrote it; none if it is empty or cannot be read.
pub(crate) fn bounds(blob: &[u8]) -> Option<Bounds> {
    let mut shape = Shape::default();
    outline(&mut shape, wkb(blob)?).ok()?.bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64) -> Vec<u8> {
        let mut wkb = vec![1, 1, 0, 0, 0];
        wkb.extend_from_slice(&x.to_le_bytes());
        wkb.extend_from_slice(&y.to_le_bytes());
        wkb
    }

    fn line_z() -> Vec<u8> {
        let mut wkb = vec![1, 0xea, 3, 0, 0, 2, 0, 0, 0];
        for v in [1.0_f64, 5.0, 9.0, 3.0, 2.0, 9.5] {
            wkb.extend_from_slice(&v.to_le_bytes());
        }
        wkb
    }

    fn blob(wkb: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, 5186, outline(&mut Shape::default(), wkb).unwrap(), wkb);
        out
    }

    #[test]
    fn bytes_come_back_as_they_went_in() {
        for geometry in [point(1.5, -0.0), line_z(), point(f64::NAN, f64::NAN)] {
            assert_eq!(wkb(&blob(&geometry)).unwrap(), geometry);
        }
    }

    #[test]
    fn a_point_has_no_envelope_and_a_line_has_one() {
        assert_eq!(blob(&point(1.0, 2.0)).len(), 8 + 21);
        let line = blob(&line_z());
        assert_eq!(line[3], 0b0011);
        assert_eq!(bounds(&line), Some(Bounds { min_x: 1.0, max_x: 3.0, min_y: 2.0, max_y: 5.0 }));
        assert_eq!(blob(&point(f64::NAN, f64::NAN))[3], 0b1_0001);
    }

    #[test]
    fn a_promoted_geometry_keeps_its_content() {
        for geometry in [point(1.0, 2.0), line_z()] {
            let promoted = place(&blob(&geometry), 5179, true).unwrap();
            let bytes = wkb(&promoted).unwrap();
            assert_eq!(content(bytes), geometry);
            let outline = outline(&mut Shape::default(), bytes).unwrap();
            assert!(outline.kind.is_multi());
            assert_eq!(promoted[4..8], 5179_i32.to_le_bytes());
            assert_eq!(place(&promoted, 5179, true).unwrap(), promoted);
        }
    }

    #[test]
    fn measures_big_endian_and_infinite_coordinates_are_refused() {
        let mut shape = Shape::default();
        assert_eq!(outline(&mut shape, &point(f64::INFINITY, 0.0)), Err(GeometryError::NotFinite));
        let mut big = vec![0, 0, 0, 0, 1];
        big.extend_from_slice(&[0; 16]);
        assert_eq!(outline(&mut shape, &big), Err(GeometryError::NotIso));
        let mut measured = vec![1, 0xd1, 7, 0, 0];
        measured.extend_from_slice(&[0; 24]);
        assert_eq!(outline(&mut shape, &measured), Err(GeometryError::NotIso));
        assert!(matches!(outline(&mut shape, &[1, 1]), Err(GeometryError::Wkb { .. })));
    }
}
