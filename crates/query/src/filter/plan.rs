//! A filter that was held against a layer: every name is a field, every value has its kind.
//!
//! What a test or a value is for a row is said in [`run`](super::run). No part of a plan is there twice, so that a plan
//! is as large as its filter, and a row costs as much: tests and values cannot be cloned.

use super::number::Number;
use super::operators::{
    Arithmetic, ArrayRelation, Comparison, Folding, SpatialRelation, TemporalRelation,
};
use super::pattern::Pattern;
use super::time::{Extent, Span};
use std::collections::BTreeSet;

/// What is true, false or unknown of a row.
#[derive(Debug)]
pub(super) enum Test {
    /// Of all rows the same.
    Known(Option<bool>),
    /// What a field of booleans says.
    Field(usize),
    /// All are true.
    All(Vec<Self>),
    /// One is true.
    Any(Vec<Self>),
    /// Not true.
    Not(Box<Self>),
    /// A field holds nothing.
    Missing(usize),
    /// The row has no facility key.
    NoKey,
    /// The row has no geometry.
    NoShape,
    /// A value is unknown.
    Unknown(Box<Operand>),
    /// A comparison of booleans, of which false is the lesser.
    Booleans(Comparison, Box<[Self; 2]>),
    /// A comparison of numbers.
    Numbers(Comparison, NumberOf, NumberOf),
    /// A comparison of texts, by their characters.
    Texts(Comparison, TextOf, TextOf),
    /// A comparison of instants.
    Instants(Comparison, InstantOf, InstantOf),
    /// The first of three values is at least the second and at most the third; unknown if one of them is.
    Between(Box<[Operand; 3]>),
    /// A value is one of these.
    In(Box<Operand>, Vec<Operand>),
    /// A number is one of these, which ascend.
    NumberIn(NumberOf, Vec<Number>),
    /// A text is one of these.
    TextIn(TextOf, BTreeSet<String>),
    /// A text is of a pattern.
    Like(TextOf, Pattern),
    /// How the row's geometry lies to a figure, by its place in the filter.
    Spatial(SpatialRelation, usize),
    /// How the row's geometry lies to itself.
    SpatialSelf(bool),
    /// The row's geometry is within a disk, by its place in the filter.
    Near(usize),
    /// How two times lie to each other.
    Temporal(TemporalRelation, SpanOf, SpanOf),
    /// How two arrays lie to each other.
    Arrays(ArrayRelation, Vec<Operand>, Vec<Operand>),
    /// A test that reads one field of texts and nothing else, so that it is made once for each distinct text.
    ByText {
        /// The field.
        field: usize,
        /// Which of such tests of the filter.
        slot: usize,
        /// The test.
        test: Box<Self>,
    },
}

/// A value of any kind.
#[derive(Debug)]
pub(super) enum Operand {
    Boolean(Test),
    Number(NumberOf),
    Text(TextOf),
    Instant(InstantOf),
    Interval(SpanOf),
    Geometry(GeometryOf),
    Array(Vec<Self>),
}

/// A number of a row.
#[derive(Debug)]
pub(super) enum NumberOf {
    /// Of all rows the same; none if unknown.
    Constant(Option<Number>),
    /// What a field of numbers holds.
    Field(usize),
    /// The length or area of the row's geometry, in metres or square metres.
    Measure,
    /// Two numbers as one.
    Combined(Arithmetic, Box<[Self; 2]>),
}

/// A text of a row.
#[derive(Debug)]
pub(super) enum TextOf {
    /// Of all rows the same.
    Constant(Box<str>),
    /// What a field of texts holds.
    Field(usize),
    /// The facility key.
    Key,
    /// A text without its case or accents.
    Folded(Folding, Box<Self>),
}

/// An instant of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum InstantOf {
    /// Of all rows the same.
    Constant(Extent),
    /// What a field of dates, or of dates as text, holds.
    Field(usize),
}

/// An interval of a row; an instant is one that begins and ends with it.
#[derive(Debug, Clone, Copy)]
pub(super) enum SpanOf {
    /// Of all rows the same; none if it ends before it begins.
    Constant(Option<Span>),
    /// From one instant to another.
    Between(InstantOf, InstantOf),
}

/// A geometry of a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum GeometryOf {
    /// A literal, by its place in the filter.
    Figure(usize),
    /// The row's own.
    Property,
}
