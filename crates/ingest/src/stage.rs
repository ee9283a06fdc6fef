//! Reading a layer row by row, checking each row, and writing it to the staging file.

use crate::ahead::read_ahead;
use crate::check::Checker;
use crate::identity::Planned;
use crate::meeting::Meeting;
use crate::mending;
use crate::source::{Halt, RawGeometry, RawRow, Refusal};
use crate::values::Cleaner;
use crate::{IngestError, Options, Progress};
use siseol_model::{
    ChangeCounts, FacilityKey, Fate, Feature, Finding, GeometryKind, Issue, IssueKind, LayerReport,
    RowCounts, Value,
};
use siseol_store::{AsideRow, CrsDefinition, LayerStage, Staging};

/// Rows between two signs of progress.
const STEP: u64 = 2_000;

/// Writes one layer. The inner error is a file that is turned away; nothing of it is kept.
pub(crate) fn stage(
    staging: &mut Staging,
    planned: &Planned,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Result<LayerReport, Refusal>, IngestError> {
    match try_stage(staging, planned, options, progress) {
        Ok(report) => Ok(Ok(report)),
        Err(Halt::Refused(refusal)) => Ok(Err(refusal)),
        Err(Halt::Failed(error)) => Err(error),
    }
}

fn try_stage(
    staging: &mut Staging,
    planned: &Planned,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<LayerReport, Halt> {
    let open = &planned.open;
    let crs_refusal = |e: siseol_crs::Error| Refusal::new(IssueKind::CrsUnknown, e.to_string());
    let definition = siseol_crs::definition(open.grid.crs).map_err(crs_refusal)?;
    let checker = Checker::new(open.geometry, open.grid.crs).map_err(crs_refusal)?;
    let mut writer = Writer {
        stage: staging.begin_layer(&planned.fields)?,
        meeting: planned.meeting.as_ref(),
        room: Vec::new(),
        has_geometry: open.geometry != GeometryKind::None,
        key: &planned.key,
        cleaner: Cleaner::new(&planned.rules),
        checker,
        counts: RowCounts::default(),
        findings: Vec::new(),
        last_deleted: None,
    };
    for note in &open.notes {
        writer.note(note)?;
    }
    progress.start(&open.source, open.declared);
    let mut since = 0;
    let read = read_ahead(&*open.rows, &mut |row| {
        writer.row(row)?;
        since += 1;
        if since == STEP {
            progress.advance(STEP);
            since = 0;
        }
        Ok(true)
    });
    progress.advance(since);
    progress.finish();
    for note in read? {
        writer.note(&note)?;
    }
    refuse_too_many_aside(&writer.counts, options)?;
    writer.finish(planned, &CrsDefinition { name: definition.name, wkt: definition.wkt })
}

/// A file of which so much is kept aside is more likely read in a wrong way than bad in that many places.
fn refuse_too_many_aside(counts: &RowCounts, options: &Options) -> Result<(), Refusal> {
    let allowed = options.allow_quarantined.unwrap_or((counts.read / 100).max(100));
    if counts.quarantined <= allowed {
        return Ok(());
    }
    let RowCounts { read, quarantined, .. } = *counts;
    Err(Refusal::new(
        IssueKind::TooManyQuarantined,
        format!(
            "{quarantined} of {read} rows cannot be taken, more than {allowed}; \
             --allow-quarantined {quarantined} keeps them aside and loads the others"
        ),
    ))
}

struct Writer<'a> {
    stage: LayerStage<'a>,
    meeting: Option<&'a Meeting>,
    /// Room to work in.
    room: Vec<Value>,
    has_geometry: bool,
    key: &'a [usize],
    cleaner: Cleaner<'a>,
    checker: Checker,
    counts: RowCounts,
    findings: Vec<Finding>,
    last_deleted: Option<u64>,
}

impl Writer<'_> {
    /// A finding about the file, or about a row that is kept.
    fn note(&mut self, issue: &Issue) -> Result<(), Halt> {
        Finding::add(&mut self.findings, issue);
        self.stage.issue(issue)?;
        Ok(())
    }

    fn row(&mut self, row: &mut RawRow) -> Result<(), Halt> {
        self.counts.read += 1;
        if row.deleted {
            self.counts.deleted += 1;
            self.last_deleted = Some(row.number);
            return Ok(());
        }
        self.cleaner.clean(row);
        self.checker.check(row);
        if let Some(aside) = self.meeting.and_then(|meeting| meeting.answered(row)) {
            self.stage.answer(aside)?;
            mending::require_geometry(row, aside, self.has_geometry);
        }
        let fate = row.issues.iter().map(|i| i.kind.fate()).max().unwrap_or(Fate::Accepted);
        if fate >= Fate::Quarantined {
            return self.quarantine(row);
        }
        if let Some(meeting) = self.meeting {
            meeting.adapt(row, &mut self.room)?;
        }
        let key = self.facility_key(row);
        let feature = Feature {
            key,
            geometry: match row.geometry {
                RawGeometry::Wkb => Some(std::mem::take(&mut row.wkb)),
                RawGeometry::Null | RawGeometry::Corrupt => None,
            },
            values: std::mem::take(&mut row.values),
        };
        self.stage.push(row.number, &feature)?;
        // The row's buffers are used again.
        row.values = feature.values;
        row.wkb = feature.geometry.unwrap_or_default();
        match fate {
            Fate::Repaired => self.counts.repaired += 1,
            _ => self.counts.accepted += 1,
        }
        for issue in std::mem::take(&mut row.issues) {
            if issue.kind.mends_geometry() && !row.raw_geometry.is_empty() {
                // Once, with the first finding that changed it.
                let original = std::mem::take(&mut row.raw_geometry);
                Finding::add(&mut self.findings, &issue);
                self.stage.keep_original(&issue, &original)?;
            } else {
                self.note(&issue)?;
            }
        }
        Ok(())
    }

    fn quarantine(&mut self, row: &mut RawRow) -> Result<(), Halt> {
        self.counts.quarantined += 1;
        if row.raw.is_empty() {
            // The reader cannot reach the file's own bytes; what it read stands for them.
            for value in &row.values {
                row.raw.extend_from_slice(value.to_string().as_bytes());
                row.raw.push(b'\n');
            }
        }
        let mut raw = std::mem::take(&mut row.raw);
        raw.extend_from_slice(row.original_geometry());
        row.raw = raw;
        let key = self.key_aside(row);
        let (values, geometry) = self.readable(row);
        let mut first = true;
        for issue in std::mem::take(&mut row.issues) {
            if first && issue.kind.fate() >= Fate::Quarantined {
                first = false;
                Finding::add(&mut self.findings, &issue);
                let aside = AsideRow {
                    row: row.number,
                    key: key.as_ref(),
                    raw: &row.raw,
                    values: &values,
                    geometry: geometry.as_deref(),
                };
                self.stage.quarantine(&aside, &issue)?;
            } else {
                self.note(&issue)?;
            }
        }
        Ok(())
    }

    /// The key of a row that is kept aside, as far as it can be read.
    fn key_aside(&self, row: &RawRow) -> Option<FacilityKey> {
        let column = |place: usize| self.meeting.map_or(place, |meeting| meeting.column(place));
        let values = self.key.iter().map(|&place| row.values.get(column(place)));
        FacilityKey::from_values(values.collect::<Option<Vec<_>>>()?)
    }

    /// What could be read of a row that is kept aside, as its layer has it: its values and its geometry.
    fn readable(&self, row: &RawRow) -> (Vec<Value>, Option<Vec<u8>>) {
        let geometry = (row.geometry == RawGeometry::Wkb).then(|| row.wkb.clone());
        match self.meeting {
            Some(meeting) => {
                (meeting.values_of(row), geometry.and_then(|wkb| meeting.brought(wkb)))
            }
            None => (row.values.clone(), geometry),
        }
    }

    fn facility_key(&self, row: &mut RawRow) -> Option<FacilityKey> {
        if self.key.is_empty() {
            return None;
        }
        let values = self.key.iter().filter_map(|&place| row.values.get(place));
        let Some(key) = FacilityKey::from_values(values) else {
            let text = format!("row {} has no facility key", row.number);
            row.issues.push(Issue::row(IssueKind::KeyMissing, row.number, text));
            return None;
        };
        Some(key)
    }

    /// Keys that come again are told when all are known.
    fn note_repeated_keys(&mut self) -> Result<(), Halt> {
        for repeated in self.stage.repeated_keys()? {
            let (row, key) = repeated?;
            let text = format!("row {row}: the facility key {key} occurs before");
            let issue = Issue::row(IssueKind::KeyDuplicate, row, text);
            let issue = Issue { value: Some(key.to_string()), ..issue };
            Finding::add(&mut self.findings, &issue);
            self.stage.issue_of(&key, &issue)?;
        }
        Ok(())
    }

    fn finish(mut self, planned: &Planned, crs: &CrsDefinition) -> Result<LayerReport, Halt> {
        let open = &planned.open;
        if let Some(declared) = open.declared
            && declared != self.counts.read
        {
            return Err(Refusal::new(
                IssueKind::RowCount,
                format!("the file declares {declared} rows and {} were read", self.counts.read),
            )
            .into());
        }
        if !self.counts.adds_up() {
            return Err(Refusal::new(
                IssueKind::RowCount,
                format!(
                    "{} rows were read, but not all of them are accounted for",
                    self.counts.read
                ),
            )
            .into());
        }
        if let Some(why) = self.checker.verdict() {
            let candidates: Vec<_> = self
                .checker
                .extent
                .map(|e| siseol_crs::candidates_for_extent(&e))
                .unwrap_or_default()
                .iter()
                .map(|c| format!("{} {} ({})", c.crs, c.name, c.reason))
                .collect();
            let listed = match candidates.as_slice() {
                [] => String::new(),
                some => format!("; candidates: {}", some.join(", ")),
            };
            let text = format!("{} ({}): {why}{listed}", open.grid.crs, open.grid.evidence);
            return Err(Refusal::new(IssueKind::CoordinateRange, text).into());
        }
        if self.counts.deleted > 0 {
            let text = format!(
                "{} rows are flagged as deleted in the file and were left out",
                self.counts.deleted
            );
            let issue =
                Issue { row: self.last_deleted, ..Issue::file(IssueKind::DeletedRows, text) };
            Finding::add_counted(&mut self.findings, &issue, self.counts.deleted);
            self.stage.issue(&issue)?;
        }
        for (issue, count) in self.cleaner.found() {
            Finding::add_counted(&mut self.findings, &issue, count);
            self.stage.issue(&issue)?;
        }
        self.note_repeated_keys()?;
        let report = LayerReport {
            layer: planned.name.clone(),
            source: open.source.clone(),
            class: planned.known.clone(),
            class_grade: planned.grade,
            class_evidence: planned.evidence.clone(),
            crs: open.grid.crs,
            crs_grade: open.grid.grade,
            crs_evidence: open.grid.evidence.clone(),
            encoding: open.encoding.clone(),
            encoding_grade: open.encoding_grade,
            encoding_evidence: open.encoding_evidence.clone(),
            rows: self.counts,
            // Known once the delivery is compared with the register.
            changes: ChangeCounts::default(),
            findings: self.findings,
            checks: Vec::new(),
        };
        let has_z = open.geometry != GeometryKind::None && self.checker.has_z;
        self.stage.finish(planned.layer(has_z), crs, report.clone())?;
        Ok(report)
    }
}
