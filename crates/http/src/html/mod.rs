//! The API as pages for people. Every value goes through the template's escaping; nothing is put in raw.

mod features;
mod quality;

pub(crate) use features::{item, items};
pub(crate) use quality::{quality, quality_overview};

use maud::{DOCTYPE, Markup, html};
use serde_json::Value as Json;

/// The frame of every page.
fn page(title: &str, crumbs: &[(&str, &str)], content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="ko" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · siseol 시설" }
                link rel="stylesheet" href="/api.css";
            }
            body {
                header {
                    nav aria-label="현재 위치" {
                        a href="/" { "시설 지도" }
                        @for (name, href) in crumbs { " › " a href=(href) { (name) } }
                    }
                }
                main { h1 { (title) } (content) }
            }
        }
    }
}

fn text<'j>(document: &'j Json, path: &str) -> &'j str {
    document.pointer(path).and_then(Json::as_str).unwrap_or("")
}

fn array<'j>(document: &'j Json, path: &str) -> &'j [Json] {
    document.pointer(path).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The links of a document, as a list.
fn links(document: &Json) -> Markup {
    html! {
        ul {
            @for link in array(document, "/links") {
                @let title = text(link, "/title");
                li {
                    a href=(text(link, "/href")) {
                        @if title.is_empty() { (text(link, "/rel")) } @else { (title) }
                    }
                    " (" (text(link, "/type")) ")"
                }
            }
        }
    }
}

pub(crate) fn landing(document: &Json) -> Markup {
    let notice = text(document, "/siseol/notice/ko");
    let content = html! {
        p { (text(document, "/description")) }
        @if !notice.is_empty() {
            p.notice { strong { (notice) " / " (text(document, "/siseol/notice/en")) } }
        }
        p { "자료 시점 " (text(document, "/siseol/timeStamp")) }
        (links(document))
    };
    page("API", &[], &content)
}

pub(crate) fn conformance(document: &Json) -> Markup {
    let content = html! {
        ul { @for class in array(document, "/conformsTo") { li { (class.as_str().unwrap_or("")) } } }
    };
    page("적합성 Conformance", &[("API", "/api/?f=html")], &content)
}

pub(crate) fn collections(document: &Json) -> Markup {
    let content = html! {
        table {
            thead { tr { th scope="col" { "레이어" } th scope="col" { "이름" } th scope="col" { "건수" } } }
            tbody {
                @for collection in array(document, "/collections") {
                    @let link = array(collection, "/links").iter().find(|l| text(l, "/rel") == "alternate");
                    tr {
                        td { a href=(link.map_or("", |l| text(l, "/href"))) { (text(collection, "/id")) } }
                        td { (text(collection, "/title")) }
                        td.number { (collection["itemCount"]) }
                    }
                }
            }
        }
    };
    page("레이어 Collections", &[("API", "/api/?f=html")], &content)
}

pub(crate) fn collection(document: &Json) -> Markup {
    let content = html! {
        p { (text(document, "/description")) }
        dl {
            dt { "건수" } dd { (document["itemCount"]) }
            dt { "원본 좌표계" } dd { (text(document, "/siseol/crs")) }
            dt { "자료 시점" } dd { (text(document, "/siseol/timeStamp")) }
        }
        (links(document))
    };
    let crumbs = [("API", "/api/?f=html"), ("레이어", "/api/collections?f=html")];
    page(text(document, "/title"), &crumbs, &content)
}
