//! The life of one feature.

use crate::change_sets::COMMIT_COLUMNS;
use crate::history::{Event, Versions};
use crate::{Register, SqlContext as _, StoreError};
use rusqlite::{OptionalExtension as _, Row};
use siseol_model::{ChangeSetKind, CommitInfo, Feature, Layer, LayerName, Operation};

const READING: &str = "read the life of a feature";

/// All that happened to one feature, gone or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    /// Its layer.
    pub layer: LayerName,
    /// The register's number for it.
    pub fid: i64,
    /// What happened, the first insert first.
    pub events: Vec<LifeEvent>,
}

/// What one change set did to a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct LifeEvent {
    /// Who, when, why, and the state that it made.
    pub commit: CommitInfo,
    /// What kind of change set it was.
    pub kind: ChangeSetKind,
    /// The change set that it reversed.
    pub undoes: Option<i64>,
    /// What became of the feature.
    pub operation: Operation,
    /// Its content before; none if it came.
    pub before: Option<Feature>,
    /// Its content after; none if it went.
    pub after: Option<Feature>,
}

impl Register {
    /// The life of a feature; none if the register never had one of that number.
    pub fn life(&self, fid: i64) -> Result<Option<Life>, StoreError> {
        self.at_one_state(|register| {
            let path = register.path();
            let Some(layer) = register.layer_of(fid)? else { return Ok(None) };
            let versions = Versions::new(register, &layer)?;
            let sql = format!(
                "SELECT {COMMIT_COLUMNS}, c.kind, c.undoes, NULL, NULL FROM siseol_change b \
                 JOIN siseol_change_set c ON c.id = b.change_set \
                 WHERE ?1 >= b.first_fid AND ?1 < b.first_fid + b.inserted_fids \
                 UNION ALL \
                 SELECT {COMMIT_COLUMNS}, c.kind, c.undoes, h.operation, h.id FROM siseol_history h \
                 JOIN siseol_change_set c ON c.id = h.change_set WHERE h.fid = ?1 ORDER BY 2"
            );
            let mut statement = register.connection().prepare_cached(&sql).doing(path, READING)?;
            let mut rows = statement.query([fid]).doing(path, READING)?;
            let mut events = Vec::new();
            while let Some(row) = rows.next().doing(path, READING)? {
                let commit = register.commit_info(row)?;
                let (kind, undoes, told) = told(row).doing(path, READING)?;
                let event = match told {
                    None => Event::first_insert(fid),
                    Some((code, id)) => register.event(fid, code, id)?,
                };
                let (before, after) = versions.around(event, commit.generation)?;
                let (kind, operation) = (register.kind(&kind)?, event.operation);
                events.push(LifeEvent { commit, kind, undoes, operation, before, after });
            }
            Ok(Some(Life { layer: layer.name.clone(), fid, events }))
        })
    }

    /// The layer that a feature was inserted into.
    fn layer_of(&self, fid: i64) -> Result<Option<Layer>, StoreError> {
        let definition: Option<String> = self
            .connection()
            .prepare_cached(
                "SELECT l.definition FROM siseol_change b JOIN siseol_layer l ON l.id = b.layer \
                 WHERE ?1 >= b.first_fid AND ?1 < b.first_fid + b.inserted_fids",
            )
            .and_then(|mut statement| statement.query_row([fid], |row| row.get(0)).optional())
            .doing(self.path(), READING)?;
        definition.map(|json| self.json(&json, "a layer")).transpose()
    }
}

/// The columns after the commit: kind, reversed change set, and what history tells (operation, its row).
type Told = (String, Option<i64>, Option<(i64, i64)>);

fn told(row: &Row<'_>) -> rusqlite::Result<Told> {
    let told: (Option<i64>, Option<i64>) = (row.get(9)?, row.get(10)?);
    Ok((row.get(7)?, row.get(8)?, told.0.zip(told.1)))
}
