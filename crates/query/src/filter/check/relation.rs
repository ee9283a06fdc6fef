//! How geometries, times and arrays lie to each other.

use super::{Checker, Result, kind, unwanted};
use crate::filter::expression::Expression;
use crate::filter::kind::Kind;
use crate::filter::operators::{ArrayRelation, SpatialRelation, TemporalRelation};
use crate::filter::plan::{GeometryOf, Operand, SpanOf, Test};

impl Checker<'_> {
    pub(super) fn spatial(
        &mut self,
        relation: SpatialRelation,
        pair: &[Expression; 2],
    ) -> Result<Test> {
        let pair = [self.geometry(&pair[0])?, self.geometry(&pair[1])?];
        Ok(match pair {
            [GeometryOf::Property, GeometryOf::Figure(at)] => Test::Spatial(relation, at),
            [GeometryOf::Figure(at), GeometryOf::Property] => {
                Test::Spatial(relation.converse(), at)
            }
            [GeometryOf::Property, GeometryOf::Property] => {
                Test::SpatialSelf(relation.is_reflexive())
            }
            [GeometryOf::Figure(a), GeometryOf::Figure(b)] => {
                Test::Known(Some(self.figures[a].relates(relation, &self.figures[b])))
            }
        })
    }

    fn geometry(&mut self, expression: &Expression) -> Result<GeometryOf> {
        match self.operand(expression)? {
            Operand::Geometry(geometry) => Ok(geometry),
            other => Err(unwanted(expression, Kind::Geometry.name(), kind(&other))),
        }
    }

    pub(super) fn temporal(
        &mut self,
        relation: TemporalRelation,
        pair: &[Expression; 2],
    ) -> Result<Test> {
        let [first, second] = pair;
        let (first, second) = (self.span(relation, first)?, self.span(relation, second)?);
        Ok(match (first, second) {
            (SpanOf::Constant(first), SpanOf::Constant(second)) => {
                let both = first.zip(second);
                Test::Known(both.map(|(first, second)| first.holds(relation, second)))
            }
            _ => Test::Temporal(relation, first, second),
        })
    }

    /// An interval, or an instant where the relation takes one.
    fn span(&mut self, relation: TemporalRelation, expression: &Expression) -> Result<SpanOf> {
        match self.operand(expression)? {
            Operand::Interval(span) => Ok(span),
            Operand::Instant(instant) if relation.takes_instants() => {
                Ok(SpanOf::Between(instant, instant).simplified())
            }
            other => {
                let expected = if relation.takes_instants() {
                    "a date, a timestamp or an interval"
                } else {
                    "an interval"
                };
                Err(unwanted(expression, expected, kind(&other)))
            }
        }
    }

    pub(super) fn arrays(
        &mut self,
        relation: ArrayRelation,
        pair: &[Expression; 2],
    ) -> Result<Test> {
        Ok(Test::Arrays(relation, self.array(&pair[0])?, self.array(&pair[1])?))
    }

    fn array(&mut self, expression: &Expression) -> Result<Vec<Operand>> {
        match self.operand(expression)? {
            Operand::Array(members) => Ok(members),
            other => Err(unwanted(expression, Kind::Array.name(), kind(&other))),
        }
    }
}
