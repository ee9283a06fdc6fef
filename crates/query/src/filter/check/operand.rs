//! Values.

use super::{Checker, Result, kind, meaningless, unwanted};
use crate::filter::expression::{Expression, IntervalEnd};
use crate::filter::figure::Figure;
use crate::filter::kind::Kind;
use crate::filter::number::Number;
use crate::filter::operators::Arithmetic;
use crate::filter::plan::{GeometryOf, InstantOf, NumberOf, Operand, SpanOf, Test, TextOf};
use crate::filter::queryables::LAYER;
use crate::filter::time::Extent;

impl Checker<'_> {
    /// The value that an expression is.
    pub(super) fn operand(&mut self, expression: &Expression) -> Result<Operand> {
        match expression {
            Expression::Property(name) => self.property(name),
            Expression::Text(text) => Ok(Operand::Text(TextOf::Constant(text.as_str().into()))),
            Expression::Number(number) => Ok(Operand::Number(NumberOf::Constant(Some(*number)))),
            Expression::Boolean(value) => Ok(Operand::Boolean(Test::Known(Some(*value)))),
            Expression::Instant(instant) => {
                Ok(Operand::Instant(InstantOf::Constant((*instant).into())))
            }
            Expression::Interval(ends) => self.interval(expression, ends).map(Operand::Interval),
            Expression::Geometry(geometry) => {
                let figure = Figure::new(geometry).map_err(|e| meaningless(expression, &e))?;
                Ok(Operand::Geometry(self.figure(figure)))
            }
            Expression::Bbox(bbox) => {
                let figure = Figure::of_box(bbox).map_err(|e| meaningless(expression, &e))?;
                Ok(Operand::Geometry(self.figure(figure)))
            }
            Expression::Array(members) => {
                let members = members.iter().map(|member| self.operand(member));
                members.collect::<Result<_>>().map(Operand::Array)
            }
            Expression::Fold(folding, text) => {
                let text = Box::new(self.text(text)?);
                Ok(Operand::Text(TextOf::Folded(*folding, text).simplified()))
            }
            Expression::Arithmetic(operator, operands) => {
                self.arithmetic(*operator, operands).map(Operand::Number)
            }
            Expression::Function(name, arguments) => self.function(expression, name, arguments),
            _ => self.test(expression).map(Operand::Boolean),
        }
    }

    fn figure(&mut self, figure: Figure) -> GeometryOf {
        self.figures.push(figure);
        GeometryOf::Figure(self.figures.len() - 1)
    }

    fn property(&mut self, name: &str) -> Result<Operand> {
        let queryable = self.queryable(name)?;
        Ok(match (queryable.field, queryable.kind) {
            (None, Kind::Geometry) => Operand::Geometry(GeometryOf::Property),
            (None, _) if name == LAYER => {
                Operand::Text(TextOf::Constant(self.layer.name.as_str().into()))
            }
            (None, _) => Operand::Text(TextOf::Key),
            (Some(field), Kind::Boolean) => Operand::Boolean(Test::Field(field)),
            (Some(field), Kind::Number) => Operand::Number(NumberOf::Field(field)),
            (Some(field), Kind::Instant) => Operand::Instant(InstantOf::Field(field)),
            (Some(field), _) => Operand::Text(TextOf::Field(field)),
        })
    }

    pub(super) fn text(&mut self, expression: &Expression) -> Result<TextOf> {
        as_text(expression, self.operand(expression)?)
    }

    pub(super) fn number(&mut self, expression: &Expression) -> Result<NumberOf> {
        as_number(expression, self.operand(expression)?)
    }

    fn arithmetic(&mut self, operator: Arithmetic, pair: &[Expression; 2]) -> Result<NumberOf> {
        let pair = [self.number(&pair[0])?, self.number(&pair[1])?];
        Ok(match pair {
            [NumberOf::Constant(a), NumberOf::Constant(b)] => {
                let combined = a.zip(b).and_then(|(a, b): (Number, _)| a.combine(operator, b));
                NumberOf::Constant(combined)
            }
            pair => NumberOf::Combined(operator, Box::new(pair)),
        })
    }

    fn interval(&mut self, whole: &Expression, ends: &[IntervalEnd; 2]) -> Result<SpanOf> {
        let begin = self.interval_end(whole, &ends[0], Extent::PAST)?;
        let end = self.interval_end(whole, &ends[1], Extent::FUTURE)?;
        let span = SpanOf::Between(begin, end).simplified();
        match span {
            SpanOf::Constant(None) => Err(meaningless(whole, "the interval ends before it begins")),
            _ => Ok(span),
        }
    }

    fn interval_end(
        &mut self,
        whole: &Expression,
        end: &IntervalEnd,
        open: Extent,
    ) -> Result<InstantOf> {
        let operand = match end {
            IntervalEnd::Open => return Ok(InstantOf::Constant(open)),
            IntervalEnd::Instant(instant) => return Ok(InstantOf::Constant((*instant).into())),
            IntervalEnd::Property(name) => self.property(name)?,
            IntervalEnd::Function(name, arguments) => self.function(whole, name, arguments)?,
        };
        match operand {
            Operand::Instant(instant) => Ok(instant),
            other => Err(unwanted(whole, "an interval of dates or timestamps", kind(&other))),
        }
    }
}

pub(super) fn as_boolean(expression: &Expression, operand: Operand) -> Result<Test> {
    match operand {
        Operand::Boolean(test) => Ok(test),
        other => Err(unwanted(expression, Kind::Boolean.name(), kind(&other))),
    }
}

pub(super) fn as_number(expression: &Expression, operand: Operand) -> Result<NumberOf> {
    match operand {
        Operand::Number(number) => Ok(number),
        other => Err(unwanted(expression, Kind::Number.name(), kind(&other))),
    }
}

pub(super) fn as_text(expression: &Expression, operand: Operand) -> Result<TextOf> {
    match operand {
        Operand::Text(text) => Ok(text),
        other => Err(unwanted(expression, Kind::Text.name(), kind(&other))),
    }
}

/// An instant; a literal text is one if it says one.
pub(super) fn as_instant(expression: &Expression, operand: Operand) -> Result<InstantOf> {
    match operand {
        Operand::Instant(instant) => Ok(instant),
        Operand::Text(TextOf::Constant(text)) => Extent::from_text(&text)
            .map(InstantOf::Constant)
            .ok_or_else(|| meaningless(expression, "the text is no date and no timestamp")),
        other => Err(unwanted(expression, Kind::Instant.name(), kind(&other))),
    }
}
