//! Geometry blobs.

/// Why a geometry cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryError {
    /// Not well-known binary of a point, line or polygon.
    #[error("it cannot be read")]
    Wkb {
        /// Why.
        #[source]
        source: siseol_model::WkbError,
    },
    /// Not the form that the register keeps: ISO, little endian, without measures.
    #[error("it is not little-endian ISO WKB without measures")]
    NotIso,
    /// A coordinate that is infinite or not a number.
    #[error("a coordinate is not finite")]
    NotFinite,
}
