//! Layers as they were, and what differs between two states.

use crate::history::Versions;
use crate::names::{FID, quoted};
use crate::read::{ORDERED, RowReader, select};
use crate::{Register, SqlContext as _, StoreError, StoredRow};
use rusqlite::{OptionalExtension as _, Rows};
use siseol_model::{Layer, LayerName};

/// Rows that are read at a time. A writer waits for that long and no longer.
const CHUNK: i64 = 10_000;

impl Register {
    /// Reads a layer as it was in that state, in the order of its fids. The first error of `visit` ends it and is
    /// passed on. It costs as much as the layer and its history. Others may commit meanwhile: it changes nothing of what
    /// was.
    ///
    /// # Errors
    ///
    /// [`StoreError::Replaced`] if another register takes the place of this one meanwhile.
    pub fn read_layer_at<E: From<StoreError>>(
        &self,
        layer: &Layer,
        generation: i64,
        visit: &mut dyn FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut last = 0;
        let mut state = None;
        loop {
            let read = self.at_one_state(|register| {
                let now = register.commit_of(generation)?.map(|commit| commit.stamp);
                if *state.get_or_insert(now) != now {
                    let path = register.path().to_path_buf();
                    return Err(StoreError::Replaced { path }.into());
                }
                register.read_chunk(layer, generation, last, visit)
            })?;
            match read {
                Some(end) => last = end,
                None => return Ok(()),
            }
        }
    }

    /// Reads some rows after that fid. Returns the last fid of them; none if there are no more rows.
    fn read_chunk<E: From<StoreError>>(
        &self,
        layer: &Layer,
        generation: i64,
        after: i64,
        visit: &mut dyn FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<Option<i64>, E> {
        let doing = "read a past state of a layer";
        let record = self.layer_record(layer)?;
        let versions = Versions::new(self, layer)?;
        let end: Option<i64> = self
            .connection()
            .prepare_cached(&format!(
                "SELECT {FID} FROM {} WHERE {FID} > ?1 ORDER BY {FID} LIMIT 1 OFFSET ?2",
                quoted(layer.name.as_str())
            ))
            .and_then(|mut statement| {
                statement.query_row([after, CHUNK - 1], |row| row.get(0)).optional()
            })
            .doing(self.path(), doing)?;
        let until = end.unwrap_or(i64::MAX);
        let mut ended = self
            .connection()
            .prepare_cached(
                "SELECT fid, id FROM siseol_history WHERE fid > ?1 AND fid <= ?2 AND layer = ?3 \
                 AND generation > ?4 AND changed <= ?4 ORDER BY fid",
            )
            .doing(self.path(), doing)?;
        let mut ended =
            ended.query([after, until, record.id, generation]).doing(self.path(), doing)?;
        // A row without bookkeeping is not passed over in silence.
        let rest = format!(
            "WHERE t.{FID} > ?1 AND t.{FID} <= ?2 AND coalesce(r.changed, 0) <= ?3 {ORDERED}"
        );
        let mut lasting = self
            .connection()
            .prepare_cached(&select(layer, "", &rest))
            .doing(self.path(), doing)?;
        let mut lasting = lasting.query([after, until, generation]).doing(self.path(), doing)?;
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
                None => return Ok(end),
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
