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
        let of_value = self.scalar(value)?;
        let (of_low, of_high) = (self.scalar(low)?, self.scalar(high)?);
        let at_least =
            compare(Comparison::GreaterOrEqual, (value, of_value.clone()), (low, of_low))?;
        let at_most = compare(Comparison::LessOrEqual, (value, of_value), (high, of_high))?;
        Ok(Test::Both(Box::new([at_least, at_most])))
    }

    pub(super) fn is_in(&mut self, value: &Expression, members: &[Expression]) -> Result<Test> {
        let of_value = self.scalar(value)?;
        let scalars: Vec<Operand> =
            members.iter().map(|member| self.scalar(member)).collect::<Result<_>>()?;
        match &of_value {
            Operand::Number(number) => {
                if let Some(mut known) = constants(&scalars, constant_number) {
                    known.sort_by(|a, b| a.compare(*b));
                    return Ok(Test::NumberIn(number.clone(), known));
                }
            }
            Operand::Text(text) => {
                if let Some(known) = constants(&scalars, constant_text) {
                    return Ok(Test::TextIn(text.clone(), BTreeSet::from_iter(known)));
                }
            }
            _ => {}
        }
        let equal = |(member, scalar)| {
            compare(Comparison::Equal, (value, of_value.clone()), (member, scalar))
        };
        members.iter().zip(scalars).map(equal).collect::<Result<_>>().map(Test::Any)
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

/// The comparison of two scalars. A literal text beside a date is read as one; no other kinds go together.
fn compare(comparison: Comparison, left: Valued<'_>, right: Valued<'_>) -> Result<Test> {
    let either = |wanted: Kind| kind(&left.1) == wanted || kind(&right.1) == wanted;
    if either(Kind::Instant) {
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
