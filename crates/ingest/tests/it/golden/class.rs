//! A class of bad files, and what has to come of each file of it.

use super::kit::{Draft, Kind, Parts, ROWS};
use crate::town::Town;
use siseol_ingest::{IngestError, Options};
use siseol_model::{IngestReport, IssueKind, RowCounts};
use siseol_store::{Access, Register};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing of the file is loaded, and the register stays as it was.
    Refused(IssueKind),
    /// The row is loaded as delivered; with a finding, if there is anything to say.
    Accepted(Option<IssueKind>),
    /// The row is loaded with something mended.
    Repaired(IssueKind),
    /// The row is kept aside with its bytes.
    Quarantined(IssueKind),
    /// The row is flagged as deleted in the file and counted.
    Deleted,
}

impl Outcome {
    pub(crate) fn kind(self) -> Option<IssueKind> {
        match self {
            Self::Refused(kind) | Self::Repaired(kind) | Self::Quarantined(kind) => Some(kind),
            Self::Accepted(kind) => kind,
            Self::Deleted => Some(IssueKind::DeletedRows),
        }
    }
}

/// A file of a class.
pub(crate) struct Case {
    kind: Kind,
    /// The row that is bad, from 0; none where the file is.
    row: Option<usize>,
    delivery: Delivery,
}

impl Case {
    fn stem(&self) -> String {
        stem(self.kind, self.row)
    }
}

/// The name of a case's file, and of the layer that it would be.
pub(crate) fn stem(kind: Kind, row: Option<usize>) -> String {
    let row = row.map_or_else(String::new, |row| format!("_{}", row + 1));
    format!("{kind:?}{row}").to_lowercase()
}

/// What is written for a case.
pub(crate) enum Delivery {
    Shapefile(Box<Parts>),
    File { bytes: Vec<u8>, rows: usize },
}

/// Makes the delivery of one kind, with the row of that number spoiled.
type Make = Box<dyn Fn(Kind, usize) -> Delivery>;

/// A class of bad files.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    pub(crate) ko: &'static str,
    pub(crate) en: &'static str,
    /// The formats in which it occurs, by the extension.
    pub(crate) format: &'static str,
    kinds: &'static [Kind],
    /// Whether it is one row that is bad.
    of_row: bool,
    make: Make,
    pub(crate) outcome: Outcome,
}

/// Makes a shapefile of what is drafted and spoiled.
fn drafted(spoil: impl Fn(&mut Draft, usize) + 'static) -> impl Fn(Kind, usize) -> Delivery {
    move |kind, row| {
        let mut draft = Draft::new(kind);
        spoil(&mut draft, row);
        Delivery::Shapefile(Box::new(draft.parts()))
    }
}

/// Makes a shapefile whose bytes are spoiled.
fn in_bytes(spoil: impl Fn(&mut Parts, usize) + 'static) -> impl Fn(Kind, usize) -> Delivery {
    move |kind, row| {
        let mut parts = Draft::new(kind).parts();
        spoil(&mut parts, row);
        Delivery::Shapefile(Box::new(parts))
    }
}

/// One row's shape or cells are bad; the other rows are sound.
pub(crate) fn row(
    names: [&'static str; 3],
    kinds: &'static [Kind],
    outcome: Outcome,
    spoil: impl Fn(&mut Draft, usize) + 'static,
) -> Class {
    of_format("shp", names, kinds, true, outcome, drafted(spoil))
}

/// One row's bytes in the files are bad.
pub(crate) fn row_bytes(
    names: [&'static str; 3],
    kinds: &'static [Kind],
    outcome: Outcome,
    spoil: impl Fn(&mut Parts, usize) + 'static,
) -> Class {
    of_format("shp", names, kinds, true, outcome, in_bytes(spoil))
}

/// The file as a whole is bad, by what is drafted.
pub(crate) fn file(
    names: [&'static str; 3],
    outcome: Outcome,
    spoil: impl Fn(&mut Draft) + 'static,
) -> Class {
    of_format("shp", names, Kind::ALL, false, outcome, drafted(move |draft, _| spoil(draft)))
}

/// The file as a whole is bad, by its bytes.
pub(crate) fn bytes(
    names: [&'static str; 3],
    outcome: Outcome,
    spoil: impl Fn(&mut Parts) + 'static,
) -> Class {
    of_format("shp", names, Kind::ALL, false, outcome, in_bytes(move |parts, _| spoil(parts)))
}

/// A class of any format.
pub(crate) fn of_format(
    format: &'static str,
    [name, ko, en]: [&'static str; 3],
    kinds: &'static [Kind],
    of_row: bool,
    outcome: Outcome,
    make: impl Fn(Kind, usize) -> Delivery + 'static,
) -> Class {
    Class { name, ko, en, format, kinds, of_row, make: Box::new(make), outcome }
}

impl Class {
    /// Its cases: each kind, and if one row is bad, the first, the middle and the last one.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let rows: &[Option<usize>] =
            if self.of_row { &[Some(0), Some(ROWS / 2), Some(ROWS - 1)] } else { &[None] };
        let mut cases = Vec::new();
        for &kind in self.kinds {
            for &row in rows {
                let delivery = (self.make)(kind, row.unwrap_or_default());
                cases.push(Case { kind, row, delivery });
            }
        }
        cases
    }

    /// Delivers the cases in one folder, and returns the message that tells of the first one. The errors say what is not
    /// as it should be.
    pub(crate) fn run(&self, cases: &[Case]) -> Result<String, Vec<String>> {
        let town = Town::new();
        fs_err::write(town.register(), base_register()).unwrap();
        let mut options = Options::default();
        for case in cases {
            options = case.write(&town, self.format);
        }
        match town.ingest(&[town.inbox()], &options) {
            Ok(report) => self.all_loaded(cases, &town, &report),
            Err(IngestError::Refused { report }) => self.all_refused(cases, &town, &report),
            Err(error) => Err(vec![format!(
                "{}: {error}: {:?}",
                self.name,
                std::error::Error::source(&error)
            )]),
        }
    }

    fn all_refused(
        &self,
        cases: &[Case],
        town: &Town,
        report: &IngestReport,
    ) -> Result<String, Vec<String>> {
        let mut wrong = Vec::new();
        let mut check = |what: &str, result: Result<(), String>| {
            wrong.extend(result.err().map(|e| format!("{} {what}: {e}", self.name)));
        };
        for case in cases {
            let found: Vec<_> =
                report.refused.iter().filter(|r| r.source.starts_with(&case.stem())).collect();
            let kinds: Vec<_> = found.iter().map(|r| Outcome::Refused(r.issue.kind)).collect();
            let result = expect("refused as", &kinds, &vec![self.outcome]);
            check(&case.stem(), result.map_err(|e| format!("{e}: {found:?}")));
        }
        let same = fs_err::read(town.register()).unwrap() == base_register();
        check("register", expect("byte for byte what it was", &same, &true));
        let left = fs_err::read_dir(town.register().parent().unwrap()).unwrap().count();
        check("folder", expect("the register and the delivery", &left, &2));
        if wrong.is_empty() { Ok(report.refused[0].issue.text.clone()) } else { Err(wrong) }
    }

    fn all_loaded(
        &self,
        cases: &[Case],
        town: &Town,
        report: &IngestReport,
    ) -> Result<String, Vec<String>> {
        let mut wrong = Vec::new();
        let mut first = None;
        let kept = Kept::read(town);
        for case in cases {
            match self.loaded(case, &kept, report) {
                Ok(message) => drop(first.get_or_insert(message)),
                Err(why) => wrong.push(format!("{} {}: {why}", self.name, case.stem())),
            }
        }
        let checked = Register::open(&town.register(), Access::Read).unwrap().check().unwrap();
        if !checked.ok {
            wrong.push(format!("{}: the register is not sound: {checked:?}", self.name));
        }
        if wrong.is_empty() { Ok(first.unwrap_or_default()) } else { Err(wrong) }
    }

    /// Holds the layer of one case against what is expected. Returns the finding's message.
    fn loaded(&self, case: &Case, kept: &Kept, report: &IngestReport) -> Result<String, String> {
        let stem = case.stem();
        let Some(layer) = report.layers.iter().find(|l| l.layer.as_str() == stem) else {
            return Err("no such layer".to_owned());
        };
        let found: Vec<_> = layer.findings.iter().map(|f| f.kind).collect();
        expect("findings", &found, &self.outcome.kind().into_iter().collect())
            .map_err(|e| format!("{e}: {:?}", layer.findings))?;
        expect("rows", &layer.rows, &self.counts(case.delivery.rows()))?;
        let stored = kept.rows.get(&stem).copied();
        expect("rows in the register", &stored, &Some(layer.rows.accepted + layer.rows.repaired))?;
        if let Delivery::Shapefile(parts) = &case.delivery {
            let raws = kept.raws.get(&stem).map_or(&[][..], Vec::as_slice);
            expect("bytes kept", &raws, &self.raws(case, parts).as_slice())?;
        }
        let Some(finding) = layer.findings.first() else { return Ok(String::new()) };
        let example = &finding.examples[0];
        if let (Some(row), Some(seen)) = (case.row, example.row) {
            expect("row of the finding", &seen, &(row as u64 + 1))?;
        }
        Ok(example.text.clone())
    }

    fn counts(&self, read: u64) -> RowCounts {
        let one = |count: &dyn Fn(&mut RowCounts)| {
            let mut rows =
                RowCounts { read, accepted: read.saturating_sub(1), ..RowCounts::default() };
            count(&mut rows);
            rows
        };
        match self.outcome {
            Outcome::Quarantined(_) => one(&|rows| rows.quarantined = 1),
            Outcome::Repaired(_) => one(&|rows| rows.repaired = 1),
            Outcome::Deleted => one(&|rows| rows.deleted = 1),
            Outcome::Accepted(_) | Outcome::Refused(_) => {
                RowCounts { read, accepted: read, ..RowCounts::default() }
            }
        }
    }

    /// A row that is kept aside is in the register as it was in the files; so is a shape that was mended.
    fn raws(&self, case: &Case, parts: &Parts) -> Vec<Vec<u8>> {
        match (case.row, self.outcome) {
            (Some(row), Outcome::Quarantined(_)) => {
                vec![[parts.table_row(row), parts.content(row)].concat()]
            }
            (Some(row), Outcome::Repaired(kind)) if kind.mends_geometry() => {
                vec![parts.content(row)]
            }
            _ => Vec::new(),
        }
    }
}

/// What a register keeps, by the layer.
struct Kept {
    rows: BTreeMap<String, u64>,
    /// Of rows that are kept aside, and of shapes that were mended.
    raws: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Kept {
    fn read(town: &Town) -> Self {
        let rows = town.layers().into_iter().map(|e| (e.layer.name.to_string(), e.rows)).collect();
        let connection = rusqlite::Connection::open(town.register()).unwrap();
        let sql =
            "SELECT i.layer, q.raw FROM siseol_quarantine q JOIN siseol_issue i ON i.id = q.issue";
        let mut statement = connection.prepare(sql).unwrap();
        let mut raws: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        let pairs = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        for (layer, raw) in pairs.map(Result::unwrap) {
            raws.entry(layer).or_default().push(raw);
        }
        Self { rows, raws }
    }
}

impl Delivery {
    /// The rows that it holds.
    fn rows(&self) -> u64 {
        match self {
            Self::Shapefile(parts) => parts.rows(),
            Self::File { rows, .. } => *rows as u64,
        }
    }
}

impl Case {
    /// Writes its files, and returns what a person says about them, which is the same for all cases of a class.
    fn write(&self, town: &Town, format: &str) -> Options {
        match &self.delivery {
            Delivery::Shapefile(parts) => {
                parts.write(town, &self.stem());
                parts.options.clone()
            }
            Delivery::File { bytes, .. } => {
                town.write(&format!("{}.{format}", self.stem()), bytes);
                Options::default()
            }
        }
    }
}

/// A register with a layer of another name, so that there is something to leave alone.
fn base_register() -> &'static [u8] {
    static BASE: OnceLock<Vec<u8>> = OnceLock::new();
    BASE.get_or_init(|| {
        let town = Town::new();
        let source = Draft::new(Kind::Point).parts().write(&town, "before");
        town.load(&source, &Options::default());
        fs_err::read(town.register()).unwrap()
    })
}

pub(crate) fn expect<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    wanted: &T,
) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, not {wanted:?}")) }
}

/// Runs all cases of the classes, and fails with all that are not as they should be.
pub(crate) fn prove(classes: &[Class]) {
    let (mut count, mut wrong) = (0, Vec::new());
    for class in classes {
        let cases = class.cases();
        count += cases.len();
        wrong.extend(class.run(&cases).err().into_iter().flatten());
    }
    println!("{count} cases of {} classes", classes.len());
    assert!(wrong.is_empty(), "of {count} cases:\n{}", wrong.join("\n"));
}
