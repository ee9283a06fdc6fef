//! Counting a GeoJSON file's features by its own bytes: GDAL passes over broken ones without a word.

use crate::source::Refusal;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use siseol_model::IssueKind;
use std::collections::HashSet;
use std::io::{BufReader, Read as _};
use std::path::Path;
use std::sync::Arc;

/// What a file's own bytes say of its features.
#[derive(Debug, Default)]
pub(super) struct Features {
    pub count: u64,
    /// Features without geometry, from 1.
    pub null: Arc<HashSet<u64>>,
    /// Features with a NUL in a text of their properties, from 1: GDAL ends the text there.
    pub nul: Arc<HashSet<u64>>,
    /// Where the file says its grid is described, if it says it by an address. Nobody goes there.
    pub grid_address: Option<String>,
}

/// The features; a lone feature or geometry counts as one.
pub(super) fn count(path: &Path) -> Result<Features, Refusal> {
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
    let grid_address = document.grid_address;
    let found = match (document.kind.as_deref(), document.features) {
        (Some("FeatureCollection"), Some(features)) => Ok(features),
        (Some("Feature"), _) => {
            let the_one = |is_so: bool| Arc::new(is_so.then_some(1).into_iter().collect());
            let (null, nul) = (the_one(!document.has_geometry), the_one(document.has_nul));
            Ok(Features { count: 1, null, nul, ..Features::default() })
        }
        (Some("FeatureCollection"), None) => {
            Err(refuse("the FeatureCollection has no list of features".to_owned()))
        }
        (
            Some(
                "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon"
                | "MultiPolygon" | "GeometryCollection",
            ),
            _,
        ) => Ok(Features { count: 1, ..Features::default() }),
        (Some(other), _) => Err(refuse(format!("a JSON object of type `{other}` is no GeoJSON"))),
        (None, _) => Err(refuse("a JSON object without a type is no GeoJSON".to_owned())),
    };
    Ok(Features { grid_address, ..found? })
}

#[derive(Default)]
struct Seen {
    kind: Option<String>,
    features: Option<Features>,
    has_geometry: bool,
    has_nul: bool,
    grid_address: Option<String>,
}

/// The address by which a `crs` member names the grid, if it does so.
fn address(crs: &serde_json::Value) -> Option<String> {
    let by = match crs["type"].as_str()? {
        kind if kind.eq_ignore_ascii_case("link") => "href",
        kind if kind.eq_ignore_ascii_case("url") => "url",
        _ => return None,
    };
    Some(crs["properties"][by].as_str().unwrap_or_default().to_owned())
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
                "features" => seen.features = map.next_value::<List>()?.0,
                "crs" => seen.grid_address = address(&map.next_value()?),
                "geometry" => {
                    seen.has_geometry = map.next_value::<Option<IgnoredAny>>()?.is_some();
                }
                "properties" => seen.has_nul = map.next_value::<HasNul>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(seen)
    }
}

/// A list of features, read without keeping them; none if there is null in its place.
struct List(Option<Features>);

impl<'de> serde::Deserialize<'de> for List {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List, A::Error> {
        let (mut count, mut null, mut nul) = (0, HashSet::new(), HashSet::new());
        while let Some(feature) = list.next_element::<Element>()? {
            count += 1;
            if !feature.has_geometry {
                null.insert(count);
            }
            if feature.has_nul {
                nul.insert(count);
            }
        }
        let (null, nul) = (Arc::new(null), Arc::new(nul));
        Ok(List(Some(Features { count, null, nul, ..Features::default() })))
    }

    fn visit_unit<E>(self) -> Result<List, E> {
        Ok(List(None))
    }
}

/// An element of the list.
struct Element {
    /// Whether it has a geometry that is not null.
    has_geometry: bool,
    /// Whether a text of its properties has a NUL inside.
    has_nul: bool,
}

impl<'de> serde::Deserialize<'de> for Element {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seen = deserializer.deserialize_map(Document)?;
        Ok(Self { has_geometry: seen.has_geometry, has_nul: seen.has_nul })
    }
}

/// Whether a value has a text with a NUL inside, read without keeping it.
struct HasNul(bool);

impl<'de> serde::Deserialize<'de> for HasNul {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NulVisitor)
    }
}

struct NulVisitor;

impl<'de> Visitor<'de> for NulVisitor {
    type Value = HasNul;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<HasNul, E> {
        Ok(HasNul(text.contains('\0')))
    }

    fn visit_bool<E>(self, _value: bool) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_i64<E>(self, _value: i64) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_u64<E>(self, _value: u64) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_unit<E>(self) -> Result<HasNul, E> {
        Ok(HasNul(false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<HasNul, A::Error> {
        let mut found = false;
        while let Some(HasNul(inside)) = list.next_element()? {
            found |= inside;
        }
        Ok(HasNul(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HasNul, A::Error> {
        let mut found = false;
        while let Some((_, HasNul(inside))) = map.next_entry::<IgnoredAny, HasNul>()? {
            found |= inside;
        }
        Ok(HasNul(found))
    }
}
