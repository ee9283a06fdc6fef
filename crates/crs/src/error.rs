//! Why PROJ cannot be asked.

use siseol_model::Crs;

/// Why a grid cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// PROJ's database has no such code.
    #[error("{crs} is not a grid that PROJ knows")]
    Unknown {
        /// The code that was asked for.
        crs: Crs,
    },
    /// The code names something that is not a plane grid or longitude and latitude: heights, say.
    #[error("{crs} ({name}) is not a grid for x and y")]
    NotHorizontal {
        /// The code that was asked for.
        crs: Crs,
        /// What the code names.
        name: String,
    },
    /// PROJ knows the grid but no way from it to longitude and latitude, or cannot write it down.
    #[error("PROJ cannot work with {crs}: {reason}")]
    Proj {
        /// The grid.
        crs: Crs,
        /// What PROJ said.
        reason: String,
    },
}
