//! Reading small files through GDAL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod apart;

use siseol_model::{FieldKind, GeometryKind, Value};
use siseol_ogr::{Format, OgrError, Reading, Row, Source};

fn write(dir: &tempfile::TempDir, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = dir.path().join(name);
    fs_err::write(&path, bytes).unwrap();
    path
}

const GEOJSON: &str = r#"{"type":"FeatureCollection","features":[
  {"type":"Feature","properties":{"n":"가","i":3,"f":0.1,"d":"2020-01-02","a":[1,2]},"geometry":{"type":"Point","coordinates":[126.1234567890123,37.5,9]}},
  {"type":"Feature","properties":{"n":null},"geometry":null},
  {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}]}"#;

#[test]
fn geojson_is_read_with_its_types_and_its_coordinates_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(&dir, "a.geojson", GEOJSON.as_bytes());
    let mut source = Source::open(&path, Format::GeoJson, &Reading::Here).unwrap();
    let layers = source.layers();
    assert_eq!(layers.len(), 1);
    assert_eq!(layers[0].geometry, None, "points and lines");
    let kinds: Vec<_> = layers[0].fields.iter().map(|f| (f.name.as_str(), f.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("n", FieldKind::Text),
            ("i", FieldKind::Integer),
            ("f", FieldKind::Float),
            ("d", FieldKind::Text),
            ("a", FieldKind::Text)
        ]
    );
    let mut rows = source.rows(0).unwrap();
    let mut row = Row::default();
    assert!(rows.next(&mut row).unwrap());
    let mut expected = vec![1, 0xe9, 3, 0, 0];
    for number in [126.123_456_789_012_3_f64, 37.5, 9.0] {
        expected.extend(number.to_le_bytes());
    }
    assert_eq!(row.geometry.as_deref(), Some(&*expected));
    assert_eq!(row.values[0], Value::text("가"));
    assert_eq!(row.values[1..3], [Value::Integer(3), Value::Float(0.1)]);
    assert_eq!(row.values[3], Value::text("2020-01-02"));
    assert!(rows.next(&mut row).unwrap());
    assert_eq!((row.number, &row.geometry), (2, &None));
    assert!(row.values.iter().all(Value::is_null));
    assert!(rows.next(&mut row).unwrap());
    assert!(!rows.next(&mut row).unwrap());
}

#[test]
fn a_file_is_opened_as_its_format_and_as_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let target = write(&dir, "a.geojson", GEOJSON.as_bytes());
    let vrt = format!(
        r#"<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"#,
        target.display()
    );
    let path = write(&dir, "x.shp", vrt.as_bytes());
    for format in Format::ALL {
        let error = Source::open(&path, format, &Reading::Here).unwrap_err();
        assert!(matches!(error, OgrError::Open { .. }), "{format}: {error}");
    }
    let away = std::path::Path::new("/vsicurl/http://127.0.0.1:9/x.shp");
    let away = Source::open(away, Format::Shapefile, &Reading::Here);
    assert!(matches!(away, Err(OgrError::Path { .. })));
    let folder = Source::open(dir.path(), Format::Shapefile, &Reading::Here);
    assert!(matches!(folder, Err(OgrError::Path { .. })));
}

const OSM: &str = r#"<osm version="0.6"><node id="1" lat="37" lon="127"><tag k="emergency" v="fire_hydrant"/></node>
      <node id="2" lat="37.1" lon="127"/><node id="3" lat="37.1" lon="127.1"/>
      <way id="4"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="길"/></way>
      <way id="5"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/></way></osm>"#;

#[test]
fn osm_layers_are_read_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = write(&dir, "a.osm", OSM.as_bytes());
    let mut source = Source::open(&path, Format::Osm, &Reading::Here).unwrap();
    let layers = source.layers();
    let mut found = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let mut rows = source.rows(index).unwrap();
        let mut row = Row::default();
        let mut count = 0;
        while rows.next(&mut row).unwrap() {
            count += 1;
        }
        found.push((layer.name.as_str(), layer.geometry, count));
    }
    assert_eq!(
        found,
        [
            ("points", Some(GeometryKind::Point), 1),
            ("lines", Some(GeometryKind::Line), 1),
            ("multilinestrings", Some(GeometryKind::Line), 0),
            ("multipolygons", Some(GeometryKind::Polygon), 1),
            ("other_relations", None, 0)
        ]
    );
}

#[test]
fn a_grid_that_is_an_address_is_not_fetched() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let dir = tempfile::tempdir().unwrap();
    for (member, href) in [("link", "href"), ("url", "url")] {
        let text = format!(
            r#"{{"type":"Feature","crs":{{"type":"{member}","properties":{{"{href}":"http://{address}/x"}}}},"properties":{{}},"geometry":{{"type":"Point","coordinates":[1,2]}}}}"#
        );
        let path = write(&dir, "a.geojson", text.as_bytes());
        let mut source = Source::open(&path, Format::GeoJson, &Reading::Here).unwrap();
        assert!(source.rows(0).unwrap().next(&mut Row::default()).unwrap());
        assert!(listener.accept().is_err(), "{member} was fetched");
    }
}
