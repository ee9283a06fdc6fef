//! One record of a `.shp` as well-known binary.
//!
//! Nothing that a record declares is believed before its bytes are seen to be there, and no coordinate is changed: the
//! numbers of the file are those of the binary, bit for bit.

use super::rings::{Assembly, assemble};
use crate::check::plural;
use siseol_model::{GeometryKind, IssueKind};
use std::ops::Range;

/// Measures below this are the format's way to say that there is none.
const NO_MEASURE: f64 = -1e38;

/// What one record turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// A row without shape.
    Null,
    /// A shape, now in the decoder's `wkb`.
    Shape,
    /// What cannot be read as a shape of this file, and why.
    Bad(IssueKind, String),
}

/// Reads records one after another, with the same memory.
#[derive(Debug)]
pub(super) struct Decoder {
    kind: GeometryKind,
    coords: Vec<[f64; 2]>,
    /// One for each of the coordinates, if the shape has them.
    heights: Vec<f64>,
    has_z: bool,
    /// Whether the shape's type is one with measures.
    may_measure: bool,
    /// The last record's shape.
    pub(super) wkb: Vec<u8>,
    /// Whether the last record's measures say anything; none if it has none.
    pub(super) measured: Option<bool>,
    /// Whether outer rings of the last record were turned round.
    pub(super) outer_backwards: bool,
    /// Whether holes of the last record went the way of outer rings.
    pub(super) hole_like_outer: bool,
    /// The box of all coordinates so far: min x, min y, max x, max y.
    pub(super) bounds: [f64; 4],
}

/// Why a record is no shape of its file.
type Bad = (IssueKind, String);

/// How a shape type lays out its record.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Point,
    Points,
    Lines,
    Rings,
}

impl Decoder {
    /// For a file of that kind.
    pub(super) fn new(kind: GeometryKind) -> Self {
        Self {
            kind,
            coords: Vec::new(),
            heights: Vec::new(),
            has_z: false,
            may_measure: false,
            wkb: Vec::new(),
            measured: None,
            outer_backwards: false,
            hole_like_outer: false,
            bounds: [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        }
    }

    /// Reads the content of a record, which begins with its shape type.
    pub(super) fn read(&mut self, content: &[u8]) -> Found {
        self.measured = None;
        self.outer_backwards = false;
        self.hole_like_outer = false;
        self.coords.clear();
        self.wkb.clear();
        match self.shape(content) {
            Ok(found) => found,
            Err((kind, text)) => Found::Bad(kind, text),
        }
    }

    fn shape(&mut self, content: &[u8]) -> Result<Found, Bad> {
        let mut bytes = Bytes(content);
        let short = || {
            (
                IssueKind::GeometryCorrupt,
                format!("the shape ends early, after {} bytes", content.len()),
            )
        };
        let shape_type = bytes.int().ok_or_else(short)?;
        let Some((form, kind, name)) = form_of(shape_type)? else { return Ok(Found::Null) };
        if kind != self.kind {
            let text = format!("a {name} in a file of {}", plural(self.kind));
            return Err((IssueKind::GeometryType, text));
        }
        self.has_z = shape_type / 10 == 1;
        self.may_measure = shape_type / 10 > 0;
        if form == Form::Point {
            self.vertices(&mut bytes, 1, 0).ok_or_else(short)?;
            if self.coords[0].iter().any(|v| v.is_nan()) {
                return Err((IssueKind::CoordinateNan, "x or y is not a number".to_owned()));
            }
            self.head(1);
            self.numbers(0);
            return Ok(Found::Shape);
        }
        // The record's own box says nothing that the vertices do not.
        bytes.take(32).ok_or_else(short)?;
        let declared_parts =
            if form == Form::Points { 1 } else { bytes.int().ok_or_else(short)? };
        let declared = bytes.int().ok_or_else(short)?;
        let absurd = || {
            let text = format!(
                "the shape declares {declared_parts} parts and {declared} vertices, which its {} bytes do not hold",
                content.len()
            );
            (IssueKind::GeometryCorrupt, text)
        };
        let (Ok(parts), Ok(n)) = (usize::try_from(declared_parts), usize::try_from(declared))
        else {
            return Err(absurd());
        };
        if parts == 0 || n == 0 {
            let text = format!("the shape has {parts} parts and {n} vertices");
            return Err((IssueKind::RingTooShort, text));
        }
        let starts = match form {
            Form::Points => Bytes(&[]),
            _ => Bytes(parts.checked_mul(4).and_then(|n| bytes.take(n)).ok_or_else(absurd)?),
        };
        self.vertices(&mut bytes, n, 16).ok_or_else(absurd)?;
        match form {
            Form::Points => self.write_points(),
            Form::Lines => self.write_lines(&cut(starts, n)?),
            _ => self.write_polygons(&cut(starts, n)?)?,
        }
        Ok(Found::Shape)
    }

    /// Reads `n` vertices, then their heights and measures, before each of which a range of `range` bytes stands.
    fn vertices(&mut self, bytes: &mut Bytes<'_>, n: usize, range: usize) -> Option<()> {
        let mut numbers = bytes.doubles(n.checked_mul(2)?)?;
        while let (Some(x), Some(y)) = (numbers.next(), numbers.next()) {
            self.coords.push([x, y]);
            if x.is_finite() && y.is_finite() {
                let [min_x, min_y, max_x, max_y] = self.bounds;
                self.bounds = [min_x.min(x), min_y.min(y), max_x.max(x), max_y.max(y)];
            }
        }
        self.heights.clear();
        if self.has_z {
            bytes.take(range)?;
            self.heights.extend(bytes.doubles(n)?);
        }
        // Measures may be left out, and mostly are.
        if self.may_measure
            && bytes.take(range).is_some()
            && let Some(mut measures) = bytes.doubles(n)
        {
            self.measured = Some(measures.any(|m| m >= NO_MEASURE));
        }
        Some(())
    }

    fn write_points(&mut self) {
        self.head(4);
        self.count(self.coords.len());
        for at in 0..self.coords.len() {
            self.head(1);
            self.numbers(at);
        }
    }

    fn write_lines(&mut self, parts: &[Range<usize>]) {
        if parts.len() > 1 {
            self.head(5);
            self.count(parts.len());
        }
        for part in parts {
            self.head(2);
            self.path(part.clone(), false);
        }
    }

    fn write_polygons(&mut self, parts: &[Range<usize>]) -> Result<(), Bad> {
        // What lies in what is known of numbers alone; a shape with others is kept aside as it is.
        let Assembly { polygons, backwards, outer_backwards, hole_like_outer } = if self
            .coords
            .iter()
            .flatten()
            .all(|v| v.is_finite())
        {
            assemble(&self.coords, parts).ok_or_else(|| {
                    let text = format!(
                        "its {} rings lie in each other too often to tell holes from outer rings; split it into several shapes",
                        parts.len()
                    );
                    (IssueKind::GeometryCorrupt, text)
                })?
        } else {
            Assembly::as_delivered(parts.len())
        };
        (self.outer_backwards, self.hole_like_outer) = (outer_backwards, hole_like_outer);
        if polygons.len() > 1 {
            self.head(6);
            self.count(polygons.len());
        }
        for rings in &polygons {
            self.head(3);
            self.count(rings.len());
            for &ring in rings {
                self.path(parts[ring].clone(), backwards[ring]);
            }
        }
        Ok(())
    }

    fn head(&mut self, code: u32) {
        self.wkb.push(1);
        let code = if self.has_z { code + 1000 } else { code };
        self.wkb.extend_from_slice(&code.to_le_bytes());
    }

    fn count(&mut self, n: usize) {
        // A record holds fewer bytes than that.
        self.wkb.extend_from_slice(&u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn path(&mut self, part: Range<usize>, backwards: bool) {
        self.count(part.len());
        if backwards {
            part.rev().for_each(|at| self.numbers(at));
        } else {
            part.for_each(|at| self.numbers(at));
        }
    }

    fn numbers(&mut self, at: usize) {
        let [x, y] = self.coords[at];
        self.wkb.extend_from_slice(&x.to_le_bytes());
        self.wkb.extend_from_slice(&y.to_le_bytes());
        if let Some(z) = self.heights.get(at) {
            self.wkb.extend_from_slice(&z.to_le_bytes());
        }
    }
}

/// The rest of a record.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn int(&mut self) -> Option<i32> {
        self.take(4)?.try_into().ok().map(i32::from_le_bytes)
    }

    fn doubles(&mut self, n: usize) -> Option<impl Iterator<Item = f64> + use<'a>> {
        let bytes = self.take(n.checked_mul(8)?)?;
        Some(bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)))
    }
}

/// Form, kind and name of a shape type; none for a null shape.
fn form_of(shape_type: i32) -> Result<Option<(Form, GeometryKind, &'static str)>, Bad> {
    Ok(Some(match shape_type {
        0 => return Ok(None),
        1 | 11 | 21 => (Form::Point, GeometryKind::Point, "point"),
        8 | 18 | 28 => (Form::Points, GeometryKind::Point, "multi-point"),
        3 | 13 | 23 => (Form::Lines, GeometryKind::Line, "line"),
        5 | 15 | 25 => (Form::Rings, GeometryKind::Polygon, "polygon"),
        31 => {
            let text = "a multipatch (a surface in space) in a file of other shapes".to_owned();
            return Err((IssueKind::GeometryType, text));
        }
        other => {
            let text = format!("there is no shape type {other}");
            return Err((IssueKind::GeometryCorrupt, text));
        }
    }))
}

/// The vertices of each part, by where the parts begin.
fn cut(mut starts: Bytes<'_>, n: usize) -> Result<Vec<Range<usize>>, Bad> {
    let mut parts: Vec<Range<usize>> = Vec::with_capacity(starts.0.len() / 4);
    while let Some(declared) = starts.int() {
        let number = parts.len() + 1;
        let Some(start) = usize::try_from(declared).ok().filter(|start| *start < n) else {
            let text = format!("part {number} begins at vertex {declared} of {n}");
            return Err((IssueKind::GeometryCorrupt, text));
        };
        match parts.last_mut() {
            None if start > 0 => {
                let text =
                    format!("part 1 begins at vertex {start}: those before it belong to no part");
                return Err((IssueKind::GeometryCorrupt, text));
            }
            Some(last) if start < last.start => {
                let text = format!(
                    "part {number} begins at vertex {start}, before the one in front of it"
                );
                return Err((IssueKind::GeometryCorrupt, text));
            }
            Some(last) if start == last.start => {
                let text = format!("part {} has no vertices", number - 1);
                return Err((IssueKind::RingTooShort, text));
            }
            Some(last) => last.end = start,
            None => {}
        }
        parts.push(start..n);
    }
    Ok(parts)
}
