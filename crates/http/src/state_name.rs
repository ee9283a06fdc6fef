//! How clients name a state, and a place in it: in cursors and in event ids.

use siseol_model::Stamp;
use std::fmt;
use std::str::FromStr;

/// A state, by its generation and the beginning of its stamp: a restored backup counts its generations again, but its
/// stamps differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StateName {
    /// The generation.
    pub(crate) generation: i64,
    /// The first 16 hexadecimal digits of the stamp.
    stamp: u64,
}

/// A state and a place in it, as clients give it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) state: StateName,
    /// In a cursor, how many features come before; in an event id, the change. None is after all of it.
    pub(crate) number: Option<u64>,
}

/// A text that names no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not one that this server has given out")]
pub(crate) struct PlaceError;

impl StateName {
    /// What is before the first state.
    pub(crate) const BEFORE_ALL: Self = Self { generation: 0, stamp: 0 };

    /// The name of a state.
    pub(crate) fn new(generation: i64, stamp: Stamp) -> Self {
        let digits = stamp.to_string();
        let beginning = digits.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        Self { generation, stamp: beginning.unwrap_or_default() }
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:016x}", self.generation, self.stamp)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            None => self.state.fmt(f),
            Some(number) => write!(f, "{}-{number}", self.state),
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let mut parts = text.split('-');
        let generation = parts.next().and_then(|part| part.parse().ok());
        let stamp = parts.next().and_then(|part| u64::from_str_radix(part, 16).ok());
        let number = parts.next().map(str::parse).transpose().or(Err(PlaceError))?;
        let (Some(generation), Some(stamp)) = (generation, stamp) else {
            return Err(PlaceError);
        };
        let place = Self { state: StateName { generation, stamp }, number };
        // Only what would be written just so is read: no signs, no other number of digits.
        if place.to_string() == text { Ok(place) } else { Err(PlaceError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written_and_nothing_else_is() {
        let stamp = Stamp::from_bits(0x0123_4567_89ab_cdef_ffff_ffff_ffff_ffff);
        let state = StateName::new(12, stamp);
        for (number, text) in
            [(None, "12-0123456789abcdef"), (Some(300), "12-0123456789abcdef-300")]
        {
            let place = Place { state, number };
            assert_eq!(place.to_string(), text);
            assert_eq!(text.parse(), Ok(place));
        }
        for bad in [
            "",
            "12",
            "12-",
            "12-123456789abcdef",
            "12-0123456789ABCDEF",
            "12-00123456789abcdef",
            "+12-0123456789abcdef",
            "012-0123456789abcdef",
            "12-0123456789abcdef-",
            "12-0123456789abcdef-+3",
            "12-0123456789abcdef-3-4",
            "12-0123456789abcdef-99999999999999999999999",
        ] {
            assert_eq!(bad.parse::<Place>(), Err(PlaceError), "{bad}");
        }
    }
}
