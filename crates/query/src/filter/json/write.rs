//! From a tree to JSON.

use crate::filter::expression::{Expression, IntervalEnd};
use crate::filter::geometry::{Geometry, Position};
use crate::filter::instant::Instant;
use crate::filter::number::Number;
use serde_json::{Map, Value};

/// Writes an expression such that reading it gives the same one.
pub(in crate::filter) fn write(expression: &Expression) -> Value {
    match expression {
        Expression::Property(name) => member("property", name.as_str()),
        Expression::Text(text) => text.as_str().into(),
        Expression::Number(Number::Integer(value)) => (*value).into(),
        Expression::Number(Number::Float(value)) => (*value).into(),
        Expression::Boolean(value) => (*value).into(),
        Expression::Instant(instant @ Instant::Date(_)) => member("date", instant.to_string()),
        Expression::Instant(instant) => member("timestamp", instant.to_string()),
        Expression::Interval(ends) => {
            member("interval", ends.iter().map(interval_end).collect::<Vec<_>>())
        }
        Expression::Geometry(value) => geometry(value),
        Expression::Bbox(bbox) => {
            member("bbox", bbox.numbers().into_iter().map(coordinate).collect::<Vec<_>>())
        }
        Expression::Array(members) => array(members),
        Expression::And(operands) => operation("and", array(operands)),
        Expression::Or(operands) => operation("or", array(operands)),
        Expression::Not(operand) => operation("not", array([&**operand])),
        Expression::Compare(comparison, operands) => {
            operation(comparison.name(), array(&**operands))
        }
        Expression::Like(operands) => operation("like", array(&**operands)),
        Expression::Between(operands) => operation("between", array(&**operands)),
        Expression::In(value, members) => {
            operation("in", vec![write(value), array(members)].into())
        }
        Expression::IsNull(operand) => operation("isNull", array([&**operand])),
        Expression::Fold(folding, operand) => operation(folding.name(), array([&**operand])),
        Expression::Arithmetic(operator, operands) => {
            operation(operator.name(), array(&**operands))
        }
        Expression::Spatial(relation, operands) => operation(relation.name(), array(&**operands)),
        Expression::Temporal(relation, operands) => operation(relation.name(), array(&**operands)),
        Expression::Arrays(relation, operands) => operation(relation.name(), array(&**operands)),
        Expression::Function(name, arguments) => operation(name, array(arguments)),
    }
}

fn member(name: &str, value: impl Into<Value>) -> Value {
    Map::from_iter([(name.to_owned(), value.into())]).into()
}

fn operation(op: &str, args: Value) -> Value {
    Map::from_iter([("op".to_owned(), op.into()), ("args".to_owned(), args)]).into()
}

fn array<'e>(members: impl IntoIterator<Item = &'e Expression>) -> Value {
    members.into_iter().map(write).collect()
}

fn interval_end(end: &IntervalEnd) -> Value {
    match end {
        IntervalEnd::Open => "..".into(),
        IntervalEnd::Instant(instant) => instant.to_string().into(),
        IntervalEnd::Property(name) => member("property", name.as_str()),
        IntervalEnd::Function(name, arguments) => operation(name, array(arguments)),
    }
}

fn geometry(value: &Geometry) -> Value {
    let (name, inner): (_, Value) = match value {
        Geometry::Point(at) => ("coordinates", position(at)),
        Geometry::LineString(path) | Geometry::MultiPoint(path) => ("coordinates", line(path)),
        Geometry::Polygon(rings) | Geometry::MultiLineString(rings) => {
            ("coordinates", lines(rings))
        }
        Geometry::MultiPolygon(polygons) => {
            ("coordinates", polygons.iter().map(|rings| lines(rings)).collect())
        }
        Geometry::GeometryCollection(members) => {
            ("geometries", members.iter().map(geometry).collect())
        }
    };
    Map::from_iter([("type".to_owned(), value.name().into()), (name.to_owned(), inner)]).into()
}

fn lines(paths: &[Vec<Position>]) -> Value {
    paths.iter().map(|path| line(path)).collect()
}

fn line(path: &[Position]) -> Value {
    path.iter().map(position).collect()
}

fn position(at: &Position) -> Value {
    at.xy.into_iter().chain(at.z).map(coordinate).collect()
}

/// A coordinate, without a fraction where it has none.
#[expect(clippy::cast_possible_truncation, reason = "below 2^53 and without a fraction")]
fn coordinate(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT { (value as i64).into() } else { value.into() }
}
