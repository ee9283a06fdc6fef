//! The sample city's planted dirt: each line of the table in data/README.md is found in the report, and named, with its
//! count.

use crate::town::Town;
use siseol_ingest::Options;
use siseol_model::{Finding, Grade, IngestReport, IssueKind, LayerReport};
use std::path::{Path, PathBuf};

/// A line of the table: how often, in which file, what.
struct Dirt {
    count: u64,
    file: String,
    what: String,
}

/// What the report has to say of a line.
#[derive(Debug, PartialEq)]
enum Expected<'a> {
    /// A finding that counts so many.
    Found(IssueKind),
    /// A finding that counts so many in each of the columns.
    InColumns(IssueKind, Vec<&'a str>),
    /// The same, of one value.
    OfValue(IssueKind, Vec<&'a str>, &'a str),
    /// A finding about the file that says it in its words.
    Said(IssueKind, String),
    /// The grid is a person's word.
    GridGiven,
    /// It takes a look at other rows, which the survey of the register takes.
    BySurvey,
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn planted() -> Vec<Dirt> {
    let readme = fs_err::read_to_string(data().join("README.md")).unwrap();
    let table = readme.split("## The dirt").nth(1).unwrap().split("\n## ").next().unwrap();
    let lines = table.lines().filter_map(|line| {
        let (count, text) = line.trim_matches(['|', ' ']).split_once(" | ")?;
        let (file, what) = text.split_once(": ")?;
        let count = count.trim().parse().ok()?;
        Some(Dirt { count, file: file.to_owned(), what: what.to_owned() })
    });
    lines.collect()
}

/// Words in capitals or Korean at the beginning: the columns of a line.
fn columns(what: &str) -> Vec<&str> {
    let is_column = |word: &&str| {
        word.chars().all(|c| c.is_ascii_uppercase() || c == '_' || ('가'..='힣').contains(&c))
    };
    let words = what.split_whitespace().filter(|word| *word != "and");
    words.take_while(is_column).collect()
}

impl Dirt {
    fn expected(&self) -> Expected<'_> {
        use IssueKind as Kind;
        let what = self.what.as_str();
        let columns = columns(what);
        let quoted = what.split('`').nth(1);
        match (what, quoted) {
            (_, Some(stars)) if stars.bytes().all(|b| b == b'*') => {
                Expected::InColumns(Kind::NumberOverflow, columns)
            }
            (_, Some(value)) => Expected::OfValue(Kind::ValueNulled, columns, value),
            _ if what.ends_with("off its pipe") || what.ends_with("that is not there") => {
                Expected::BySurvey
            }
            _ if what.ends_with("is 0, meaning unknown")
                || what.ends_with("are 0, meaning unknown") =>
            {
                Expected::OfValue(Kind::ValueNulled, columns, "0")
            }
            _ if what.contains(" blank") => Expected::InColumns(Kind::ValueBlank, columns),
            _ if what.contains("month and day 00") => {
                Expected::InColumns(Kind::DatePartial, columns)
            }
            _ if what.contains("(type D)") => Expected::InColumns(Kind::DateInvalid, columns),
            _ if what.contains("repeats the one before") => Expected::Found(Kind::KeyDuplicate),
            _ if what == "null shape" => Expected::Found(Kind::GeometryNull),
            _ if what.starts_with("row marked as deleted") => Expected::Found(Kind::DeletedRows),
            _ if what.starts_with("ring crosses itself") => Expected::Found(Kind::SelfIntersection),
            _ if what.starts_with("every M is") => {
                Expected::Said(Kind::MeasuresDropped, format!("{} rows", self.count))
            }
            _ if what.starts_with("no .cpg") => Expected::Found(Kind::EncodingDetected),
            _ if what.starts_with("no .prj") => Expected::GridGiven,
            _ => panic!("the table has a line that no rule is for: {what}"),
        }
    }

    /// Whether the report of its file says so.
    fn is_told(&self, layer: &LayerReport) -> bool {
        let of = |kind| layer.findings.iter().find(move |f| f.kind == kind);
        let counts = |finding: &Finding, column: &str| {
            let counted = finding.columns.iter().find(|c| c.column == column);
            counted.map(|c| c.count)
        };
        let in_columns = |kind, columns: &[&str]| {
            !columns.is_empty()
                && of(kind).is_some_and(|finding| {
                    columns.iter().all(|column| counts(finding, column) == Some(self.count))
                })
        };
        match self.expected() {
            Expected::Found(kind) => of(kind).is_some_and(|finding| finding.count == self.count),
            Expected::InColumns(kind, columns) => in_columns(kind, &columns),
            Expected::OfValue(kind, columns, value) => {
                let told = |column: &&str| {
                    let mut examples = of(kind).into_iter().flat_map(|f| &f.examples);
                    examples.any(|e| {
                        e.column.as_deref() == Some(column)
                            && e.text.contains(&format!("`{value}` × {} ", self.count))
                    })
                };
                !columns.is_empty() && columns.iter().all(told)
            }
            Expected::Said(kind, words) => {
                of(kind).is_some_and(|f| f.examples.iter().any(|e| e.text.contains(&words)))
            }
            Expected::GridGiven => {
                layer.crs_grade == Grade::Given && layer.crs_evidence.contains("siseol.toml")
            }
            Expected::BySurvey => true,
        }
    }
}

fn report_of<'r>(report: &'r IngestReport, file: &str) -> &'r LayerReport {
    let is_it = |l: &&LayerReport| l.source == file || l.source == format!("{file}.shp");
    report.layers.iter().find(is_it).unwrap_or_else(|| panic!("no report of {file}"))
}

#[test]
fn every_planted_piece_of_dirt_is_found_and_named() {
    let town = Town::new();
    let report = town.load(&data().join("sample-city"), &Options::default());
    let planted = planted();
    assert!(planted.len() > 30, "{} lines of dirt were read", planted.len());
    let by_survey: Vec<_> =
        planted.iter().filter(|d| d.expected() == Expected::BySurvey).map(|d| d.count).collect();
    assert_eq!(by_survey, [48, 8], "what is left to the survey");
    for dirt in &planted {
        let layer = report_of(&report, &dirt.file);
        assert!(
            dirt.is_told(layer),
            "{} × {}: {}\nexpected {:?}\n{:#?}",
            dirt.count,
            dirt.file,
            dirt.what,
            dirt.expected(),
            layer.findings
        );
    }
    // Nothing is lost but by the file's own word.
    for layer in &report.layers {
        assert_eq!(layer.rows.quarantined, 0, "{}", layer.source);
    }
}
