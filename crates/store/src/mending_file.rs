//! Findings and quarantined rows as a GeoPackage of their own, to look at and to mend in QGIS.

use crate::blob;
use crate::known_layer::KnownLayer;
use crate::names::{FID, GEOM, quoted};
use crate::register::absolute;
use crate::schema::{self, column_type};
use crate::scratch::{Purpose, Scratch};
use crate::{Register, SqlContext as _, StoreError, bind};
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use siseol_model::{Crs, FieldKind, IssueKind, Layer, LayerName, Shape, Value};
use std::path::Path;

/// The table of the findings.
pub const FINDINGS_TABLE: &str = "findings";
/// What the names of the tables of quarantined rows begin with; the layer's name follows.
pub const ASIDE_TABLES: &str = "quarantine_";
/// The column with the number of a quarantined row.
pub const ASIDE_COLUMN: &str = "siseol_quarantine";
/// The column that says what is wrong with it.
pub const PROBLEM_COLUMN: &str = "siseol_problem";

/// A finding as a row of such a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    /// The layer that it is about.
    pub layer: LayerName,
    /// The delivered file, if it was found there.
    pub source: Option<String>,
    /// The row of that file, from 1.
    pub row: Option<u64>,
    /// The register's number of its feature.
    pub fid: Option<i64>,
    /// The city's own.
    pub facility_key: Option<String>,
    /// What was found.
    pub kind: IssueKind,
    /// The column that it is about.
    pub column: Option<String>,
    /// The value as found.
    pub value: Option<String>,
    /// For people.
    pub text: String,
    /// Where it is: ISO WKB, longitude and latitude.
    pub geometry: Option<Vec<u8>>,
}

/// What such a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MendingFile {
    /// Findings.
    pub findings: u64,
    /// Quarantined rows.
    pub quarantined: u64,
}

/// A row that is kept aside, as it is read back.
struct Aside {
    id: i64,
    problem: String,
    fields: Map<String, Json>,
    geometry: Option<Vec<u8>>,
}

const WRITING: &str = "write the findings";

impl Register {
    /// Writes these findings and the quarantined rows of one layer, or of all, to a new GeoPackage; an existing file is
    /// never replaced. Each layer with such rows has a table with the layer's own fields and geometry, as far as they
    /// could be read. A delivery of a mended table settles the rows that it has.
    pub fn write_mending_file(
        &self,
        to: &Path,
        layer: Option<&LayerName>,
        findings: &[FindingRow],
        now: Timestamp,
    ) -> Result<MendingFile, StoreError> {
        let to = absolute(to)?;
        let file = Scratch::beside(&to, ".new", Purpose::Publish)?;
        let connection = Connection::open(file.path()).doing(&to, WRITING)?;
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
            .and_then(|()| schema::create_geopackage(&connection))
            .doing(&to, WRITING)?;
        let now = crate::change_set::gpkg_time(now);
        let mut room = Room { connection: &connection, shape: Shape::default(), now: &now };
        room.write_findings(findings).doing(&to, WRITING)?;
        let mut written = MendingFile { findings: findings.len() as u64, quarantined: 0 };
        self.at_one_state(|register| {
            for entry in register.layers()? {
                let name = &entry.layer.name;
                if entry.quarantined == 0 || layer.is_some_and(|wanted| wanted != name) {
                    continue;
                }
                let rows = register.read_aside(name)?;
                let known = KnownLayer::find(register.connection(), register.path(), name)?;
                let Some(known) = known else { continue };
                room.copy_grid(register, known.layer.crs).doing(&to, WRITING)?;
                room.write_aside(&known, &rows).doing(&to, WRITING)?;
                written.quarantined += rows.len() as u64;
            }
            Ok::<_, StoreError>(())
        })?;
        connection.execute_batch("COMMIT").doing(&to, WRITING)?;
        connection.close().map_err(|(_, e)| e).doing(&to, WRITING)?;
        file.publish(&to, StoreError::TargetExists { path: to.clone() })?;
        Ok(written)
    }

    /// The rows of a layer that are kept aside and not settled.
    fn read_aside(&self, layer: &LayerName) -> Result<Vec<Aside>, StoreError> {
        let doing = "read the quarantined rows";
        let mut statement = self
            .connection()
            .prepare(
                "SELECT i.id, i.kind, i.text, q.fields, q.geometry FROM siseol_issue i \
                 JOIN siseol_quarantine q ON q.issue = i.id \
                 WHERE i.layer = ?1 AND i.cleared IS NULL AND i.quarantined ORDER BY i.id",
            )
            .doing(self.path(), doing)?;
        let mut rows = statement.query([layer.as_str()]).doing(self.path(), doing)?;
        let mut aside = Vec::new();
        while let Some(row) = rows.next().doing(self.path(), doing)? {
            let text = |i| row.get::<_, Option<String>>(i).doing(self.path(), doing);
            let (kind, problem) = (text(1)?.unwrap_or_default(), text(2)?.unwrap_or_default());
            let fields = text(3)?.map(|json| self.json(&json, "a quarantined row")).transpose()?;
            aside.push(Aside {
                id: row.get(0).doing(self.path(), doing)?,
                problem: format!("[{kind}] {problem}"),
                fields: fields.unwrap_or_default(),
                geometry: row.get(4).doing(self.path(), doing)?,
            });
        }
        Ok(aside)
    }
}

/// The file while it is written.
struct Room<'a> {
    connection: &'a Connection,
    shape: Shape,
    now: &'a str,
}

impl Room<'_> {
    fn write_findings(&mut self, findings: &[FindingRow]) -> rusqlite::Result<()> {
        let table = quoted(FINDINGS_TABLE);
        self.connection.execute_batch(&format!(
            "CREATE TABLE {table}({FID} INTEGER PRIMARY KEY NOT NULL, {GEOM} GEOMETRY, \
             layer TEXT, source TEXT, \"row\" INTEGER, feature INTEGER, facility_key TEXT, \
             kind TEXT, severity TEXT, label TEXT, \"column\" TEXT, value TEXT, text TEXT)"
        ))?;
        self.describe(FINDINGS_TABLE, "점검 결과 / findings", Some(("GEOMETRY", Crs::WGS84)))?;
        let mut insert = self.connection.prepare(&format!(
            "INSERT INTO {table} VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ))?;
        for finding in findings {
            let place = finding.geometry.as_deref();
            let place = place.and_then(|wkb| self.blob(wkb, None, Crs::WGS84));
            insert.execute((
                place,
                finding.layer.as_str(),
                &finding.source,
                finding.row.map(u64::cast_signed),
                finding.fid,
                &finding.facility_key,
                finding.kind.code(),
                finding.kind.severity().code(),
                finding.kind.label().to_string(),
                &finding.column,
                &finding.value,
                &finding.text,
            ))?;
        }
        Ok(())
    }

    /// Writes the quarantined rows of a layer as a table like the layer's own.
    fn write_aside(&mut self, known: &KnownLayer, rows: &[Aside]) -> rusqlite::Result<()> {
        let layer = &known.layer;
        let name = format!("{ASIDE_TABLES}{}", layer.name);
        let mut columns = format!("{FID} INTEGER PRIMARY KEY NOT NULL");
        if let Some(kind) = &known.geometry_type {
            columns = format!("{columns}, {GEOM} {kind}");
        }
        columns = format!("{columns}, {ASIDE_COLUMN} INTEGER, {PROBLEM_COLUMN} TEXT");
        let mut places = "NULL, ?1, ?2, ?3".to_owned();
        for (i, field) in (4..).zip(&layer.fields) {
            columns = format!("{columns}, {} {}", quoted(&field.name), column_type(field.kind));
            places = format!("{places}, ?{i}");
        }
        if known.geometry_type.is_none() {
            // The parameter of the geometry is there and stays empty.
            places = places.replacen("?1, ", "", 1);
        }
        let table = quoted(&name);
        self.connection.execute_batch(&format!("CREATE TABLE {table}({columns})"))?;
        let title = format!("격리된 행 / quarantined rows: {}", layer.class.label);
        let geometry = known.geometry_type.as_deref().map(|kind| (kind, layer.crs));
        self.describe(&name, &title, geometry)?;
        let mut insert =
            self.connection.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        for row in rows {
            let place = row.geometry.as_deref();
            let place = place.and_then(|wkb| self.blob(wkb, Some(known), layer.crs));
            if known.geometry_type.is_some() {
                insert.raw_bind_parameter(1, place)?;
            }
            insert.raw_bind_parameter(2, row.id)?;
            insert.raw_bind_parameter(3, &row.problem)?;
            for (i, field) in (4..).zip(&layer.fields) {
                let value = row
                    .fields
                    .get(&field.name)
                    .map_or(Value::Null, |json| value_of(json, field.kind));
                bind::value(&mut insert, i, &value)?;
            }
            insert.raw_execute()?;
        }
        Ok(())
    }

    /// The blob of a geometry that can be drawn; as a geometry of that layer, if one is given.
    fn blob(&mut self, wkb: &[u8], known: Option<&KnownLayer>, crs: Crs) -> Option<Vec<u8>> {
        let outline = blob::outline(&mut self.shape, wkb).ok()?;
        let fits = |layer: &Layer| outline.kind.layer_kind() == layer.geometry;
        if known.is_some_and(|known| !fits(&known.layer)) {
            return None;
        }
        let srs_id = i32::try_from(crs.code()).ok()?;
        let mut plain = Vec::new();
        blob::write(&mut plain, srs_id, outline, wkb);
        blob::place(&plain, srs_id, known.is_some_and(KnownLayer::is_multi))
    }

    /// Says in the catalogue of the file that a table is there.
    fn describe(
        &self,
        table: &str,
        title: &str,
        geometry: Option<(&str, Crs)>,
    ) -> rusqlite::Result<()> {
        let kind = if geometry.is_some() { "features" } else { "attributes" };
        self.connection.execute(
            "INSERT INTO gpkg_contents(table_name, data_type, identifier, description, last_change, srs_id) \
             VALUES (?1, ?2, ?1, ?3, ?4, ?5)",
            (table, kind, title, self.now, geometry.map(|(_, crs)| crs.code())),
        )?;
        if let Some((type_name, crs)) = geometry {
            self.connection.execute(
                "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, ?4, 2, 0)",
                (table, GEOM, type_name, crs.code()),
            )?;
        }
        Ok(())
    }

    /// Copies what the register knows of a grid.
    fn copy_grid(&self, register: &Register, crs: Crs) -> rusqlite::Result<()> {
        let mut grid = register.connection().prepare_cached(
            "SELECT srs_name, organization, organization_coordsys_id, definition, description \
             FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
        )?;
        let mut rows = grid.query([crs.code()])?;
        let Some(row) = rows.next()? else { return Ok(()) };
        let text = |i| row.get::<_, Option<String>>(i);
        self.connection.execute(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (text(0)?, crs.code(), text(1)?, row.get::<_, i64>(2)?, text(3)?, text(4)?),
        )?;
        Ok(())
    }
}

/// What a quarantined row says in a field, if that can stand in it.
fn value_of(json: &Json, kind: FieldKind) -> Value {
    let value = match (json, kind) {
        (Json::String(text), FieldKind::Date) => text.parse().ok().map(Value::Date),
        (Json::String(text), FieldKind::Text) => Some(Value::text(text.as_str())),
        (Json::Number(number), FieldKind::Integer) => number.as_i64().map(Value::Integer),
        (Json::Number(number), FieldKind::Float) => number.as_f64().map(Value::Float),
        (Json::Number(number), FieldKind::Text) => Some(Value::text(number.to_string())),
        (Json::Bool(value), FieldKind::Boolean) => Some(Value::Boolean(*value)),
        _ => None,
    };
    value.unwrap_or(Value::Null)
}
