//! SQL functions that a connection needs before it may write.

use crate::{blob, pack};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error, Result};

const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// The functions that the triggers of the GeoPackage spatial index call.
pub(crate) fn register_spatial(connection: &Connection) -> Result<()> {
    fn edge(context: &Context<'_>, edge: fn(blob::Bounds) -> f64) -> Result<Option<f64>> {
        Ok(optional_blob(context)?.and_then(blob::bounds).map(edge))
    }
    connection.create_scalar_function("ST_MinX", 1, PURE, |c| edge(c, |b| b.min_x))?;
    connection.create_scalar_function("ST_MaxX", 1, PURE, |c| edge(c, |b| b.max_x))?;
    connection.create_scalar_function("ST_MinY", 1, PURE, |c| edge(c, |b| b.min_y))?;
    connection.create_scalar_function("ST_MaxY", 1, PURE, |c| edge(c, |b| b.max_y))?;
    connection.create_scalar_function("ST_IsEmpty", 1, PURE, |c| {
        Ok(optional_blob(c)?.map(|b| blob::bounds(b).is_none()))
    })
}

/// The functions that copy a delivery: `siseol_place(blob, srs_id, multi)` and `siseol_shift(node, base)`.
pub(crate) fn register_copying(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("siseol_place", 3, PURE, |context| {
        let (srs_id, multi) = (context.get(1)?, context.get(2)?);
        match optional_blob(context)? {
            None => Ok(None),
            Some(geometry) => match blob::place(geometry, srs_id, multi) {
                Some(placed) => Ok(Some(placed)),
                None => Err(Error::UserFunctionError("a staged geometry cannot be read".into())),
            },
        }
    })?;
    connection.create_scalar_function("siseol_shift", 2, PURE, |context| {
        let mut node: Vec<u8> = context.get(0)?;
        pack::shift_leaf(&mut node, context.get(1)?);
        Ok(node)
    })
}

fn optional_blob<'a>(context: &'a Context<'_>) -> Result<Option<&'a [u8]>> {
    Ok(context.get_raw(0).as_blob_or_null()?)
}
