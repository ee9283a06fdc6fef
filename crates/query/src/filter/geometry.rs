//! Geometries as they are written in a filter.

/// A position: x, y, and a height if one was written. Heights are kept for writing and looked at by nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// x and y: longitude and latitude unless the filter was written in another grid.
    pub xy: [f64; 2],
    /// The height.
    pub z: Option<f64>,
}

/// A geometry literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// One point.
    Point(Position),
    /// One line.
    LineString(Vec<Position>),
    /// Rings: the outer one, then the holes.
    Polygon(Vec<Vec<Position>>),
    /// Points.
    MultiPoint(Vec<Position>),
    /// Lines.
    MultiLineString(Vec<Vec<Position>>),
    /// Polygons.
    MultiPolygon(Vec<Vec<Vec<Position>>>),
    /// Geometries that are no collections.
    GeometryCollection(Vec<Self>),
}

/// A box literal; `west > east` means that it crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    /// West, south, east, north.
    pub edges: [f64; 4],
    /// The lowest and the highest height, if they were written.
    pub heights: Option<[f64; 2]>,
}

impl Bbox {
    /// The box of 4 or 6 numbers, in the order of GeoJSON.
    pub(super) fn from_numbers(numbers: &[f64]) -> Option<Self> {
        match *numbers {
            [west, south, east, north] => {
                Some(Self { edges: [west, south, east, north], heights: None })
            }
            [west, south, low, east, north, high] => {
                Some(Self { edges: [west, south, east, north], heights: Some([low, high]) })
            }
            _ => None,
        }
    }

    /// The same numbers.
    pub(super) fn numbers(&self) -> Vec<f64> {
        let [west, south, east, north] = self.edges;
        match self.heights {
            Some([low, high]) => vec![west, south, low, east, north, high],
            None => vec![west, south, east, north],
        }
    }
}

impl Geometry {
    /// Its name in GeoJSON, which is also its name in WKT but for the case.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Point(_) => "Point",
            Self::LineString(_) => "LineString",
            Self::Polygon(_) => "Polygon",
            Self::MultiPoint(_) => "MultiPoint",
            Self::MultiLineString(_) => "MultiLineString",
            Self::MultiPolygon(_) => "MultiPolygon",
            Self::GeometryCollection(_) => "GeometryCollection",
        }
    }

    /// Its lists of positions: points, lines and rings.
    pub(super) fn paths(&self) -> Vec<&[Position]> {
        match self {
            Self::Point(position) => vec![std::slice::from_ref(position)],
            Self::LineString(path) | Self::MultiPoint(path) => vec![path],
            Self::Polygon(paths) | Self::MultiLineString(paths) => {
                paths.iter().map(Vec::as_slice).collect()
            }
            Self::MultiPolygon(polygons) => polygons.iter().flatten().map(Vec::as_slice).collect(),
            Self::GeometryCollection(members) => members.iter().flat_map(Self::paths).collect(),
        }
    }

    /// The same lists, to change.
    pub(super) fn paths_mut(&mut self) -> Vec<&mut [Position]> {
        match self {
            Self::Point(position) => vec![std::slice::from_mut(position)],
            Self::LineString(path) | Self::MultiPoint(path) => vec![path],
            Self::Polygon(paths) | Self::MultiLineString(paths) => {
                paths.iter_mut().map(Vec::as_mut_slice).collect()
            }
            Self::MultiPolygon(polygons) => {
                polygons.iter_mut().flatten().map(Vec::as_mut_slice).collect()
            }
            Self::GeometryCollection(members) => {
                members.iter_mut().flat_map(Self::paths_mut).collect()
            }
        }
    }

    /// What keeps it from being a geometry, if something does.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Point(_) => None,
            Self::MultiPoint(points) => points.is_empty().then_some("a multi-point needs a point"),
            Self::LineString(line) => line_fault(line),
            Self::MultiLineString(lines) if lines.is_empty() => Some("a multi-line needs a line"),
            Self::MultiLineString(lines) => lines.iter().find_map(|line| line_fault(line)),
            Self::Polygon(rings) => polygon_fault(rings),
            Self::MultiPolygon(polygons) if polygons.is_empty() => {
                Some("a multi-polygon needs a polygon")
            }
            Self::MultiPolygon(polygons) => polygons.iter().find_map(|rings| polygon_fault(rings)),
            Self::GeometryCollection(members) if members.is_empty() => {
                Some("a collection needs a geometry")
            }
            Self::GeometryCollection(members) => members.iter().find_map(Self::fault),
        }
        .or_else(|| {
            let paths = self.paths();
            let mut heights = paths.iter().flat_map(|path| path.iter()).map(|p| p.z.is_some());
            let first = heights.next();
            let mixed = heights.any(|height| Some(height) != first);
            mixed.then_some("some positions have a height and others have none")
        })
    }
}

fn line_fault(line: &[Position]) -> Option<&'static str> {
    (line.len() < 2).then_some("a line needs two positions")
}

fn polygon_fault(rings: &[Vec<Position>]) -> Option<&'static str> {
    if rings.is_empty() {
        return Some("a polygon needs a ring");
    }
    rings.iter().find_map(|ring| {
        if ring.len() < 4 {
            Some("a ring needs four positions, the last of which is the first")
        } else if ring.first() != ring.last() {
            Some("a ring has to end where it begins")
        } else {
            None
        }
    })
}
