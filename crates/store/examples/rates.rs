//! How fast a register is written, read, checked and copied, and how long a re-delivery and its undo lock it:
//! `cargo run --release -p siseol-store --example rates -- 500000`.

#![expect(clippy::print_stdout, reason = "an example prints")]

use siseol_model::{
    ChangeCounts, Crs, DeliveryMode, FacilityClass, FacilityKey, Feature, Field, FieldKind,
    GeometryKind, Grade, Layer, LayerReport, Provenance, RowCounts, Value,
};
use siseol_store::{Access, CrsDefinition, Register, Staging, StoreError, undo};
use std::path::Path;
use std::time::Instant;

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let n: u32 = std::env::args().nth(1).map_or(Ok(300_000), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("city.gpkg");
    for round in ["new register", "existing register"] {
        println!("{n} pipes, {round}");
        deliver(&path, n, &round.replace(' ', "_"))?;
    }
    for updated in [0, n / 50, n] {
        println!("{n} pipes again, {updated} of them with other attributes");
        deliver_again(&path, n, updated)?;
    }
    Ok(())
}

fn staged(
    path: &Path,
    layer: &Layer,
    n: u32,
    row: impl Fn(u32) -> Feature,
) -> Result<Staging, Box<dyn std::error::Error>> {
    let mut staging = Staging::beside(path)?;
    let mut stage = staging.begin_layer(&layer.fields)?;
    let start = Instant::now();
    for i in 0..n {
        stage.push(u64::from(i) + 1, &row(i))?;
    }
    told("push", n, start);
    let start = Instant::now();
    let crs = CrsDefinition { name: "Korea 2000".into(), wkt: "undefined".into() };
    stage.finish(layer.clone(), &crs, report(layer, u64::from(n)))?;
    told("finish", n, start);
    Ok(staging)
}

/// Delivers the layer `new_register` again, the first `updated` rows with other attributes, and takes that back.
fn deliver_again(path: &Path, n: u32, updated: u32) -> Done {
    let layer = pipes("new_register")?;
    let staging = staged(path, &layer, n, |i| {
        let mut row = pipe(i);
        if i < updated {
            row.values[7] = Value::Float(2.5);
        }
        row
    })?;
    let start = Instant::now();
    let comparison = staging.compare(path, DeliveryMode::Upsert)?;
    told("compare", n, start);
    assert_eq!(comparison.differences()[0].changes.updated, u64::from(updated));
    let start = Instant::now();
    let info = comparison.commit(Provenance::default(), None, jiff::Timestamp::now())?;
    told("commit", updated, start);
    let again = |rehearse| {
        let now = jiff::Timestamp::now();
        undo(path, info.change_set, Provenance::default(), now, rehearse)
    };
    let start = Instant::now();
    let rehearsed = again(true)?;
    told("undo, rehearsed", updated, start);
    let start = Instant::now();
    let report = again(false)?;
    told("undo", updated, start);
    assert_eq!(report.layers, rehearsed.layers);
    println!("  {} MB of register", fs_err::metadata(path)?.len() >> 20);
    Ok(())
}

fn deliver(path: &Path, n: u32, name: &str) -> Done {
    let layer = pipes(name)?;
    let staging = staged(path, &layer, n, pipe)?;
    let start = Instant::now();
    let comparison = staging.compare(path, DeliveryMode::Upsert)?;
    told("compare", n, start);
    let start = Instant::now();
    comparison.commit(Provenance::default(), None, jiff::Timestamp::now())?;
    told("commit", n, start);
    let register = Register::open(path, Access::Read)?;
    let start = Instant::now();
    let mut bytes = 0;
    register.read_layer::<StoreError>(&layer, &mut |row| {
        bytes += row.geometry.map_or(0, <[u8]>::len);
        Ok(())
    })?;
    told("read_layer", n, start);
    let start = Instant::now();
    let check = register.check()?;
    let total: u64 = check.layers.iter().map(|l| l.rows).sum();
    assert!(check.ok, "{check:?}");
    told("check", u32::try_from(total)?, start);
    let start = Instant::now();
    let backup = register.backup(&path.with_extension(name))?;
    told("backup, checked", u32::try_from(total)?, start);
    println!("  {} MB of register, {} MB of geometry", backup.bytes >> 20, bytes >> 20);
    Ok(())
}

fn told(what: &str, rows: u32, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    println!("  {what:16} {seconds:7.3} s {:10.0} rows/s", f64::from(rows) / seconds);
}

/// A pipe of four vertices with ten fields, about what a city delivers.
fn pipe(i: u32) -> Feature {
    let (x, y) = (f64::from(i * 7919 % 40_009) + 170_000.0, f64::from(i / 7) + 500_000.0);
    let mut wkb = vec![1, 2, 0, 0, 0, 4, 0, 0, 0];
    for step in 0..4 {
        for v in [x + f64::from(step) * 3.25, y - f64::from(step) * 1.125] {
            wkb.extend_from_slice(&v.to_le_bytes());
        }
    }
    let values = vec![
        Value::text("SA001"),
        Value::Integer(i64::from(i)),
        Value::text("4141051000"),
        Value::text("MNG001"),
        Value::Date(jiff::civil::date(2001, 5, 17)),
        Value::text("덕타일주철관"),
        Value::Float(300.0),
        Value::Float(1.2 + f64::from(i % 10) / 100.0),
        Value::Null,
        Value::text("SAA004"),
    ];
    Feature { key: Some(FacilityKey::from(format!("SA001-{i}"))), geometry: Some(wkb), values }
}

fn pipes(name: &str) -> Result<Layer, Box<dyn std::error::Error>> {
    use FieldKind::{Date, Float, Integer, Text};
    let kinds = [Text, Integer, Text, Text, Date, Text, Float, Float, Text, Text];
    let fields = kinds.into_iter().enumerate().map(|(i, kind)| Field::new(format!("F{i}"), kind));
    Ok(Layer {
        name: name.parse()?,
        class: FacilityClass::unknown(name, name),
        crs: Crs::epsg(5186),
        geometry: GeometryKind::Line,
        has_z: false,
        fields: fields.collect(),
        code_lists: std::collections::BTreeMap::new(),
    })
}

fn report(layer: &Layer, n: u64) -> LayerReport {
    LayerReport {
        layer: layer.name.clone(),
        source: "pipes.shp".into(),
        class: None,
        class_grade: None,
        class_evidence: String::new(),
        crs: layer.crs,
        crs_grade: Grade::Given,
        crs_evidence: String::new(),
        encoding: "CP949".into(),
        encoding_grade: Grade::Proven,
        encoding_evidence: String::new(),
        rows: RowCounts { read: n, accepted: n, ..RowCounts::default() },
        changes: ChangeCounts::default(),
        findings: Vec::new(),
        checks: Vec::new(),
    }
}
