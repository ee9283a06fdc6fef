//! What a row's geometry must be to stand in its layer.

use crate::crossing::{Crossing, Search};
use crate::ground::Ground;
use crate::source::{RawGeometry, RawRow};
use crate::wkb;
use siseol_crs::Extent;
use siseol_model::{Crs, GeometryKind, Issue, IssueKind, Shape, WkbError};
use std::rc::Rc;

/// Checks the geometries of one layer.
pub(crate) struct Checker {
    kind: GeometryKind,
    ground: Option<Rc<Ground>>,
    shape: Shape,
    lon_lat: Vec<[f64; 2]>,
    search: Search,
    pub has_z: bool,
    /// Rows with coordinates.
    pub placed: u64,
    /// Rows outside the grid.
    pub outside: u64,
    /// The box of all coordinates that are numbers.
    pub extent: Option<Extent>,
}

impl Checker {
    pub(crate) fn new(kind: GeometryKind, crs: Crs) -> Result<Self, siseol_crs::Error> {
        let ground = match kind {
            GeometryKind::None => None,
            _ => Some(Ground::of(crs)?),
        };
        Ok(Self {
            kind,
            ground,
            shape: Shape::default(),
            lon_lat: Vec::new(),
            search: Search::default(),
            has_z: false,
            placed: 0,
            outside: 0,
            extent: None,
        })
    }

    /// Adds what is wrong with the row's geometry to its issues, and mends what can be.
    pub(crate) fn check(&mut self, row: &mut RawRow) {
        match row.geometry {
            RawGeometry::Corrupt => {}
            RawGeometry::Null => self.null(row),
            RawGeometry::Wkb => {
                if let Err(issue) = self.check_wkb(row) {
                    row.issues.push(issue);
                }
            }
        }
    }

    fn null(&self, row: &mut RawRow) {
        row.geometry = RawGeometry::Null;
        if self.kind != GeometryKind::None {
            let text = format!("row {} has no geometry", row.number);
            row.issues.push(Issue::row(IssueKind::GeometryNull, row.number, text));
        }
    }

    fn check_wkb(&mut self, row: &mut RawRow) -> Result<(), Issue> {
        let number = row.number;
        let issue = |kind, text: String| Issue::row(kind, number, format!("row {number}: {text}"));
        match self.shape.read_wkb(&row.wkb) {
            Ok(()) => {}
            Err(WkbError::Unsupported { code }) => {
                let text = format!("{} is not a point, line or polygon", type_name(code));
                return Err(issue(IssueKind::GeometryType, text));
            }
            Err(error) => return Err(issue(IssueKind::GeometryCorrupt, error.to_string())),
        }
        if self.shape.kind.layer_kind() != self.kind {
            let text = format!("a {} in a layer of {}", self.shape.kind.name(), plural(self.kind));
            return Err(issue(IssueKind::GeometryType, text));
        }
        if self.shape.coords.is_empty() {
            self.null(row);
            return Ok(());
        }
        let Some(facts) = wkb::examine(&row.wkb) else {
            return Err(issue(
                IssueKind::GeometryCorrupt,
                "the geometry cannot be read".to_owned(),
            ));
        };
        self.has_z |= facts.has_z;
        self.placed += 1;
        if facts.has_nan {
            return Err(issue(IssueKind::CoordinateNan, "a coordinate is not a number".to_owned()));
        }
        if facts.has_infinite {
            self.outside += 1;
            return Err(issue(IssueKind::CoordinateRange, "a coordinate is infinite".to_owned()));
        }
        if let Some(n) = facts.too_short {
            let text = match self.kind {
                GeometryKind::Line => format!("a line of {n} vertices; it takes 2"),
                _ => format!("a ring of {n} vertices; it takes 4, the last one where the first is"),
            };
            return Err(issue(IssueKind::RingTooShort, text));
        }
        self.on_globe().map_err(|text| issue(IssueKind::CoordinateRange, text))?;
        if facts.open_rings > 0
            && let Some(closed) = wkb::close_rings(&row.wkb)
        {
            let open = std::mem::replace(&mut row.wkb, closed);
            if row.raw_geometry.is_empty() {
                row.raw_geometry = open;
            }
            let text = format!(
                "{} rings did not end where they began; each was closed by its first vertex",
                facts.open_rings
            );
            row.issues.push(issue(IssueKind::RingClosed, text));
            // The shape that is looked at below is the one that is kept.
            if self.shape.read_wkb(&row.wkb).is_err() {
                return Err(issue(
                    IssueKind::GeometryCorrupt,
                    "the ring cannot be closed".to_owned(),
                ));
            }
        }
        if self.kind == GeometryKind::Polygon {
            match self.search.look(&self.shape) {
                Crossing::Nowhere => {}
                Crossing::At([x, y]) => {
                    let text = format!(
                        "the polygon's boundary meets itself at x {x}, y {y}; it is kept as delivered, but its area may be wrong"
                    );
                    row.issues.push(issue(IssueKind::SelfIntersection, text));
                }
                Crossing::NotSought => {
                    let text = "the polygon is too intricate to look for all places where it crosses itself";
                    row.issues.push(issue(IssueKind::CrossingsNotSought, text.to_owned()));
                }
            }
        }
        Ok(())
    }

    fn on_globe(&mut self) -> Result<(), String> {
        let bounds = bounds(&self.shape.coords);
        self.extent = Some(match self.extent {
            Some(e) => Extent {
                min_x: e.min_x.min(bounds.min_x),
                min_y: e.min_y.min(bounds.min_y),
                max_x: e.max_x.max(bounds.max_x),
                max_y: e.max_y.max(bounds.max_y),
            },
            None => bounds,
        });
        let Some(ground) = &self.ground else { return Ok(()) };
        ground.hold(&bounds, &self.shape.coords, &mut self.lon_lat).map_err(|error| {
            self.outside += 1;
            format!("x {}, y {} lies outside {}", shown(error.x), shown(error.y), error.crs)
        })
    }

    /// Whether the layer as a whole cannot be in its grid, and why.
    pub(crate) fn verdict(&self) -> Option<String> {
        if self.placed > 0 && self.outside * 2 > self.placed {
            return Some(format!(
                "{} of {} rows lie outside the grid: is it another one, or are x and y swapped?",
                self.outside, self.placed
            ));
        }
        let degrees = Extent { min_x: -180.0, min_y: -180.0, max_x: 180.0, max_y: 180.0 };
        let plane = self.ground.as_ref().is_some_and(|ground| ground.plane);
        if plane && self.extent.is_some_and(|e| holds(&degrees, &e)) {
            return Some(
                "all coordinates are between -180 and 180: they are degrees, not metres".to_owned(),
            );
        }
        None
    }
}

/// A number for people: one of hundreds of digits is told by its size.
fn shown(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") }
}

pub(crate) fn holds(outer: &Extent, inner: &Extent) -> bool {
    outer.min_x <= inner.min_x
        && outer.min_y <= inner.min_y
        && inner.max_x <= outer.max_x
        && inner.max_y <= outer.max_y
}

pub(crate) fn bounds(coords: &[[f64; 2]]) -> Extent {
    let start = Extent {
        min_x: f64::INFINITY,
        min_y: f64::INFINITY,
        max_x: f64::NEG_INFINITY,
        max_y: f64::NEG_INFINITY,
    };
    coords.iter().fold(start, |e, &[x, y]| Extent {
        min_x: e.min_x.min(x),
        min_y: e.min_y.min(y),
        max_x: e.max_x.max(x),
        max_y: e.max_y.max(y),
    })
}

pub(crate) fn plural(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Point => "points",
        GeometryKind::Line => "lines",
        GeometryKind::Polygon => "polygons",
        GeometryKind::None => "rows without geometry",
    }
}

fn type_name(code: u32) -> String {
    let name = match code % 1000 {
        7 => "a geometry collection",
        8 => "a circular string",
        9 => "a compound curve",
        10 => "a curve polygon",
        11 => "a multi-curve",
        12 => "a multi-surface",
        15 => "a polyhedral surface",
        16 => "a TIN",
        17 => "a triangle",
        _ => return format!("geometry type {code}"),
    };
    name.to_owned()
}
