//! A small town behind a router, and what a client does with it.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value as Json;
use siseol_http::{AppState, Resident, Settings, service};
use siseol_model::{
    ClassCode, CodeList, Crs, FacilityClass, FacilityKey, Field, FieldKind, GeometryKind, Label,
    Layer, LayerName, Revision, Stamp, Status, Value,
};
use siseol_query::{LayerBuilder, LayerState, LayerView, Snapshot, SnapshotState};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt as _;

pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&";

/// The layer `valve` has 250 points on a line eastwards, 10 m apart or so, from 127 E 37 N; `zone` one square
/// without a name around the first.
pub(crate) fn resident() -> Resident {
    let stamp = Stamp::from_bits(0xfeed);
    let time = "2026-01-02T03:04:05Z".parse().unwrap();
    let notice = Some(Label::new("가상 자료", "synthetic data"));
    let state = |layer: Layer| LayerState {
        layer: Arc::new(layer),
        notice: notice.clone(),
        revisions: Revision { generation: 3, stamp, time }.into(),
    };

    let valve = state(valve_layer());
    let mut valves = LayerBuilder::new(Arc::clone(&valve.layer), &());
    for i in 0..250_i32 {
        let key = FacilityKey::from(format!("SA200-{i}"));
        let class = if i % 5 == 0 { "SA201" } else { "SA200" };
        let values = [Value::text(class), Value::text(HOSTILE), Value::Integer(i.into())];
        let point = wkb_point(127.0 + f64::from(i) * 1e-4, 37.0);
        valves.push(i64::from(i) + 1, 1, Some(&key), Some(&point), &values).unwrap();
    }
    let zone = state(layer("zone", GeometryKind::Polygon, vec![]));
    let mut zones = LayerBuilder::new(Arc::clone(&zone.layer), &());
    zones.push(1_000, 1, None, Some(&wkb_square(127.0, 37.0, 1e-4)), &[]).unwrap();
    let layers = vec![
        LayerView::new(valve, valves.finish().unwrap()),
        LayerView::new(zone, zones.finish().unwrap()),
    ];
    Resident {
        snapshot: Snapshot::new(
            SnapshotState { generation: 3, stamp, time, notice: notice.clone() },
            layers,
        ),
        quality: BTreeMap::new(),
        home: None,
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

/// Sends a request with these headers to a server with these settings.
pub(crate) async fn send(
    settings: Settings,
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(uri).header("host", "town.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = service(AppState::new(resident(), settings)).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body =
        Body::new(body.map_err(axum::Error::new)).collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
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
