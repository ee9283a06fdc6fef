//! Files of GeoPackage that are bad, and some that only look so.

use super::class::Outcome::{Accepted, Quarantined, Refused, Repaired};
use super::class::{Class, Delivery, Outcome, of_format, stem};
use super::kit::{Draft, Kind, ROWS, placed};
use rusqlite::Connection;
use siseol_model::{Crs, IssueKind as Is};

/// The tables that a GeoPackage has, and one of features.
const TABLES: &str = "
PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents(table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT '2020-01-01T00:00:00.000Z', min_x DOUBLE,
  min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns(table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('undefined', -1, 'NONE', -1, 'undefined', NULL);
";

/// Geometries of a small sound GeoPackage, each as GeoPackage keeps it.
struct Blobs {
    kind: Kind,
    rows: Vec<Option<Vec<u8>>>,
    srs: i32,
}

/// A blob of that kind: its head and well-known binary.
fn blob(kind: Kind, rings: &[&[[f64; 2]]]) -> Vec<u8> {
    let mut out = b"GP\0\x01".to_vec();
    out.extend(5186_i32.to_le_bytes());
    out.push(1);
    let code: u32 = match kind {
        Kind::Point => 1,
        Kind::Line => 2,
        Kind::Polygon => 3,
    };
    out.extend(code.to_le_bytes());
    let count = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    if kind == Kind::Polygon {
        out.extend(count(rings.len()));
    }
    for ring in rings {
        if kind != Kind::Point {
            out.extend(count(ring.len()));
        }
        out.extend(ring.iter().flatten().flat_map(|v| v.to_le_bytes()));
    }
    out
}

impl Blobs {
    fn new(kind: Kind) -> Self {
        let draft = Draft::new(kind);
        let blobs =
            (0..ROWS).map(|row| Some(blob(kind, &[&kind.vertices(draft.origin(row), 8.0)])));
        Self { kind, rows: blobs.collect(), srs: 5186 }
    }

    fn rings(&mut self, row: usize, rings: &[&[[f64; 2]]]) {
        let origin = Draft::new(self.kind).origin(row);
        self.rows[row] = Some(placed(origin, 1.0, rings, |rings| blob(self.kind, rings)));
    }

    /// Puts a number in place of the first x.
    fn put(&mut self, row: usize, number: f64) {
        let blob = self.rows[row].as_mut().unwrap();
        let at = match self.kind {
            Kind::Point => 13,
            Kind::Line => 17,
            Kind::Polygon => 21,
        };
        blob[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }

    fn bytes(&self, table: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.gpkg");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(TABLES).unwrap();
        let type_name = ["POINT", "LINESTRING", "POLYGON"]
            [Kind::ALL.iter().position(|k| *k == self.kind).unwrap()];
        let wkt = siseol_crs::definition(Crs::epsg(5186)).unwrap().wkt;
        let run =
            |sql: &str, values: &[&dyn rusqlite::ToSql]| connection.execute(sql, values).unwrap();
        run(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('central', 5186, 'EPSG', 5186, ?1, NULL)",
            &[&wkt],
        );
        run(
            "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) VALUES (?1, 'features', ?1, ?2)",
            &[&table, &self.srs],
        );
        run(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, 0, 0)",
            &[&table, &type_name, &self.srs],
        );
        run(
            &format!(
                "CREATE TABLE \"{table}\"(fid INTEGER PRIMARY KEY, geom {type_name}, name TEXT)"
            ),
            &[],
        );
        for blob in &self.rows {
            run(&format!("INSERT INTO \"{table}\"(geom, name) VALUES (?1, '이름')"), &[blob]);
        }
        drop(connection);
        fs_err::read(path).unwrap()
    }
}

/// A file without fault.
pub(crate) fn sound(kind: Kind) -> Vec<u8> {
    Blobs::new(kind).bytes("a")
}

fn row(
    names: [&'static str; 3],
    kinds: &'static [Kind],
    outcome: Outcome,
    spoil: impl Fn(&mut Blobs, usize) + 'static,
) -> Class {
    of_format("gpkg", names, kinds, true, outcome, move |kind, row| {
        let mut blobs = Blobs::new(kind);
        spoil(&mut blobs, row);
        let bytes = blobs.bytes(&stem(kind, Some(row)));
        Delivery::File { bytes, rows: blobs.rows.len() }
    })
}

fn whole(
    names: [&'static str; 3],
    outcome: Outcome,
    make: impl Fn(Blobs, &str) -> (Vec<u8>, usize) + 'static,
) -> Class {
    of_format("gpkg", names, Kind::ALL, false, outcome, move |kind, _| {
        let (bytes, rows) = make(Blobs::new(kind), &stem(kind, None));
        Delivery::File { bytes, rows }
    })
}

fn rows() -> Vec<Class> {
    let mut classes = vec![
        row(
            ["geometry-null", "도형 없는 행", "a row without geometry"],
            Kind::ALL,
            Accepted(Some(Is::GeometryNull)),
            |b, i| b.rows[i] = None,
        ),
        row(
            ["blob-cut", "잘린 도형", "a geometry that is cut"],
            Kind::ALL,
            Quarantined(Is::GeometryCorrupt),
            |b, i| {
                b.rows[i].as_mut().unwrap().truncate(15);
            },
        ),
        row(
            [
                "other-kind",
                "레이어와 다른 종류의 도형",
                "a geometry of another kind than the layer's",
            ],
            Kind::ALL,
            Quarantined(Is::GeometryType),
            |b, i| {
                let at = Kind::ALL.iter().position(|kind| *kind == b.kind).unwrap();
                b.rows[i].clone_from(&Blobs::new(Kind::ALL[(at + 1) % 3]).rows[i]);
            },
        ),
        row(
            ["unclosed-ring", "닫히지 않은 고리", "a ring that does not end where it began"],
            Kind::POLYGON,
            Repaired(Is::RingClosed),
            |b, i| {
                b.rings(i, &[&[[0.0, 0.0], [0.0, 8.0], [8.0, 8.0]]]);
            },
        ),
        row(
            ["two-vertices", "꼭짓점이 둘인 고리", "a ring of two vertices"],
            Kind::POLYGON,
            Quarantined(Is::RingTooShort),
            |b, i| {
                b.rings(i, &[&[[0.0, 0.0], [0.0, 8.0]]]);
            },
        ),
        row(
            ["one-vertex", "꼭짓점이 하나인 선", "a line of one vertex"],
            &[Kind::Line],
            Quarantined(Is::RingTooShort),
            |b, i| {
                b.rings(i, &[&[[0.0, 0.0]]]);
            },
        ),
        row(
            ["bowtie", "나비 모양으로 교차하는 다각형", "a bowtie"],
            Kind::POLYGON,
            Accepted(Some(Is::SelfIntersection)),
            |b, i| {
                b.rings(i, &[&[[0.0, 0.0], [8.0, 8.0], [8.0, 0.0], [0.0, 8.0], [0.0, 0.0]]]);
            },
        ),
    ];
    for (number, kind, name, ko, en) in [
        (f64::NAN, Is::CoordinateNan, "nan-x", "x가 NaN", "x is NaN"),
        (f64::INFINITY, Is::CoordinateRange, "infinite", "무한대 좌표", "a coordinate is infinite"),
        (1e308, Is::CoordinateRange, "1e308", "1e308인 좌표", "a coordinate is 1e308"),
        (
            9e9,
            Is::CoordinateRange,
            "far-away",
            "좌표계 밖의 좌표",
            "a coordinate lies outside the grid",
        ),
    ] {
        let outcome = Quarantined(kind);
        classes.push(row([name, ko, en], Kind::ALL, outcome, move |b, i| b.put(i, number)));
    }
    classes
}

fn files() -> Vec<Class> {
    let none = Refused(Is::NotThisFormat);
    vec![
        whole(
            ["gpkg-none", "GeoPackage가 아닌 내용", "what is no GeoPackage"],
            none,
            |_, _| (b"<html>404</html>".repeat(40), ROWS),
        ),
        whole(["gpkg-empty-file", "0바이트 파일", "a file of 0 bytes"], none, |_, _| {
            (Vec::new(), ROWS)
        }),
        whole(
            ["gpkg-no-grid", "좌표계가 정해지지 않음", "a layer of an undefined grid"],
            Refused(Is::CrsUnknown),
            |mut b, table| {
                b.srs = -1;
                (b.bytes(table), ROWS)
            },
        ),
        whole(
            ["gpkg-no-rows", "행이 없는 레이어", "a layer without rows"],
            Accepted(Some(Is::Empty)),
            |mut b, table| {
                b.rows.clear();
                (b.bytes(table), 0)
            },
        ),
    ]
}

pub(crate) fn classes() -> Vec<Class> {
    let mut classes = rows();
    classes.extend(files());
    classes
}
