//! The places that all systems are asked about: chosen once, where the city is dense, and kept in a file.

use crate::postgres::Cluster;
use crate::postgres::queries::Served;
use anyhow::{Context as _, Result, ensure};
use std::fmt::Write as _;
use std::path::Path;

/// How many.
pub(crate) const COUNT: usize = 1000;
/// Half the side of the box around a place, in degrees.
pub(crate) const BOX_DEGREES: f64 = 0.02;
/// The radius around a place, in metres.
pub(crate) const RADIUS_M: f64 = 50.0;

/// A place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
}

impl Place {
    /// West, south, east, north of the box around it, as a query parameter.
    pub(crate) fn bbox(self) -> String {
        let Self { lon, lat } = self;
        let d = BOX_DEGREES;
        format!("{:.7},{:.7},{:.7},{:.7}", lon - d, lat - d, lon + d, lat + d)
    }
}

/// Reads the places, or chooses them: each is the middle of a feature, and features are chosen evenly, so that
/// places are as dense as the city is.
pub(crate) fn choose(cluster: &Cluster, file: &Path, seed: u64) -> Result<Vec<Place>> {
    if !file.exists() {
        let served = Served::read(cluster)?;
        let parts: Vec<_> = served
            .layers()
            .map(|layer| {
                format!("select layer, fid, g4326 from served.\"{layer}\" where g4326 is not null")
            })
            .collect();
        let rows = cluster.sql(&format!(
            "select ST_X(c)::numeric(10,7), ST_Y(c)::numeric(10,7) from \
             (select ST_Centroid(ST_Envelope(g4326)) c from ({}) f \
              order by md5({seed} || layer || fid) limit {COUNT}) p",
            parts.join(" union all ")
        ))?;
        let mut text = "lon,lat\n".to_owned();
        for row in rows.lines() {
            writeln!(text, "{}", row.replace('\t', ","))?;
        }
        fs_err::write(file, text)?;
    }
    let text = fs_err::read_to_string(file)?;
    let places: Result<Vec<_>> = text.lines().skip(1).map(parse).collect();
    let places = places?;
    ensure!(places.len() == COUNT, "{} should hold {COUNT} places", file.display());
    Ok(places)
}

fn parse(row: &str) -> Result<Place> {
    let (lon, lat) = row.split_once(',').with_context(|| format!("not a place: {row}"))?;
    Ok(Place { lon: lon.parse()?, lat: lat.parse()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_written_and_lies_in_the_middle_of_its_box() {
        let place = parse("126.9352000,37.3617000").unwrap();
        assert_eq!(place.bbox(), "126.9152000,37.3417000,126.9552000,37.3817000");
        assert!(parse("126.9").is_err());
    }
}
