//! Why rows cannot be made resident.

use siseol_model::{TransformError, WkbError};

/// Why a layer cannot be made resident.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A stored geometry cannot be read.
    #[error("the geometry of fid {fid} cannot be read")]
    Geometry {
        /// The row.
        fid: i64,
        /// What is wrong with it.
        source: WkbError,
    },
    /// A stored geometry cannot be brought to longitude and latitude.
    #[error("the geometry of fid {fid} has no place on the globe")]
    Transform {
        /// The row.
        fid: i64,
        /// Why.
        source: TransformError,
    },
    /// More rows, coordinates or bytes than the arrays can count.
    #[error("the layer is too large: more than 2^32 {what}")]
    TooLarge {
        /// Of what.
        what: &'static str,
    },
}

/// How many there are, as the arrays count.
pub(crate) fn count(n: usize, what: &'static str) -> Result<u32, BuildError> {
    u32::try_from(n).or(Err(BuildError::TooLarge { what }))
}
