//! The `.shp` of a shapefile: its header and how its records follow each other.

use crate::golden::class::Outcome::{Accepted, Refused};
use crate::golden::class::{Class, bytes, row_bytes};
use crate::golden::kit::Kind;
use siseol_model::IssueKind as Is;

pub(super) fn classes() -> Vec<Class> {
    let truncated = Refused(Is::Truncated);
    let mut classes = vec![
        bytes(["shp-empty", "0바이트 .shp", "a .shp of 0 bytes"], truncated, |p| p.shp.clear()),
        bytes(
            ["shp-header-cut", "헤더가 잘린 .shp", "a .shp cut in its header"],
            truncated,
            |p| p.shp.truncate(60),
        ),
        bytes(
            ["shp-cut", "마지막 레코드에서 잘린 .shp", "a .shp cut in its last record"],
            truncated,
            |p| {
                p.shp.truncate(p.shp.len() - 5);
            },
        ),
        bytes(
            ["shp-header-alone", "헤더만 남은 .shp", "a .shp of its header alone"],
            truncated,
            |p| p.shp.truncate(100),
        ),
        bytes(
            ["shp-magic", "9994로 시작하지 않는 .shp", "a .shp that does not begin with 9994"],
            Refused(Is::NotThisFormat),
            |p| {
                p.shp[3] ^= 1;
            },
        ),
        bytes(
            ["shp-version", "버전이 1000이 아닌 .shp", "a .shp of another version than 1000"],
            Refused(Is::NotThisFormat),
            |p| {
                p.shp[28] ^= 1;
            },
        ),
        bytes(
            [
                "shp-type-unknown",
                "헤더의 도형 종류가 없는 것",
                "a header with a shape type that does not exist",
            ],
            Refused(Is::NotThisFormat),
            |p| {
                p.shp[32] = 99;
            },
        ),
        bytes(
            ["multipatch", "멀티패치 파일", "a file of multipatches"],
            Refused(Is::MultiPatch),
            |p| p.shp[32] = 31,
        ),
        bytes(
            ["shp-is-vrt", ".shp라는 이름의 VRT", "a VRT that is called .shp"],
            Refused(Is::NotThisFormat),
            |p| {
                p.shp = b"<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>".to_vec();
            },
        ),
        bytes(
            ["shp-is-html", ".shp라는 이름의 HTML", "an HTML page that is called .shp"],
            Refused(Is::NotThisFormat),
            |p| {
                p.shp = b"<!DOCTYPE html><title>404</title>".repeat(9);
            },
        ),
        bytes(
            ["shp-is-program", ".shp라는 이름의 실행 파일", "a program that is called .shp"],
            Refused(Is::NotThisFormat),
            |p| {
                p.shp = b"\x7fELF\x02\x01\x01\0".repeat(40);
            },
        ),
        bytes(
            ["shp-too-large", "2GiB를 넘는 .shp", "a .shp of more than 2 GiB"],
            Refused(Is::TooLarge),
            |p| {
                p.sparse = Some(("shp", (2 << 30) + 2));
            },
        ),
        bytes(
            ["extent-wrong", "헤더의 범위가 틀림", "a header with another extent"],
            Accepted(Some(Is::ExtentWrong)),
            |p| {
                p.shp[36..44].copy_from_slice(&1.0_f64.to_le_bytes());
            },
        ),
        bytes(
            ["extent-nan", "헤더의 범위가 NaN", "a header with an extent of NaN"],
            Accepted(Some(Is::ExtentWrong)),
            |p| {
                p.shp[36..44].copy_from_slice(&f64::NAN.to_le_bytes());
            },
        ),
        bytes(
            [
                "shp-goes-on",
                "헤더보다 레코드가 많은 .shp",
                "a .shp with a record more than it declares",
            ],
            Refused(Is::RowCount),
            |p| {
                let last = p.record_at(4);
                let mut more = p.shp[last..].to_vec();
                more[3] = 6;
                p.shp.extend(more);
            },
        ),
    ];
    for (words, name, ko, en) in [
        (i32::MAX, "record-length-huge", "길이가 4GB라는 레코드", "a record that declares 4 GB"),
        (
            -4,
            "record-length-negative",
            "길이가 음수인 레코드",
            "a record that declares a negative length",
        ),
        (1, "record-length-tiny", "종류도 들어가지 않는 길이", "a record too short for its type"),
    ] {
        classes.push(row_bytes(
            [name, ko, en],
            Kind::ALL,
            Refused(Is::RecordLength),
            move |p, i| {
                let at = p.record_at(i) + 4;
                p.shp[at..at + 4].copy_from_slice(&words.to_be_bytes());
            },
        ));
    }
    classes.push(row_bytes(
        ["record-number", "번호가 틀린 레코드", "a record with another number"],
        Kind::ALL,
        Accepted(None),
        |p, i| {
            let at = p.record_at(i);
            p.shp[at..at + 4].copy_from_slice(&77_i32.to_be_bytes());
        },
    ));
    classes
}
