//! Which findings of earlier deliveries a change set settles.

use crate::staging::StagedLayer;
use rusqlite::Connection;

/// Clears what a delivery has settled, before its own findings are written. One that brings the whole layer settles all
/// that was found about it; a part settles what was found about the rows that it has: those with its keys, those that its
/// rows say they stand for, and what was found about a file of the same name.
pub(crate) fn clear(
    connection: &Connection,
    staged: &StagedLayer,
    change_set: i64,
) -> rusqlite::Result<()> {
    let Some(meeting) = staged.meeting else { return Ok(()) };
    let layer = staged.layer.name.as_str();
    if !meeting.is_part && !staged.answers {
        let all = "UPDATE siseol_issue SET cleared = ?1 WHERE layer = ?2 AND cleared IS NULL";
        connection.execute(all, (change_set, layer))?;
        return Ok(());
    }
    let n = staged.number;
    // A row may have several findings, of which one has the row itself.
    let of_rows = format!(
        "UPDATE siseol_issue SET cleared = ?1 WHERE layer = ?2 AND cleared IS NULL AND \
         (change_set, \"row\") IN (SELECT change_set, \"row\" FROM siseol_issue WHERE layer = ?2 AND \
         cleared IS NULL AND \"row\" NOT NULL AND (id IN (SELECT issue FROM staging.answers_{n}) OR \
         facility_key IN (SELECT facility_key FROM staging.rows_{n} WHERE facility_key NOT NULL \
         UNION ALL SELECT facility_key FROM staging.raw_{n} WHERE facility_key NOT NULL)))"
    );
    connection.execute(&of_rows, (change_set, layer))?;
    let of_file = "UPDATE siseol_issue SET cleared = ?1 WHERE layer = ?2 AND cleared IS NULL AND \
                   \"row\" IS NULL AND source = ?3";
    connection.execute(of_file, (change_set, layer, &staged.report.source))?;
    Ok(())
}

/// When a change set is undone, what it had settled is open again, and what was found in it is settled: its rows are gone.
/// So it is of layers, too, of which it changed no row.
pub(crate) fn undo(connection: &Connection, undone: i64, change_set: i64) -> rusqlite::Result<()> {
    let reopen = "UPDATE siseol_issue SET cleared = NULL WHERE cleared = ?1";
    connection.execute(reopen, [undone])?;
    let settle = "UPDATE siseol_issue SET cleared = ?2 WHERE change_set = ?1 AND cleared IS NULL";
    connection.execute(settle, (undone, change_set))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undo_is_of_the_findings_of_every_layer() {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection, "").unwrap();
        // Found in the first change set, in the second, which is undone, or in the third.
        let found = [
            ("pipe", 1, Some(2)),
            ("valve", 1, Some(2)),
            ("valve", 1, Some(3)),
            ("valve", 1, None),
            ("pipe", 2, None),
            ("valve", 2, None),
            ("valve", 2, Some(3)),
            ("valve", 3, None),
        ];
        for (layer, change_set, cleared) in found {
            let sql = "INSERT INTO siseol_issue(layer, change_set, cleared, source, severity, kind, text, quarantined) \
                       VALUES (?1, ?2, ?3, '', '', '', '', 1)";
            connection.execute(sql, (layer, change_set, cleared)).unwrap();
        }
        undo(&connection, 2, 4).unwrap();
        let mut statement =
            connection.prepare("SELECT cleared FROM siseol_issue ORDER BY id").unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<i64>>(0)).unwrap();
        let cleared: Vec<_> = rows.map(Result::unwrap).collect();
        assert_eq!(cleared, [None, None, Some(3), None, Some(4), Some(4), Some(3), None]);
    }
}
