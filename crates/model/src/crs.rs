//! Which grid coordinates are in, by EPSG code, and how to leave it.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A coordinate reference system, named by its EPSG code. Coordinates are always kept x (east), y (north),
/// whatever axis order the authority gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Crs(u32);

impl Crs {
    /// Longitude and latitude, WGS 84, in that order.
    pub const WGS84: Self = Self(4326);

    /// The system with that EPSG code. Whether PROJ knows it is asked when it is used.
    pub const fn epsg(code: u32) -> Self {
        Self(code)
    }

    /// The EPSG code.
    pub const fn code(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EPSG:{}", self.0)
    }
}

impl From<Crs> for String {
    fn from(crs: Crs) -> Self {
        crs.to_string()
    }
}

impl TryFrom<String> for Crs {
    type Error = CrsError;

    fn try_from(text: String) -> Result<Self, CrsError> {
        text.parse()
    }
}

impl FromStr for Crs {
    type Err = CrsError;

    /// Reads `EPSG:5186` or `5186`.
    fn from_str(text: &str) -> Result<Self, CrsError> {
        let trimmed = text.trim();
        let digits = match trimmed.get(..5) {
            Some(prefix) if prefix.eq_ignore_ascii_case("epsg:") => &trimmed[5..],
            _ => trimmed,
        };
        match digits.parse::<u32>() {
            Ok(code) if (1024..=999_999).contains(&code) => Ok(Self(code)),
            _ => Err(CrsError { text: trimmed.chars().take(40).collect() }),
        }
    }
}

/// A text that names no coordinate reference system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no grid; write it as EPSG:5186")]
pub struct CrsError {
    /// The text, cut to 40 characters.
    pub text: String,
}

/// A way from one grid to longitude and latitude.
///
/// It is a trait so that the crates that answer questions can transform without knowing PROJ.
pub trait ToLonLat {
    /// Turns each x, y of the grid into longitude, latitude (degrees, WGS 84), in place.
    fn to_lon_lat(&self, coords: &mut [[f64; 2]]) -> Result<(), TransformError>;
}

/// Coordinates that cannot be transformed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("cannot transform x {x}, y {y} from {crs} to longitude and latitude: {reason}")]
pub struct TransformError {
    /// The grid they are in.
    pub crs: Crs,
    /// The first coordinate that failed.
    pub x: f64,
    /// The first coordinate that failed.
    pub y: f64,
    /// What PROJ said.
    pub reason: String,
}

/// Longitude and latitude need no transformation.
impl ToLonLat for () {
    fn to_lon_lat(&self, _coords: &mut [[f64; 2]]) -> Result<(), TransformError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_with_and_without_the_authority() {
        assert_eq!("EPSG:5186".parse(), Ok(Crs::epsg(5186)));
        assert_eq!("epsg:5179".parse(), Ok(Crs::epsg(5179)));
        assert_eq!("4326".parse(), Ok(Crs::WGS84));
        for bad in ["", "EPSG:", "EPSG:12", "ESRI:102080", "가나다라마"] {
            assert!(bad.parse::<Crs>().is_err(), "{bad}");
        }
    }
}
