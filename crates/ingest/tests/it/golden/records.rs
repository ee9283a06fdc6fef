//! Records of a shapefile that are not what they declare, or not of the file's type.

use super::class::Outcome::{Accepted, Quarantined};
use super::class::{Class, row};
use super::kit::{Draft, Extra, Kind};
use siseol_model::IssueKind as Is;

/// Records that declare what they do not hold.
pub(super) fn counts() -> Vec<Class> {
    // In a record with parts: their number, that of the vertices, and the first part's start.
    const PARTS: usize = 36;
    const VERTICES: usize = 40;
    const FIRST: usize = 44;
    let corrupt = Quarantined(Is::GeometryCorrupt);
    let mut classes = Vec::new();
    for (at, number, name, ko, en) in [
        (
            PARTS,
            i32::MAX,
            "parts-2147483647",
            "부분이 2147483647개라는 도형",
            "2147483647 parts declared",
        ),
        (PARTS, -1, "parts-negative", "부분이 -1개라는 도형", "-1 parts declared"),
        (PARTS, 2, "parts-one-too-many", "부분 개수가 하나 많음", "one part too many declared"),
        (
            VERTICES,
            i32::MAX,
            "vertices-2147483647",
            "꼭짓점이 2147483647개라는 도형",
            "2147483647 vertices declared",
        ),
        (VERTICES, -1, "vertices-negative", "꼭짓점이 -1개라는 도형", "-1 vertices declared"),
        (
            VERTICES,
            6,
            "vertices-one-too-many",
            "꼭짓점 개수가 실제보다 많음",
            "more vertices declared than there are",
        ),
        (FIRST, -5, "part-negative", "부분의 시작이 -5", "a part that begins at vertex -5"),
        (
            FIRST,
            99,
            "part-beyond",
            "부분의 시작이 꼭짓점 밖",
            "a part that begins beyond the vertices",
        ),
        (
            FIRST,
            1,
            "part-late",
            "첫 부분이 첫 꼭짓점에서 시작하지 않음",
            "a first part that leaves vertices out",
        ),
    ] {
        classes
            .push(row([name, ko, en], Kind::PARTS, corrupt, move |d, i| d.put_int(i, at, number)));
    }
    for (at, name, ko, en) in [
        (PARTS, "no-parts", "부분이 없는 도형", "no parts"),
        (VERTICES, "no-vertices", "꼭짓점이 없는 도형", "no vertices"),
    ] {
        let outcome = Quarantined(Is::RingTooShort);
        classes.push(row([name, ko, en], Kind::PARTS, outcome, move |d, i| d.put_int(i, at, 0)));
    }
    let part: &[[f64; 2]] = &[[0.0, 0.0], [0.0, 8.0], [8.0, 8.0], [0.0, 0.0]];
    classes.push(row(
        [
            "parts-backwards",
            "앞 부분보다 먼저 시작하는 부분",
            "a part that begins before the one in front of it",
        ],
        Kind::PARTS,
        corrupt,
        move |d, i| {
            d.rings(i, &[part; 3]);
            d.put_int(i, FIRST + 8, 2);
        },
    ));
    classes.push(row(
        ["part-empty", "꼭짓점이 없는 부분", "a part without vertices"],
        Kind::PARTS,
        Quarantined(Is::RingTooShort),
        move |d, i| {
            d.rings(i, &[part; 2]);
            d.put_int(i, FIRST + 4, 0);
        },
    ));
    classes.push(row(
        ["record-short", "좌표 앞에서 끝나는 레코드", "a record that ends before its coordinates"],
        Kind::ALL,
        corrupt,
        |d, i| d.records[i].truncate(12),
    ));
    classes.push(row(
        ["record-type-alone", "종류만 있는 레코드", "a record of its type alone"],
        Kind::ALL,
        corrupt,
        |d, i| d.records[i].truncate(4),
    ));
    classes.push(row(
        [
            "record-padded",
            "좌표 뒤에 바이트가 더 있는 레코드",
            "a record with bytes after its coordinates",
        ],
        Kind::ALL,
        Accepted(None),
        |d, i| d.records[i].extend([0; 8]),
    ));
    classes
}

/// Records of another type than the file's.
pub(super) fn types() -> Vec<Class> {
    let mut classes = vec![
        row(
            ["null-shape", "도형 없는 행", "a null shape"],
            Kind::ALL,
            Accepted(Some(Is::GeometryNull)),
            |d, i| d.records[i] = crate::files::null(),
        ),
        row(
            ["multipatch-record", "멀티패치 레코드", "a multipatch among other shapes"],
            Kind::ALL,
            Quarantined(Is::GeometryType),
            |d, i| d.put_int(i, 0, 31),
        ),
        row(
            ["unknown-type", "없는 도형 종류 (77)", "a shape type that does not exist (77)"],
            Kind::ALL,
            Quarantined(Is::GeometryCorrupt),
            |d, i| d.put_int(i, 0, 77),
        ),
        row(
            [
                "type-wants-heights",
                "높이가 없는 Z 레코드",
                "a record of a type with heights that has none",
            ],
            Kind::ALL,
            Quarantined(Is::GeometryCorrupt),
            |d, i| d.put_int(i, 0, d.kind.code() + 10),
        ),
    ];
    for (step, name, ko, en) in [
        (1, "other-kind", "파일과 다른 종류의 도형", "a shape of another kind than the file's"),
        (2, "third-kind", "파일과 다른 종류의 도형(나머지)", "a shape of the remaining kind"),
    ] {
        classes.push(row([name, ko, en], Kind::ALL, Quarantined(Is::GeometryType), move |d, i| {
            let at = Kind::ALL.iter().position(|kind| *kind == d.kind).unwrap();
            let other = Draft::new(Kind::ALL[(at + step) % 3]);
            d.records[i].clone_from(&other.records[i]);
        }));
    }
    classes
}

/// Heights and measures.
pub(super) fn dimensions() -> Vec<Class> {
    const NONE: f64 = -1.5e38;
    let whole = |z, m| move |_| Extra { z, m };
    let row_of = |bad: usize, good, odd| move |row| if row == bad { odd } else { good };
    let high = Extra { z: Some(31.5), m: None };
    vec![
        row(["heights", "높이(Z)", "heights"], Kind::ALL, Accepted(None), move |d, _| {
            d.dimensions(10, whole(Some(31.5), None));
        }),
        row(
            ["heights-no-measures", "높이와 값 없음인 M", "heights and measures that say no data"],
            Kind::ALL,
            Accepted(Some(Is::MeasuresDropped)),
            move |d, i| d.dimensions(10, row_of(i, high, Extra { m: Some(NONE), ..high })),
        ),
        row(
            ["heights-and-measures", "높이와 M 값", "heights and measures"],
            Kind::ALL,
            Accepted(Some(Is::MeasuresDropped)),
            move |d, i| d.dimensions(10, row_of(i, high, Extra { m: Some(7.0), ..high })),
        ),
        row(
            ["measures", "M 값", "measures without heights"],
            Kind::ALL,
            Accepted(Some(Is::MeasuresDropped)),
            move |d, i| {
                let none = Extra { z: None, m: Some(NONE) };
                d.dimensions(20, row_of(i, none, Extra { m: Some(7.0), ..none }));
            },
        ),
        row(
            ["no-measures", "값 없음인 M", "measures that say no data"],
            Kind::ALL,
            Accepted(Some(Is::MeasuresDropped)),
            move |d, i| {
                let without = Extra { z: None, m: None };
                d.dimensions(20, row_of(i, without, Extra { m: Some(NONE), ..without }));
            },
        ),
        row(
            ["height-nan", "높이가 NaN", "a height is NaN"],
            Kind::ALL,
            Quarantined(Is::CoordinateNan),
            move |d, i| d.dimensions(10, row_of(i, high, Extra { z: Some(f64::NAN), m: None })),
        ),
    ]
}
