//! Tables as Korean offices save them: CP949, a line ends with CR and LF.

use std::io::Write;
use std::path::Path;

use encoding_rs::EUC_KR;

use crate::streets::{Result, Written};

/// Writes a head and rows in which no value holds a comma.
pub(crate) fn write(
    folder: &Path,
    name: &'static str,
    head: &str,
    rows: &[String],
) -> Result<Written> {
    let mut out = Vec::new();
    for line in std::iter::once(head).chain(rows.iter().map(String::as_str)) {
        let (bytes, _, _) = EUC_KR.encode(line);
        out.write_all(&bytes)?;
        out.write_all(b"\r\n")?;
    }
    fs_err::write(folder.join(name), out)?;
    Ok((name, rows.len() as u64))
}
