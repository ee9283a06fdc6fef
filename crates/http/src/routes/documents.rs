//! Documents without axum: what is in them, not how they travel. The command line prints the same ones.

use bytes::Bytes;
use serde::Serialize;
use siseol_model::{CodeList, GeometryKind, Label, Layer, LayerName, LonLat, Metres};
use siseol_query::{Disk, DiskError, Hits, LayerView, Place, Region, Snapshot};
use std::borrow::Cow;
use std::io::Write;

/// How many features a page has if nothing is said.
pub const DEFAULT_LIMIT: u64 = 100;

/// The most features a page can have.
pub const MAX_LIMIT: u64 = 10_000;

/// Up to so many matches, sorting all of them is cheaper than walking the trees a second time.
const FEW: u64 = 4_096;

/// The grid of every answer: longitude, latitude.
pub(crate) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The members of a feature collection before its features, encoded as they are added.
pub(crate) struct Members(Vec<u8>);

impl Members {
    pub(crate) fn new() -> Self {
        Self(br#"{"type":"FeatureCollection""#.to_vec())
    }

    /// Adds a member. Names are ours and need no escaping.
    pub(crate) fn add(&mut self, name: &'static str, value: &impl Serialize) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        write_json(&mut self.0, value);
    }
}

/// Appends a value. Nothing that is given here can fail to be JSON: there are no maps with keys that are not text.
pub(crate) fn write_json(out: &mut Vec<u8>, value: &impl Serialize) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}

/// A feature collection: its other members, and its features as they lie in the snapshot.
#[derive(Debug)]
pub struct FeatureDocument {
    /// Up to and with the bracket that opens the features.
    pub head: Vec<u8>,
    /// Runs of encoded features, to be joined by commas.
    pub features: Vec<Bytes>,
    /// From the bracket that closes the features on.
    pub tail: Vec<u8>,
}

impl FeatureDocument {
    /// A collection of `features` with these other members.
    pub(crate) fn new(members: Members, features: Vec<Bytes>) -> Self {
        let mut head = members.0;
        head.extend_from_slice(br#","features":["#);
        Self { head, features, tail: b"]}".to_vec() }
    }

    /// The whole document in one piece.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let _written = self.write_to(&mut out);
        out
    }

    /// Writes the whole document.
    pub fn write_to(&self, out: &mut dyn Write) -> std::io::Result<()> {
        out.write_all(&self.head)?;
        for (i, run) in self.features.iter().enumerate() {
            if i > 0 {
                out.write_all(b",")?;
            }
            out.write_all(run)?;
        }
        out.write_all(&self.tail)
    }
}

/// Some features of a snapshot, of `matched` in all.
pub fn features_document(snapshot: &Snapshot, places: &[Place], matched: u64) -> FeatureDocument {
    let mut members = Members::new();
    members.add("numberMatched", &matched);
    members.add("numberReturned", &places.len());
    members.add("timeStamp", &snapshot.state.time);
    if let Some(notice) = &snapshot.state.notice {
        members.add("notice", notice);
    }
    let feature = |p: &Place| snapshot.layers()[p.layer].geojson(p.row..p.row + 1);
    FeatureDocument::new(members, places.iter().map(feature).collect())
}

/// Features of one layer as a file of its own.
pub fn layer_document(view: &LayerView, hits: &Hits) -> FeatureDocument {
    let mut members = Members::new();
    members.add("name", &view.layer().name);
    members.add("timeStamp", &view.time());
    if let Some(notice) = &view.state().notice {
        members.add("notice", notice);
    }
    FeatureDocument::new(members, runs([(view, hits)]))
}

/// Features of one layer, one a line. What must be said of the layer is said in each line, because lines travel alone.
pub fn layer_lines(view: &LayerView, hits: &Hits, out: &mut dyn Write) -> std::io::Result<()> {
    let notice = view
        .state()
        .notice
        .as_ref()
        .map(|notice| format!(",\"notice\":{}}}", serde_json::json!(notice)));
    for row in hits.rows() {
        let feature = view.geojson(row..row + 1);
        match &notice {
            Some(notice) => {
                out.write_all(&feature[..feature.len() - 1])?;
                out.write_all(notice.as_bytes())?;
            }
            None => out.write_all(&feature)?,
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A lookup across layers.
#[derive(Debug, Clone)]
pub struct FacilityQuery {
    /// Where.
    pub near: LonLat,
    /// How far, in metres; the nearest ones however far they are if none.
    pub radius: Option<Metres>,
    /// In which layers; in all if none.
    pub layers: Option<Vec<LayerName>>,
    /// How many features to return, nearest first; all of them, in register order and without distances, if none
    /// (which needs a radius).
    pub limit: Option<u64>,
}

/// Why a lookup cannot be answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// No such circle.
    #[error(transparent)]
    Radius(#[from] DiskError),
    /// No such layer.
    #[error("there is no layer `{name}`; there are: {known}")]
    Layer {
        /// As asked for.
        name: LayerName,
        /// What there is.
        known: String,
    },
    /// Everything was asked for, without saying where it ends.
    #[error("everything in register order needs a radius")]
    Unbounded,
}

/// The answer to a lookup: features nearest first with their `layer` and `distance_m`, and a summary by layer and
/// class of all that matched.
pub fn facilities_document(
    snapshot: &Snapshot,
    query: &FacilityQuery,
) -> Result<FeatureDocument, LookupError> {
    let views = chosen_layers(snapshot, query.layers.as_deref())?;
    facilities_among(&views, snapshot.state.notice.as_ref(), query)
}

/// The answer to a lookup in these layers, which may be of different states.
pub(crate) fn facilities_among(
    views: &[&LayerView],
    notice: Option<&Label>,
    query: &FacilityQuery,
) -> Result<FeatureDocument, LookupError> {
    let disk = query.radius.map(|radius| Disk::new(query.near, radius)).transpose()?;
    let hits: Vec<Hits> = views
        .iter()
        .map(|view| view.search(disk.as_ref().map(|disk| disk as &dyn Region)))
        .collect();
    let matched: u64 = hits.iter().map(Hits::count).sum();
    let features = match (query.limit, &disk) {
        (None, None) => return Err(LookupError::Unbounded),
        (None, Some(_)) => runs(views.iter().copied().zip(&hits)),
        (Some(limit), _) => {
            let k = usize::try_from(limit.min(MAX_LIMIT)).unwrap_or(usize::MAX);
            let nearest = if disk.is_some() && matched <= FEW {
                Snapshot::nearest_of(views, &hits, query.near, k)
            } else {
                Snapshot::nearest(views, query.near, disk.as_ref(), k)
            };
            nearest
                .into_iter()
                .map(|n| with_distance(&views[n.layer].geojson(n.row..n.row + 1), n.distance))
                .collect()
        }
    };
    let returned = if query.limit.is_some() { features.len() as u64 } else { matched };
    let mut members = Members::new();
    members.add("numberMatched", &matched);
    members.add("numberReturned", &returned);
    // What was committed to other layers makes no difference.
    if let Some(time) = views.iter().map(|view| view.time()).max() {
        members.add("timeStamp", &time);
    }
    members.add("near", &[query.near.lon, query.near.lat]);
    if let Some(radius) = query.radius {
        members.add("radius_m", &radius.get());
    }
    if let Some(notice) = notice {
        members.add("notice", notice);
    }
    let summary: Vec<LayerSummary<'_>> = views
        .iter()
        .zip(&hits)
        .filter(|(_, hits)| hits.count() > 0)
        .map(|(view, hits)| summary(view, hits))
        .collect();
    members.add("summary", &summary);
    Ok(FeatureDocument::new(members, features))
}

/// The layers of that name; all of them if none are named.
pub(crate) fn chosen_layers<'s>(
    snapshot: &'s Snapshot,
    names: Option<&[LayerName]>,
) -> Result<Vec<&'s LayerView>, LookupError> {
    let Some(names) = names else {
        return Ok(snapshot.layers().iter().collect());
    };
    names
        .iter()
        .map(|name| match snapshot.layer(name.as_str()) {
            Some((_, view)) => Ok(view),
            None => Err(LookupError::Layer {
                name: name.clone(),
                known: snapshot
                    .layers()
                    .iter()
                    .map(|view| view.layer().name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        })
        .collect()
}

/// The encoded features of some hits, a run for each range.
pub(crate) fn runs<'a>(hits: impl IntoIterator<Item = (&'a LayerView, &'a Hits)>) -> Vec<Bytes> {
    hits.into_iter()
        .flat_map(|(view, hits)| hits.ranges().iter().map(|range| view.geojson(range.clone())))
        .collect()
}

/// An encoded feature with one more property, in metres to the millimetre.
fn with_distance(feature: &[u8], metres: f64) -> Bytes {
    // Every feature has properties (`layer` is one of them), and they are its last member.
    let open = feature.strip_suffix(b"}}").unwrap_or(feature);
    let mut out = Vec::with_capacity(feature.len() + 32);
    out.extend_from_slice(open);
    out.extend_from_slice(
        format!(",\"distance_m\":{}}}}}", (metres * 1e3).round() / 1e3).as_bytes(),
    );
    out.into()
}

/// What some hits of a layer add up to, as the document says it.
#[derive(Serialize)]
struct LayerSummary<'a> {
    layer: &'a LayerName,
    label: &'a Label,
    #[serde(flatten)]
    total: Total,
    by_class: Vec<ClassTotal<'a>>,
}

#[derive(Serialize)]
struct ClassTotal<'a> {
    class: Option<String>,
    /// The code's label; the code itself where no list knows it, and null where there is no code.
    label: Option<Words<'a>>,
    #[serde(flatten)]
    total: Total,
}

/// A count, and the length of lines or the area of polygons.
#[derive(Serialize)]
struct Total {
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area_m2: Option<f64>,
}

#[derive(Serialize)]
struct Words<'a> {
    ko: Cow<'a, str>,
    en: Cow<'a, str>,
}

fn summary<'a>(view: &'a LayerView, hits: &Hits) -> LayerSummary<'a> {
    let layer = view.layer();
    let summary = view.summarise(hits);
    let list = layer.class_field().and_then(|(_, list)| list);
    LayerSummary {
        layer: &layer.name,
        label: &layer.class.label,
        total: total(layer, summary.count, summary.measure),
        by_class: summary
            .by_class
            .into_iter()
            .map(|class| ClassTotal {
                label: class.code.as_ref().map(|code| words(list, code)),
                total: total(layer, class.count, class.measure),
                class: class.code,
            })
            .collect(),
    }
}

fn total(layer: &Layer, count: u64, measure: i128) -> Total {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a sum over a country is below 2^53 millimetres"
    )]
    let value = (measure as f64 / 1e3).round() / 1e3;
    Total {
        count,
        length_m: (layer.geometry == GeometryKind::Line).then_some(value),
        area_m2: (layer.geometry == GeometryKind::Polygon).then_some(value),
    }
}

fn words<'a>(list: Option<&'a CodeList>, code: &str) -> Words<'a> {
    match list.and_then(|list| list.codes.get(code)) {
        Some(known) => Words { ko: (&known.ko).into(), en: (&known.en).into() },
        None => Words { ko: code.to_owned().into(), en: code.to_owned().into() },
    }
}
