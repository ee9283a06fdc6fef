//! Functions.

use super::{Checker, Result, kind, meaningless, unwanted};
use crate::disk::Disk;
use crate::filter::error::FilterError;
use crate::filter::expression::Expression;
use crate::filter::functions::{FUNCTIONS, Function, S_AREA, S_DWITHIN, S_LENGTH};
use crate::filter::kind::Kind;
use crate::filter::plan::{GeometryOf, NumberOf, Operand, Test};
use siseol_model::{GeometryKind, LonLat, Metres};

impl Checker<'_> {
    /// The value of a function.
    pub(super) fn function(
        &mut self,
        whole: &Expression,
        name: &str,
        arguments: &[Expression],
    ) -> Result<Operand> {
        let is = |function: Function| {
            function.name.eq_ignore_ascii_case(name) && function.arguments.len() == arguments.len()
        };
        if is(S_DWITHIN) {
            return self.near(whole, arguments).map(Operand::Boolean);
        }
        if is(S_LENGTH) {
            return self.measure(whole, arguments, GeometryKind::Line).map(Operand::Number);
        }
        if is(S_AREA) {
            return self.measure(whole, arguments, GeometryKind::Polygon).map(Operand::Number);
        }
        let named = FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name));
        Err(match named {
            Some(function) => FilterError::Unexpected {
                place: super::part(whole),
                expected: format!("{} arguments", function.arguments.len()),
                found: arguments.len().to_string(),
            },
            None => FilterError::UnknownFunction {
                name: name.to_owned(),
                known: FUNCTIONS.iter().map(|function| function.name.to_owned()).collect(),
            },
        })
    }

    /// Whether the row's geometry is near a point.
    fn near(&mut self, whole: &Expression, arguments: &[Expression]) -> Result<Test> {
        let mut centre = None;
        let mut properties = 0;
        for argument in &arguments[..2] {
            match self.operand(argument)? {
                Operand::Geometry(GeometryOf::Property) => properties += 1,
                Operand::Geometry(GeometryOf::Figure(at)) => centre = self.figures[at].point(),
                other => return Err(unwanted(argument, Kind::Geometry.name(), kind(&other))),
            }
        }
        let centre: Option<LonLat> = centre.filter(|_| properties == 1);
        let centre = centre.ok_or_else(|| {
            meaningless(whole, "one geometry has to be the property, the other one a point")
        })?;
        let metres = match self.number(&arguments[2])? {
            NumberOf::Constant(Some(metres)) => metres.as_f64(),
            _ => {
                return Err(meaningless(
                    whole,
                    "the metres have to be a number, the same for all features",
                ));
            }
        };
        let metres = Metres::new(metres).map_err(|e| meaningless(whole, &e))?;
        self.disks.push(Disk::new(centre, metres).map_err(|e| meaningless(whole, &e))?);
        Ok(Test::Near(self.disks.len() - 1))
    }

    /// The length or area of the row's geometry.
    fn measure(
        &mut self,
        whole: &Expression,
        arguments: &[Expression],
        wanted: GeometryKind,
    ) -> Result<NumberOf> {
        match self.operand(&arguments[0])? {
            Operand::Geometry(GeometryOf::Property) if self.layer.geometry == wanted => {
                Ok(NumberOf::Measure)
            }
            Operand::Geometry(GeometryOf::Property) => {
                let has = if wanted == GeometryKind::Line { "lines" } else { "polygons" };
                Err(meaningless(whole, &format!("the layer `{}` has no {has}", self.layer.name)))
            }
            Operand::Geometry(GeometryOf::Figure(_)) => {
                Err(meaningless(whole, "the geometry has to be the property"))
            }
            other => Err(unwanted(&arguments[0], Kind::Geometry.name(), kind(&other))),
        }
    }
}
