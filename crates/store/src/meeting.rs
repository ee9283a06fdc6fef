//! How the rows of a staged layer meet those that the register has.

use crate::comparison::{Comparison, Difference, MissingRow};
use crate::diff::{Entry, Fate, match_rows};
use crate::known_layer::KnownLayer;
use crate::staging::StagedLayer;
use crate::{Access, Register, SqlContext as _, Staging, StoreError};
use rusqlite::types::Value;
use rusqlite::{Row, Rows};
use siseol_model::{ChangeCounts, DeliveryMode, FacilityKey, Stamp};
use std::path::Path;

/// How many keys that are taken are shown.
const MAX_EXAMPLES: usize = 5;

/// What a staged layer was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meeting {
    /// The state that the last change set which named the layer had made.
    pub(crate) last: Stamp,
    /// How many rows the layer had.
    pub(crate) rows: i64,
    /// Whether only those rows of the layer were looked at that the delivery may have.
    pub(crate) is_part: bool,
    /// Whether rows that the delivery does not have are deleted.
    pub(crate) deletes: bool,
}

impl Staging {
    /// Compares the finished layers with those of the register, which need not exist yet. The register may be read and
    /// written by others meanwhile, except while keys and hashes are read from it.
    ///
    /// # Errors
    ///
    /// [`StoreError::LayerFields`], [`StoreError::LayerKind`] or [`StoreError::LayerGrid`] if a layer is not what the
    /// register has under its name.
    pub fn compare(
        mut self,
        register: &Path,
        mode: DeliveryMode,
    ) -> Result<Comparison, StoreError> {
        let open = match Register::open(register, Access::Read) {
            Ok(open) => Some(open),
            Err(StoreError::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        let mut layers = std::mem::take(self.layers_mut());
        if let Some(open) = &open {
            open.at_one_state(|open| {
                layers.iter_mut().try_for_each(|staged| self.note_rows(open, staged, mode))
            })?;
        }
        drop(open);
        let mut differences = Vec::with_capacity(layers.len());
        for staged in &mut layers {
            let difference = self.difference(staged, mode)?;
            staged.changes = difference.changes;
            staged.report.changes = difference.changes;
            differences.push(difference);
        }
        *self.layers_mut() = layers;
        Ok(Comparison::new(register.to_path_buf(), self, differences))
    }

    /// Writes down which rows the register has of a layer, and when it was last changed.
    fn note_rows(
        &self,
        register: &Register,
        staged: &mut StagedLayer,
        mode: DeliveryMode,
    ) -> Result<(), StoreError> {
        let Some(known) =
            KnownLayer::find(register.connection(), register.path(), &staged.layer.name)?
        else {
            return Ok(());
        };
        known.refuse_another(&staged.layer)?;
        let n = staged.number;
        self.connection()
            .execute_batch(&format!(
                "CREATE TABLE old_{n}(id INTEGER PRIMARY KEY, facility_key, hash)"
            ))
            .doing(self.path(), READING)?;
        let is_part = match mode {
            // Whatever is not in the delivery stays without a word.
            DeliveryMode::Append => true,
            DeliveryMode::Upsert => staged.rows < known.rows / 2,
            DeliveryMode::Replace => false,
        };
        if is_part {
            self.note_met(register, n, known.id)?;
        } else {
            self.note_all(register, n, known.id)?;
        }
        staged.meeting = Some(Meeting {
            last: known.last,
            rows: known.rows,
            is_part,
            deletes: mode == DeliveryMode::Replace,
        });
        Ok(())
    }

    /// Writes down all rows of a layer. They have got their fids from its change sets, so only those are looked at.
    fn note_all(&self, register: &Register, n: u32, layer: i64) -> Result<(), StoreError> {
        let mut rows = register
            .connection()
            .prepare(
                "SELECT r.facility_key, r.hash, r.fid FROM siseol_change c \
                 CROSS JOIN siseol_row r ON r.fid >= c.first_fid AND r.fid < c.first_fid + c.inserted_fids \
                 WHERE c.layer = ?1 ORDER BY c.change_set",
            )
            .doing(register.path(), READING)?;
        self.note(register, n, rows.query([layer]).doing(register.path(), READING)?)
    }

    /// Writes down the rows of a layer that may be rows of the delivery: those with its keys, and without a key those
    /// with its contents.
    fn note_met(&self, register: &Register, n: u32, layer: i64) -> Result<(), StoreError> {
        let questions = [
            (
                format!(
                    "SELECT facility_key FROM rows_{n} WHERE facility_key NOT NULL \
                     UNION SELECT facility_key FROM raw_{n} WHERE facility_key NOT NULL"
                ),
                "facility_key = ?1",
            ),
            (
                format!("SELECT DISTINCT hash FROM rows_{n} WHERE facility_key IS NULL"),
                "facility_key IS NULL AND hash = ?1",
            ),
        ];
        for (asked, filter) in questions {
            let mut asked = self.connection().prepare(&asked).doing(self.path(), READING)?;
            let mut asked = asked.query([]).doing(self.path(), READING)?;
            let mut rows = register
                .connection()
                .prepare(&format!(
                    "SELECT facility_key, hash, fid FROM siseol_row WHERE {filter} AND layer = ?2"
                ))
                .doing(register.path(), READING)?;
            while let Some(row) = asked.next().doing(self.path(), READING)? {
                let value: Value = row.get(0).doing(self.path(), READING)?;
                let found = rows.query((value, layer)).doing(register.path(), READING)?;
                self.note(register, n, found)?;
            }
        }
        Ok(())
    }

    fn note(&self, register: &Register, n: u32, mut rows: Rows<'_>) -> Result<(), StoreError> {
        let mut insert = self
            .connection()
            .prepare_cached(&format!("INSERT INTO old_{n} VALUES (?1, ?2, ?3)"))
            .doing(self.path(), READING)?;
        while let Some(row) = rows.next().doing(register.path(), READING)? {
            let Entry { id, key, hash } = entry(row).doing(register.path(), READING)?;
            insert.execute((id, key, hash)).doing(self.path(), READING)?;
        }
        Ok(())
    }

    fn difference(
        &self,
        staged: &StagedLayer,
        mode: DeliveryMode,
    ) -> Result<Difference, StoreError> {
        let mut difference = Difference {
            layer: staged.layer.name.clone(),
            is_new: staged.meeting.is_none(),
            rows_before: 0,
            changes: ChangeCounts::default(),
            missing: Vec::new(),
            taken: 0,
            taken_examples: Vec::new(),
        };
        let Some(meeting) = staged.meeting else {
            difference.changes.inserted = staged.rows.unsigned_abs();
            return Ok(difference);
        };
        difference.rows_before = meeting.rows.unsigned_abs();
        let n = staged.number;
        self.connection()
            .execute_batch(&format!(
                "CREATE TABLE updates_{n}(fid INTEGER PRIMARY KEY, id INTEGER NOT NULL);
                 CREATE TABLE inserts_{n}(id INTEGER PRIMARY KEY);
                 CREATE TABLE missing_{n}(fid INTEGER PRIMARY KEY)"
            ))
            .doing(self.path(), COMPARING)?;
        if mode == DeliveryMode::Append {
            self.append(n, &mut difference)?;
        } else {
            self.match_layer(n, &mut difference, mode)?;
            if meeting.is_part {
                // All rows but those that were met; nobody has looked which they are.
                let ChangeCounts { updated, unchanged, .. } = difference.changes;
                difference.changes.missing = difference.rows_before - updated - unchanged;
                difference.missing.clear();
            }
        }
        Ok(difference)
    }

    fn append(&self, n: u32, difference: &mut Difference) -> Result<(), StoreError> {
        let connection = self.connection();
        let inserted = connection
            .execute(&format!("INSERT INTO inserts_{n} SELECT id FROM rows_{n}"), [])
            .doing(self.path(), COMPARING)?;
        difference.changes.inserted = inserted as u64;
        let taken = format!(
            "SELECT DISTINCT facility_key FROM rows_{n} WHERE facility_key IN \
             (SELECT facility_key FROM old_{n}) ORDER BY facility_key"
        );
        difference.taken = self.count(&format!("SELECT count(*) FROM ({taken})"))?;
        difference.taken_examples = connection
            .prepare(&format!("{taken} LIMIT {MAX_EXAMPLES}"))
            .and_then(|mut statement| {
                let keys = statement.query_map([], |row| row.get::<_, String>(0))?;
                keys.map(|key| key.map(FacilityKey::from)).collect()
            })
            .doing(self.path(), COMPARING)?;
        Ok(())
    }

    fn match_layer(
        &self,
        n: u32,
        difference: &mut Difference,
        mode: DeliveryMode,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        let prepare = |sql: String| connection.prepare(&sql).doing(self.path(), COMPARING);
        let order = "ORDER BY facility_key, hash, id";
        let mut old = prepare(format!("SELECT facility_key, hash, id FROM old_{n} {order}"))?;
        let mut new = prepare(format!("SELECT facility_key, hash, id FROM rows_{n} {order}"))?;
        let mut update = prepare(format!("INSERT INTO updates_{n} VALUES (?1, ?2)"))?;
        let mut insert = prepare(format!("INSERT INTO inserts_{n} VALUES (?1)"))?;
        let mut miss = prepare(format!("INSERT INTO missing_{n} VALUES (?1)"))?;
        let changes = &mut difference.changes;
        let matched = old.query_map([], entry).and_then(|old| {
            let new = new.query_map([], entry)?;
            match_rows(old, new, |fate| {
                match fate {
                    Fate::Unchanged => changes.unchanged += 1,
                    Fate::Update { fid, id } => {
                        changes.updated += 1;
                        update.execute([fid, id])?;
                    }
                    Fate::Insert { id } => {
                        changes.inserted += 1;
                        insert.execute([id])?;
                    }
                    Fate::Missing { fid } => {
                        changes.missing += 1;
                        miss.execute([fid])?;
                    }
                }
                Ok(())
            })
        });
        matched.doing(self.path(), COMPARING)?;
        let spared = connection
            .execute(
                &format!(
                    "DELETE FROM missing_{n} WHERE fid IN (SELECT o.id FROM old_{n} o \
                     JOIN raw_{n} r ON r.facility_key = o.facility_key)"
                ),
                [],
            )
            .doing(self.path(), COMPARING)? as u64;
        changes.missing -= spared;
        changes.unchanged += spared;
        if mode == DeliveryMode::Replace {
            changes.deleted = std::mem::take(&mut changes.missing);
        }
        difference.missing = connection
            .prepare(&format!(
                "SELECT m.fid, o.facility_key FROM missing_{n} m JOIN old_{n} o ON o.id = m.fid ORDER BY m.fid"
            ))
            .and_then(|mut statement| {
                let rows = statement.query_map([], |row| {
                    let key = row.get::<_, Option<String>>(1)?.map(FacilityKey::from);
                    Ok(MissingRow { fid: row.get(0)?, key })
                })?;
                rows.collect()
            })
            .doing(self.path(), COMPARING)?;
        Ok(())
    }

    fn count(&self, sql: &str) -> Result<u64, StoreError> {
        let count = self.connection().query_row(sql, [], |row| row.get::<_, i64>(0));
        count.map(i64::unsigned_abs).doing(self.path(), COMPARING)
    }
}

const READING: &str = "read the register's rows";
const COMPARING: &str = "compare with the register";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry { key: row.get(0)?, hash: row.get(1)?, id: row.get(2)? })
}
