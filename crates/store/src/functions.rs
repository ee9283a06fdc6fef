//! SQL functions that copy a delivery.

use crate::{blob, pack};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error, Result};

const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// The functions that copy a delivery: `siseol_place(blob, srs_id, multi)` and `siseol_shift(node, base)`.
pub(crate) fn register(connection: &Connection) -> Result<()> {
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
