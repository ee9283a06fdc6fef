//! What a shapefile says of its grid (`.prj`) and encoding (`.cpg`).

use crate::golden::class::Outcome::{Accepted, Refused};
use crate::golden::class::{Class, bytes, file};
use crate::golden::kit::{Draft, NAME, Parts};
use siseol_model::IssueKind as Is;

pub(super) fn classes() -> Vec<Class> {
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
