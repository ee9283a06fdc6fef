//! Comparing one row with what was written down of it.

use crate::blob::{self, Bounds};
use crate::content::content_hash;
use crate::pack;
use crate::read::{RawRow, UNKNOWN_ROW, read_values};
use rusqlite::Row;
use siseol_model::{Layer, Shape};

/// Room to work in.
#[derive(Default)]
pub(crate) struct Room {
    values: Vec<siseol_model::Value>,
    buffer: Vec<u8>,
    blob: Vec<u8>,
    shape: Shape,
}

/// Compares a row with what was written down of it. Returns its box; else the kind of fault and its words.
pub(crate) fn check_content(
    row: &Row<'_>,
    raw: &RawRow<'_>,
    layer: &Layer,
    layer_id: i64,
    srs_id: i32,
    room: &mut Room,
) -> Result<Option<Bounds>, (&'static str, String)> {
    let record = raw.record.as_ref().ok_or_else(|| ("foreign", UNKNOWN_ROW.to_owned()))?;
    if record.layer != layer_id {
        return Err(("foreign", "the bookkeeping has it in another layer".to_owned()));
    }
    let wkb = raw.wkb().map_err(|fault| ("geometry", fault))?;
    read_values(row, layer, &mut room.values).map_err(|fault| ("value", fault))?;
    if content_hash(&mut room.buffer, record.key, wkb, &room.values) != record.hash {
        return Err(("hash", "its content is not what was written".to_owned()));
    }
    let Some(wkb) = wkb else { return Ok(None) };
    let outline = blob::outline(&mut room.shape, wkb).map_err(|e| ("geometry", e.to_string()))?;
    room.blob.clear();
    blob::write(&mut room.blob, srs_id, outline, wkb);
    if outline.kind.layer_kind() != layer.geometry || raw.blob != Some(&*room.blob) {
        return Err(("header", "the header of its geometry is not what was written".to_owned()));
    }
    Ok(outline.bounds)
}

/// Compares the entry of the spatial index with the row's box. SQLite rounds outwards to single precision.
pub(crate) fn check_box(row: &Row<'_>, first: usize, bounds: Option<Bounds>) -> Result<(), String> {
    let edge = |i| row.get::<_, Option<f64>>(first + i).map_err(|e| e.to_string());
    let edges = [edge(0)?, edge(1)?, edge(2)?, edge(3)?];
    let Some(Bounds { min_x, max_x, min_y, max_y }) = bounds else {
        return match edges {
            [None, None, None, None] => Ok(()),
            _ => Err("the spatial index has it, though it has no geometry".to_owned()),
        };
    };
    let [Some(low_x), Some(high_x), Some(low_y), Some(high_y)] = edges else {
        return Err("the spatial index does not have it".to_owned());
    };
    // SQLite's own rounding goes up to two steps of single precision further than ours.
    let least = |v: f64| f64::from(pack::below(v).next_down().next_down());
    let most = |v: f64| f64::from(pack::above(v).next_up().next_up());
    let fits = [(low_x, min_x), (low_y, min_y)].iter().all(|&(e, v)| least(v) <= e && e <= v)
        && [(high_x, max_x), (high_y, max_y)].iter().all(|&(e, v)| v <= e && e <= most(v));
    if fits { Ok(()) } else { Err("the spatial index has it at another place".to_owned()) }
}
