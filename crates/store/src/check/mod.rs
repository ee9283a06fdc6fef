//! Looking for damage, and for changes that went round siseol.
//!
//! SQLite's own check sees a broken file, not a flipped bit inside a value; the content hash of every row sees that.
//! What no single row can tell, its place in the history does: every row has come, changed and gone by change sets.

mod change_sets;
mod counts;
mod faults;
mod file;
mod history;
mod life;
mod row;
mod rows;

use crate::{LayerEntry, Register, StoreError};
use faults::Findings;
use serde::Serialize;
use siseol_model::LayerName;

/// What was found when the register was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Whether no fault was found.
    pub ok: bool,
    /// The state that was checked.
    pub generation: i64,
    /// One block per layer.
    pub layers: Vec<LayerCheck>,
    /// Faults of the file, of the catalogue and of the change sets.
    pub faults: Vec<String>,
}

/// What was found in one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerCheck {
    /// The layer.
    pub layer: LayerName,
    /// Rows that were checked.
    pub rows: u64,
    /// The first fault of each kind, with how many more there are.
    pub faults: Vec<String>,
}

/// A layer that is to be checked.
struct Subject {
    id: i64,
    entry: LayerEntry,
}

impl Register {
    /// Checks the file, the change sets, the rows, their history, the spatial indexes and the catalogue, all of one
    /// state. Damage is in the report; an error means that it could not be checked.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        self.at_one_state(|register| {
            let head = register.head()?;
            let mut findings = Findings::default();
            register.check_file(&mut findings.register)?;
            register.check_change_sets(&head, &mut findings.register)?;
            // Without a catalogue there is nothing that the rest could be held against.
            let subjects = findings.register.take("catalogue", register.subjects())?;
            let layers = match subjects {
                Some(subjects) => register.check_subjects(subjects, &mut findings)?,
                None => Vec::new(),
            };
            let faults = findings.register.into_list();
            let ok = faults.is_empty() && layers.iter().all(|layer| layer.faults.is_empty());
            Ok(CheckReport { ok, generation: head.generation, layers, faults })
        })
    }

    fn subjects(&self) -> Result<Vec<Subject>, StoreError> {
        let subject = |entry: LayerEntry| match self.layer_record(&entry.layer) {
            Ok(record) => Ok(Subject { id: record.id, entry }),
            Err(StoreError::NoSuchLayer { layer }) => {
                let fault = format!("a layer calls itself {layer}, the catalogue does not");
                Err(StoreError::damaged(self.path(), fault))
            }
            Err(error) => Err(error),
        };
        self.layers()?.into_iter().map(subject).collect()
    }

    fn check_subjects(
        &self,
        subjects: Vec<Subject>,
        findings: &mut Findings,
    ) -> Result<Vec<LayerCheck>, StoreError> {
        findings.add_layers(subjects.iter().map(|subject| subject.id));
        self.check_counts(findings)?;
        self.check_findings(&mut findings.register)?;
        let records = self.check_history(&subjects, findings)?;
        let mut layers = Vec::with_capacity(subjects.len());
        for Subject { id, entry } in subjects {
            let mut faults = findings.take(id);
            let recorded = records.get(&id).copied().unwrap_or_default();
            let rows = self.check_layer(id, &entry, recorded, &mut faults)?;
            layers.push(LayerCheck { layer: entry.layer.name, rows, faults: faults.into_list() });
        }
        Ok(layers)
    }
}
