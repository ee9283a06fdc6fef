//! What the columns of a layer mean, as GeoPackage's extension for schemas says it: titles, and the meanings of codes.
//! GDAL and QGIS show the titles over the columns and the meanings instead of the codes.

use rusqlite::Connection;
use siseol_model::{ClassCode, Field, Layer, Status};
use std::collections::BTreeMap;

/// Describes the columns of a new layer.
pub(crate) fn describe(connection: &Connection, layer: &Layer) -> rusqlite::Result<()> {
    let mut column = connection.prepare(
        "INSERT INTO gpkg_data_columns(table_name, column_name, name, title, description, constraint_name) \
         VALUES (?1, ?2, ?2, ?3, ?4, ?5)",
    )?;
    let mut lists = BTreeMap::new();
    for field in &layer.fields {
        let codes = codes_of(layer, field);
        // No layer's name has a slash, so two never make one name.
        let constraint = codes.map(|(list, _)| format!("{}/{list}", layer.name));
        let label = field.label.as_ref();
        if label.is_none() && constraint.is_none() {
            continue;
        }
        let title = label.map(|label| label.ko.as_str());
        let description = label.map(|label| match &field.unit {
            Some(unit) => format!("{} [{unit}]", label.en),
            None => label.en.clone(),
        });
        column.execute((layer.name.as_str(), &field.name, title, description, &constraint))?;
        lists.extend(constraint.zip(codes.map(|(_, codes)| codes)));
    }
    let mut code = connection.prepare(
        "INSERT INTO gpkg_data_column_constraints(constraint_name, constraint_type, value, description) \
         VALUES (?1, 'enum', ?2, ?3)",
    )?;
    for (constraint, codes) in lists {
        for (value, meaning) in codes {
            code.execute((&constraint, value, shown(meaning)))?;
        }
    }
    Ok(())
}

type Codes = BTreeMap<String, ClassCode>;

/// The code list of a field and its codes, if it has any.
fn codes_of<'a>(layer: &'a Layer, field: &'a Field) -> Option<(&'a str, &'a Codes)> {
    let name = field.code_list.as_deref()?;
    let codes = &layer.code_lists.get(name)?.codes;
    (!codes.is_empty()).then_some((name, codes))
}

/// A meaning that is not sure says so.
fn shown(code: &ClassCode) -> String {
    match code.status {
        Status::Verified => code.ko.clone(),
        Status::Provisional => format!("{} (잠정)", code.ko),
    }
}
