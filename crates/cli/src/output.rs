//! What goes to stdout: data, and tables for people.

use std::io::Write as _;

/// Writes a document, one line.
pub(crate) fn json(document: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, document).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// Writes bytes as they are, and ends the line.
pub(crate) fn bytes(document: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(document)?;
    writeln!(out)?;
    Ok(())
}

/// Writes a line.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{}", printable(text))?;
    Ok(())
}

/// Writes a line for people, beside the data. There is nobody to tell if stderr is closed.
pub(crate) fn note(text: &str) {
    let _told = writeln!(std::io::stderr(), "{}", printable(text));
}

/// Writes rows in columns. Hangul is two columns wide on a terminal.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    let cells = |row: &[String]| row.iter().map(|c| printable(c)).collect::<Vec<_>>();
    let mut all = vec![head.iter().map(|&h| h.to_owned()).collect::<Vec<_>>()];
    all.extend(rows.iter().map(|row| cells(row)));
    let widths: Vec<usize> = (0..head.len())
        .map(|i| all.iter().map(|row| row.get(i).map_or(0, |c| width(c))).max().unwrap_or(0))
        .collect();
    let mut out = std::io::stdout().lock();
    for row in &all {
        let mut text = String::new();
        for (cell, wide) in row.iter().zip(&widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', wide - width(cell) + 2));
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

/// Attributes come from strangers: control characters would be commands to the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// Hangul, kana, ideographs and full-width forms.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_wrote_cannot_command_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\u{7}나\n"), "a\u{fffd}[31m\u{fffd}나\n");
        assert_eq!(width("가a"), 3);
    }
}
