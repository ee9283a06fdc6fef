//! `/api/collections/{id}/items` and `/api/collections/{id}/items/{fid}`.

use super::ask::{Ask, mark, name_crs};
use super::documents::{DEFAULT_LIMIT, FeatureDocument, MAX_LIMIT, Members, runs, write_json};
use crate::body;
use crate::etag::ETag;
use crate::html;
use crate::links::{Base, Link, self_and_alternate};
use crate::media::{Format, GEOJSON, HTML};
use crate::params::Params;
use crate::problem::{ApiError, shorten};
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use siseol_model::LonLatBox;
use siseol_query::{BoxRegion, LayerView, Region};

pub(crate) const ITEMS_PARAMETERS: [&str; 5] = ["bbox", "datetime", "limit", "offset", "f"];

/// A checked request for a page of features.
struct ItemsQuery {
    bbox: Option<LonLatBox>,
    limit: u64,
    offset: u64,
    format: Format,
    /// Everything but `offset` and `f`, for links.
    rest: String,
}

impl ItemsQuery {
    fn parse(params: &Params<'_>, headers: &HeaderMap) -> Result<Self, ApiError> {
        if let Some(datetime) = params.text("datetime") {
            check_datetime(datetime)?;
        }
        let rest: String = params.without("offset").finish();
        let rest = form_urlencoded::parse(rest.as_bytes()).filter(|(name, _)| name != "f");
        Ok(Self {
            bbox: params.get("bbox")?,
            limit: params.clamped("limit", DEFAULT_LIMIT, 1, MAX_LIMIT)?,
            offset: params.clamped("offset", 0, 0, u64::MAX)?,
            format: Format::of(params, headers)?,
            rest: form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish(),
        })
    }
}

/// A date-time or an interval of RFC 3339, either end open or a duration. The facilities have no property of time,
/// so that each matches whatever is asked for (Part 1, requirement fc-time-response); what is not a time is refused.
fn check_datetime(text: &str) -> Result<(), ApiError> {
    // "The end of time" of some clients (9999-12-31) lies a day beyond what a `Timestamp` holds.
    let utc = |part: &str| part.strip_suffix('Z').is_some_and(|p| p.parse::<DateTime>().is_ok());
    let instant =
        |part: &str| part.parse::<Timestamp>().is_ok() || part.parse::<Date>().is_ok() || utc(part);
    let open = |part: &str| part.is_empty() || part == "..";
    let duration = |part: &str| part.starts_with('P') && part.parse::<jiff::Span>().is_ok();
    let ok = match text.split_once('/') {
        None => instant(text),
        Some((start, end)) => {
            let start_ok = open(start) || instant(start);
            let end_ok = open(end) || instant(end) || duration(end);
            start_ok && end_ok && !(open(start) && open(end))
        }
    };
    if ok {
        return Ok(());
    }
    let reason = format!("`{}` is no date-time and no interval of RFC 3339", shorten(text));
    Err(ApiError::invalid("datetime", reason))
}

/// `GET /api/collections/{id}/items`: a page of features.
pub(crate) async fn items(Path(id): Path<String>, ask: Ask) -> Result<Response, ApiError> {
    let query = ItemsQuery::parse(&ask.params(&ITEMS_PARAMETERS)?, &ask.headers)?;
    let layer = ask.collection(&id)?.clone();
    let tag = ask.tag(layer.stamp(), query.format);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let base = ask.base();
    let mut response = ask.state.pool.run(move || page(&layer, &query, &base)).await?;
    mark(&mut response, &tag);
    Ok(response)
}

fn page(layer: &LayerView, query: &ItemsQuery, base: &Base) -> Response {
    let region = query.bbox.map(BoxRegion::new);
    let hits = layer.search(region.as_ref().map(|region| region as &dyn Region));
    let (matched, page) = (hits.count(), hits.page(query.offset, query.limit));
    let collection = base.collection(layer.layer().name.as_str());
    let href = format!("{collection}/items");
    let mut links =
        self_and_alternate(query.format, "application/geo+json", &href, &query.rest).to_vec();
    links.push(Link::new("collection", "application/json", collection));
    let next = query.offset.saturating_add(page.count());
    if next < matched && page.count() > 0 {
        let media_type = match query.format {
            Format::Json => "application/geo+json",
            Format::Html => "text/html",
        };
        let rest = if query.rest.is_empty() { String::new() } else { format!("{}&", query.rest) };
        let f = if query.format == Format::Html { "&f=html" } else { "" };
        links.push(Link::new("next", media_type, format!("{href}?{rest}offset={next}{f}")));
    }
    if query.format == Format::Html {
        let rows: Vec<u32> = page.rows().collect();
        let markup = html::items(layer, &rows, matched, query.offset, &links);
        return ([(header::CONTENT_TYPE, HTML)], markup.into_string()).into_response();
    }
    let mut members = Members::new();
    members.add("numberMatched", &matched);
    members.add("numberReturned", &page.count());
    members.add("timeStamp", &layer.time());
    members.add("links", &links);
    if let Some(notice) = &layer.state().notice {
        members.add("notice", notice);
    }
    let document = FeatureDocument::new(members, runs([(layer, &page)]));
    let mut response = body::features(GEOJSON, document.head, document.features, document.tail);
    name_crs(&mut response);
    response
}

/// `GET /api/collections/{id}/items/{fid}`: one feature. It is one look-up, so it is answered in place.
pub(crate) async fn item(
    Path((id, fid)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, ApiError> {
    let format = Format::of(&ask.params(&["f"])?, &ask.headers)?;
    let layer = ask.collection(&id)?;
    let row = fid.parse().ok().and_then(|fid| layer.row_of(fid)).ok_or_else(|| {
        ApiError::NotFound(format!("collection `{id}` has no item `{}`", shorten(&fid)))
    })?;
    let tag = ETag::of_row(&ask.state, layer.stamp(), layer.generation(row), format);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let base = ask.base();
    let collection = base.collection(layer.layer().name.as_str());
    let href = format!("{collection}/items/{}", layer.fid(row));
    let mut response = match format {
        Format::Html => {
            let markup = html::item(layer, row, &collection);
            ([(header::CONTENT_TYPE, HTML)], markup.into_string()).into_response()
        }
        Format::Json => {
            let mut links = self_and_alternate(format, "application/geo+json", &href, "").to_vec();
            links.push(Link::new("collection", "application/json", collection));
            let feature = layer.geojson(row..row + 1);
            // The links are one more member of the feature, before its last bracket.
            let open = feature.slice(..feature.len().saturating_sub(1));
            let mut tail = br#","links":"#.to_vec();
            write_json(&mut tail, &links);
            tail.push(b'}');
            let mut response = body::features(GEOJSON, Vec::new(), vec![open], tail);
            name_crs(&mut response);
            response
        }
    };
    mark(&mut response, &tag);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_instants_or_intervals() {
        for good in [
            "2018-02-12T23:20:52Z",
            "2018-02-12",
            "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z",
            "2018-02-12T00:00:00Z/..",
            "../2018-03-18T12:31:12Z",
            "2018-02-12T00:00:00Z/P1M6DT2H8M1S",
            "2018-02-12T00:00:00Z/9999-12-31T00:00:00Z",
        ] {
            assert!(check_datetime(good).is_ok(), "{good}");
        }
        for bad in ["", "..", "../..", "yesterday", "2018-13-01", "2018-02-12T00:00:00Z/x", "P1M"] {
            assert!(check_datetime(bad).is_err(), "{bad}");
        }
    }
}
