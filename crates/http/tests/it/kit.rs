//! Registers that change, servers of them, and what a client does with those.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;
use siseol_http::{AppState, Settings, service};
use siseol_model::{
    ChangeCounts, CommitInfo, Crs, DeliveryMode, FacilityClass, FacilityKey, Feature, Field,
    GeometryKind, Grade, Label, Layer, LayerName, LayerReport, Provenance, RowCounts, Value,
};
use siseol_store::{Access, CrsDefinition, Register, Staging, UndoReport};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tower::ServiceExt as _;

/// A register in a folder of its own, which is gone with it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Where its register is.
    pub(crate) fn register(&self) -> PathBuf {
        self.file("town.gpkg")
    }

    /// A file beside it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server of it.
    pub(crate) fn open(&self, settings: Settings) -> Arc<AppState> {
        AppState::open(&self.register(), settings).unwrap()
    }

    /// A server of it as servers are.
    pub(crate) fn serve(&self) -> Arc<AppState> {
        self.open(Settings::default())
    }

    /// A server that makes a new base after a few changes.
    pub(crate) fn open_merging(&self, merge_from: usize) -> Arc<AppState> {
        self.open(Settings { merge_from, ..Settings::default() })
    }

    /// Commits a delivery, as another process would.
    pub(crate) fn deliver(
        &self,
        mode: DeliveryMode,
        layers: &[(Layer, Vec<Feature>)],
        now: Timestamp,
    ) -> CommitInfo {
        let register = self.register();
        let mut staging = Staging::beside(&register).unwrap();
        for (layer, rows) in layers {
            let mut stage = staging.begin_layer(&layer.fields).unwrap();
            for (number, row) in (1..).zip(rows) {
                stage.push(number, row).unwrap();
            }
            let grid =
                CrsDefinition { name: "WGS 84".to_owned(), wkt: r#"GEOGCS["WGS 84"]"#.to_owned() };
            stage.finish(layer.clone(), &grid, report(layer, rows.len() as u64)).unwrap();
        }
        let provenance = Provenance {
            author: Some("김 기사".to_owned()),
            comment: None,
            source: "town".to_owned(),
        };
        let notice = Label::new("가상 자료", "synthetic data");
        let comparison = staging.compare(&register, mode).unwrap();
        comparison.commit(provenance, Some(notice), now).unwrap()
    }

    /// Commits the reverse of a change set.
    pub(crate) fn undo(&self, change_set: i64, now: Timestamp) -> UndoReport {
        let provenance = Provenance { source: "undo".to_owned(), ..Provenance::default() };
        siseol_store::undo(&self.register(), change_set, provenance, now, false).unwrap()
    }

    /// Writes a backup beside the register.
    pub(crate) fn backup(&self, name: &str) -> PathBuf {
        let to = self.file(name);
        Register::open(&self.register(), Access::Read).unwrap().backup(&to).unwrap();
        to
    }
}

fn report(layer: &Layer, rows: u64) -> LayerReport {
    LayerReport {
        layer: layer.name.clone(),
        source: format!("{}.shp", layer.name),
        class: None,
        class_grade: None,
        class_evidence: String::new(),
        crs: layer.crs,
        crs_grade: Grade::Given,
        crs_evidence: String::new(),
        encoding: "UTF-8".to_owned(),
        encoding_grade: Grade::Proven,
        encoding_evidence: String::new(),
        rows: RowCounts { read: rows, accepted: rows, ..RowCounts::default() },
        changes: ChangeCounts::default(),
        findings: Vec::new(),
        checks: Vec::new(),
    }
}

pub(crate) fn layer(name: &str, geometry: GeometryKind, fields: Vec<Field>) -> Layer {
    Layer {
        name: LayerName::from_stem(name),
        class: FacilityClass::unknown(name, name),
        crs: Crs::WGS84,
        geometry,
        has_z: false,
        fields,
        code_lists: BTreeMap::new(),
    }
}

/// A row; without a key if that is empty.
pub(crate) fn row(key: &str, geometry: Option<Vec<u8>>, values: Vec<Value>) -> Feature {
    let key = (!key.is_empty()).then(|| FacilityKey::from(key.to_owned()));
    Feature { key, geometry, values }
}

pub(crate) fn wkb_point(x: f64, y: f64) -> Vec<u8> {
    wkb(1, &[], &[[x, y]])
}

pub(crate) fn wkb_line(path: &[[f64; 2]]) -> Vec<u8> {
    wkb(2, &[path.len()], path)
}

pub(crate) fn wkb_square(x: f64, y: f64, half: f64) -> Vec<u8> {
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
    wkb(3, &[1, 5], &corners.map(|(dx, dy)| [x + dx * half, y + dy * half]))
}

fn wkb(kind: u32, counts: &[usize], coords: &[[f64; 2]]) -> Vec<u8> {
    let mut out = vec![1];
    out.extend_from_slice(&kind.to_le_bytes());
    for &count in counts {
        out.extend_from_slice(&u32::try_from(count).unwrap().to_le_bytes());
    }
    out.extend(coords.iter().flatten().flat_map(|v| v.to_le_bytes()));
    out
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// Sends a request with these headers to a server, and does not read the body yet.
pub(crate) async fn begin(
    state: &Arc<AppState>,
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, Body) {
    let mut request = Request::builder().method(method).uri(uri).header("host", "town.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = service(Arc::clone(state)).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, Body::new(body.map_err(axum::Error::new)))
}

/// Sends a request with these headers to a server.
pub(crate) async fn send_to(
    state: &Arc<AppState>,
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let (status, headers, body) = begin(state, method, uri, headers).await;
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status, headers, body }
}

/// Gets a document that has to be there from a server.
pub(crate) async fn ask(state: &Arc<AppState>, uri: &str) -> Json {
    let answer = send_to(state, "GET", uri, &[]).await;
    assert_eq!(answer.status, 200, "{uri}: {}", answer.text());
    answer.json()
}

/// The address of the link with that relation, as a path of this server.
pub(crate) fn link(document: &Json, rel: &str) -> Option<String> {
    let links = document["links"].as_array().unwrap();
    let href = links.iter().find(|l| l["rel"] == rel)?["href"].as_str().unwrap();
    Some(href.strip_prefix("http://town.test").unwrap().to_owned())
}

/// A generator of random numbers, and its seed, which is said so that a failure can be had again.
pub(crate) fn seeded(what: &str) -> ChaCha8Rng {
    let seed = std::env::var("SISEOL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random::<u64>);
    println!("{what}: SISEOL_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// Whether the long form of the random tests is asked for.
pub(crate) fn thorough() -> bool {
    std::env::var_os("SISEOL_THOROUGH").is_some()
}
