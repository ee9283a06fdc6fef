//! Which findings of earlier deliveries a change set settles.

use crate::staging::StagedLayer;
use rusqlite::Connection;
use siseol_model::LayerName;

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
pub(crate) fn undo(
    connection: &Connection,
    layer: &LayerName,
    undone: i64,
    change_set: i64,
) -> rusqlite::Result<()> {
    let reopen = "UPDATE siseol_issue SET cleared = NULL WHERE layer = ?1 AND cleared = ?2";
    connection.execute(reopen, (layer.as_str(), undone))?;
    let settle = "UPDATE siseol_issue SET cleared = ?3 WHERE layer = ?1 AND change_set = ?2 AND cleared IS NULL";
    connection.execute(settle, (layer.as_str(), undone, change_set))?;
    Ok(())
}
