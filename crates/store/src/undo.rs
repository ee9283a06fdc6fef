//! The reverse of a change set, as a new change set.

use crate::blob;
use crate::change_set::{LayerChange, OpenChangeSet, record};
use crate::content::{self, HASH_BYTES};
use crate::history::Mark;
use crate::known_layer::KnownLayer;
use crate::row_writer::{NewRow, RowWriter};
use crate::{Access, Register, SqlContext as _, StoreError, functions};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Statement, TransactionBehavior};
use serde::Serialize;
use siseol_model::{
    ChangeCounts, ChangeSetKind, CommitInfo, FacilityKey, Feature, LayerChanges, LayerName,
    Provenance, Shape,
};
use std::collections::HashMap;
use std::path::Path;

/// What an undo did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// The change set that is reversed.
    pub undoes: i64,
    /// The change set that reverses it; none if this was a rehearsal, or if nothing was left to undo.
    pub commit: Option<CommitInfo>,
    /// What it does to each layer.
    pub layers: Vec<LayerChanges>,
    /// Rows that are left as they are.
    pub kept: Vec<KeptRow>,
}

/// A row that an undo leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptRow {
    /// Its layer.
    pub layer: LayerName,
    /// The register's number for it.
    pub fid: i64,
    /// The city's own id, as it is now or was last.
    pub facility_key: Option<FacilityKey>,
    /// Why.
    #[serde(flatten)]
    pub reason: KeptReason,
}

/// Why an undo leaves a row as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum KeptReason {
    /// A later change set has changed, deleted or brought back the row.
    ChangedSince {
        /// Which one.
        change_set: i64,
    },
    /// The row is gone, and another one has been given its key since.
    KeyTaken {
        /// Which one.
        fid: i64,
    },
}

const DOING: &str = "undo the change set";

/// Commits the reverse of a change set: rows that came go, rows that changed get their content back, rows that went come
/// back under their old fid. What was changed since is left alone and named. A rehearsal does all of it but commit.
///
/// # Errors
///
/// [`StoreError::NoSuchChangeSet`]; [`StoreError::Busy`] if another process holds the register. The register is then as
/// it was.
pub fn undo(
    register: &Path,
    change_set: i64,
    provenance: Provenance,
    now: Timestamp,
    rehearse: bool,
) -> Result<UndoReport, StoreError> {
    let mut register = Register::open(register, Access::Write)?;
    let path = register.path().to_path_buf();
    register.set_journal()?;
    functions::register(register.connection()).doing(&path, DOING)?;
    let transaction = register
        .connection_mut()
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing(&path, DOING)?;
    let mut report =
        UndoReport { undoes: change_set, commit: None, layers: Vec::new(), kept: Vec::new() };
    let info = reverse(&transaction, &path, provenance, now, &mut report)?;
    let changed = |l: &LayerChanges| l.changes.inserted + l.changes.updated + l.changes.deleted > 0;
    if rehearse || !report.layers.iter().any(changed) {
        transaction.rollback().doing(&path, DOING)?;
    } else {
        transaction.commit().doing(&path, DOING)?;
        report.commit = Some(info);
    }
    Ok(report)
}

fn reverse(
    connection: &Connection,
    path: &Path,
    provenance: Provenance,
    now: Timestamp,
    report: &mut UndoReport,
) -> Result<CommitInfo, StoreError> {
    let undone = report.undoes;
    let generation: Option<i64> = connection
        .query_row("SELECT generation FROM siseol_change_set WHERE id = ?1", [undone], |row| {
            row.get(0)
        })
        .optional()
        .doing(path, DOING)?;
    let generation = generation.ok_or(StoreError::NoSuchChangeSet { change_set: undone })?;
    let kind = (ChangeSetKind::Undo, Some(undone));
    let open = OpenChangeSet::begin(connection, path, kind, provenance, now)?;
    let touched: Vec<(String, i64, i64)> = connection
        .prepare(
            "SELECT l.name, c.first_fid, c.inserted_fids FROM siseol_change c \
             JOIN siseol_layer l ON l.id = c.layer \
             WHERE c.change_set = ?1 AND c.inserted + c.updated + c.deleted > 0 ORDER BY l.name",
        )
        .and_then(|mut statement| {
            let rows =
                statement.query_map([undone], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        })
        .doing(path, DOING)?;
    for (name, first_fid, fids) in touched {
        let damaged = || StoreError::damaged(path, format!("a change of the unknown layer {name}"));
        let Ok(layer) = name.parse::<LayerName>() else { return Err(damaged()) };
        let known = KnownLayer::find(connection, path, &layer)?.ok_or_else(damaged)?;
        let mut reversal = Reversal {
            connection,
            path,
            known: &known,
            undone,
            generation,
            writer: RowWriter::new(connection, path, &known, &open.numbers)?,
            since: Since::new(connection, path)?,
            keys: keys_given_since(connection, known.id, generation).doing(path, DOING)?,
            changes: ChangeCounts::default(),
            kept: &mut report.kept,
        };
        reversal.inserted(first_fid, fids)?;
        reversal.told_by_history()?;
        let changes = reversal.changes;
        drop(reversal);
        let change = LayerChange {
            layer_id: known.id,
            revises: changes.inserted + changes.updated + changes.deleted > 0,
            changes,
            rows: known.rows + changes.inserted.cast_signed() - changes.deleted.cast_signed(),
            fids: (open.numbers.next_fid, 0),
            report: None,
        };
        record(connection, &open.numbers, &change)
            .and_then(|()| {
                connection.execute(
                    "UPDATE gpkg_contents SET last_change = ?1 WHERE table_name = ?2",
                    (open.gpkg_time(), layer.as_str()),
                )
            })
            .doing(path, DOING)?;
        report.layers.push(LayerChanges { layer, changes });
    }
    open.end(None)
}

/// The reverse of what the change set did to one layer.
struct Reversal<'a> {
    connection: &'a Connection,
    path: &'a Path,
    known: &'a KnownLayer,
    undone: i64,
    generation: i64,
    writer: RowWriter<'a>,
    since: Since<'a>,
    /// The keys of rows that were changed since, and of which row each is.
    keys: HashMap<String, i64>,
    changes: ChangeCounts,
    kept: &'a mut Vec<KeptRow>,
}

/// A row of the history of the change set that is undone.
struct Told {
    fid: i64,
    mark: i64,
    hash: Option<[u8; HASH_BYTES]>,
    content: Option<Vec<u8>>,
}

impl Reversal<'_> {
    /// Rows that got a fid from the change set go.
    fn inserted(&mut self, first_fid: i64, fids: i64) -> Result<(), StoreError> {
        for fid in first_fid..first_fid + fids {
            if self.is_untouched(fid)? {
                self.writer.delete(fid)?;
                self.changes.deleted += 1;
            }
        }
        Ok(())
    }

    /// Rows whose earlier content the history has get it back; rows that had come back go again.
    fn told_by_history(&mut self) -> Result<(), StoreError> {
        let told: Vec<Told> = self
            .connection
            .prepare(
                "SELECT fid, operation, hash, content FROM siseol_history \
                 WHERE change_set = ?1 AND layer = ?2 ORDER BY id",
            )
            .and_then(|mut statement| {
                let rows = statement.query_map([self.undone, self.known.id], |row| {
                    Ok(Told {
                        fid: row.get(0)?,
                        mark: row.get(1)?,
                        hash: row.get(2)?,
                        content: row.get(3)?,
                    })
                })?;
                rows.collect()
            })
            .doing(self.path, DOING)?;
        for row in told {
            if row.mark == Mark::Back as i64 {
                if self.is_untouched(row.fid)? {
                    self.writer.delete(row.fid)?;
                    self.changes.deleted += 1;
                }
                continue;
            }
            let before = Before::read(&row, self.known).ok_or_else(|| {
                let fault = format!("the history of fid {} cannot be read", row.fid);
                StoreError::damaged(self.path, fault)
            })?;
            if row.mark == Mark::Updated as i64 {
                if self.is_untouched(row.fid)? {
                    self.writer.update(row.fid, &before.row())?;
                    self.changes.updated += 1;
                }
            } else if self.may_come_back(row.fid, &before)? {
                self.writer.bring_back(row.fid, &before.row())?;
                self.changes.inserted += 1;
            }
        }
        Ok(())
    }

    /// Whether a row still is as the change set left it; it is named if it is not.
    fn is_untouched(&mut self, fid: i64) -> Result<bool, StoreError> {
        let state = self.since.state(fid).doing(self.path, DOING)?;
        if let State::There { changed, .. } = state
            && changed == self.generation
        {
            return Ok(true);
        }
        self.keep(fid, state.key())?;
        Ok(false)
    }

    /// Whether a row that went is still gone and its key is still free; it is named if not.
    fn may_come_back(&mut self, fid: i64, before: &Before) -> Result<bool, StoreError> {
        let state = self.since.state(fid).doing(self.path, DOING)?;
        let gone = matches!(state, State::Gone { generation } if generation == self.generation);
        if !gone {
            self.keep(fid, state.key().or_else(|| before.feature.key.clone()))?;
            return Ok(false);
        }
        let Some(key) = &before.feature.key else { return Ok(true) };
        let taken = self.keys.get(key.as_str()).copied();
        if let Some(other) = taken {
            self.kept.push(KeptRow {
                layer: self.known.layer.name.clone(),
                fid,
                facility_key: Some(key.clone()),
                reason: KeptReason::KeyTaken { fid: other },
            });
        }
        Ok(taken.is_none())
    }

    fn keep(&mut self, fid: i64, facility_key: Option<FacilityKey>) -> Result<(), StoreError> {
        let change_set = self.since.last_change(fid).doing(self.path, DOING)?;
        self.kept.push(KeptRow {
            layer: self.known.layer.name.clone(),
            fid,
            facility_key,
            reason: KeptReason::ChangedSince { change_set },
        });
        Ok(())
    }
}

/// The content that a row had before the change set.
struct Before {
    feature: Feature,
    hash: [u8; HASH_BYTES],
    blob: Option<Vec<u8>>,
}

impl Before {
    /// None if the history does not hold what was written.
    fn read(told: &Told, known: &KnownLayer) -> Option<Self> {
        let content = told.content.as_deref()?;
        let hash = told.hash.filter(|hash| content::hash_of(content) == *hash)?;
        let feature = content::read(content).ok()?;
        if feature.values.len() != known.layer.fields.len() {
            return None;
        }
        let srs_id = i32::try_from(known.layer.crs.code()).ok()?;
        let blob = match feature.geometry.as_deref() {
            None => None,
            Some(wkb) => {
                let mut blob = Vec::new();
                let outline = blob::outline(&mut Shape::default(), wkb).ok()?;
                blob::write(&mut blob, srs_id, outline, wkb);
                Some(blob::place(&blob, srs_id, known.is_multi())?)
            }
        };
        Some(Self { feature, hash, blob })
    }

    fn row(&self) -> NewRow<'_> {
        NewRow {
            key: self.feature.key.as_ref().map(FacilityKey::as_str),
            hash: self.hash,
            blob: self.blob.as_deref(),
            values: &self.feature.values,
        }
    }
}

/// How a row is now.
enum State {
    There { changed: i64, key: Option<FacilityKey> },
    Gone { generation: i64 },
}

impl State {
    fn key(&self) -> Option<FacilityKey> {
        match self {
            Self::There { key, .. } => key.clone(),
            Self::Gone { .. } => None,
        }
    }
}

/// What has happened to rows since.
struct Since<'c> {
    row: Statement<'c>,
    gone: Statement<'c>,
    last: Statement<'c>,
}

impl<'c> Since<'c> {
    fn new(connection: &'c Connection, path: &Path) -> Result<Self, StoreError> {
        let prepare = |sql: &str| connection.prepare(sql).doing(path, DOING);
        Ok(Self {
            row: prepare("SELECT changed, facility_key FROM siseol_row WHERE fid = ?1")?,
            gone: prepare("SELECT max(generation) FROM siseol_history WHERE fid = ?1")?,
            last: prepare(
                "SELECT coalesce(max(change_set), 0) FROM siseol_history WHERE fid = ?1",
            )?,
        })
    }

    fn state(&mut self, fid: i64) -> rusqlite::Result<State> {
        let there = self.row.query_row([fid], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((changed, key)) = there {
            let key: Option<String> = key;
            return Ok(State::There { changed, key: key.map(FacilityKey::from) });
        }
        let generation: Option<i64> = self.gone.query_row([fid], |row| row.get(0))?;
        Ok(State::Gone { generation: generation.unwrap_or_default() })
    }

    /// The last change set that updated, deleted or brought back a row.
    fn last_change(&mut self, fid: i64) -> rusqlite::Result<i64> {
        self.last.query_row([fid], |row| row.get(0))
    }
}

/// A row that had the key before is no reason not to bring back another one: the city may have given it twice.
fn keys_given_since(
    connection: &Connection,
    layer: i64,
    generation: i64,
) -> rusqlite::Result<HashMap<String, i64>> {
    let mut statement = connection.prepare(
        "SELECT facility_key, fid FROM siseol_row \
         WHERE layer = ?1 AND changed > ?2 AND facility_key NOT NULL",
    )?;
    let rows = statement.query_map((layer, generation), |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
