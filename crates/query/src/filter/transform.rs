//! From another grid to longitude and latitude.

use super::expression::{Expression, IntervalEnd};
use super::geometry::{Bbox, Geometry, Position};
use siseol_model::{ToLonLat, TransformError};

/// In how many steps each edge of a box is followed, because it is straight in its own grid and not in degrees.
const STEPS: u32 = 16;

impl Expression {
    /// Brings all coordinates to longitude and latitude. A box of another grid is a polygon then.
    pub fn to_lon_lat(&mut self, transform: &dyn ToLonLat) -> Result<(), TransformError> {
        let all = |expressions: &mut [Self]| {
            expressions.iter_mut().try_for_each(|expression| expression.to_lon_lat(transform))
        };
        match self {
            Self::Geometry(geometry) => to_lon_lat(geometry, transform),
            Self::Bbox(bbox) => {
                let mut polygon = polygon(bbox);
                to_lon_lat(&mut polygon, transform)?;
                *self = Self::Geometry(polygon);
                Ok(())
            }
            Self::Interval(ends) => ends.iter_mut().try_for_each(|end| match end {
                IntervalEnd::Function(_, arguments) => all(arguments),
                IntervalEnd::Open | IntervalEnd::Instant(_) | IntervalEnd::Property(_) => Ok(()),
            }),
            Self::Array(list) | Self::And(list) | Self::Or(list) | Self::Function(_, list) => {
                all(list)
            }
            Self::Not(operand) | Self::IsNull(operand) | Self::Fold(_, operand) => {
                operand.to_lon_lat(transform)
            }
            Self::Compare(_, pair)
            | Self::Like(pair)
            | Self::Arithmetic(_, pair)
            | Self::Spatial(_, pair)
            | Self::Temporal(_, pair)
            | Self::Arrays(_, pair) => all(&mut **pair),
            Self::Between(operands) => all(&mut **operands),
            Self::In(value, members) => {
                all(members)?;
                value.to_lon_lat(transform)
            }
            Self::Property(_)
            | Self::Text(_)
            | Self::Number(_)
            | Self::Boolean(_)
            | Self::Instant(_) => Ok(()),
        }
    }
}

fn to_lon_lat(geometry: &mut Geometry, transform: &dyn ToLonLat) -> Result<(), TransformError> {
    for path in geometry.paths_mut() {
        let mut coords: Vec<[f64; 2]> = path.iter().map(|position| position.xy).collect();
        transform.to_lon_lat(&mut coords)?;
        for (position, xy) in path.iter_mut().zip(coords) {
            position.xy = xy;
        }
    }
    Ok(())
}

/// A box as a ring, its edges in steps.
fn polygon(bbox: &Bbox) -> Geometry {
    let [west, south, east, north] = bbox.edges;
    let corners = [[west, south], [east, south], [east, north], [west, north]];
    let mut ring = Vec::new();
    for (i, from) in corners.into_iter().enumerate() {
        let to = corners[(i + 1) % corners.len()];
        ring.extend((0..STEPS).map(|step| {
            let share = f64::from(step) / f64::from(STEPS);
            let xy = [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
            Position { xy, z: None }
        }));
    }
    ring.extend(ring.first().copied());
    Geometry::Polygon(vec![ring])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of which a degree is 100 units, the other way round.
    struct Swapped;

    impl ToLonLat for Swapped {
        fn to_lon_lat(&self, coords: &mut [[f64; 2]]) -> Result<(), TransformError> {
            for [x, y] in coords {
                (*x, *y) = (*y / 100.0, *x / 100.0);
            }
            Ok(())
        }
    }

    #[test]
    fn every_coordinate_of_a_filter_is_brought_to_longitude_and_latitude() {
        let text = "NOT (a IN (1) AND S_WITHIN(geometry, LINESTRING(100 200, 300 400))) \
                    OR F(POINT Z (500 600 7)) OR A_OVERLAPS((POINT(100 200)), (b, 'x')) \
                    OR T_AFTER(INTERVAL(g(POINT(300 100)), '..'), d) OR c BETWEEN 1 AND 2";
        let expected = "NOT (a IN (1) AND S_WITHIN(geometry, LINESTRING(2 1, 4 3))) \
                    OR F(POINT Z (6 5 7)) OR A_OVERLAPS((POINT(2 1)), (b, 'x')) \
                    OR T_AFTER(INTERVAL(g(POINT(1 3)), '..'), d) OR c BETWEEN 1 AND 2";
        let mut expression = Expression::from_text(text).unwrap();
        expression.to_lon_lat(&Swapped).unwrap();
        assert_eq!(Expression::from_text(expected), Ok(expression));
    }

    #[test]
    fn a_box_becomes_a_ring_through_its_corners() {
        let mut expression = Expression::from_text("BBOX(100, 200, 300, 500)").unwrap();
        expression.to_lon_lat(&Swapped).unwrap();
        let Expression::Geometry(polygon) = &expression else { panic!("{expression}") };
        assert_eq!(polygon.fault(), None);
        let paths = polygon.paths();
        for corner in [[2.0, 1.0], [2.0, 3.0], [5.0, 3.0], [5.0, 1.0]] {
            assert!(paths[0].contains(&Position { xy: corner, z: None }), "{corner:?}");
        }
    }
}
