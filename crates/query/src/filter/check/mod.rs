//! From a tree to a plan: names become fields, and every value has to have the kind that is wanted of it.

mod comparison;
mod constant;
mod function;
mod operand;
mod relation;

use super::error::{FilterError, Place};
use super::expression::{Expression, IntervalEnd};
use super::figure::Figure;
use super::kind::Kind;
use super::plan::{Operand, Test};
use super::queryables::{Queryable, queryables};
use crate::disk::Disk;
use siseol_model::{FieldKind, Layer};
use std::collections::BTreeSet;

type Result<T> = std::result::Result<T, FilterError>;

/// Holds a tree against one layer.
pub(super) struct Checker<'l> {
    layer: &'l Layer,
    queryables: Vec<Queryable<'l>>,
    pub(super) figures: Vec<Figure>,
    pub(super) disks: Vec<Disk>,
    /// How many tests are made by text.
    pub(super) slots: usize,
    /// Whether what is read now lies in a test that is made by text.
    by_text: bool,
}

impl<'l> Checker<'l> {
    pub(super) fn new(layer: &'l Layer) -> Self {
        let (figures, disks) = (Vec::new(), Vec::new());
        Self { layer, queryables: queryables(layer), figures, disks, slots: 0, by_text: false }
    }

    /// The test that an expression is.
    pub(super) fn test(&mut self, expression: &Expression) -> Result<Test> {
        if !self.by_text
            && let Some(field) = self.only_text(expression)
        {
            self.by_text = true;
            let test = self.plain_test(expression);
            self.by_text = false;
            let slot = self.slots;
            self.slots += 1;
            return Ok(Test::ByText { field, slot, test: Box::new(test?) });
        }
        self.plain_test(expression)
    }

    fn plain_test(&mut self, expression: &Expression) -> Result<Test> {
        match expression {
            Expression::And(operands) => self.tests(operands).map(Test::All),
            Expression::Or(operands) => self.tests(operands).map(Test::Any),
            Expression::Not(operand) => Ok(Test::Not(Box::new(self.test(operand)?))),
            Expression::Compare(comparison, operands) => self.comparison(*comparison, operands),
            Expression::Like(operands) => self.like(operands),
            Expression::Between(operands) => self.between(operands),
            Expression::In(value, members) => self.is_in(value, members),
            Expression::IsNull(operand) => self.is_null(operand),
            Expression::Spatial(relation, operands) => self.spatial(*relation, operands),
            Expression::Temporal(relation, operands) => self.temporal(*relation, operands),
            Expression::Arrays(relation, operands) => self.arrays(*relation, operands),
            _ => match self.operand(expression)? {
                Operand::Boolean(test) => Ok(test),
                other => Err(unwanted(expression, "a condition", kind(&other))),
            },
        }
    }

    fn tests(&mut self, operands: &[Expression]) -> Result<Vec<Test>> {
        operands.iter().map(|operand| self.test(operand)).collect()
    }

    fn queryable(&self, name: &str) -> Result<Queryable<'l>> {
        let found = self.queryables.iter().find(|queryable| queryable.name == name);
        found.copied().ok_or_else(|| FilterError::UnknownProperty {
            name: name.to_owned(),
            known: self.queryables.iter().map(|queryable| queryable.name.to_owned()).collect(),
        })
    }

    /// The field of texts that is all that an expression reads of a row.
    fn only_text(&self, expression: &Expression) -> Option<usize> {
        let mut names = BTreeSet::new();
        collect_names(expression, &mut names);
        let (only, None) = (names.pop_first()?, names.pop_first()) else { return None };
        let field = self.queryable(only).ok()?.field?;
        (self.layer.fields.get(field)?.kind == FieldKind::Text).then_some(field)
    }
}

/// Adds the names of the properties that an expression reads.
fn collect_names<'e>(expression: &'e Expression, names: &mut BTreeSet<&'e str>) {
    match expression {
        Expression::Property(name) => {
            names.insert(name);
        }
        Expression::Interval(ends) => {
            for end in ends.iter() {
                match end {
                    IntervalEnd::Property(name) => {
                        names.insert(name);
                    }
                    IntervalEnd::Function(_, arguments) => {
                        collect_all(arguments, names);
                    }
                    IntervalEnd::Open | IntervalEnd::Instant(_) => {}
                }
            }
        }
        Expression::Array(list)
        | Expression::And(list)
        | Expression::Or(list)
        | Expression::Function(_, list) => collect_all(list, names),
        Expression::Not(operand) | Expression::IsNull(operand) | Expression::Fold(_, operand) => {
            collect_names(operand, names);
        }
        Expression::Compare(_, pair)
        | Expression::Like(pair)
        | Expression::Arithmetic(_, pair)
        | Expression::Spatial(_, pair)
        | Expression::Temporal(_, pair)
        | Expression::Arrays(_, pair) => collect_all(&**pair, names),
        Expression::Between(operands) => collect_all(&**operands, names),
        Expression::In(value, members) => {
            collect_names(value, names);
            collect_all(members, names);
        }
        Expression::Text(_)
        | Expression::Number(_)
        | Expression::Boolean(_)
        | Expression::Instant(_)
        | Expression::Geometry(_)
        | Expression::Bbox(_) => {}
    }
}

fn collect_all<'e>(expressions: &'e [Expression], names: &mut BTreeSet<&'e str>) {
    for expression in expressions {
        collect_names(expression, names);
    }
}

/// The kind of a value.
fn kind(operand: &Operand) -> Kind {
    match operand {
        Operand::Boolean(_) => Kind::Boolean,
        Operand::Number(_) => Kind::Number,
        Operand::Text(_) => Kind::Text,
        Operand::Instant(_) => Kind::Instant,
        Operand::Interval(_) => Kind::Interval,
        Operand::Geometry(_) => Kind::Geometry,
        Operand::Array(_) => Kind::Array,
    }
}

/// The error that an expression is of another kind than it should be.
fn unwanted(expression: &Expression, expected: &str, found: Kind) -> FilterError {
    FilterError::Kind { place: part(expression), expected: expected.to_owned(), found }
}

/// The error that a literal means nothing.
fn meaningless(expression: &Expression, reason: &(impl ToString + ?Sized)) -> FilterError {
    FilterError::Literal { place: part(expression), reason: reason.to_string() }
}

/// An expression as a place, cut to what a person reads.
fn part(expression: &Expression) -> Place {
    const SHOWN: usize = 80;
    let text = expression.to_string();
    let short: String = text.chars().take(SHOWN).collect();
    Place::Part(if short.len() < text.len() { short + " .." } else { text })
}
