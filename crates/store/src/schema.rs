//! The tables of a register that every register has.

use crate::names::{FID, GEOM, quoted};
use rusqlite::Connection;
use siseol_model::{FieldKind, Layer};

/// The newest format of a register that this program writes and reads.
pub(crate) const FORMAT: i64 = 3;
/// `GPKG`, the application id of a GeoPackage.
pub(crate) const APPLICATION_ID: i64 = 0x4750_4b47;
/// The name under which siseol's tables are registered in `gpkg_extensions`.
const EXTENSION: &str = "siseol_register";

/// Tables of our own that a person may look at, with their titles.
const FOR_PEOPLE: [(&str, &str); 2] = [
    ("siseol_change_set", "변경 이력 / change sets"),
    ("siseol_issue", "점검 결과 / findings of ingest"),
];
/// Tables of our own that only siseol reads.
const INTERNAL: [&str; 6] = [
    "siseol_meta",
    "siseol_layer",
    "siseol_change",
    "siseol_row",
    "siseol_history",
    "siseol_quarantine",
];

/// The tables that GeoPackage 1.3 and its extensions ask for, as it writes them.
const GEOPACKAGE: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  name TEXT,
  title TEXT,
  description TEXT,
  mime_type TEXT,
  constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL,
  constraint_type TEXT NOT NULL,
  value TEXT,
  min NUMERIC,
  min_is_inclusive BOOLEAN,
  max NUMERIC,
  max_is_inclusive BOOLEAN,
  description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],AUTHORITY[\"EPSG\",\"4326\"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
";

/// The table in which QGIS looks for how layers are drawn, as QGIS makes it.
const STYLES: &str = "
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256),
  f_table_schema TEXT(256),
  f_table_name TEXT(256),
  f_geometry_column TEXT(256),
  styleName TEXT(30),
  styleQML TEXT,
  styleSLD TEXT,
  useAsDefault BOOLEAN,
  description TEXT,
  owner TEXT(30),
  ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);
INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'layer_styles');
";

/// siseol's own tables.
///
/// `siseol_row` has one row per feature of every layer: whose it is, the city's id, the hash of its content, the
/// generations in which it was born and in which it got its present content. Layers keep their delivered columns and
/// nothing else.
///
/// `siseol_change` says what each change set did to each layer that it names: how many rows, how many the layer has
/// since, and which fids the new rows got (`inserted_fids` of them from `first_fid` on; rows that came back are not among
/// them). A change set that left a layer as it was (`revises` = 0) is no new state of that layer.
///
/// `siseol_history` keeps what is no more: the content of each row before a change set updated (2) or deleted (3) it,
/// valid from the generation `changed` until before `generation`; and a mark, without content, where a deleted row came
/// back (1). A row's first insert is told by `siseol_change` alone, so that a first delivery costs nothing here.
///
/// `siseol_issue` keeps every finding of every delivery; one that a later change set has settled says which (`cleared`).
/// `siseol_quarantine` has the rows that were set aside, each under the number of the finding that says why: its bytes,
/// and as far as they could be read its fields (as JSON, by name) and its geometry (as WKB, in the layer's grid).
const OWN: &str = "
CREATE TABLE siseol_meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  format INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  stamp TEXT NOT NULL,
  time TEXT NOT NULL,
  notice TEXT,
  next_fid INTEGER NOT NULL,
  writing INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE siseol_change_set (
  id INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL UNIQUE,
  stamp TEXT NOT NULL,
  time TEXT NOT NULL,
  author TEXT,
  comment TEXT,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  undoes INTEGER REFERENCES siseol_change_set(id)
);
CREATE TABLE siseol_layer (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  geometry_type TEXT,
  srs_id INTEGER,
  promoted BOOLEAN NOT NULL
);
CREATE TABLE siseol_change (
  layer INTEGER NOT NULL REFERENCES siseol_layer(id),
  change_set INTEGER NOT NULL REFERENCES siseol_change_set(id),
  generation INTEGER NOT NULL,
  revises BOOLEAN NOT NULL,
  inserted INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  first_fid INTEGER NOT NULL,
  inserted_fids INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  findings INTEGER NOT NULL,
  report TEXT,
  PRIMARY KEY (layer, change_set)
) WITHOUT ROWID;
CREATE INDEX siseol_change_by_set ON siseol_change(change_set);
CREATE TABLE siseol_row (
  fid INTEGER PRIMARY KEY,
  layer INTEGER NOT NULL,
  facility_key TEXT,
  hash BLOB NOT NULL,
  born INTEGER NOT NULL,
  changed INTEGER NOT NULL
);
CREATE TABLE siseol_history (
  id INTEGER PRIMARY KEY,
  change_set INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  fid INTEGER NOT NULL,
  operation INTEGER NOT NULL,
  born INTEGER,
  changed INTEGER,
  hash BLOB,
  content BLOB
);
CREATE INDEX siseol_history_by_set ON siseol_history(change_set);
CREATE INDEX siseol_history_by_fid ON siseol_history(fid);
CREATE TABLE siseol_issue (
  id INTEGER PRIMARY KEY,
  change_set INTEGER NOT NULL,
  layer TEXT NOT NULL,
  source TEXT NOT NULL,
  severity TEXT NOT NULL,
  kind TEXT NOT NULL,
  \"row\" INTEGER,
  \"column\" TEXT,
  value TEXT,
  text TEXT NOT NULL,
  quarantined BOOLEAN NOT NULL,
  facility_key TEXT,
  cleared INTEGER
);
CREATE INDEX siseol_issue_by_layer ON siseol_issue(layer, cleared);
CREATE TABLE siseol_quarantine (
  issue INTEGER PRIMARY KEY,
  raw BLOB NOT NULL,
  fields TEXT,
  geometry BLOB
);
";

/// Makes an empty file a GeoPackage.
pub(crate) fn create_geopackage(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", 10_300)?;
    connection.execute_batch(GEOPACKAGE)
}

/// How rows are found by what they are.
const ROW_INDEXES: &str = "
CREATE INDEX siseol_row_by_key ON siseol_row(facility_key) WHERE facility_key NOT NULL;
CREATE INDEX siseol_row_by_content ON siseol_row(hash) WHERE facility_key IS NULL;
";

/// Makes the tables of a register in an empty file. It is whole once its rows are [indexed](index_rows).
pub(crate) fn create(connection: &Connection, now: &str) -> rusqlite::Result<()> {
    create_geopackage(connection)?;
    connection.execute_batch(STYLES)?;
    connection.execute_batch(OWN)?;
    let mut extension = connection.prepare(
        "INSERT INTO gpkg_extensions VALUES (?1, NULL, ?2, \
         'History and findings of a siseol register: ARCHITECTURE.md of siseol', 'write-only')",
    )?;
    for table in INTERNAL.into_iter().chain(FOR_PEOPLE.map(|(table, _)| table)) {
        extension.execute((table, EXTENSION))?;
    }
    for (table, title) in FOR_PEOPLE {
        connection.execute(
            "INSERT INTO gpkg_contents(table_name, data_type, identifier, description, last_change) \
             VALUES (?1, 'attributes', ?1, ?2, ?3)",
            (table, title, now),
        )?;
    }
    connection.execute(
        "INSERT INTO siseol_meta(id, format, generation, stamp, time, next_fid) \
         VALUES (1, ?1, 0, '', '', 1)",
        [FORMAT],
    )?;
    Ok(())
}

/// Makes the indexes of the rows, once the first delivery has brought them: sorting them all is faster than putting
/// each in its place, and takes no more memory however many there are.
pub(crate) fn index_rows(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(ROW_INDEXES)
}

/// The statement that makes a layer's table, with a geometry column of that type if there is one.
pub(crate) fn layer_table(layer: &Layer, geometry: Option<&str>) -> String {
    let mut columns = format!("{FID} INTEGER PRIMARY KEY NOT NULL");
    if let Some(name) = geometry {
        columns = format!("{columns}, {GEOM} {name}");
    }
    for field in &layer.fields {
        columns = format!("{columns}, {} {}", quoted(&field.name), column_type(field.kind));
    }
    format!("CREATE TABLE {}({columns})", quoted(layer.name.as_str()))
}

/// The column type of a field, in the words of GeoPackage.
pub(crate) const fn column_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Integer => "INTEGER",
        FieldKind::Float => "DOUBLE",
        FieldKind::Text => "TEXT",
        FieldKind::Date => "DATE",
        FieldKind::Boolean => "BOOLEAN",
    }
}
