//! Shapes that are bad, and some that only look so.

use super::class::Outcome::{Accepted, Quarantined, Repaired};
use super::class::{Class, Delivery, row};
use super::kit::{Draft, Kind};
use super::records;
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
    let mut classes = records::types();
    for more in
        [coordinates(), rings(), lines(), records::counts(), records::dimensions(), points()]
    {
        classes.extend(more);
    }
    classes
}

/// A delivery without fault, of which nothing is said.
pub(crate) fn sound(kind: Kind) -> Delivery {
    Delivery::Shapefile(Box::new(Draft::new(kind).parts()))
}
