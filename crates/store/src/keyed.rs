//! Finding rows by the city's own id without making the register resident, those that are gone included.

use crate::{Register, SqlContext as _, StoreError, content};
use siseol_model::{FacilityKey, LayerName};
use std::collections::BTreeSet;

impl Register {
    /// The rows that have that key or had it once, in one layer or in all: by layer, then by fid. It looks at all rows
    /// and all of the history.
    pub fn rows_with_key(
        &self,
        key: &FacilityKey,
        layer: Option<&LayerName>,
    ) -> Result<Vec<(LayerName, i64)>, StoreError> {
        let doing = "look for a facility key";
        // A row's content begins with its key, whatever comes after it.
        let beginning = content::beginning(key.as_str());
        let mut statement = self
            .connection()
            .prepare(
                "SELECT l.name, r.fid FROM siseol_row r JOIN siseol_layer l ON l.id = r.layer \
                 WHERE r.facility_key = ?1 AND (?2 IS NULL OR l.name = ?2) \
                 UNION SELECT l.name, h.fid FROM siseol_history h JOIN siseol_layer l ON l.id = h.layer \
                 WHERE substr(h.content, 1, length(?3)) = ?3 AND (?2 IS NULL OR l.name = ?2)",
            )
            .doing(self.path(), doing)?;
        let found = statement
            .query_map((key.as_str(), layer.map(LayerName::as_str), &beginning), |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?))
            })
            .and_then(Iterator::collect::<rusqlite::Result<BTreeSet<(String, i64)>>>)
            .doing(self.path(), doing)?;
        found
            .into_iter()
            .map(|(name, fid)| match name.parse() {
                Ok(layer) => Ok((layer, fid)),
                Err(error) => Err(StoreError::damaged(
                    self.path(),
                    format!("bad layer name `{name}`: {error}"),
                )),
            })
            .collect()
    }
}
