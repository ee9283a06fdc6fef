//! Counting a GeoJSON file's features by its own bytes: GDAL passes over broken ones without a word.

use crate::source::Refusal;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use siseol_model::IssueKind;
use std::io::{BufReader, Read as _};
use std::path::Path;

/// The number of features; a lone feature or geometry counts as one.
pub(super) fn count(path: &Path) -> Result<u64, Refusal> {
    let mut reader = BufReader::new(fs_err::File::open(path)?);
    // A byte-order mark is not JSON, but common.
    let mut start = [0; 3];
    let n = reader.read(&mut start)?;
    let rest = if start == [0xef, 0xbb, 0xbf] { &[] } else { &start[..n] };
    let mut json = serde_json::Deserializer::from_reader(rest.chain(reader));
    let refuse = |text: String| Refusal::new(IssueKind::NotThisFormat, text);
    let document =
        json.deserialize_map(Document).map_err(|e| refuse(format!("no JSON object: {e}")))?;
    json.end().map_err(|e| refuse(format!("more follows after the JSON: {e}")))?;
    match (document.kind.as_deref(), document.features) {
        (Some("FeatureCollection"), Some(count)) => Ok(count),
        (Some("FeatureCollection"), None) => {
            Err(refuse("the FeatureCollection has no list of features".to_owned()))
        }
        (
            Some(
                "Feature" | "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon"
                | "MultiPolygon" | "GeometryCollection",
            ),
            _,
        ) => Ok(1),
        (Some(other), _) => Err(refuse(format!("a JSON object of type `{other}` is no GeoJSON"))),
        (None, _) => Err(refuse("a JSON object without a type is no GeoJSON".to_owned())),
    }
}

#[derive(Default)]
struct Seen {
    kind: Option<String>,
    features: Option<u64>,
}

struct Document;

impl<'de> Visitor<'de> for Document {
    type Value = Seen;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Seen, A::Error> {
        let mut seen = Seen::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => {
                    seen.kind = map.next_value::<serde_json::Value>()?.as_str().map(str::to_owned);
                }
                "features" => seen.features = map.next_value::<Features>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(seen)
    }
}

/// The length of a list, read without keeping it; none if it is not a list.
struct Features(Option<u64>);

impl<'de> serde::Deserialize<'de> for Features {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Features;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of features")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Features, A::Error> {
                let mut count = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Features(Some(count)))
            }

            fn visit_unit<E>(self) -> Result<Features, E> {
                Ok(Features(None))
            }
        }
        deserializer.deserialize_any(List)
    }
}
