//! Lengths and places, so that no bare number is a radius and no bare pair is a point.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Why a text or a number is no length or no place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// Not a number, or not finite.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// Another count of numbers than the form asks for.
    #[error("expected {expected} numbers separated by commas, got {got}")]
    Count {
        /// How many the form asks for, in words.
        expected: &'static str,
        /// How many came.
        got: usize,
    },
    /// Longitude outside -180..180 or latitude outside -90..90.
    #[error("longitude {lon}, latitude {lat} is not on the globe (the order is lon,lat)")]
    OffGlobe {
        /// Degrees.
        lon: f64,
        /// Degrees.
        lat: f64,
    },
    /// South above north.
    #[error(
        "the box's south {south} lies north of its north {north} (the order is west,south,east,north)"
    )]
    SouthAboveNorth {
        /// Degrees.
        south: f64,
        /// Degrees.
        north: f64,
    },
    /// A length that is negative.
    #[error("a length cannot be negative: {0}")]
    Negative(f64),
}

/// A length in metres: finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(f64);

impl Metres {
    /// A length of `metres`.
    pub fn new(metres: f64) -> Result<Self, UnitError> {
        if !metres.is_finite() {
            return Err(UnitError::NotANumber(metres.to_string()));
        }
        if metres < 0.0 {
            return Err(UnitError::Negative(metres));
        }
        Ok(Self(metres))
    }

    /// The number of metres.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Metres {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Self::new(number(text)?)
    }
}

impl std::fmt::Display for Metres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} m", self.0)
    }
}

/// A place: longitude and latitude in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east, -180 to 180.
    pub lon: f64,
    /// Degrees north, -90 to 90.
    pub lat: f64,
}

impl LonLat {
    /// The place at `lon`, `lat`, if it is on the globe.
    pub fn new(lon: f64, lat: f64) -> Result<Self, UnitError> {
        if (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat) {
            Ok(Self { lon, lat })
        } else {
            Err(UnitError::OffGlobe { lon, lat })
        }
    }
}

impl FromStr for LonLat {
    type Err = UnitError;

    /// Reads `lon,lat`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        match numbers(text)?.as_slice() {
            &[lon, lat] => Self::new(lon, lat),
            other => Err(UnitError::Count { expected: "2 (lon,lat)", got: other.len() }),
        }
    }
}

/// A box in degrees, WGS 84, edges included. `west > east` means that it crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LonLatBox {
    /// Degrees.
    pub west: f64,
    /// Degrees.
    pub south: f64,
    /// Degrees.
    pub east: f64,
    /// Degrees.
    pub north: f64,
}

impl LonLatBox {
    /// Holds nothing; the start of a union.
    pub const EMPTY: Self = Self {
        west: f64::INFINITY,
        south: f64::INFINITY,
        east: f64::NEG_INFINITY,
        north: f64::NEG_INFINITY,
    };

    /// A box from its edges, if both corners are on the globe and south is not above north.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, UnitError> {
        LonLat::new(west, south)?;
        LonLat::new(east, north)?;
        if south > north {
            return Err(UnitError::SouthAboveNorth { south, north });
        }
        Ok(Self { west, south, east, north })
    }

    /// The smallest box around `coords`; [`Self::EMPTY`] around none.
    pub fn around(coords: &[[f64; 2]]) -> Self {
        coords.iter().fold(Self::EMPTY, |b, &[x, y]| Self {
            west: b.west.min(x),
            south: b.south.min(y),
            east: b.east.max(x),
            north: b.north.max(y),
        })
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.south > self.north
    }

    /// Whether the two share a point, edges included. Both must not cross the antimeridian.
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// Whether `other` lies in this box, edges included. Both must not cross the antimeridian.
    pub fn contains(&self, other: &Self) -> bool {
        self.west <= other.west
            && other.east <= self.east
            && self.south <= other.south
            && other.north <= self.north
    }

    /// The one or two boxes that cover the same area without crossing the antimeridian.
    pub fn split_at_antimeridian(self) -> (Self, Option<Self>) {
        if self.west > self.east {
            (Self { east: 180.0, ..self }, Some(Self { west: -180.0, ..self }))
        } else {
            (self, None)
        }
    }
}

impl FromStr for LonLatBox {
    type Err = UnitError;

    /// Reads `west,south,east,north`, or the form with heights (`w,s,min,e,n,max`), whose heights do not matter.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        match numbers(text)?.as_slice() {
            &[west, south, east, north] | &[west, south, _, east, north, _] => {
                Self::new(west, south, east, north)
            }
            other => Err(UnitError::Count {
                expected: "4 (west,south,east,north) or 6",
                got: other.len(),
            }),
        }
    }
}

fn numbers(text: &str) -> Result<Vec<f64>, UnitError> {
    text.split(',').map(number).collect()
}

fn number(text: &str) -> Result<f64, UnitError> {
    let trimmed = text.trim();
    match trimmed.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(UnitError::NotANumber(trimmed.chars().take(40).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lon_lat_and_on_the_globe() {
        assert_eq!("126.9, 37.3".parse(), Ok(LonLat { lon: 126.9, lat: 37.3 }));
        assert!(matches!("37.3,126.9".parse::<LonLat>(), Err(UnitError::OffGlobe { .. })));
        assert!(matches!("1".parse::<LonLat>(), Err(UnitError::Count { got: 1, .. })));
        assert!(matches!("NaN,1".parse::<LonLat>(), Err(UnitError::NotANumber(_))));
    }

    #[test]
    fn boxes_take_four_or_six_numbers_and_may_cross_the_antimeridian() {
        let b: LonLatBox = "177,65,-177,70".parse().unwrap();
        let (left, right) = b.split_at_antimeridian();
        assert_eq!((left.west, left.east), (177.0, 180.0));
        assert_eq!(right.map(|r| (r.west, r.east)), Some((-180.0, -177.0)));
        assert!("1,2,0,3,4,9".parse::<LonLatBox>().is_ok());
        assert!("1,4,3,2".parse::<LonLatBox>().is_err());
        assert!("1,2,3".parse::<LonLatBox>().is_err());
    }

    #[test]
    fn lengths_are_finite_and_not_negative() {
        assert!("500".parse::<Metres>().is_ok());
        assert!("-1".parse::<Metres>().is_err());
        assert!("inf".parse::<Metres>().is_err());
    }
}
