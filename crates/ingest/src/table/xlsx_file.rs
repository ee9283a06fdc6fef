//! XLSX: the first sheet that has anything in it.

use super::{CellSource, CellText, TextFacts, VisitCells, open_table};
use crate::delivery::{DeliveredFile, check_inflated};
use crate::grid::Asked;
use crate::source::{Halt, OpenLayer, Refusal};
use crate::values::is_inexact;
use calamine::{Data, Range, Reader as _, Xlsx};
use siseol_model::{Grade, Issue, IssueKind};
use std::borrow::Cow;
use std::sync::Arc;

/// A sheet is read into memory: it has at most 1,048,576 rows, and this much text.
const MAX_INFLATED: u64 = 1 << 30;

/// Rows as text; the program that wrote them kept numbers as numbers.
struct SheetCells(Vec<Vec<String>>);

/// Opens a workbook as one layer.
pub(crate) fn open(file: &DeliveredFile, asked: &Asked) -> Result<OpenLayer, Refusal> {
    check_inflated(&file.path, MAX_INFLATED)?;
    let broken = |e: calamine::XlsxError| {
        Refusal::new(IssueKind::NotThisFormat, format!("the workbook cannot be read: {e}"))
    };
    let mut book: Xlsx<_> = calamine::open_workbook(&file.path).map_err(broken)?;
    let mut notes = Vec::new();
    let mut chosen = None;
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name).map_err(broken)?;
        if sheet.is_empty() {
            continue;
        }
        if chosen.is_none() {
            chosen = Some(sheet);
        } else {
            notes.push(Issue::file(
                IssueKind::PartLeftOut,
                format!("the sheet `{name}` was not read: save it as a file of its own"),
            ));
        }
    }
    let Some(sheet) = chosen else {
        return Err(Refusal::new(
            IssueKind::Truncated,
            "the workbook is empty: there is no header",
        ));
    };
    let mut rows = sheet.rows().map(|row| row.iter().map(text).collect::<Vec<_>>());
    let header: Vec<String> =
        rows.next().unwrap_or_default().iter().map(|name| name.trim().to_owned()).collect();
    notes.extend(inexact(&sheet));
    // A row with nothing in it is what is left of a format, not a row.
    let rows: Vec<_> = rows.filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
    let facts = TextFacts {
        encoding: "UTF-8".to_owned(),
        grade: Grade::Proven,
        evidence: "the format has one".to_owned(),
        notes,
    };
    open_table(file, &header, Arc::new(SheetCells(rows)), facts, asked)
}

/// Says so if numbers have more digits than a workbook keeps.
fn inexact(sheet: &Range<Data>) -> Option<Issue> {
    let is_inexact = |cell: &Data| matches!(cell, Data::Float(number) if is_inexact(*number));
    let mut cells = sheet.used_cells().filter(|(_, _, cell)| is_inexact(cell));
    let (row, column, first) = cells.next()?;
    let (top, left) = sheet.start()?;
    let text = format!(
        "{} numbers have more digits than a workbook keeps, so that their last ones are not certain, first `{first}` in line {}, column {}; keep them as text",
        1 + cells.count(),
        row + top as usize + 1,
        column + left as usize + 1
    );
    Some(Issue::file(IssueKind::DigitsLost, text))
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(time) => match time.as_datetime_text() {
            Some(text) => text,
            None => time.as_f64().to_string(),
        },
        other => other.to_string(),
    }
}

trait DateTimeText {
    /// `2020-01-02`, or with the time if it is not midnight.
    fn as_datetime_text(&self) -> Option<String>;
}

impl DateTimeText for calamine::ExcelDateTime {
    fn as_datetime_text(&self) -> Option<String> {
        if !self.is_datetime() {
            return None;
        }
        let (year, month, day, hour, minute, second, _) = self.to_ymd_hms_milli();
        let date = format!("{year:04}-{month:02}-{day:02}");
        Some(match (hour, minute, second) {
            (0, 0, 0) => date,
            _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        })
    }
}

impl CellSource for SheetCells {
    fn each(&self, visit: &mut VisitCells<'_>) -> Result<(), Halt> {
        for (number, row) in (1..).zip(&self.0) {
            let cells: Vec<_> =
                row.iter().map(|cell| CellText::Text(Cow::Borrowed(cell.as_str()))).collect();
            let raw = row.join("\t");
            if !visit(number, &cells, raw.as_bytes())? {
                break;
            }
        }
        Ok(())
    }
}
