//! From where on somebody reads the feed.

use crate::state_name::{Place, PlaceError};
use std::str::FromStr;

/// From where on somebody reads the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// What comes after the state that is served.
    Now,
    /// What came after the state of that generation; 0 is everything.
    Generation(i64),
    /// What came after that event.
    Event(Place),
}

impl FromStr for Since {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match digits.then(|| text.parse()) {
            Some(generation) => generation.map(Self::Generation).or(Err(PlaceError)),
            None => text.parse().map(Self::Event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_generation_or_an_event() {
        assert_eq!("0".parse(), Ok(Since::Generation(0)));
        let event = "12-0123456789abcdef-3";
        assert_eq!(event.parse(), Ok(Since::Event(event.parse().unwrap())));
        for bad in ["", "-1", "now", "1.5", "99999999999999999999", "12-0123"] {
            assert_eq!(bad.parse::<Since>(), Err(PlaceError), "{bad}");
        }
    }
}
