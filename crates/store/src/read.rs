//! Reading a layer row by row.

use crate::content::HASH_BYTES;
use crate::form::Form;
use crate::names::{FID, GEOM, quoted};
use crate::{Register, SqlContext as _, StoreError, blob};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use siseol_model::{FacilityKey, FieldKind, GeometryKind, Layer, Value};

/// One row of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredRow<'a> {
    /// The register's number for it.
    pub fid: i64,
    /// The city's own id, if it has one.
    pub key: Option<&'a FacilityKey>,
    /// The state in which the row got this content.
    pub generation: i64,
    /// ISO WKB, bit for bit as delivered; but a layer has one form for the same coordinates: where some geometries were
    /// single, a multi-geometry of one part is that part, and where all were multi at first, a single one that came later
    /// is a multi-geometry of one part.
    pub geometry: Option<&'a [u8]>,
    /// One value per field of the layer.
    pub values: &'a [Value],
}

impl Register {
    /// Reads a layer in the order of its fids. The first error of `visit` ends it and is passed on.
    pub fn read_layer<E: From<StoreError>>(
        &self,
        layer: &Layer,
        visit: &mut dyn FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let doing = "read a layer";
        let mut reader = RowReader::new(self, layer, self.layer_record(layer)?.form);
        let mut statement =
            self.connection().prepare(&select(layer, "", ORDERED)).doing(self.path(), doing)?;
        let mut rows = statement.query([]).doing(self.path(), doing)?;
        while let Some(row) = rows.next().doing(self.path(), doing)? {
            visit(reader.read(row)?)?;
        }
        Ok(())
    }
}

/// Reads the rows that [`select`] brings.
pub(crate) struct RowReader<'r> {
    register: &'r Register,
    layer: &'r Layer,
    form: Form,
    key: Option<FacilityKey>,
    values: Vec<Value>,
}

impl<'r> RowReader<'r> {
    pub(crate) fn new(register: &'r Register, layer: &'r Layer, form: Form) -> Self {
        Self { register, layer, form, key: None, values: Vec::with_capacity(layer.fields.len()) }
    }

    /// The row as it is served. It lives until the next one is read.
    pub(crate) fn read<'a>(&'a mut self, row: &'a Row<'_>) -> Result<StoredRow<'a>, StoreError> {
        let Self { register, layer, .. } = *self;
        let damaged = |fault: String| {
            StoreError::damaged(register.path(), format!("layer {}{fault}", layer.name))
        };
        let raw = RawRow::of(row).map_err(|fault| damaged(format!(": {fault}")))?;
        let fault = |fault: String| damaged(format!(", fid {}: {fault}", raw.fid));
        let record = raw.record.as_ref().ok_or_else(|| fault(UNKNOWN_ROW.to_owned()))?;
        let geometry = raw.wkb().map_err(fault)?.map(|wkb| self.form.of_table(wkb));
        read_values(row, layer, &mut self.values).map_err(fault)?;
        self.key = record.key.map(|key| FacilityKey::from(key.to_owned()));
        Ok(StoredRow {
            fid: raw.fid,
            key: self.key.as_ref(),
            generation: record.changed,
            geometry,
            values: &self.values,
        })
    }
}

/// A row that another program wrote.
pub(crate) const UNKNOWN_ROW: &str = "siseol has not written this row";

/// The end of a statement that reads a layer in the order of its fids.
pub(crate) const ORDERED: &str = "ORDER BY t.fid";

/// The statement that reads the rows `t` of a layer with their bookkeeping `r`; it has these columns more, and ends
/// with `rest`.
pub(crate) fn select(layer: &Layer, columns: &str, rest: &str) -> String {
    let geometry = match layer.geometry {
        GeometryKind::None => "NULL".to_owned(),
        _ => format!("t.{GEOM}"),
    };
    let mut sql = format!("SELECT t.{FID}, {geometry}, r.facility_key, r.changed, r.hash, r.layer");
    for field in &layer.fields {
        sql = format!("{sql}, t.{}", quoted(&field.name));
    }
    format!(
        "{sql}{columns} FROM {} t LEFT JOIN siseol_row r ON r.fid = t.{FID} {rest}",
        quoted(layer.name.as_str())
    )
}

/// Columns before the fields.
const BEFORE_FIELDS: usize = 6;

/// A row as it is in the file.
pub(crate) struct RawRow<'a> {
    pub(crate) fid: i64,
    pub(crate) blob: Option<&'a [u8]>,
    /// None if there is no bookkeeping for it.
    pub(crate) record: Option<Record<'a>>,
}

/// What siseol wrote down about a row.
pub(crate) struct Record<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) changed: i64,
    pub(crate) hash: [u8; HASH_BYTES],
    pub(crate) layer: i64,
}

impl<'a> RawRow<'a> {
    pub(crate) fn of(row: &'a Row<'_>) -> Result<Self, String> {
        let column = |i| row.get_ref(i).map_err(|e| e.to_string());
        let fid = column(0)?.as_i64().map_err(|e| format!("a fid: {e}"))?;
        let fault = |what: &str| format!("fid {fid}: {what} is of another type");
        let blob = column(1)?.as_blob_or_null().map_err(|e| format!("{}: {e}", fault(GEOM)))?;
        let record = match (column(2)?, column(3)?, column(4)?, column(5)?) {
            (_, ValueRef::Null, ..) => None,
            (key, ValueRef::Integer(changed), ValueRef::Blob(hash), ValueRef::Integer(layer)) => {
                Some(Record {
                    key: key.as_str_or_null().map_err(|e| format!("{}: {e}", fault("the key")))?,
                    changed,
                    hash: hash.try_into().map_err(|e| format!("{}: {e}", fault("the hash")))?,
                    layer,
                })
            }
            _ => return Err(fault("the bookkeeping")),
        };
        Ok(Self { fid, blob, record })
    }

    pub(crate) fn wkb(&self) -> Result<Option<&'a [u8]>, String> {
        match self.blob {
            None => Ok(None),
            Some(blob) => match blob::wkb(blob) {
                Some(wkb) => Ok(Some(wkb)),
                None => Err("the geometry has a broken header".to_owned()),
            },
        }
    }
}

/// Reads the fields of a row that [`select`] brought; the old content of `values` is dropped.
pub(crate) fn read_values(
    row: &Row<'_>,
    layer: &Layer,
    values: &mut Vec<Value>,
) -> Result<(), String> {
    values.clear();
    for (i, field) in layer.fields.iter().enumerate() {
        let raw = row.get_ref(BEFORE_FIELDS + i).map_err(|e| e.to_string())?;
        match value(raw, field.kind) {
            Some(value) => values.push(value),
            None => return Err(format!("the field {} holds no {:?}", field.name, field.kind)),
        }
    }
    Ok(())
}

pub(crate) fn value(raw: ValueRef<'_>, kind: FieldKind) -> Option<Value> {
    let text = |bytes| std::str::from_utf8(bytes).ok();
    Some(match (raw, kind) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(v), FieldKind::Integer) => Value::Integer(v),
        (ValueRef::Real(v), FieldKind::Float) => Value::Float(v),
        (ValueRef::Text(v), FieldKind::Text) => Value::text(text(v)?),
        (ValueRef::Text(v), FieldKind::Date) => Value::Date(text(v)?.parse().ok()?),
        (ValueRef::Integer(v @ (0 | 1)), FieldKind::Boolean) => Value::Boolean(v == 1),
        _ => return None,
    })
}
