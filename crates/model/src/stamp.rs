//! The name of one state of a register, for good.

use serde::{Deserialize, Serialize};

/// A random 128-bit number, one per commit.
///
/// Generations are whole numbers that a restored backup counts again; a stamp never comes twice, so a
/// cached answer that carries one cannot be taken for another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Stamp(u128);

impl Stamp {
    /// The stamp of these random bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<Stamp> for String {
    fn from(stamp: Stamp) -> Self {
        stamp.to_string()
    }
}

impl TryFrom<String> for Stamp {
    type Error = StampError;

    fn try_from(text: String) -> Result<Self, StampError> {
        text.parse()
    }
}

impl std::str::FromStr for Stamp {
    type Err = StampError;

    fn from_str(text: &str) -> Result<Self, StampError> {
        match u128::from_str_radix(text, 16) {
            Ok(bits) if text.len() == 32 => Ok(Self(bits)),
            _ => Err(StampError),
        }
    }
}

/// A text that is no stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stamp is 32 hexadecimal digits")]
pub struct StampError;
