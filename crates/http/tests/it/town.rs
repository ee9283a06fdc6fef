//! A small town behind a router, and what a client does with it.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value as Json;
use siseol_http::{AppState, Settings, service};
use siseol_model::{
    ChangeCounts, ClassCode, CodeList, CommitInfo, Crs, DeliveryMode, FacilityClass, FacilityKey,
    Feature, Field, FieldKind, GeometryKind, Label, Layer, LayerName, LayerReport, Provenance,
    RowCounts, Status, Value,
};
use siseol_store::{CrsDefinition, Staging};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower::ServiceExt as _;

pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&";

/// A register in a folder of its own, which is gone with it.
pub(crate) struct Town {
    folder: tempfile::TempDir,
}

impl Town {
    /// The layer `valve` has 250 points on a line eastwards, 10 m apart or so, from 127 E 37 N; `zone` one square
    /// without a name around the first.
    pub(crate) fn new() -> Self {
        let town = Self { folder: tempfile::tempdir().unwrap() };
        let valves: Vec<Feature> = (0..250).map(valve).collect();
        let square = wkb_square(127.0, 37.0, 1e-4);
        let zones = vec![Feature { key: None, geometry: Some(square), values: vec![] }];
        town.deliver(DeliveryMode::Upsert, &[(valve_layer(), valves), (zone_layer(), zones)]);
        town
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

    /// Commits a delivery, as another process would.
    pub(crate) fn deliver(
        &self,
        mode: DeliveryMode,
        layers: &[(Layer, Vec<Feature>)],
    ) -> CommitInfo {
        deliver(&self.register(), mode, layers)
    }
}

thread_local! {
    /// Each test runs on a thread of its own.
    static TOWN: Town = Town::new();
}

fn deliver(register: &Path, mode: DeliveryMode, layers: &[(Layer, Vec<Feature>)]) -> CommitInfo {
    let mut staging = Staging::beside(register).unwrap();
    for (layer, rows) in layers {
        let mut stage = staging.begin_layer(&layer.fields).unwrap();
        for (number, row) in (1..).zip(rows) {
            stage.push(number, row).unwrap();
        }
        let grid =
            CrsDefinition { name: "WGS 84".to_owned(), wkt: "GEOGCS[\"WGS 84\"]".to_owned() };
        stage.finish(layer.clone(), &grid, report(layer, rows.len() as u64)).unwrap();
    }
    let provenance = Provenance { author: None, comment: None, source: "town".to_owned() };
    let notice = Label::new("가상 자료", "synthetic data");
    let now = jiff::Timestamp::now();
    staging.compare(register, mode).unwrap().commit(provenance, Some(notice), now).unwrap()
}

fn report(layer: &Layer, rows: u64) -> LayerReport {
    LayerReport {
        layer: layer.name.clone(),
        source: format!("{}.shp", layer.name),
        crs: layer.crs,
        crs_evidence: String::new(),
        encoding: "UTF-8".to_owned(),
        encoding_evidence: String::new(),
        rows: RowCounts { read: rows, accepted: rows, ..RowCounts::default() },
        changes: ChangeCounts::default(),
        findings: Vec::new(),
    }
}

fn valve(i: i32) -> Feature {
    let class = if i % 5 == 0 { "SA201" } else { "SA200" };
    Feature {
        key: Some(FacilityKey::from(format!("SA200-{i}"))),
        geometry: Some(wkb_point(127.0 + f64::from(i) * 1e-4, 37.0)),
        values: vec![Value::text(class), Value::text(HOSTILE), Value::Integer(i.into())],
    }
}

fn valve_layer() -> Layer {
    let mut class_field = Field::new("FTR_CDE", FieldKind::Text);
    class_field.code_list = Some("FTR".to_owned());
    let mut name = Field::new("NAME", FieldKind::Text);
    name.label = Some(Label::new("이름", "name"));
    let mut size = Field::new("DIP", FieldKind::Integer);
    size.unit = Some("mm".to_owned());
    let mut layer = layer("valve", GeometryKind::Point, vec![class_field, name, size]);
    layer.class.class_field = Some("FTR_CDE".to_owned());
    layer.class.label = Label::new("밸브", "Valve");
    let code = |ko: &str, en: &str| ClassCode {
        ko: ko.to_owned(),
        en: en.to_owned(),
        status: Status::Verified,
    };
    layer.code_lists.insert(
        "FTR".to_owned(),
        CodeList {
            label: Label::same("FTR"),
            codes: BTreeMap::from([("SA200".to_owned(), code("제수변", "isolating valve"))]),
        },
    );
    layer
}

fn zone_layer() -> Layer {
    layer("zone", GeometryKind::Polygon, vec![])
}

fn layer(name: &str, geometry: GeometryKind, fields: Vec<Field>) -> Layer {
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

fn wkb_point(x: f64, y: f64) -> Vec<u8> {
    let mut out = vec![1, 1, 0, 0, 0];
    out.extend([x, y].iter().flat_map(|v| v.to_le_bytes()));
    out
}

fn wkb_square(x: f64, y: f64, half: f64) -> Vec<u8> {
    let mut out = vec![1, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0];
    for (dx, dy) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)] {
        out.extend([x + dx * half, y + dy * half].iter().flat_map(|v| v.to_le_bytes()));
    }
    out
}

/// What came back.
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

/// Sends a request with these headers to a server.
pub(crate) async fn send_to(
    state: &Arc<AppState>,
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(uri).header("host", "town.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = service(Arc::clone(state)).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body =
        Body::new(body.map_err(axum::Error::new)).collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Sends a request with these headers to a server of the town with these settings.
pub(crate) async fn send(
    settings: Settings,
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let state = TOWN.with(|town| town.open(settings));
    send_to(&state, method, uri, headers).await
}

/// Gets a document as a program does.
pub(crate) async fn get(uri: &str) -> Answer {
    send(Settings::default(), "GET", uri, &[]).await
}

/// The address of the link with that relation, as a path of this server.
pub(crate) fn link(document: &Json, rel: &str) -> Option<String> {
    let links = document["links"].as_array().unwrap();
    let href = links.iter().find(|l| l["rel"] == rel)?["href"].as_str().unwrap();
    Some(href.strip_prefix("http://town.test").unwrap().to_owned())
}
