//! The index (`.shx`) of a shapefile.

use super::of;
use crate::golden::class::Outcome::{Accepted, Refused};
use crate::golden::class::{Class, bytes, row_bytes};
use crate::golden::kit::Kind;
use siseol_model::IssueKind as Is;

pub(super) fn classes() -> Vec<Class> {
    let rebuilt = Accepted(Some(Is::ShxRebuilt));
    let mut classes = vec![
        bytes(["shx-missing", ".shx 없음", "no .shx"], rebuilt, |p| p.shx = None),
        bytes(["shx-cut", "잘린 .shx", "a .shx that is cut"], rebuilt, |p| {
            of(&mut p.shx).truncate(110);
        }),
        bytes(["shx-empty", "0바이트 .shx", "a .shx of 0 bytes"], rebuilt, |p| {
            of(&mut p.shx).clear();
        }),
        bytes(["shx-garbage", ".shx가 아닌 내용", "a .shx that is none"], rebuilt, |p| {
            of(&mut p.shx).fill(7);
        }),
        bytes(
            [
                "shx-missing-gap",
                ".shx가 없고 .shp 레코드도 이어지지 않음",
                "no .shx, and records that do not follow each other",
            ],
            Refused(Is::ShxMissing),
            |p| {
                let at = p.record_at(1) + 4;
                p.shp[at..at + 4].copy_from_slice(&3_i32.to_be_bytes());
                p.shx = None;
            },
        ),
        bytes(
            [
                "shx-cut-gap",
                "잘린 .shx와 이어지지 않는 레코드",
                "a .shx that is cut, and records that do not follow each other",
            ],
            Refused(Is::Truncated),
            |p| {
                let at = p.record_at(1) + 4;
                p.shp[at..at + 4].copy_from_slice(&i32::MAX.to_be_bytes());
                of(&mut p.shx).truncate(110);
            },
        ),
        bytes(
            ["shx-short", "일부 레코드만 아는 .shx", "a .shx that knows of fewer records"],
            Refused(Is::RowCount),
            |p| {
                let shx = of(&mut p.shx);
                shx.truncate(shx.len() - 8);
                let words = i32::try_from(shx.len() / 2).unwrap();
                shx[24..28].copy_from_slice(&words.to_be_bytes());
            },
        ),
    ];
    for (value, name, ko, en) in [
        (
            i32::MAX,
            "shx-points-outside",
            ".shp 밖을 가리키는 .shx",
            "a .shx entry that points outside the .shp",
        ),
        (-4, "shx-negative", "음수 위치를 가리키는 .shx", "a .shx entry of a negative place"),
        (
            55,
            "shx-points-inside",
            "레코드 중간을 가리키는 .shx",
            "a .shx entry that points into a record",
        ),
    ] {
        classes.push(row_bytes([name, ko, en], Kind::ALL, rebuilt, move |p, i| {
            let at = 100 + 8 * i;
            of(&mut p.shx)[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }));
    }
    classes.push(row_bytes(
        [
            "shx-other-record",
            "다른 레코드를 가리키는 .shx",
            "a .shx entry that points at another row's record",
        ],
        Kind::ALL,
        rebuilt,
        |p, i| {
            let other = i32::try_from(p.record_at((i + 1) % 5) / 2).unwrap();
            let at = 100 + 8 * i;
            of(&mut p.shx)[at..at + 4].copy_from_slice(&other.to_be_bytes());
        },
    ));
    classes
}
