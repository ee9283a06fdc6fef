//! Comparisons of scalars.

use super::operand::{as_boolean, as_instant, as_number, as_text};
use super::{Checker, Result, kind, unwanted};
use crate::filter::expression::Expression;
use crate::filter::kind::Kind;
use crate::filter::number::Number;
use crate::filter::operators::Comparison;
use crate::filter::pattern::Pattern;
use crate::filter::plan::{GeometryOf, NumberOf, Operand, Test, TextOf};
use crate::filter::queryables::{FACILITY_KEY, LAYER};
use std::collections::BTreeSet;

/// An expression and the value that it is.
type Valued<'e> = (&'e Expression, Operand);

impl Checker<'_> {
    pub(super) fn comparison(
        &mut self,
        comparison: Comparison,
        pair: &[Expression; 2],
    ) -> Result<Test> {
        let left = (&pair[0], self.scalar(&pair[0])?);
        let right = (&pair[1], self.scalar(&pair[1])?);
        compare(comparison, left, right)
    }

    /// A value that can be compared.
    fn scalar(&mut self, expression: &Expression) -> Result<Operand> {
        let operand = self.operand(expression)?;
        match kind(&operand) {
            Kind::Boolean | Kind::Number | Kind::Text | Kind::Instant => Ok(operand),
            other => Err(unwanted(expression, "a boolean, number, text, date or timestamp", other)),
        }
    }

    pub(super) fn between(&mut self, operands: &[Expression; 3]) -> Result<Test> {
        let [value, low, high] = operands;
        let [of_value, of_low, of_high] =
            [self.scalar(value)?, self.scalar(low)?, self.scalar(high)?];
        let wanted = common_kind([&of_value, &of_low, &of_high]);
        Ok(Test::Between(Box::new([
            as_kind(wanted, (value, of_value))?,
            as_kind(wanted, (low, of_low))?,
            as_kind(wanted, (high, of_high))?,
        ])))
    }

    pub(super) fn is_in(&mut self, value: &Expression, members: &[Expression]) -> Result<Test> {
        let of_value = self.scalar(value)?;
        let scalars: Vec<Operand> =
            members.iter().map(|member| self.scalar(member)).collect::<Result<_>>()?;
        let numbers = constants(&scalars, constant_number);
        let texts = constants(&scalars, constant_text);
        match (of_value, numbers, texts) {
            (Operand::Number(number), Some(mut known), _) => {
                known.sort_by(|a, b| a.compare(*b));
                Ok(Test::NumberIn(number, known))
            }
            (Operand::Text(text), _, Some(known)) => {
                Ok(Test::TextIn(text, BTreeSet::from_iter(known)))
            }
            (of_value, ..) => {
                let wanted = common_kind(std::iter::once(&of_value).chain(&scalars));
                let of_value = as_kind(wanted, (value, of_value))?;
                let scalars = members.iter().zip(scalars);
                let scalars = scalars.map(|member| as_kind(wanted, member));
                Ok(Test::In(Box::new(of_value), scalars.collect::<Result<_>>()?))
            }
        }
    }

    pub(super) fn like(&mut self, pair: &[Expression; 2]) -> Result<Test> {
        let [value, pattern] = pair;
        let text = self.text(value)?;
        match self.text(pattern)? {
            TextOf::Constant(pattern) => Ok(Test::Like(text, Pattern::new(&pattern))),
            _ => Err(unwanted(pattern, "a pattern in single quotes", Kind::Text)),
        }
    }

    pub(super) fn is_null(&mut self, expression: &Expression) -> Result<Test> {
        if let Expression::Property(name) = expression {
            // What is stored counts, also where it is a text that says no date.
            let queryable = self.queryable(name)?;
            return Ok(match queryable.field {
                Some(field) => Test::Missing(field),
                None if name == LAYER => Test::Known(Some(false)),
                None if name == FACILITY_KEY => Test::NoKey,
                None => Test::NoShape,
            });
        }
        Ok(match self.operand(expression)? {
            Operand::Geometry(GeometryOf::Figure(_)) | Operand::Array(_) => {
                Test::Known(Some(false))
            }
            Operand::Geometry(GeometryOf::Property) => Test::NoShape,
            operand => Test::Unknown(Box::new(operand)),
        })
    }
}

/// The comparison of two scalars.
fn compare(comparison: Comparison, left: Valued<'_>, right: Valued<'_>) -> Result<Test> {
    if common_kind([&left.1, &right.1]) == Kind::Instant {
        let (left, right) = (as_instant(left.0, left.1)?, as_instant(right.0, right.1)?);
        return Ok(Test::Instants(comparison, left, right));
    }
    Ok(match left.1 {
        Operand::Number(left) => Test::Numbers(comparison, left, as_number(right.0, right.1)?),
        Operand::Boolean(left) => {
            Test::Booleans(comparison, Box::new([left, as_boolean(right.0, right.1)?]))
        }
        operand => {
            let left = as_text(left.0, operand)?;
            Test::Texts(comparison, left, as_text(right.0, right.1)?)
        }
    })
}

/// The kind that scalars are compared as: a literal text beside a date is read as one; no other kinds go together.
fn common_kind<'o>(scalars: impl IntoIterator<Item = &'o Operand>) -> Kind {
    let mut kinds = scalars.into_iter().map(kind);
    let first = kinds.next().unwrap_or(Kind::Text);
    if kinds.any(|kind| kind == Kind::Instant) { Kind::Instant } else { first }
}

/// A scalar as one of that kind.
fn as_kind(wanted: Kind, (expression, operand): Valued<'_>) -> Result<Operand> {
    match kind(&operand) {
        _ if wanted == Kind::Instant => as_instant(expression, operand).map(Operand::Instant),
        found if found == wanted => Ok(operand),
        found => Err(unwanted(expression, wanted.name(), found)),
    }
}

/// The values of a list, if all of them are the same for all rows.
fn constants<T>(scalars: &[Operand], constant: impl Fn(&Operand) -> Option<T>) -> Option<Vec<T>> {
    scalars.iter().map(constant).collect()
}

fn constant_number(operand: &Operand) -> Option<Number> {
    match operand {
        Operand::Number(NumberOf::Constant(number)) => *number,
        _ => None,
    }
}

fn constant_text(operand: &Operand) -> Option<String> {
    match operand {
        Operand::Text(TextOf::Constant(text)) => Some(text.to_string()),
        _ => None,
    }
}
