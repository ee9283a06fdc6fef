//! One field's bytes as a value.

use super::dbf::Column;
use crate::encoding::{Decoded, TextEncoding};
use jiff::civil::Date;
use siseol_model::{FieldKind, Issue, IssueKind, Value};

/// A field of a row, on its way to a value.
pub(crate) struct Cell<'a> {
    pub column: &'a Column,
    pub name: &'a str,
    pub row: u64,
    pub bytes: &'a [u8],
}

impl Cell<'_> {
    /// The value; what is wrong with it goes to `issues`.
    pub(crate) fn value(&self, encoding: TextEncoding, issues: &mut Vec<Issue>) -> Value {
        // Some writers pad with NUL.
        let padded = trim_end(self.bytes);
        let result = match self.column.value_kind() {
            FieldKind::Text if self.column.kind == b'N' => self.long_number(padded.trim_ascii()),
            FieldKind::Text => self.text(padded, encoding),
            FieldKind::Integer => self.integer(padded.trim_ascii()),
            FieldKind::Float => self.float(padded.trim_ascii()),
            FieldKind::Date => self.date(padded.trim_ascii()),
            FieldKind::Boolean => self.boolean(padded.trim_ascii()),
        };
        match result {
            Ok(value) => value,
            Err((value, issue)) => {
                issues.push(issue);
                value
            }
        }
    }

    fn text(&self, bytes: &[u8], encoding: TextEncoding) -> Result<Value, (Value, Issue)> {
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        if bytes.contains(&0) {
            let shown = String::from_utf8_lossy(bytes).into_owned();
            return Err(self.bad(IssueKind::TextNul, &shown, "the text has a NUL inside"));
        }
        if bytes.is_ascii()
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return Ok(Value::text(text));
        }
        match encoding.decode(bytes, bytes.len() == self.column.width) {
            Decoded::Text(text) => Ok(Value::text(text.into_owned())),
            Decoded::Cut(text) => {
                let issue = self.issue(
                    IssueKind::TextCut,
                    &text,
                    "the field ends inside a character, which is left out",
                );
                Err((Value::text(text.into_owned()), issue))
            }
            Decoded::Invalid => {
                let text = format!("the bytes are not {}", encoding.name());
                Err(self.bad(IssueKind::TextUndecodable, &hex(bytes), &text))
            }
        }
    }

    fn integer(&self, bytes: &[u8]) -> Result<Value, (Value, Issue)> {
        let Some(text) = self.digits(bytes)? else { return Ok(Value::Null) };
        // `+1` and `12.000` are whole numbers, too.
        let whole = match text.split_once('.') {
            Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
            _ => text,
        };
        match whole.parse() {
            Ok(number) => Ok(Value::Integer(number)),
            Err(_) => Err(self.bad(IssueKind::NumberInvalid, text, "it is not a whole number")),
        }
    }

    fn float(&self, bytes: &[u8]) -> Result<Value, (Value, Issue)> {
        let Some(text) = self.digits(bytes)? else { return Ok(Value::Null) };
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            Ok(_) => Err(self.bad(IssueKind::NumberRange, text, "the number is out of range")),
            Err(_) => Err(self.bad(IssueKind::NumberInvalid, text, "it is not a number")),
        }
    }

    /// Digits that no number holds, as they are.
    fn long_number(&self, bytes: &[u8]) -> Result<Value, (Value, Issue)> {
        Ok(self.digits(bytes)?.map_or(Value::Null, Value::text))
    }

    /// The text of a number; none for a blank.
    fn digits<'b>(&self, bytes: &'b [u8]) -> Result<Option<&'b str>, (Value, Issue)> {
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.iter().all(|&b| b == b'*') {
            let issue = self.issue(
                IssueKind::NumberOverflow,
                &"*".repeat(bytes.len()),
                "the number did not fit its field when the file was written",
            );
            return Err((Value::Null, issue));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) if bytes.iter().all(|b| b.is_ascii_digit() || b"+-.eE".contains(b)) => {
                Ok(Some(text))
            }
            _ => {
                let shown = String::from_utf8_lossy(bytes).into_owned();
                Err(self.bad(IssueKind::NumberInvalid, &shown, "it is not a number"))
            }
        }
    }

    fn date(&self, bytes: &[u8]) -> Result<Value, (Value, Issue)> {
        if bytes.is_empty() || bytes.iter().all(|&b| b == b'0') {
            return Ok(Value::Null);
        }
        let date = (bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit))
            .then(|| {
                let number = bytes.iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
                let year = i16::try_from(number / 10_000).ok()?;
                let month = i8::try_from(number / 100 % 100).ok()?;
                let day = i8::try_from(number % 100).ok()?;
                Date::new(year, month, day).ok()
            })
            .flatten();
        date.map(Value::Date).ok_or_else(|| {
            let shown = String::from_utf8_lossy(bytes).into_owned();
            let issue = self.issue(IssueKind::DateInvalid, &shown, "there is no such date");
            (Value::Null, issue)
        })
    }

    fn boolean(&self, bytes: &[u8]) -> Result<Value, (Value, Issue)> {
        match bytes {
            b"" | b"?" => Ok(Value::Null),
            b"T" | b"t" | b"Y" | b"y" => Ok(Value::Boolean(true)),
            b"F" | b"f" | b"N" | b"n" => Ok(Value::Boolean(false)),
            _ => {
                let shown = String::from_utf8_lossy(bytes).into_owned();
                Err(self.bad(IssueKind::NumberInvalid, &shown, "it is neither true nor false"))
            }
        }
    }

    fn issue(&self, kind: IssueKind, value: &str, text: &str) -> Issue {
        Issue::row(kind, self.row, format!("row {}, {}: {text}", self.row, self.name))
            .at(self.name, value)
    }

    fn bad(&self, kind: IssueKind, value: &str, text: &str) -> (Value, Issue) {
        (Value::Null, self.issue(kind, value, text))
    }
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&b| b != b' ' && b != 0).map_or(0, |at| at + 1);
    &bytes[..end]
}

/// The first bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .take(40)
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{CP949, UTF8};

    fn read(kind: u8, width: usize, decimals: u8, bytes: &[u8]) -> (Value, Option<IssueKind>) {
        let column = Column { name: b"A".to_vec(), kind, start: 1, width, decimals };
        let mut field = bytes.to_vec();
        field.resize(width, b' ');
        let mut issues = Vec::new();
        let cell = Cell { column: &column, name: "A", row: 1, bytes: &field };
        let value = cell.value(CP949, &mut issues);
        (value, issues.first().map(|i| i.kind))
    }

    #[test]
    fn numbers_are_exact_or_said_to_be_wrong() {
        assert_eq!(read(b'N', 10, 0, b"  12"), (Value::Integer(12), None));
        assert_eq!(read(b'N', 12, 0, b"4141051000.0"), (Value::Integer(4_141_051_000), None));
        assert_eq!(read(b'N', 10, 0, b""), (Value::Null, None));
        assert_eq!(read(b'N', 10, 2, b"0.10"), (Value::Float(0.1), None));
        assert_eq!(read(b'N', 19, 0, b"9007199254740993"), (Value::text("9007199254740993"), None));
        assert_eq!(read(b'N', 4, 0, b"****"), (Value::Null, Some(IssueKind::NumberOverflow)));
        assert_eq!(read(b'N', 5, 1, b"abc"), (Value::Null, Some(IssueKind::NumberInvalid)));
        assert_eq!(read(b'F', 9, 1, b"1e400"), (Value::Null, Some(IssueKind::NumberRange)));
        assert_eq!(read(b'F', 9, 1, b"inf"), (Value::Null, Some(IssueKind::NumberInvalid)));
        assert_eq!(read(b'N', 9, 0, b"1.5"), (Value::Null, Some(IssueKind::NumberInvalid)));
    }

    #[test]
    fn dates_and_truth_values() {
        let date = Value::Date(Date::new(2020, 2, 29).unwrap());
        assert_eq!(read(b'D', 8, 0, b"20200229"), (date, None));
        assert_eq!(read(b'D', 8, 0, b"00000000"), (Value::Null, None));
        assert_eq!(read(b'D', 8, 0, b"20230231"), (Value::Null, Some(IssueKind::DateInvalid)));
        assert_eq!(read(b'L', 1, 0, b"Y"), (Value::Boolean(true), None));
        assert_eq!(read(b'L', 1, 0, b"?"), (Value::Null, None));
    }

    #[test]
    fn text_is_trimmed_at_its_end_and_read_strictly() {
        assert_eq!(read(b'C', 8, 0, b" a "), (Value::text(" a"), None));
        assert_eq!(read(b'C', 8, 0, b"ab\0\0"), (Value::text("ab"), None));
        assert_eq!(read(b'C', 8, 0, b"a\0b"), (Value::Null, Some(IssueKind::TextNul)));
        assert_eq!(
            read(b'C', 6, 0, b"\xb0\xad\xb3"),
            (Value::Null, Some(IssueKind::TextUndecodable))
        );
        assert_eq!(
            read(b'C', 3, 0, b"\xb0\xad\xb3"),
            (Value::text("강"), Some(IssueKind::TextCut))
        );
        assert_eq!(UTF8.name(), "UTF-8");
    }
}
