//! Shapefiles that are bad as a whole: parts that are absent, cut, wrong or at odds with each other.

use super::class::Outcome::{Accepted, Quarantined, Refused};
use super::class::{Class, bytes, file, row, row_bytes};
use super::kit::{Draft, Kind, LENGTH, NAME, Parts};
use siseol_model::IssueKind as Is;

/// A part that is there.
fn of(part: &mut Option<Vec<u8>>) -> &mut Vec<u8> {
    part.as_mut().unwrap()
}

fn index() -> Vec<Class> {
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

fn shapes() -> Vec<Class> {
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

fn table() -> Vec<Class> {
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

fn declarations() -> Vec<Class> {
    let unreadable = Refused(Is::CrsUnreadable);
    let prj = |text: &'static str| move |p: &mut Parts| p.prj = Some(text.as_bytes().to_vec());
    let cpg = |text: &'static str| move |p: &mut Parts| p.cpg = Some(text.as_bytes().to_vec());
    vec![
        bytes(["prj-missing", ".prj 없음", "no .prj"], Refused(Is::CrsUnknown), |p| p.prj = None),
        bytes(
            ["prj-garbage", "읽을 수 없는 .prj", "a .prj that cannot be read"],
            unreadable,
            prj("<html>404</html>"),
        ),
        bytes(
            ["prj-url", "주소가 든 .prj", "a .prj that is an address"],
            unreadable,
            prj("http://127.0.0.1:9/a.prj"),
        ),
        bytes(
            ["prj-path", "파일 경로가 든 .prj", "a .prj that is the path of a file"],
            unreadable,
            prj("/etc/passwd"),
        ),
        bytes(
            ["prj-code", "EPSG 번호만 든 .prj", "a .prj that is a code"],
            unreadable,
            prj("EPSG:5186"),
        ),
        bytes(
            ["prj-other", "--crs와 다른 .prj", "a .prj that contradicts --crs"],
            Refused(Is::CrsAmbiguous),
            |p| {
                p.options = crate::town::crs(5174);
            },
        ),
        file(
            ["grid-wrong", "모든 좌표가 좌표계 밖", "all coordinates outside the grid"],
            Refused(Is::CoordinateRange),
            |d| {
                d.options.force_crs = Some(siseol_model::Crs::epsg(4326));
            },
        ),
        file(
            [
                "degrees-as-metres",
                "미터 좌표계로 선언된 경위도",
                "degrees that are declared as metres",
            ],
            Refused(Is::CoordinateRange),
            |d| {
                *d = Draft { grid: siseol_model::Crs::epsg(5186), ..Draft::degrees(d.kind) };
            },
        ),
        bytes(
            ["cpg-unknown", "알 수 없는 인코딩이 적힌 .cpg", "a .cpg with an unknown encoding"],
            Refused(Is::EncodingUnknown),
            cpg("KLINGON"),
        ),
        bytes(
            ["cpg-html", ".cpg가 아닌 내용", "a .cpg that is none"],
            Refused(Is::EncodingUnknown),
            cpg("<!DOCTYPE html>"),
        ),
        file(
            ["cpg-wrong", "내용과 다른 .cpg", "a .cpg that says UTF-8 of other bytes"],
            Accepted(Some(Is::EncodingMismatch)),
            |d| {
                for (n, (_, cells)) in (1..).zip(&mut d.rows) {
                    cells[NAME] = crate::files::encode(&format!("군포{n}"));
                }
            },
        ),
        bytes(
            ["cpg-missing", ".cpg 없음", "no .cpg"],
            Accepted(Some(Is::EncodingDetected)),
            |p| p.cpg = None,
        ),
    ]
}

fn too_many() -> Vec<Class> {
    vec![
        file(
            [
                "too-many-quarantined",
                "격리될 행이 허용보다 많음",
                "more rows to keep aside than allowed",
            ],
            Refused(Is::TooManyQuarantined),
            |d| {
                d.options.allow_quarantined = Some(1);
                d.cell(0, LENGTH, b"abc");
                d.cell(3, LENGTH, b"abc");
            },
        ),
        row(
            ["allowed-quarantined", "허용된 만큼 격리됨", "as many rows to keep aside as allowed"],
            Kind::ALL,
            Quarantined(Is::NumberInvalid),
            |d, i| {
                d.options.allow_quarantined = Some(1);
                d.cell(i, LENGTH, b"abc");
            },
        ),
    ]
}

pub(crate) fn classes() -> Vec<Class> {
    let mut classes = Vec::new();
    for more in [index(), shapes(), table(), declarations(), too_many()] {
        classes.extend(more);
    }
    classes
}
