//! The rows and their history side by side: whether each row has a whole life.

use super::Subject;
use super::faults::Findings;
use super::life::{Births, Entry, Event, Inserted, Life, Record, Span};
use crate::content::hash_of;
use crate::history::{Mark, kept_feature};
use crate::{Register, SqlContext as _, StoreError};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use siseol_model::Layer;
use std::collections::BTreeMap;

const CHECKING: &str = "check the history";

impl Register {
    /// Goes through the bookkeeping of the rows and their history by fid, and reads all that the history keeps.
    /// Returns how many rows of each layer are written down as being there.
    pub(super) fn check_history(
        &self,
        subjects: &[Subject],
        findings: &mut Findings,
    ) -> Result<BTreeMap<i64, u64>, StoreError> {
        let layers = subjects.iter().map(|subject| (subject.id, &subject.entry.layer)).collect();
        let mut counts = BTreeMap::new();
        let walked = self.walk(&layers, findings, &mut counts);
        findings.register.take("history", walked)?;
        Ok(counts)
    }

    fn walk(
        &self,
        layers: &BTreeMap<i64, &Layer>,
        findings: &mut Findings,
        counts: &mut BTreeMap<i64, u64>,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        let mut records = connection
            .prepare("SELECT fid, layer, born, changed FROM siseol_row ORDER BY fid")
            .doing(self.path(), CHECKING)?;
        let mut records = records.query_map([], record).doing(self.path(), CHECKING)?;
        let mut next_record = || records.next().transpose().doing(self.path(), CHECKING);
        let mut entries = connection
            .prepare(
                "SELECT fid, layer, generation, operation, born, changed, hash, content \
                 FROM siseol_history ORDER BY fid, id",
            )
            .doing(self.path(), CHECKING)?;
        let mut entries =
            entries.query_map([], |row| entry(row, layers)).doing(self.path(), CHECKING)?;
        let mut next_entry = || entries.next().transpose().doing(self.path(), CHECKING);

        let mut inserted = Inserted::new(self.births(findings)?);
        let (mut record, mut entry) = (next_record()?, next_entry()?);
        while let Some((fid, layer)) = first(record, entry) {
            let births = inserted.meet(fid, findings);
            let mut life = Life::begin(births.as_ref());
            while let Some(told) = entry
                && told.fid == fid
            {
                life.goes_on(told);
                entry = next_entry()?;
            }
            let present = record.filter(|record| record.fid == fid);
            if let Some(Record { layer, .. }) = present {
                *counts.entry(layer).or_default() += 1;
                record = next_record()?;
            }
            if let Err((kind, fault)) = life.ends(present) {
                let layer = births.map_or(layer, |births| births.layer);
                findings.of(layer).add(kind, || format!("fid {fid}: {fault}"));
            }
        }
        inserted.end(findings);
        Ok(())
    }

    /// The inserted rows, by fid. That one counter numbered all of them is checked, too.
    fn births(&self, findings: &mut Findings) -> Result<Vec<Births>, StoreError> {
        let read = |row: &Row<'_>| {
            let (layer, generation) = (row.get(0)?, row.get(1)?);
            Ok(Births { layer, generation, first: row.get(2)?, end: row.get(3)? })
        };
        let run = || {
            let mut statement = self.connection().prepare(
                "SELECT layer, generation, first_fid, first_fid + inserted_fids FROM siseol_change \
                 WHERE inserted_fids > 0 ORDER BY first_fid",
            )?;
            statement.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        let births = run().doing(self.path(), CHECKING)?;
        let next_fid: i64 = self
            .connection()
            .query_row("SELECT next_fid FROM siseol_meta", [], |row| row.get(0))
            .doing(self.path(), CHECKING)?;
        let next = births.iter().skip(1).map(|following| following.first).chain([next_fid]);
        for (births, next) in births.iter().zip(next) {
            if births.end > next {
                findings
                    .register
                    .add("fids", || format!("fids from {next} on are given out twice"));
            }
        }
        Ok(births)
    }
}

/// The first fid of the two, and the layer that it is written down for.
fn first(record: Option<Record>, entry: Option<Entry>) -> Option<(i64, i64)> {
    let record = record.map(|record| (record.fid, record.layer));
    let entry = entry.map(|entry| (entry.fid, entry.layer));
    record.into_iter().chain(entry).min_by_key(|&(fid, _)| fid)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let span = Span { born: row.get(2)?, changed: row.get(3)? };
    Ok(Record { fid: row.get(0)?, layer: row.get(1)?, span })
}

fn entry(row: &Row<'_>, layers: &BTreeMap<i64, &Layer>) -> rusqlite::Result<Entry> {
    let layer = row.get(1)?;
    let mark = Mark::of(row.get(3)?);
    let (born, changed) = (row.get(4)?, row.get(5)?);
    let event = match (mark, born, changed, row.get_ref(6)?, row.get_ref(7)?) {
        (Some(Mark::Back), None, None, ValueRef::Null, ValueRef::Null) => Event::CameBack,
        (
            Some(mark @ (Mark::Updated | Mark::Deleted)),
            Some(born),
            Some(changed),
            ValueRef::Blob(hash),
            ValueRef::Blob(content),
        ) => {
            let span = Span { born, changed };
            let feature = layers.get(&layer).and_then(|layer| kept_feature(content, layer));
            if *hash != hash_of(content) {
                Event::Odd("its content in the history is not what was written")
            } else if feature.is_none() {
                Event::Odd("its content in the history cannot be read")
            } else if mark == Mark::Updated {
                Event::Updated(span)
            } else {
                Event::Deleted(span)
            }
        }
        _ => Event::Odd("the history does not say what became of it"),
    };
    Ok(Entry { fid: row.get(0)?, layer, generation: row.get(2)?, event })
}
