//! Why a filter cannot be answered.

use super::kind::Kind;

/// Where in a filter something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At a character of its text, counted from 1.
    Character(usize),
    /// At a JSON pointer (RFC 6901) into its JSON.
    Pointer(String),
    /// In a part of it, as CQL2 text.
    Part(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Character(at) => write!(f, "at character {at}"),
            Self::Pointer(pointer) if pointer.is_empty() => f.write_str("at the top"),
            Self::Pointer(pointer) => write!(f, "at {pointer}"),
            Self::Part(part) => write!(f, "in `{part}`"),
        }
    }
}

/// Why a filter cannot be answered, and where in it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// Something else stands where the grammar wants something.
    #[error("{place}: expected {expected}, found {found}")]
    Unexpected {
        /// Where.
        place: Place,
        /// What can stand there, in words.
        expected: String,
        /// What does stand there.
        found: String,
    },
    /// A literal that means nothing.
    #[error("{place}: {reason}")]
    Literal {
        /// Where.
        place: Place,
        /// What is wrong with it.
        reason: String,
    },
    /// More of something than a filter can have.
    #[error("the filter has more than {limit} {what}")]
    TooLarge {
        /// Of what there is too much.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// A property that the layer does not have.
    #[error("there is no property `{name}`; there are {}", known.join(", "))]
    UnknownProperty {
        /// Its name as written.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A function that siseol does not have.
    #[error("there is no function `{name}`; there are {}", known.join(", "))]
    UnknownFunction {
        /// Its name as written.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A value of one kind where another one is wanted.
    #[error("{place}: expected {expected}, found {found}")]
    Kind {
        /// Where.
        place: Place,
        /// What is wanted, in words.
        expected: String,
        /// What is there.
        found: Kind,
    },
}
