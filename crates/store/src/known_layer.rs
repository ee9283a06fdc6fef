//! A layer as the register has it when a delivery or an undo comes to it.

use crate::{SqlContext as _, StoreError};
use rusqlite::{Connection, OptionalExtension as _};
use siseol_model::{Field, Layer, LayerName, Stamp};
use std::path::Path;

/// A layer as the register has it.
#[derive(Debug)]
pub(crate) struct KnownLayer {
    pub(crate) id: i64,
    pub(crate) layer: Layer,
    /// The declared type of its geometry column.
    pub(crate) geometry_type: Option<String>,
    /// The state that the last change set which named it made. Numbers of change sets come again in a register that was
    /// restored from a backup, stamps do not.
    pub(crate) last: Stamp,
    /// How many rows it has since.
    pub(crate) rows: i64,
}

impl KnownLayer {
    /// The layer of that name.
    pub(crate) fn find(
        connection: &Connection,
        path: &Path,
        name: &LayerName,
    ) -> Result<Option<Self>, StoreError> {
        let found = connection
            .query_row(
                "SELECT l.id, l.definition, l.geometry_type, s.stamp, c.row_count FROM siseol_layer l \
                 JOIN siseol_change c ON c.layer = l.id JOIN siseol_change_set s ON s.id = c.change_set \
                 WHERE l.name = ?1 ORDER BY c.change_set DESC LIMIT 1",
                [name.as_str()],
                |row| {
                    let (definition, stamp): (String, String) = (row.get(1)?, row.get(3)?);
                    Ok((row.get(0)?, definition, row.get(2)?, stamp, row.get(4)?))
                },
            )
            .optional()
            .doing(path, "read the catalogue")?;
        let Some((id, definition, geometry_type, stamp, rows)) = found else { return Ok(None) };
        let layer = serde_json::from_str(&definition)
            .map_err(|e| StoreError::damaged(path, format!("a layer cannot be read: {e}")))?;
        let last = stamp
            .parse()
            .map_err(|e| StoreError::damaged(path, format!("bad stamp `{stamp}`: {e}")))?;
        Ok(Some(Self { id, layer, geometry_type, last, rows }))
    }

    /// Refuses a staged layer whose rows cannot be rows of this one.
    pub(crate) fn refuse_another(&self, staged: &Layer) -> Result<(), StoreError> {
        let layer = || staged.name.clone();
        let same = |(a, b): (&Field, &Field)| a.name == b.name && a.kind == b.kind;
        let (own, other) = (&self.layer.fields, &staged.fields);
        if own.len() != other.len() || !own.iter().zip(other).all(same) {
            return Err(StoreError::LayerFields { layer: layer() });
        }
        if self.layer.geometry != staged.geometry {
            let (declared, found) = (self.layer.geometry, "geometries of another kind");
            return Err(StoreError::LayerKind { layer: layer(), declared, found });
        }
        if self.layer.crs != staged.crs {
            let (expected, found) = (self.layer.crs, staged.crs);
            return Err(StoreError::LayerGrid { layer: layer(), expected, found });
        }
        Ok(())
    }

    /// Whether its column holds multi-geometries.
    pub(crate) fn is_multi(&self) -> bool {
        self.geometry_type.as_deref().is_some_and(|name| name.starts_with("MULTI"))
    }
}
