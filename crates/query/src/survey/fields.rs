//! How well the fields of a layer are filled, and with which codes.

use crate::column::Column;
use crate::view::LayerView;
use siseol_model::{
    CodeCount, CodeCounts, CodeCoverage, CodeList, FieldCompleteness, Label, Status, Value,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many codes of a field are told one by one.
const MAX_CODES: usize = 20;

impl LayerView {
    /// For each field, how many rows say something in it.
    pub fn completeness(&self) -> Vec<FieldCompleteness> {
        let rows = self.search(None);
        let fields = self.layer().fields.iter().enumerate();
        let filled = |at: usize| {
            let column = &self.base.columns[at];
            let is_filled = column.filled();
            let filled = rows.rows().filter(|&row| match self.version(row) {
                Some(version) => says_something(&version.values[at]),
                None => is_filled(row),
            });
            filled.count() as u64
        };
        fields
            .map(|(at, field)| FieldCompleteness {
                field: field.name.clone(),
                label: field.label.clone(),
                filled: filled(at),
            })
            .collect()
    }

    /// For each field that has a code list, what its codes are.
    pub fn code_coverage(&self) -> Vec<CodeCoverage> {
        let layer = self.layer();
        let coverage = |at: usize| {
            let field = &layer.fields[at];
            let (name, list) = (field.code_list.clone()?, layer.code_list(at)?);
            let mut coverage = CodeCoverage {
                field: field.name.clone(),
                label: field.label.clone(),
                code_list: name,
                verified: CodeCounts::default(),
                provisional: CodeCounts::default(),
                unknown: CodeCounts::default(),
                by_code: Vec::new(),
                unknown_codes: Vec::new(),
            };
            let mut counts: Vec<CodeCount> = self.tally_of(at, list);
            for count in &counts {
                let counted = match count.status {
                    Some(Status::Verified) => &mut coverage.verified,
                    Some(Status::Provisional) => &mut coverage.provisional,
                    None => &mut coverage.unknown,
                };
                counted.codes += 1;
                counted.rows += count.rows;
            }
            counts.sort_by_key(|count| Reverse(count.rows));
            let unknown = counts.iter().filter(|count| count.status.is_none());
            coverage.unknown_codes = unknown.take(MAX_CODES).cloned().collect();
            counts.truncate(MAX_CODES);
            coverage.by_code = counts;
            Some(coverage)
        };
        (0..layer.fields.len()).filter_map(coverage).collect()
    }

    /// How often each code occurs in a field, by code.
    fn tally_of(&self, at: usize, list: &CodeList) -> Vec<CodeCount> {
        let column = &self.base.columns[at];
        let mut by_text: BTreeMap<String, u64> = BTreeMap::new();
        let mut by_number = match column {
            Column::Text(_, texts) => vec![0_u64; texts.len()],
            _ => Vec::new(),
        };
        for row in self.rows() {
            match (column, self.version(row)) {
                (Column::Text(codes, _), None) => {
                    // A null is no code of the dictionary.
                    if let Some(count) = by_number.get_mut(codes[row as usize] as usize) {
                        *count += 1;
                    }
                }
                _ => *by_text.entry(self.value(row, at).to_string()).or_default() += 1,
            }
        }
        if let Column::Text(_, texts) = column {
            for (text, rows) in texts.texts().zip(by_number) {
                *by_text.entry(text.to_owned()).or_default() += rows;
            }
        }
        let counts =
            by_text.into_iter().filter(|(text, rows)| !text.trim().is_empty() && *rows > 0);
        counts
            .map(|(code, rows)| {
                let known = list.codes.get(&code);
                CodeCount {
                    label: known.map(|known| Label::new(&known.ko, &known.en)),
                    status: known.map(|known| known.status),
                    code,
                    rows,
                }
            })
            .collect()
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Text(text) => !text.trim().is_empty(),
        _ => true,
    }
}

impl Column {
    /// Whether a row says something in it. What is asked of a text is asked once for each distinct one.
    fn filled(&self) -> Box<dyn Fn(u32) -> bool + '_> {
        match self {
            Self::Text(codes, texts) => {
                let says: Vec<bool> = texts.texts().map(|text| !text.trim().is_empty()).collect();
                Box::new(move |row| {
                    says.get(codes[row as usize] as usize).copied().unwrap_or(false)
                })
            }
            _ => Box::new(|row| !self.is_null(row)),
        }
    }
}
