//! Layers as they were, and what differs between two states.

use crate::history::Versions;
use crate::read::{ORDERED, RowReader, select};
use crate::{Register, SqlContext as _, StoreError, StoredRow};
use rusqlite::Rows;
use siseol_model::{Layer, LayerName};

impl Register {
    /// Reads a layer as it was in that state, in the order of its fids. The first error of `visit` ends it and is
    /// passed on. It costs as much as the layer and what happened to it since; nobody can commit while it lasts.
    pub fn read_layer_at<E: From<StoreError>>(
        &self,
        layer: &Layer,
        generation: i64,
        visit: &mut dyn FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.at_one_state(|register| register.read_past(layer, generation, visit))
    }

    fn read_past<E: From<StoreError>>(
        &self,
        layer: &Layer,
        generation: i64,
        visit: &mut dyn FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let doing = "read a past state of a layer";
        let record = self.layer_record(layer)?;
        let versions = Versions::new(self, layer)?;
        let mut ended = self
            .connection()
            .prepare(
                "SELECT h.fid, h.id FROM siseol_change c \
                 CROSS JOIN siseol_history h ON h.change_set = c.change_set AND h.layer = c.layer \
                 WHERE c.layer = ?1 AND c.generation > ?2 AND h.changed <= ?2 ORDER BY h.fid",
            )
            .doing(self.path(), doing)?;
        let mut ended = ended.query([record.id, generation]).doing(self.path(), doing)?;
        // A row without bookkeeping is not passed over in silence.
        let rest = format!("WHERE coalesce(r.changed, 0) <= ?1 {ORDERED}");
        let mut lasting =
            self.connection().prepare(&select(layer, "", &rest)).doing(self.path(), doing)?;
        let mut lasting = lasting.query([generation]).doing(self.path(), doing)?;
        let mut reader = RowReader::new(self, layer, record.form);

        let mut next = self.next_ended(&mut ended)?;
        loop {
            let row = lasting.next().doing(self.path(), doing)?;
            let row = row.map(|row| reader.read(row)).transpose()?;
            while let Some((fid, id)) = next
                && row.is_none_or(|row| fid < row.fid)
            {
                visit(versions.kept(id)?.row())?;
                next = self.next_ended(&mut ended)?;
            }
            match row {
                Some(row) => visit(row)?,
                None => return Ok(()),
            }
        }
    }

    /// The fid of the next version and where the history has it.
    fn next_ended(&self, ended: &mut Rows<'_>) -> Result<Option<(i64, i64)>, StoreError> {
        ended
            .next()
            .and_then(|row| row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose())
            .doing(self.path(), "read the history")
    }

    /// How many rows of a layer differ between two states, at most: what the change sets between them count.
    pub fn difference_size(
        &self,
        layer: &LayerName,
        from: i64,
        to: i64,
    ) -> Result<u64, StoreError> {
        self.connection()
            .prepare_cached(
                "SELECT coalesce(sum(c.inserted + c.updated + c.deleted), 0) \
                 FROM siseol_change c JOIN siseol_layer l ON l.id = c.layer \
                 WHERE l.name = ?1 AND c.generation > ?2 AND c.generation <= ?3",
            )
            .and_then(|mut statement| {
                statement.query_row((layer.as_str(), from.min(to), from.max(to)), |row| row.get(0))
            })
            .map(i64::unsigned_abs)
            .doing(self.path(), "count the changes of a layer")
    }

    /// Visits, by fid, each row that was inserted, updated or deleted between the two states, either of which may be
    /// the later one: as it is in the state `to`, or none if it is not there. It costs as much as the change sets
    /// between the states did, whatever the size of the layer.
    #[expect(clippy::type_complexity, reason = "a visitor like those of the other readers")]
    pub fn read_difference<E: From<StoreError>>(
        &self,
        layer: &Layer,
        from: i64,
        to: i64,
        visit: &mut dyn FnMut(i64, Option<StoredRow<'_>>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.at_one_state(|register| {
            let doing = "compare two states of a layer";
            let path = register.path();
            let record = register.layer_record(layer)?;
            let versions = Versions::new(register, layer)?;
            let mut statement = register.connection().prepare(DIFFERENCE).doing(path, doing)?;
            let mut rows = statement
                .query((record.id, from.min(to), from.max(to), from, to))
                .doing(path, doing)?;
            while let Some(row) = rows.next().doing(path, doing)? {
                let (fid, there): (i64, Option<i64>) =
                    (|| Ok((row.get(0)?, row.get(1)?)))().doing(path, doing)?;
                let version = there.map(|_| versions.existing_at(fid, to)).transpose()?;
                visit(fid, version.as_ref().map(|version| version.row()))?;
            }
            Ok(())
        })
    }
}

/// The rows that the change sets between two states (?2, ?3] touched, and when the version of each in the one state
/// (?4) and in the other (?5) was written. Two versions of a row that were written by the same change set are one.
const DIFFERENCE: &str = "
WITH changes AS (
  SELECT * FROM siseol_change WHERE layer = ?1 AND generation > ?2 AND generation <= ?3
), touched(fid) AS (
  SELECT h.fid FROM changes c CROSS JOIN siseol_history h ON h.change_set = c.change_set AND h.layer = c.layer
  UNION
  SELECT r.fid FROM changes c
  CROSS JOIN siseol_row r ON r.fid >= c.first_fid AND r.fid < c.first_fid + c.inserted_fids
  UNION
  SELECT h.fid FROM changes c
  CROSS JOIN siseol_history h ON h.fid >= c.first_fid AND h.fid < c.first_fid + c.inserted_fids
), versions AS (
  SELECT fid,
    coalesce((SELECT changed FROM siseol_history h WHERE h.fid = touched.fid AND changed <= ?5 AND generation > ?5),
      (SELECT changed FROM siseol_row r WHERE r.fid = touched.fid AND changed <= ?5)) AS there,
    coalesce((SELECT changed FROM siseol_history h WHERE h.fid = touched.fid AND changed <= ?4 AND generation > ?4),
      (SELECT changed FROM siseol_row r WHERE r.fid = touched.fid AND changed <= ?4)) AS here
  FROM touched
)
SELECT fid, there FROM versions WHERE there IS NOT here ORDER BY fid";
