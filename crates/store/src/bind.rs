//! Values as SQLite keeps them.

use rusqlite::{Result, Statement};
use siseol_model::Value;
use std::io::Write as _;

/// Binds a value to a parameter. Dates are kept as text, as GeoPackage wants them.
pub(crate) fn value(statement: &mut Statement<'_>, parameter: usize, value: &Value) -> Result<()> {
    match value {
        Value::Null => statement.raw_bind_parameter(parameter, None::<i64>),
        Value::Integer(v) => statement.raw_bind_parameter(parameter, v),
        Value::Float(v) => statement.raw_bind_parameter(parameter, v),
        Value::Text(v) => statement.raw_bind_parameter(parameter, &**v),
        Value::Date(v) => {
            // The longest date is `-009999-12-31`.
            let mut room = [0_u8; 16];
            let mut rest = &mut room[..];
            // Writing a date to that much memory cannot fail.
            let _written = write!(rest, "{v}");
            let free = rest.len();
            let text = std::str::from_utf8(&room[..room.len() - free]).unwrap_or("");
            statement.raw_bind_parameter(parameter, text)
        }
        Value::Boolean(v) => statement.raw_bind_parameter(parameter, v),
    }
}
