//! The content of a row as bytes: hashed, it finds bit rot and rows that a later delivery left as they were; kept, it is
//! what the history remembers of a row.
//!
//! The facility key, the geometry and the values, each behind a byte that tells its type.

use crate::blob;
use jiff::civil::Date;
use siseol_model::{FacilityKey, Feature, Value};

/// Length of a hash in the register.
pub(crate) const HASH_BYTES: usize = 16;

/// The hash of a row's content: BLAKE3 of [`write`]'s bytes, cut to 16. `buffer` is room to work in.
pub(crate) fn content_hash(
    buffer: &mut Vec<u8>,
    key: Option<&str>,
    wkb: Option<&[u8]>,
    values: &[Value],
) -> [u8; HASH_BYTES] {
    buffer.clear();
    write(buffer, key, wkb, values);
    hash_of(buffer)
}

/// The hash of content that [`write`] has written.
pub(crate) fn hash_of(content: &[u8]) -> [u8; HASH_BYTES] {
    let hash = blake3::hash(content);
    let mut cut = [0; HASH_BYTES];
    cut.copy_from_slice(&hash.as_bytes()[..HASH_BYTES]);
    cut
}

/// Appends the content of a row. A multi-geometry of one part is written as that part.
pub(crate) fn write(out: &mut Vec<u8>, key: Option<&str>, wkb: Option<&[u8]>, values: &[Value]) {
    part(out, key.map(str::as_bytes));
    part(out, wkb.map(blob::content));
    for value in values {
        match value {
            Value::Null => out.push(NONE),
            Value::Integer(v) => {
                out.push(INTEGER);
                out.extend_from_slice(&v.to_le_bytes());
            }
            Value::Float(v) => {
                out.push(FLOAT);
                // SQLite does not keep the sign of zero.
                let v = if *v == 0.0 { 0.0 } else { *v };
                out.extend_from_slice(&v.to_le_bytes());
            }
            Value::Text(v) => part(out, Some(v.as_bytes())),
            Value::Date(v) => {
                out.push(DATE);
                out.extend_from_slice(&v.year().to_le_bytes());
                out.extend_from_slice(&v.month().to_le_bytes());
                out.extend_from_slice(&v.day().to_le_bytes());
            }
            Value::Boolean(v) => out.extend_from_slice(&[BOOLEAN, u8::from(*v)]),
        }
    }
}

/// What the content of every row with that key begins with.
pub(crate) fn beginning(key: &str) -> Vec<u8> {
    let mut out = Vec::new();
    part(&mut out, Some(key.as_bytes()));
    out
}

/// Bytes that [`write`] did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

/// Reads what [`write`] wrote.
pub(crate) fn read(content: &[u8]) -> Result<Feature, Broken> {
    let mut rest = Rest(content);
    let key = rest.text()?.map(|key| FacilityKey::from(key.to_owned()));
    let geometry = rest.bytes()?.map(<[u8]>::to_vec);
    let mut values = Vec::new();
    while let [tag, ..] = *rest.0 {
        values.push(match tag {
            NONE | BYTES => rest.text()?.map_or(Value::Null, Value::text),
            INTEGER => Value::Integer(i64::from_le_bytes(rest.number()?)),
            FLOAT => Value::Float(f64::from_le_bytes(rest.number()?)),
            DATE => {
                let [y0, y1, month, day] = rest.number()?;
                let year = i16::from_le_bytes([y0, y1]);
                let date = Date::new(year, month.cast_signed(), day.cast_signed());
                Value::Date(date.or(Err(Broken))?)
            }
            BOOLEAN => match rest.number()? {
                [0] => Value::Boolean(false),
                [1] => Value::Boolean(true),
                _ => return Err(Broken),
            },
            _ => return Err(Broken),
        });
    }
    Ok(Feature { key, geometry, values })
}

const NONE: u8 = 0;
const BYTES: u8 = 1;
const INTEGER: u8 = 2;
const FLOAT: u8 = 3;
const DATE: u8 = 4;
const BOOLEAN: u8 = 5;

fn part(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => out.push(NONE),
        Some(bytes) => {
            out.push(BYTES);
            out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            out.extend_from_slice(bytes);
        }
    }
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(Broken)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(N)?.try_into().or(Err(Broken))
    }

    /// A number after its type.
    fn number<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(1)?;
        self.array()
    }

    fn bytes(&mut self) -> Result<Option<&'a [u8]>, Broken> {
        match self.take(1)? {
            [NONE] => Ok(None),
            [BYTES] => {
                let length = u64::from_le_bytes(self.array()?);
                self.take(usize::try_from(length).or(Err(Broken))?).map(Some)
            }
            _ => Err(Broken),
        }
    }

    fn text(&mut self) -> Result<Option<&'a str>, Broken> {
        self.bytes()?.map(|bytes| std::str::from_utf8(bytes).or(Err(Broken))).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_hashes_differently_and_zero_has_no_sign() {
        let hash =
            |key: Option<&str>, values: &[Value]| content_hash(&mut Vec::new(), key, None, values);
        let rows = [
            vec![Value::Null],
            vec![Value::Integer(0)],
            vec![Value::Float(0.0)],
            vec![Value::Boolean(false)],
            vec![Value::text("")],
            vec![Value::text("ab"), Value::text("c")],
            vec![Value::text("a"), Value::text("bc")],
        ];
        let hashes: std::collections::BTreeSet<_> = rows.iter().map(|r| hash(None, r)).collect();
        assert_eq!(hashes.len(), rows.len());
        assert_ne!(hash(Some("k"), &rows[0]), hash(None, &rows[0]));
        assert_eq!(hash(None, &[Value::Float(-0.0)]), hash(None, &[Value::Float(0.0)]));
    }

    #[test]
    fn content_reads_back_as_it_was_written_and_nothing_else_reads() {
        let feature = Feature {
            key: Some(FacilityKey::from("SA001-1".to_owned())),
            geometry: Some(vec![1, 1, 0, 0, 0, 9]),
            values: vec![
                Value::Null,
                Value::Integer(i64::MIN),
                Value::Float(0.1),
                Value::text("군포시"),
                Value::Date(jiff::civil::date(-44, 3, 15)),
                Value::Boolean(true),
            ],
        };
        let mut content = Vec::new();
        let key = feature.key.as_ref().map(FacilityKey::as_str);
        write(&mut content, key, feature.geometry.as_deref(), &feature.values);
        assert_eq!(read(&content), Ok(feature));
        // A row that ends early has fewer values, but no value ends early.
        let whole = (0..content.len()).filter(|&n| read(&content[..n]).is_ok()).count();
        assert_eq!(whole, 6);
        assert_eq!(read(&[0, 0, 9]), Err(Broken));
    }
}
