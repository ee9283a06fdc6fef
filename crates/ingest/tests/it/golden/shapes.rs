//! Shapes that are bad, and some that only look so.

use super::class::Outcome::{Accepted, Quarantined, Repaired};
use super::class::{Class, Delivery, row};
use super::kit::{Draft, Extra, Kind};
use siseol_model::IssueKind as Is;

/// A square of that half about the middle of a shape's place, clockwise as outer rings go.
fn square(half: f64) -> [[f64; 2]; 5] {
    [[-1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]
        .map(|[x, y]| [4.0 + half * x, 4.0 + half * y])
}

fn reversed<const N: usize>(mut ring: [[f64; 2]; N]) -> [[f64; 2]; N] {
    ring.reverse();
    ring
}

fn coordinates() -> Vec<Class> {
    let mut classes = Vec::new();
    for (axis, name, ko, en) in
        [(0, "nan-x", "x가 NaN", "x is NaN"), (1, "nan-y", "y가 NaN", "y is NaN")]
    {
        let outcome = Quarantined(Is::CoordinateNan);
        classes.push(row([name, ko, en], Kind::ALL, outcome, move |d, i| d.put(i, axis, f64::NAN)));
    }
    for (number, name, ko, en) in [
        (f64::INFINITY, "infinite", "무한대 좌표", "a coordinate is infinite"),
        (f64::NEG_INFINITY, "minus-infinite", "음의 무한대 좌표", "a coordinate is minus infinity"),
        (1e308, "1e308", "1e308인 좌표", "a coordinate is 1e308"),
        (-1e38, "minus-1e38", "-1e38인 좌표", "a coordinate is -1e38"),
        (9e9, "far-away", "좌표계 밖의 좌표", "a coordinate lies outside the grid"),
    ] {
        let outcome = Quarantined(Is::CoordinateRange);
        classes.push(row([name, ko, en], Kind::ALL, outcome, move |d, i| d.put(i, 0, number)));
    }
    classes.push(row(
        [
            "degrees-out-of-range",
            "경위도 범위를 벗어남 (500, 2000)",
            "longitude 500, latitude 2000",
        ],
        Kind::ALL,
        Quarantined(Is::CoordinateRange),
        |d, i| {
            *d = Draft::degrees(d.kind);
            d.put(i, 0, 500.0);
            d.put(i, 1, 2000.0);
        },
    ));
    classes
}

fn rings() -> Vec<Class> {
    let quarter: &[[f64; 2]] = &[[0.0, 0.0], [0.0, 8.0], [8.0, 8.0], [8.0, 0.0]];
    let mut classes = Vec::new();
    let mut polygon = |names, outcome, rings: Vec<Vec<[f64; 2]>>| {
        classes.push(row(names, Kind::POLYGON, outcome, move |d: &mut Draft, i| {
            let rings: Vec<&[[f64; 2]]> = rings.iter().map(Vec::as_slice).collect();
            d.rings(i, &rings);
        }));
    };
    polygon(
        ["unclosed-ring", "닫히지 않은 고리", "a ring that does not end where it began"],
        Repaired(Is::RingClosed),
        vec![quarter.to_vec()],
    );
    polygon(
        ["two-vertices", "꼭짓점이 둘인 고리", "a ring of two vertices"],
        Quarantined(Is::RingTooShort),
        vec![quarter[..2].to_vec()],
    );
    polygon(
        [
            "three-vertices-closed",
            "닫혔지만 면적이 없는 고리(꼭짓점 셋)",
            "a closed ring of three vertices",
        ],
        Quarantined(Is::RingTooShort),
        vec![vec![quarter[0], quarter[1], quarter[0]]],
    );
    polygon(
        ["short-hole", "꼭짓점이 모자란 구멍", "a hole of two vertices"],
        Quarantined(Is::RingTooShort),
        vec![square(4.0).to_vec(), square(1.0)[..2].to_vec()],
    );
    let crossing = Accepted(Some(Is::SelfIntersection));
    polygon(
        ["bowtie", "나비 모양으로 교차하는 다각형", "a bowtie"],
        crossing,
        vec![[0, 2, 1, 3, 0].map(|k| quarter[k]).to_vec()],
    );
    polygon(
        ["pinched", "한 점에서 스스로 닿는 고리", "a ring that touches itself"],
        crossing,
        vec![vec![
            [0.0, 0.0],
            [0.0, 8.0],
            [4.0, 4.0],
            [8.0, 8.0],
            [8.0, 0.0],
            [4.0, 4.0],
            [0.0, 0.0],
        ]],
    );
    polygon(
        ["spike", "바늘처럼 갔다가 되돌아오는 고리", "a spike"],
        crossing,
        vec![vec![
            [0.0, 0.0],
            [0.0, 8.0],
            [0.0, 12.0],
            [0.0, 8.0],
            [8.0, 8.0],
            [8.0, 0.0],
            [0.0, 0.0],
        ]],
    );
    polygon(
        ["rings-overlap", "서로 가로지르는 두 고리", "two rings across each other"],
        crossing,
        vec![square(4.0).to_vec(), square(2.0).map(|[x, y]| [x + 4.0, y]).to_vec()],
    );
    polygon(
        ["flat-ring", "한 직선 위의 고리", "a ring on one line"],
        crossing,
        vec![vec![[0.0, 0.0], [0.0, 4.0], [0.0, 8.0], [0.0, 0.0]]],
    );
    polygon(
        [
            "outer-ring-reversed",
            "반시계 방향의 바깥 고리",
            "an outer ring that goes counter-clockwise",
        ],
        Accepted(Some(Is::RingOrder)),
        vec![reversed(square(4.0)).to_vec()],
    );
    polygon(
        [
            "all-rings-reversed",
            "바깥 고리와 구멍이 모두 반대 방향",
            "outer ring and hole both go the other way",
        ],
        Accepted(Some(Is::RingOrder)),
        vec![reversed(square(4.0)).to_vec(), square(1.0).to_vec()],
    );
    polygon(
        ["hole-like-outer", "바깥 고리와 같은 방향의 구멍", "a hole that goes like an outer ring"],
        Repaired(Is::HoleOrder),
        vec![square(4.0).to_vec(), square(1.0).to_vec()],
    );
    polygon(
        ["hole-first", "바깥 고리보다 먼저 온 구멍", "a hole before its outer ring"],
        Accepted(None),
        vec![reversed(square(1.0)).to_vec(), square(4.0).to_vec()],
    );
    polygon(
        ["island-in-lake", "호수 안의 섬", "an island in a lake"],
        Accepted(None),
        vec![square(1.0).to_vec(), reversed(square(2.0)).to_vec(), square(4.0).to_vec()],
    );
    polygon(
        ["two-outer-rings", "바깥 고리가 둘", "two outer rings side by side"],
        Accepted(None),
        vec![square(1.0).to_vec(), square(1.0).map(|[x, y]| [x + 3.0, y]).to_vec()],
    );
    polygon(
        ["vertex-twice", "연이어 같은 꼭짓점", "the same vertex twice in a row"],
        Accepted(None),
        vec![[0, 1, 1, 2, 3, 3, 0].map(|k| quarter[k]).to_vec()],
    );
    classes
}

fn lines() -> Vec<Class> {
    let line = |names, outcome, parts: &'static [&'static [[f64; 2]]]| {
        row(names, &[Kind::Line], outcome, move |d, i| d.rings(i, parts))
    };
    vec![
        line(
            ["one-vertex", "꼭짓점이 하나인 선", "a line of one vertex"],
            Quarantined(Is::RingTooShort),
            &[&[[0.0, 0.0]]],
        ),
        line(
            ["short-second-part", "둘째 부분의 꼭짓점이 하나", "a second part of one vertex"],
            Quarantined(Is::RingTooShort),
            &[&[[0.0, 0.0], [1.0, 0.0]], &[[2.0, 2.0]]],
        ),
        line(
            [
                "line-vertex-twice",
                "연이어 같은 꼭짓점인 선",
                "a line with the same vertex twice in a row",
            ],
            Accepted(None),
            &[&[[0.0, 0.0], [0.0, 0.0], [8.0, 0.0]]],
        ),
        line(
            ["line-crosses-itself", "스스로 교차하는 선", "a line that crosses itself"],
            Accepted(None),
            &[&[[0.0, 0.0], [8.0, 8.0], [8.0, 0.0], [0.0, 8.0]]],
        ),
        line(
            ["two-parts", "부분이 둘인 선", "a line of two parts"],
            Accepted(None),
            &[&[[0.0, 0.0], [1.0, 0.0]], &[[2.0, 2.0], [3.0, 2.0]]],
        ),
    ]
}

/// Records that declare what they do not hold.
fn records() -> Vec<Class> {
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
fn types() -> Vec<Class> {
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
fn dimensions() -> Vec<Class> {
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

fn points() -> Vec<Class> {
    vec![
        row(
            ["multi-point", "멀티포인트", "a multi-point"],
            &[Kind::Point],
            Accepted(None),
            |d, _| {
                d.shape_type = 8;
                d.records =
                    (0..d.records.len()).map(|row| points_at(&[d.origin(row); 2])).collect();
            },
        ),
        row(
            ["multi-point-empty", "점이 없는 멀티포인트", "a multi-point without points"],
            &[Kind::Point],
            Quarantined(Is::RingTooShort),
            |d, i| d.records[i] = points_at(&[]),
        ),
    ]
}

fn points_at(points: &[[f64; 2]]) -> Vec<u8> {
    let mut record = 8_i32.to_le_bytes().to_vec();
    record.extend([0; 32]);
    record.extend(i32::try_from(points.len()).unwrap().to_le_bytes());
    record.extend(points.iter().flatten().flat_map(|v| v.to_le_bytes()));
    record
}

pub(crate) fn classes() -> Vec<Class> {
    let mut classes = types();
    for more in [coordinates(), rings(), lines(), records(), dimensions(), points()] {
        classes.extend(more);
    }
    classes
}

/// A delivery without fault, of which nothing is said.
pub(crate) fn sound(kind: Kind) -> Delivery {
    Delivery::Shapefile(Box::new(Draft::new(kind).parts()))
}
