//! How QGIS draws a layer, from the looks of its class.

use siseol_model::{GeometryKind, Layer, Look};

/// The scale of the whole world on 512 pixels of 0.28 mm: that of zoom 0 on a web map, at the equator.
const SCALE_OF_ZOOM_0: f64 = 279_541_132.0;

/// The style of a layer in QGIS's own form (QML); none for a table without geometry.
pub(crate) fn qml(layer: &Layer) -> Option<String> {
    let look = &layer.class.look;
    let color = rgba(&look.color);
    let width = look.width.unwrap_or(1.5);
    let (kind, class, options) = match layer.geometry {
        GeometryKind::None => return None,
        GeometryKind::Point => {
            let size = look.radius.unwrap_or(3.0) * 2.0;
            let options = [
                ("name", "circle".to_owned()),
                ("color", color),
                ("outline_color", "255,255,255,255".to_owned()),
                ("outline_width", "0.5".to_owned()),
                ("outline_width_unit", "Pixel".to_owned()),
                ("size", number(size)),
                ("size_unit", "Pixel".to_owned()),
            ];
            ("marker", "SimpleMarker", options.to_vec())
        }
        GeometryKind::Line => {
            let mut options = vec![
                ("line_color", color),
                ("line_width", number(width)),
                ("line_width_unit", "Pixel".to_owned()),
                ("capstyle", "round".to_owned()),
                ("joinstyle", "round".to_owned()),
            ];
            if let Some(dash) = dashes(look, width) {
                options.push(("use_custom_dash", "1".to_owned()));
                options.push(("customdash", dash));
                options.push(("customdash_unit", "Pixel".to_owned()));
            }
            ("line", "SimpleLine", options)
        }
        GeometryKind::Polygon => {
            let options = [
                ("color", format!("{},60", color.trim_end_matches(",255"))),
                ("style", "solid".to_owned()),
                ("outline_color", color),
                ("outline_style", "solid".to_owned()),
                ("outline_width", number(width)),
                ("outline_width_unit", "Pixel".to_owned()),
            ];
            ("fill", "SimpleFill", options.to_vec())
        }
    };
    let options = options.iter().fold(String::new(), |all, (name, value)| {
        all + &format!(r#"<Option name="{name}" type="QString" value="{}"/>"#, escaped(value))
    });
    let label = look.label_field.as_ref().filter(|name| layer.field_index(name).is_some());
    let labeling = label.map_or_else(String::new, |field| {
        format!(
            concat!(
                r#"<labeling type="simple"><settings>"#,
                r#"<text-style fieldName="{}" isExpression="0" fontSize="8" textColor="50,50,50,255"/>"#,
                r#"<rendering scaleVisibility="1" scaleMin="0" scaleMax="5000"/>"#,
                r#"</settings></labeling>"#
            ),
            escaped(field)
        )
    });
    // QGIS before GDAL 3.7 does not read the titles of columns from the GeoPackage's own tables.
    let aliases = layer.fields.iter().enumerate().filter_map(|(index, field)| {
        let label = escaped(&field.label.as_ref()?.ko);
        Some(format!(r#"<alias field="{}" index="{index}" name="{label}"/>"#, escaped(&field.name)))
    });
    Some(format!(
        concat!(
            r#"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"#,
            r#"<qgis version="3.22.0" styleCategories="Symbology|Labeling|Fields|Rendering" "#,
            r#"labelsEnabled="{}" {}>"#,
            r#"<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0" forceraster="0">"#,
            r#"<symbols><symbol name="0" type="{}" alpha="1" clip_to_extent="1" force_rhr="0">"#,
            r#"<layer class="{}" enabled="1" locked="0" pass="0">"#,
            r#"<Option type="Map">{}</Option></layer></symbol></symbols></renderer-v2>{}"#,
            r#"<aliases>{}</aliases></qgis>"#
        ),
        u8::from(label.is_some()),
        visibility(look),
        kind,
        class,
        options,
        labeling,
        aliases.collect::<String>()
    ))
}

/// From which scale a layer is drawn, in QGIS's words.
fn visibility(look: &Look) -> String {
    match look.minzoom {
        Some(zoom) => format!(
            r#"hasScaleBasedVisibilityFlag="1" maxScale="0" minScale="{:.0}""#,
            SCALE_OF_ZOOM_0 / zoom.exp2()
        ),
        None => r#"hasScaleBasedVisibilityFlag="0""#.to_owned(),
    }
}

fn dashes(look: &Look, width: f64) -> Option<String> {
    let lengths: Vec<_> = look.dash.iter().map(|d| number(d * width)).collect();
    (!lengths.is_empty()).then(|| lengths.join(";"))
}

/// To hundredths of a pixel.
fn number(v: f64) -> String {
    format!("{}", (v * 100.0).round() / 100.0)
}

/// `#rrggbb` as QGIS writes colours; grey for what is none.
fn rgba(color: &str) -> String {
    let digits = color.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii());
    let parsed = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).unwrap_or(0x5f_6b_7a);
    let [_, red, green, blue] = parsed.to_be_bytes();
    format!("{red},{green},{blue},255")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use siseol_model::{Crs, FacilityClass, Field, FieldKind, Label};
    use std::collections::BTreeMap;

    #[test]
    fn a_class_is_drawn_in_its_colour_whatever_its_field_is_called() {
        let mut class = FacilityClass::unknown("pipe", "관");
        class.look.color = "#1e90ff".into();
        class.look.dash = vec![2.0, 1.0];
        class.look.width = Some(2.0);
        class.look.label_field = Some("관\"<경>".into());
        class.look.minzoom = Some(12.0);
        let mut field = Field::new("관\"<경>", FieldKind::Text);
        field.label = Some(Label::new("관경 & 구경", "diameter"));
        let layer = Layer {
            name: siseol_model::LayerName::from_stem("pipe"),
            class,
            crs: Crs::epsg(5186),
            geometry: GeometryKind::Line,
            has_z: false,
            fields: vec![Field::new("DEP", FieldKind::Float), field],
            code_lists: BTreeMap::new(),
        };
        let qml = qml(&layer).unwrap();
        for part in [
            r#"name="line_color" type="QString" value="30,144,255,255""#,
            r#"name="customdash" type="QString" value="4;2""#,
            r#"fieldName="관&quot;&lt;경&gt;""#,
            r#"<aliases><alias field="관&quot;&lt;경&gt;" index="1" name="관경 &amp; 구경"/></aliases>"#,
            r#"hasScaleBasedVisibilityFlag="1" maxScale="0" minScale="68247""#,
        ] {
            assert!(qml.contains(part), "{part} in {qml}");
        }
    }

    #[test]
    fn a_colour_that_is_none_is_grey() {
        assert_eq!(rgba("#ff0000"), "255,0,0,255");
        for odd in ["", "#ff", "red", "#가나"] {
            assert_eq!(rgba(odd), "95,107,122,255");
        }
    }
}
