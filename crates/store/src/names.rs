//! Names as SQL: the only place where a text from outside becomes part of a statement.

use crate::StoreError;
use siseol_model::Field;

/// The most fields that a layer can have: SQLite's 2,000 columns without our own.
const MAX_FIELDS: usize = 1_990;

/// The column of the register's own number.
pub(crate) const FID: &str = "fid";
/// The column of the geometry.
pub(crate) const GEOM: &str = "geom";

/// A name as a quoted identifier. Whatever it holds, it stays one identifier.
pub(crate) fn quoted(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    out.push('"');
    for c in name.chars() {
        match c {
            '"' => out.push_str("\"\""),
            // SQLite would end the statement here. Names with NUL are refused before.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The name of a layer's spatial index, or of one of its tables (`_node`, `_rowid`, `_parent`).
pub(crate) fn rtree(layer: &str, suffix: &str) -> String {
    format!("rtree_{layer}_{GEOM}{suffix}")
}

/// Refuses fields that cannot stand side by side in a table.
pub(crate) fn check_fields(fields: &[Field]) -> Result<(), StoreError> {
    if fields.len() > MAX_FIELDS {
        return Err(StoreError::TooManyFields { count: fields.len(), max: MAX_FIELDS });
    }
    let mut seen = std::collections::BTreeSet::from([FID.to_owned(), GEOM.to_owned()]);
    for Field { name, .. } in fields {
        let problem = if name.is_empty() {
            "it is empty"
        } else if name.contains('\0') {
            "it contains a NUL"
        } else if name.eq_ignore_ascii_case(FID) || name.eq_ignore_ascii_case(GEOM) {
            "the register uses that name itself"
        } else if !seen.insert(name.to_lowercase()) {
            "another field has the same name but for the case"
        } else {
            continue;
        };
        return Err(StoreError::FieldName { field: name.replace('\0', "\u{fffd}"), problem });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;
    use siseol_model::FieldKind;

    #[test]
    fn a_quoted_name_is_one_identifier_and_reads_back() {
        let connection = Connection::open_in_memory().unwrap();
        for name in
            ["plain", "a\"b", "\"", "x\"; DROP TABLE t; --", "관 경", "a'b", "[c]", "`d`", "select"]
        {
            connection
                .execute_batch(&format!(
                    "CREATE TABLE {0}({0} TEXT); DROP TABLE {0};",
                    quoted(name)
                ))
                .unwrap();
            let sql = format!("SELECT 1 AS {}", quoted(name));
            assert_eq!(connection.prepare(&sql).unwrap().column_name(0).unwrap(), name);
        }
        assert_eq!(quoted("a\0\"; x"), "\"a\u{fffd}\"\"; x\"");
    }

    #[test]
    fn fields_that_cannot_be_columns_are_refused() {
        let check = |names: &[&str]| {
            let fields: Vec<_> = names.iter().map(|n| Field::new(*n, FieldKind::Text)).collect();
            check_fields(&fields)
        };
        assert!(check(&["A", "B", "관경", "select", "a\"b"]).is_ok());
        for bad in [&["A", "a"][..], &["FID"], &["geom"], &[""], &["a\0b"], &["É", "é"]] {
            assert!(matches!(check(bad), Err(StoreError::FieldName { .. })), "{bad:?}");
        }
        let many = vec!["x"; 3000];
        assert!(matches!(check(&many), Err(StoreError::TooManyFields { .. })));
    }
}
