//! The quality reports as pages: what a person has to look at first comes first.

use super::{array, page, text};
use maud::{Markup, html};
use serde::Deserialize as _;
use serde_json::Value as Json;
use siseol_model::IssueKind;

const CRUMBS: [(&str, &str); 2] = [("API", "/api/?f=html"), ("품질", "/api/quality?f=html")];

/// All layers at a glance.
pub(crate) fn quality_overview(document: &Json) -> Markup {
    let content = html! {
        (notice(document))
        p { "자료 시점 " (text(document, "/timeStamp")) }
        div.wide tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "레이어" }
                        th scope="col" { "지금 건수" }
                        th scope="col" { "격리된 행" }
                        (outcome_heads())
                        th scope="col" { "납품 점검" }
                        th scope="col" { "행 사이 점검" }
                    }
                }
                tbody {
                    @for layer in array(document, "/layers") {
                        @let page = array(layer, "/links").iter().find(|l| text(l, "/rel") == "alternate");
                        tr {
                            td { a href=(page.map_or("", |l| text(l, "/href"))) { (label(&layer["label"])) } }
                            td.number { (layer["features"]) }
                            td.number { (layer["open"]["quarantined"]) }
                            (outcomes(&layer["rows"]))
                            td { (counts(array(layer, "/findings"), "count")) }
                            td { (counts(array(layer, "/checks"), "found")) }
                        }
                    }
                }
            }
        }
    };
    page("품질 Quality", &CRUMBS[..1], &content)
}

/// One layer.
pub(crate) fn quality(document: &Json) -> Markup {
    let title = format!("품질: {}", label(&document["label"]));
    let content = html! {
        (notice(document))
        p {
            (text(document, "/layer")) " · 지금 " (document["features"]) "건 · 마지막 납품 "
            (text(document, "/source"))
        }
        dl {
            dt { "좌표계" } dd { (text(document, "/crs")) " — " (text(document, "/crs_evidence")) }
            dt { "인코딩" } dd { (text(document, "/encoding")) " — " (text(document, "/encoding_evidence")) }
        }
        p {
            "처리할 점검 " (document["open"]["findings"]) "건, 격리된 행 "
            (document["open"]["quarantined"]) "건"
        }
        h2 { "납품된 행 Rows delivered" }
        table {
            thead { tr { th scope="col" { "읽음" } (outcome_heads()) } }
            tbody { tr { td.number { (document["rows"]["read"]) } (outcomes(&document["rows"])) } }
        }
        (checks(array(document, "/checks")))
        (findings(array(document, "/findings")))
        (completeness(document))
        (codes(array(document, "/codes")))
    };
    page(&title, &CRUMBS, &content)
}

fn notice(document: &Json) -> Markup {
    html! { @if document["notice"].is_object() { p.notice { strong { (label(&document["notice"])) } } } }
}

fn outcome_heads() -> Markup {
    html! {
        th scope="col" { "그대로" }
        th scope="col" { "고침" }
        th scope="col" { "격리" }
        th scope="col" { "삭제 표시" }
    }
}

fn outcomes(rows: &Json) -> Markup {
    html! {
        @for outcome in ["accepted", "repaired", "quarantined", "deleted"] {
            td.number { (rows[outcome]) }
        }
    }
}

/// Kinds and how often each occurs, but for those that do not.
fn counts(kinds: &[Json], count: &str) -> Markup {
    html! {
        @for kind in kinds.iter().filter(|kind| kind[count] != 0) {
            (text(kind, "/label/ko")) " " (kind[count]) br;
        }
    }
}

fn checks(checks: &[Json]) -> Markup {
    html! {
        @if !checks.is_empty() {
            h2 { "행 사이 점검 Checks across rows" }
            table {
                thead {
                    tr {
                        th scope="col" { "점검" } th scope="col" { "살핀 행" } th scope="col" { "찾음" }
                        th scope="col" { "보기" } th scope="col" { "할 일" }
                    }
                }
                tbody {
                    @for check in checks {
                        tr {
                            td { (label(&check["label"])) }
                            td.number { (check["checked"]) }
                            td.number { (check["found"]) }
                            td {
                                @for fault in array(check, "/examples") {
                                    (key(fault)) ": " (text(fault, "/text/ko")) br;
                                }
                            }
                            td { @if check["found"] != 0 { (text(check, "/advice/ko")) } }
                        }
                    }
                }
            }
        }
    }
}

fn findings(findings: &[Json]) -> Markup {
    html! {
        @if !findings.is_empty() {
            h2 { "납품 점검 Findings of the delivery" }
            table {
                thead {
                    tr {
                        th scope="col" { "종류" } th scope="col" { "횟수" } th scope="col" { "보기" }
                    }
                }
                tbody {
                    @for finding in findings {
                        tr {
                            td { (kind(finding)) }
                            td.number { (finding["count"]) }
                            td {
                                @for example in array(finding, "/examples") {
                                    @if let Some(row) = example["row"].as_u64() { (row) "행: " }
                                    (text(example, "/text")) br;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn completeness(document: &Json) -> Markup {
    let all = document["features"].as_f64().unwrap_or(0.0);
    let percent =
        |field: &Json| field["filled"].as_f64().map_or(0.0, |filled| 100.0 * filled / all);
    html! {
        @if all > 0.0 {
            h2 { "채움 Completeness" }
            table {
                thead {
                    tr {
                        th scope="col" { "필드" } th scope="col" { "뜻" }
                        th scope="col" { "채운 행" } th scope="col" { "%" }
                    }
                }
                tbody {
                    @for field in array(document, "/completeness") {
                        tr {
                            td { (text(field, "/field")) }
                            td { (label(&field["label"])) }
                            td.number { (field["filled"]) }
                            td.number { (format!("{:.1}", percent(field))) }
                        }
                    }
                }
            }
        }
    }
}

fn codes(fields: &[Json]) -> Markup {
    html! {
        @if !fields.is_empty() {
            h2 { "코드 Codes" }
            table {
                thead {
                    tr {
                        th scope="col" { "필드" } th scope="col" { "확인된 코드(행)" }
                        th scope="col" { "추정(행)" } th scope="col" { "모름(행)" }
                        th scope="col" { "목록에 없는 코드" }
                    }
                }
                tbody {
                    @for field in fields {
                        tr {
                            td { (text(field, "/field")) }
                            @for status in ["verified", "provisional", "unknown"] {
                                td.number { (field[status]["codes"]) " (" (field[status]["rows"]) ")" }
                            }
                            td {
                                @for code in array(field, "/unknown_codes") {
                                    (text(code, "/code")) " × " (code["rows"]) br;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a kind of finding means.
fn kind(finding: &Json) -> String {
    match IssueKind::deserialize(&finding["kind"]) {
        Ok(kind) => kind.label().to_string(),
        Err(_) => text(finding, "/kind").to_owned(),
    }
}

fn label(label: &Json) -> String {
    match (text(label, "/ko"), text(label, "/en")) {
        (ko, en) if ko == en => ko.to_owned(),
        (ko, en) => format!("{ko} / {en}"),
    }
}

/// Whose fault it is.
fn key(fault: &Json) -> String {
    match text(fault, "/facility_key") {
        "" => format!("fid:{}", fault["fid"]),
        key => key.to_owned(),
    }
}
