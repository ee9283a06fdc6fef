//! GeoJSON that is bad, and some that only looks so.

use super::class::Outcome::{Accepted, Quarantined, Refused, Repaired};
use super::class::{Class, Delivery, Outcome, of_format};
use super::kit::{Draft, Kind, ROWS, placed};
use siseol_model::IssueKind as Is;

/// A small sound document, feature by feature.
struct Document {
    kind: Kind,
    geometries: Vec<String>,
    properties: Vec<String>,
}

impl Document {
    fn new(kind: Kind) -> Self {
        let draft = Draft::degrees(kind);
        let shape = |row| geometry(kind, &[&kind.vertices(draft.origin(row), 0.001)]);
        Self {
            kind,
            geometries: (0..ROWS).map(shape).collect(),
            properties: (0..ROWS).map(|row| format!(r#"{{"id":{row},"name":"이름"}}"#)).collect(),
        }
    }

    /// Gives the feature a geometry of those rings, in thousandths of a degree from its corner.
    fn rings(&mut self, row: usize, rings: &[&[[f64; 2]]]) {
        let origin = Draft::degrees(self.kind).origin(row);
        self.geometries[row] = placed(origin, 1000.0, rings, |rings| geometry(self.kind, rings));
    }

    fn text(&self) -> String {
        let features: Vec<_> = self
            .geometries
            .iter()
            .zip(&self.properties)
            .map(|(geometry, properties)| {
                format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
            })
            .collect();
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",\n"))
    }
}

fn geometry(kind: Kind, rings: &[&[[f64; 2]]]) -> String {
    let of_point = |ring: &&[[f64; 2]]| if kind == Kind::Point { 1 } else { ring.len() };
    let lists: Vec<_> = rings
        .iter()
        .map(|ring| &ring[..of_point(ring)])
        .map(|ring| ring.iter().map(|[x, y]| format!("[{x},{y}]")).collect::<Vec<_>>().join(","))
        .collect();
    match kind {
        Kind::Point => format!(r#"{{"type":"Point","coordinates":{}}}"#, lists[0]),
        Kind::Line => format!(r#"{{"type":"LineString","coordinates":[{}]}}"#, lists[0]),
        Kind::Polygon => {
            format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, lists.join("],["))
        }
    }
}

fn row(
    names: [&'static str; 3],
    kinds: &'static [Kind],
    outcome: Outcome,
    spoil: impl Fn(&mut Document, usize) + 'static,
) -> Class {
    of_format("geojson", names, kinds, true, outcome, move |kind, row| {
        let mut document = Document::new(kind);
        spoil(&mut document, row);
        delivery(&document.text(), ROWS)
    })
}

fn whole(
    names: [&'static str; 3],
    outcome: Outcome,
    rows: usize,
    spoil: impl Fn(String) -> String + 'static,
) -> Class {
    of_format("geojson", names, Kind::ALL, false, outcome, move |kind, _| {
        delivery(&spoil(Document::new(kind).text()), rows)
    })
}

fn delivery(text: &str, rows: usize) -> Delivery {
    Delivery::File { bytes: text.as_bytes().to_vec(), rows }
}

fn features() -> Vec<Class> {
    let corrupt = Quarantined(Is::GeometryCorrupt);
    let geometry = |names, outcome, text: &'static str| {
        row(names, Kind::ALL, outcome, move |d, i| text.clone_into(&mut d.geometries[i]))
    };
    vec![
        geometry(
            ["geometry-null", "도형이 null", "a geometry of null"],
            Accepted(Some(Is::GeometryNull)),
            "null",
        ),
        geometry(
            ["coordinates-text", "좌표 자리의 글", "a text where coordinates belong"],
            corrupt,
            r#"{"type":"Point","coordinates":"x"}"#,
        ),
        geometry(
            ["geometry-unknown", "없는 도형 종류", "a geometry type that does not exist"],
            corrupt,
            r#"{"type":"Blob","coordinates":[1,2]}"#,
        ),
        row(
            ["out-of-range", "경위도 범위를 벗어남", "longitude and latitude out of range"],
            Kind::ALL,
            Quarantined(Is::CoordinateRange),
            |d, i| {
                let [x, y] = [500_000.0, 2_000_000.0];
                d.rings(i, &[&[[x, y], [x, y + 1.0], [x + 1.0, y + 1.0], [x, y]]]);
            },
        ),
        row(
            ["unclosed-ring", "닫히지 않은 고리", "a ring that does not end where it began"],
            Kind::POLYGON,
            Repaired(Is::RingClosed),
            |d, i| {
                d.rings(i, &[&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]]);
            },
        ),
        row(
            ["two-vertices", "꼭짓점이 둘인 고리", "a ring of two vertices"],
            Kind::POLYGON,
            Quarantined(Is::RingTooShort),
            |d, i| {
                d.rings(i, &[&[[0.0, 0.0], [1.0, 0.0]]]);
            },
        ),
        row(
            ["one-vertex", "꼭짓점이 하나인 선", "a line of one vertex"],
            &[Kind::Line],
            Quarantined(Is::RingTooShort),
            |d, i| {
                d.rings(i, &[&[[0.0, 0.0]]]);
            },
        ),
        row(
            ["bowtie", "나비 모양으로 교차하는 다각형", "a bowtie"],
            Kind::POLYGON,
            Accepted(Some(Is::SelfIntersection)),
            |d, i| {
                d.rings(i, &[&[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]);
            },
        ),
    ]
}

fn documents() -> Vec<Class> {
    let none = Refused(Is::NotThisFormat);
    vec![
        whole(["json-cut", "잘린 문서", "a document that is cut"], none, ROWS, |text| {
            text[..text.len() / 2].to_owned()
        }),
        whole(["json-none", "JSON이 아닌 내용", "what is no JSON"], none, ROWS, |_| {
            "<html>404</html>".to_owned()
        }),
        whole(
            ["json-other", "GeoJSON이 아닌 JSON", "JSON that is no GeoJSON"],
            none,
            ROWS,
            |_| r#"{"type":"Topology"}"#.to_owned(),
        ),
        whole(["json-empty-file", "0바이트 파일", "a file of 0 bytes"], none, ROWS, |_| {
            String::new()
        }),
        whole(
            ["json-goes-on", "문서 뒤에 더 있는 내용", "more after the document"],
            none,
            ROWS,
            |text| text + "{}",
        ),
        whole(
            ["json-no-features", "피처가 없는 문서", "a document without features"],
            Accepted(Some(Is::Empty)),
            0,
            |_| r#"{"type":"FeatureCollection","features":[]}"#.to_owned(),
        ),
        whole(
            [
                "json-not-a-feature",
                "피처가 아닌 것이 섞임",
                "a list of features with something else in it",
            ],
            Accepted(Some(Is::GeometryNull)),
            ROWS + 1,
            |text| text.replace(r#""features":["#, r#""features":[{"type":"x"},"#),
        ),
    ]
}

pub(crate) fn classes() -> Vec<Class> {
    let mut classes = features();
    classes.extend(documents());
    classes
}
