//! Loads the city into PostGIS, as well as a careful user would.
//!
//! Each layer becomes a table with its attributes, a metric geometry (EPSG:5186) and a stored one in longitude and
//! latitude, so that no query transforms; rows lie in geohash order; spatial indexes on both geometries and on the
//! geography. Beside them stand two tables with each feature's GeoJSON stored as text: the same trick as siseol's.

use super::Cluster;
use super::queries::Served;
use crate::layers::{self, Source};
use anyhow::{Context as _, Result, ensure};
use bench_kit::city::City;
use bench_kit::{command, run, say};
use encoding_rs::EUC_KR;
use std::path::{Path, PathBuf};

/// The layer whose items and pages are asked for.
pub(crate) const PAGED: &str = "water_pipe";

/// Loads the city, unless the database holds the same one already.
pub(crate) fn load(cluster: &Cluster, city: &City, work: &Path) -> Result<()> {
    cluster.sql("create table if not exists loaded (city text)")?;
    if cluster.sql("select city from loaded")?.trim() == city.name {
        return Ok(());
    }
    cluster.sql(
        "truncate loaded; drop schema if exists raw, served, stored cascade; \
         drop table if exists place; create schema raw; create schema served; create schema stored",
    )?;
    for source in &layers::sources(&city.folder)? {
        say(&format!("PostGIS: loading {}", source.layer));
        import(cluster, source, work)?;
        cluster.sql(&serve(cluster, source)?)?;
        check_srid(cluster, source)?;
    }
    say("PostGIS: storing GeoJSON as text");
    store_text(cluster)?;
    cluster.sql("drop schema raw cascade")?;
    cluster.sql("vacuum analyze")?;
    cluster.sql(&format!("insert into loaded values ('{}')", city.name))?;
    Ok(())
}

fn import(cluster: &Cluster, source: &Source, work: &Path) -> Result<()> {
    let mut ogr2ogr = command("ogr2ogr", ["-f", "PostgreSQL"]);
    ogr2ogr
        .args([&cluster.gdal_name(), "-nln", &format!("raw.{}", source.layer)])
        .args(["--config", "PG_USE_COPY", "YES", "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=gid"])
        .args(["-lco", "SPATIAL_INDEX=NONE", "-lco", "LAUNDER=NO", "-nlt", "GEOMETRY"])
        // Without this the ESRI .prj becomes a reference system of GDAL's own invention.
        .args(["-a_srs", &format!("EPSG:{}", source.srid)])
        // A delivery has dates that are not in the calendar.
        .args(["-mapFieldType", "Date=String"]);
    if source.is_table() {
        ogr2ogr.args(["-oo", "X_POSSIBLE_NAMES=경도", "-oo", "Y_POSSIBLE_NAMES=위도"]);
        ogr2ogr.arg(in_utf8(&source.file, work)?);
    } else {
        ogr2ogr.args(["-oo", "ENCODING=CP949"]).arg(&source.file);
    }
    run(&mut ogr2ogr)?;
    Ok(())
}

/// GDAL takes a CSV for UTF-8.
fn in_utf8(file: &Path, work: &Path) -> Result<PathBuf> {
    let bytes = fs_err::read(file)?;
    let (text, _, failed) = EUC_KR.decode(&bytes);
    ensure!(!failed, "{} is not in CP949", file.display());
    let folder = work.join("utf8");
    fs_err::create_dir_all(&folder)?;
    let copy = folder.join(file.file_name().context("a file without a name")?);
    fs_err::write(&copy, text.as_bytes())?;
    Ok(copy)
}

/// The SQL that makes the served table of an imported layer.
fn serve(cluster: &Cluster, source: &Source) -> Result<String> {
    let layer = &source.layer;
    let columns = attributes(cluster, layer)?;
    let key: Vec<_> = source.key.iter().map(|k| format!("nullif(\"{k}\"::text, '')")).collect();
    let key = if key.is_empty() { "null::text".to_owned() } else { key.join(" || '-' || ") };
    Ok(format!(
        r#"create table served."{layer}" as
           select gid as fid, '{layer}'::text as layer, {key} as facility_key, {columns}
             ST_Transform(flat, 5186)::geometry(geometry, 5186) as geom,
             ST_Transform(flat, 4326)::geometry(geometry, 4326) as g4326
           from (select *, ST_Force2D(geom) as flat from raw."{layer}") r
           order by ST_GeoHash(ST_Centroid(ST_Envelope(ST_Transform(flat, 4326))), 12);
           alter table served."{layer}" add primary key (fid);
           create index on served."{layer}" using gist (geom);
           create index on served."{layer}" using gist (g4326);
           create index on served."{layer}" using gist ((g4326::geography));
           analyze served."{layer}";"#
    ))
}

/// The delivered columns, each followed by a comma.
fn attributes(cluster: &Cluster, layer: &str) -> Result<String> {
    let names = cluster.sql(&format!(
        "select string_agg(quote_ident(column_name) || ',', ' ' order by ordinal_position) \
         from information_schema.columns where table_schema = 'raw' and table_name = '{layer}' \
         and column_name not in ('gid', 'geom')"
    ))?;
    Ok(names.trim().to_owned())
}

fn check_srid(cluster: &Cluster, source: &Source) -> Result<()> {
    let layer = &source.layer;
    let srids = cluster.sql(&format!(
        "select coalesce(string_agg(distinct ST_SRID(geom)::text, ' '), 'none') from raw.\"{layer}\""
    ))?;
    let wanted = source.srid.to_string();
    ensure!(srids.trim() == wanted, "{layer} came with SRID {} not {wanted}", srids.trim());
    Ok(())
}

/// Tables that hold each feature's GeoJSON: of the paged layer, and of all layers in one.
fn store_text(cluster: &Cluster) -> Result<()> {
    let served = Served::read(cluster)?;
    let everything: Result<Vec<_>> =
        served.layers().map(|layer| served.with_geometry(layer)).collect();
    let order = "order by ST_GeoHash(ST_Centroid(ST_Envelope(g4326)), 12)";
    cluster.sql(&format!(
        "create table stored.paged as select g4326, gj from ({}) s {order}; \
         create index on stored.paged using gist (g4326); \
         create table stored.everything as select geom, gj from ({}) s {order}; \
         create index on stored.everything using gist (geom);",
        served.with_geometry(PAGED)?,
        everything?.join(" union all ")
    ))?;
    Ok(())
}
