//! From a tree to text.

use super::lexer::{CONTROLS, begins_name, continues_name};
use crate::filter::expression::{Expression, IntervalEnd};
use crate::filter::geometry::{Geometry, Position};
use crate::filter::operators::Arithmetic;
use std::fmt::{Formatter, Result, Write as _};

/// How strongly an operator binds, from the weakest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Or,
    And,
    Not,
    Predicate,
    Sum,
    Term,
    Power,
    Primary,
}

/// Writes an expression such that reading it gives the same one. Brackets stand where they have to.
pub(in crate::filter) fn write(expression: &Expression, f: &mut Formatter<'_>) -> Result {
    match expression {
        Expression::Property(name) => property(name, f),
        Expression::Text(value) => text(value, f),
        Expression::Number(number) => write!(f, "{number}"),
        Expression::Boolean(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
        Expression::Instant(instant @ crate::filter::instant::Instant::Date(_)) => {
            write!(f, "DATE('{instant}')")
        }
        Expression::Instant(instant) => write!(f, "TIMESTAMP('{instant}')"),
        Expression::Interval(ends) => {
            f.write_str("INTERVAL(")?;
            interval_end(&ends[0], f)?;
            f.write_str(", ")?;
            interval_end(&ends[1], f)?;
            f.write_char(')')
        }
        Expression::Geometry(geometry) => wkt(geometry, f),
        Expression::Bbox(bbox) => {
            f.write_str("BBOX")?;
            list(bbox.numbers(), f, |number, f| write!(f, "{number}"))
        }
        Expression::Array(members) => list(members, f, write),
        Expression::And(operands) => joined(operands, " AND ", Rank::Not, f),
        Expression::Or(operands) => joined(operands, " OR ", Rank::And, f),
        Expression::Not(operand) => {
            f.write_str("NOT ")?;
            bound(operand, Rank::Not, f)
        }
        Expression::Compare(comparison, operands) => {
            infix(comparison.name(), [Rank::Sum; 2], operands, f)
        }
        Expression::Like(operands) => infix("LIKE", [Rank::Sum; 2], operands, f),
        Expression::Between(operands) => {
            let [value, low, high] = &**operands;
            bound(value, Rank::Sum, f)?;
            f.write_str(" BETWEEN ")?;
            bound(low, Rank::Sum, f)?;
            f.write_str(" AND ")?;
            bound(high, Rank::Sum, f)
        }
        Expression::In(value, members) => {
            bound(value, Rank::Sum, f)?;
            f.write_str(" IN ")?;
            list(members, f, |member, f| bound(member, Rank::Sum, f))
        }
        Expression::IsNull(operand) => {
            bound(operand, Rank::Sum, f)?;
            f.write_str(" IS NULL")
        }
        Expression::Fold(folding, operand) => {
            write!(f, "{}(", folding.name().to_ascii_uppercase())?;
            write(operand, f)?;
            f.write_char(')')
        }
        Expression::Arithmetic(operator, operands) => {
            let ranks = match operator {
                Arithmetic::Add | Arithmetic::Subtract => [Rank::Sum, Rank::Term],
                Arithmetic::Power => [Rank::Primary; 2],
                _ => [Rank::Term, Rank::Power],
            };
            infix(operator.name(), ranks, operands, f)
        }
        Expression::Spatial(relation, pair) => call(relation.name(), &**pair, f),
        Expression::Temporal(relation, pair) => call(relation.name(), &**pair, f),
        Expression::Arrays(relation, pair) => call(relation.name(), &**pair, f),
        Expression::Function(name, arguments) => {
            f.write_str(name)?;
            list(arguments, f, write)
        }
    }
}

const fn rank(expression: &Expression) -> Rank {
    match expression {
        Expression::Or(_) => Rank::Or,
        Expression::And(_) => Rank::And,
        Expression::Not(_) => Rank::Not,
        Expression::Compare(..)
        | Expression::Like(_)
        | Expression::Between(_)
        | Expression::In(..)
        | Expression::IsNull(_) => Rank::Predicate,
        Expression::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, _) => Rank::Sum,
        Expression::Arithmetic(Arithmetic::Power, _) => Rank::Power,
        Expression::Arithmetic(..) => Rank::Term,
        _ => Rank::Primary,
    }
}

/// An operand, in brackets if it binds less than it has to.
fn bound(operand: &Expression, at_least: Rank, f: &mut Formatter<'_>) -> Result {
    if rank(operand) >= at_least {
        return write(operand, f);
    }
    f.write_char('(')?;
    write(operand, f)?;
    f.write_char(')')
}

fn infix(
    operator: &str,
    ranks: [Rank; 2],
    operands: &[Expression; 2],
    f: &mut Formatter<'_>,
) -> Result {
    bound(&operands[0], ranks[0], f)?;
    write!(f, " {operator} ")?;
    bound(&operands[1], ranks[1], f)
}

fn joined(operands: &[Expression], keyword: &str, rank: Rank, f: &mut Formatter<'_>) -> Result {
    for (i, operand) in operands.iter().enumerate() {
        if i > 0 {
            f.write_str(keyword)?;
        }
        bound(operand, rank, f)?;
    }
    Ok(())
}

fn call(name: &str, arguments: &[Expression], f: &mut Formatter<'_>) -> Result {
    f.write_str(&name.to_ascii_uppercase())?;
    list(arguments, f, write)
}

fn list<T>(
    items: impl IntoIterator<Item = T>,
    f: &mut Formatter<'_>,
    write: impl Fn(T, &mut Formatter<'_>) -> Result,
) -> Result {
    f.write_char('(')?;
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write(item, f)?;
    }
    f.write_char(')')
}

/// A name, in double quotes unless it can only be a property without them.
fn property(name: &str, f: &mut Formatter<'_>) -> Result {
    let mut chars = name.chars();
    let is_name = chars.next().is_some_and(begins_name) && chars.all(continues_name);
    let is_reserved = super::RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word));
    if is_name && !is_reserved {
        return f.write_str(name);
    }
    write!(f, "\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &str, f: &mut Formatter<'_>) -> Result {
    f.write_char('\'')?;
    for c in value.chars() {
        match CONTROLS.iter().find(|(_, control)| *control == c) {
            Some((letter, _)) => write!(f, "\\{letter}")?,
            None if c == '\'' => f.write_str("''")?,
            None if c == '\\' => f.write_str("\\\\")?,
            None => f.write_char(c)?,
        }
    }
    f.write_char('\'')
}

fn interval_end(end: &IntervalEnd, f: &mut Formatter<'_>) -> Result {
    match end {
        IntervalEnd::Open => f.write_str("'..'"),
        IntervalEnd::Instant(instant) => write!(f, "'{instant}'"),
        IntervalEnd::Property(name) => property(name, f),
        IntervalEnd::Function(name, arguments) => {
            f.write_str(name)?;
            list(arguments, f, write)
        }
    }
}

fn wkt(geometry: &Geometry, f: &mut Formatter<'_>) -> Result {
    f.write_str(&geometry.name().to_ascii_uppercase())?;
    let first = geometry.paths().first().and_then(|path| path.first().copied());
    if first.is_some_and(|position| position.z.is_some()) {
        f.write_str(" Z ")?;
    }
    match geometry {
        Geometry::Point(position) => point(position, f),
        Geometry::LineString(path) => list(path, f, position),
        Geometry::MultiPoint(points) => list(points, f, point),
        Geometry::Polygon(rings) | Geometry::MultiLineString(rings) => paths(rings, f),
        Geometry::MultiPolygon(polygons) => list(polygons, f, |rings, f| paths(rings, f)),
        Geometry::GeometryCollection(members) => list(members, f, wkt),
    }
}

fn paths(paths: &[Vec<Position>], f: &mut Formatter<'_>) -> Result {
    list(paths, f, |path, f| list(path, f, position))
}

fn point(at: &Position, f: &mut Formatter<'_>) -> Result {
    f.write_char('(')?;
    position(at, f)?;
    f.write_char(')')
}

fn position(at: &Position, f: &mut Formatter<'_>) -> Result {
    write!(f, "{} {}", at.xy[0], at.xy[1])?;
    at.z.map_or(Ok(()), |z| write!(f, " {z}"))
}
