//! The table (`.dbf`) of a shapefile: its header, its columns, and how many rows it has.

use super::of;
use crate::golden::class::Outcome::{Accepted, Refused};
use crate::golden::class::{Class, bytes, file};
use crate::golden::kit::{LENGTH, Parts};
use siseol_model::IssueKind as Is;

pub(super) fn classes() -> Vec<Class> {
    let truncated = Refused(Is::Truncated);
    let rows = |count: u8| {
        move |p: &mut Parts| {
            // The rows after the last one begin like rows do.
            let more = p.table_row(0);
            let dbf = of(&mut p.dbf);
            if count > dbf[4] {
                dbf.pop();
                dbf.extend(more);
            }
            dbf[4] = count;
        }
    };
    vec![
        bytes(["dbf-missing", ".dbf 없음", "no .dbf"], Refused(Is::DbfMissing), |p| p.dbf = None),
        bytes(["dbf-empty", "0바이트 .dbf", "a .dbf of 0 bytes"], truncated, |p| {
            of(&mut p.dbf).clear();
        }),
        bytes(
            ["dbf-header-cut", "헤더가 잘린 .dbf", "a .dbf cut in its header"],
            truncated,
            |p| of(&mut p.dbf).truncate(50),
        ),
        bytes(
            ["dbf-cut", "마지막 행에서 잘린 .dbf", "a .dbf cut in its last row"],
            truncated,
            |p| {
                let dbf = of(&mut p.dbf);
                dbf.truncate(dbf.len() - 9);
            },
        ),
        bytes(
            ["dbf-goes-on", "선언보다 행이 많은 .dbf", "a .dbf with more rows than it declares"],
            Refused(Is::RowCount),
            rows(4),
        ),
        bytes(
            [
                "dbf-more-rows",
                "도형보다 행이 많은 .dbf",
                "a .dbf with more rows than there are shapes",
            ],
            Refused(Is::RowCount),
            rows(6),
        ),
        file(
            [
                "dbf-fewer-rows",
                "도형보다 행이 적은 .dbf",
                "a .dbf with fewer rows than there are shapes",
            ],
            Refused(Is::RowCount),
            |d| {
                d.rows.pop();
            },
        ),
        bytes(
            ["dbf-garbage", ".dbf가 아닌 내용", "a .dbf that is none"],
            Refused(Is::NotThisFormat),
            |p| {
                of(&mut p.dbf)[0] = 0x04;
            },
        ),
        bytes(
            ["dbf-no-columns", "열이 없는 .dbf", "a .dbf without columns"],
            Refused(Is::NotThisFormat),
            |p| {
                of(&mut p.dbf)[32] = 0x0d;
            },
        ),
        bytes(
            [
                "dbf-row-width",
                "행 너비가 열보다 좁은 .dbf",
                "a .dbf whose rows are narrower than its columns",
            ],
            Refused(Is::NotThisFormat),
            |p| {
                of(&mut p.dbf)[10] = 9;
            },
        ),
        bytes(
            ["dbf-too-large", "2GiB를 넘는 .dbf", "a .dbf of more than 2 GiB"],
            Refused(Is::TooLarge),
            |p| {
                p.sparse = Some(("dbf", (2 << 30) + 2));
            },
        ),
        file(
            ["column-twice", "이름이 같은 두 열", "two columns of one name"],
            Accepted(Some(Is::FieldRenamed)),
            |d| {
                d.columns[LENGTH].0 = "NAME";
            },
        ),
        file(
            [
                "column-reserved",
                "등록부가 쓰는 열 이름",
                "a column called as one of the register's own",
            ],
            Accepted(Some(Is::FieldRenamed)),
            |d| {
                d.columns[LENGTH].0 = "geom";
            },
        ),
        file(
            ["empty-layer", "행이 없는 파일", "a file without rows"],
            Accepted(Some(Is::Empty)),
            |d| {
                d.rows.clear();
                d.records.clear();
            },
        ),
    ]
}
