//! What a grid is, in words that other programs read.

use crate::Error;
use crate::ffi::{Context, WktForm};
use siseol_model::Crs;

thread_local! {
    /// One for each thread: opening PROJ's database takes longer than any question that is put to it.
    static CONTEXT: Option<Context> = Context::new();
}

/// A grid's name and its well-known text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrsDefinition {
    /// The EPSG name, such as `Korea 2000 / Central Belt 2010`.
    pub name: String,
    /// Well-known text: the first version, as GDAL writes it into a GeoPackage, or the second where the first
    /// has no words for the grid.
    pub wkt: String,
}

/// The grid's name and well-known text.
pub fn definition(crs: Crs) -> Result<CrsDefinition, Error> {
    with_grid(crs, |grid| {
        let wkt = grid.as_wkt(WktForm::Gdal1).or_else(|| grid.as_wkt(WktForm::Iso2019));
        match wkt {
            Some(wkt) => Ok(CrsDefinition { name: grid.name(), wkt }),
            None => Err(Error::Proj { crs, reason: "it has no well-known text".to_owned() }),
        }
    })
}

/// Whether the authority writes the grid's coordinates north first (all Korean grids; also EPSG:4326).
///
/// siseol itself always keeps x, y; this is for clients that ask for coordinates in the authority's order.
pub fn is_northing_first(crs: Crs) -> Result<bool, Error> {
    with_grid(crs, |grid| Ok(grid.first_axis().is_some_and(|d| d.eq_ignore_ascii_case("north"))))
}

/// Calls `then` with the grid, if PROJ knows it as one for x and y.
pub(crate) fn with_grid<T>(
    crs: Crs,
    then: impl FnOnce(&crate::ffi::Object<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    CONTEXT.with(|context| {
        let Some(context) = context else {
            return Err(Error::Proj { crs, reason: "no memory for a PROJ context".to_owned() });
        };
        let Some(grid) = context.epsg(crs.code()) else {
            return Err(Error::Unknown { crs });
        };
        if !grid.is_horizontal() {
            return Err(Error::NotHorizontal { crs, name: grid.name() });
        }
        then(&grid)
    })
}
