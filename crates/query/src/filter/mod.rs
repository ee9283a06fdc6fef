//! Filters: CQL2 (OGC 21-065r2), written as text or as JSON.
//!
//! An [`Expression`] is a filter as a tree, whichever way it was written. A [`Filter`] is an expression that was held
//! against one layer: every property is one of its [`queryables`], and no text is compared with a number. What a filter
//! is true of, [`LayerView::filtered`](crate::LayerView::filtered) finds.
//!
//! # What the standard leaves open
//!
//! * Logic has three values. A comparison with what is unknown is unknown, and so is arithmetic without a result, such
//!   as a division by zero; a row is found if the filter is true of it.
//! * Texts are compared by their characters' numbers, numbers exactly, and false is less than true.
//! * A literal text beside a date is read as one: a year, a month, a day, or a timestamp. Dates are as long as they are
//!   precise: `2005` is before 2006 and after 2004, and neither before, nor after, nor equal to a day of 2005, so that
//!   `<=` and `>=` hold. A date beside a timestamp is that day in UTC. A text in a field of dates that says no date is
//!   an unknown date.
//! * BETWEEN takes whatever can be compared, and a boolean property is a condition by itself.
//! * `CASEI` is full case folding; `ACCENTI` takes accents off and leaves syllables of Hangul whole.
//! * Spatial relations are those of the plane of longitude and latitude, on coordinates rounded as the features' are.
//!   Distances, lengths and areas of the [`FUNCTIONS`] are metres on the ellipsoid.
//! * An array in which one member is unknown is unknown. Alone in brackets, one value is an array where an array is
//!   wanted: an operand of an array relation, or a member of another array.

mod check;
mod error;
mod expression;
mod figure;
mod fold;
mod functions;
mod geometry;
mod instant;
mod json;
mod kind;
mod limits;
mod number;
mod operators;
mod pattern;
mod plan;
mod queryables;
mod run;
mod text;
mod time;
mod transform;

pub use error::{FilterError, Place};
pub use expression::{Expression, IntervalEnd};
pub use functions::{Argument, FUNCTIONS, Function};
pub use geometry::{Bbox, Geometry, Position};
pub use instant::Instant;
pub use kind::Kind;
pub use limits::{MAX_DEPTH, MAX_LENGTH, MAX_PARTS, MAX_VERTICES};
pub use number::Number;
pub use operators::{
    Arithmetic, ArrayRelation, Comparison, Folding, SpatialRelation, TemporalRelation,
};
pub use queryables::{FACILITY_KEY, GEOMETRY, LAYER, Queryable, queryables};

use crate::disk::Disk;
use crate::region::{BoxRegion, Region};
use figure::Figure;
use plan::Test;
use siseol_model::Layer;

/// A filter that can be answered: an expression that was held against one layer.
#[derive(Debug)]
pub struct Filter {
    /// What has to be true of a row, besides touching the regions.
    rest: Test,
    narrowings: Vec<Narrowing>,
    figures: Vec<Figure>,
    disks: Vec<Disk>,
    /// How many tests are made by text.
    slots: usize,
}

/// A region that each row has to touch.
#[derive(Debug, Clone, Copy)]
enum Narrowing {
    /// A figure.
    Figure(usize),
    /// The box around a figure.
    Bounds(usize),
    /// A disk.
    Disk(usize),
}

impl Filter {
    /// Holds an expression, whose coordinates are longitude and latitude, against a layer.
    pub fn new(expression: &Expression, layer: &Layer) -> Result<Self, FilterError> {
        let mut checker = check::Checker::new(layer);
        let (narrowings, rest) = narrowed(checker.test(expression)?);
        let check::Checker { figures, disks, slots, .. } = checker;
        Ok(Self { rest, narrowings, figures, disks, slots })
    }

    /// The regions that a row has to touch, and what a look at one of its vertices costs.
    fn regions(&self) -> impl Iterator<Item = (Box<dyn Region + '_>, usize)> {
        self.narrowings.iter().map(|narrowing| -> (Box<dyn Region + '_>, usize) {
            match *narrowing {
                Narrowing::Figure(at) => (Box::new(&self.figures[at]), self.figures[at].vertices()),
                Narrowing::Bounds(at) => (Box::new(BoxRegion::new(self.figures[at].bounds())), 1),
                Narrowing::Disk(at) => (Box::new(&self.disks[at]), 1),
            }
        })
    }
}

impl Expression {
    /// Reads CQL2 text.
    pub fn from_text(text: &str) -> Result<Self, FilterError> {
        text::read(text)
    }

    /// Reads CQL2 JSON.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, FilterError> {
        json::read(json)
    }

    /// Writes CQL2 JSON. Its text is what [`Display`](std::fmt::Display) writes.
    pub fn to_json(&self) -> serde_json::Value {
        json::write(self)
    }
}

impl std::fmt::Display for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text::write(self, f)
    }
}

/// The regions that a row has to touch if a test is true of it, and what is left to test then.
fn narrowed(test: Test) -> (Vec<Narrowing>, Test) {
    let mut narrowings = Vec::new();
    let mut rest = Vec::new();
    let mut open = vec![test];
    while let Some(test) = open.pop() {
        match test {
            Test::All(tests) => open.extend(tests.into_iter().rev()),
            Test::Near(at) => narrowings.push(Narrowing::Disk(at)),
            Test::Spatial(SpatialRelation::Intersects, at) => {
                narrowings.push(Narrowing::Figure(at));
            }
            Test::Spatial(SpatialRelation::Disjoint, _) => rest.push(test),
            Test::Spatial(_, at) => {
                narrowings.push(Narrowing::Bounds(at));
                rest.push(test);
            }
            other => rest.push(other),
        }
    }
    let rest = match rest.len() {
        0 => Test::Known(Some(true)),
        1 => rest.remove(0),
        _ => Test::All(rest),
    };
    (narrowings, rest)
}
