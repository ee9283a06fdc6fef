//! `/api/collections/{id}/schema`: what the fields are called and mean.

use super::ask::Ask;
use crate::media::SCHEMA;
use crate::problem::ApiError;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value as Json, json};
use siseol_model::{FieldKind, GeometryKind, Label, Layer};

/// `GET /api/collections/{id}/schema`: a JSON Schema of the properties, with labels, units and code lists.
pub(crate) async fn schema(Path(id): Path<String>, ask: Ask) -> Result<Response, ApiError> {
    let layer = ask.collection(&id)?;
    ask.json(layer.stamp(), SCHEMA, || {
        describe(layer.layer(), &format!("{}/schema", ask.base().collection(&id)))
    })
}

fn describe(layer: &Layer, id: &str) -> Json {
    let mut properties = Map::new();
    if layer.geometry != GeometryKind::None {
        let format = match layer.geometry {
            GeometryKind::Point => "geometry-point-or-multipoint",
            GeometryKind::Line => "geometry-linestring-or-multilinestring",
            GeometryKind::Polygon | GeometryKind::None => "geometry-polygon-or-multipolygon",
        };
        let geometry = json!({ "format": format, "x-ogc-role": "primary-geometry" });
        properties.insert("geometry".to_owned(), geometry);
    }
    let own = |ko: &str, en: &str| json!({ "type": "string", "title": ko, "x-siseol-label": Label::new(ko, en) });
    properties.insert("layer".to_owned(), own("레이어", "layer"));
    properties.insert("facility_key".to_owned(), own("시설 관리번호", "facility key"));
    for (i, field) in layer.fields.iter().enumerate() {
        let mut property = match field.kind {
            FieldKind::Integer => json!({ "type": "integer" }),
            FieldKind::Float => json!({ "type": "number" }),
            FieldKind::Text => json!({ "type": "string" }),
            FieldKind::Date => json!({ "type": "string", "format": "date" }),
            FieldKind::Boolean => json!({ "type": "boolean" }),
        };
        property["x-ogc-propertySeq"] = (i + 1).into();
        if let Some(label) = &field.label {
            property["title"] = label.ko.clone().into();
            property["x-siseol-label"] = json!(label);
        }
        if let Some(unit) = &field.unit {
            property["x-siseol-unit"] = unit.clone().into();
        }
        if let Some(list) = layer.code_list(i) {
            let codes = list.codes.iter().map(|(code, c)| {
                json!({ "const": code, "title": c.ko, "x-siseol-label": Label::new(&c.ko, &c.en) })
            });
            // A register may hold codes that no list knows, so that any text is valid as well.
            property["oneOf"] = codes.chain([json!({ "type": "string" })]).collect();
        }
        properties.insert(field.name.clone(), property);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id,
        "title": layer.class.label.to_string(),
        "type": "object",
        "properties": properties,
    })
}
