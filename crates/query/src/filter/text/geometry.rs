//! Geometries and boxes as text: WKT, with or without a `Z` before positions that have heights.

use super::cursor::Parser;
use super::lexer::Token;
use crate::filter::error::FilterError;
use crate::filter::expression::Expression;
use crate::filter::geometry::{Bbox, Geometry, Position};
use crate::filter::limits::MAX_VERTICES;
use crate::filter::number::Number;

type Result<T> = std::result::Result<T, FilterError>;

impl Parser<'_> {
    /// Reads a geometry, if one comes.
    pub(super) fn take_geometry(&mut self) -> Result<Option<Geometry>> {
        let first = self.next;
        let Some(geometry) = self.tagged(true)? else { return Ok(None) };
        match geometry.fault() {
            Some(reason) => {
                Err(FilterError::Literal { place: self.place_of(first), reason: reason.to_owned() })
            }
            None => Ok(Some(geometry)),
        }
    }

    /// Reads a geometry's name and what is in its brackets. A collection is none within another one.
    fn tagged(&mut self, collections: bool) -> Result<Option<Geometry>> {
        let Token::Word(name) = self.peek() else { return Ok(None) };
        let has_z = self.ahead(1).is_word("z");
        if !self.ahead(1 + usize::from(has_z)).is_symbol("(") {
            return Ok(None);
        }
        let name = name.to_ascii_lowercase();
        let known = matches!(
            name.as_str(),
            "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
        ) || (collections && name == "geometrycollection");
        if !known {
            return Ok(None);
        }
        self.skip(1 + usize::from(has_z));
        let geometry = match name.as_str() {
            "point" => Geometry::Point(self.point()?),
            "linestring" => Geometry::LineString(self.path()?),
            "polygon" => Geometry::Polygon(self.paths()?),
            "multipoint" => Geometry::MultiPoint(self.items(Self::bare_or_bracketed)?),
            "multilinestring" => Geometry::MultiLineString(self.paths()?),
            "multipolygon" => Geometry::MultiPolygon(self.items(Self::paths)?),
            _ => Geometry::GeometryCollection(self.items(Self::collected)?),
        };
        Ok(Some(geometry))
    }

    fn collected(&mut self) -> Result<Geometry> {
        self.tagged(false)?.ok_or_else(|| self.unexpected("a geometry that is no collection"))
    }

    /// Items with commas between them, in brackets.
    fn items<T>(&mut self, item: fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.expect("(")?;
        let mut items = vec![item(self)?];
        while self.take(",") {
            items.push(item(self)?);
        }
        self.expect(")")?;
        Ok(items)
    }

    fn paths(&mut self) -> Result<Vec<Vec<Position>>> {
        self.items(Self::path)
    }

    fn path(&mut self) -> Result<Vec<Position>> {
        self.items(Self::position)
    }

    fn point(&mut self) -> Result<Position> {
        self.expect("(")?;
        let position = self.position()?;
        self.expect(")")?;
        Ok(position)
    }

    /// A point of a multi-point: the standard has it in brackets, many have not.
    fn bare_or_bracketed(&mut self) -> Result<Position> {
        if self.peek().is_symbol("(") { self.point() } else { self.position() }
    }

    fn position(&mut self) -> Result<Position> {
        self.vertices += 1;
        if self.vertices > MAX_VERTICES {
            return Err(FilterError::TooLarge { what: "vertices", limit: MAX_VERTICES });
        }
        let xy = [self.coordinate()?, self.coordinate()?];
        let z = self.take_number().map(Number::as_f64);
        Ok(Position { xy, z })
    }

    fn coordinate(&mut self) -> Result<f64> {
        let number = self.take_number().ok_or_else(|| self.unexpected("a coordinate"))?;
        Ok(number.as_f64())
    }

    /// Reads the numbers of a box and the bracket after them.
    pub(super) fn bbox(&mut self) -> Result<Expression> {
        let mut numbers = vec![self.coordinate()?];
        while self.take(",") {
            if numbers.len() == 6 {
                return Err(self.unexpected("4 or 6 numbers"));
            }
            numbers.push(self.coordinate()?);
        }
        let bbox = Bbox::from_numbers(&numbers).ok_or_else(|| self.unexpected("4 or 6 numbers"))?;
        self.expect(")")?;
        Ok(Expression::Bbox(bbox))
    }
}
