//! A small town behind a router.

use crate::kit::{Answer, Place, layer, row, send_to, wkb_point, wkb_square};
use siseol_http::{AppState, Settings};
use siseol_model::{
    ClassCode, CodeList, DeliveryMode, Feature, Field, FieldKind, GeometryKind, Label, Layer,
    Status, Value,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&";

thread_local! {
    /// Each test runs on a thread of its own.
    static TOWN: (Place, Arc<AppState>) = {
        let town = town();
        let state = town.serve();
        (town, state)
    };
}

/// The layer `valve` has 250 points on a line eastwards, 10 m apart or so, from 127 E 37 N; `zone` one square without a
/// name around the first.
pub(crate) fn town() -> Place {
    let town = Place::new();
    let zones = vec![row("", Some(wkb_square(127.0, 37.0, 1e-4)), vec![])];
    let layers = [(valve_layer(), (0..250).map(valve).collect()), (zone_layer(), zones)];
    town.deliver(DeliveryMode::Upsert, &layers, "2026-01-02T03:04:05Z".parse().unwrap());
    town
}

/// The valve number `i`, from 0; its fid is one more.
pub(crate) fn valve(i: i32) -> Feature {
    valve_at(i, 127.0 + f64::from(i) * 1e-4)
}

/// The same in another place.
pub(crate) fn valve_at(i: i32, lon: f64) -> Feature {
    let class = if i % 5 == 0 { "SA201" } else { "SA200" };
    let values = vec![Value::text(class), Value::text(HOSTILE), Value::Integer(i.into())];
    row(&format!("SA200-{i}"), Some(wkb_point(lon, 37.0)), values)
}

pub(crate) fn valve_layer() -> Layer {
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

pub(crate) fn zone_layer() -> Layer {
    layer("zone", GeometryKind::Polygon, vec![])
}

/// Sends a request with these headers to a server of the town with these settings.
pub(crate) async fn send(
    settings: Settings,
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let state = TOWN.with(|(town, _)| town.open(settings));
    send_to(&state, method, uri, headers).await
}

/// Gets a document as a program does.
pub(crate) async fn get(uri: &str) -> Answer {
    let state = TOWN.with(|(_, state)| Arc::clone(state));
    send_to(&state, "GET", uri, &[]).await
}
