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

#[test]
fn numbers_that_are_ids_keep_their_digits_or_are_told() {
    let town = Town::new();
    let path = town.write("관리.csv", "번호표,값\n12345678901234567890,1\n7,2\n".as_bytes());
    town.load(&path, &Options::default());
    assert_eq!(town.rows("관리")[0].2[0], Value::text("12345678901234567890"));
    let json = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"a":9007199254740993,"b":123456789012345678901},"geometry":null},
        {"type":"Feature","properties":{"a":1,"b":2},"geometry":null}]}"#;
    let report = town.load(&town.write("ids.geojson", json.as_bytes()), &Options::default());
    assert_eq!(town.rows("ids")[0].2[0], Value::Integer(9_007_199_254_740_993));
    // A number that no reader of JSON has to hold is not kept as another one.
    assert_eq!(town.rows("ids")[0].2[1], Value::Null);
    let told = found(&report.layers[0]);
    assert!(told.contains(&(IssueKind::NumberOverflow, 1)), "{told:?}");
    let path = town.write("표.xlsx", &workbook(&["9007199254740993", "1"]));
    let report = town.load(&path, &Options::default());
    let lost = report.layers[0].findings.iter().find(|f| f.kind == IssueKind::DigitsLost).unwrap();
    assert!(lost.examples[0].text.contains("line 2, column 1"), "{lost:?}");
}

#[test]
fn a_nul_far_down_a_csv_is_kept_aside_with_its_row() {
    let town = Town::new();
    let mut text = "이름,비고\n".to_owned();
    text.push_str(&"가나다라마바사,아자차카타파하\n".repeat(3_000));
    text.push_str("끝,a\0b\n");
    assert!(text.len() > 64 * 1024);
    let report = town.load(&town.write("긴.csv", text.as_bytes()), &Options::default());
    assert_eq!((report.layers[0].rows.accepted, report.layers[0].rows.quarantined), (3_000, 1));
    assert!(found(&report.layers[0]).contains(&(IssueKind::TextNul, 1)));
    let json = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"a":"x\u0000y"},"geometry":null},
        {"type":"Feature","properties":{"a":["z",{"b":1.5}]},"geometry":null}]}"#;
    let report = town.load(&town.write("nul.geojson", json.as_bytes()), &Options::default());
    assert_eq!((report.layers[0].rows.accepted, report.layers[0].rows.quarantined), (1, 1));
    assert!(found(&report.layers[0]).contains(&(IssueKind::TextNul, 1)));
}

/// A workbook of one sheet with one column, `n`, of these numbers, as written.
fn workbook(numbers: &[&str]) -> Vec<u8> {
    use std::fmt::Write as _;
    use std::io::Write as _;
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c></row>"#.to_owned();
    for (line, number) in (2..).zip(numbers) {
        write!(rows, r#"<row r="{line}"><c r="A{line}"><v>{number}</v></c></row>"#).unwrap();
    }
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#.to_owned(),
        ),
        ("_rels/.rels", relation("r1", "officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        ("xl/_rels/workbook.xml.rels", relation("r1", "worksheet", "worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
