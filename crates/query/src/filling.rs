//! A column while it is filled.

use crate::build_error::{BuildError, count};
use crate::column::{Column, Dictionary, days_of};
use crate::section::Section;
use siseol_model::{FieldKind, Value};
use std::collections::HashMap;
use std::ops::Range;

/// A column that takes one value after the other.
#[derive(Debug)]
pub(crate) struct Filling {
    column: Column,
    /// The codes of the texts in the dictionary.
    known: HashMap<Box<str>, u32>,
}

impl Filling {
    pub(crate) fn new(kind: FieldKind) -> Self {
        let column = match kind {
            FieldKind::Integer => Column::Integer(Section::default(), Section::default()),
            FieldKind::Float => Column::Float(Section::default()),
            FieldKind::Text => Column::Text(Section::default(), Dictionary::default()),
            FieldKind::Date => Column::Date(Section::default()),
            FieldKind::Boolean => Column::Boolean(Section::default()),
        };
        Self { column, known: HashMap::new() }
    }

    /// Adds a value; one of another kind than the column's counts as null.
    pub(crate) fn push(&mut self, value: &Value) -> Result<(), BuildError> {
        match (&mut self.column, value) {
            (Column::Integer(values, nulls), Value::Integer(v)) => {
                push_integer(values, nulls, Some(*v));
            }
            (Column::Integer(values, nulls), _) => push_integer(values, nulls, None),
            (Column::Float(values), Value::Float(v)) => values.push(*v),
            (Column::Float(values), _) => values.push(f64::NAN),
            (Column::Text(codes, texts), Value::Text(text)) => {
                codes.push(code_of(&mut self.known, texts, text)?);
            }
            (Column::Text(codes, _), _) => codes.push(Column::NULL_TEXT),
            (Column::Date(days), Value::Date(v)) => days.push(days_of(*v)),
            (Column::Date(days), _) => days.push(i32::MIN),
            (Column::Boolean(values), Value::Boolean(v)) => values.push(u8::from(*v)),
            (Column::Boolean(values), _) => values.push(2),
        }
        Ok(())
    }

    /// Adds rows of another column of the same kind. `codes` has for each of its texts the code here, or
    /// [`Column::NULL_TEXT`] for one that has not come yet: a text is looked up when it comes first.
    pub(crate) fn append(
        &mut self,
        from: &Column,
        rows: Range<u32>,
        codes: &mut [u32],
    ) -> Result<(), BuildError> {
        match (&mut self.column, from) {
            (Column::Text(here, texts), Column::Text(there, other_texts)) => {
                for &other in &there[rows.start as usize..rows.end as usize] {
                    // A null has no place in `codes`.
                    let Some(code) = codes.get_mut(other as usize) else {
                        here.push(Column::NULL_TEXT);
                        continue;
                    };
                    if *code == Column::NULL_TEXT {
                        *code = code_of(&mut self.known, texts, other_texts.text(other))?;
                    }
                    here.push(*code);
                }
                Ok(())
            }
            (Column::Date(days), Column::Date(others)) => {
                days.extend_from_slice(&others[rows.start as usize..rows.end as usize]);
                Ok(())
            }
            _ => rows.into_iter().try_for_each(|row| self.push(&from.value(row))),
        }
    }

    /// The finished column.
    pub(crate) fn finish(mut self) -> Column {
        match &mut self.column {
            Column::Integer(values, nulls) => {
                values.seal();
                nulls.seal();
            }
            Column::Float(values) => values.seal(),
            Column::Text(codes, texts) => {
                codes.seal();
                texts.ends.seal();
                texts.bytes.seal();
            }
            Column::Date(days) => days.seal(),
            Column::Boolean(values) => values.seal(),
        }
        self.column
    }
}

fn push_integer(values: &mut Section<i64>, nulls: &mut Section<u64>, value: Option<i64>) {
    let row = values.len();
    if row.is_multiple_of(64) {
        nulls.push(0);
    }
    if value.is_none() {
        nulls[row / 64] |= 1 << (row % 64);
    }
    values.push(value.unwrap_or(0));
}

/// The code of a text, which is added to the dictionary if it is new.
fn code_of(
    known: &mut HashMap<Box<str>, u32>,
    texts: &mut Dictionary,
    text: &str,
) -> Result<u32, BuildError> {
    if let Some(&code) = known.get(text) {
        return Ok(code);
    }
    let code = count(texts.len(), "texts in a column")?;
    texts.bytes.extend_from_slice(text.as_bytes());
    texts.ends.push(count(texts.bytes.len(), "bytes of text in a column")?);
    known.insert(text.into(), code);
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    fn cases() -> [(FieldKind, [Value; 3]); 5] {
        let date = jiff::civil::date(1894, 7, 27);
        [
            (FieldKind::Integer, [Value::Integer(i64::MIN), Value::Null, Value::Integer(7)]),
            (FieldKind::Float, [Value::Float(0.5), Value::Null, Value::Float(-1e30)]),
            (FieldKind::Text, [Value::text("가"), Value::Null, Value::text("")]),
            (FieldKind::Date, [Value::Date(date), Value::Null, Value::Date(Date::MIN)]),
            (FieldKind::Boolean, [Value::Boolean(true), Value::Null, Value::Boolean(false)]),
        ]
    }

    fn filled(kind: FieldKind, values: &[Value]) -> Column {
        let mut filling = Filling::new(kind);
        values.iter().try_for_each(|value| filling.push(value)).unwrap();
        filling.finish()
    }

    #[test]
    fn values_come_back_as_they_went_in_in_the_new_order() {
        for (kind, values) in cases() {
            let column = filled(kind, &values).reordered(&[2, 0, 1]);
            let back: Vec<_> = (0..3).map(|row| column.value(row)).collect();
            assert_eq!(back, [values[2].clone(), values[0].clone(), values[1].clone()], "{kind:?}");
        }
    }

    #[test]
    fn rows_of_other_columns_come_in_between() {
        for (kind, values) in cases() {
            let (first, second) = (filled(kind, &values), filled(kind, &values));
            let mut filling = Filling::new(kind);
            let mut codes = [vec![Column::NULL_TEXT; 2], vec![Column::NULL_TEXT; 2]];
            filling.append(&first, 1..3, &mut codes[0]).unwrap();
            filling.push(&values[0]).unwrap();
            filling.append(&second, 0..2, &mut codes[1]).unwrap();
            filling.append(&first, 0..1, &mut codes[0]).unwrap();
            let column = filling.finish();
            let expected = [1, 2, 0, 0, 1, 0].map(|i: usize| values[i].clone());
            assert_eq!((0..6).map(|row| column.value(row)).collect::<Vec<_>>(), expected);
            if let Column::Text(_, texts) = column {
                assert_eq!(texts.texts().collect::<Vec<_>>(), ["", "가"]);
            }
        }
    }
}
