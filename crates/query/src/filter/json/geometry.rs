//! Geometries and boxes as JSON: GeoJSON.

use super::read::{Reader, Result};
use crate::filter::error::FilterError;
use crate::filter::geometry::{Bbox, Geometry, Position};
use crate::filter::limits::MAX_VERTICES;
use serde_json::{Map, Value};

impl Reader {
    /// Reads a geometry object.
    pub(super) fn geometry(&mut self, object: &Map<String, Value>) -> Result<Geometry> {
        let geometry = self.tagged(object, true)?;
        match geometry.fault() {
            Some(reason) => {
                let reason = reason.to_owned();
                Err(FilterError::Literal { place: self.place(), reason })
            }
            None => Ok(geometry),
        }
    }

    /// Reads a geometry's members. A collection is none within another one.
    fn tagged(&mut self, object: &Map<String, Value>, collections: bool) -> Result<Geometry> {
        let kind = object.get("type").unwrap_or(&Value::Null);
        let coordinates = object.get("coordinates").unwrap_or(&Value::Null);
        let name = kind.as_str().unwrap_or_default();
        if collections && name == "GeometryCollection" {
            let members = object.get("geometries").unwrap_or(&Value::Null);
            return self.at("geometries", |reader| {
                let members = reader.items(members, |reader, member| match member {
                    Value::Object(object) => reader.tagged(object, false),
                    _ => Err(reader.unexpected("a geometry", member)),
                })?;
                Ok(Geometry::GeometryCollection(members))
            });
        }
        self.at("coordinates", |reader| match name {
            "Point" => reader.position(coordinates).map(Geometry::Point),
            "LineString" => reader.path(coordinates).map(Geometry::LineString),
            "Polygon" => reader.paths(coordinates).map(Geometry::Polygon),
            "MultiPoint" => reader.path(coordinates).map(Geometry::MultiPoint),
            "MultiLineString" => reader.paths(coordinates).map(Geometry::MultiLineString),
            "MultiPolygon" => reader.items(coordinates, Self::paths).map(Geometry::MultiPolygon),
            _ => Err(reader.unexpected("a geometry type of GeoJSON", kind)),
        })
    }

    fn items<T>(
        &mut self,
        json: &Value,
        item: impl Fn(&mut Self, &Value) -> Result<T>,
    ) -> Result<Vec<T>> {
        let Value::Array(items) = json else {
            return Err(self.unexpected("an array", json));
        };
        let read = |(i, json)| self.at(i, |reader| item(reader, json));
        items.iter().enumerate().map(read).collect()
    }

    fn paths(&mut self, json: &Value) -> Result<Vec<Vec<Position>>> {
        self.items(json, Self::path)
    }

    fn path(&mut self, json: &Value) -> Result<Vec<Position>> {
        self.items(json, Self::position)
    }

    fn position(&mut self, json: &Value) -> Result<Position> {
        self.vertices += 1;
        if self.vertices > MAX_VERTICES {
            return Err(FilterError::TooLarge { what: "vertices", limit: MAX_VERTICES });
        }
        match self.numbers(json)?[..] {
            [x, y] => Ok(Position { xy: [x, y], z: None }),
            [x, y, z] => Ok(Position { xy: [x, y], z: Some(z) }),
            _ => Err(self.unexpected("a position of 2 or 3 numbers", json)),
        }
    }

    pub(super) fn bbox(&mut self, json: &Value) -> Result<Bbox> {
        let numbers = self.numbers(json)?;
        Bbox::from_numbers(&numbers).ok_or_else(|| self.unexpected("4 or 6 numbers", json))
    }

    fn numbers(&mut self, json: &Value) -> Result<Vec<f64>> {
        self.items(json, |reader, number| Ok(reader.number(number)?.as_f64()))
    }
}
