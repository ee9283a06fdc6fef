//! The reverse of what a change set did to one layer.

use crate::blob;
use crate::content::{self, HASH_BYTES};
use crate::history::{Mark, kept_feature};
use crate::known_layer::KnownLayer;
use crate::row_writer::{NewRow, RowWriter};
use crate::undo::{KeptReason, KeptRow};
use crate::{SqlContext as _, StoreError};
use rusqlite::{Connection, OptionalExtension as _, Row, Statement};
use siseol_model::{ChangeCounts, FacilityKey, Feature, LayerName, Shape};
use std::path::Path;

const DOING: &str = "undo the change set";

/// The change set that is to be undone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Undone {
    id: i64,
    generation: i64,
}

/// What it did to a layer, beside what the history tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Touched {
    first_fid: i64,
    inserted_fids: i64,
}

impl Undone {
    pub(crate) fn find(connection: &Connection, path: &Path, id: i64) -> Result<Self, StoreError> {
        let sql = "SELECT generation FROM siseol_change_set WHERE id = ?1";
        let found = connection.query_row(sql, [id], |row| row.get(0)).optional();
        match found.doing(path, DOING)? {
            Some(generation) => Ok(Self { id, generation }),
            None => Err(StoreError::NoSuchChangeSet { change_set: id }),
        }
    }

    /// The layers whose rows it changed, by name.
    pub(crate) fn layers(
        self,
        connection: &Connection,
        path: &Path,
    ) -> Result<Vec<(LayerName, Touched)>, StoreError> {
        let touched = |row: &Row<'_>| {
            let (first_fid, inserted_fids) = (row.get(1)?, row.get(2)?);
            Ok((row.get::<_, String>(0)?, Touched { first_fid, inserted_fids }))
        };
        let layers: Vec<_> = connection
            .prepare(
                "SELECT l.name, c.first_fid, c.inserted_fids FROM siseol_change c \
                 JOIN siseol_layer l ON l.id = c.layer \
                 WHERE c.change_set = ?1 AND c.inserted + c.updated + c.deleted > 0 ORDER BY l.name",
            )
            .and_then(|mut statement| statement.query_map([self.id], touched)?.collect())
            .doing(path, DOING)?;
        let parsed = layers.into_iter().map(|(name, touched)| match name.parse() {
            Ok(name) => Ok((name, touched)),
            Err(e) => Err(StoreError::damaged(path, format!("bad layer name `{name}`: {e}"))),
        });
        parsed.collect()
    }
}

/// Reverses what a change set did to one layer; only finds out what that does where it has no writer.
pub(crate) struct Reversal<'a> {
    connection: &'a Connection,
    path: &'a Path,
    known: &'a KnownLayer,
    undone: Undone,
    writer: Option<RowWriter<'a>>,
    since: Since<'a>,
    changes: ChangeCounts,
    kept: Vec<KeptRow>,
}

impl<'a> Reversal<'a> {
    pub(crate) fn new(
        connection: &'a Connection,
        path: &'a Path,
        known: &'a KnownLayer,
        undone: Undone,
        writer: Option<RowWriter<'a>>,
    ) -> Result<Self, StoreError> {
        let since = Since::new(connection, known.id, undone.generation).doing(path, DOING)?;
        let (changes, kept) = (ChangeCounts::default(), Vec::new());
        Ok(Self { connection, path, known, undone, writer, since, changes, kept })
    }

    /// Does it, and returns how many rows come, change and go, and which are left as they are.
    pub(crate) fn run(
        mut self,
        touched: Touched,
    ) -> Result<(ChangeCounts, Vec<KeptRow>), StoreError> {
        for fid in touched.first_fid..touched.first_fid + touched.inserted_fids {
            self.take_away(fid)?;
        }
        let told: Vec<i64> = self
            .connection
            .prepare(
                "SELECT id FROM siseol_history WHERE change_set = ?1 AND layer = ?2 ORDER BY id",
            )
            .and_then(|mut statement| {
                let ids = statement.query_map([self.undone.id, self.known.id], |row| row.get(0))?;
                ids.collect()
            })
            .doing(self.path, DOING)?;
        let mut read = self
            .connection
            .prepare("SELECT fid, operation, hash, content FROM siseol_history WHERE id = ?1")
            .doing(self.path, DOING)?;
        for id in told {
            let told = read.query_row([id], Told::read).doing(self.path, DOING)?;
            self.give_back(&told)?;
        }
        Ok((self.changes, self.kept))
    }

    /// Reverses what the history tells of a row.
    fn give_back(&mut self, told: &Told) -> Result<(), StoreError> {
        let fid = told.fid;
        let unreadable =
            || StoreError::damaged(self.path, format!("the history of fid {fid} cannot be read"));
        let mark = Mark::of(told.mark).ok_or_else(unreadable)?;
        if mark == Mark::Back {
            return self.take_away(fid);
        }
        let before = Before::read(told, self.known).ok_or_else(unreadable)?;
        if mark == Mark::Updated {
            if self.is_untouched(fid)? {
                if let Some(writer) = &mut self.writer {
                    writer.update(fid, &before.row())?;
                }
                self.changes.updated += 1;
            }
        } else if self.may_come_back(fid, &before)? {
            if let Some(writer) = &mut self.writer {
                writer.bring_back(fid, &before.row())?;
            }
            self.changes.inserted += 1;
        }
        Ok(())
    }

    /// A row that came goes.
    fn take_away(&mut self, fid: i64) -> Result<(), StoreError> {
        if self.is_untouched(fid)? {
            if let Some(writer) = &mut self.writer {
                writer.delete(fid)?;
            }
            self.changes.deleted += 1;
        }
        Ok(())
    }

    /// Whether a row still is as the change set left it; it is named if it is not.
    fn is_untouched(&mut self, fid: i64) -> Result<bool, StoreError> {
        let now = self.since.present(fid).doing(self.path, DOING)?;
        let untouched = now.as_ref().is_some_and(|row| row.changed == self.undone.generation);
        if !untouched {
            self.keep_changed(fid, now)?;
        }
        Ok(untouched)
    }

    /// Whether a row that went is still gone and its key is still free; it is named if not.
    fn may_come_back(&mut self, fid: i64, before: &Before) -> Result<bool, StoreError> {
        let key = before.feature.key.as_ref();
        let now = self.since.present(fid).doing(self.path, DOING)?;
        if now.is_some() || self.last_change(fid)?.change_set != self.undone.id {
            self.keep_changed(fid, now)?;
            return Ok(false);
        }
        let Some(key) = key else { return Ok(true) };
        let Some(other) = self.since.taker(key).doing(self.path, DOING)? else { return Ok(true) };
        self.keep(fid, Some(key.clone()), KeptReason::KeyTaken { fid: other });
        Ok(false)
    }

    fn last_change(&mut self, fid: i64) -> Result<LastChange, StoreError> {
        let last = self.since.last_change(fid).doing(self.path, DOING)?;
        last.ok_or_else(|| {
            StoreError::damaged(self.path, format!("the history does not know fid {fid}"))
        })
    }

    fn keep_changed(&mut self, fid: i64, now: Option<Present>) -> Result<(), StoreError> {
        let LastChange { change_set, key } = self.last_change(fid)?;
        let key = now.map_or(key, |row| row.key);
        self.keep(fid, key, KeptReason::ChangedSince { change_set });
        Ok(())
    }

    fn keep(&mut self, fid: i64, facility_key: Option<FacilityKey>, reason: KeptReason) {
        let layer = self.known.layer.name.clone();
        self.kept.push(KeptRow { layer, fid, facility_key, reason });
    }
}

/// A row of the history of the change set that is undone.
struct Told {
    fid: i64,
    mark: i64,
    hash: Option<[u8; HASH_BYTES]>,
    content: Option<Vec<u8>>,
}

impl Told {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (fid, mark) = (row.get(0)?, row.get(1)?);
        Ok(Self { fid, mark, hash: row.get(2)?, content: row.get(3)? })
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
        let feature = kept_feature(content, &known.layer)?;
        let blob = match feature.geometry.as_deref() {
            None => None,
            Some(wkb) => {
                let srs_id = i32::try_from(known.layer.crs.code()).ok()?;
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

/// What has happened to the rows of a layer since a state.
struct Since<'c> {
    layer: i64,
    generation: i64,
    present: Statement<'c>,
    last: Statement<'c>,
    next: Statement<'c>,
    of_key: Statement<'c>,
}

/// A row as it is now.
struct Present {
    changed: i64,
    key: Option<FacilityKey>,
}

/// The last change set that updated, deleted or brought back a row.
struct LastChange {
    change_set: i64,
    /// The key that the row had before.
    key: Option<FacilityKey>,
}

impl<'c> Since<'c> {
    fn new(connection: &'c Connection, layer: i64, generation: i64) -> rusqlite::Result<Self> {
        Ok(Self {
            layer,
            generation,
            present: connection
                .prepare("SELECT changed, facility_key FROM siseol_row WHERE fid = ?1")?,
            last: connection.prepare(
                "SELECT change_set, content FROM siseol_history \
                 WHERE fid = ?1 ORDER BY generation DESC LIMIT 1",
            )?,
            next: connection.prepare(
                "SELECT changed, content FROM siseol_history \
                 WHERE fid = ?1 AND generation > ?2 ORDER BY generation LIMIT 1",
            )?,
            // Those that this very undo has brought back are of the state after the present one.
            of_key: connection.prepare(
                "SELECT fid FROM siseol_row WHERE facility_key = ?1 AND layer = ?2 \
                 AND changed > ?3 AND changed <= (SELECT generation FROM siseol_meta) ORDER BY fid",
            )?,
        })
    }

    fn present(&mut self, fid: i64) -> rusqlite::Result<Option<Present>> {
        let read = |row: &Row<'_>| {
            let key: Option<String> = row.get(1)?;
            Ok(Present { changed: row.get(0)?, key: key.map(FacilityKey::from) })
        };
        self.present.query_row([fid], read).optional()
    }

    /// None for a row that is as it was inserted.
    fn last_change(&mut self, fid: i64) -> rusqlite::Result<Option<LastChange>> {
        let read = |row: &Row<'_>| {
            let content: Option<Vec<u8>> = row.get(1)?;
            let before = content.and_then(|content| content::read(&content).ok());
            Ok(LastChange { change_set: row.get(0)?, key: before.and_then(|feature| feature.key) })
        };
        self.last.query_row([fid], read).optional()
    }

    /// The first row that has been given that key since. One that had it already takes it from nobody: the city may
    /// have given it twice.
    fn taker(&mut self, key: &FacilityKey) -> rusqlite::Result<Option<i64>> {
        let mut fids = self.of_key.query((key.as_str(), self.layer, self.generation))?;
        while let Some(row) = fids.next()? {
            let fid = row.get(0)?;
            // The version that ended first since then is the one of that state, if it had begun by then.
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let ended = self.next.query_row([fid, self.generation], read).optional()?;
            let (changed, content): (Option<i64>, Option<Vec<u8>>) = ended.unwrap_or_default();
            let had_it = changed.is_some_and(|changed| changed <= self.generation)
                && content
                    .is_some_and(|content| content.starts_with(&content::beginning(key.as_str())));
            if !had_it {
                return Ok(Some(fid));
            }
        }
        Ok(None)
    }
}
