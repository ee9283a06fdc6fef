//! Which encoding a table's text is in.

use super::dbf::Table;
use crate::delivery::{DeliveredFile, beside};
use crate::encoding::{Census, Chosen, Declared, TextEncoding, by_request, choose, unknown};
use crate::source::Refusal;

/// What a person says, else the `.cpg` and the language-driver id if the bytes agree, else the bytes.
pub(super) fn find_encoding(
    file: &DeliveredFile,
    table: &Table,
    asked: Option<&str>,
) -> Result<Chosen, Refusal> {
    if let Some(name) = asked {
        return by_request(name);
    }
    let cpg = match beside(&file.path, "cpg") {
        Some(path) => {
            let text = String::from_utf8_lossy(&fs_err::read(path)?).into_owned();
            match text.trim() {
                "" => None,
                name => Some(
                    TextEncoding::by_name(name)
                        .ok_or_else(|| unknown(name, "the .cpg's encoding"))?,
                ),
            }
        }
        None => None,
    };
    let declared =
        Declared { cpg, driver: TextEncoding::by_language_driver(table.language_driver) };
    let mut census = Census::new(&[declared.cpg, declared.driver]);
    for column in &table.columns {
        census.add(&column.name, column.name.len() >= 10);
    }
    let text: Vec<_> = table.columns.iter().filter(|c| c.is_text()).collect();
    let mut records = table.records()?;
    while let Some(record) = records.next()? {
        if record.is_ascii() || record[0] == b'*' {
            continue;
        }
        for column in &text {
            let bytes = &record[column.start..column.start + column.width];
            let end = bytes.iter().rposition(|&b| b != b' ' && b != 0).map_or(0, |at| at + 1);
            census.add(&bytes[..end], end == column.width);
        }
    }
    choose(&declared, &census)
}
