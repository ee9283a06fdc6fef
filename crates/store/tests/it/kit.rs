//! What the tests make registers from.

use jiff::Timestamp;
use siseol_model::{
    CommitInfo, Crs, DeliveryMode, FacilityClass, FacilityKey, Feature, Field, FieldKind,
    GeometryKind, Grade, Label, Layer, LayerReport, Provenance, RowCounts, Value,
};
use siseol_store::{Access, AsideRow, CrsDefinition, Difference, Register, Staging, StoreError};
use std::path::{Path, PathBuf};

/// A folder with room for one register; gone at the end.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn register(&self) -> PathBuf {
        self.file("city.gpkg")
    }

    /// The names of all files in it, also hidden ones.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs_err::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

pub(crate) fn point(x: f64, y: f64) -> Vec<u8> {
    wkb(1, &[x, y], false)
}

pub(crate) fn point_z(x: f64, y: f64, z: f64) -> Vec<u8> {
    wkb(1001, &[x, y, z], false)
}

pub(crate) fn line(numbers: &[f64]) -> Vec<u8> {
    wkb(2, numbers, true)
}

fn wkb(code: u32, numbers: &[f64], counted: bool) -> Vec<u8> {
    let mut out = vec![1];
    out.extend_from_slice(&code.to_le_bytes());
    if counted {
        out.extend_from_slice(&u32::try_from(numbers.len() / 2).unwrap().to_le_bytes());
    }
    for v in numbers {
        out.extend_from_slice(&v.to_le_bytes());
    }
    out
}

pub(crate) fn multi(code: u32, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![1];
    out.extend_from_slice(&code.to_le_bytes());
    out.extend_from_slice(&u32::try_from(parts.len()).unwrap().to_le_bytes());
    out.extend(parts.iter().flatten());
    out
}

pub(crate) fn feature(key: &str, geometry: Option<Vec<u8>>, values: Vec<Value>) -> Feature {
    let key = (!key.is_empty()).then(|| FacilityKey::from(key.to_owned()));
    Feature { key, geometry, values }
}

pub(crate) fn layer(name: &str, geometry: GeometryKind, fields: Vec<Field>) -> Layer {
    Layer {
        name: name.parse().unwrap(),
        class: FacilityClass::unknown(name, "시험 레이어"),
        crs: Crs::epsg(5186),
        geometry,
        has_z: false,
        fields,
        code_lists: std::collections::BTreeMap::new(),
    }
}

pub(crate) fn crs() -> CrsDefinition {
    CrsDefinition {
        name: "Korea 2000 / Central Belt 2010".into(),
        wkt: concat!(
            r#"PROJCS["Korea 2000 / Central Belt 2010",GEOGCS["Korea 2000","#,
            r#"DATUM["Geocentric_datum_of_Korea",SPHEROID["GRS 1980",6378137,298.257222101]],"#,
            r#"PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],"#,
            r#"PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",38],"#,
            r#"PARAMETER["central_meridian",127],PARAMETER["scale_factor",1],"#,
            r#"PARAMETER["false_easting",200000],PARAMETER["false_northing",600000],"#,
            r#"UNIT["metre",1],AUTHORITY["EPSG","5186"]]"#
        )
        .into(),
    }
}

/// A row of which nothing but its bytes could be read.
pub(crate) fn aside<'a>(row: u64, key: Option<&'a FacilityKey>, raw: &'a [u8]) -> AsideRow<'a> {
    AsideRow { row, key, raw, values: &[], geometry: None }
}

pub(crate) fn report(layer: &Layer, kept: u64, quarantined: u64) -> LayerReport {
    LayerReport {
        layer: layer.name.clone(),
        source: format!("{}.shp", layer.name),
        class: None,
        class_grade: None,
        class_evidence: String::new(),
        crs: layer.crs,
        crs_grade: Grade::Given,
        crs_evidence: String::new(),
        encoding: "CP949".into(),
        encoding_grade: Grade::Proven,
        encoding_evidence: String::new(),
        rows: RowCounts {
            read: kept + quarantined,
            accepted: kept,
            quarantined,
            ..RowCounts::default()
        },
        changes: siseol_model::ChangeCounts::default(),
        findings: Vec::new(),
        checks: Vec::new(),
    }
}

pub(crate) fn stage(
    staging: &mut Staging,
    layer: &Layer,
    rows: &[Feature],
) -> Result<(), StoreError> {
    let mut stage = staging.begin_layer(&layer.fields)?;
    for (row, feature) in (1..).zip(rows) {
        stage.push(row, feature)?;
    }
    stage.finish(layer.clone(), &crs(), report(layer, rows.len() as u64, 0))
}

pub(crate) fn provenance() -> Provenance {
    Provenance { author: Some("김 기사".into()), comment: None, source: "납품.zip".into() }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-01T02:03:04.5Z".parse().unwrap()
}

pub(crate) fn deliver(
    register: &Path,
    layers: &[(Layer, Vec<Feature>)],
) -> Result<CommitInfo, StoreError> {
    let mut staging = Staging::beside(register)?;
    for (layer, rows) in layers {
        stage(&mut staging, layer, rows)?;
    }
    let notice = Label::new("가상 자료", "synthetic");
    staging.compare(register, DeliveryMode::Upsert)?.commit(provenance(), Some(notice), now())
}

/// A delivery of one layer.
pub(crate) fn staged(register: &Path, layer: &Layer, rows: &[Feature]) -> Staging {
    let mut staging = Staging::beside(register).unwrap();
    stage(&mut staging, layer, rows).unwrap();
    staging
}

/// Delivers one layer in a mode.
pub(crate) fn deliver_as(
    register: &Path,
    layer: &Layer,
    rows: &[Feature],
    mode: DeliveryMode,
) -> Result<(Difference, CommitInfo), StoreError> {
    let comparison = staged(register, layer, rows).compare(register, mode)?;
    let difference = comparison.differences()[0].clone();
    Ok((difference, comparison.commit(provenance(), None, now())?))
}

/// Valves as points: a number, a text, and enough rows for an index of several levels.
pub(crate) fn valves(n: u32) -> (Layer, Vec<Feature>) {
    let fields =
        vec![Field::new("FTR_IDN", FieldKind::Integer), Field::new("관리기관", FieldKind::Text)];
    let rows = (0..n).map(|i| {
        let (x, y) = (f64::from(i * 7919 % 4001), f64::from(i * 104_729 % 3989));
        let values = vec![Value::Integer(i.into()), Value::text(format!("군포시 {i}"))];
        feature(&format!("SA112-{i}"), Some(point(190_000.3 + x, 530_000.7 + y)), values)
    });
    (layer("valve", GeometryKind::Point, fields), rows.collect())
}

pub(crate) fn read(path: &Path) -> Register {
    Register::open(path, Access::Read).unwrap()
}

/// All rows of a layer: fid, key, geometry, values.
pub(crate) fn rows(register: &Register, layer: &Layer) -> Vec<(i64, Feature)> {
    let mut rows = Vec::new();
    register
        .read_layer::<StoreError>(layer, &mut |row| {
            rows.push((
                row.fid,
                Feature {
                    key: row.key.cloned(),
                    geometry: row.geometry.map(<[u8]>::to_vec),
                    values: row.values.to_vec(),
                },
            ));
            Ok(())
        })
        .unwrap();
    rows
}

/// A connection as any other program would open one.
pub(crate) fn sql(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

/// A register of one layer of valves.
pub(crate) fn valve_register(place: &Place) -> (PathBuf, Layer, Vec<Feature>) {
    let (layer, rows) = valves(3000);
    deliver(&place.register(), &[(layer.clone(), rows.clone())]).unwrap();
    (place.register(), layer, rows)
}
