//! The questions, in SQL, as `pgbench` scripts: prepared statements that give one GeoJSON text each.
//!
//! A place is looked up by its number in the table `place`, which costs microseconds; everything else is what an
//! application would send. Texts are joined by `string_agg`, which is faster than building a JSON value.

use super::Cluster;
use super::load::PAGED;
use crate::places::{BOX_DEGREES, COUNT, RADIUS_M};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;

/// The served tables and their columns.
#[derive(Debug)]
pub(crate) struct Served {
    columns: BTreeMap<String, String>,
}

impl Served {
    pub(crate) fn read(cluster: &Cluster) -> Result<Self> {
        let rows = cluster.sql(
            "select table_name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) \
             from information_schema.columns where table_schema = 'served' \
             and column_name <> 'geom' group by 1",
        )?;
        let columns = rows
            .lines()
            .filter_map(|row| row.split_once('\t'))
            .map(|(layer, columns)| (layer.to_owned(), columns.to_owned()))
            .collect();
        Ok(Self { columns })
    }

    pub(crate) fn layers(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// Selects the GeoJSON of the features of a layer for which `condition` holds.
    fn features(&self, layer: &str, condition: &str) -> Result<String> {
        let columns = self.columns_of(layer)?;
        Ok(format!(
            "select ST_AsGeoJSON(t, 'g4326', 8) gj from \
             (select {columns} from served.\"{layer}\" where {condition}) t"
        ))
    }

    /// Selects all features of a layer: both geometries and the GeoJSON.
    pub(crate) fn with_geometry(&self, layer: &str) -> Result<String> {
        let columns = self.columns_of(layer)?;
        Ok(format!(
            "select s.geom, s.g4326, ST_AsGeoJSON(t, 'g4326', 8) gj \
             from served.\"{layer}\" s, lateral (select {columns}) t"
        ))
    }

    fn columns_of(&self, layer: &str) -> Result<&str> {
        self.columns.get(layer).map(String::as_str).with_context(|| format!("no table {layer}"))
    }

    /// One feature by its primary key.
    pub(crate) fn item(&self, n_items: u64) -> Result<String> {
        Ok(format!("\\set i random(1, {n_items})\n{};\n", self.features(PAGED, "fid = :i")?))
    }

    /// A page of 1,000 in a box.
    pub(crate) fn page(&self, inside: &str, with_count: bool) -> Result<String> {
        let page = self.features(PAGED, &format!("{inside} limit 1000"))?;
        let head = if with_count {
            format!(
                "'{{\"type\":\"FeatureCollection\",\"numberMatched\":' || \
                 (select count(*) from served.\"{PAGED}\" where {inside}) || ',\"features\":['"
            )
        } else {
            HEAD.to_owned()
        };
        Ok(script(&head, &page))
    }

    /// Everything within the radius, of all layers.
    pub(crate) fn radius(&self, condition: &str) -> Result<String> {
        let parts: Result<Vec<_>> =
            self.layers().map(|layer| self.features(layer, condition)).collect();
        Ok(script(HEAD, &parts?.join("\nunion all ")))
    }
}

/// Features that have a point in the box.
pub(crate) const IN_BOX: &str = "ST_Intersects(g4326, (select box from place where n = :i))";
/// Features whose own box touches the box: not the same answer, but a common way to ask.
pub(crate) const BOXES_TOUCH: &str = "g4326 && (select box from place where n = :i)";

/// A page of 1,000 in a box, from stored text, without the count.
pub(crate) fn page_of_stored_text(inside: &str) -> String {
    script(HEAD, &format!("select gj from stored.paged where {inside} limit 1000"))
}

/// Everything within the radius, planar, from stored text.
pub(crate) fn radius_of_stored_text() -> String {
    script(HEAD, &format!("select gj from stored.everything where {}", planar()))
}

/// Within the radius on the ellipsoid.
pub(crate) fn geodesic() -> String {
    format!("ST_DWithin(g4326::geography, (select geog from place where n = :i), {RADIUS_M})")
}

/// Within the radius on the metric grid.
pub(crate) fn planar() -> String {
    format!("ST_DWithin(geom, (select geom from place where n = :i), {RADIUS_M})")
}

const HEAD: &str = "'{\"type\":\"FeatureCollection\",\"features\":['";

fn script(head: &str, features: &str) -> String {
    format!(
        "\\set i random(1, {COUNT})\n\
         select {head} || coalesce(string_agg(gj, ','), '') || ']}}' from ({features}) f;\n"
    )
}

/// The table of places: `rows` are their numbers, longitudes and latitudes.
pub(crate) fn place_table(rows: &[(usize, f64, f64)]) -> String {
    let values: Vec<_> = rows.iter().map(|(n, lon, lat)| format!("({n},{lon},{lat})")).collect();
    format!(
        "drop table if exists place; \
         create table place as select n, \
           ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 5186) geom, \
           ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography geog, \
           ST_MakeEnvelope(lon - {BOX_DEGREES}, lat - {BOX_DEGREES}, \
                           lon + {BOX_DEGREES}, lat + {BOX_DEGREES}, 4326) box \
         from (values {}) v(n, lon, lat); \
         alter table place add primary key (n); analyze place",
        values.join(",")
    )
}
