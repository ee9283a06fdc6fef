//! Coordinate reference systems; the only crate that knows PROJ.
//!
//! Three things are asked of it: to leave a grid for longitude and latitude and to come back
//! ([`LonLatTransform`]), to say what a grid is ([`definition`], [`is_northing_first`]), and to find out which
//! grid a `.prj` file means ([`identify`]) or, where there is none, which ones a box of coordinates could be in
//! ([`candidates_for_extent`]).
//!
//! Coordinates are x (east), y (north) on the way in and longitude, latitude on the way out, always, whatever
//! axis order the authority gives a grid. PROJ's network is off.

mod definition;
mod error;
mod extent;
mod ffi;
mod grids;
mod identify;
mod transform;
mod wkt;

pub use definition::{CrsDefinition, definition, is_northing_first};
pub use error::Error;
pub use extent::{Extent, candidates_for_extent};
pub use identify::{Candidate, Identification, identify};
pub use transform::{GridTransform, LonLatTransform};
