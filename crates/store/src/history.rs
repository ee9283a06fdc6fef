//! The versions of rows.
//!
//! A row's content is valid from the generation in which it was written until before the one that wrote another one or
//! deleted the row. History has those that ended, `[changed, generation)`; the layer's table has the last one. So the
//! row in a state is the one of history whose time holds that state, else the one in the table if it was there by then.

use crate::form::Form;
use crate::read::{RowReader, StoredRow, select};
use crate::{Register, SqlContext as _, StoreError, content};
use rusqlite::{OptionalExtension as _, Row};
use siseol_model::{Feature, Layer, Operation};

const READING: &str = "read the history";

/// What the history says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mark {
    /// It came back.
    Back = 1,
    /// It got another content.
    Updated = 2,
    /// It went.
    Deleted = 3,
}

impl Mark {
    /// The mark as the file has it.
    pub(crate) fn of(operation: i64) -> Option<Self> {
        [Self::Back, Self::Updated, Self::Deleted].into_iter().find(|m| *m as i64 == operation)
    }
}

/// A row as it was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Version {
    pub(crate) fid: i64,
    /// The state in which it got this content.
    pub(crate) changed: i64,
    pub(crate) feature: Feature,
}

impl Version {
    pub(crate) fn row(&self) -> StoredRow<'_> {
        let Feature { key, geometry, values } = &self.feature;
        StoredRow {
            fid: self.fid,
            key: key.as_ref(),
            generation: self.changed,
            geometry: geometry.as_deref(),
            values,
        }
    }
}

impl From<StoredRow<'_>> for Version {
    fn from(row: StoredRow<'_>) -> Self {
        let feature = Feature {
            key: row.key.cloned(),
            geometry: row.geometry.map(<[u8]>::to_vec),
            values: row.values.to_vec(),
        };
        Self { fid: row.fid, changed: row.generation, feature }
    }
}

/// What one change set did to one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) fid: i64,
    pub(crate) operation: Operation,
    /// The row of the history that keeps the content from before; none for an insert.
    kept: Option<i64>,
}

impl Event {
    /// History does not tell it.
    pub(crate) fn first_insert(fid: i64) -> Self {
        Self { fid, operation: Operation::Insert, kept: None }
    }
}

impl Register {
    /// The event that the row `id` of the history tells.
    pub(crate) fn event(&self, fid: i64, operation: i64, id: i64) -> Result<Event, StoreError> {
        let (operation, kept) = match Mark::of(operation) {
            Some(Mark::Back) => (Operation::Insert, None),
            Some(Mark::Updated) => (Operation::Update, Some(id)),
            Some(Mark::Deleted) => (Operation::Delete, Some(id)),
            None => {
                let fault = format!("the history of fid {fid} has the unknown mark {operation}");
                return Err(StoreError::damaged(self.path(), fault));
            }
        };
        Ok(Event { fid, operation, kept })
    }
}

/// Reads versions of the rows of one layer.
pub(crate) struct Versions<'r> {
    register: &'r Register,
    layer: &'r Layer,
    form: Form,
    /// The statement for a row of the table.
    present: String,
}

impl<'r> Versions<'r> {
    pub(crate) fn new(register: &'r Register, layer: &'r Layer) -> Result<Self, StoreError> {
        let form = register.layer_record(layer)?.form;
        Ok(Self { register, layer, form, present: select(layer, "", "WHERE t.fid = ?1") })
    }

    /// The row before and after an event, which made that state.
    pub(crate) fn around(
        &self,
        event: Event,
        generation: i64,
    ) -> Result<(Option<Feature>, Option<Feature>), StoreError> {
        let before = event.kept.map(|id| self.kept(id)).transpose()?;
        let after = match event.operation {
            Operation::Delete => None,
            Operation::Insert | Operation::Update => Some(self.existing_at(event.fid, generation)?),
        };
        Ok((before.map(|version| version.feature), after.map(|version| version.feature)))
    }

    /// The row as it was in that state; none if it was not there.
    fn at(&self, fid: i64, generation: i64) -> Result<Option<Version>, StoreError> {
        let filter = "fid = ?1 AND changed <= ?2 AND generation > ?2";
        match self.kept_where(filter, (fid, generation))? {
            Some(version) => Ok(Some(version)),
            None => Ok(self.present(fid)?.filter(|version| version.changed <= generation)),
        }
    }

    /// The row as it was in a state that has it.
    pub(crate) fn existing_at(&self, fid: i64, generation: i64) -> Result<Version, StoreError> {
        self.at(fid, generation)?.ok_or_else(|| {
            let fault = format!("fid {fid} is not there in the state {generation}, which has it");
            StoreError::damaged(self.register.path(), fault)
        })
    }

    /// The version that is in the layer's table.
    fn present(&self, fid: i64) -> Result<Option<Version>, StoreError> {
        let path = self.register.path();
        let connection = self.register.connection();
        let mut statement = connection.prepare_cached(&self.present).doing(path, READING)?;
        let mut rows = statement.query([fid]).doing(path, READING)?;
        let mut reader = RowReader::new(self.register, self.layer, self.form);
        match rows.next().doing(path, READING)? {
            Some(row) => Ok(Some(reader.read(row)?.into())),
            None => Ok(None),
        }
    }

    /// The version that a row of the history keeps.
    pub(crate) fn kept(&self, id: i64) -> Result<Version, StoreError> {
        self.kept_where("id = ?1", [id])?.ok_or_else(|| {
            StoreError::damaged(self.register.path(), format!("the history has no content at {id}"))
        })
    }

    fn kept_where(
        &self,
        filter: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<Version>, StoreError> {
        let path = self.register.path();
        let sql = format!(
            "SELECT fid, changed, content FROM siseol_history WHERE {filter} AND content NOT NULL"
        );
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?));
        let found = self
            .register
            .connection()
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.query_row(values, read).optional())
            .doing(path, READING)?;
        let Some((fid, changed, bytes)) = found else { return Ok(None) };
        let mut feature = kept_feature(&bytes, self.layer).ok_or_else(|| {
            StoreError::damaged(path, format!("the history of fid {fid} cannot be read"))
        })?;
        feature.geometry = feature.geometry.map(|wkb| self.form.of_history(wkb));
        Ok(Some(Version { fid, changed, feature }))
    }
}

/// Reads content of the history; none if it is not that of a row of the layer.
pub(crate) fn kept_feature(bytes: &[u8], layer: &Layer) -> Option<Feature> {
    let feature = content::read(bytes).ok()?;
    let fits = feature.values.len() == layer.fields.len()
        && feature.values.iter().zip(&layer.fields).all(|(value, field)| value.fits(field.kind));
    fits.then_some(feature)
}
