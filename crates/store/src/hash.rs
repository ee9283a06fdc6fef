//! The hash of a row's content: it finds bit rot, and rows that a later delivery left as they were.

use crate::blob;
use siseol_model::Value;

/// Length of a hash in the register.
pub(crate) const HASH_BYTES: usize = 16;

/// BLAKE3 over the facility key, the geometry and the values with their types, cut to 16 bytes.
/// `buffer` is room to work in.
pub(crate) fn content_hash(
    buffer: &mut Vec<u8>,
    key: Option<&str>,
    wkb: Option<&[u8]>,
    values: &[Value],
) -> [u8; HASH_BYTES] {
    buffer.clear();
    part(buffer, key.map(str::as_bytes));
    part(buffer, wkb.map(blob::content));
    for value in values {
        match value {
            Value::Null => buffer.push(0),
            Value::Integer(v) => {
                buffer.push(2);
                buffer.extend_from_slice(&v.to_le_bytes());
            }
            Value::Float(v) => {
                buffer.push(3);
                // SQLite does not keep the sign of zero.
                let v = if *v == 0.0 { 0.0 } else { *v };
                buffer.extend_from_slice(&v.to_le_bytes());
            }
            Value::Text(v) => part(buffer, Some(v.as_bytes())),
            Value::Date(v) => {
                buffer.push(4);
                buffer.extend_from_slice(&v.year().to_le_bytes());
                buffer.extend_from_slice(&v.month().to_le_bytes());
                buffer.extend_from_slice(&v.day().to_le_bytes());
            }
            Value::Boolean(v) => buffer.extend_from_slice(&[5, u8::from(*v)]),
        }
    }
    let hash = blake3::hash(buffer);
    let mut cut = [0; HASH_BYTES];
    cut.copy_from_slice(&hash.as_bytes()[..HASH_BYTES]);
    cut
}

fn part(buffer: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => buffer.push(0),
        Some(bytes) => {
            buffer.push(1);
            buffer.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            buffer.extend_from_slice(bytes);
        }
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
}
