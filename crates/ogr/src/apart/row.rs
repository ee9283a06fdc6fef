//! Rows in messages.

use super::message::{Malformed, put, take, told};
use crate::{CellProblem, Row};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siseol_model::{FieldKind, IssueKind, Value};
use std::io;

/// The most complaints of GDAL about one row.
const MOST_FAILURES: u32 = 200;

/// A row but for its values, the problems with them, and what failed, which follow in this order.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    number: u64,
    had_measures: bool,
    #[serde(borrow)]
    geometry: Option<Bytes<'a>>,
    problems: u32,
    failures: u32,
}

/// Bytes that are copied at once.
#[derive(Deserialize)]
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[derive(Serialize, Deserialize)]
enum Cell<'a> {
    Null,
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Date(i16, i8, i8),
    Boolean(bool),
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(*number),
            Value::Float(number) => Self::Float(*number),
            Value::Text(text) => Self::Text(text),
            Value::Date(date) => Self::Date(date.year(), date.month(), date.day()),
            Value::Boolean(truth) => Self::Boolean(*truth),
        }
    }
}

impl Cell<'_> {
    /// The value, if it may stand in a field of that kind and a reader can have found it.
    fn value(&self, kind: FieldKind) -> Result<Value, Malformed> {
        let value = match *self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(number),
            Self::Float(number) if number.is_finite() => Value::Float(number),
            Self::Float(_) => return Err(Malformed("a number that is none")),
            Self::Text(text) => Value::text(plain(text)?),
            Self::Date(year, month, day) => {
                let date = Date::new(year, month, day);
                Value::Date(date.or(Err(Malformed("a date that is in no calendar")))?)
            }
            Self::Boolean(truth) => Value::Boolean(truth),
        };
        if value.fits(kind) { Ok(value) } else { Err(Malformed("a value of another kind")) }
    }
}

/// GDAL's texts end at the first NUL.
fn plain(text: &str) -> Result<&str, Malformed> {
    if text.contains('\0') { Err(Malformed("a text with a NUL inside")) } else { Ok(text) }
}

/// Adds a row to a message.
pub(super) fn put_row(message: Vec<u8>, row: &Row) -> io::Result<Vec<u8>> {
    let head = Head {
        number: row.number,
        had_measures: row.had_measures,
        geometry: row.geometry.as_deref().map(Bytes),
        problems: u32::try_from(row.problems.len()).map_err(io::Error::other)?,
        failures: u32::try_from(row.failures.len()).map_err(io::Error::other)?,
    };
    let mut message = put(message, &head)?;
    for value in &row.values {
        message = put(message, &Cell::from(value))?;
    }
    for problem in &row.problems {
        let field = u32::try_from(problem.field).map_err(io::Error::other)?;
        message = put(message, &(field, problem.kind, problem.value.as_str()))?;
    }
    for failure in &row.failures {
        message = put(message, &failure.as_str())?;
    }
    Ok(message)
}

/// Takes a row of these fields from a message. What it says is checked as far as one row can be.
pub(super) fn take_row(
    message: &mut &[u8],
    kinds: &[FieldKind],
    row: &mut Row,
) -> Result<(), Malformed> {
    let head: Head<'_> = take(message)?;
    row.number = head.number;
    row.had_measures = head.had_measures;
    match head.geometry {
        None => row.geometry = None,
        Some(Bytes(wkb)) => {
            let room = row.geometry.get_or_insert_default();
            room.clear();
            room.extend_from_slice(wkb);
        }
    }
    row.values.clear();
    for &kind in kinds {
        let cell: Cell<'_> = take(message)?;
        row.values.push(cell.value(kind)?);
    }
    row.problems.clear();
    for _ in 0..head.problems {
        row.problems.push(take_problem(message, row)?);
    }
    row.failures.clear();
    if head.failures > MOST_FAILURES {
        return Err(Malformed("more complaints than are kept"));
    }
    for _ in 0..head.failures {
        row.failures.push(told(plain(take(message)?)?));
    }
    Ok(())
}

/// A problem of a field that is null for it; each field has at most one, in the fields' order.
fn take_problem(message: &mut &[u8], row: &Row) -> Result<CellProblem, Malformed> {
    let (field, kind, value): (u32, IssueKind, &str) = take(message)?;
    let field = usize::try_from(field).or(Err(Malformed("a problem of no field")))?;
    if !row.values.get(field).is_some_and(Value::is_null) {
        return Err(Malformed("a problem of no field"));
    }
    if row.problems.last().is_some_and(|last| last.field >= field) {
        return Err(Malformed("two problems of one field"));
    }
    let known = [IssueKind::NumberRange, IssueKind::DateInvalid, IssueKind::TextUndecodable];
    if !known.contains(&kind) {
        return Err(Malformed("a problem that no reader finds"));
    }
    Ok(CellProblem { field, kind, value: plain(value)?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng as _, SeedableRng as _};

    const KINDS: [FieldKind; 5] = [
        FieldKind::Integer,
        FieldKind::Float,
        FieldKind::Text,
        FieldKind::Date,
        FieldKind::Boolean,
    ];

    fn row() -> Row {
        Row {
            number: 3,
            geometry: Some(vec![1, 2, 3]),
            had_measures: true,
            values: vec![
                Value::Integer(i64::MIN),
                Value::Null,
                Value::text("가"),
                Value::Date(Date::constant(-1, 2, 28)),
                Value::Boolean(true),
            ],
            problems: vec![CellProblem {
                field: 1,
                kind: IssueKind::NumberRange,
                value: "inf".to_owned(),
            }],
            failures: vec!["it failed".to_owned()],
        }
    }

    #[test]
    fn a_row_arrives_as_it_was_sent() {
        let message = put_row(Vec::new(), &row()).unwrap();
        let mut taken = Row { failures: vec!["of the row before".to_owned()], ..Row::default() };
        let mut rest = message.as_slice();
        take_row(&mut rest, &KINDS, &mut taken).unwrap();
        assert_eq!((taken, rest), (row(), &[][..]));
    }

    #[test]
    fn a_complaint_without_end_is_cut() {
        let endless = Row { failures: vec!["가".repeat(1_000_000)], ..row() };
        let message = put_row(Vec::new(), &endless).unwrap();
        let mut taken = Row::default();
        take_row(&mut message.as_slice(), &KINDS, &mut taken).unwrap();
        assert_eq!(taken.failures, ["가".repeat(2_000)]);
    }

    #[test]
    fn what_no_reader_says_is_noticed() {
        type Spoil = fn(&mut Row);
        let spoiled: [(&str, Spoil); 7] = [
            ("a value of another kind", |r| r.values[0] = Value::Boolean(true)),
            ("a number that is none", |r| r.values[1] = Value::Float(f64::NAN)),
            ("a text with a NUL inside", |r| r.values[2] = Value::text("a\0b")),
            ("a problem of no field", |r| r.problems[0].field = 0),
            ("two problems of one field", |r| r.problems.push(r.problems[0].clone())),
            ("a problem that no reader finds", |r| r.problems[0].kind = IssueKind::Empty),
            ("more complaints than are kept", |r| r.failures = vec![String::new(); 201]),
        ];
        for (what, spoil) in spoiled {
            let mut row = row();
            spoil(&mut row);
            let message = put_row(Vec::new(), &row).unwrap();
            let taken = take_row(&mut message.as_slice(), &KINDS, &mut Row::default());
            assert_eq!(taken, Err(Malformed(what)));
        }
    }

    #[test]
    fn any_bytes_are_a_row_that_could_be_or_none() {
        let rounds =
            if std::env::var_os("SISEOL_THOROUGH").is_some() { 10_000_000 } else { 50_000 };
        let seed = rand::random();
        println!("seed {seed}");
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let sent = put_row(Vec::new(), &row()).unwrap();
        let mut taken = Row::default();
        for _ in 0..rounds {
            let mut message = sent.clone();
            for _ in 0..random.random_range(1..4) {
                let place = random.random_range(0..message.len());
                message[place] = random.random();
            }
            message.truncate(random.random_range(0..=2 * message.len()).min(message.len()));
            if take_row(&mut message.as_slice(), &KINDS, &mut taken).is_ok() {
                assert_eq!(taken.values.len(), KINDS.len());
                assert!(taken.values.iter().zip(KINDS).all(|(value, kind)| value.fits(kind)));
            }
        }
    }
}
