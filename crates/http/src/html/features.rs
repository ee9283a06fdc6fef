//! Features as pages: codes with their labels, as a person reads them.

use super::page;
use crate::links::{Link, encode_segment};
use crate::resident::name_of;
use maud::{Markup, html};
use siseol_model::{Label, Value};
use siseol_query::{LayerView, Related, Snapshot};

/// A page of features as a table.
pub(crate) fn items(
    view: &LayerView,
    rows: &[u32],
    matched: u64,
    offset: u64,
    links: &[Link],
    notice: Option<&Label>,
) -> Markup {
    let layer = view.layer();
    let next = links.iter().find(|link| link.rel == "next");
    let content = html! {
        (said(notice))
        p {
            "전체 " (matched) "건 가운데 "
            @if rows.is_empty() { "0건" } @else { (offset + 1) "–" (offset + rows.len() as u64) }
        }
        div.wide tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "fid" }
                        th scope="col" { "관리번호" }
                        @for field in &layer.fields {
                            th scope="col" {
                                @match &field.label { Some(label) => (label.ko), None => (field.name) }
                            }
                        }
                    }
                }
                tbody {
                    @for &row in rows {
                        tr {
                            td { a href=(href(view, row)) { (view.fid(row)) } }
                            td { (view.key(row).unwrap_or("")) }
                            @for index in 0..layer.fields.len() { td { (value(view, row, index)) } }
                        }
                    }
                }
            }
        }
        @if let Some(next) = next { p { a rel="next" href=(next.href) { "다음 쪽" } } }
    };
    page(&layer.class.label.to_string(), &CRUMBS, &content)
}

/// One feature, with what belongs with it of that snapshot.
pub(crate) fn item(
    view: &LayerView,
    row: u32,
    collection: &str,
    snapshot: &Snapshot,
    related: &[Related],
) -> Markup {
    let layer = view.layer();
    let content = html! {
        (said(snapshot.state.notice.as_ref()))
        p { (layer.class.label.to_string()) " · fid " (view.fid(row)) }
        dl {
            @for (index, field) in layer.fields.iter().enumerate() {
                dt {
                    @match &field.label { Some(label) => (label.to_string()), None => (field.name) }
                }
                dd { (value(view, row, index)) }
            }
        }
        @if !related.is_empty() { (belonging(snapshot, related)) }
        p { a rel="collection" href=(format!("{collection}?f=html")) { "레이어로" } }
    };
    page(&title(view, row), &CRUMBS, &content)
}

/// What belongs with a feature, each with what it is to it, and the way there.
fn belonging(snapshot: &Snapshot, related: &[Related]) -> Markup {
    html! {
        h2 { "관련 시설과 기록" }
        ul {
            @for related in related {
                @let (view, row) = (&snapshot.layers()[related.place.layer], related.place.row);
                li {
                    (related.label().to_string()) ": "
                    a href=(href(view, row)) { (view.layer().class.label.ko) " " (title(view, row)) }
                }
            }
        }
    }
}

/// What a person calls it: its name, else the city's key, else the register's number.
fn title(view: &LayerView, row: u32) -> String {
    name_of(view, row)
        .or_else(|| view.key(row).map(str::to_owned))
        .unwrap_or_else(|| format!("fid:{}", view.fid(row)))
}

/// The address of a feature's page.
fn href(view: &LayerView, row: u32) -> String {
    let id = encode_segment(view.layer().name.as_str());
    format!("/api/collections/{id}/items/{}?f=html", view.fid(row))
}

const CRUMBS: [(&str, &str); 2] = [("API", "/api/?f=html"), ("레이어", "/api/collections?f=html")];

fn said(notice: Option<&Label>) -> Markup {
    html! { @if let Some(notice) = notice { p.notice { strong { (notice.to_string()) } } } }
}

/// A value with its label and unit: "배수지 (SA114)", "150 mm". What is not known is a dash.
fn value(view: &LayerView, row: u32, index: usize) -> Markup {
    let layer = view.layer();
    let value = view.value(row, index);
    let text = value.to_string();
    let label = layer.code_list(index).and_then(|list| list.codes.get(&text));
    html! {
        @if value == Value::Null { "–" }
        @else if let Some(label) = label { (label.ko) " (" (text) ")" }
        @else {
            (text)
            @if let Some(unit) = &layer.fields[index].unit { " " (unit) }
        }
    }
}
