//! The other formats.

use crate::files::encode;
use crate::town::{Town, crs, found};
use siseol_ingest::Options;
use siseol_model::{GeometryKind, IssueKind, Value};

#[test]
fn a_csv_of_korean_windows_becomes_points_or_a_table() {
    let town = Town::new();
    let shelters = "관리번호,시설명,위도,경도,수용인원\n0012,\"군포, 1호\",37.36,126.93,120\n0013,둘,,,\n0014,셋,x,126.9,5\n0015,넷,37.4,126.9,5,more\n";
    let path = town.write("대피소.csv", &encode(shelters));
    let report = town.load(&path, &Options::default());
    let layer = &report.layers[0];
    assert_eq!(
        (layer.layer.as_str(), layer.crs.code(), layer.encoding.as_str()),
        ("shelter", 4326, "CP949")
    );
    assert_eq!((layer.rows.read, layer.rows.accepted, layer.rows.quarantined), (4, 2, 2));
    let kinds = found(layer);
    for kind in [IssueKind::GeometryNull, IssueKind::NumberInvalid, IssueKind::RowMalformed] {
        assert!(kinds.contains(&(kind, 1)), "{kinds:?}");
    }
    let rows = town.rows("shelter");
    assert_eq!(rows[0].2[..2], [Value::text("0012"), Value::text("군포, 1호")]);
    assert_eq!(
        rows[0].2[2],
        Value::Float(37.36),
        "a number by the profile, whatever else is in its column"
    );
    assert_eq!(rows[0].1.as_deref().unwrap()[5..13], 126.93_f64.to_le_bytes());

    let people = town.write("인구.csv", "\u{feff}행정동코드;인구\n4141051000;12\n".as_bytes());
    let report = town.load(&people, &Options::default());
    assert_eq!(report.layers[0].layer.as_str(), "population");
    assert_eq!(report.layers[0].encoding_evidence, "by its byte-order mark");
    let population =
        town.layers().into_iter().find(|l| l.layer.name.as_str() == "population").unwrap();
    assert_eq!(population.layer.geometry, GeometryKind::None);
    assert_eq!(town.rows("population")[0].2, [Value::text("4141051000"), Value::Integer(12)]);

    let xy = town.write("xy.csv", b"X\tY\tn\n194259.48\t529156.766\t1\n");
    let (kind, text) = town.refusal(&xy, &Options::default());
    assert_eq!(kind, IssueKind::CrsUnknown);
    assert!(text.contains("EPSG:5186"), "{text}");
    assert_eq!(town.load(&xy, &crs(5186)).layers[0].rows.accepted, 1);
}

#[test]
fn csv_that_is_none_is_refused() {
    let town = Town::new();
    for (bytes, kind) in [
        (&b""[..], IssueKind::Truncated),
        (b"\xff\xfea\0", IssueKind::EncodingUnknown),
        (b"a,b\n\0\0", IssueKind::NotThisFormat),
        (b"caf\xe9,\xe0 la\n1,2\n", IssueKind::EncodingUnknown),
    ] {
        let path = town.write("a.csv", bytes);
        assert_eq!(town.refusal(&path, &Options::default()).0, kind);
    }
}

#[test]
fn mixed_geojson_becomes_a_layer_for_each_kind() {
    let town = Town::new();
    let text = r#"{"type":"FeatureCollection","features":[
      {"type":"Feature","id":"p","properties":{"n":1},"geometry":{"type":"Point","coordinates":[126.9,37.4,5]}},
      {"type":"Feature","properties":{"n":2},"geometry":{"type":"LineString","coordinates":[[126.9,37.4],[127,37.5]]}},
      {"type":"Feature","properties":{"n":3},"geometry":null},
      {"type":"Feature","properties":{"n":4},"geometry":{"type":"Polygon","coordinates":[[[126,37],[127,37],[127,38],[126,37.5]]]}},
      {"type":"Feature","properties":{"n":5},"geometry":{"type":"GeometryCollection","geometries":[]}},
      {"type":"Feature","properties":{"n":6},"geometry":{"type":"Point","coordinates":"x"}}]}"#;
    let path = town.write("mix.geojson", text.as_bytes());
    let report = town.load(&path, &Options::default());
    let seen: Vec<_> = report
        .layers
        .iter()
        .map(|l| (l.layer.as_str(), l.rows.read, l.rows.accepted + l.rows.repaired, found(l)))
        .collect();
    assert_eq!(
        seen,
        [
            (
                "mix_points",
                4,
                2,
                vec![
                    (IssueKind::GeometryCorrupt, 1),
                    (IssueKind::GeometryType, 1),
                    (IssueKind::GeometryNull, 1)
                ]
            ),
            ("mix_lines", 1, 1, vec![]),
            ("mix_polygons", 1, 1, vec![(IssueKind::RingClosed, 1)]),
        ]
    );
    let points = town.layers().into_iter().find(|l| l.layer.name.as_str() == "mix_points").unwrap();
    assert!(points.layer.has_z);
    let broken = town.write("b.geojson", &text.as_bytes()[..400]);
    assert_eq!(town.refusal(&broken, &Options::default()).0, IssueKind::NotThisFormat);
}

#[test]
fn drawings_need_a_grid_and_become_layers_by_kind() {
    let town = Town::new();
    let dxf = "0\nSECTION\n2\nENTITIES\n0\nPOINT\n8\n0\n10\n194259.5\n20\n529156.7\n0\nLINE\n8\nPIPE\n10\n194259.5\n20\n529156.7\n11\n194300.0\n21\n529200.0\n0\nENDSEC\n0\nEOF\n";
    let path = town.write("plan.dxf", dxf.as_bytes());
    let (kind, text) = town.refusal(&path, &Options::default());
    assert_eq!(kind, IssueKind::CrsUnknown);
    assert!(text.contains("EPSG:5186"), "{text}");
    let report = town.load(&path, &crs(5186));
    let names: Vec<_> = report.layers.iter().map(|l| l.layer.as_str()).collect();
    assert_eq!(names, ["plan_points", "plan_lines"]);
}

#[test]
fn a_grid_that_is_an_address_has_to_be_said() {
    let town = Town::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/5186.prj", listener.local_addr().unwrap());
    for (kind, member) in [("link", "href"), ("url", "url")] {
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"{kind}","properties":{{"{member}":"{address}"}}}},"features":[
              {{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[194259.5,529156.7]}}}}]}}"#
        );
        let path = town.write(&format!("{kind}.geojson"), text.as_bytes());
        let (found, said) = town.refusal(&path, &Options::default());
        assert_eq!(found, IssueKind::CrsUnreadable);
        assert!(said.contains("--crs"), "{said}");
        assert_eq!(town.load(&path, &crs(5186)).layers[0].rows.accepted, 1);
    }
    assert!(listener.accept().is_err(), "nobody went there");
}
