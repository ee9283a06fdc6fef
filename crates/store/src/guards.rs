//! Triggers that refuse another program's writes to a layer: they would go round the history.
//!
//! siseol itself writes with triggers switched off. Who has to mend a register by hand can open the guards with
//! `siseol_meta.writing`; a check says so until they are closed, and names what was written meanwhile.

use crate::names::quoted;

/// Says where to edit instead.
const REFUSAL: &str =
    "this layer is a part of a siseol register: edit it through siseol, which keeps its history";

/// The statements that make a layer's guards, as the file keeps them.
pub(crate) fn statements(layer: &str) -> [String; 3] {
    ["insert", "update", "delete"].map(|what| {
        format!(
            "CREATE TRIGGER {trigger} BEFORE {what} ON {table} \
             WHEN (SELECT writing FROM siseol_meta) = 0 BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
            trigger = quoted(&format!("siseol_guard_{layer}_{what}")),
            table = quoted(layer),
        )
    })
}
