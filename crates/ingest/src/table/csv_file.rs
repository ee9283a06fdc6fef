//! CSV, as programs and public-data portals write it.

use super::{CellSource, CellText, TextFacts, VisitCells, open_table};
use crate::delivery::DeliveredFile;
use crate::encoding::{Census, Chosen, Declared, Decoded, TextEncoding, UTF8, by_request, choose};
use crate::grid::Asked;
use crate::shapefile::hex;
use crate::source::{Halt, OpenLayer, Refusal};
use siseol_model::{Grade, IssueKind};
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

struct CsvCells {
    path: PathBuf,
    delimiter: u8,
    encoding: TextEncoding,
}

/// Opens a CSV file as one layer.
pub(crate) fn open(
    file: &DeliveredFile,
    asked: &Asked,
    encoding: Option<&str>,
) -> Result<OpenLayer, Refusal> {
    let mut start = Vec::new();
    fs_err::File::open(&file.path)?.take(64 * 1024).read_to_end(&mut start)?;
    let (bom, start) = match start.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => (true, rest),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(Refusal::new(
                IssueKind::EncodingUnknown,
                "the file is UTF-16; save it as UTF-8 CSV",
            ));
        }
        all => (false, all),
    };
    if start.trim_ascii().is_empty() {
        return Err(Refusal::new(IssueKind::Truncated, "the file is empty: there is no header"));
    }
    if start.contains(&0) {
        return Err(Refusal::new(
            IssueKind::NotThisFormat,
            "the file has NUL bytes, which no CSV has",
        ));
    }
    let line = start.split(|&b| b == b'\n').next().unwrap_or(start);
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| line.split(|b| b == d).count())
        .unwrap_or(b',');
    let mut cells = CsvCells { path: file.path.clone(), delimiter, encoding: UTF8 };
    let Chosen { encoding, grade, evidence, note } = match (encoding, bom) {
        (Some(name), _) => by_request(name)?,
        (None, true) => Chosen {
            encoding: UTF8,
            grade: Grade::Proven,
            evidence: "by its byte-order mark".to_owned(),
            note: None,
        },
        (None, false) => choose(&Declared::default(), &cells.census()?)?,
    };
    cells.encoding = encoding;
    let header = cells.header()?;
    let facts = TextFacts {
        encoding: encoding.name().to_owned(),
        grade,
        evidence,
        notes: note.into_iter().collect(),
    };
    open_table(file, &header, Arc::new(cells), facts, asked)
}

fn broken(error: &csv::Error) -> Refusal {
    Refusal::new(IssueKind::NotThisFormat, format!("the CSV cannot be read: {error}"))
}

impl CsvCells {
    fn reader(&self) -> Result<csv::Reader<fs_err::File>, Refusal> {
        Ok(csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .has_headers(true)
            .from_reader(fs_err::File::open(&self.path)?))
    }

    fn header(&self) -> Result<Vec<String>, Refusal> {
        let mut reader = self.reader()?;
        let header = reader.byte_headers().map_err(|e| broken(&e))?;
        Ok(header
            .iter()
            .map(|name| match self.encoding.decode(name, false) {
                Decoded::Text(name) | Decoded::Cut(name) => name.trim().to_owned(),
                Decoded::Invalid => String::from_utf8_lossy(name).into_owned(),
            })
            .collect())
    }

    fn census(&self) -> Result<Census, Refusal> {
        let mut census = Census::new(&[]);
        let mut reader = self.reader()?;
        for name in reader.byte_headers().map_err(|e| broken(&e))? {
            census.add(name, false);
        }
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|e| broken(&e))? {
            if !record.as_slice().is_ascii() {
                record.iter().for_each(|cell| census.add(cell, false));
            }
        }
        Ok(census)
    }
}

impl CellSource for CsvCells {
    fn each(&self, visit: &mut VisitCells<'_>) -> Result<(), Halt> {
        let mut reader = self.reader()?;
        let mut record = csv::ByteRecord::new();
        let mut raw = Vec::new();
        for number in 1.. {
            if !reader.read_byte_record(&mut record).map_err(|e| broken(&e))? {
                break;
            }
            let cells: Vec<CellText<'_>> = record
                .iter()
                .map(|cell| match self.encoding.decode(cell, false) {
                    Decoded::Text(text) | Decoded::Cut(text) => CellText::Text(text),
                    Decoded::Invalid => CellText::Undecodable(hex(cell)),
                })
                .collect();
            raw.clear();
            for (index, cell) in record.iter().enumerate() {
                if index > 0 {
                    raw.push(self.delimiter);
                }
                raw.extend_from_slice(cell);
            }
            if !visit(number, &cells, &raw)? {
                break;
            }
        }
        Ok(())
    }
}
