//! The one encoder of GeoJSON.
//!
//! A feature is written straight into a byte buffer: these bytes are made once per feature and state, and every
//! answer after that is a copy of them. Coordinates are longitude, latitude with at most eight decimals (about a
//! millimetre), as they were rounded by [`round_coordinate`]; polygon rings follow the right-hand rule of RFC 7946.

use crate::{FacilityKey, Field, LayerName, ShapeKind, ShapeRef, Value};
use std::io::Write as _;

/// Units per degree of a rounded coordinate.
const SCALE: f64 = 1e8;

/// The coordinate rounded to eight decimals, as indexes, tests and bytes use it.
pub fn round_coordinate(degrees: f64) -> f64 {
    (degrees * SCALE).round() / SCALE
}

/// What a feature is called, beside its own attributes.
#[derive(Debug, Clone, Copy)]
pub struct FeatureHead<'a> {
    /// The id in every API.
    pub fid: i64,
    /// Becomes the property `layer`.
    pub layer: &'a LayerName,
    /// Becomes the property `facility_key`.
    pub key: Option<&'a FacilityKey>,
}

/// Appends one feature: its id, geometry (null if there is none), and properties: `layer`, `facility_key`, then
/// `fields` with their `values`, codes not labels.
pub fn write_feature<'v>(
    out: &mut Vec<u8>,
    head: FeatureHead<'_>,
    shape: Option<ShapeRef<'_>>,
    fields: &[Field],
    values: impl IntoIterator<Item = &'v Value>,
) {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    write_integer(out, head.fid);
    out.extend_from_slice(br#","geometry":"#);
    match shape {
        Some(shape) => write_geometry(out, shape),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":{"layer":"#);
    write_text(out, head.layer.as_str());
    out.extend_from_slice(br#","facility_key":"#);
    match head.key {
        Some(key) => write_text(out, key.as_str()),
        None => out.extend_from_slice(b"null"),
    }
    for (field, value) in fields.iter().zip(values) {
        out.push(b',');
        write_text(out, &field.name);
        out.push(b':');
        write_value(out, value);
    }
    out.extend_from_slice(b"}}");
}

/// Appends one geometry.
pub fn write_geometry(out: &mut Vec<u8>, shape: ShapeRef<'_>) {
    out.extend_from_slice(br#"{"type":""#);
    out.extend_from_slice(shape.kind.name().as_bytes());
    out.extend_from_slice(br#"","coordinates":"#);
    match shape.kind {
        ShapeKind::Point => match shape.coords.first() {
            Some(&coord) => write_coord(out, coord),
            None => out.extend_from_slice(b"[]"),
        },
        ShapeKind::MultiPoint | ShapeKind::LineString => write_path(out, shape.coords.iter()),
        ShapeKind::MultiLineString => {
            write_list(out, shape.paths(), |out, path| write_path(out, path.iter()));
        }
        ShapeKind::Polygon => write_list(out, shape.paths().enumerate(), write_ring),
        ShapeKind::MultiPolygon => {
            let mut paths = shape.paths();
            write_list(out, shape.rings_per_polygon(), |out, rings| {
                write_list(out, paths.by_ref().take(rings).enumerate(), write_ring);
            });
        }
    }
    out.push(b'}');
}

fn write_list<T>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

fn write_path<'a>(out: &mut Vec<u8>, coords: impl Iterator<Item = &'a [f64; 2]>) {
    write_list(out, coords, |out, &coord| write_coord(out, coord));
}

/// A ring in the order RFC 7946 wants (section 3.1.6): the first counter-clockwise, the others clockwise.
fn write_ring(out: &mut Vec<u8>, (i, ring): (usize, &[[f64; 2]])) {
    let counter_clockwise = doubled_area(ring) > 0.0;
    if counter_clockwise == (i == 0) {
        write_path(out, ring.iter());
    } else {
        write_path(out, ring.iter().rev());
    }
}

fn doubled_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = ring.first() else { return 0.0 };
    ring.windows(2).map(|w| (w[0][0] - x0) * (w[1][1] - y0) - (w[1][0] - x0) * (w[0][1] - y0)).sum()
}

fn write_coord(out: &mut Vec<u8>, [lon, lat]: [f64; 2]) {
    out.push(b'[');
    write_degrees(out, lon);
    out.push(b',');
    write_degrees(out, lat);
    out.push(b']');
}

/// Appends a rounded coordinate without trailing zeros. It goes by integers, which is exact (180e8 is far below
/// 2^53) and some times faster than printing the shortest form of any number.
#[expect(clippy::cast_possible_truncation, reason = "degrees times 1e8 are at most 1.8e10")]
fn write_degrees(out: &mut Vec<u8>, degrees: f64) {
    if !degrees.is_finite() || degrees.abs() > 1e6 {
        // Not a coordinate on the globe; ingest never lets one in.
        out.extend_from_slice(b"null");
        return;
    }
    let scaled = (degrees * SCALE).round() as i64;
    if scaled < 0 {
        out.push(b'-');
    }
    let scaled = scaled.unsigned_abs();
    let (whole, mut fraction) = (scaled / 100_000_000, scaled % 100_000_000);
    write_unsigned(out, whole);
    if fraction != 0 {
        let mut digits = [b'0'; 8];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (fraction % 10) as u8;
            fraction /= 10;
        }
        let used = digits.iter().rposition(|&d| d != b'0').map_or(0, |i| i + 1);
        out.push(b'.');
        out.extend_from_slice(&digits[..used]);
    }
}

/// Appends a value as JSON. A number that is not finite is null: JSON has no word for it.
pub fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Integer(v) => write_integer(out, *v),
        Value::Float(v) => write_json(out, v),
        Value::Text(v) => write_text(out, v),
        Value::Date(v) => {
            out.push(b'"');
            // Writing to memory cannot fail.
            let _written = write!(out, "{v}");
            out.push(b'"');
        }
        Value::Boolean(v) => out.extend_from_slice(if *v { b"true" } else { b"false" }),
    }
}

/// Appends a text as a JSON string.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    write_json(out, text);
}

fn write_json<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}

fn write_integer(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    write_unsigned(out, value.unsigned_abs());
}

fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, Shape};
    use expect_test::{Expect, expect};
    use geozero::{CoordDimensions, ToWkb, wkt::Wkt};

    fn encode(wkt: Option<&str>, values: &[Value]) -> String {
        let fields: Vec<_> = ["A", "나\"", "C"]
            .iter()
            .take(values.len())
            .map(|name| Field::new(*name, FieldKind::Text))
            .collect();
        let mut shape = Shape::default();
        if let Some(wkt) = wkt {
            shape.read_wkb(&Wkt(wkt).to_wkb(CoordDimensions::xy()).unwrap()).unwrap();
        }
        let layer = LayerName::from_stem("pipe");
        let key = FacilityKey::from("SA001-1".to_owned());
        let head = FeatureHead { fid: 7, layer: &layer, key: Some(&key) };
        let mut out = Vec::new();
        write_feature(&mut out, head, wkt.map(|_| shape.as_ref()), &fields, values);
        String::from_utf8(out).unwrap()
    }

    fn check(wkt: &str, expected: &Expect) {
        let text = encode(Some(wkt), &[]);
        // Another implementation reads the same geometry back.
        let read: geojson::Feature = text.parse().unwrap();
        let geometry = read.geometry.unwrap();
        expected.assert_eq(&serde_json::to_string(&geometry).unwrap());
        assert!(text.contains(&serde_json::to_string(&geometry.value).unwrap()), "{text}");
    }

    #[test]
    fn geometries_are_what_the_geojson_crate_reads_and_writes() {
        check(
            "POINT(126.5 37.00000001)",
            &expect![[r#"{"type":"Point","coordinates":[126.5,37.00000001]}"#]],
        );
        check(
            "MULTIPOINT(-1.5 2.25,3.5 4.5)",
            &expect![[r#"{"type":"MultiPoint","coordinates":[[-1.5,2.25],[3.5,4.5]]}"#]],
        );
        check(
            "LINESTRING(1.5 2.5,3.5 4.5)",
            &expect![[r#"{"type":"LineString","coordinates":[[1.5,2.5],[3.5,4.5]]}"#]],
        );
        check(
            "MULTILINESTRING((1.5 2.5,3.5 4.5),(5.5 6.5,7.5 8.5))",
            &expect![[
                r#"{"type":"MultiLineString","coordinates":[[[1.5,2.5],[3.5,4.5]],[[5.5,6.5],[7.5,8.5]]]}"#
            ]],
        );
    }

    #[test]
    fn rings_follow_the_right_hand_rule_however_they_came() {
        let expected = expect![[
            r#"{"type":"Polygon","coordinates":[[[0.5,0.5],[9.5,0.5],[9.5,9.5],[0.5,0.5]],[[6.5,2.5],[7.5,3.5],[7.5,2.5],[6.5,2.5]]]}"#
        ]];
        check(
            "POLYGON((0.5 0.5,9.5 0.5,9.5 9.5,0.5 0.5),(6.5 2.5,7.5 3.5,7.5 2.5,6.5 2.5))",
            &expected,
        );
        check(
            "POLYGON((0.5 0.5,9.5 9.5,9.5 0.5,0.5 0.5),(6.5 2.5,7.5 2.5,7.5 3.5,6.5 2.5))",
            &expected,
        );
    }

    #[test]
    fn properties_hold_the_layer_the_key_and_hostile_text_unharmed() {
        let text = encode(
            None,
            &[
                Value::text("<img src=x onerror=alert(1)>\u{1}\u{2028}\""),
                Value::Null,
                Value::Float(1.5),
            ],
        );
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["id"], 7);
        assert_eq!(read["geometry"], serde_json::Value::Null);
        assert_eq!(read["properties"]["layer"], "pipe");
        assert_eq!(read["properties"]["facility_key"], "SA001-1");
        assert_eq!(read["properties"]["A"], "<img src=x onerror=alert(1)>\u{1}\u{2028}\"");
        assert_eq!(read["properties"]["나\""], serde_json::Value::Null);
        assert_eq!(read["properties"]["C"], 1.5);
    }

    #[test]
    fn coordinates_print_as_the_shortest_form_of_the_rounded_number() {
        let mut state = 41_410_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let degrees =
                round_coordinate((state >> 11) as f64 / (1u64 << 53) as f64 * 360.0 - 180.0);
            let mut out = Vec::new();
            write_degrees(&mut out, degrees);
            let text = String::from_utf8(out).unwrap();
            assert_eq!(text.parse(), Ok(degrees), "{text}");
            assert!(text.len() <= format!("{degrees}").len(), "{text} {degrees}");
        }
    }
}
