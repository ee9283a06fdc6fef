//! A filter as a tree.

use super::geometry::{Bbox, Geometry};
use super::instant::Instant;
use super::number::Number;
use super::operators::{
    Arithmetic, ArrayRelation, Comparison, Folding, SpatialRelation, TemporalRelation,
};

/// A CQL2 expression: one tree, whether it was written as text or as JSON.
///
/// Nothing of it has been held against a layer: that is done by [`Filter::new`](super::Filter::new).
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// The value of a property.
    Property(String),
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
    /// True or false.
    Boolean(bool),
    /// A date or a timestamp.
    Instant(Instant),
    /// The time from a beginning to an end, both included.
    Interval(Box<[IntervalEnd; 2]>),
    /// A geometry.
    Geometry(Geometry),
    /// A box.
    Bbox(Bbox),
    /// An array.
    Array(Vec<Self>),
    /// All are true.
    And(Vec<Self>),
    /// One is true.
    Or(Vec<Self>),
    /// Not true.
    Not(Box<Self>),
    /// A comparison.
    Compare(Comparison, Box<[Self; 2]>),
    /// A text is like a pattern: `%` stands for any characters, `_` for one, `\` takes either at its word.
    Like(Box<[Self; 2]>),
    /// The first lies between the others, ends included.
    Between(Box<[Self; 3]>),
    /// A value is one of a list.
    In(Box<Self>, Vec<Self>),
    /// A value is unknown.
    IsNull(Box<Self>),
    /// A text for a comparison that does not look at case, or at accents.
    Fold(Folding, Box<Self>),
    /// A number made of two.
    Arithmetic(Arithmetic, Box<[Self; 2]>),
    /// How two geometries lie to each other.
    Spatial(SpatialRelation, Box<[Self; 2]>),
    /// How two times lie to each other.
    Temporal(TemporalRelation, Box<[Self; 2]>),
    /// How two arrays lie to each other.
    Arrays(ArrayRelation, Box<[Self; 2]>),
    /// The value of a function.
    Function(String, Vec<Self>),
}

/// Where an interval begins or ends.
#[derive(Debug, Clone, PartialEq)]
pub enum IntervalEnd {
    /// Nowhere: `..`.
    Open,
    /// At an instant.
    Instant(Instant),
    /// At the value of a property.
    Property(String),
    /// At the value of a function.
    Function(String, Vec<Expression>),
}
