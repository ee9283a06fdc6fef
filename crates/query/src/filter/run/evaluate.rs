//! What a test or a value is for a row.

use super::Run;
use super::row::Row;
use crate::filter::figure::to_geo;
use crate::filter::fold::fold;
use crate::filter::number::Number;
use crate::filter::operators::{ArrayRelation, Comparison};
use crate::filter::plan::{GeometryOf, InstantOf, NumberOf, Operand, SpanOf, Test, TextOf};
use crate::filter::time::{Extent, Span};
use crate::region::Region as _;
use geo::Relate as _;
use std::borrow::Cow;
use std::cmp::Ordering;

impl Comparison {
    fn of(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::Greater => ordering.is_gt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Test {
    /// Whether it is true of a row; none if that is unknown.
    pub(super) fn of(&self, row: Row<'_>, run: &Run<'_>) -> Option<bool> {
        match self {
            Self::Known(value) => *value,
            Self::Field(field) => row.boolean(*field),
            Self::All(tests) => {
                run.spend(tests.len());
                decide(tests.iter().map(|test| test.of(row, run)), false)
            }
            Self::Any(tests) => {
                run.spend(tests.len());
                decide(tests.iter().map(|test| test.of(row, run)), true)
            }
            Self::Not(test) => test.of(row, run).map(|value| !value),
            Self::Missing(field) => Some(row.is_missing(*field)),
            Self::NoKey => Some(row.key().is_none()),
            Self::NoShape => Some(row.shape().is_none()),
            Self::Unknown(operand) => Some(operand.of(row, run).is_none()),
            Self::Booleans(comparison, tests) => {
                let [left, right] = &**tests;
                Some(comparison.of(left.of(row, run)?.cmp(&right.of(row, run)?)))
            }
            Self::Numbers(comparison, left, right) => {
                Some(comparison.of(left.of(row)?.compare(right.of(row)?)))
            }
            Self::Texts(comparison, left, right) => {
                Some(comparison.of(left.of(row)?.cmp(&right.of(row)?)))
            }
            Self::Instants(comparison, left, right) => {
                Some(left.of(row)?.compare(*comparison, right.of(row)?))
            }
            Self::Between(operands) => {
                let [value, low, high] = &**operands;
                let (value, low, high) =
                    (value.of(row, run)?, low.of(row, run)?, high.of(row, run)?);
                Some(
                    value.compares(Comparison::GreaterOrEqual, &low)
                        && value.compares(Comparison::LessOrEqual, &high),
                )
            }
            Self::In(value, members) => {
                run.spend(members.len());
                let value = value.of(row, run)?;
                let equal = |member: &Operand| Some(member.of(row, run)? == value);
                decide(members.iter().map(equal), true)
            }
            Self::NumberIn(number, known) => {
                let number = number.of(row)?;
                Some(known.binary_search_by(|one| one.compare(number)).is_ok())
            }
            Self::TextIn(text, known) => Some(known.contains(&*text.of(row)?)),
            Self::Like(text, pattern) => Some(pattern.matches(&text.of(row)?)),
            Self::Spatial(relation, at) => {
                let shape = row.shape()?;
                let figure = run.figure(*at);
                run.spend(shape.coords.len().saturating_mul(figure.vertices()));
                Some(figure.relates_to(shape, &row.bounds(), *relation, || run.prepared(*at)))
            }
            Self::SpatialSelf(holds) => row.shape().map(|_| *holds),
            Self::Near(at) => {
                let (disk, shape) = (run.disk(*at), row.shape()?);
                Some(disk.may_touch(&row.bounds()) && disk.touches(shape))
            }
            Self::Temporal(relation, first, second) => {
                Some(first.of(row)?.holds(*relation, second.of(row)?))
            }
            Self::Arrays(relation, first, second) => {
                run.spend(size(first, row, run).saturating_mul(size(second, row, run)));
                Some(holds(*relation, &set(first, row, run)?, &set(second, row, run)?))
            }
            Self::ByText { field, slot, test } => run.by_text(*slot, row, *field, test),
        }
    }
}

/// Whether one of the tests is `wanted`; if none is, it is unknown if one is unknown.
fn decide(tests: impl Iterator<Item = Option<bool>>, wanted: bool) -> Option<bool> {
    let mut decided = Some(!wanted);
    for test in tests {
        match test {
            Some(value) if value == wanted => return Some(wanted),
            Some(_) => {}
            None => decided = None,
        }
    }
    decided
}

impl NumberOf {
    fn of(&self, row: Row<'_>) -> Option<Number> {
        match self {
            Self::Constant(number) => *number,
            Self::Field(field) => row.number(*field),
            Self::Measure => row.measure().map(Number::Float),
            Self::Combined(operator, pair) => {
                let [left, right] = &**pair;
                left.of(row)?.combine(*operator, right.of(row)?)
            }
        }
    }
}

impl TextOf {
    fn of<'r>(&'r self, row: Row<'r>) -> Option<Cow<'r, str>> {
        match self {
            Self::Constant(text) => Some(Cow::Borrowed(text)),
            Self::Field(field) => row.text(*field).map(Cow::Borrowed),
            Self::Key => row.key().map(Cow::Borrowed),
            Self::Folded(folding, text) => Some(Cow::Owned(fold(*folding, &text.of(row)?))),
        }
    }
}

impl InstantOf {
    fn of(self, row: Row<'_>) -> Option<Extent> {
        match self {
            Self::Constant(extent) => Some(extent),
            Self::Field(field) => row.instant(field),
        }
    }
}

impl SpanOf {
    fn of(self, row: Row<'_>) -> Option<Span> {
        match self {
            Self::Constant(span) => span,
            Self::Between(begin, end) => Span::new(begin.of(row)?, end.of(row)?),
        }
    }
}

impl Operand {
    /// What it is for a row; none if that is unknown.
    fn of<'r>(&'r self, row: Row<'r>, run: &'r Run<'_>) -> Option<Held<'r>> {
        Some(match self {
            Self::Boolean(test) => Held::Boolean(test.of(row, run)?),
            Self::Number(number) => Held::Number(number.of(row)?),
            Self::Text(text) => Held::Text(text.of(row)?),
            Self::Instant(instant) => Held::Instant(instant.of(row)?),
            Self::Interval(span) => Held::Interval(span.of(row)?),
            Self::Geometry(GeometryOf::Property) => {
                Held::Geometry(Cow::Owned(to_geo(row.shape()?)))
            }
            Self::Geometry(GeometryOf::Figure(at)) => {
                Held::Geometry(Cow::Borrowed(run.figure(*at).geometry()))
            }
            Self::Array(members) => Held::Array(set(members, row, run)?),
        })
    }
}

/// The members of an array; none if one of them is unknown.
fn set<'r>(members: &'r [Operand], row: Row<'r>, run: &'r Run<'_>) -> Option<Vec<Held<'r>>> {
    members.iter().map(|member| member.of(row, run)).collect()
}

/// How many values there are in an array to compare: members of its members, too, and vertices.
fn size(members: &[Operand], row: Row<'_>, run: &Run<'_>) -> usize {
    let of = |member: &Operand| match member {
        Operand::Array(members) => 1 + size(members, row, run),
        Operand::Geometry(GeometryOf::Figure(at)) => run.figure(*at).vertices(),
        Operand::Geometry(GeometryOf::Property) => row.shape().map_or(1, |s| s.coords.len()),
        _ => 1,
    };
    members.iter().map(of).sum()
}

/// What a value is for one row.
enum Held<'r> {
    Boolean(bool),
    Number(Number),
    Text(Cow<'r, str>),
    Instant(Extent),
    Interval(Span),
    Geometry(Cow<'r, geo::Geometry>),
    Array(Vec<Self>),
}

impl Held<'_> {
    /// Whether a comparison of two scalars of one kind holds.
    fn compares(&self, comparison: Comparison, other: &Self) -> bool {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => comparison.of(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => comparison.of(a.compare(*b)),
            (Self::Text(a), Self::Text(b)) => comparison.of(a.cmp(b)),
            (Self::Instant(a), Self::Instant(b)) => a.compare(comparison, *b),
            _ => false,
        }
    }
}

impl PartialEq for Held<'_> {
    /// Values of one kind; arrays as sets, geometries as sets of points.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a.compare(*b).is_eq(),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Instant(a), Self::Instant(b)) => a == b,
            (Self::Interval(a), Self::Interval(b)) => a == b,
            (Self::Geometry(a), Self::Geometry(b)) => a.relate(&**b).is_equal_topo(),
            (Self::Array(a), Self::Array(b)) => are_equal(a, b),
            _ => false,
        }
    }
}

/// Whether two sets lie so to each other.
fn holds(relation: ArrayRelation, first: &[Held<'_>], second: &[Held<'_>]) -> bool {
    let contains = |all: &[Held<'_>], some: &[Held<'_>]| some.iter().all(|one| all.contains(one));
    match relation {
        ArrayRelation::ContainedBy => contains(second, first),
        ArrayRelation::Contains => contains(first, second),
        ArrayRelation::Equals => are_equal(first, second),
        ArrayRelation::Overlaps => first.iter().any(|one| second.contains(one)),
    }
}

/// Whether two sets are the same. Each pair of members is compared once and not once from either side, which would
/// double the work with every array within an array.
fn are_equal(first: &[Held<'_>], second: &[Held<'_>]) -> bool {
    let mut found = vec![false; second.len()];
    let is_found = |one: &Held<'_>| {
        let mut is_found = false;
        for (other, found) in second.iter().zip(&mut found) {
            let is_same = one == other;
            *found |= is_same;
            is_found |= is_same;
        }
        is_found
    };
    first.iter().all(is_found) && found.into_iter().all(|found| found)
}
