//! Rows of a layer, and the deliveries that change them.

use anyhow::{Context as _, Result, ensure};
use rand::Rng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// A layer that is changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    /// A text attribute that can have any value.
    text: &'static str,
    /// The number in its facility key, for a layer that gets new rows.
    number: Option<&'static str>,
}

/// The layers that are changed under the readers: points and lines.
pub(crate) const READ: [Layer; 2] = [
    Layer { name: "water_valve", text: "IST_YMD", number: Some("FTR_IDN") },
    Layer { name: "water_pipe", text: "IST_YMD", number: Some("FTR_IDN") },
];

/// The largest layer, for large change sets: polygons.
pub(crate) const LARGE: Layer = Layer { name: "building", text: "BULD_NM", number: None };

/// Numbers above this one are free in the city.
const FREE_NUMBERS: u64 = 90_000_000;

/// How far a row is moved, in degrees: some metres.
const STEP: f64 = 0.000_03;

/// A place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
}

/// The rows of a layer, in an order of chance. Each is delivered once.
#[derive(Debug)]
pub(crate) struct Rows {
    layer: Layer,
    lines: Vec<String>,
    delivered: usize,
    numbers: std::ops::RangeFrom<u64>,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy)]
enum Change {
    Moved,
    Rewritten,
    /// A copy of it, with that number.
    Copied(u64),
}

impl Rows {
    /// Reads the rows of a layer as `siseol export` writes them, one feature a line.
    pub(crate) fn read(layer: Layer, export: &Path, random: &mut ChaCha8Rng) -> Result<Self> {
        let text = fs_err::read_to_string(export)?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.shuffle(random);
        Ok(Self { layer, lines, delivered: 0, numbers: FREE_NUMBERS.. })
    }

    pub(crate) fn layer(&self) -> Layer {
        self.layer
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Places where rows are, drawn evenly from them, so that they are as dense as the layer is.
    pub(crate) fn places(&self, count: usize, random: &mut ChaCha8Rng) -> Result<Vec<Place>> {
        let mut place = || {
            let feature: Value =
                serde_json::from_str(&self.lines[random.random_range(0..self.lines.len())])?;
            first_place(&feature["geometry"]["coordinates"]).context("a feature without a place")
        };
        (0..count).map(|_| place()).collect()
    }

    /// Writes a delivery of rows that were not delivered before: `updates` of them changed, every other one in its place
    /// and every other one in an attribute, and `inserts` new ones.
    pub(crate) fn deliver(&mut self, to: &Path, updates: usize, inserts: usize) -> Result<()> {
        let rows = self.lines.get(self.delivered..self.delivered + updates + inserts);
        let rows = rows.with_context(|| format!("{} has too few rows", self.layer.name))?;
        self.delivered += rows.len();
        let mut file = BufWriter::new(fs_err::File::create(to)?);
        file.write_all(br#"{"type":"FeatureCollection","features":["#)?;
        for (at, line) in rows.iter().enumerate() {
            let change = match at {
                at if at >= updates => Change::Copied(self.numbers.next().unwrap_or_default()),
                at if at % 2 == 0 => Change::Moved,
                _ => Change::Rewritten,
            };
            if at > 0 {
                file.write_all(b",\n")?;
            }
            serde_json::to_writer(&mut file, &delivered(self.layer, line, change)?)?;
        }
        file.write_all(b"]}\n")?;
        Ok(file.flush()?)
    }
}

/// A row as the city delivers it: its own columns, changed.
fn delivered(layer: Layer, line: &str, change: Change) -> Result<Value> {
    let mut feature: Value = serde_json::from_str(line)?;
    let mut geometry = feature["geometry"].take();
    let mut properties: Map<String, Value> = serde_json::from_value(feature["properties"].take())
        .context("a feature without properties")?;
    for of_siseol in ["layer", "facility_key"] {
        properties.remove(of_siseol);
    }
    let mut set = |name: &str, value: Value| {
        let known = properties.insert(name.to_owned(), value).is_some();
        ensure!(known, "{} has no column {name}", layer.name);
        Ok(())
    };
    match change {
        Change::Moved => {}
        Change::Rewritten => set(layer.text, json!("changed"))?,
        Change::Copied(number) => {
            let column = layer.number.with_context(|| format!("{} gets no rows", layer.name))?;
            set(column, json!(number))?;
        }
    }
    if matches!(change, Change::Moved | Change::Copied(_)) {
        move_by(&mut geometry["coordinates"], STEP);
    }
    Ok(json!({"type": "Feature", "geometry": geometry, "properties": properties}))
}

fn first_place(coordinates: &Value) -> Option<Place> {
    match coordinates.as_array()?.as_slice() {
        [Value::Number(lon), Value::Number(lat), ..] => {
            Some(Place { lon: lon.as_f64()?, lat: lat.as_f64()? })
        }
        [first, ..] => first_place(first),
        [] => None,
    }
}

fn move_by(coordinates: &mut Value, step: f64) {
    let Value::Array(parts) = coordinates else { return };
    for part in parts {
        match part.as_f64() {
            Some(degrees) => *part = json!(degrees + step),
            None => move_by(part, step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"type":"Feature","id":7,"geometry":{"type":"LineString","coordinates":[[127.0,37.0],[127.5,37.5]]},"properties":{"layer":"water_pipe","facility_key":"SA001-2","FTR_IDN":2,"IST_YMD":"20110301"},"notice":{}}"#;

    #[test]
    fn a_changed_row_has_the_columns_of_the_city_and_one_change() {
        let layer = READ[1];
        let row = |change| delivered(layer, LINE, change).unwrap();
        assert_eq!(
            row(Change::Rewritten),
            json!({"type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [[127.0, 37.0], [127.5, 37.5]]},
                "properties": {"FTR_IDN": 2, "IST_YMD": "changed"}})
        );
        let moved = row(Change::Moved);
        assert_eq!(moved["properties"], json!({"FTR_IDN": 2, "IST_YMD": "20110301"}));
        let place = first_place(&moved["geometry"]["coordinates"]).unwrap();
        assert!((place.lon - 127.0 - STEP).abs() < 1e-9 && (place.lat - 37.0 - STEP).abs() < 1e-9);
        assert_eq!(row(Change::Copied(90))["properties"]["FTR_IDN"], json!(90));
        assert!(delivered(LARGE, LINE, Change::Rewritten).is_err());
        assert!(delivered(LARGE, LINE, Change::Copied(1)).is_err());
    }
}
